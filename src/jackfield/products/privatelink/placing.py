"""Putting an endpoint into a zone: its vSwitch, its address, and whether the service is there."""

from __future__ import annotations

import ipaddress

import msgspec

from jackfield.endpoints.addresses import PoolExhausted, take_vswitch_address
from jackfield.products.operation import Call
from jackfield.products.privatelink.domains import zone_domain
from jackfield.products.privatelink.errors import (
    EndpointServiceNotSupportedZone,
    EndpointZoneDuplicated,
    EniIpUnavailable,
    VSwitchIpNotEnough,
    VSwitchNotFound,
    VSwitchStatusNotAllowed,
)
from jackfield.products.privatelink.links import choose_resource
from jackfield.products.privatelink.resources import EndpointZone, VpcEndpoint, zone_key
from jackfield.products.privatelink.states import CREATING
from jackfield.products.regions import new_id
from jackfield.products.vpc.resources import AVAILABLE, VSwitch
from jackfield.store.interface import ClaimTaken, Tx

ERRORS = (
    EndpointZoneDuplicated,
    VSwitchNotFound,
    VSwitchStatusNotAllowed,
    EndpointServiceNotSupportedZone,
    EniIpUnavailable,
    VSwitchIpNotEnough,
)
"""What :func:`place_in_zone` raises."""

MAX_ZONES = 10
"""Of an endpoint (as many as CreateVpcEndpoint takes)."""


def place_in_zone(
    tx: Tx, call: Call, endpoint: VpcEndpoint, *, zone: str, vswitch: str, ip: str, ipv6: str
) -> EndpointZone:
    """Writes a new zone of an endpoint; its address is claimed in the vSwitch.

    :param ip: the caller's own choice; empty: any. :param ipv6: refused, vSwitches have no IPv6 block.
    :raises EndpointZoneDuplicated, VSwitchNotFound, VSwitchStatusNotAllowed, EndpointServiceNotSupportedZone,
        EniIpUnavailable, VSwitchIpNotEnough:
    """
    if tx.get(EndpointZone, zone_key(endpoint.id, zone)) is not None:
        raise EndpointZoneDuplicated
    place = tx.get(VSwitch, vswitch)
    if place is None or place.parent != endpoint.parent or place.zone_id != zone:
        raise VSwitchNotFound
    if place.status != AVAILABLE:
        raise VSwitchStatusNotAllowed
    resource = choose_resource(tx, endpoint.service_id, zone)
    if resource is None:
        raise EndpointServiceNotSupportedZone
    if ipv6 or not _is_address(ip):
        raise EniIpUnavailable
    made = EndpointZone(
        id=zone_key(endpoint.id, zone),
        account=endpoint.account,
        region=endpoint.region,
        parent=endpoint.id,
        status=CREATING,
        created=call.now,
        zone_id=zone,
        vswitch_id=vswitch,
        eni_id=new_id("eni", endpoint.region, 17),
        domain=zone_domain(endpoint.id, zone, endpoint.service_id, endpoint.region),
        resource_id=resource.resource_id,
        settle_at=call.now + call.pace,
    )
    try:
        address = take_vswitch_address(tx, made, vswitch_id=vswitch, cidr=place.cidr, wanted=ip)
    except ClaimTaken:
        raise EniIpUnavailable from None
    except PoolExhausted:
        raise EniIpUnavailable if ip else VSwitchIpNotEnough from None
    made = msgspec.structs.replace(made, address=address)
    tx.put(made)
    return made


def _is_address(text: str) -> bool:
    try:
        return not text or ipaddress.IPv4Address(text) is not None
    except ValueError:
        return False
