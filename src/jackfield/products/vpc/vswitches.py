"""CreateVSwitch and the reads of vSwitches."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from jackfield.endpoints.resources import vswitch_space
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.regions import REGIONS, new_id
from jackfield.products.times import iso_second
from jackfield.products.vpc.checks import check_texts
from jackfield.products.vpc.errors import (
    IncorrectVpcStatus,
    InvalidCidrBlockMalformed,
    InvalidCidrBlockOverlapped,
    InvalidMaskLength,
    InvalidVpcIdNotFound,
    InvalidVSwitchCidr,
    InvalidVSwitchDescriptionMalformed,
    InvalidVSwitchIdNotFound,
    InvalidVSwitchNameMalformed,
    ResourceNotAvailable,
)
from jackfield.products.vpc.product import VPC
from jackfield.products.vpc.resources import PENDING, Tag, Vpc, VSwitch
from jackfield.products.vpc.vpcs import Tags, TagShape, available_vpc
from jackfield.store.interface import Reader, Tx

RESERVED_ADDRESSES = 4
"""The first and the last three addresses of a block are the vendor's own."""


class CreateVSwitchRequest(Request):
    vpc_id: Annotated[str, Param("The VPC.", "vpc-257gqcdfvx6n****")]
    zone_id: Annotated[str, Param("The zone.", "cn-hangzhou-h")]
    cidr_block: Annotated[
        str, Param("The block: inside the VPC's, apart from other vSwitches', mask 16 to 29 bits.", "172.16.0.0/24")
    ]
    region_id: Annotated[str, Param("The region.", "cn-hangzhou")] = ""
    vswitch_name: Annotated[str, Param("1 to 128 characters.", "vSwitch-1")] = ""
    description: Annotated[str, Param("Up to 256 characters.", "vSwitch")] = ""
    client_token: Annotated[str, Param("Makes a repeated call answer like the first.", "0c593ea1-3bea-11e9")] = ""
    tag: Annotated[tuple[TagShape, ...], Param("Tags of the vSwitch.")] = ()


class CreateVSwitchReply(Reply):
    vswitch_id: str


@operation(
    VPC,
    name="CreateVSwitch",
    title="Creates a vSwitch",
    access="create",
    resource="vswitch/*",
    errors=(
        InvalidVpcIdNotFound,
        IncorrectVpcStatus,
        ResourceNotAvailable,
        InvalidCidrBlockMalformed,
        InvalidMaskLength,
        InvalidVSwitchCidr,
        InvalidCidrBlockOverlapped,
        InvalidVSwitchNameMalformed,
        InvalidVSwitchDescriptionMalformed,
    ),
    token="ClientToken",
)
def create_vswitch(tx: Tx, call: Call, request: CreateVSwitchRequest) -> CreateVSwitchReply:
    """Creates a vSwitch in a zone of its VPC's region. It is Pending at first."""
    vpc = available_vpc(tx, call, request.vpc_id)
    if request.zone_id not in REGIONS[vpc.region].zones:
        raise ResourceNotAvailable
    check_texts(
        request.vswitch_name, request.description, InvalidVSwitchNameMalformed, InvalidVSwitchDescriptionMalformed
    )
    vswitch = VSwitch(
        id=new_id("vsw", vpc.region, 17),
        account=call.account,
        region=vpc.region,
        parent=vpc.id,
        status=PENDING,
        created=call.now,
        cidr=_free_block(tx, vpc, request.cidr_block),
        zone_id=request.zone_id,
        name=request.vswitch_name,
        description=request.description,
        tags=tuple(Tag(tag.key, tag.value) for tag in request.tag),
        settle_at=call.now + call.pace,
    )
    tx.put(vswitch)
    tx.schedule(vswitch)
    return CreateVSwitchReply(vswitch_id=vswitch.id)


class RouteTable(Shape):
    route_table_id: str
    route_table_type: str = "System"


class VSwitchView(Shape):
    """A vSwitch as DescribeVSwitches lists it."""

    vswitch_id: str
    vpc_id: str
    zone_id: str
    status: str
    cidr_block: str
    vswitch_name: str
    description: str
    creation_time: str
    available_ip_address_count: int
    is_default: bool
    owner_id: int
    resource_group_id: str
    route_table: RouteTable
    tags: Tags
    enabled_ipv6: bool = False
    ipv6_cidr_block: str = ""
    network_acl_id: str = ""
    share_type: str = ""


class VSwitches(Shape):
    vswitch: tuple[VSwitchView, ...]


class DescribeVSwitchesRequest(Request):
    region_id: Annotated[str, Param("The region.", "cn-hangzhou")] = ""
    vpc_id: Annotated[str, Param("Only vSwitches of this VPC.", "vpc-25cdvfeq58pl****")] = ""
    vswitch_id: Annotated[str, Param("Up to 20 ids, separated by commas.", "vsw-23dscddcffvf3****")] = ""
    zone_id: Annotated[str, Param("Only vSwitches of this zone.", "cn-hangzhou-h")] = ""
    vswitch_name: Annotated[str, Param("Only vSwitches of this name.", "vSwitch")] = ""
    is_default: Annotated[bool | None, Param("Only default vSwitches, or only others.", "true")] = None
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1
    page_size: Annotated[int, Param("Entries a page, up to 50.", "10", range=(1, 50))] = 10


class DescribeVSwitchesReply(Reply):
    vswitches: VSwitches
    total_count: int
    page_number: int
    page_size: int


@operation(VPC, name="DescribeVSwitches", title="Queries vSwitches", access="list", resource="vswitch/*")
def describe_vswitches(tx: Reader, call: Call, request: DescribeVSwitchesRequest) -> DescribeVSwitchesReply:
    """Lists the caller's vSwitches, oldest first, a page at a time."""
    region = request.region_id or call.region
    offset = (request.page_number - 1) * request.page_size
    if (
        request.vpc_id
        or request.vswitch_id
        or request.zone_id
        or request.vswitch_name
        or request.is_default is not None
    ):
        found = _matching(tx, call, request, region)
        total, page = len(found), found[offset : offset + request.page_size]
    else:
        total = tx.count(VSwitch, account=call.account, region=region)
        page = tx.page(VSwitch, account=call.account, region=region, offset=offset, limit=request.page_size)
    return DescribeVSwitchesReply(
        vswitches=VSwitches(vswitch=tuple(_view(tx, vswitch) for vswitch in page)),
        total_count=total,
        page_number=request.page_number,
        page_size=request.page_size,
    )


class DescribeVSwitchAttributesRequest(Request):
    vswitch_id: Annotated[str, Param("The vSwitch.", "vsw-25b7pv15t****")]
    region_id: Annotated[str, Param("The region.", "cn-hangzhou")] = ""


class DescribeVSwitchAttributesReply(Reply):
    vswitch_id: str
    vpc_id: str
    zone_id: str
    status: str
    cidr_block: str
    vswitch_name: str
    description: str
    creation_time: str
    available_ip_address_count: int
    is_default: bool
    owner_id: int
    resource_group_id: str
    route_table: RouteTable
    tags: Tags
    enabled_ipv6: bool
    ipv6_cidr_block: str
    network_acl_id: str
    share_type: str


@operation(
    VPC,
    name="DescribeVSwitchAttributes",
    title="Queries a vSwitch",
    access="get",
    resource="vswitch/{VSwitchId}",
    errors=(InvalidVSwitchIdNotFound,),
)
def describe_vswitch_attributes(
    tx: Reader, call: Call, request: DescribeVSwitchAttributesRequest
) -> DescribeVSwitchAttributesReply:
    """One vSwitch; Terraform reads VSwitchId, VpcId and ZoneId of it."""
    vswitch = tx.get(VSwitch, request.vswitch_id)
    if vswitch is None or vswitch.account != call.account:
        raise InvalidVSwitchIdNotFound
    view = _view(tx, vswitch)
    return DescribeVSwitchAttributesReply(**{field: getattr(view, field) for field in view.__struct_fields__})


def _free_block(tx: Reader, vpc: Vpc, text: str) -> str:
    try:
        block = ipaddress.IPv4Network(text)
    except ValueError:
        raise InvalidCidrBlockMalformed from None
    if not 16 <= block.prefixlen <= 29:
        raise InvalidMaskLength
    if not block.subnet_of(ipaddress.IPv4Network(vpc.cidr)):
        raise InvalidVSwitchCidr
    if any(block.overlaps(ipaddress.IPv4Network(other.cidr)) for other in tx.children(VSwitch, vpc.id)):
        raise InvalidCidrBlockOverlapped
    return str(block)


def _matching(tx: Reader, call: Call, request: DescribeVSwitchesRequest, region: str) -> list[VSwitch]:
    candidates: list[VSwitch]
    if request.vswitch_id:
        wanted = dict.fromkeys(request.vswitch_id.split(","))
        candidates = [vswitch for vswitch in (tx.get(VSwitch, id) for id in wanted) if vswitch is not None]
    elif request.vpc_id:
        candidates = tx.children(VSwitch, request.vpc_id)
    else:
        candidates = list(tx.each(VSwitch, account=call.account, region=region))
    return [
        vswitch
        for vswitch in candidates
        if vswitch.account == call.account
        and (not request.region_id or vswitch.region == request.region_id)
        and (not request.vpc_id or vswitch.parent == request.vpc_id)
        and (not request.zone_id or vswitch.zone_id == request.zone_id)
        and (not request.vswitch_name or vswitch.name == request.vswitch_name)
        and (request.is_default is None or vswitch.is_default == request.is_default)
    ]


def _view(tx: Reader, vswitch: VSwitch) -> VSwitchView:
    vpc = tx.get(Vpc, vswitch.parent)
    return VSwitchView(
        vswitch_id=vswitch.id,
        vpc_id=vswitch.parent,
        zone_id=vswitch.zone_id,
        status=vswitch.status,
        cidr_block=vswitch.cidr,
        vswitch_name=vswitch.name,
        description=vswitch.description,
        creation_time=iso_second(vswitch.created),
        available_ip_address_count=_available(tx, vswitch),
        is_default=vswitch.is_default,
        owner_id=int(vswitch.account),
        resource_group_id=vswitch.resource_group_id,
        route_table=RouteTable(route_table_id=vpc.route_table_id if vpc else ""),
        tags=Tags(tag=tuple(TagShape(key=tag.key, value=tag.value) for tag in vswitch.tags)),
    )


def _available(tx: Reader, vswitch: VSwitch) -> int:
    """Free addresses: the block's, less the vendor's four, less those that endpoints hold."""
    block = ipaddress.IPv4Network(vswitch.cidr)
    return block.num_addresses - RESERVED_ADDRESSES - tx.count_claims(vswitch_space(vswitch.id))
