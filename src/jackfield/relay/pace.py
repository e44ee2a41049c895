"""Plain copying at no more than so many bytes a second, shared by whoever is to share them.

A bucket fills with the permitted bytes and is emptied by what is read. A socket whose bucket is empty is not read; its
sender feels that as it feels a slow link. Sockets that wait are read again in the order in which they came.
"""

from __future__ import annotations

import time
from weakref import WeakValueDictionary

from jackfield.relay.loop import READ, Loop, Timer
from jackfield.relay.outlets import Outlets
from jackfield.relay.route import Rate, Route
from jackfield.relay.tcp import BUFFER_BYTES, ENDED, OVER, VIEW, End, TcpSession, TcpUpstream

_PACKET_BYTES = 1500
_PORTION_SECONDS = 0.005
"""What flows at once takes this long at the permitted speed, so that the sharers take turns quickly."""
_BURST_SECONDS = 0.02
"""What an idle link may save up."""


class Bucket:
    """Bytes that may be read now, in one direction."""

    __slots__ = ("_burst", "_filled", "_loop", "_portion", "_rate", "_timer", "_tokens", "_waiting")

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._waiting: dict[_PacedEnd, None] = {}
        self._timer: Timer | None = None
        self._rate = 0
        self._tokens = self._burst = self._portion = 0.0
        self._filled = time.monotonic()

    def set(self, rate: int) -> None:
        """:param rate: bytes a second from now on, also for those who wait; 0: any number."""
        if rate == self._rate:
            return
        self._fill()
        self._rate = rate
        self._portion = min(BUFFER_BYTES, max(_PACKET_BYTES, rate * _PORTION_SECONDS))
        self._burst = max(self._portion, rate * _BURST_SECONDS)
        self._tokens = min(self._tokens, self._burst)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._wake()

    def room(self) -> int:
        """How many bytes may be read at once; 0: none, now."""
        if not self._rate:
            return BUFFER_BYTES
        self._fill()
        tokens = self._tokens
        return min(BUFFER_BYTES, int(tokens)) if tokens >= _PACKET_BYTES and not self._waiting else 0

    def spend(self, size: int) -> None:
        """So many bytes were read."""
        if self._rate:
            self._tokens -= size

    def wait(self, end: _PacedEnd) -> None:
        """The socket is read again when its turn comes."""
        self._waiting[end] = None
        if self._timer is None:
            seconds = (self._portion - self._tokens) / self._rate
            self._timer = self._loop.call_later(max(0.0, seconds), self._filled_up)

    def _fill(self) -> None:
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
        self._filled = now

    def _turn(self) -> int:
        """How many bytes the next of those who wait may read: what is there is shared out."""
        if not self._rate:
            return BUFFER_BYTES
        return min(BUFFER_BYTES, max(_PACKET_BYTES, int(self._tokens) // (len(self._waiting) + 1)))

    def _filled_up(self) -> None:
        self._timer = None
        self._fill()
        self._wake()

    def _wake(self) -> None:
        """Reads as many of the waiting sockets as there are bytes for."""
        while self._waiting and (not self._rate or self._tokens >= _PACKET_BYTES):
            end = next(iter(self._waiting))
            del self._waiting[end]
            end.take_turn(self._turn())
        if self._waiting and self._timer is None:
            self.wait(next(iter(self._waiting)))


class _PacedEnd(End):
    """An end that asks before it reads."""

    __slots__ = ()

    def on_event(self, events: int) -> None:
        if events != READ and not self._rare(events):
            return
        room = self._bucket.room()
        if room:
            self._read(room)
        else:
            self.watch(self.interest & ~READ)
            self._bucket.wait(self)

    def take_turn(self, room: int) -> None:
        """Reads, and goes on listening for more, unless there is another reason not to."""
        if self.state & (ENDED | OVER) or self.peer.pending or (self._is_client and self.session.upstream.held):
            return  # whoever ends that reason looks again
        self.watch(self.interest | READ)
        self._read(room)

    @property
    def _bucket(self) -> Bucket:
        upstream = self.session.upstream
        assert isinstance(upstream, PacedUpstream)
        return upstream.pace.up if self._is_client else upstream.pace.down

    @property
    def _is_client(self) -> bool:
        return isinstance(self, TcpSession)

    def _read(self, room: int) -> None:
        try:
            size = self.sock.recv_into(VIEW[:room])
        except BlockingIOError:
            return
        except OSError:
            self.abort()
            return
        if not size:
            self.finish_reading()
            return
        self._bucket.spend(size)
        self.deliver(size)


class _PacedSession(_PacedEnd, TcpSession):
    __slots__ = ()


class PacedUpstream(TcpUpstream):
    """The databases behind a plain route with a :class:`Rate`."""

    __slots__ = ("_paces", "pace")

    session_type = _PacedSession
    end_type = _PacedEnd

    def __init__(self, loop: Loop, route: Route, outlets: Outlets, paces: Paces) -> None:
        super().__init__(loop, route, outlets)
        self._paces = paces
        self.update(route)

    def update(self, route: Route) -> None:
        super().update(route)
        assert route.rate is not None
        self.pace = self._paces.of(route.rate)


class Pace:
    """The two directions of a link. All routes with the same :attr:`Rate.name` share them."""

    __slots__ = ("__weakref__", "down", "up")

    def __init__(self, loop: Loop) -> None:
        self.up = Bucket(loop)
        self.down = Bucket(loop)

    def set(self, rate: Rate) -> None:
        """Takes effect at once, also for open connections."""
        self.up.set(rate.bytes_per_second)
        self.down.set(rate.bytes_per_second)


class Paces:
    """The links of one process, by name, as long as routes use them."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._named: WeakValueDictionary[str, Pace] = WeakValueDictionary()

    def of(self, rate: Rate) -> Pace:
        """The link of that name, with its new speed."""
        pace = self._named.get(rate.name)
        if pace is None:
            pace = self._named[rate.name] = Pace(self._loop)
        pace.set(rate)
        return pace
