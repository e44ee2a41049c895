"""Where endpoints stand inside their VPC: which addresses listen there, and which names lead to them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.relay.route import Route

Listener = tuple[str, int]
"""Address and port."""


def addresses_inside(endpoint: Endpoint) -> tuple[str, ...]:
    """The addresses at which an endpoint is reached from inside its VPC; none for one that lies in no VPC.

    The shards of a direct endpoint announce addresses of this machine, so these are there in the VPC as well, besides
    the one that the API reports.
    """
    if not endpoint.vpc_id or not endpoint.vpc_address:
        return ()
    return (endpoint.vpc_address, *endpoint.addresses) if endpoint.net == "direct" else (endpoint.vpc_address,)


def listeners_inside(endpoint: Endpoint) -> tuple[Listener, ...]:
    """Where an endpoint listens inside its VPC."""
    return tuple((address, port) for address in addresses_inside(endpoint) for port in endpoint.ports)


def routes_inside(endpoint: Endpoint, routes: Sequence[Route]) -> tuple[Route, ...]:
    """The same routes once more, at the endpoint's addresses inside its VPC."""
    if not addresses_inside(endpoint):
        return ()
    if endpoint.net != "direct":
        return tuple(_inside(endpoint, route, endpoint.vpc_address, "vpc") for route in routes)
    shards = tuple(_inside(endpoint, route, route.address, "vpc") for route in routes)
    return (*(_inside(endpoint, route, endpoint.vpc_address, "own") for route in routes[:1]), *shards)


def _inside(endpoint: Endpoint, route: Route, address: str, mark: str) -> Route:
    return msgspec.structs.replace(route, key=f"{route.key}@{mark}", vantage=endpoint.vpc_id, address=address)


def default_source(vpc_cidr: str, vswitch_cidrs: Iterable[str]) -> str:
    """The address from which a client inside a VPC dials unless it names another one.

    It is one of the three last ones of a block, which are the vendor's own and therefore no endpoint's: of the oldest
    vSwitch, or of the VPC's own block while it has none.
    """
    block = ipaddress.IPv4Network(next(iter(vswitch_cidrs), vpc_cidr))
    return str(block.broadcast_address - 2)
