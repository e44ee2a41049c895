"""One connection to the control socket: lines in, lines out, never blocking the loop."""

from __future__ import annotations

import socket
from collections.abc import Callable

from jackfield.relay.loop import HANGUP, READ, WRITE, Loop

LINE_BYTES = 32 * 1024 * 1024
"""The longest request; ten thousand routes take about 3 MB."""

_UNREAD_BYTES = 256 * 1024 * 1024  # replies waiting for a peer that does not read: then it is dropped
_READ_BYTES = 256 * 1024


class Channel:
    """Splits what arrives into lines and sends lines back.

    :param on_line: called for each complete line, without its newline.
    :param on_closed: called once when the connection is gone.
    """

    __slots__ = ("_inbox", "_loop", "_on_closed", "_on_line", "_outbox", "_scanned", "_sock", "closed")

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        on_line: Callable[[Channel, bytes], None],
        on_closed: Callable[[Channel], None],
    ) -> None:
        self._loop = loop
        self._sock = sock
        self._on_line = on_line
        self._on_closed = on_closed
        self._inbox = bytearray()
        self._scanned = 0
        self._outbox = bytearray()
        self.closed = False
        loop.register(sock.fileno(), self)

    def on_event(self, events: int) -> None:
        if events & WRITE:
            self._flush()
        if not self.closed and events & (READ | HANGUP):
            self._read()

    def abort(self) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection. Idempotent."""
        if not self.closed:
            self.closed = True
            self._loop.close(self._sock)
            self._on_closed(self)

    def send(self, line: bytes) -> None:
        """Sends one line (the newline is added); nothing happens when the peer is gone."""
        if self.closed:
            return
        idle = not self._outbox
        self._outbox += line
        self._outbox += b"\n"
        if idle:
            self._flush()

    def _read(self) -> None:
        try:
            data = self._sock.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            return
        self._inbox += data
        while not self.closed:
            end = self._inbox.find(b"\n", self._scanned)
            if end < 0:
                break
            line = bytes(self._inbox[:end])
            del self._inbox[: end + 1]
            self._scanned = 0
            if line.strip():
                self._on_line(self, line)
        self._scanned = len(self._inbox)
        if self._scanned > LINE_BYTES:
            self.close()

    def _flush(self) -> None:
        try:
            sent = self._sock.send(self._outbox)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.close()
            return
        del self._outbox[:sent]
        if len(self._outbox) > _UNREAD_BYTES:
            self.close()
            return
        self._loop.modify(self._sock.fileno(), READ | WRITE if self._outbox else READ)
