"""DescribeRouteTableList: every VPC has the route table that the vendor makes with it, and no other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from jackfield.products.filters import is_filtered
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.tags import TagShape
from jackfield.products.times import iso_second
from jackfield.products.vpc.product import VPC
from jackfield.products.vpc.resources import Vpc, VSwitch
from jackfield.products.vpc.vpcs import Tags, VSwitchIds
from jackfield.store.interface import Reader


class GatewayIds(Shape):
    gateway_ids: tuple[str, ...] = ()


class RouteTableView(Shape):
    """The route table of a VPC; all of its vSwitches are in it. Its status is the VPC's."""

    route_table_id: str
    vpc_id: str
    router_id: str
    owner_id: int
    resource_group_id: str
    creation_time: str
    status: str
    vswitch_ids: VSwitchIds
    tags: Tags = msgspec.field(default_factory=Tags)
    gateway_ids: GatewayIds = msgspec.field(default_factory=GatewayIds)
    route_table_name: str = ""
    description: str = ""
    route_table_type: str = "System"
    router_type: str = "VRouter"
    associate_type: str = "VSwitch"
    route_propagation_enable: bool = True


class RouteTables(Shape):
    router_table_list_type: tuple[RouteTableView, ...]


class DescribeRouteTableListRequest(Request):
    region_id: Annotated[str, Param("The region.", "cn-hangzhou")]
    vpc_id: Annotated[str, Param("Only the route table of this VPC.", "vpc-bp15zckdt37pq72z****")] = ""
    route_table_id: Annotated[str, Param("Only this route table.", "vtb-bp145q7glnuzd****")] = ""
    route_table_name: Annotated[str, Param("Only tables of this name; none has a name.", "table")] = ""
    route_table_type: Annotated[str, Param("System or Custom; there are no custom ones.", "System")] = ""
    router_id: Annotated[str, Param("Only the tables of this router.", "vrt-bp1lhl0taikrteen8****")] = ""
    router_type: Annotated[str, Param("VRouter or VBR; there are no VBRs.", "VRouter")] = ""
    resource_group_id: Annotated[str, Param("Only tables of this resource group.", "rg-acfmxazb4ph****")] = ""
    tag: Annotated[tuple[TagShape, ...], Param("Only tables with all of these tags; none has tags.")] = ()
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1
    page_size: Annotated[int, Param("Entries a page, up to 50.", "10", range=(1, 50))] = 10


class DescribeRouteTableListReply(Reply):
    router_table_list: RouteTables
    total_count: int
    page_number: int
    page_size: int


@operation(VPC, title="Queries route tables", access="list", resource="routetable/*")
def describe_route_table_list(
    tx: Reader, call: Call, request: DescribeRouteTableListRequest
) -> DescribeRouteTableListReply:
    """Lists the route tables of the caller's VPCs in a region; Terraform looks for the one of type System."""
    offset = (request.page_number - 1) * request.page_size
    if is_filtered(request):
        found = _matching(tx, call, request)
        total, page = len(found), found[offset : offset + request.page_size]
    else:
        total = tx.count(Vpc, account=call.account, region=request.region_id)
        page = tx.page(Vpc, account=call.account, region=request.region_id, offset=offset, limit=request.page_size)
    return DescribeRouteTableListReply(
        router_table_list=RouteTables(router_table_list_type=tuple(_view(tx, vpc) for vpc in page)),
        total_count=total,
        page_number=request.page_number,
        page_size=request.page_size,
    )


def _matching(tx: Reader, call: Call, request: DescribeRouteTableListRequest) -> list[Vpc]:
    candidates: Iterable[Vpc]
    if request.vpc_id:
        vpc = tx.get(Vpc, request.vpc_id)
        candidates = [] if vpc is None else [vpc]
    else:
        candidates = tx.each(Vpc, account=call.account, region=request.region_id)
    return [
        vpc
        for vpc in candidates
        if (vpc.account, vpc.region) == (call.account, request.region_id)
        and (not request.route_table_id or vpc.route_table_id == request.route_table_id)
        and (not request.router_id or vpc.router_id == request.router_id)
        and (not request.resource_group_id or vpc.resource_group_id == request.resource_group_id)
        and request.route_table_type in ("", "System")
        and request.router_type in ("", "VRouter")
        and not request.route_table_name
        and not request.tag
    ]


def _view(tx: Reader, vpc: Vpc) -> RouteTableView:
    return RouteTableView(
        route_table_id=vpc.route_table_id,
        vpc_id=vpc.id,
        router_id=vpc.router_id,
        owner_id=int(vpc.account),
        resource_group_id=vpc.resource_group_id,
        creation_time=iso_second(vpc.created),
        status=vpc.status,
        vswitch_ids=VSwitchIds(vswitch_id=tuple(vswitch.id for vswitch in tx.children(VSwitch, vpc.id))),
    )
