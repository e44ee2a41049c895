"""One non-blocking connection: sends what it is given, hands on what it receives."""

from __future__ import annotations

import socket
from collections.abc import Callable

from jackfield.relay.descriptors import reset
from jackfield.relay.loop import HANGUP, READ, WRITE, Loop

CHUNK_BYTES = 64 * 1024
FULL_BYTES = 256 * 1024
"""More than this waiting to be sent, and whoever writes here stops reading elsewhere."""


class Wire:
    """
    :param received: takes each piece that arrives. :param ended: is told once, with whether the other side went in
        order (FIN) or not.
    :ivar drained: called when nothing waits to be sent any more.
    """

    __slots__ = ("_ended", "_interest", "_loop", "_out", "_received", "closed", "drained", "read", "sent", "sock")

    def __init__(
        self, loop: Loop, sock: socket.socket, received: Callable[[bytes], None], ended: Callable[[bool], None]
    ) -> None:
        self.sock = sock
        self.closed = False
        self.drained: Callable[[], None] | None = None
        self.read = 0
        self.sent = 0
        self._loop = loop
        self._received = received
        self._ended = ended
        self._out = bytearray()
        self._interest = READ
        loop.register(sock.fileno(), self, READ)

    def hand_over(self, received: Callable[[bytes], None], ended: Callable[[bool], None]) -> None:
        """Somebody else takes what arrives from now on."""
        self._received = received
        self._ended = ended

    @property
    def pending(self) -> bool:
        """Whether something waits to be sent."""
        return bool(self._out)

    @property
    def full(self) -> bool:
        """Whether what waits to be sent should not grow."""
        return len(self._out) > FULL_BYTES

    def send(self, data: bytes) -> None:
        """Sends, now or when the other side takes it."""
        if self.closed or not data:
            return
        taken = 0
        if not self._out:
            try:
                taken = self.sock.send(data)
            except BlockingIOError:
                taken = 0
            except OSError:
                return  # reading tells that it broke, after whatever was said before
            self.sent += taken
        if taken < len(data):
            self._out += memoryview(data)[taken:]
            self._watch(self._interest | WRITE)

    def pause(self) -> None:
        """Reads no more for now."""
        self._watch(self._interest & ~READ)

    def go_on(self) -> None:
        """Reads again."""
        self._watch(self._interest | READ)

    def on_event(self, events: int) -> None:
        if events & WRITE and self._out:
            self._flush()
        if self.closed:
            return
        if self._interest & READ:
            if events & (READ | HANGUP):
                self._take()
        elif events & HANGUP:  # level-triggered it would be reported for ever
            self._end(False)

    def close(self, *, hard: bool = False) -> None:
        """Closes without telling ``ended``. :param hard: by a reset."""
        if self.closed:
            return
        self.closed = True
        if hard and self.sock.family != socket.AF_UNIX:
            reset(self.sock)
        self._loop.close(self.sock)

    def abort(self) -> None:
        """Something here went wrong: as if the other side had broken the connection."""
        self._end(False)

    def _take(self) -> None:
        try:
            data = self.sock.recv(CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._end(False)
            return
        if not data:
            self._end(True)
            return
        self.read += len(data)
        self._received(data)

    def _flush(self) -> None:
        try:
            taken = self.sock.send(self._out)
        except BlockingIOError:
            return
        except OSError:
            self._end(False)
            return
        self.sent += taken
        del self._out[:taken]
        if not self._out:
            self._watch(self._interest & ~WRITE)
            if self.drained is not None:
                self.drained()

    def _watch(self, interest: int) -> None:
        if interest != self._interest and not self.closed:
            self._interest = interest
            self._loop.modify(self.sock.fileno(), interest)

    def _end(self, orderly: bool) -> None:
        if not self.closed:
            self._loop.forget(self.sock.fileno())
            self._interest = 0
            self.close()
            self._ended(orderly)
