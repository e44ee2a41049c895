"""What leads to a primary and its read-only instances at once: read/write splitting, proxies and custom endpoints.

A router is a record of its own; the addresses at which it is reached are endpoints of the primary, whose reconciler
brings them up, moves and ends them as it does with every endpoint.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import msgspec

from jackfield.endpoints.making import Place, make_endpoint
from jackfield.endpoints.resources import Endpoint, Net
from jackfield.products.operation import Call
from jackfield.products.rds.replicas import replicas_of
from jackfield.products.rds.resources import DBInstance, Tls
from jackfield.products.rds.states import CREATING, DELETING, NET_CHANGING
from jackfield.products.vpc.defaults import usable
from jackfield.products.vpc.resources import VSwitch
from jackfield.store.interface import Reader, Tx
from jackfield.store.resource import Resource

Purpose = Literal["splitting", "proxy", "nodes"]
Distribution = Literal["Standard", "Custom"]
ReadWriteMode = Literal["ReadWrite", "ReadOnly"]

STANDARD_WEIGHT = 100
"""Of every instance, where the system gives the weights (CalculateDBInstanceWeight)."""

MAX_WEIGHT = 10_000
_STEP = 100


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """:param instance: id of a primary or of a read-only instance. :param share: as the caller counts."""

    instance: str
    share: int


class Proxy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a database proxy was asked to be; every one is a part of the relay.

    :param count: of proxy instances, echoed. :param nodes: as asked for, as JSON, echoed.
    """

    count: int = 1
    type: str = "common"
    persistent: str = "Disabled"
    resource_group_id: str = ""
    nodes: str = ""


class Router(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """Belongs to a primary (the ``parent``); it serves as long as an endpoint of it does.

    :param mode: ``ReadWrite`` splits statements; ``ReadOnly`` spreads connections over read-only instances.
    :param weights: with ``Custom``; an instance that is not named is not read from.
    :param max_delay: seconds that a read-only instance may be behind and still be read from.
    :param text: what people call it. :param proxy: of a proxy's first endpoint, which is as old as the proxy.
    :param tls: how its own endpoints end TLS; ``None``: as the instance's.
    :param settled: its first address was dialled, and the instance has been Running since.
    :param features: of a proxy, as asked for, echoed.
    """

    kind: ClassVar[str] = "rds_router"

    purpose: Purpose
    mode: ReadWriteMode = "ReadWrite"
    distribution: Distribution = "Standard"
    weights: tuple[Weight, ...] = ()
    max_delay: int = 30
    text: str = ""
    proxy: Proxy | None = None
    tls: Tls | None = None
    features: str = ""
    settled: bool = False


class WrongWeights(ValueError):
    """Weights that are none, or of instances that are not there."""


def routers_of(tx: Reader, instance: str, purpose: Purpose) -> list[Router]:
    """Those of a primary, oldest first."""
    found = [one for one in tx.children(Router, instance) if one.purpose == purpose]
    return sorted(found, key=lambda one: one.created)


def addresses_of(tx: Reader, router: Router) -> list[Endpoint]:
    """The endpoints at which a router is reached, those on their way included."""
    return [one for one in tx.children(Endpoint, router.parent) if one.router == router.id]


def shares(router: Router, primary: DBInstance, replicas: Sequence[DBInstance]) -> dict[str, int]:
    """How reads are spread: id of each instance → its share, in the caller's units; the primary first."""
    members = [primary, *replicas]
    if router.purpose == "nodes" or router.distribution == "Custom":
        known = {weight.instance: weight.share for weight in router.weights}
        return {one.id: known.get(one.id, 0) for one in members}
    return {one.id: STANDARD_WEIGHT for one in members}


def in_service(tx: Reader, primary: str) -> list[DBInstance]:
    """Read-only instances that have been made and are not being deleted."""
    return [one for one in replicas_of(tx, primary) if one.status not in (CREATING, DELETING)]


def parse_weights(text: str, primary: DBInstance, replicas: Sequence[DBInstance]) -> tuple[Weight, ...]:
    """Of ``{"rm-…": 800, "master": 400}``; ``master`` is the primary, and ``slave`` its secondary, which serves nobody.

    :raises WrongWeights: it is nothing of the kind, or a weight is none of 0, 100 … 10,000.
    """
    try:
        given = json.loads(text)
    except ValueError:
        raise WrongWeights(text) from None
    if not isinstance(given, Mapping):
        raise WrongWeights(text)
    known = {primary.id, *(one.id for one in replicas)}
    found: dict[str, int] = {}
    for name, value in given.items():
        share = str(value)
        if not share.isascii() or not share.isdigit() or int(share) > MAX_WEIGHT or int(share) % _STEP:
            raise WrongWeights(text)
        if name == "slave":
            continue
        id = primary.id if name == "master" else name
        if id not in known:
            raise WrongWeights(text)
        found[id] = int(share)
    return tuple(Weight(instance=id, share=share) for id, share in found.items())


def router_place(tx: Reader, instance: DBInstance, vswitch_id: str = "") -> Place | None:
    """Where a private address lies: in the instance's VPC, in its vSwitch unless another one is named.

    :return: ``None`` when there is no such vSwitch there.
    """
    vswitch = tx.get(VSwitch, vswitch_id or instance.vswitch_id)
    if vswitch is None or vswitch.parent != instance.vpc_id or not usable(vswitch):
        return None
    return Place(vpc_id=vswitch.parent, vswitch_id=vswitch.id, cidr=vswitch.cidr)


def open_address(
    tx: Tx, call: Call, instance: DBInstance, router: Router, *, name: str, port: int, place: Place | None
) -> Endpoint:
    """Gives a router an address; the instance is DBInstanceNetTypeChanging until it was dialled there.

    :param place: ``None`` for a public address.
    :raises ClaimTaken: the name, or the wanted address, is somebody else's. :raises PoolExhausted: no address is left.
    """
    net: Net = "router" if place else "router_public"
    endpoint = make_endpoint(tx, instance, product="rds", net=net, name=name, port=port, place=place, router=router.id)
    change_instance(tx, call, instance)
    return endpoint


def close_address(tx: Tx, call: Call, instance: DBInstance, endpoint: Endpoint) -> None:
    """Takes an address of a router away; with the last one the router goes."""
    tx.put(msgspec.structs.replace(endpoint, status="Releasing"))
    change_instance(tx, call, instance)


def change_instance(tx: Tx, call: Call, instance: DBInstance) -> None:
    """Records that addresses of the instance, or where they lead, changed; the reconciler does the rest."""
    changed = msgspec.structs.replace(instance, status=NET_CHANGING, settle_at=call.now + call.pace)
    tx.put(changed)
    tx.schedule(changed)


def availability(endpoint_delay: int, member: DBInstance) -> str:
    """Whether reads go to an instance, as far as the last look tells."""
    serves = member.status not in (CREATING, DELETING) and member.delay <= endpoint_delay
    return "Available" if serves else "Unavailable"
