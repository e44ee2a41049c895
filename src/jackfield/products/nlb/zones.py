"""A load balancer's place in a zone, for network and classic ones: an endpoint with an address of a vSwitch."""

from __future__ import annotations

import msgspec

from jackfield.endpoints.addresses import take_vswitch_address
from jackfield.endpoints.resources import NAMES, Endpoint, vpc_space
from jackfield.products.nlb.resources import Balancer, zone_endpoint_id
from jackfield.products.vpc.resources import VSwitch
from jackfield.store.interface import Tx


def make_zone(
    tx: Tx, balancer: Balancer, vswitch: VSwitch, *, product: str, name: str, aliases: tuple[str, ...] = (), wanted: str
) -> Endpoint:
    """The endpoint, which comes up without ports.

    :param wanted: its address; empty: any.
    :raises ClaimTaken: the wanted address is somebody's.
    :raises PoolExhausted: no address is free, or the wanted one lies outside the vSwitch's block.
    """
    endpoint = Endpoint(
        id=zone_endpoint_id(balancer.id, vswitch.zone_id),
        account=balancer.account,
        region=balancer.region,
        parent=balancer.id,
        status="Creating",
        created=balancer.created,
        product=product,
        net="balancer",
        name=name,
        aliases=aliases,
        port=0,
        vpc_id=balancer.vpc_id,
        vswitch_id=vswitch.id,
    )
    tx.claim(NAMES, name, endpoint)
    tx.claim(vpc_space(endpoint.vpc_id), endpoint.id, endpoint)
    address = take_vswitch_address(tx, endpoint, vswitch_id=vswitch.id, cidr=vswitch.cidr, wanted=wanted)
    endpoint = msgspec.structs.replace(endpoint, vpc_address=address)
    tx.put(endpoint)
    return endpoint
