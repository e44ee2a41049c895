"""A socket of a bridge in the relay's loop."""

from __future__ import annotations

import socket
from collections.abc import Callable

from jackfield.relay.loop import HANGUP, READ, WRITE, Loop


class Watched:
    """Calls ``on_readable`` and ``on_writable`` for what it is asked to watch.

    A hangup that is not to be read yet takes the socket out of the loop, which would report it for ever; the next
    :meth:`watch` that asks for something puts it back.

    :param broken: called when the connection broke while nothing was watched.
    """

    __slots__ = ("_broken", "_interest", "_loop", "_on_readable", "_on_writable", "_parked", "sock")

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        on_readable: Callable[[], None],
        on_writable: Callable[[], None],
        broken: Callable[[], None],
    ) -> None:
        self.sock = sock
        self._loop = loop
        self._on_readable = on_readable
        self._on_writable = on_writable
        self._broken = broken
        self._interest = 0
        self._parked = False
        loop.register(sock.fileno(), self, 0)

    def on_event(self, events: int) -> None:
        interest = self._interest
        if interest & WRITE and events & (WRITE | HANGUP):
            self._on_writable()
        if interest & self._interest & READ:  # still asked for after the write
            if events & (READ | HANGUP):
                self._on_readable()
        elif events & HANGUP and not self._interest:
            if self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self._broken()
            else:
                self._parked = True
                self._loop.forget(self.sock.fileno())

    def watch(self, interest: int) -> None:
        if interest == self._interest:
            return
        self._interest = interest
        if not self._parked:
            self._loop.modify(self.sock.fileno(), interest)
        elif interest:
            self._parked = False
            self._loop.register(self.sock.fileno(), self, interest)

    def close(self) -> None:
        """Out of the loop, and closed after the batch. No event comes any more, and nothing refers back from here."""
        self._interest = 0
        self._loop.close(self.sock)
        self._on_readable = self._on_writable = self._broken = _nothing


def _nothing() -> None:
    return
