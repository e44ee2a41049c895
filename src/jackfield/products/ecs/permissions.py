"""The parameters that describe a rule, and the rule that they make."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any, Literal

from jackfield.products.ecs.resources import ALL_PORTS, Direction, Rule
from jackfield.products.ecs.rule_errors import (
    AddressFamiliesMixed,
    DestMissing,
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
    InvalidSourceCidrIp,
    InvalidSourcePortRange,
    Ipv4WithIpv6Protocol,
    Ipv6WithIpv4Protocol,
    PortRangeListNotFound,
    PortRangeMissing,
    PrefixListNotFound,
    ProtocolAndPortsDoNotMatch,
    SourceMissing,
    TwoDestinations,
    TwoSources,
)
from jackfield.products.errors import ApiError
from jackfield.products.operation import Param, Shape

_PROTOCOLS = {"TCP": "TCP", "UDP": "UDP", "ICMP": "ICMP", "ICMPV6": "ICMPv6", "GRE": "GRE", "ALL": "ALL"}
_PORTS = re.compile(r"([0-9]{1,5})/([0-9]{1,5})")
_BLOCK = re.compile(r"[0-9A-Fa-f:.]{2,45}(/[0-9]{1,3})?")

PortRangeListId = Annotated[str, Param("A port list, where PortRange is absent; there is none.", "prl-2ze9743****")]


class RuleFields(Shape):
    """What rules of both directions have."""

    ip_protocol: Annotated[str, Param("TCP, UDP, ICMP, ICMPv6, GRE or ALL, in any case.", "TCP")] = ""
    port_range: Annotated[
        str, Param("Ports of the destination: 1/200 for TCP and UDP, -1/-1 for the others.", "80/80")
    ] = ""
    source_cidr_ip: Annotated[str, Param("IPv4 address or block of the source.", "10.0.0.0/8")] = ""
    dest_cidr_ip: Annotated[str, Param("IPv4 address or block of the destination.", "10.0.0.0/8")] = ""
    ipv6_source_cidr_ip: Annotated[str, Param("IPv6 address or block of the source.", "2001:db8:1234:1a00::/64")] = ""
    ipv6_dest_cidr_ip: Annotated[str, Param("IPv6 address or block of the destination.", "2001:db8:1233:1a00::/64")] = (
        ""
    )
    source_port_range: Annotated[str, Param("Ports of the source, as in PortRange.", "80/80")] = ""
    policy: Annotated[str, Param("accept (the default) or drop, in any case.", "accept")] = ""
    priority: Annotated[str, Param("1 (the default) to 100; the smaller number counts first.", "1")] = ""
    nic_type: Annotated[str, Param("internet or intranet; rules in VPCs are always intranet.", "intranet")] = ""
    description: Annotated[str, Param("1 to 512 characters.", "This is description.")] = ""


class IngressFields(RuleFields):
    """What ingress rules have."""

    source_group_id: Annotated[
        str, Param("The security group that is the source, where no block is given.", "sg-bp67acfmxa123b****")
    ] = ""
    source_group_owner_account: Annotated[str, Param("The account of that group.", "Test@aliyun.com")] = ""
    source_group_owner_id: Annotated[int, Param("The id of the account of that group.", "1234567890")] = 0
    source_prefix_list_id: Annotated[
        str, Param("A prefix list, where no other source is given; there is none.", "pl-x1j1k5ykzqlixdcy****")
    ] = ""


class EgressFields(RuleFields):
    """What egress rules have."""

    dest_group_id: Annotated[
        str, Param("The security group that is the destination, where no block is given.", "sg-bp67acfmxa123b****")
    ] = ""
    dest_group_owner_account: Annotated[str, Param("The account of that group.", "Test@aliyun.com")] = ""
    dest_prefix_list_id: Annotated[
        str, Param("A prefix list, where no other destination is given; there is none.", "pl-x1j1k5ykzqlixdcy****")
    ] = ""


class IngressPermission(IngressFields):
    """One of ``Permissions``."""

    port_range_list_id: PortRangeListId = ""


class OwnedEgressFields(EgressFields):
    """Egress rules where the id of the account is a number."""

    dest_group_owner_id: Annotated[int, Param("The id of the account of that group.", "1234567890")] = 0


class EgressPermission(OwnedEgressFields):
    """One of ``Permissions``."""

    port_range_list_id: PortRangeListId = ""


class EgressRevocation(EgressFields):
    """One of ``Permissions`` of RevokeSecurityGroupEgress, where the id of the account is a text (SDK)."""

    dest_group_owner_id: Annotated[str, Param("The id of the account of that group.", "1234567890")] = ""
    port_range_list_id: PortRangeListId = ""


def ingress_rule(fields: IngressFields, *, path: str = "Permissions", port_list: str = "") -> Rule:
    """The rule that the parameters describe, checked but for the group that it names.

    :param path: what errors call the place of the parameters. :param port_list: ``PortRangeListId``.
    :raises SourceMissing: and the errors of every part.
    """
    if not (fields.source_cidr_ip or fields.ipv6_source_cidr_ip or fields.source_group_id):
        if fields.source_prefix_list_id:
            raise PrefixListNotFound
        raise SourceMissing(name=path)
    account = fields.source_group_owner_account or str(fields.source_group_owner_id or "")
    is_block = bool(fields.source_cidr_ip or fields.ipv6_source_cidr_ip)
    peer = ("", "") if is_block else (fields.source_group_id, account)
    return _rule(fields, "ingress", peer, path, port_list)


def egress_rule(fields: EgressFields, *, path: str = "Permissions", port_list: str = "", owner: int = 0) -> Rule:
    """As :func:`ingress_rule`.

    :param owner: ``DestGroupOwnerId``.
    :raises DestMissing: and the errors of every part.
    """
    if not (fields.dest_cidr_ip or fields.ipv6_dest_cidr_ip or fields.dest_group_id):
        if fields.dest_prefix_list_id:
            raise PrefixListNotFound
        raise DestMissing(name=path)
    account = fields.dest_group_owner_account or str(owner or "")
    is_block = bool(fields.dest_cidr_ip or fields.ipv6_dest_cidr_ip)
    peer = ("", "") if is_block else (fields.dest_group_id, account)
    return _rule(fields, "egress", peer, path, port_list)


def ingress_fields(rule: Rule) -> dict[str, Any]:
    """Parameters that :func:`ingress_rule` makes the rule of."""
    return {**_fields(rule), "source_group_id": rule.peer_group, "source_group_owner_account": rule.peer_account}


def egress_fields(rule: Rule) -> dict[str, Any]:
    """Parameters that :func:`egress_rule` makes the rule of."""
    return {**_fields(rule), "dest_group_id": rule.peer_group, "dest_group_owner_account": rule.peer_account}


def _fields(rule: Rule) -> dict[str, Any]:
    return {
        "ip_protocol": rule.protocol,
        "port_range": rule.port_range,
        "source_cidr_ip": rule.source_cidr,
        "dest_cidr_ip": rule.dest_cidr,
        "ipv6_source_cidr_ip": rule.ipv6_source_cidr,
        "ipv6_dest_cidr_ip": rule.ipv6_dest_cidr,
        "source_port_range": rule.source_port_range,
        "policy": rule.policy,
        "priority": str(rule.priority),
        "description": rule.description,
    }


def _rule(fields: RuleFields, direction: Direction, peer: tuple[str, str], path: str, port_list: str) -> Rule:
    protocol = _PROTOCOLS.get(fields.ip_protocol.upper())
    if protocol is None:
        raise InvalidIpProtocol
    if not fields.port_range:
        raise PortRangeListNotFound if port_list else PortRangeMissing
    if not _are_ports(fields.port_range):
        raise InvalidPortRange(name="PortRange")
    if (protocol in ("TCP", "UDP")) == (fields.port_range == ALL_PORTS):
        raise ProtocolAndPortsDoNotMatch
    if fields.source_port_range and not _are_ports(fields.source_port_range):
        raise InvalidSourcePortRange
    if fields.nic_type.lower() not in ("", "internet", "intranet"):
        raise InvalidNicType
    if len(fields.description) > 512:
        raise InvalidRuleDescription
    _check_blocks(fields, protocol, path)
    return Rule(
        direction=direction,
        protocol=protocol,
        port_range=fields.port_range,
        policy=_policy(fields.policy),
        priority=_priority(fields.priority),
        source_cidr=fields.source_cidr_ip,
        dest_cidr=fields.dest_cidr_ip,
        ipv6_source_cidr=fields.ipv6_source_cidr_ip,
        ipv6_dest_cidr=fields.ipv6_dest_cidr_ip,
        source_port_range=fields.source_port_range,
        peer_group=peer[0],
        peer_account=peer[1],
        description=fields.description,
    )


def _check_blocks(fields: RuleFields, protocol: str, path: str) -> None:
    if fields.source_cidr_ip and fields.ipv6_source_cidr_ip:
        raise TwoSources(name=path)
    if fields.dest_cidr_ip and fields.ipv6_dest_cidr_ip:
        raise TwoDestinations(name=path)
    _check_block(fields.source_cidr_ip, 4, InvalidSourceCidrIp)
    _check_block(fields.dest_cidr_ip, 4, InvalidDestCidrIp)
    _check_block(fields.ipv6_source_cidr_ip, 6, InvalidIpv6SourceCidrIp)
    _check_block(fields.ipv6_dest_cidr_ip, 6, InvalidIpv6DestCidrIp)
    has_ipv4 = bool(fields.source_cidr_ip or fields.dest_cidr_ip)
    has_ipv6 = bool(fields.ipv6_source_cidr_ip or fields.ipv6_dest_cidr_ip)
    if has_ipv4 and has_ipv6:
        raise AddressFamiliesMixed
    if has_ipv6 and protocol == "ICMP":
        raise Ipv6WithIpv4Protocol
    if has_ipv4 and protocol == "ICMPv6":
        raise Ipv4WithIpv6Protocol


def _check_block(text: str, version: int, error: type[ApiError]) -> None:
    if not text:
        return
    if not _BLOCK.fullmatch(text):  # ip_network would also take 10.0.0.0/255.0.0.0
        raise error
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise error from None
    if network.version != version:
        raise error


def _are_ports(text: str) -> bool:
    match = _PORTS.fullmatch(text)
    return text == ALL_PORTS or (match is not None and 1 <= int(match[1]) <= int(match[2]) <= 65535)


def _policy(text: str) -> Literal["accept", "drop"]:
    match text.lower():
        case "" | "accept":
            return "accept"
        case "drop":
            return "drop"
    raise InvalidPolicy


def _priority(text: str) -> int:
    if not text:
        return 1
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise InvalidPriorityMalformed
    if not 1 <= int(text) <= 100:
        raise InvalidPriorityValue
    return int(text)
