"""Where endpoints stand inside their VPC: which addresses listen there, and which names lead to them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

import msgspec

from jackfield.endpoints.resources import Door, Endpoint
from jackfield.relay.route import Route

Listener = tuple[str, int]
"""Address and port."""


def addresses_inside(endpoint: Endpoint, door: Door) -> tuple[str, ...]:
    """The addresses at which one door of an endpoint is reached from inside its VPC; none where that is none.

    The shards of a direct endpoint announce addresses of this machine, so these are there in the VPC as well, besides
    the one that the API reports.
    """
    if not door.vpc_id or not door.vpc_address:
        return ()
    return (door.vpc_address, *endpoint.addresses) if endpoint.net == "direct" else (door.vpc_address,)


def listeners_inside(endpoint: Endpoint, vpc_id: str) -> tuple[Listener, ...]:
    """Where an endpoint listens inside a VPC. One that moves to another VPC listens in both for a while; one that is
    closed has no address in any.
    """
    if endpoint.status == "Closed":
        return ()
    found = (
        (address, port)
        for door in endpoint.doors
        if door.vpc_id == vpc_id
        for address in addresses_inside(endpoint, door)
        for port in (door.port, *endpoint.more_ports)
        if port
    )
    return tuple(dict.fromkeys(found))


def reached_inside(endpoint: Endpoint, vpc_id: str) -> tuple[str, ...]:
    """Where the names of an endpoint lead inside a VPC: a direct endpoint's to its shards."""
    if endpoint.vpc_id != vpc_id:
        return ()
    found = addresses_inside(endpoint, endpoint.door)
    return found[1:] or found


def routes_inside(endpoint: Endpoint, routes: Sequence[Route]) -> tuple[Route, ...]:
    """The same routes once more, at the endpoint's addresses inside its VPC."""
    if not addresses_inside(endpoint, endpoint.door):
        return ()
    if endpoint.net != "direct":
        return tuple(_inside(endpoint, route, endpoint.vpc_address) for route in routes)
    shards = tuple(_inside(endpoint, route, route.address) for route in routes)
    return (*(_inside(endpoint, route, endpoint.vpc_address) for route in routes[:1]), *shards)


def _inside(endpoint: Endpoint, route: Route, address: str) -> Route:
    # The key tells the place: an endpoint that moves has routes at its former one and at its new one.
    key = f"{route.key}@{endpoint.vpc_id}/{address}"
    return msgspec.structs.replace(route, key=key, vantage=endpoint.vpc_id, address=address)


def default_source(vpc_cidr: str, vswitch_cidrs: Iterable[str]) -> str:
    """The address from which a client inside a VPC dials unless it names another one.

    It is one of the three last ones of a block, which are the vendor's own and therefore no endpoint's: of the oldest
    vSwitch, or of the VPC's own block while it has none.
    """
    block = ipaddress.IPv4Network(next(iter(vswitch_cidrs), vpc_cidr))
    return str(block.broadcast_address - 2)
