"""From a load balancer's zone, its listeners and their servers to the routes that the relay serves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.products.ecs.resources import SecurityGroup
from jackfield.products.ecs.ruling import rules_for
from jackfield.products.nlb.resources import Check, Listener, Scheduler, Server, ServerGroup
from jackfield.products.nlb.states import REMOVING
from jackfield.relay.route import Backend, Balance, HealthCheck, Route

_BALANCES: dict[Scheduler, Balance] = {"Wrr": "turns", "Rr": "turns", "Wlc": "fewest", "Sch": "source"}

EVERYBODY = ("0.0.0.0/0",)
"""A load balancer without security groups admits all clients that reach it."""

Reach = Callable[[Server], Backend]
"""Where the relay has to dial for a server."""


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """A server group with its servers, as one zone may use them."""

    group: ServerGroup
    servers: tuple[Server, ...]


def routes(
    endpoint: Endpoint,
    listeners: Iterable[Listener],
    pools: dict[str, Pool],
    groups: Sequence[SecurityGroup] | None,
    reach: Reach,
    *,
    drain: float,
    local_clients: Literal["whitelist", "allow"],
) -> tuple[Route, ...]:
    """One route a listener whose port is open; none while the endpoint's address is not chosen.

    :param pools: by the id of the server group.
    :param groups: the security groups that judge clients; ``None`` when none is attached.
    """
    if not endpoint.addresses:
        return ()
    found = []
    for listener in sorted(listeners, key=lambda one: one.port):
        pool = pools.get(listener.group_id)
        if pool is None or not listener.listens:
            continue
        found.append(
            Route(
                key=f"{endpoint.id}/{listener.port}",
                owner=endpoint.id,
                address=endpoint.addresses[0],
                port=listener.port,
                backends=tuple(
                    _weighted(reach(server), pool.group.scheduler)
                    for server in sorted(pool.servers, key=lambda one: one.id)
                    if server.status != REMOVING
                ),
                whitelist=EVERYBODY if groups is None else (),
                rules=None if groups is None else rules_for(groups, listener.port),
                local_clients=local_clients,
                drain_seconds=drain,
                balance=_BALANCES[pool.group.scheduler],
                health=_health(pool.group.check),
            )
        )
    return tuple(found)


def _weighted(backend: Backend, scheduler: Scheduler) -> Backend:
    """Plain turns know no weights, but 0 still means no clients."""
    return msgspec.structs.replace(backend, weight=100) if scheduler == "Rr" and backend.weight else backend


def _health(check: Check) -> HealthCheck | None:
    if not check.enabled:
        return None
    return HealthCheck(
        interval=check.interval, timeout=check.timeout, rise=check.healthy_threshold, fall=check.unhealthy_threshold
    )
