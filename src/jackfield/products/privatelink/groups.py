"""The security groups of an endpoint: whose they are, and what they let through."""

from __future__ import annotations

from jackfield.products.ecs.resources import SecurityGroup
from jackfield.products.ecs.ruling import rules_for
from jackfield.products.privatelink.errors import OneSecurityGroupType, SecurityGroupNotFound
from jackfield.products.privatelink.resources import VpcEndpoint
from jackfield.store.interface import Reader

MAX_GROUPS = 10
"""Of an endpoint (as many as CreateVpcEndpoint takes)."""


def group_in(tx: Reader, id: str, *, account: str, vpc: str) -> SecurityGroup:
    """:raises SecurityGroupNotFound: it is unknown, somebody else's, or of another VPC."""
    group = tx.get(SecurityGroup, id)
    if group is None or group.account != account or group.parent != vpc:
        raise SecurityGroupNotFound
    return group


def check_one_type(tx: Reader, ids: tuple[str, ...]) -> None:
    """:raises OneSecurityGroupType: there are normal and enterprise groups among them."""
    if len({group.type for group in (tx.get(SecurityGroup, id) for id in ids) if group is not None}) > 1:
        raise OneSecurityGroupType


def endpoint_rules(tx: Reader, endpoint: VpcEndpoint, port: int) -> tuple[str, ...]:
    """What the relay is to ask of the clients of a port."""
    return rules_for([group for group in (tx.get(SecurityGroup, id) for id in endpoint.judges) if group], port)
