"""What the rules of security groups mean for one listening port: the ordered list that the relay judges by."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from jackfield.products.ecs.resources import ALL_PORTS, Rule, SecurityGroup

_WHOLE_PORTS = ("", ALL_PORTS, "1/65535")


def rules_for(groups: Sequence[SecurityGroup], port: int) -> tuple[str, ...]:
    """``accept CIDR`` and ``drop CIDR`` for ``Route.rules``: the first that covers a client counts.

    Ingress rules of all groups, for TCP or all protocols, whose range holds the port: by priority (1 first), at the
    same priority drop before accept (ECS documents, AuthorizeSecurityGroup). Whom none covers is refused, so a group
    without rules admits nobody.

    Rules whose source is a security group say nothing here: members of groups are not known. A rule that is about part
    of the destinations or of the source ports cannot be told to the relay whole: its accept is left out and its drop
    counts for all, so that nobody gets in whom the vendor refuses.

    :param groups: everything that is attached, in any order.
    :param port: 1 to 65535.
    """
    judged = [(rule.priority, rule.policy != "drop", rule) for group in groups for rule in group.rules]
    ordered = sorted((one for one in judged if _concerns(one[2], port)), key=lambda one: (one[0], one[1]))
    return tuple(dict.fromkeys(f"{rule.policy} {_block(rule)}" for _, _, rule in ordered))


def _concerns(rule: Rule, port: int) -> bool:
    return (
        rule.direction == "ingress"
        and rule.protocol in ("TCP", "ALL")
        and _holds(rule.port_range, port)
        and bool(rule.source_cidr or rule.ipv6_source_cidr)
        and (rule.policy == "drop" or _is_whole(rule))
    )


def _holds(port_range: str, port: int) -> bool:
    first, _, last = port_range.partition("/")
    return port_range == ALL_PORTS or int(first) <= port <= int(last)


def _is_whole(rule: Rule) -> bool:
    """Whether it is about every destination and every source port."""
    dest = rule.dest_cidr or rule.ipv6_dest_cidr
    return rule.source_port_range in _WHOLE_PORTS and (not dest or _network(dest).prefixlen == 0)


def _block(rule: Rule) -> str:
    return str(_network(rule.source_cidr or rule.ipv6_source_cidr))


def _network(block: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(block, strict=False)
