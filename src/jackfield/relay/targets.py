"""The backends of one plain route: kept over changes of the route, watched, and chosen from."""

from __future__ import annotations

from jackfield.relay.balance import choose
from jackfield.relay.health import Watch
from jackfield.relay.loop import Loop
from jackfield.relay.messages import BackendHealth
from jackfield.relay.outlets import Outlets
from jackfield.relay.route import Route
from jackfield.relay.target import Target


class Targets:
    """:raises ValueError: a route without balance has not exactly one backend, or a target does not parse."""

    __slots__ = ("_loop", "_outlets", "_route", "_targets", "_watches")

    def __init__(self, loop: Loop, outlets: Outlets, route: Route) -> None:
        self._loop = loop
        self._outlets = outlets
        self._targets: list[Target] = []
        self._watches: dict[Target, Watch] = {}
        self.update(route)

    def update(self, route: Route) -> None:
        """Takes over a changed route; a backend that stays keeps its verdict and its count."""
        if route.balance is None and len(route.backends) != 1:
            raise ValueError(f"route {route.key}: a plain route has one backend, not {len(route.backends)}")
        known = {target.place: target for target in self._targets}
        wanted: list[Target] = []
        for backend in route.backends:
            fresh = Target(backend)
            target = known.pop(fresh.place, None)
            if target is None:
                target = fresh
                if backend.vantage != "host":
                    self._outlets.lend(backend.vantage)
            target.backend = backend
            wanted.append(target)
        for gone in known.values():
            self._release(gone)
        self._targets, self._route = wanted, route
        self._watch()

    def _watch(self) -> None:
        check = self._route.health if self._route.balance is not None else None
        for target in self._targets:
            watch = self._watches.get(target)
            if check is None:
                if watch is not None:
                    self._watches.pop(target).close()
                target.judge(True, "not watched")
            elif watch is None:
                target.healthy = None
                self._watches[target] = Watch(self._loop, self._outlets, target, check)
            else:
                watch.update(check)

    def choose(self, client: str) -> Target | None:
        """The target for a new client (``ADDRESS:PORT``); ``None`` when none may have it."""
        return choose(self._targets, self._route.balance, client)

    def failed(self, target: Target) -> None:
        """A client's connection to it could not be made."""
        watch = self._watches.get(target)
        if watch is not None:
            watch.suspect()

    def health(self) -> list[BackendHealth]:
        """What is known of every backend."""
        return [
            BackendHealth(
                route=self._route.key,
                target=target.backend.target,
                name=target.backend.name,
                healthy=target.healthy,
                reason=target.reason,
                since=target.since,
                connections=target.open,
            )
            for target in self._targets
        ]

    def close(self) -> None:
        """Watches nothing more. Idempotent."""
        for target in self._targets:
            self._release(target)
        self._targets = []

    def _release(self, target: Target) -> None:
        watch = self._watches.pop(target, None)
        if watch is not None:
            watch.close()
        if target.backend.vantage != "host":
            self._outlets.end(target.backend.vantage)
