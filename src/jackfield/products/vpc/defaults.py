"""The default VPC of a region: what calls belong to that name none.

The vendor makes 172.16.0.0/12 blocks its defaults; the layout here (one /16, a /20 a zone) is a default VPC's there.
"""

from __future__ import annotations

import ipaddress

from jackfield.products.regions import REGIONS, new_id
from jackfield.products.vpc.resources import AVAILABLE, PENDING, Vpc, VSwitch
from jackfield.store.interface import Tx

DEFAULT_VPC_CIDR = "172.31.0.0/16"
_SPACE = "default-network"


def default_vswitch(tx: Tx, account: str, region: str, zone: str) -> VSwitch:
    """The default vSwitch of a zone; it and its VPC are made on first use."""
    vpc = _default_vpc(tx, account, region)
    held = tx.holder(_SPACE, f"{account}/{zone}")
    if held:
        found = tx.get(VSwitch, held[1])
        if found:
            return found
    block = _free_block(tx, vpc, REGIONS[region].zones.index(zone))
    if block is None:  # the caller's own vSwitches fill the default VPC: another becomes the default
        forget_default(tx, vpc)
        return default_vswitch(tx, account, region, zone)
    vswitch = VSwitch(
        id=new_id("vsw", region, 17),
        account=account,
        region=region,
        parent=vpc.id,
        status=PENDING,
        created=tx.now,
        cidr=block,
        zone_id=zone,
        is_default=True,
    )
    tx.put(vswitch)
    tx.claim(_SPACE, f"{account}/{zone}", vswitch)
    tx.schedule(vswitch)
    return vswitch


def usable(network: Vpc | VSwitch) -> bool:
    """Whether instances may be placed in it; the default network may be used in the call that makes it."""
    return network.status == AVAILABLE or (network.is_default and not network.deleting)


def forget_default(tx: Tx, network: Vpc | VSwitch) -> None:
    """Ends its being the default, if it is: the next call that needs one makes it anew."""
    for space, value in tx.claims(type(network).kind, network.id):
        if space == _SPACE:
            tx.unclaim(space, value, network)


def _free_block(tx: Tx, vpc: Vpc, wanted: int) -> str | None:
    """A /20 apart from the VPC's vSwitches: the ``wanted`` one, if it is free."""
    blocks = list(ipaddress.IPv4Network(vpc.cidr).subnets(new_prefix=20))
    taken = [ipaddress.IPv4Network(other.cidr) for other in tx.children(VSwitch, vpc.id)]
    for block in (blocks[wanted], *blocks):
        if not any(block.overlaps(other) for other in taken):
            return str(block)
    return None


def _default_vpc(tx: Tx, account: str, region: str) -> Vpc:
    held = tx.holder(_SPACE, f"{account}/{region}")
    if held:
        found = tx.get(Vpc, held[1])
        if found:
            return found
    vpc = Vpc(
        id=new_id("vpc", region, 17),
        account=account,
        region=region,
        status=PENDING,
        created=tx.now,
        cidr=DEFAULT_VPC_CIDR,
        router_id=new_id("vrt", region, 17),
        route_table_id=new_id("vtb", region, 17),
        is_default=True,
    )
    tx.put(vpc)
    tx.claim(_SPACE, f"{account}/{region}", vpc)
    tx.schedule(vpc)
    return vpc
