"""From a load balancer's zone, its listeners and their servers to the routes that the relay serves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.products.ecs.resources import SecurityGroup
from jackfield.products.ecs.ruling import rules_for
from jackfield.products.nlb.resources import Check, Scheduler, Server, ServerGroup
from jackfield.products.nlb.states import REMOVING
from jackfield.relay.route import Backend, Balance, HealthCheck, Route

_BALANCES: dict[Scheduler, Balance] = {"Wrr": "turns", "Rr": "turns", "Wlc": "fewest", "Sch": "source"}

EVERYBODY = ("0.0.0.0/0",)
"""A load balancer without security groups admits all clients that reach it."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A server, as a listener sends clients to it. :param weight: 0 to 100; 0 gets no new client."""

    address: str
    port: int
    weight: int = 100


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """The servers of a listener, as one zone may use them."""

    targets: tuple[Target, ...]
    scheduler: Scheduler = "Wrr"
    check: Check = Check()


Reach = Callable[[Target], Backend]
"""Where the relay has to dial for a server."""


def pool_of(group: ServerGroup, servers: Iterable[Server]) -> Pool:
    """A network load balancer's server group with some of its servers; those that are being removed get nobody."""
    return Pool(
        targets=tuple(
            Target(address=one.address, port=one.port, weight=one.weight)
            for one in sorted(servers, key=lambda one: one.id)
            if one.status != REMOVING
        ),
        scheduler=group.scheduler,
        check=group.check,
    )


def routes(
    endpoint: Endpoint,
    pools: Mapping[int, Pool],
    groups: Sequence[SecurityGroup] | None,
    reach: Reach,
    *,
    drain: float,
    local_clients: Literal["whitelist", "allow"],
) -> tuple[Route, ...]:
    """One route a port that is open; none while the endpoint's address is not chosen.

    :param pools: by port, of the listeners that listen.
    :param groups: the security groups that judge clients; ``None`` when none is attached.
    """
    if not endpoint.addresses:
        return ()
    return tuple(
        Route(
            key=f"{endpoint.id}/{port}",
            owner=endpoint.id,
            address=endpoint.addresses[0],
            port=port,
            backends=tuple(_weighted(reach(target), pool.scheduler) for target in pool.targets),
            whitelist=EVERYBODY if groups is None else (),
            rules=None if groups is None else rules_for(groups, port),
            local_clients=local_clients,
            drain_seconds=drain,
            balance=_BALANCES[pool.scheduler],
            health=_health(pool.check),
        )
        for port, pool in sorted(pools.items())
    )


def _weighted(backend: Backend, scheduler: Scheduler) -> Backend:
    """Plain turns know no weights, but 0 still means no clients."""
    return msgspec.structs.replace(backend, weight=100) if scheduler == "Rr" and backend.weight else backend


def _health(check: Check) -> HealthCheck | None:
    if not check.enabled:
        return None
    return HealthCheck(
        interval=check.interval, timeout=check.timeout, rise=check.healthy_threshold, fall=check.unhealthy_threshold
    )
