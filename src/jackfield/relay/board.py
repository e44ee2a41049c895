"""The panel: which owner has which listeners, and how their routes are replaced.

A replacement goes through five steps, in this order, so that its acknowledgement can never be wrong:

1. the intent is written: routes taken away are off the disk before their listeners close;
2. listeners no longer wanted are closed, routes that changed are updated in place, new ones are bound;
3. each closed listener drains, then its remaining connections are reset and counted;
4. the outcome is written;
5. the acknowledgement is given.

If the process dies in between, the next one does not bind what was taken away, and whoever repeats the
request is told what is known.
"""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from jackfield.relay.checks import check_routes, door
from jackfield.relay.dial import error_name
from jackfield.relay.listener import Listener
from jackfield.relay.loop import Loop, Timer
from jackfield.relay.outlets import NoOutlets, Outlets
from jackfield.relay.pace import PacedUpstream, Paces
from jackfield.relay.refusals import Refusals
from jackfield.relay.route import Ack, Bound, Route
from jackfield.relay.session import Session, Upstream
from jackfield.relay.table import Record, Table, canonical
from jackfield.relay.tcp import TcpUpstream

log = logging.getLogger(__name__)

Found = socket.socket | int
"""A socket that listens inside a VPC, or the error number for which there is none."""

Answer = Callable[[Ack | Exception], None]
"""Takes the acknowledgement, or why there is none."""

_RETRY_SECONDS = 1.0


def open_upstream(loop: Loop, route: Route, outlets: Outlets, paces: Paces) -> Upstream:
    """The databases behind ``route``, by its mode. Routers are loaded with the first route that needs them."""
    if route.mode == "resp":
        from jackfield.relay.resp.upstream import RespUpstream

        return RespUpstream(loop, route)
    if route.rate is not None:
        return PacedUpstream(loop, route, outlets, paces)
    if route.mode == "sql":
        from jackfield.relay.sql.upstream import SqlUpstream

        return SqlUpstream(loop, route)
    return TcpUpstream(loop, route, outlets)


class _Removal:
    """A replacement whose listeners are closed and whose connections are still being drained."""

    __slots__ = ("draining", "record", "waiting")

    def __init__(self, record: Record) -> None:
        self.record = record
        self.draining: dict[Listener, Timer] = {}
        self.waiting: list[tuple[tuple[Bound, ...], Answer]] = []


class Board:
    """All listeners of one process.

    Everything here is called between two batches of the loop (``loop.call_soon`` or a timer).
    """

    def __init__(self, loop: Loop, table: Table, refusals: Refusals, outlets: Outlets | None = None) -> None:
        self._loop = loop
        self._outlets = outlets or NoOutlets(loop)
        self._paces = Paces(loop)
        self._table = table
        self._refusals = refusals
        self._routes: dict[str, dict[str, Route]] = {}  # owner -> key -> route: what is on disk
        self._owner: dict[str, str] = {}  # key -> owner
        self._listeners: dict[str, Listener] = {}  # key -> what listens
        self._removals: dict[str, _Removal] = {}
        self._unbound: dict[str, Route] = {}

    # -- at start ------------------------------------------------------------------------------------------------

    def recorded(self) -> list[Route]:
        """What was on disk at the start."""
        return self._table.routes()

    def restore(self, found: Mapping[str, Found] | None = None) -> None:
        """Binds every recorded route. What can not be bound stays recorded and is tried again each second.

        :param found: by key of the route, for those inside VPCs.
        """
        for route in self._table.routes():
            self._routes.setdefault(route.owner, {})[route.key] = route
            self._owner[route.key] = route.owner
            self._unbound[route.key] = route
        self.bind_missing(found)

    def bind_missing(self, found: Mapping[str, Found] | None = None) -> bool:
        """Tries the recorded routes that do not listen; true when none is left of those that are bound here.

        :param found: as :meth:`restore`; without it those inside VPCs are left to :meth:`renew`.
        """
        left = False
        for key, route in list(self._unbound.items()):
            if route.vantage != "host" and not (found and key in found):
                continue
            if not self._bind(route, (found or {}).get(key)):
                del self._unbound[key]
            else:
                left = True
        return not left

    def renew(self, route: Route, sock: socket.socket) -> None:
        """Gives a route inside a VPC the socket at which it listens from now on; sessions go on.

        :param route: as it was when the socket was asked for; nothing happens when it is at another place by now.
        """
        listener, unbound = self._listeners.get(route.key), self._unbound.get(route.key)
        if listener is not None and door(listener.route) == door(route):
            listener.adopt(sock)
        elif unbound is not None and door(unbound) == door(route):
            if not self._bind(unbound, sock):
                del self._unbound[route.key]
        else:
            sock.close()

    def keep_trying(self) -> None:
        """Repeats :meth:`bind_missing` each second until nothing is missing."""
        if self._unbound and not self.bind_missing():
            log.warning("still not bound: %s", ", ".join(sorted(self._unbound)[:10]))
            self._loop.call_later(_RETRY_SECONDS, self.keep_trying)

    # -- replace -------------------------------------------------------------------------------------------------

    def replace(
        self, owner: str, routes: Sequence[Route], answer: Answer, found: Mapping[str, Found] | None = None
    ) -> None:
        """Makes ``routes`` the whole truth about ``owner``; ``answer`` is called when it is, once.

        The same request again changes nothing and gets the same figures. A request that arrives while an earlier
        one of the owner drains takes effect at once and is acknowledged together with it.

        :param found: by key of the route, for those inside VPCs that do not listen yet. What is not used is closed.
        :raises ValueError: when the request can not be served as a whole; nothing was changed.
        :raises sqlite3.Error: when the intent could not be written; nothing was changed.
        """
        unused = dict(found or {})
        try:
            self._replace(owner, routes, answer, unused)
        finally:
            for sock in unused.values():
                if not isinstance(sock, int):
                    sock.close()

    def _replace(self, owner: str, routes: Sequence[Route], answer: Answer, found: dict[str, Found]) -> None:
        check_routes(owner, routes)
        for route in routes:
            if self._owner.get(route.key, owner) != owner:
                raise ValueError(f"route {route.key} belongs to {self._owner[route.key]!r}")
        removal = self._removals.get(owner)
        record = removal.record if removal else self._table.record(owner)
        known = self._routes.get(owner, {})
        if record is None and not known and not routes:
            answer(Ack(owner=owner))
            return
        wanted = {route.key: route for route in routes}
        gone = [old for key, old in known.items() if key not in wanted or door(wanted[key]) != door(old)]
        kept = [new for key, new in wanted.items() if key in known and door(known[key]) == door(new)]
        changed = [route for route in kept if route != known[route.key]]

        record, dirty = _next_record(record, canonical(routes))
        closing = [self._listeners[route.key] for route in gone if route.key in self._listeners]
        if gone or changed:
            record.open = record.open or bool(closing)
            addresses = [str(listener.route.place) for listener in closing]
            record.closed += [address for address in addresses if address not in record.closed]
            self._table.write(owner, record, put=changed, drop=[route.key for route in gone])
            dirty = False
        if removal is None:
            removal = self._removals[owner] = _Removal(record)
        removal.record = record

        for route in gone:
            self._drop(route)
        for listener in closing:
            listener.close()
            log.info("closed route=%s sessions=%d", listener.route.key, len(listener.sessions))
        try:
            for route in changed:
                self._put(route)
                if route.key in self._listeners:
                    self._listeners[route.key].update(route)
            bound = self._bind_wanted(owner, routes, record, dirty, found)
        except Exception as error:  # the disk failed after the intent was written
            log.exception("replace of %s failed", owner)
            answer(error)
        else:
            removal.waiting.append((bound, answer))
        for listener in closing:
            self._drain(owner, removal, listener)
        if not removal.draining:
            self._finish(owner, removal)

    def _bind_wanted(
        self, owner: str, routes: Sequence[Route], record: Record, dirty: bool, found: dict[str, Found]
    ) -> tuple[Bound, ...]:
        bound: list[Bound] = []
        fresh: list[Route] = []
        failed: list[Route] = []
        for route in routes:
            error = ""
            if route.key not in self._listeners:
                error = self._bind(route, found.pop(route.key, None))
                (failed if error else fresh).append(route)
                what = f"not bound ({error})" if error else "bound"
                log.info("%s route=%s address=%s:%d", what, route.key, route.address, route.port)
            bound.append(Bound(key=route.key, address=route.address, port=route.port, error=error))
        try:
            if fresh or failed or dirty:
                self._table.write(owner, record, put=fresh, drop=[route.key for route in failed])
        except Exception:
            for route in fresh:
                self._listeners[route.key].close()
                self._drop(route)
            raise
        for route in fresh:
            self._put(route)
        for route in failed:
            self._drop(route)
        return tuple(bound)

    def _bind(self, route: Route, found: Found | None) -> str:
        """Starts listening; returns the name of the error if that is not possible."""
        if isinstance(found, int):
            return error_name(found)
        upstream: Upstream | None = None
        try:
            upstream = open_upstream(self._loop, route, self._outlets, self._paces)
            self._listeners[route.key] = Listener(self._loop, route, upstream, self._refusals, found)
        except Exception as error:  # one bad route must not keep the others from listening
            if upstream is not None:
                upstream.close()
            if found is not None:
                found.close()
            if isinstance(error, OSError) and error.errno:
                return error_name(error.errno)
            log.exception("route=%s can not be opened", route.key)
            return error_name(errno.EIO)
        return ""

    def _put(self, route: Route) -> None:
        self._routes.setdefault(route.owner, {})[route.key] = route
        self._owner[route.key] = route.owner
        if route.key in self._unbound:
            self._unbound[route.key] = route

    def _drop(self, route: Route) -> None:
        self._listeners.pop(route.key, None)
        self._unbound.pop(route.key, None)
        self._owner.pop(route.key, None)
        routes = self._routes.get(route.owner, {})
        routes.pop(route.key, None)
        if not routes:
            self._routes.pop(route.owner, None)

    # -- drain, cut, outcome -------------------------------------------------------------------------------------

    def _drain(self, owner: str, removal: _Removal, listener: Listener) -> None:
        if not listener.sessions:
            listener.upstream.close()
            return
        listener.idle = lambda: self._drained(owner, removal, listener)
        seconds = listener.route.drain_seconds
        removal.draining[listener] = self._loop.call_later(seconds, lambda: self._cut(owner, removal, listener))

    def _cut(self, owner: str, removal: _Removal, listener: Listener) -> None:
        cut = listener.cut()
        removal.record.cut += cut
        log.info("cut route=%s connections=%d", listener.route.key, cut)
        if len(removal.draining) > 1:  # others drain on: keep what is known; the last one is written as the outcome
            self._table.write(owner, removal.record)

    def _drained(self, owner: str, removal: _Removal, listener: Listener) -> None:
        """The last session has ended, and its sockets are closed."""
        timer = removal.draining.pop(listener, None)
        if timer is None:
            return
        timer.cancel()
        listener.upstream.close()
        if not removal.draining:
            self._finish(owner, removal)

    def _finish(self, owner: str, removal: _Removal) -> None:
        """Writes the outcome, then acknowledges."""
        record = removal.record
        del self._removals[owner]
        error: Exception | None = None
        if record.open:
            record.open = False
            try:
                self._table.write(owner, record)
            except Exception as failure:  # still open on disk: a repeated request joins it
                log.exception("the outcome for %s could not be written", owner)
                error = failure
        live = sum(len(listener.sessions) for listener in self.listeners(owner))
        for bound, answer in removal.waiting:
            ack = Ack(
                owner=owner, bound=bound, closed=tuple(record.closed), cut=record.cut, live=live, lost=record.lost
            )
            answer(error or ack)

    def forget(self, owner: str) -> bool:
        """Drops what is remembered of an owner without routes; false when nothing was.

        :raises ValueError: while the owner has routes or drains.
        """
        if owner in self._routes or owner in self._removals:
            raise ValueError(f"{owner!r} still has routes or is draining")
        return self._table.forget(owner)

    # -- what is ------------------------------------------------------------------------------------------------

    def listeners(self, owner: str | None = None) -> Iterator[Listener]:
        """Listeners of ``owner`` or all, those that are closed and draining included."""
        if owner is None:
            yield from self._listeners.values()
            removals = list(self._removals.values())
        else:
            keys = self._routes.get(owner, {})
            yield from [self._listeners[key] for key in keys if key in self._listeners]
            removals = [self._removals[owner]] if owner in self._removals else []
        for removal in removals:
            yield from removal.draining

    def listener(self, key: str) -> Listener | None:
        """What listens for the route, if anything does."""
        return self._listeners.get(key)

    def sessions(self, owner: str | None = None) -> list[tuple[Listener, Session]]:
        """Every live session, with the listener that accepted it."""
        return [(listener, session) for listener in self.listeners(owner) for session in listener.sessions]

    def routes(self, owner: str | None = None) -> list[Route]:
        """The recorded routes of ``owner``, or all."""
        owners = self._routes if owner is None else {owner: self._routes.get(owner, {})}
        return [route for routes in owners.values() for route in routes.values()]

    def owners(self) -> dict[str, list[str]]:
        """The keys of every owner's recorded routes."""
        return {owner: list(routes) for owner, routes in self._routes.items()}

    def counts(self) -> dict[str, int]:
        """Live connections by owner; 0 for an owner whose routes nobody uses."""
        counts = dict.fromkeys(self._routes, 0)
        for listener in self.listeners():
            owner = listener.route.owner
            counts[owner] = counts.get(owner, 0) + len(listener.sessions)
        return counts

    def listening(self) -> int:
        """How many addresses listen now."""
        return len(self._listeners)

    def unbound(self) -> tuple[str, ...]:
        """Keys of recorded routes that do not listen."""
        return tuple(sorted(self._unbound))

    def close(self) -> None:
        """Stops listening and resets every client; the routes stay on disk."""
        for listener in list(self.listeners()):
            listener.close()
            listener.idle = None
            listener.cut()
            listener.upstream.close()


def _next_record(record: Record | None, request: str) -> tuple[Record, bool]:
    """The record of a request, and whether it says something else than the one before.

    A repeated request keeps its figures; one that joins an unfinished removal takes that one's over.
    """
    if record is None or not (record.open or record.request == request):
        return Record(request=request), True
    changed = record.request != request
    return msgspec.structs.replace(record, request=request, closed=list(record.closed)), changed
