"""Rules of security groups: both ways of giving them, what is shown, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from alibabacloud_ecs20140526 import models as ecs

from tests.ecs.groups import REGION, Groups
from tests.running import refused

MYSQL = {"ip_protocol": "TCP", "port_range": "3306/3306", "source_cidr_ip": "10.0.0.0/8"}


@pytest.fixture
def group(groups: Groups) -> str:
    return groups.create()


def test_a_new_group_has_no_rules(groups: Groups, group: str) -> None:
    assert groups.rules(group) == []


def test_one_rule_by_the_older_parameters(groups: Groups, group: str) -> None:
    groups.authorize(
        group, ip_protocol="tcp", port_range="22/23", source_cidr_ip="10.1.2.3", policy="Drop", priority="7",
        nic_type="internet", description="ssh", source_port_range="1000/2000", dest_cidr_ip="10.0.0.0/8",
    )  # fmt: skip
    (rule,) = groups.rules(group)
    assert rule.security_group_rule_id.startswith("sgr-bp1")
    assert (rule.direction, rule.ip_protocol, rule.port_range) == ("ingress", "TCP", "22/23")
    assert (rule.policy, rule.priority, rule.nic_type) == ("Drop", "7", "intranet")
    assert (rule.source_cidr_ip, rule.dest_cidr_ip, rule.source_port_range) == ("10.1.2.3", "10.0.0.0/8", "1000/2000")
    assert (rule.description, rule.source_group_id, rule.dest_group_id) == ("ssh", "", "")


def test_several_rules_at_once(groups: Groups, group: str) -> None:
    groups.authorize(
        group,
        MYSQL,
        {"ip_protocol": "all", "port_range": "-1/-1", "ipv_6source_cidr_ip": "2001:db8::/32", "priority": "100"},
        {"ip_protocol": "icmpv6", "port_range": "-1/-1", "ipv_6source_cidr_ip": "2001:db8::/32"},
    )
    found = [(rule.ip_protocol, rule.port_range, rule.priority, rule.policy) for rule in groups.rules(group)]
    assert found == [
        ("TCP", "3306/3306", "1", "Accept"), ("ALL", "-1/-1", "100", "Accept"), ("ICMPv6", "-1/-1", "1", "Accept"),
    ]  # fmt: skip


def test_a_rule_that_is_there_is_left_alone(groups: Groups, group: str) -> None:
    groups.authorize(group, {**MYSQL, "description": "first"})
    (before,) = groups.rules(group)
    groups.authorize(group, {**MYSQL, "description": "second", "policy": "accept", "priority": "1"})
    groups.authorize(group, **{**MYSQL, "source_cidr_ip": "10.9.9.9/8", "ip_protocol": "tcp"})  # the same block
    (after,) = groups.rules(group)
    assert after.to_map() == before.to_map()
    groups.authorize(group, {**MYSQL, "priority": "2"})
    assert len(groups.rules(group)) == 2


def test_revoking_by_parameters(groups: Groups, group: str) -> None:
    groups.authorize(group, MYSQL, {**MYSQL, "policy": "drop"}, {**MYSQL, "port_range": "22/22"})
    groups.revoke(group, **MYSQL, policy="drop")
    assert [(rule.port_range, rule.policy) for rule in groups.rules(group)] == [
        ("3306/3306", "Accept"), ("22/22", "Accept"),
    ]  # fmt: skip
    groups.revoke(group, MYSQL, {**MYSQL, "port_range": "22/22"})
    assert groups.rules(group) == []


def test_revoking_by_id(groups: Groups, group: str) -> None:
    groups.authorize(group, MYSQL, {**MYSQL, "port_range": "22/22"}, {**MYSQL, "port_range": "23/23"})
    one, two, three = (rule.security_group_rule_id for rule in groups.rules(group))
    groups.revoke(group, security_group_rule_id=[one, three])
    assert [rule.security_group_rule_id for rule in groups.rules(group)] == [two]


def test_revoking_what_is_not_there_changes_nothing(groups: Groups, group: str) -> None:
    groups.authorize(group, MYSQL)
    (rule,) = groups.rules(group)
    with refused("InvalidSecurityGroupRule.RuleNotExist", 400):
        groups.revoke(group, MYSQL, {**MYSQL, "port_range": "22/22"})
    with refused("InvalidSecurityGroupRule.RuleNotExist", 400):
        groups.revoke(group, **MYSQL, priority="2")
    with refused("InvalidParam.SecurityGroupRuleId", 400):
        groups.revoke(group, security_group_rule_id=[rule.security_group_rule_id, "sgr-unknown"])
    with refused("InvalidParam.SecurityGroupRuleIdRepeated", 400):
        groups.revoke(group, security_group_rule_id=[rule.security_group_rule_id] * 2)
    with refused("InvalidParam.Permissions", 400):
        groups.revoke(group, MYSQL, security_group_rule_id=[rule.security_group_rule_id])
    with refused("InvalidParam.SecurityGroupRuleId", 400):
        groups.revoke_egress(group, security_group_rule_id=[rule.security_group_rule_id])
    assert [one.to_map() for one in groups.rules(group)] == [rule.to_map()]


def test_egress_rules(groups: Groups, group: str) -> None:
    other = groups.create(security_group_name="other")
    groups.authorize_egress(
        group,
        {"ip_protocol": "TCP", "port_range": "443/443", "dest_cidr_ip": "0.0.0.0/0"},
        {"ip_protocol": "TCP", "port_range": "443/443", "dest_group_id": other},
    )
    groups.authorize_egress(group, ip_protocol="UDP", port_range="53/53", dest_cidr_ip="8.8.8.8", policy="drop")
    block, peer, drop = groups.rules(group, direction="egress")
    assert (block.direction, block.dest_cidr_ip, block.source_cidr_ip) == ("egress", "0.0.0.0/0", "")
    assert (peer.dest_group_id, peer.dest_group_name, peer.source_group_id) == (other, "other", "")
    assert (drop.ip_protocol, drop.policy) == ("UDP", "Drop")
    assert groups.rules(group, direction="ingress") == []
    groups.revoke_egress(group, {"ip_protocol": "TCP", "port_range": "443/443", "dest_group_id": other})
    groups.revoke_egress(group, security_group_rule_id=[block.security_group_rule_id])
    with refused("InvalidSecurityGroupRule.RuleNotExist", 400):
        groups.revoke_egress(group, ip_protocol="UDP", port_range="53/53", dest_cidr_ip="8.8.8.8")
    groups.revoke_egress(group, ip_protocol="UDP", port_range="53/53", dest_cidr_ip="8.8.8.8", policy="drop")
    assert groups.rules(group) == []


def test_rules_about_another_group(groups: Groups, group: str) -> None:
    """Such a group cannot be deleted before the rule."""
    other = groups.create(security_group_name="other")
    of_group = {"ip_protocol": "TCP", "port_range": "22/22", "source_group_id": other}
    groups.authorize(group, of_group)
    (rule,) = groups.rules(group)
    assert (rule.source_group_id, rule.source_group_name, rule.source_cidr_ip) == (other, "other", "")
    (listed,) = groups.listed(security_group_id=group).security_groups.security_group
    assert (listed.rule_count, listed.group_to_group_rule_count) == (1, 1)
    with refused("DependencyViolation", 403):
        groups.delete(other)
    groups.revoke(group, of_group)
    groups.delete(other)


def test_a_group_goes_with_its_rules(groups: Groups, group: str) -> None:
    other = groups.create()
    groups.authorize(group, {"ip_protocol": "TCP", "port_range": "22/22", "source_group_id": other})
    groups.delete(group)
    groups.delete(other)


REFUSED: list[tuple[dict[str, Any], str, int]] = [
    ({"ip_protocol": None}, "InvalidIpProtocol.ValueNotSupported", 400),
    ({"ip_protocol": "SCTP"}, "InvalidIpProtocol.ValueNotSupported", 400),
    ({"port_range": None}, "InvalidPortRange.Malformed", 400),
    ({"port_range": None, "port_range_list_id": "prl-1"}, "InvalidPortRangeListId.NotFound", 400),
    ({"port_range": "22"}, "InvalidParam.PortRange", 400),
    ({"port_range": "0/22"}, "InvalidParam.PortRange", 400),
    ({"port_range": "23/22"}, "InvalidParam.PortRange", 400),
    ({"port_range": "1/65536"}, "InvalidParam.PortRange", 400),
    ({"port_range": "-1/-1"}, "OperationDenied", 400),
    ({"ip_protocol": "ALL"}, "OperationDenied", 400),
    ({"source_port_range": "x"}, "InvalidSourcePortRange.Malformed", 400),
    ({"policy": "reject"}, "InvalidPolicy.Malformed", 400),
    ({"priority": "0"}, "InvalidPriority.ValueNotSupported", 400),
    ({"priority": "101"}, "InvalidPriority.ValueNotSupported", 400),
    ({"priority": "high"}, "InvalidPriority.Malformed", 400),
    ({"nic_type": "extranet"}, "InvalidNicType.ValueNotSupported", 400),
    ({"description": "x" * 513}, "InvalidSecurityGroupDiscription.Malformed", 400),
    ({"source_cidr_ip": None}, "MissingParameter.Source", 400),
    ({"source_cidr_ip": None, "source_prefix_list_id": "pl-1"}, "InvalidPrefixListId.NotFound", 404),
    ({"source_cidr_ip": "10.0.0.0/33"}, "InvalidSourceCidrIp.Malformed", 400),
    ({"source_cidr_ip": "10.0.0.0/255.0.0.0"}, "InvalidSourceCidrIp.Malformed", 400),
    ({"source_cidr_ip": "2001:db8::/32"}, "InvalidSourceCidrIp.Malformed", 400),
    ({"dest_cidr_ip": "nowhere"}, "InvalidDestCidrIp.Malformed", 400),
    ({"source_cidr_ip": None, "ipv_6source_cidr_ip": "10.0.0.0/8"}, "InvalidParam.Ipv6SourceCidrIp", 400),
    ({"ipv_6source_cidr_ip": "2001:db8::/32"}, "InvalidParam.SourceIp", 400),
    ({"dest_cidr_ip": "10.0.0.1", "ipv_6dest_cidr_ip": "2001:db8::1"}, "InvalidParam.DestIp", 400),
    ({"ipv_6dest_cidr_ip": "2001:db8::1/129"}, "InvalidParam.Ipv6DestCidrIp", 400),
    ({"ipv_6dest_cidr_ip": "2001:db8::1"}, "InvalidParameter.Conflict", 400),
    (
        {"ip_protocol": "ICMP", "port_range": "-1/-1", "source_cidr_ip": None, "ipv_6source_cidr_ip": "::/0"},
        "InvalidParam.Ipv4ProtocolConflictWithIpv6Address",
        400,
    ),
    (
        {"ip_protocol": "ICMPv6", "port_range": "-1/-1"},
        "InvalidParam.Ipv6ProtocolConflictWithIpv4Address",
        400,
    ),
    ({"source_cidr_ip": None, "source_group_id": "sg-unknown"}, "InvalidSourceGroupId.NotFound", 404),
]


@pytest.mark.parametrize(("change", "code", "status"), REFUSED)
def test_refused_rules(groups: Groups, change: dict[str, Any], code: str, status: int) -> None:
    """And the rule beside it is not added either."""
    group = groups.create()
    with refused(code, status):
        groups.authorize(group, {**MYSQL, "priority": "9"}, {**MYSQL, **change})
    assert groups.rules(group) == []


def test_refused_groups_in_rules(groups: Groups, group: str) -> None:
    rule = {"ip_protocol": "TCP", "port_range": "22/22"}
    elsewhere = groups.create(vpc_id=groups.new_vpc())
    enterprise = groups.create(security_group_type="enterprise")
    strangers = groups.stranger().create()
    for asked, peer, code, status in (
        (group, group, "InvalidParamter.Conflict", 403),
        (group, elsewhere, "InvalidSourceGroupId.Mismatch", 400),
        (group, strangers, "InvalidSourceGroupId.NotFound", 404),
        (group, enterprise, "InvalidGroupAuthParameter.OperationDenied", 400),
        (enterprise, group, "InvalidGroupParameter.OperationDenied", 400),
    ):
        with refused(code, status):
            groups.authorize(asked, {**rule, "source_group_id": peer})
    with refused("InvalidSecurityGroup.IsSame", 403):
        groups.authorize_egress(group, {**rule, "dest_group_id": group})
    with refused("InvalidDestGroupId.Mismatch", 400):
        groups.authorize_egress(group, {**rule, "dest_group_id": elsewhere})
    with refused("InvalidDestGroupId.NotFound", 404):
        groups.authorize_egress(group, **rule, dest_group_id="sg-unknown")
    with refused("MissingParameter.Dest", 400):
        groups.authorize_egress(group, rule)


def test_refused_calls(groups: Groups, group: str) -> None:
    with refused("InvalidParam.Permissions", 400):
        groups.authorize(group, MYSQL, ip_protocol="TCP")
    with refused("InvalidParam.DuplicatePermissions", 400):
        groups.authorize(group, MYSQL, {**MYSQL, "description": "again"})
    with refused("InvalidSecurityGroupId.NotFound", 404):
        groups.authorize("sg-unknown", MYSQL)
    with refused("InvalidSecurityGroupId.NotFound", 404):
        groups.stranger().authorize(group, MYSQL)


def test_two_hundred_rules_and_no_more(groups: Groups, group: str) -> None:
    for start in (1, 101):
        groups.authorize(group, *({**MYSQL, "port_range": f"{port}/{port}"} for port in range(start, start + 100)))
    with refused("AuthorizationLimitExceed", 403):
        groups.authorize(group, MYSQL)
    pages = groups.described(group, max_results=150)
    assert len(pages.permissions.permission) == 150
    rest = groups.described(group, max_results=150, next_token=pages.next_token)
    assert (len(rest.permissions.permission), rest.next_token) == (50, "")


def test_a_client_token(groups: Groups, group: str) -> None:
    """A repeated call answers like the first and does nothing; another with the token is refused."""
    groups.authorize(group, MYSQL, client_token="t-1")
    groups.revoke(group, MYSQL)
    groups.authorize(group, MYSQL, client_token="t-1")
    assert groups.rules(group) == []


def modify(groups: Groups, group: str, **more: Any) -> None:
    groups.ecs.modify_security_group_rule(
        ecs.ModifySecurityGroupRuleRequest(region_id=REGION, security_group_id=group, **more)
    )


def test_modifying_by_id(groups: Groups, group: str) -> None:
    groups.authorize(group, {**MYSQL, "description": "old"})
    (before,) = groups.rules(group)
    id = before.security_group_rule_id
    modify(groups, group, security_group_rule_id=id, source_cidr_ip="10.2.0.0/16", priority="5", policy="drop")
    (after,) = groups.rules(group)
    assert (after.security_group_rule_id, after.create_time) == (id, before.create_time)
    assert (after.source_cidr_ip, after.priority, after.policy) == ("10.2.0.0/16", "5", "Drop")
    assert (after.ip_protocol, after.port_range, after.description) == ("TCP", "3306/3306", "old")
    modify(groups, group, security_group_rule_id=id, description="new", nic_type="intranet")
    assert groups.rules(group)[0].description == "new"


def test_modifying_by_what_it_is(groups: Groups, group: str) -> None:
    """Only the description changes."""
    groups.authorize(group, MYSQL)
    modify(groups, group, **MYSQL, description="new")
    assert groups.rules(group)[0].description == "new"
    with refused("SecurityGroupRule.NotFound", 404):
        modify(groups, group, **{**MYSQL, "port_range": "1/2"}, description="new")


def test_refused_modifications(groups: Groups, group: str) -> None:
    other = groups.create()
    groups.authorize(group, MYSQL, {**MYSQL, "priority": "2"})
    one, two = groups.rules(group)
    id = one.security_group_rule_id
    for change, code, status in (
        ({"security_group_rule_id": "sgr-unknown"}, "InvalidSecurityGroupRuleId.NotFound", 404),
        ({"priority": "2"}, "InvalidOperation.RuleDuplicate", 400),
        ({"source_group_id": other}, "InvalidOperation.ModifySgRuleEntityType", 400),
        ({"ipv_6source_cidr_ip": "::/0"}, "InvalidOperation.ModifySgRuleEntityType", 400),
        ({"nic_type": "internet"}, "InvalidOperation.ModifyNicType", 400),
        ({"port_range": "x"}, "InvalidParam.PortRange", 400),
    ):
        with refused(code, status):
            modify(groups, group, **{"security_group_rule_id": id, **change})
    assert [rule.to_map() for rule in groups.rules(group)] == [one.to_map(), two.to_map()]


def test_modifying_the_group_that_a_rule_is_about(groups: Groups, group: str) -> None:
    first, second = groups.create(), groups.create()
    groups.authorize(group, {"ip_protocol": "TCP", "port_range": "22/22", "source_group_id": first})
    modify(groups, group, security_group_rule_id=groups.rules(group)[0].security_group_rule_id, source_group_id=second)
    groups.delete(first)
    with refused("DependencyViolation", 403):
        groups.delete(second)


def test_modifying_egress_rules(groups: Groups, group: str) -> None:
    groups.authorize_egress(group, {"ip_protocol": "TCP", "port_range": "443/443", "dest_cidr_ip": "10.0.0.0/8"})
    (rule,) = groups.rules(group)

    def modify_egress(**more: Any) -> None:
        request = ecs.ModifySecurityGroupEgressRuleRequest(region_id=REGION, security_group_id=group, **more)
        groups.ecs.modify_security_group_egress_rule(request)

    modify_egress(security_group_rule_id=rule.security_group_rule_id, dest_cidr_ip="10.1.0.0/16", priority="3")
    (after,) = groups.rules(group)
    assert (after.dest_cidr_ip, after.priority, after.direction) == ("10.1.0.0/16", "3", "egress")
    modify_egress(
        ip_protocol="TCP", port_range="443/443", dest_cidr_ip="10.1.0.0/16", priority="3", description="https"
    )
    assert groups.rules(group)[0].description == "https"
    with refused("InvalidOperation.ModifySgRuleEntityType", 400):
        modify_egress(security_group_rule_id=rule.security_group_rule_id, dest_group_id=groups.create())
