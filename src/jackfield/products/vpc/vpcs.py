"""CreateVpc and the reads of VPCs."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import msgspec

from jackfield.products.errors import ApiError
from jackfield.products.filters import is_filtered
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.regions import new_id
from jackfield.products.tags import TagShape, carries, shown, stored
from jackfield.products.times import iso_second
from jackfield.products.vpc.checks import check_region, check_texts
from jackfield.products.vpc.errors import (
    IncorrectVpcStatus,
    InvalidRegionIdNotFound,
    InvalidVpcCidr,
    InvalidVpcDescriptionMalformed,
    InvalidVpcIdNotFound,
    InvalidVpcNameMalformed,
    IpamNotSupported,
    Ipv6NotSupported,
    TooManyUserCidrs,
    TooManyVpcIds,
    UserCidrNotStrict,
    UserCidrOverlapsSharedSpace,
)
from jackfield.products.vpc.product import VPC
from jackfield.products.vpc.resources import PENDING, Vpc, VSwitch
from jackfield.store.interface import Reader, Tx

_PRIVATE = tuple(ipaddress.IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))

_SHARED_SPACE = ipaddress.IPv4Network("100.64.0.0/10")
"""The cloud's own addresses; no user block may meet them."""

MAX_IDS = 20
"""In one call of DescribeVpcs or DescribeVSwitches."""

MAX_USER_CIDRS = 3

RegionId = Annotated[str, Param("The region. Call DescribeRegions for the list.", "cn-hangzhou")]


class Tags(Shape):
    tag: tuple[TagShape, ...] = ()


class CreateVpcRequest(Request):
    region_id: RegionId
    cidr_block: Annotated[
        str, Param("The block: inside 10/8, 172.16/12 or 192.168/16, with a mask of 8 to 28 bits.", "172.16.0.0/12")
    ] = "172.16.0.0/12"
    vpc_name: Annotated[str, Param("1 to 128 characters.", "abc")] = ""
    description: Annotated[str, Param("Up to 256 characters.", "This is my first Vpc")] = ""
    resource_group_id: Annotated[str, Param("The resource group.", "rg-acfmxazb4ph6aiy****")] = ""
    client_token: Annotated[str, Param("Makes a repeated call answer like the first.", "123e4567-e89b-12d3")] = ""
    dry_run: Annotated[bool, Param("Only checks.", "false")] = False
    tag: Annotated[tuple[TagShape, ...], Param("Tags of the VPC.")] = ()
    user_cidr: Annotated[
        str, Param("Up to three blocks that routes may name, separated by commas.", "192.168.0.0/12")
    ] = ""
    enable_ipv6: Annotated[bool, Param("Asks for an IPv6 block; refused, there are none.", "false")] = False
    ipv6_cidr_block: Annotated[str, Param("An IPv6 block; refused.", "2408:XXXX:0:6a::/56")] = ""
    ipv6_ipam_pool_id: Annotated[str, Param("A pool of IPv6 blocks; refused.", "ipam-pool-bp1aq51kkfh477z03****")] = ""
    ipv4_ipam_pool_id: Annotated[str, Param("A pool of IPv4 blocks; refused.", "ipam-pool-sycmt3p2a9v63i****")] = ""


class CreateVpcReply(Reply):
    vpc_id: str
    vrouter_id: str
    route_table_id: str
    resource_group_id: str


@operation(
    VPC,
    title="Creates a virtual private cloud (VPC)",
    access="create",
    resource="vpc/*",
    errors=(
        InvalidRegionIdNotFound,
        InvalidVpcCidr,
        InvalidVpcNameMalformed,
        InvalidVpcDescriptionMalformed,
        UserCidrNotStrict,
        UserCidrOverlapsSharedSpace,
        TooManyUserCidrs,
        Ipv6NotSupported,
        IpamNotSupported,
    ),
    token="ClientToken",
)
def create_vpc(tx: Tx, call: Call, request: CreateVpcRequest) -> CreateVpcReply:
    """Creates a VPC. It is Pending at first; DescribeVpcAttribute shows when it is Available.

    Several VPCs may have the same block; nothing of one can be reached from another.
    """
    check_region(request.region_id)
    check_texts(
        request.vpc_name, request.description, InvalidVpcNameMalformed, InvalidVpcDescriptionMalformed
    )  # fmt: skip
    if request.enable_ipv6 or request.ipv6_cidr_block or request.ipv6_ipam_pool_id:
        raise Ipv6NotSupported
    if request.ipv4_ipam_pool_id:
        raise IpamNotSupported
    vpc = Vpc(
        id=new_id("vpc", request.region_id, 17),
        account=call.account,
        region=request.region_id,
        status=PENDING,
        created=call.now,
        cidr=vpc_block(request.cidr_block, InvalidVpcCidr),
        router_id=new_id("vrt", request.region_id, 17),
        route_table_id=new_id("vtb", request.region_id, 17),
        name=request.vpc_name,
        description=request.description,
        resource_group_id=request.resource_group_id,
        user_cidrs=_user_cidrs(request.user_cidr),
        tags=stored(request.tag),
        settle_at=call.now + call.pace,
    )
    tx.put(vpc)
    tx.schedule(vpc)
    return CreateVpcReply(
        vpc_id=vpc.id,
        vrouter_id=vpc.router_id,
        route_table_id=vpc.route_table_id,
        resource_group_id=vpc.resource_group_id,
    )


class VSwitchIds(Shape):
    vswitch_id: tuple[str, ...]


class RouterTableIds(Shape):
    router_table_ids: tuple[str, ...]


class UserCidrs(Shape):
    user_cidr: tuple[str, ...]


class SecondaryCidrBlocks(Shape):
    secondary_cidr_block: tuple[str, ...] = ()


class NatGatewayIds(Shape):
    nat_gateway_ids: tuple[str, ...] = ()


class VpcView(Shape):
    """A VPC as DescribeVpcs lists it."""

    vpc_id: str
    region_id: str
    status: str
    vpc_name: str
    description: str
    creation_time: str
    cidr_block: str
    is_default: bool
    owner_id: int
    resource_group_id: str
    vrouter_id: str
    vswitch_ids: VSwitchIds
    router_table_ids: RouterTableIds
    tags: Tags
    user_cidrs: UserCidrs
    secondary_cidr_blocks: SecondaryCidrBlocks = msgspec.field(default_factory=SecondaryCidrBlocks)
    nat_gateway_ids: NatGatewayIds = msgspec.field(default_factory=NatGatewayIds)
    enabled_ipv6: bool = False
    ipv6_cidr_block: str = ""
    cen_status: str = ""


class Vpcs(Shape):
    vpc: tuple[VpcView, ...]


class DescribeVpcsRequest(Request):
    region_id: RegionId
    vpc_id: Annotated[str, Param("Up to 20 ids, separated by commas.", "vpc-bp1b1xjllp3ve5yze****")] = ""
    vpc_name: Annotated[str, Param("Only VPCs of this name.", "Vpc-1")] = ""
    is_default: Annotated[bool | None, Param("Only the default VPC, or only others.", "false")] = None
    resource_group_id: Annotated[str, Param("Only VPCs of this resource group.", "rg-acfmxvfvazb4p****")] = ""
    tag: Annotated[tuple[TagShape, ...], Param("Only VPCs with all of these tags.")] = ()
    vpc_owner_id: Annotated[int, Param("Only VPCs of this account.", "253460731706911258")] = 0
    enable_ipv6: Annotated[
        bool | None, Param("Only VPCs with an IPv6 block (there are none), or without.", "false")
    ] = None
    dhcp_options_set_id: Annotated[
        str, Param("Only VPCs with this DHCP options set; none has.", "dopt-o6w0df4epg9zo8isy****")
    ] = ""
    dry_run: Annotated[bool, Param("Only checks.", "false")] = False
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1
    page_size: Annotated[int, Param("Entries a page, up to 50.", "10", range=(1, 50))] = 10


class DescribeVpcsReply(Reply):
    vpcs: Vpcs
    total_count: int
    page_number: int
    page_size: int


@operation(
    VPC,
    title="Queries VPCs",
    access="list",
    resource="vpc/*",
    errors=(InvalidRegionIdNotFound, TooManyVpcIds),
)
def describe_vpcs(tx: Reader, call: Call, request: DescribeVpcsRequest) -> DescribeVpcsReply:
    """Lists the caller's VPCs in a region, oldest first, a page at a time."""
    check_region(request.region_id)
    offset = (request.page_number - 1) * request.page_size
    if is_filtered(request):
        found = _matching(tx, call, request)
        total, page = len(found), found[offset : offset + request.page_size]
    else:
        total = tx.count(Vpc, account=call.account, region=request.region_id)
        page = tx.page(Vpc, account=call.account, region=request.region_id, offset=offset, limit=request.page_size)
    return DescribeVpcsReply(
        vpcs=Vpcs(vpc=tuple(_view(tx, vpc) for vpc in page)),
        total_count=total,
        page_number=request.page_number,
        page_size=request.page_size,
    )


class DescribeVpcAttributeRequest(Request):
    vpc_id: Annotated[str, Param("The VPC.", "vpc-bp18sth14qii3pnvo****")]
    region_id: RegionId
    is_default: Annotated[bool | None, Param("Only a default VPC, or only another.", "false")] = None
    dry_run: Annotated[bool, Param("Only checks.", "false")] = False


class CloudResource(Shape):
    resource_type: str
    resource_count: int


class CloudResources(Shape):
    cloud_resource_set_type: tuple[CloudResource, ...]


class DescribeVpcAttributeReply(Reply):
    vpc_id: str
    region_id: str
    status: str
    vpc_name: str
    description: str
    creation_time: str
    cidr_block: str
    is_default: bool
    owner_id: int
    resource_group_id: str
    vrouter_id: str
    vswitch_ids: VSwitchIds
    tags: Tags
    cloud_resources: CloudResources
    user_cidrs: UserCidrs
    secondary_cidr_blocks: SecondaryCidrBlocks = msgspec.field(default_factory=SecondaryCidrBlocks)
    classic_link_enabled: bool = False
    enabled_ipv6: bool = False
    ipv6_cidr_block: str = ""


@operation(
    VPC,
    title="Queries the configuration of a VPC",
    access="get",
    resource="vpc/{VpcId}",
    errors=(InvalidVpcIdNotFound,),
)
def describe_vpc_attribute(tx: Reader, call: Call, request: DescribeVpcAttributeRequest) -> DescribeVpcAttributeReply:
    """One VPC with its vSwitches."""
    vpc = own_vpc(tx, call, request.vpc_id)
    if vpc.region != request.region_id or request.is_default not in (None, vpc.is_default):
        raise InvalidVpcIdNotFound
    vswitches = tuple(vswitch.id for vswitch in tx.children(VSwitch, vpc.id))
    return DescribeVpcAttributeReply(
        vpc_id=vpc.id,
        region_id=vpc.region,
        status=vpc.status,
        vpc_name=vpc.name,
        description=vpc.description,
        creation_time=iso_second(vpc.created),
        cidr_block=vpc.cidr,
        is_default=vpc.is_default,
        owner_id=int(vpc.account),
        resource_group_id=vpc.resource_group_id,
        vrouter_id=vpc.router_id,
        vswitch_ids=VSwitchIds(vswitch_id=vswitches),
        tags=Tags(tag=shown(vpc.tags)),
        cloud_resources=CloudResources(
            cloud_resource_set_type=(CloudResource(resource_type="VSwitch", resource_count=len(vswitches)),)
        ),
        user_cidrs=UserCidrs(user_cidr=vpc.user_cidrs),
    )


def own_vpc(tx: Reader, call: Call, vpc_id: str) -> Vpc:
    """The caller's VPC.

    :raises InvalidVpcIdNotFound: it does not exist, or is another account's.
    """
    vpc = tx.get(Vpc, vpc_id)
    if vpc is None or vpc.account != call.account:
        raise InvalidVpcIdNotFound
    return vpc


def available_vpc(tx: Reader, call: Call, vpc_id: str) -> Vpc:
    """The caller's VPC, ready for use.

    :raises InvalidVpcIdNotFound, IncorrectVpcStatus:
    """
    vpc = own_vpc(tx, call, vpc_id)
    if vpc.status == PENDING:
        raise IncorrectVpcStatus
    return vpc


def vpc_block(text: str, error: type[ApiError]) -> str:
    """A block that a VPC may have, in its usual spelling.

    :raises ApiError: ``error``, for any other.
    """
    try:
        block = ipaddress.IPv4Network(text)
    except ValueError:
        raise error from None
    if not 8 <= block.prefixlen <= 28 or not any(block.subnet_of(private) for private in _PRIVATE):
        raise error
    return str(block)


def _user_cidrs(text: str) -> tuple[str, ...]:
    blocks = text.split(",") if text else []
    if len(blocks) > MAX_USER_CIDRS:
        raise TooManyUserCidrs
    for block in blocks:
        try:
            network = ipaddress.IPv4Network(block)
        except ValueError:
            raise UserCidrNotStrict from None
        if network.overlaps(_SHARED_SPACE):
            raise UserCidrOverlapsSharedSpace
    return tuple(blocks)


def _matching(tx: Reader, call: Call, request: DescribeVpcsRequest) -> list[Vpc]:
    found: list[Vpc] | None = None
    if request.vpc_id:
        wanted = dict.fromkeys(request.vpc_id.split(","))
        if len(wanted) > MAX_IDS:
            raise TooManyVpcIds
        found = [vpc for vpc in (tx.get(Vpc, id) for id in wanted) if vpc is not None]
    return [
        vpc
        for vpc in (found if found is not None else tx.each(Vpc, account=call.account, region=request.region_id))
        if vpc.account == call.account
        and vpc.region == request.region_id
        and (not request.vpc_name or vpc.name == request.vpc_name)
        and (request.is_default is None or vpc.is_default == request.is_default)
        and (not request.resource_group_id or vpc.resource_group_id == request.resource_group_id)
        and (not request.vpc_owner_id or vpc.account == str(request.vpc_owner_id))
        and not request.enable_ipv6
        and not request.dhcp_options_set_id
        and carries(vpc.tags, request.tag)
    ]


def _view(tx: Reader, vpc: Vpc) -> VpcView:
    return VpcView(
        vpc_id=vpc.id,
        region_id=vpc.region,
        status=vpc.status,
        vpc_name=vpc.name,
        description=vpc.description,
        creation_time=iso_second(vpc.created),
        cidr_block=vpc.cidr,
        is_default=vpc.is_default,
        owner_id=int(vpc.account),
        resource_group_id=vpc.resource_group_id,
        vrouter_id=vpc.router_id,
        vswitch_ids=VSwitchIds(vswitch_id=tuple(vswitch.id for vswitch in tx.children(VSwitch, vpc.id))),
        router_table_ids=RouterTableIds(router_table_ids=(vpc.route_table_id,)),
        tags=Tags(tag=shown(vpc.tags)),
        user_cidrs=UserCidrs(user_cidr=vpc.user_cidrs),
    )
