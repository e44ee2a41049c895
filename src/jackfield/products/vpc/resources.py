"""What the store keeps of VPCs and vSwitches."""

from __future__ import annotations

from typing import ClassVar

from jackfield.products.tags import TaggedResource
from jackfield.store.resource import States

PENDING = "Pending"
AVAILABLE = "Available"

NETWORK_STATES = States(
    initial=(PENDING,),
    intents=((AVAILABLE, PENDING),),
    settlements=((PENDING, AVAILABLE), (PENDING, "")),
)
"""A network is Pending while it is made and while it is deleted (``deleting`` says which)."""


class Vpc(TaggedResource, frozen=True, kw_only=True, omit_defaults=True):
    """Several VPCs may have the same block: they are apart.

    :param user_cidrs: blocks that the caller named (UserCidr); shown, without effect.
    :param is_default: made by Jackfield for calls that name no VPC.
    :param deleting: it is Pending because it is being deleted; nothing may be placed in it any more.
    """

    kind: ClassVar[str] = "vpc"
    states: ClassVar[States] = NETWORK_STATES

    cidr: str
    router_id: str
    route_table_id: str
    name: str = ""
    description: str = ""
    resource_group_id: str = ""
    is_default: bool = False
    user_cidrs: tuple[str, ...] = ()
    deleting: bool = False
    settle_at: float = 0.0


class VSwitch(TaggedResource, frozen=True, kw_only=True, omit_defaults=True):
    """A zone's part of its VPC (the ``parent``).

    :param deleting: as of a VPC.
    """

    kind: ClassVar[str] = "vswitch"
    states: ClassVar[States] = NETWORK_STATES

    cidr: str
    zone_id: str
    name: str = ""
    description: str = ""
    resource_group_id: str = ""
    is_default: bool = False
    deleting: bool = False
    settle_at: float = 0.0
