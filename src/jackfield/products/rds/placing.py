"""Where an instance's endpoint is to lie: vSwitches and addresses that callers name."""

from __future__ import annotations

import ipaddress

import msgspec

from jackfield.endpoints.making import Place
from jackfield.endpoints.moving import move_endpoint
from jackfield.endpoints.resources import Endpoint
from jackfield.products.errors import ApiError
from jackfield.products.rds.errors import InvalidPrivateIpAddressFormat
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.routers import Router
from jackfield.products.vpc.defaults import usable
from jackfield.products.vpc.resources import Vpc, VSwitch
from jackfield.store.interface import Reader, Tx


def own_vpc(tx: Reader, instance: DBInstance, vpc_id: str, unknown: type[ApiError]) -> Vpc:
    """A VPC of the instance's owner and region; ``unknown`` is raised when it is none."""
    vpc = tx.get(Vpc, vpc_id)
    if vpc is None or (vpc.account, vpc.region) != (instance.account, instance.region):
        raise unknown
    return vpc


def usable_vswitch(
    tx: Reader, instance: DBInstance, vswitch_id: str, *, vpc_id: str, zone_id: str, unknown: type[ApiError]
) -> VSwitch:
    """A vSwitch of the instance's owner in which something may be placed; ``unknown`` is raised when it is none.

    :param vpc_id: of which VPC; empty: any. :param zone_id: in which zone.
    """
    vswitch = tx.get(VSwitch, vswitch_id)
    if vswitch is None or vswitch.account != instance.account or vswitch.region != instance.region:
        raise unknown
    if vpc_id not in ("", vswitch.parent) or vswitch.zone_id != zone_id or not usable(vswitch):
        raise unknown
    return vswitch


def private_address(text: str) -> str:
    """:raises InvalidPrivateIpAddressFormat: it is given and no IPv4 address."""
    try:
        return str(ipaddress.IPv4Address(text)) if text else ""
    except ValueError:
        raise InvalidPrivateIpAddressFormat from None


def place_in(vswitch: VSwitch, wanted: str = "") -> Place:
    """:param wanted: an address of the caller's own choice."""
    return Place(vpc_id=vswitch.parent, vswitch_id=vswitch.id, cidr=vswitch.cidr, wanted=wanted)


def move_private(tx: Tx, endpoint: Endpoint, place: Place) -> None:
    """Has an instance's private endpoint go to a place, and the one of read/write splitting to the same vSwitch.

    :param endpoint: the private one. :param place: a wanted address is the private endpoint's.
    :raises ClaimTaken, PoolExhausted: as :func:`move_endpoint`.
    """
    for one in tx.children(Endpoint, endpoint.parent):
        router = tx.get(Router, one.router) if one.net == "router" else None
        if router is not None and router.purpose == "splitting" and one.vswitch_id != place.vswitch_id:
            move_endpoint(tx, one, place=msgspec.structs.replace(place, wanted=""))
    move_endpoint(tx, endpoint, place=place)
