"""What the store keeps of security groups."""

from __future__ import annotations

import ipaddress
from typing import ClassVar, Literal

import msgspec

from jackfield.products.tags import TaggedResource

Direction = Literal["ingress", "egress"]

ALL_PORTS = "-1/-1"
"""The port range of protocols without ports; as a source port range: any."""


class Rule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rule of a group. Blocks keep the caller's spelling.

    :param protocol: ``TCP``, ``UDP``, ``ICMP``, ``ICMPv6``, ``GRE`` or ``ALL``.
    :param port_range: ``80/90``; :data:`ALL_PORTS` for protocols without ports.
    :param priority: 1 to 100, 1 counts first.
    :param peer_group: the security group on the other side: the source of an ingress rule.
    :param peer_account: whose group that is, as the caller said it.
    """

    id: str = ""
    direction: Direction
    protocol: str
    port_range: str
    policy: Literal["accept", "drop"] = "accept"
    priority: int = 1
    source_cidr: str = ""
    dest_cidr: str = ""
    ipv6_source_cidr: str = ""
    ipv6_dest_cidr: str = ""
    source_port_range: str = ""
    peer_group: str = ""
    peer_account: str = ""
    description: str = ""
    created: float = 0.0

    @property
    def identity(self) -> Rule:
        """What makes two rules the same: all but id, description, time and the spelling of blocks."""
        return msgspec.structs.replace(
            self,
            id="",
            peer_account="",
            description="",
            created=0.0,
            source_cidr=_normal(self.source_cidr),
            dest_cidr=_normal(self.dest_cidr),
            ipv6_source_cidr=_normal(self.ipv6_source_cidr),
            ipv6_dest_cidr=_normal(self.ipv6_dest_cidr),
            source_port_range="" if self.source_port_range == ALL_PORTS else self.source_port_range,
        )


class SecurityGroup(TaggedResource, frozen=True, kw_only=True, omit_defaults=True):
    """A security group; its parent is its VPC. It has no status: a change holds at once.

    :param type: ``normal`` or ``enterprise``.
    :param inner_access: whether members reach each other: ``Accept`` or ``Drop``. Shown, without effect: members of a
        group are not known here.
    :param rules: in the order in which they were made, at most 200.
    """

    kind: ClassVar[str] = "security-group"

    name: str = ""
    description: str = ""
    type: Literal["normal", "enterprise"] = "normal"
    inner_access: Literal["Accept", "Drop"] = "Accept"
    resource_group_id: str = ""
    rules: tuple[Rule, ...] = ()


def references_space(group_id: str) -> str:
    """Claim space of the groups that have a rule about a group; such a group may not be deleted."""
    return f"security-group-in-rules:{group_id}"


def _normal(block: str) -> str:
    return str(ipaddress.ip_network(block, strict=False)) if block else ""
