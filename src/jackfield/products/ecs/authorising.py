"""AuthorizeSecurityGroup, RevokeSecurityGroup and the same for egress rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, TypeVar

import msgspec

from jackfield.products.ecs.errors import InvalidSecurityGroupIdNotFound
from jackfield.products.ecs.own import own_group, put_rules
from jackfield.products.ecs.permissions import (
    EgressPermission,
    EgressRevocation,
    IngressFields,
    IngressPermission,
    OwnedEgressFields,
    RuleFields,
    egress_rule,
    ingress_rule,
)
from jackfield.products.ecs.product import ECS
from jackfield.products.ecs.resources import Direction, Rule, SecurityGroup
from jackfield.products.ecs.rule_errors import (
    AddressFamiliesMixed,
    AuthorizationLimitExceed,
    DestGroupElsewhere,
    DestGroupIsSame,
    DestGroupNotFound,
    DestMissing,
    DuplicatePermissions,
    EnterpriseGroupAuthorised,
    EnterpriseGroupRule,
    InvalidDestCidrIp,
    InvalidIpProtocol,
    InvalidIpv6DestCidrIp,
    InvalidIpv6SourceCidrIp,
    InvalidNicType,
    InvalidPolicy,
    InvalidPortRange,
    InvalidPriorityMalformed,
    InvalidPriorityValue,
    InvalidRuleDescription,
    InvalidRuleId,
    InvalidSourceCidrIp,
    InvalidSourcePortRange,
    Ipv4WithIpv6Protocol,
    Ipv6WithIpv4Protocol,
    PermissionsWithOthers,
    PortRangeListNotFound,
    PortRangeMissing,
    PrefixListNotFound,
    ProtocolAndPortsDoNotMatch,
    RepeatedRuleId,
    RuleNotExist,
    SourceGroupElsewhere,
    SourceGroupIsSame,
    SourceGroupNotFound,
    SourceMissing,
    TwoDestinations,
    TwoSources,
)
from jackfield.products.errors import ApiError
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.regions import new_id
from jackfield.store.interface import Reader, Tx

MAX_RULES = 200
"""Of a group, both directions together (ECS documents, AuthorizeSecurityGroup)."""

RULE_ERRORS: tuple[type[ApiError], ...] = (
    InvalidIpProtocol,
    PortRangeMissing,
    PortRangeListNotFound,
    InvalidPortRange,
    ProtocolAndPortsDoNotMatch,
    InvalidSourcePortRange,
    InvalidNicType,
    InvalidRuleDescription,
    InvalidPolicy,
    InvalidPriorityMalformed,
    InvalidPriorityValue,
    TwoSources,
    TwoDestinations,
    InvalidSourceCidrIp,
    InvalidDestCidrIp,
    InvalidIpv6SourceCidrIp,
    InvalidIpv6DestCidrIp,
    AddressFamiliesMixed,
    Ipv6WithIpv4Protocol,
    Ipv4WithIpv6Protocol,
    PrefixListNotFound,
)
"""What a description of a rule is refused for."""

_ADDING: tuple[type[ApiError], ...] = (
    InvalidSecurityGroupIdNotFound,
    PermissionsWithOthers,
    DuplicatePermissions,
    EnterpriseGroupRule,
    EnterpriseGroupAuthorised,
    AuthorizationLimitExceed,
    *RULE_ERRORS,
)
_REVOKING: tuple[type[ApiError], ...] = (
    InvalidSecurityGroupIdNotFound,
    PermissionsWithOthers,
    DuplicatePermissions,
    InvalidRuleId,
    RepeatedRuleId,
    RuleNotExist,
    *RULE_ERRORS,
)

RegionId = Annotated[str, Param("The region of the group.", "cn-hangzhou")]
GroupId = Annotated[str, Param("The security group.", "sg-bp67acfmxazb4p****")]
Token = Annotated[str, Param("Makes a repeated call answer like the first.", "123e4567-e89b-12d3-a456-426655440000")]
RuleIds = Annotated[tuple[str, ...], Param("Rules to take away, up to 100.")]

P = TypeVar("P", bound=RuleFields)


class AuthorizeSecurityGroupRequest(IngressFields, Request, kw_only=True):
    region_id: RegionId
    security_group_id: GroupId
    permissions: Annotated[tuple[IngressPermission, ...], Param("Rules to add, up to 100.")] = ()
    client_token: Token = ""


@operation(
    ECS,
    title="Adds inbound rules to a security group",
    access="create",
    resource="securitygroup/{SecurityGroupId}",
    errors=(*_ADDING, SourceMissing, SourceGroupNotFound, SourceGroupElsewhere, SourceGroupIsSame),
    token="ClientToken",
    source="ECS documents, AuthorizeSecurityGroup",
)
def authorize_security_group(tx: Tx, call: Call, request: AuthorizeSecurityGroupRequest) -> Reply:
    """Adds rules by ``Permissions``, or one rule by the older parameters. A rule that is there already is left alone.

    Endpoints and load balancers that the group is attached to judge new connections by the rule at once.
    """
    group = own_group(tx, call, request.security_group_id, request.region_id, InvalidSecurityGroupIdNotFound)
    described = _described(request, request.permissions, IngressFields)
    rules = [ingress_rule(fields, path=path, port_list=list_id) for fields, path, list_id in described]
    for fields, _, _ in described:
        check_peer(
            tx, call, group, fields.source_group_id, fields.source_group_owner_id,
            missing=SourceGroupNotFound, elsewhere=SourceGroupElsewhere, same=SourceGroupIsSame,
        )  # fmt: skip
    _add(tx, call, group, rules)
    return Reply()


class AuthorizeSecurityGroupEgressRequest(OwnedEgressFields, Request, kw_only=True):
    region_id: RegionId
    security_group_id: GroupId
    permissions: Annotated[tuple[EgressPermission, ...], Param("Rules to add, up to 100.")] = ()
    client_token: Token = ""


@operation(
    ECS,
    title="Adds outbound rules to a security group",
    access="create",
    errors=(*_ADDING, DestMissing, DestGroupNotFound, DestGroupElsewhere, DestGroupIsSame),
    token="ClientToken",
    source="ECS documents, AuthorizeSecurityGroupEgress",
)
def authorize_security_group_egress(tx: Tx, call: Call, request: AuthorizeSecurityGroupEgressRequest) -> Reply:
    """As AuthorizeSecurityGroup. Outbound rules are kept and shown; nothing of a group opens connections here."""
    group = own_group(tx, call, request.security_group_id, request.region_id, InvalidSecurityGroupIdNotFound)
    described = _described(request, request.permissions, OwnedEgressFields)
    rules = [
        egress_rule(fields, path=path, port_list=list_id, owner=fields.dest_group_owner_id)
        for fields, path, list_id in described
    ]
    for fields, _, _ in described:
        check_peer(
            tx, call, group, fields.dest_group_id, fields.dest_group_owner_id,
            missing=DestGroupNotFound, elsewhere=DestGroupElsewhere, same=DestGroupIsSame,
        )  # fmt: skip
    _add(tx, call, group, rules)
    return Reply()


class RevokeSecurityGroupRequest(IngressFields, Request, kw_only=True):
    region_id: RegionId
    security_group_id: GroupId
    security_group_rule_id: RuleIds = ()
    permissions: Annotated[tuple[IngressPermission, ...], Param("Rules to take away, up to 100.")] = ()
    client_token: Token = ""


@operation(
    ECS,
    title="Deletes inbound rules of a security group",
    access="delete",
    resource="securitygroup/{SecurityGroupId}",
    errors=(*_REVOKING, SourceMissing),
    token="ClientToken",
    source="ECS documents, RevokeSecurityGroup",
)
def revoke_security_group(tx: Tx, call: Call, request: RevokeSecurityGroupRequest) -> Reply:
    """Takes rules away by id, by ``Permissions``, or one by the older parameters: all that are named, or none.

    A rule that is not there is an error (the vendor's since July 2024).
    """
    group = own_group(tx, call, request.security_group_id, request.region_id, InvalidSecurityGroupIdNotFound)
    if request.security_group_rule_id:
        if request.permissions or _given(request, IngressFields):
            raise PermissionsWithOthers
        _revoke_ids(tx, group, request.security_group_rule_id, "ingress")
    else:
        described = _described(request, request.permissions, IngressFields)
        rules = [ingress_rule(fields, path=path, port_list=list_id) for fields, path, list_id in described]
        _revoke(tx, group, rules)
    return Reply()


class RevokeSecurityGroupEgressRequest(OwnedEgressFields, Request, kw_only=True):
    region_id: RegionId
    security_group_id: GroupId
    security_group_rule_id: RuleIds = ()
    permissions: Annotated[tuple[EgressRevocation, ...], Param("Rules to take away, up to 100.")] = ()
    client_token: Token = ""


@operation(
    ECS,
    title="Deletes outbound rules of a security group",
    access="delete",
    resource="securitygroup/{SecurityGroupId}",
    errors=(*_REVOKING, DestMissing),
    token="ClientToken",
    source="ECS documents, RevokeSecurityGroupEgress",
)
def revoke_security_group_egress(tx: Tx, call: Call, request: RevokeSecurityGroupEgressRequest) -> Reply:
    """As RevokeSecurityGroup."""
    group = own_group(tx, call, request.security_group_id, request.region_id, InvalidSecurityGroupIdNotFound)
    if request.security_group_rule_id:
        if request.permissions or _given(request, OwnedEgressFields):
            raise PermissionsWithOthers
        _revoke_ids(tx, group, request.security_group_rule_id, "egress")
    else:
        described = _described(request, request.permissions, OwnedEgressFields)
        rules = [egress_rule(fields, path=path, port_list=list_id) for fields, path, list_id in described]
        _revoke(tx, group, rules)
    return Reply()


def check_peer(
    tx: Reader,
    call: Call,
    group: SecurityGroup,
    peer_id: str,
    owner: int,
    *,
    missing: type[ApiError],
    elsewhere: type[ApiError],
    same: type[ApiError],
) -> None:
    """The group that a rule is about: the caller's own, or ``owner``'s, in the same VPC.

    :param peer_id: empty for a rule about a block.
    :raises ApiError: ``missing``, ``elsewhere`` (another VPC), ``same`` (the group itself).
    :raises EnterpriseGroupRule, EnterpriseGroupAuthorised: one of the two is an enterprise group.
    """
    if not peer_id:
        return
    if group.type == "enterprise":
        raise EnterpriseGroupRule
    if peer_id == group.id:
        raise same
    peer = tx.get(SecurityGroup, peer_id)
    if peer is None or peer.account != (str(owner) if owner else call.account):
        raise missing
    if peer.parent != group.parent:
        raise elsewhere
    if peer.type == "enterprise":
        raise EnterpriseGroupAuthorised


def _described(request: P, permissions: Sequence[P], fields: type[RuleFields]) -> list[tuple[P, str, str]]:
    """What describes each rule of a call, what errors call its place, and the port list that it names."""
    if not permissions:
        return [(request, "Permissions", "")]
    if _given(request, fields):
        raise PermissionsWithOthers
    return [
        (one, f"Permissions.{number}", getattr(one, "port_range_list_id", ""))
        for number, one in enumerate(permissions, 1)
    ]


def _given(request: RuleFields, fields: type[RuleFields]) -> bool:
    """Whether the older parameters are used."""
    return any(getattr(request, field.name) for field in msgspec.structs.fields(fields))


def _distinct(rules: Iterable[Rule]) -> dict[Rule, Rule]:
    """By identity. :raises DuplicatePermissions:"""
    found: dict[Rule, Rule] = {}
    for rule in rules:
        if found.setdefault(rule.identity, rule) is not rule:
            raise DuplicatePermissions
    return found


def _add(tx: Tx, call: Call, group: SecurityGroup, rules: Sequence[Rule]) -> None:
    known = {rule.identity for rule in group.rules}
    new = [
        msgspec.structs.replace(rule, id=new_id("sgr", group.region, 17), created=call.now)
        for identity, rule in _distinct(rules).items()
        if identity not in known
    ]
    if len(group.rules) + len(new) > MAX_RULES:
        raise AuthorizationLimitExceed
    if new:
        put_rules(tx, group, (*group.rules, *new))


def _revoke(tx: Tx, group: SecurityGroup, rules: Sequence[Rule]) -> None:
    gone = _distinct(rules)
    if not gone.keys() <= {rule.identity for rule in group.rules}:
        raise RuleNotExist
    _keep(tx, group, lambda rule: rule.identity not in gone)


def _revoke_ids(tx: Tx, group: SecurityGroup, ids: Sequence[str], direction: Direction) -> None:
    if len(set(ids)) < len(ids):
        raise RepeatedRuleId
    if not set(ids) <= {rule.id for rule in group.rules if rule.direction == direction}:
        raise InvalidRuleId
    _keep(tx, group, lambda rule: rule.id not in ids)


def _keep(tx: Tx, group: SecurityGroup, stays: Callable[[Rule], bool]) -> None:
    put_rules(tx, group, (rule for rule in group.rules if stays(rule)))
