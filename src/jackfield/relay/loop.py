"""The relay's event loop: readiness of file descriptors, timers, nothing else.

One thread. Level-triggered. A handler is any object with ``on_event(events)``; it is called when its
descriptor is ready. Descriptors are closed only after the batch of events in which the wish arose, so that
a number that the kernel hands out again is never mistaken for its predecessor (a stale event in the same
batch would otherwise reach the wrong connection).

``selectors`` is not used: its per-event key objects cost a third of the throughput of a copy loop. Where the
system has no epoll (macOS), it falls back to ``select.poll``.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import select
import socket
import time
from collections.abc import Callable
from typing import Protocol

log = logging.getLogger(__name__)

READ = select.POLLIN
WRITE = select.POLLOUT
HANGUP = select.POLLHUP | select.POLLERR


class Handler(Protocol):
    """Whatever owns a descriptor."""

    def on_event(self, events: int) -> None:
        """Called with the ready events, a mix of :data:`READ`, :data:`WRITE` and :data:`HANGUP`."""


class _PollFallback:
    """``select.poll`` with the four calls of ``select.epoll`` that the loop uses."""

    def __init__(self) -> None:
        self._poll = select.poll()

    def register(self, fd: int, events: int) -> None:
        self._poll.register(fd, events)

    def modify(self, fd: int, events: int) -> None:
        self._poll.modify(fd, events)

    def unregister(self, fd: int) -> None:
        self._poll.unregister(fd)

    def poll(self, timeout: float = -1, maxevents: int = -1) -> list[tuple[int, int]]:
        return self._poll.poll(None if timeout < 0 else timeout * 1000)


class Timer:
    """A call at a later moment; :meth:`cancel` takes it back."""

    __slots__ = ("callback", "due")

    def __init__(self, due: float, callback: Callable[[], None]) -> None:
        self.due = due
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class Loop:
    """Readiness and timers for one process.

    Handlers must not raise; what one raises ends in ``on_error`` and its connection's owner decides.
    """

    def __init__(self, on_error: Callable[[Handler, Exception], None]) -> None:
        self._poller = select.epoll() if hasattr(select, "epoll") else _PollFallback()
        self._handlers: dict[int, Handler] = {}
        self._doomed: list[socket.socket] = []
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._soon: list[Callable[[], None]] = []
        self._running = False
        self._on_error = on_error

    def register(self, fd: int, handler: Handler, events: int = READ) -> None:
        self._handlers[fd] = handler
        self._poller.register(fd, events)

    def modify(self, fd: int, events: int) -> None:
        self._poller.modify(fd, events)

    def forget(self, fd: int) -> None:
        """Takes the descriptor out; events already fetched for it are dropped."""
        if self._handlers.pop(fd, None) is not None:
            self._poller.unregister(fd)

    def close(self, sock: socket.socket) -> None:
        """Forgets the socket now and closes it once the current batch is done.

        A socket that was never registered may be closed directly: its number can not be in the batch.
        """
        self.forget(sock.fileno())
        self._doomed.append(sock)

    def call_soon(self, callback: Callable[[], None]) -> None:
        """Runs ``callback`` between two batches, before the loop waits again.

        Every socket given to :meth:`close` earlier is really closed by then, so what ``callback`` reports
        about closed connections is true.
        """
        self._soon.append(callback)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        timer = Timer(time.monotonic() + seconds, callback)
        heapq.heappush(self._timers, (timer.due, next(self._order), timer))
        return timer

    def stop(self) -> None:
        self._running = False

    def run(self) -> None:
        """Serves until :meth:`stop`."""
        self._running = True
        handlers = self._handlers
        poll = self._poller.poll
        while self._running:
            idle = not (self._soon or self._doomed or self._timers)
            for fd, events in poll(-1 if idle else self._wait(), 512):
                handler = handlers.get(fd)
                if handler is None:
                    continue
                try:
                    handler.on_event(events)
                except Exception as error:  # one connection's trouble is never another's
                    self._on_error(handler, error)
            if self._soon or self._doomed or self._timers:
                self._between_batches()

    def finish(self) -> None:
        """After :meth:`run`: runs what was left for "soon" and closes the sockets that were given to :meth:`close`."""
        self._run_soon()

    def _between_batches(self) -> None:
        self._run_soon()
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            callback_or_none = heapq.heappop(self._timers)[2].callback
            if callback_or_none is not None:
                self._guarded(callback_or_none)
                self._run_soon()

    def _run_soon(self) -> None:
        self._close_doomed()
        while self._soon:
            batch, self._soon = self._soon, []
            for callback in batch:
                self._guarded(callback)
                self._close_doomed()

    def _close_doomed(self) -> None:
        while self._doomed:
            self._doomed.pop().close()

    def _guarded(self, callback: Callable[[], None]) -> None:
        try:
            callback()
        except Exception:  # a callback's trouble must not end every connection of the process
            log.exception("callback failed: %r", callback)

    def _wait(self) -> float:
        if self._soon or self._doomed:
            return 0.0
        if not self._timers:
            return -1.0
        return max(0.0, self._timers[0][0] - time.monotonic())
