"""From an instance and its endpoints to the routes that the relay serves. Pure functions: the same in, the same out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from jackfield.endpoints.resources import Endpoint
from jackfield.endpoints.whitelist import union
from jackfield.products.tair.resources import Instance, Shard
from jackfield.relay.route import Backend, Route, Tls

Socket = Callable[[Shard], str]
"""Where a shard's server listens, as :class:`Backend` wants it."""

MAX_DIRECT_CONNECTIONS = 10_000
"""A shard, over its direct address (user guide, open-source edition)."""


def routes(
    instance: Instance,
    endpoint: Endpoint,
    socket: Socket,
    *,
    drain: float,
    local_clients: Literal["whitelist", "allow"],
    tls: Tls | None = None,
    login: str = "",
) -> tuple[Route, ...]:
    """The routes of one endpoint; none while its addresses are not chosen.

    The ordinary address of a cluster goes to the router over all shards (past it, to one of them, where the proxy is
    off), that of a standard instance straight to its server; a direct endpoint has an address for each shard.

    :param drain: seconds live connections go on after a release.
    :param tls: how clients of this endpoint may encrypt.
    :param login: see :class:`Backend`; used where clients need no password.
    """
    whitelist = union(instance.whitelist)
    login = login if needs_no_password(endpoint) else ""

    def route(key: str, address: str, backends: tuple[Backend, ...], mode: Literal["tcp", "resp"], limit: int) -> Route:
        return Route(
            key=f"{endpoint.id}/{key}:{endpoint.port}",
            owner=endpoint.id,
            address=address,
            port=endpoint.port,
            backends=backends,
            mode=mode,
            whitelist=whitelist,
            local_clients=local_clients,
            max_connections=limit,
            drain_seconds=drain,
            tls=tls,
        )

    if endpoint.net == "direct":
        return tuple(
            route(
                str(shard.index),
                shard.address,
                (_backend(shard, socket, instance.announce_port, login),),
                "tcp",
                MAX_DIRECT_CONNECTIONS,
            )
            for shard in instance.shards
            if shard.address
        )
    if not endpoint.addresses:
        return ()
    backends = tuple(_backend(shard, socket, instance.announce_port, login) for shard in instance.shards)
    if instance.architecture == "cluster" and not instance.settings.proxy_off:
        return (route("0", endpoint.addresses[0], backends, "resp", 0),)
    return (route("0", endpoint.addresses[0], backends[:1], "tcp", 0),)


def needs_no_password(endpoint: Endpoint) -> bool:
    """Whether the endpoint is one of those whose clients need no password where VpcAuthMode is Close."""
    return endpoint.net in ("private", "direct")


def _backend(shard: Shard, socket: Socket, port: int, login: str) -> Backend:
    announced = f"{shard.address}:{port}" if shard.address else ""
    return Backend(target=socket(shard), name=shard.node_id, announced=announced, login=login)
