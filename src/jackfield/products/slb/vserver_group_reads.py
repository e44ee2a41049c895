"""DescribeVServerGroupAttribute and DescribeVServerGroups."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, UnsetType

from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.slb.errors import LoadBalancerNotFound, VServerGroupNotFound
from jackfield.products.slb.product import SLB
from jackfield.products.slb.resources import Listener, VServerGroup
from jackfield.products.slb.servers import PortServerView, servers_of
from jackfield.products.slb.shapes import (
    LoadBalancerId,
    RegionId,
    ShownTags,
    WantedTags,
    own_group,
    own_load_balancer,
    shown_tags,
)
from jackfield.products.slb.vserver_groups import GroupRequest
from jackfield.products.tags import carries
from jackfield.products.times import iso_minute
from jackfield.store.interface import Reader


class AddressedServerView(PortServerView, kw_only=True):
    server_ip: str


class AddressedServerList(Shape):
    backend_server: tuple[AddressedServerView, ...]


class DescribeVServerGroupAttributeReply(Reply):
    vserver_group_id: str
    vserver_group_name: str
    load_balancer_id: str
    create_time: str
    backend_servers: AddressedServerList
    tags: ShownTags


@operation(
    SLB,
    name="DescribeVServerGroupAttribute",
    title="Queries a vServer group",
    access="get",
    resource="vservergroup/{VServerGroupId}",
    errors=(VServerGroupNotFound,),
)
def describe_vserver_group_attribute(
    tx: Reader, call: Call, request: GroupRequest
) -> DescribeVServerGroupAttributeReply:
    """One group with its servers."""
    group = own_group(tx, call, request.vserver_group_id, request.region_id)
    return DescribeVServerGroupAttributeReply(
        vserver_group_id=group.id,
        vserver_group_name=group.name,
        load_balancer_id=group.parent,
        create_time=iso_minute(group.created),
        backend_servers=AddressedServerList(
            backend_server=tuple(
                AddressedServerView(
                    server_id=one.server_id,
                    server_ip=one.address,
                    port=one.port,
                    weight=one.weight,
                    type=one.type,
                    description=one.description,
                )
                for one in servers_of(tx, group.id)
            )
        ),
        tags=shown_tags(group.tags),
    )


class AssociatedListener(Shape):
    port: int
    protocol: str


class AssociatedListeners(Shape):
    listener: tuple[AssociatedListener, ...]


class Rule(Shape):
    """A forwarding rule; there are none."""

    rule_id: str
    rule_name: str
    domain: str
    url: str


class Rules(Shape):
    rule: tuple[Rule, ...]


class AssociatedObjects(Shape):
    listeners: AssociatedListeners | UnsetType
    rules: Rules | UnsetType


class GroupView(Shape):
    vserver_group_id: str
    vserver_group_name: str
    create_time: str
    server_count: int
    associated_objects: AssociatedObjects
    tags: ShownTags


class GroupList(Shape):
    vserver_group: tuple[GroupView, ...]


class DescribeVServerGroupsRequest(Request):
    region_id: RegionId
    load_balancer_id: LoadBalancerId
    description: Annotated[str, Param("Only of this name.", "Group1")] = ""
    include_listener: Annotated[bool, Param("Whether to name the listeners of each.", "false")] = False
    include_rule: Annotated[bool, Param("Whether to name forwarding rules; there are none.", "false")] = False
    tag: WantedTags = ()


class DescribeVServerGroupsReply(Reply):
    vserver_groups: GroupList


@operation(
    SLB,
    name="DescribeVServerGroups",
    title="Queries vServer groups",
    access="list",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(LoadBalancerNotFound,),
)
def describe_vserver_groups(
    tx: Reader, call: Call, request: DescribeVServerGroupsRequest
) -> DescribeVServerGroupsReply:
    """Lists the groups of a load balancer."""
    load_balancer = own_load_balancer(tx, call, request.load_balancer_id, request.region_id)
    found = [
        group
        for group in tx.children(VServerGroup, load_balancer.id)
        if request.description in ("", group.name) and carries(group.tags, request.tag)
    ]
    return DescribeVServerGroupsReply(
        vserver_groups=GroupList(vserver_group=tuple(_view(tx, group, request) for group in found))
    )


def _view(tx: Reader, group: VServerGroup, request: DescribeVServerGroupsRequest) -> GroupView:
    listeners = [one for one in tx.children(Listener, group.parent) if one.group_id == group.id]
    return GroupView(
        vserver_group_id=group.id,
        vserver_group_name=group.name,
        create_time=iso_minute(group.created),
        server_count=len(servers_of(tx, group.id)),
        associated_objects=AssociatedObjects(
            listeners=AssociatedListeners(
                listener=tuple(AssociatedListener(port=one.port, protocol="tcp") for one in listeners)
            )
            if request.include_listener
            else UNSET,
            rules=Rules(rule=()) if request.include_rule else UNSET,
        ),
        tags=shown_tags(group.tags),
    )
