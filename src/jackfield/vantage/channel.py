"""Lines of JSON and file descriptors over a Unix stream socket, without ever blocking."""

from __future__ import annotations

import array
import contextlib
import errno
import os
import socket
from collections import deque
from collections.abc import Callable, Sequence

from jackfield.vantage.loop import Loop

LINE_BYTES = 4 * 1024 * 1024
"""The longest line; ten thousand listeners take about 300 KB."""
DESCRIPTORS = 64
"""The most descriptors that ride on one line."""

_UNREAD_BYTES = 32 * 1024 * 1024  # waiting for a peer that does not read: then it is dropped
_UNREAD_LINES = 4096  # each may hold descriptors
_UNCLAIMED_DESCRIPTORS = 4 * DESCRIPTORS  # those that no line has claimed
_READ_BYTES = 64 * 1024
_PAUSE_SECONDS = 0.05


class Channel:
    """One connection.

    :param on_line: called for each complete line, without its newline; blank ones are skipped.
    :param on_closed: called once, when the connection is gone.
    :param takes_descriptors: keep what arrives in :attr:`descriptors`; otherwise the kernel throws it away.
    """

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        on_line: Callable[[Channel, bytes], None],
        on_closed: Callable[[Channel], None],
        *,
        takes_descriptors: bool = False,
    ) -> None:
        sock.setblocking(False)
        self._loop = loop
        self._sock = sock
        self._on_line = on_line
        self._on_closed = on_closed
        self._takes = takes_descriptors
        self._inbox = bytearray()
        self._outbox: deque[tuple[bytes, Sequence[int]]] = deque()
        self._unread = 0
        self.descriptors: deque[int] = deque()
        self.closed = False
        loop.watch(sock, self._read, self._flush)

    def send(self, line: bytes, descriptors: Sequence[int] = ()) -> None:
        """Sends one line (the newline is added), with descriptors on its first byte: at most :data:`DESCRIPTORS`, which
        are closed here once they are sent, or can not be."""
        if self.closed:
            close_all(descriptors)
            return
        self._outbox.append((line + b"\n", descriptors))
        self._unread += len(line) + 1
        if len(self._outbox) == 1:
            self._flush()
        if self._unread > _UNREAD_BYTES or len(self._outbox) > _UNREAD_LINES:
            self.close()

    def take(self, count: int) -> list[int]:
        """The first ``count`` of :attr:`descriptors`.

        :raises ValueError: there are not as many; the connection is of no use any more.
        """
        if len(self.descriptors) < count:
            raise ValueError(f"{count} descriptors were announced, {len(self.descriptors)} came")
        return [self.descriptors.popleft() for _ in range(count)]

    def close(self) -> None:
        """Ends the connection. Idempotent."""
        if self.closed:
            return
        self.closed = True
        self._loop.forget(self._sock)
        self._sock.close()
        close_all(self.descriptors)
        for _, descriptors in self._outbox:
            close_all(descriptors)
        self._outbox.clear()
        self._on_closed(self)

    def _read(self) -> None:
        try:
            if self._takes:
                data, descriptors = receive(self._sock, _READ_BYTES)
                self.descriptors.extend(descriptors)
                if len(self.descriptors) > _UNCLAIMED_DESCRIPTORS:
                    data = b""
            else:
                data = self._sock.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            return
        *lines, rest = data.split(b"\n")
        for line in lines:
            whole = bytes(self._inbox) + line
            self._inbox.clear()
            if whole.strip():
                self._on_line(self, whole)
            if self.closed:
                return
        self._inbox += rest
        if len(self._inbox) > LINE_BYTES:
            self.close()

    def _flush(self) -> None:
        while not self.closed and self._outbox:
            data, descriptors = self._outbox[0]
            try:
                sent = send(self._sock, data, descriptors)
            except BlockingIOError:
                self._loop.await_writing(self._sock, True)
                return
            except OSError as error:
                if error.errno == errno.ETOOMANYREFS:
                    # More descriptors of this user are under way than the kernel allows: others must read first.
                    self._loop.await_writing(self._sock, False)
                    self._loop.later(_PAUSE_SECONDS, self._flush)
                else:
                    self.close()
                return
            close_all(descriptors)
            self._unread -= sent
            if sent < len(data):
                self._outbox[0] = (data[sent:], ())
            else:
                self._outbox.popleft()
        if not self.closed:
            self._loop.await_writing(self._sock, False)


def send(sock: socket.socket, data: bytes, descriptors: Sequence[int]) -> int:
    """Sends some of ``data``, all descriptors with its first byte; returns how many bytes."""
    if not descriptors:
        return sock.send(data)
    rights = array.array("i", descriptors)
    return sock.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])


def receive(sock: socket.socket, size: int) -> tuple[bytes, list[int]]:
    """What is there, up to ``size`` bytes and :data:`DESCRIPTORS` descriptors (close-on-exec)."""
    item = array.array("i").itemsize
    flags = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
    data, ancillary, _, _ = sock.recvmsg(size, socket.CMSG_SPACE(DESCRIPTORS * item), flags)
    found = array.array("i")
    for level, kind, content in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            found.frombytes(content[: len(content) - len(content) % item])
    for descriptor in found if not flags else ():
        os.set_inheritable(descriptor, False)
    return data, list(found)


def close_all(descriptors: Sequence[int] | deque[int]) -> None:
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)
