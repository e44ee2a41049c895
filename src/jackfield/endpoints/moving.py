"""Giving an endpoint another door: another name, another port, another place in a VPC, or all of them."""

from __future__ import annotations

import msgspec

from jackfield.endpoints.making import Place, take_place
from jackfield.endpoints.resources import NAMES, Door, Endpoint, vpc_space, vswitch_space
from jackfield.store.interface import Tx


def move_endpoint(tx: Tx, endpoint: Endpoint, *, name: str = "", port: int = 0, place: Place | None = None) -> Endpoint:
    """Records that an endpoint which serves is to be reached at another door; its reconciler is the instance's.

    What the new door takes (its name over all accounts, its address in the vSwitch) is taken at once; what the old one
    had is given back when it has stopped.

    :param name, port, place: what is left out stays as it is.
    :return: the endpoint, Changing.
    :raises ClaimTaken: the name (space ``name``) or the wanted address is somebody else's.
    :raises PoolExhausted: the vSwitch has no free address, or the wanted one is none of it.
    """
    door = msgspec.structs.replace(endpoint.door, name=name or endpoint.name, port=port or endpoint.port)
    if door.name:
        tx.claim(NAMES, door.name, endpoint)
    if place:
        address = take_place(tx, endpoint, place)
        door = msgspec.structs.replace(door, vpc_id=place.vpc_id, vswitch_id=place.vswitch_id, vpc_address=address)
    changing = msgspec.structs.replace(endpoint, status="Changing", other=door)
    tx.put(changing)
    return changing


def give_back(tx: Tx, endpoint: Endpoint, former: Door) -> None:
    """Gives back what only the former door of an endpoint had."""
    now = endpoint.door
    if former.name != now.name:
        tx.unclaim(NAMES, former.name, endpoint)
    if (former.vswitch_id, former.vpc_address) != (now.vswitch_id, now.vpc_address) and former.vswitch_id:
        tx.unclaim(vswitch_space(former.vswitch_id), former.vpc_address, endpoint)
    if former.vpc_id != now.vpc_id and former.vpc_id:
        tx.unclaim(vpc_space(former.vpc_id), endpoint.id, endpoint)
