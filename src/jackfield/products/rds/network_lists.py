"""DescribeVpcs and DescribeVSwitches as RDS has them: where instances can be placed."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Annotated, TypeVar

import msgspec

from jackfield.endpoints.resources import vswitch_space
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.rds.network_errors import IncorrectVpcId, InvalidIzNo
from jackfield.products.rds.product import RDS
from jackfield.products.regions import REGIONS
from jackfield.products.times import iso_second
from jackfield.products.vpc.resources import Vpc, VSwitch
from jackfield.products.vpc.vswitches import RESERVED_ADDRESSES
from jackfield.store.interface import Reader

T = TypeVar("T")


class _NetworksRequest(Request):
    region_id: Annotated[str, Param("The region; that of the call if left out.", "cn-hangzhou")] = ""
    zone_id: Annotated[str, Param("Only what has to do with this zone.", "cn-hangzhou-i")] = ""
    resource_group_id: Annotated[str, Param("Only of this resource group.", "rg-bp67acfmxazb4p****")] = ""
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1


class DescribeVSwitchesRequest(_NetworksRequest):
    vpc_id: Annotated[str, Param("Only of this VPC.", "vpc-bp1opxu1zkhn****")] = ""
    page_size: Annotated[int, Param("Entries a page, 1 to 50.", "30", range=(1, 50))] = 30


class VSwitchEntry(Shape):
    """``IzNo`` is the zone; the count of free addresses is a string."""

    vswitch_id: str
    vswitch_name: str
    description: str
    cidr_block: str
    iz_no: str
    status: str
    is_default: bool
    available_ip_address_count: str


class DescribeVSwitchesReply(Reply):
    """``VSwitchs`` is the vendor's spelling."""

    vswitchs: tuple[VSwitchEntry, ...] = msgspec.field(name="VSwitchs")
    page_number: int
    page_size: int
    total_count: int


@operation(
    RDS,
    name="DescribeVSwitches",
    title="Queries the vSwitches in which instances can be placed",
    access="get",
    resource="vswitch/*",
    errors=(IncorrectVpcId, InvalidIzNo),
)
def describe_vswitches(tx: Reader, call: Call, request: DescribeVSwitchesRequest) -> DescribeVSwitchesReply:
    """The caller's vSwitches in a region, oldest first, a page at a time."""
    region = request.region_id or call.region
    if request.zone_id and (region not in REGIONS or request.zone_id not in REGIONS[region].zones):
        raise InvalidIzNo
    if request.vpc_id:
        vpc = tx.get(Vpc, request.vpc_id)
        if vpc is None or (vpc.account, vpc.region) != (call.account, region):
            raise IncorrectVpcId
        candidates = tx.children(VSwitch, vpc.id)
    else:
        candidates = list(tx.each(VSwitch, account=call.account, region=region))
    found = [
        one
        for one in candidates
        if request.zone_id in ("", one.zone_id) and request.resource_group_id in ("", one.resource_group_id)
    ]
    page = _page(found, request.page_number, request.page_size)
    return DescribeVSwitchesReply(
        vswitchs=tuple(_vswitch(tx, one) for one in page),
        page_number=request.page_number,
        page_size=request.page_size,
        total_count=len(found),
    )


class DescribeVpcsRequest(_NetworksRequest):
    vpc_id: Annotated[str, Param("Only this VPC.", "vpc-bp1opxu1zkhn****")] = ""
    page_size: Annotated[int, Param("Entries a page, 1 to 50.", "20", range=(1, 50))] = 20


class VpcVSwitch(Shape):
    vswitch_id: str
    vswitch_name: str
    cidr_block: str
    iz_no: str
    status: str
    is_default: bool
    gmt_create: str
    gmt_modified: str


class VpcEntry(Shape):
    """``AliUid`` and ``Bid`` are the owner's id and the vendor's site, 26842 of the international one."""

    vpc_id: str
    vpc_name: str
    cidr_block: str
    region_no: str
    status: str
    is_default: bool
    ali_uid: str
    bid: str
    gmt_create: str
    gmt_modified: str
    vswitchs: tuple[VpcVSwitch, ...] = msgspec.field(name="VSwitchs")


class DescribeVpcsReply(Reply):
    vpcs: tuple[VpcEntry, ...]
    page_number: int
    page_size: int
    total_count: int


@operation(
    RDS,
    name="DescribeVpcs",
    title="Queries the VPCs in which instances can be placed",
    access="get",
    resource="vpc/*",
    errors=(),
)
def describe_vpcs(tx: Reader, call: Call, request: DescribeVpcsRequest) -> DescribeVpcsReply:
    """The caller's VPCs in a region with their vSwitches, oldest first, a page at a time.

    With a zone: only those that have a vSwitch there, and only such vSwitches.
    """
    region = request.region_id or call.region
    found = []
    for vpc in tx.each(Vpc, account=call.account, region=region):
        vswitches = [one for one in tx.children(VSwitch, vpc.id) if request.zone_id in ("", one.zone_id)]
        asked_for = request.vpc_id in ("", vpc.id) and request.resource_group_id in ("", vpc.resource_group_id)
        if asked_for and (vswitches or not request.zone_id):
            found.append(_vpc(vpc, vswitches))
    return DescribeVpcsReply(
        vpcs=tuple(_page(found, request.page_number, request.page_size)),
        page_number=request.page_number,
        page_size=request.page_size,
        total_count=len(found),
    )


def _page(found: Sequence[T], number: int, size: int) -> Sequence[T]:
    return found[(number - 1) * size : number * size]


def _vswitch(tx: Reader, vswitch: VSwitch) -> VSwitchEntry:
    free = ipaddress.IPv4Network(vswitch.cidr).num_addresses - RESERVED_ADDRESSES
    return VSwitchEntry(
        vswitch_id=vswitch.id,
        vswitch_name=vswitch.name,
        description=vswitch.description,
        cidr_block=vswitch.cidr,
        iz_no=vswitch.zone_id,
        status=vswitch.status,
        is_default=vswitch.is_default,
        available_ip_address_count=str(free - tx.count_claims(vswitch_space(vswitch.id))),
    )


def _vpc(vpc: Vpc, vswitches: Sequence[VSwitch]) -> VpcEntry:
    return VpcEntry(
        vpc_id=vpc.id,
        vpc_name=vpc.name,
        cidr_block=vpc.cidr,
        region_no=vpc.region,
        status=vpc.status,
        is_default=vpc.is_default,
        ali_uid=vpc.account,
        bid="26842",
        gmt_create=iso_second(vpc.created),
        gmt_modified=iso_second(vpc.created),
        vswitchs=tuple(
            VpcVSwitch(
                vswitch_id=one.id,
                vswitch_name=one.name,
                cidr_block=one.cidr,
                iz_no=one.zone_id,
                status=one.status,
                is_default=one.is_default,
                gmt_create=iso_second(one.created),
                gmt_modified=iso_second(one.created),
            )
            for one in vswitches
        ),
    )
