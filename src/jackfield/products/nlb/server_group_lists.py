"""ListServerGroups."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.uses import users
from jackfield.products.filters import is_filtered
from jackfield.products.nlb.errors import IllegalParam
from jackfield.products.nlb.product import NLB
from jackfield.products.nlb.resources import Server, ServerGroup
from jackfield.products.nlb.shapes import Page, PageReply, RegionId, WantedTags, check_ids, next_token, page_of
from jackfield.products.operation import Call, Param, Shape, operation
from jackfield.products.tags import TagShape, carries, shown
from jackfield.store.interface import Reader


class HealthCheckView(Shape):
    health_check_enabled: bool
    health_check_type: str
    health_check_connect_port: int
    health_check_connect_timeout: int
    health_check_interval: int
    healthy_threshold: int
    unhealthy_threshold: int
    health_check_domain: str = ""
    health_check_url: str = ""
    health_check_http_code: tuple[str, ...] = ()
    http_check_method: str = ""


class ServerGroupView(Shape):
    server_group_id: str
    server_group_name: str
    server_group_status: str
    server_group_type: str
    region_id: str
    vpc_id: str
    protocol: str
    scheduler: str
    any_port_enabled: bool
    connection_drain_enabled: bool
    connection_drain_timeout: int
    preserve_client_ip_enabled: bool
    health_check: HealthCheckView
    server_count: int
    related_load_balancer_ids: tuple[str, ...]
    resource_group_id: str
    ali_uid: int
    tags: tuple[TagShape, ...]
    address_ip_version: str = msgspec.field(default="ipv4", name="AddressIPVersion")


class ListServerGroupsRequest(Page):
    region_id: RegionId = ""
    server_group_ids: Annotated[tuple[str, ...], Param("Only these; up to 20.", invalid=IllegalParam)] = ()
    server_group_names: Annotated[tuple[str, ...], Param("Only of these names; up to 20.", invalid=IllegalParam)] = ()
    server_group_type: Annotated[str, Param("Only of this type.", "Ip")] = ""
    vpc_id: Annotated[str, Param("Only of this VPC.", "vpc-bp15zckdt37pq72zv****")] = ""
    resource_group_id: Annotated[str, Param("Only of this resource group.", "rg-atstuj3rtop****")] = ""
    tag: WantedTags = ()


class ListServerGroupsReply(PageReply):
    server_groups: tuple[ServerGroupView, ...]


@operation(NLB, title="Queries server groups", access="list", resource="servergroup/*", errors=(IllegalParam,))
def list_server_groups(tx: Reader, call: Call, request: ListServerGroupsRequest) -> ListServerGroupsReply:
    """Lists the caller's server groups, oldest first, a page at a time."""
    region = request.region_id or call.region
    matching = (lambda: _matching(tx, call, request, region)) if is_filtered(request) else None
    page, total = page_of(tx, call, ServerGroup, request, region, matching)
    return ListServerGroupsReply(
        server_groups=tuple(_view(tx, group) for group in page),
        max_results=request.max_results,
        next_token=next_token(request, total),
        total_count=total,
    )


def _matching(tx: Reader, call: Call, request: ListServerGroupsRequest, region: str) -> list[ServerGroup]:
    ids = check_ids("ServerGroupIds", request.server_group_ids)
    names = check_ids("ServerGroupNames", request.server_group_names)
    found = (tx.get(ServerGroup, id) for id in dict.fromkeys(request.server_group_ids))
    candidates = [one for one in found if one] if ids else tx.each(ServerGroup, account=call.account, region=region)
    return [
        group
        for group in candidates
        if group.account == call.account
        and group.region == region
        and (not names or group.name in names)
        and request.server_group_type in ("", "Ip")
        and request.vpc_id in ("", group.vpc_id)
        and request.resource_group_id in ("", group.resource_group_id)
        and carries(group.tags, request.tag)
    ]


def _view(tx: Reader, group: ServerGroup) -> ServerGroupView:
    check = group.check
    return ServerGroupView(
        server_group_id=group.id,
        server_group_name=group.name,
        server_group_status=group.status,
        server_group_type="Ip",
        region_id=group.region,
        vpc_id=group.vpc_id,
        protocol="TCP",
        scheduler=group.scheduler,
        any_port_enabled=False,
        connection_drain_enabled=group.drain_enabled,
        connection_drain_timeout=group.drain_seconds,
        preserve_client_ip_enabled=group.preserve_client_ip,
        health_check=HealthCheckView(
            health_check_enabled=check.enabled,
            health_check_type="TCP",
            health_check_connect_port=0,
            health_check_connect_timeout=check.timeout,
            health_check_interval=check.interval,
            healthy_threshold=check.healthy_threshold,
            unhealthy_threshold=check.unhealthy_threshold,
        ),
        server_count=len(tx.children(Server, group.id)),
        related_load_balancer_ids=tuple(id for _, id in users(tx, group.id)),
        resource_group_id=group.resource_group_id,
        ali_uid=int(group.account),
        tags=shown(group.tags),
    )
