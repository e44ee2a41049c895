"""What a request must fulfil before anything is changed for it."""

from __future__ import annotations

import ipaddress
import math
import socket
from collections.abc import Sequence

from jackfield.relay.dial import parse_target
from jackfield.relay.route import Backend, Place, Route
from jackfield.relay.rules import gate_of


def door(route: Route) -> tuple[str, Place, str, bool]:
    """What can not change while a listener lives; a route that differs here is another listener."""
    return route.key, route.place, route.mode, route.rate is not None


def check_routes(owner: str, routes: Sequence[Route]) -> None:
    """Judges the routes of one request.

    :raises ValueError: naming the first route that can not be served and why.
    """
    if not owner:
        raise ValueError("the owner is empty")
    keys: set[str] = set()
    places: set[Place] = set()
    for route in routes:
        _check(route)
        if route.owner != owner:
            raise ValueError(f"route {route.key}: its owner is {route.owner!r}, not {owner!r}")
        if route.key in keys:
            raise ValueError(f"route {route.key} is given twice")
        if route.place in places:
            raise ValueError(f"route {route.key}: {route.place} is given twice")
        keys.add(route.key)
        places.add(route.place)


def _check_backend(backend: Backend) -> None:
    """:raises ValueError: it can not be dialled."""
    family, _ = parse_target(backend.target)
    if backend.vantage != "host" and family != socket.AF_INET:
        raise ValueError(f"backend {backend.target!r} of {backend.vantage} is no IPv4 address")
    if backend.source and family == socket.AF_UNIX:
        raise ValueError(f"backend {backend.target!r} sees no source address")
    if backend.source:
        ipaddress.ip_address(backend.source)
    if not 0 <= backend.weight <= 1000:
        raise ValueError(f"backend {backend.target!r}: weight {backend.weight} is not between 0 and 1000")


def _check(route: Route) -> None:
    def wrong(what: str) -> ValueError:
        return ValueError(f"route {route.key}: {what}")

    if not route.key:
        raise ValueError("a route's key is empty")
    try:
        socket.inet_pton(socket.AF_INET6 if ":" in route.address else socket.AF_INET, route.address)
    except (OSError, ValueError):
        raise wrong(f"{route.address!r} is not an IP address") from None
    if not 0 < route.port < 65536:
        raise wrong(f"port {route.port} is not between 1 and 65535")
    if route.balance is None and (not route.backends or (route.mode == "tcp" and len(route.backends) != 1)):
        raise wrong(f"{len(route.backends)} backends; mode tcp without balance has one, others at least one")
    if route.balance is not None and route.mode != "tcp":
        raise wrong("only mode tcp is balanced")
    if (route.splitting is None) is (route.mode == "sql"):
        raise wrong("mode sql, and only that, has splitting")
    if route.splitting is not None and not (
        math.isfinite(route.splitting.max_delay) and route.splitting.max_delay >= 0
    ):
        raise wrong("splitting: max_delay is not a length of time")
    if (
        route.splitting is not None
        and route.splitting.read_only
        and (route.splitting.protocol != "mysql" or len(route.backends) != 1)
    ):
        raise wrong("splitting: read_only is of mysql, with one backend")
    if route.max_connections < 0:
        raise wrong("max_connections is negative")
    if route.health is not None:
        if not (math.isfinite(route.health.interval) and route.health.interval >= 0.1):
            raise wrong("health: the interval is shorter than 0.1 s")
        if not (math.isfinite(route.health.timeout) and route.health.timeout > 0):
            raise wrong("health: the timeout is not a length of time")
        if route.health.rise < 1 or route.health.fall < 1:
            raise wrong("health: rise and fall are at least 1")
    if route.rate is not None and (route.mode != "tcp" or not route.rate.name or route.rate.bytes_per_second < 0):
        raise wrong("rate: mode tcp has one, with a name and no negative speed")
    if not (math.isfinite(route.drain_seconds) and route.drain_seconds >= 0):
        raise wrong("drain_seconds is not a length of time")
    try:
        for backend in route.backends:
            _check_backend(backend)
        gate_of(route)
        if route.tls is not None:
            from jackfield.relay.tls.context import context_of  # ssl takes memory that most relays need not spend

            context_of(route.tls)
    except ValueError as error:
        raise wrong(str(error)) from None
