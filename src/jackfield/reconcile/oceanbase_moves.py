"""A PrivateLink connection of OceanBase is given another address of this machine."""

from __future__ import annotations

import msgspec

from jackfield.endpoints.resources import ADDRESSES, Endpoint
from jackfield.products.oceanbase.resources import Move
from jackfield.reconcile.endpoints import EndpointWork, Plan, Prove
from jackfield.reconcile.world import World
from jackfield.store.interface import Tx
from jackfield.store.resource import Evidence


def move_address(world: World, work: EndpointWork, move: Move, plan: Plan, prove: Prove) -> Evidence:
    """Has the connection serve at its new address, then there only. May be repeated.

    :return: what was closed. :raises Later: a relay is away, the new address does not serve, or the old one accepts.
    """
    with world.store.read() as view:
        endpoint = view.get(Endpoint, move.endpoint)
    if endpoint is None or not world.real:
        return {}
    both = (move.former, move.coming)
    if move.coming not in endpoint.addresses:
        work.reach(endpoint, both, lambda one: plan(msgspec.structs.replace(one, addresses=both)), prove)
        work.widen(endpoint, both)
    only = (move.coming,)
    moved = msgspec.structs.replace(endpoint, addresses=only)
    return work.narrow(moved, only, plan, [move.former])


def forget_address(tx: Tx, move: Move) -> None:
    """Gives back the address that the connection left; where no engines run, that is all that there is to do."""
    endpoint = tx.get(Endpoint, move.endpoint)
    if endpoint is None:
        return
    if endpoint.addresses != (move.coming,):
        tx.put(msgspec.structs.replace(endpoint, addresses=(move.coming,)))
    if move.former:
        tx.unclaim(ADDRESSES, move.former, endpoint)
