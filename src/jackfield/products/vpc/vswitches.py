"""CreateVSwitch and the reads of vSwitches."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from jackfield.endpoints.resources import vswitch_space
from jackfield.products.filters import is_filtered
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.regions import REGIONS, new_id
from jackfield.products.tags import TagShape, carries, shown, stored
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
    InvalidZoneIdNotFound,
    TooManyVSwitchIds,
    VpcIpv6Disabled,
)
from jackfield.products.vpc.product import VPC
from jackfield.products.vpc.resources import PENDING, Vpc, VSwitch
from jackfield.products.vpc.vpcs import MAX_IDS, Tags, available_vpc
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
    ipv6_cidr_block: Annotated[
        int, Param("The last 8 bits of an IPv6 block; refused, VPCs have none.", "12", range=(0, 255))
    ] = -1


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
        InvalidZoneIdNotFound,
        InvalidCidrBlockMalformed,
        InvalidMaskLength,
        InvalidVSwitchCidr,
        InvalidCidrBlockOverlapped,
        InvalidVSwitchNameMalformed,
        InvalidVSwitchDescriptionMalformed,
        VpcIpv6Disabled,
    ),
    token="ClientToken",
)
def create_vswitch(tx: Tx, call: Call, request: CreateVSwitchRequest) -> CreateVSwitchReply:
    """Creates a vSwitch in a zone of its VPC's region. It is Pending at first."""
    vpc = available_vpc(tx, call, request.vpc_id)
    if request.region_id and request.region_id != vpc.region:
        raise InvalidVpcIdNotFound
    if request.zone_id not in REGIONS[vpc.region].zones:
        raise InvalidZoneIdNotFound
    if request.ipv6_cidr_block >= 0:
        raise VpcIpv6Disabled
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
        tags=stored(request.tag),
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
    resource_group_id: Annotated[str, Param("Only vSwitches of this resource group.", "rg-bp67acfmxazb4ph****")] = ""
    route_table_id: Annotated[str, Param("Only vSwitches of this route table.", "vtb-bp145q7glnuzdvzu2****")] = ""
    tag: Annotated[tuple[TagShape, ...], Param("Only vSwitches with all of these tags.")] = ()
    vswitch_owner_id: Annotated[int, Param("Only vSwitches of this account.", "2546073170691****")] = 0
    enable_ipv6: Annotated[
        bool | None, Param("Only vSwitches with an IPv6 block (there are none), or without.", "false")
    ] = None
    dry_run: Annotated[bool, Param("Only checks.", "true")] = False
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1
    page_size: Annotated[int, Param("Entries a page, up to 50.", "10", range=(1, 50))] = 10


class DescribeVSwitchesReply(Reply):
    vswitches: VSwitches
    total_count: int
    page_number: int
    page_size: int


@operation(
    VPC,
    name="DescribeVSwitches",
    title="Queries vSwitches",
    access="list",
    resource="vswitch/*",
    errors=(TooManyVSwitchIds,),
)
def describe_vswitches(tx: Reader, call: Call, request: DescribeVSwitchesRequest) -> DescribeVSwitchesReply:
    """Lists the caller's vSwitches, oldest first, a page at a time."""
    region = request.region_id or call.region
    offset = (request.page_number - 1) * request.page_size
    if is_filtered(request):
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
    dry_run: Annotated[bool, Param("Only checks.", "false")] = False


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
        if len(wanted) > MAX_IDS:
            raise TooManyVSwitchIds
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
        and (not request.resource_group_id or vswitch.resource_group_id == request.resource_group_id)
        and (not request.vswitch_owner_id or vswitch.account == str(request.vswitch_owner_id))
        and not request.enable_ipv6
        and carries(vswitch.tags, request.tag)
        and (not request.route_table_id or request.route_table_id == _route_table(tx, vswitch))
    ]


def _view(tx: Reader, vswitch: VSwitch) -> VSwitchView:
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
        route_table=RouteTable(route_table_id=_route_table(tx, vswitch)),
        tags=Tags(tag=shown(vswitch.tags)),
    )


def _route_table(tx: Reader, vswitch: VSwitch) -> str:
    vpc = tx.get(Vpc, vswitch.parent)
    return vpc.route_table_id if vpc else ""


def _available(tx: Reader, vswitch: VSwitch) -> int:
    """Free addresses: the block's, less the vendor's four, less those that endpoints hold."""
    block = ipaddress.IPv4Network(vswitch.cidr)
    return block.num_addresses - RESERVED_ADDRESSES - tx.count_claims(vswitch_space(vswitch.id))
