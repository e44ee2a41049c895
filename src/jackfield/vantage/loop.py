"""The event loop of holder and keeper: readiness of sockets and timers, one thread, standard library only."""

from __future__ import annotations

import heapq
import itertools
import logging
import selectors
import socket
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class Loop:
    """Calls back when sockets are ready and when moments come. What a callback raises is logged, and the loop goes on.

    Level-triggered: who is called with nothing to read must cope with ``BlockingIOError``.
    """

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._running = False

    def watch(self, sock: socket.socket, readable: Callable[[], None], writable: Callable[[], None]) -> None:
        """Calls ``readable`` when there is something to read, an end included; ``writable`` after
        :meth:`await_writing`."""
        self._selector.register(sock, _READ, (readable, writable))

    def await_writing(self, sock: socket.socket, wanted: bool) -> None:
        """Whether ``writable`` is to be called."""
        key = self._selector.get_key(sock)
        self._selector.modify(sock, _READ | (_WRITE if wanted else 0), key.data)

    def forget(self, sock: socket.socket) -> None:
        """To be called before the socket is closed."""
        self._selector.unregister(sock)

    def later(self, seconds: float, callback: Callable[[], None]) -> None:
        """Calls back once."""
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._order), callback))

    def stop(self) -> None:
        """Ends :meth:`run` after the callback that is running."""
        self._running = False

    def run(self) -> None:
        """Serves until :meth:`stop`."""
        self._running = True
        while self._running:
            wait = max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else None
            for key, events in self._selector.select(wait):
                readable, writable = key.data
                if events & _WRITE:
                    self._call(writable)
                # The first call may have taken the socket out.
                if events & _READ and self._selector.get_map().get(key.fd):
                    self._call(readable)
            while self._running and self._timers and self._timers[0][0] <= time.monotonic():
                self._call(heapq.heappop(self._timers)[2])

    def close(self) -> None:
        self._selector.close()

    def _call(self, callback: Callable[[], None]) -> None:
        try:
            callback()
        except Exception:  # one peer's trouble is nobody else's
            log.exception("callback failed: %r", callback)
