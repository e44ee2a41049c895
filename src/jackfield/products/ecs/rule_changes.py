"""ModifySecurityGroupRule and ModifySecurityGroupEgressRule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from jackfield.products.ecs.authorising import RULE_ERRORS, GroupId, RegionId, Token, check_peer
from jackfield.products.ecs.errors import InvalidSecurityGroupIdNotFound
from jackfield.products.ecs.own import own_group, put_rules
from jackfield.products.ecs.permissions import (
    EgressFields,
    IngressFields,
    OwnedEgressFields,
    PortRangeListId,
    RuleFields,
    egress_fields,
    egress_rule,
    ingress_fields,
    ingress_rule,
)
from jackfield.products.ecs.product import ECS
from jackfield.products.ecs.resources import Direction, Rule, SecurityGroup
from jackfield.products.ecs.rule_errors import (
    DestGroupElsewhere,
    DestGroupIsSame,
    DestGroupNotFound,
    DestMissing,
    EnterpriseGroupAuthorised,
    EnterpriseGroupRule,
    NicTypeFixed,
    PeerTypeFixed,
    RuleDuplicate,
    RuleIdNotFound,
    RuleNotFound,
    SourceGroupElsewhere,
    SourceGroupIsSame,
    SourceGroupNotFound,
    SourceMissing,
)
from jackfield.products.errors import ApiError
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.store.interface import Tx

_ERRORS: tuple[type[ApiError], ...] = (
    InvalidSecurityGroupIdNotFound,
    RuleIdNotFound,
    RuleNotFound,
    NicTypeFixed,
    PeerTypeFixed,
    RuleDuplicate,
    EnterpriseGroupRule,
    EnterpriseGroupAuthorised,
    *RULE_ERRORS,
)

RuleId = Annotated[
    str, Param("The rule; without it the rule that the other parameters describe.", "sgr-bp67acfmxa123b****")
]


class ModifySecurityGroupRuleRequest(IngressFields, Request, kw_only=True):
    region_id: RegionId
    security_group_id: GroupId
    security_group_rule_id: RuleId = ""
    port_range_list_id: PortRangeListId = ""
    client_token: Token = ""


@operation(
    ECS,
    title="Modifies an inbound rule of a security group",
    access="update",
    errors=(*_ERRORS, SourceMissing, SourceGroupNotFound, SourceGroupElsewhere, SourceGroupIsSame),
    token="ClientToken",
    source="ECS documents, ModifySecurityGroupRule",
)
def modify_security_group_rule(tx: Tx, call: Call, request: ModifySecurityGroupRuleRequest) -> Reply:
    """Changes what is given of the rule with the id; the kind of its source stays.

    Without an id the parameters say which rule is meant, and only its description changes.
    """
    group = own_group(tx, call, request.security_group_id, request.region_id, InvalidSecurityGroupIdNotFound)
    if not request.security_group_rule_id:
        described = ingress_rule(request, path="the request", port_list=request.port_range_list_id)
        _describe(tx, group, described)
        return Reply()
    rule = _with_id(group, request.security_group_rule_id, "ingress")
    _check_kind(rule, request, request.source_cidr_ip, request.ipv6_source_cidr_ip, request.source_group_id)
    fields = IngressFields(**_merged(ingress_fields(rule), request, IngressFields))
    check_peer(
        tx, call, group, request.source_group_id, request.source_group_owner_id,
        missing=SourceGroupNotFound, elsewhere=SourceGroupElsewhere, same=SourceGroupIsSame,
    )  # fmt: skip
    _replace(tx, group, rule, ingress_rule(fields, path="the request"))
    return Reply()


class ModifySecurityGroupEgressRuleRequest(OwnedEgressFields, Request, kw_only=True):
    region_id: RegionId
    security_group_id: GroupId
    security_group_rule_id: RuleId = ""
    port_range_list_id: PortRangeListId = ""
    client_token: Token = ""


@operation(
    ECS,
    title="Modifies an outbound rule of a security group",
    access="update",
    resource="securitygroup/{SecurityGroupId}",
    errors=(*_ERRORS, DestMissing, DestGroupNotFound, DestGroupElsewhere, DestGroupIsSame),
    token="ClientToken",
    source="ECS documents, ModifySecurityGroupEgressRule",
)
def modify_security_group_egress_rule(tx: Tx, call: Call, request: ModifySecurityGroupEgressRuleRequest) -> Reply:
    """As ModifySecurityGroupRule."""
    group = own_group(tx, call, request.security_group_id, request.region_id, InvalidSecurityGroupIdNotFound)
    if not request.security_group_rule_id:
        described = egress_rule(request, path="the request", port_list=request.port_range_list_id)
        _describe(tx, group, described)
        return Reply()
    rule = _with_id(group, request.security_group_rule_id, "egress")
    _check_kind(rule, request, request.dest_cidr_ip, request.ipv6_dest_cidr_ip, request.dest_group_id)
    fields = EgressFields(**_merged(egress_fields(rule), request, EgressFields))
    check_peer(
        tx, call, group, request.dest_group_id, request.dest_group_owner_id,
        missing=DestGroupNotFound, elsewhere=DestGroupElsewhere, same=DestGroupIsSame,
    )  # fmt: skip
    _replace(tx, group, rule, egress_rule(fields, path="the request", owner=request.dest_group_owner_id))
    return Reply()


def _with_id(group: SecurityGroup, id: str, direction: Direction) -> Rule:
    for rule in group.rules:
        if rule.id == id and rule.direction == direction:
            return rule
    raise RuleIdNotFound


def _check_kind(rule: Rule, request: RuleFields, cidr: str, ipv6_cidr: str, peer: str) -> None:
    """What is asked for the other side is of the kind that the rule has."""
    if request.nic_type.lower() == "internet":
        raise NicTypeFixed
    own_cidr, own_ipv6 = (
        (rule.source_cidr, rule.ipv6_source_cidr)
        if rule.direction == "ingress"
        else (rule.dest_cidr, rule.ipv6_dest_cidr)
    )
    if (cidr and not own_cidr) or (ipv6_cidr and not own_ipv6) or (peer and not rule.peer_group):
        raise PeerTypeFixed


def _merged(kept: Mapping[str, Any], request: RuleFields, fields: type[RuleFields]) -> dict[str, Any]:
    """The rule's own parameters, under those that are given."""
    given = {field.name: getattr(request, field.name) for field in msgspec.structs.fields(fields)}
    return {**kept, **{name: value for name, value in given.items() if value}}


def _describe(tx: Tx, group: SecurityGroup, described: Rule) -> None:
    rule = next((one for one in group.rules if one.identity == described.identity), None)
    if rule is None:
        raise RuleNotFound
    _replace(tx, group, rule, msgspec.structs.replace(rule, description=described.description or rule.description))


def _replace(tx: Tx, group: SecurityGroup, rule: Rule, changed: Rule) -> None:
    if any(one.identity == changed.identity for one in group.rules if one is not rule):
        raise RuleDuplicate
    kept = msgspec.structs.replace(changed, id=rule.id, created=rule.created)
    put_rules(tx, group, (kept if one is rule else one for one in group.rules))
