"""Making the record of a new endpoint, with its claims."""

from __future__ import annotations

import msgspec

from jackfield.endpoints.addresses import take_vswitch_address
from jackfield.endpoints.resources import NAMES, Endpoint, Net, endpoint_id, vpc_space
from jackfield.store.interface import Tx
from jackfield.store.resource import Resource


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where an endpoint lies in a VPC. :param wanted: the caller's own choice of an address."""

    vpc_id: str
    vswitch_id: str
    cidr: str
    wanted: str = ""


def make_endpoint(
    tx: Tx,
    instance: Resource,
    *,
    product: str,
    net: Net,
    name: str,
    port: int,
    place: Place | None,
    addresses: tuple[str, ...] = (),
    router: str = "",
) -> Endpoint:
    """Writes a new endpoint of an instance; its reconciler is the instance's.

    :param place: ``None`` for a public endpoint and one of the classic network, which lie in no VPC.
    :param addresses: of this machine, where they are chosen already (a cluster's shards).
    :param router: whose address it is, for the nets ``router`` and ``router_public``.
    :raises ClaimTaken: the name (space ``name``) or the wanted address is somebody else's.
    :raises PoolExhausted: the vSwitch has no free address, or the wanted one is none of it.
    """
    endpoint = Endpoint(
        id=endpoint_id(f"{instance.id}/{router}" if router else instance.id, net),
        account=instance.account,
        region=instance.region,
        parent=instance.id,
        status="Creating",
        created=tx.now,
        product=product,
        net=net,
        name=name,
        port=port,
        addresses=addresses,
        vpc_id=place.vpc_id if place else "",
        vswitch_id=place.vswitch_id if place else "",
        router=router,
    )
    tx.claim(NAMES, name, endpoint)
    if place:
        endpoint = msgspec.structs.replace(endpoint, vpc_address=take_place(tx, endpoint, place))
    tx.put(endpoint)
    return endpoint


def take_place(tx: Tx, endpoint: Endpoint, place: Place) -> str:
    """Claims an address for an endpoint where it is to lie, and its being there.

    :return: the address. :raises ClaimTaken, PoolExhausted: as :func:`make_endpoint`.
    """
    address = take_vswitch_address(tx, endpoint, vswitch_id=place.vswitch_id, cidr=place.cidr, wanted=place.wanted)
    tx.claim(vpc_space(place.vpc_id), endpoint.id, endpoint)
    return address
