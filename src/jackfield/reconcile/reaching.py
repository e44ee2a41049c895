"""How one thing in a VPC reaches another: where the relay has to dial for an address of a VPC."""

from __future__ import annotations

from jackfield.endpoints.resources import Door
from jackfield.reconcile.vpcs import endpoints_in
from jackfield.reconcile.world import World
from jackfield.relay.route import Backend
from jackfield.store.interface import Reader

_NOBODY = "tcp:127.0.0.1:9"
"""Where nothing listens (the discard port): what leads nowhere refuses."""


def backend(
    world: World, view: Reader, vpc_id: str, address: str, port: int, *, source: str = "", weight: int = 100
) -> Backend:
    """The backend for ``address:port`` of a VPC: dialled inside it, or, where the system has no namespaces, at the
    address of this machine that stands for it, where the target sees a client of this machine.

    :param source: the address of the VPC that the target is to see; empty: any.
    :param weight: see :class:`Backend`.
    """
    name = f"{address}:{port}"
    if world.vpcs.possible:
        return Backend(target=f"tcp:{name}", name=name, vantage=vpc_id, source=source, weight=weight)
    for endpoint in endpoints_in(view, vpc_id):
        if any(_is(door, vpc_id, address) for door in endpoint.doors) and port in endpoint.ports and endpoint.addresses:
            return Backend(target=f"tcp:{endpoint.addresses[0]}:{port}", name=name, weight=weight)
    return Backend(target=_NOBODY, name=name, weight=weight)


def _is(door: Door, vpc_id: str, address: str) -> bool:
    return (door.vpc_id, door.vpc_address) == (vpc_id, address)
