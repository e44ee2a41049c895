"""DescribeSecurityGroups and DescribeSecurityGroupAttribute."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.products.ecs.authorising import GroupId
from jackfield.products.ecs.errors import (
    AttributeNotSupported,
    InvalidListedGroupType,
    InvalidNextToken,
    InvalidParamter,
    InvalidSecurityGroupIdNotFound,
)
from jackfield.products.ecs.own import own_group
from jackfield.products.ecs.product import ECS
from jackfield.products.ecs.resources import Rule, SecurityGroup
from jackfield.products.ecs.rule_errors import InvalidNicType
from jackfield.products.errors import InvalidParameterValue
from jackfield.products.filters import is_filtered
from jackfield.products.next_token import NoToken, offset_of, token_for
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.tags import TagShape, carries
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader

DEFAULT_RESULTS = 10
"""Groups a page where NextToken comes without MaxResults."""

RegionId = Annotated[str, Param("The region.", "cn-hangzhou")]
NextToken = Annotated[str, Param("What the reply with the page before gave.", "ZnJvbSAxMA==")]


class ShownTag(Shape):
    tag_key: str
    tag_value: str


class ShownTags(Shape):
    tag: tuple[ShownTag, ...]


class GroupView(Shape):
    """A security group as DescribeSecurityGroups lists it. EcsCount is there when it is asked for."""

    security_group_id: str
    security_group_name: str
    security_group_type: str
    description: str
    vpc_id: str
    creation_time: str
    resource_group_id: str
    rule_count: int
    group_to_group_rule_count: int
    service_managed: bool
    tags: ShownTags
    ecs_count: int | UnsetType = UNSET


class GroupList(Shape):
    security_group: tuple[GroupView, ...]


class DescribeSecurityGroupsRequest(Request):
    region_id: RegionId
    vpc_id: Annotated[str, Param("Only groups of this VPC.", "vpc-bp67acfmxazb4p****")] = ""
    security_group_id: Annotated[str, Param("Only this group.", "sg-bp67acfmxazb4p****")] = ""
    security_group_ids: Annotated[
        str, Param("Only these groups: a JSON array of up to 100 ids.", '["sg-bp67acfmxazb4p****"]')
    ] = ""
    security_group_name: Annotated[str, Param("Only groups of this name.", "SGTestName")] = ""
    security_group_type: Annotated[
        str,
        Param("Only groups of this type.", "normal", enum=("normal", "enterprise"), invalid=InvalidListedGroupType),
    ] = ""
    network_type: Annotated[
        str, Param("Only groups of this network: vpc, or classic (there is none).", "vpc", enum=("vpc", "classic"))
    ] = ""
    resource_group_id: Annotated[str, Param("Only groups of this resource group.", "rg-bp67acfmxazb4p****")] = ""
    service_managed: Annotated[
        bool | None, Param("Only groups that a service manages (there are none), or others.", "false")
    ] = None
    is_query_ecs_count: Annotated[bool, Param("Asks for the number of instances in each.", "true")] = False
    tag: Annotated[tuple[TagShape, ...], Param("Only groups with all of these tags.")] = ()
    dry_run: Annotated[bool, Param("Only checks.", "false")] = False
    max_results: Annotated[
        int | None, Param("Entries a page where pages are asked for by NextToken.", "10", range=(1, 100))
    ] = None
    next_token: NextToken = ""
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1
    page_size: Annotated[int, Param("Entries a page, up to 100.", "10", range=(1, 100))] = 10


class DescribeSecurityGroupsReply(Reply):
    """NextToken is empty when no page follows, and when pages are asked for by number."""

    region_id: str
    security_groups: GroupList
    total_count: int
    page_number: int
    page_size: int
    next_token: str


@operation(
    ECS,
    title="Queries security groups",
    access="list",
    resource="securitygroup/*",
    errors=(InvalidListedGroupType, InvalidNextToken),
    source="ECS documents, DescribeSecurityGroups",
)
def describe_security_groups(
    tx: Reader, call: Call, request: DescribeSecurityGroupsRequest
) -> DescribeSecurityGroupsReply:
    """Lists the caller's groups in a region, oldest first. MaxResults and NextToken win over page numbers."""
    by_token = request.max_results is not None or bool(request.next_token)
    if by_token:
        offset, limit = _offset(request.next_token), request.max_results or DEFAULT_RESULTS
    else:
        offset, limit = (request.page_number - 1) * request.page_size, request.page_size
    if is_filtered(request):
        found = _matching(tx, call, request)
        total, page = len(found), found[offset : offset + limit]
    else:
        total = tx.count(SecurityGroup, account=call.account, region=request.region_id)
        page = tx.page(SecurityGroup, account=call.account, region=request.region_id, offset=offset, limit=limit)
    following = offset + len(page)
    return DescribeSecurityGroupsReply(
        region_id=request.region_id,
        security_groups=GroupList(
            security_group=tuple(_view(group, count=request.is_query_ecs_count) for group in page)
        ),
        total_count=total,
        page_number=offset // limit + 1,
        page_size=limit,
        next_token=token_for(following) if by_token and following < total else "",
    )


class PermissionView(Shape):
    """A rule; what does not apply to it is empty."""

    security_group_rule_id: str
    direction: str
    ip_protocol: str
    port_range: str
    policy: str
    priority: str
    nic_type: str
    description: str
    create_time: str
    source_cidr_ip: str
    dest_cidr_ip: str
    ipv6_source_cidr_ip: str
    ipv6_dest_cidr_ip: str
    source_port_range: str
    source_group_id: str
    source_group_name: str
    source_group_owner_account: str
    dest_group_id: str
    dest_group_name: str
    dest_group_owner_account: str
    source_prefix_list_id: str = ""
    source_prefix_list_name: str = ""
    dest_prefix_list_id: str = ""
    dest_prefix_list_name: str = ""


class PermissionList(Shape):
    permission: tuple[PermissionView, ...]


class SnapshotPolicyIds(Shape):
    snapshot_policy_id: tuple[str, ...] = ()


class DescribeSecurityGroupAttributeRequest(Request):
    region_id: RegionId
    security_group_id: GroupId
    direction: Annotated[
        str,
        Param("ingress, egress or all.", "all", enum=("ingress", "egress", "all"), invalid=InvalidParamter),
    ] = "all"
    nic_type: Annotated[
        str,
        Param(
            "Whatever is said, rules in VPCs are intranet.",
            "intranet",
            enum=("internet", "intranet"),
            invalid=InvalidNicType,
        ),
    ] = ""
    attribute: Annotated[
        str,
        Param(
            "snapshotPolicyIds asks for snapshot policies; there are none.",
            "snapshotPolicyIds",
            enum=("snapshotPolicyIds",),
            invalid=AttributeNotSupported,
        ),
    ] = ""
    max_results: Annotated[int, Param("Rules a page.", "500", range=(10, 1000), invalid=InvalidParamter)] = 500
    next_token: NextToken = ""


class DescribeSecurityGroupAttributeReply(Reply):
    """NextToken is empty when no page follows. SnapshotPolicyIds is there when it is asked for."""

    security_group_id: str
    security_group_name: str
    description: str
    region_id: str
    vpc_id: str
    inner_access_policy: str
    permissions: PermissionList
    next_token: str
    snapshot_policy_ids: SnapshotPolicyIds | UnsetType = UNSET


@operation(
    ECS,
    title="Queries a security group with its rules",
    access="get",
    resource="securitygroup/{SecurityGroupId}",
    errors=(InvalidSecurityGroupIdNotFound, InvalidParamter, InvalidNicType, AttributeNotSupported),
    source="ECS documents, DescribeSecurityGroupAttribute",
)
def describe_security_group_attribute(
    tx: Reader, call: Call, request: DescribeSecurityGroupAttributeRequest
) -> DescribeSecurityGroupAttributeReply:
    """One group with its rules, oldest first."""
    group = own_group(tx, call, request.security_group_id, request.region_id, InvalidSecurityGroupIdNotFound)
    try:
        offset = offset_of(request.next_token)
    except NoToken:
        raise InvalidParamter from None
    rules = [rule for rule in group.rules if request.direction in ("all", rule.direction)]
    following = offset + request.max_results
    return DescribeSecurityGroupAttributeReply(
        security_group_id=group.id,
        security_group_name=group.name,
        description=group.description,
        region_id=group.region,
        vpc_id=group.parent,
        inner_access_policy=group.inner_access,
        permissions=PermissionList(permission=tuple(_permission(tx, rule) for rule in rules[offset:following])),
        next_token=token_for(following) if following < len(rules) else "",
        snapshot_policy_ids=SnapshotPolicyIds() if request.attribute else UNSET,
    )


def _offset(token: str) -> int:
    try:
        return offset_of(token)
    except NoToken:
        raise InvalidNextToken from None


def _matching(tx: Reader, call: Call, request: DescribeSecurityGroupsRequest) -> list[SecurityGroup]:
    return [
        group
        for group in _candidates(tx, call, request)
        if group.account == call.account
        and group.region == request.region_id
        and (not request.vpc_id or group.parent == request.vpc_id)
        and (not request.security_group_id or group.id == request.security_group_id)
        and (not request.security_group_name or group.name == request.security_group_name)
        and (not request.security_group_type or group.type == request.security_group_type)
        and (not request.resource_group_id or group.resource_group_id == request.resource_group_id)
        and request.network_type != "classic"
        and not request.service_managed
        and carries(group.tags, request.tag)
    ]


def _candidates(tx: Reader, call: Call, request: DescribeSecurityGroupsRequest) -> Iterable[SecurityGroup]:
    """By an index where there is one; ids in the order in which they are asked for."""
    ids = _ids(request.security_group_ids)
    if ids is None and request.security_group_id:
        ids = [request.security_group_id]
    if ids is not None:
        return [group for group in (tx.get(SecurityGroup, id) for id in dict.fromkeys(ids)) if group is not None]
    if request.vpc_id:
        return tx.children(SecurityGroup, request.vpc_id)
    return tx.each(SecurityGroup, account=call.account, region=request.region_id)


def _ids(text: str) -> list[str] | None:
    """:raises InvalidParameterValue: no JSON array of up to 100 texts."""
    if not text:
        return None
    try:
        ids = msgspec.json.decode(text, type=list[str])
    except msgspec.DecodeError:
        raise InvalidParameterValue(name="SecurityGroupIds") from None
    if len(ids) > 100:
        raise InvalidParameterValue(name="SecurityGroupIds")
    return ids


def _view(group: SecurityGroup, *, count: bool) -> GroupView:
    return GroupView(
        security_group_id=group.id,
        security_group_name=group.name,
        security_group_type=group.type,
        description=group.description,
        vpc_id=group.parent,
        creation_time=iso_second(group.created),
        resource_group_id=group.resource_group_id,
        rule_count=len(group.rules),
        group_to_group_rule_count=sum(bool(rule.peer_group) for rule in group.rules),
        service_managed=False,
        tags=ShownTags(tag=tuple(ShownTag(tag_key=tag.key, tag_value=tag.value) for tag in group.tags)),
        ecs_count=0 if count else UNSET,
    )


def _permission(tx: Reader, rule: Rule) -> PermissionView:
    peer = tx.get(SecurityGroup, rule.peer_group) if rule.peer_group else None
    peer_name = peer.name if peer is not None else ""
    source = (rule.peer_group, peer_name, rule.peer_account) if rule.direction == "ingress" else ("", "", "")
    dest = (rule.peer_group, peer_name, rule.peer_account) if rule.direction == "egress" else ("", "", "")
    return PermissionView(
        security_group_rule_id=rule.id,
        direction=rule.direction,
        ip_protocol=rule.protocol,
        port_range=rule.port_range,
        policy=rule.policy.capitalize(),
        priority=str(rule.priority),
        nic_type="intranet",
        description=rule.description,
        create_time=iso_second(rule.created),
        source_cidr_ip=rule.source_cidr,
        dest_cidr_ip=rule.dest_cidr,
        ipv6_source_cidr_ip=rule.ipv6_source_cidr,
        ipv6_dest_cidr_ip=rule.ipv6_dest_cidr,
        source_port_range=rule.source_port_range,
        source_group_id=source[0],
        source_group_name=source[1],
        source_group_owner_account=source[2],
        dest_group_id=dest[0],
        dest_group_name=dest[1],
        dest_group_owner_account=dest[2],
    )
