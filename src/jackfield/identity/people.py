"""Who there is in an account besides its root: RAM users, groups of them, and roles.

Names are unique within the account and its kind, whatever their case; ids never change. Policies are attached by
name: what somebody has is a field of theirs, who has a policy is told by the claims in its space.
"""

from __future__ import annotations

from typing import ClassVar, Literal, TypeVar

import msgspec

from jackfield.store.interface import Reader
from jackfield.store.resource import Resource

PolicyType = Literal["System", "Custom"]


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A policy that somebody has.

    :param type: whose policy it is: the vendor's or the account's own. :param name: as the policy is spelt.
    :param at: since when, seconds since the epoch.
    """

    type: PolicyType
    name: str
    at: float


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """A group that a user is in. :param group: its id. :param at: since when, seconds since the epoch."""

    group: str
    at: float


class Holder(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody whom policies are attached to; the parent is the account.

    :param name: unique within the account and the kind, whatever its case; a user's and a group's may change.
    :param comments: for people. :param updated: seconds since the epoch.
    :param policies: in the order in which they were attached.
    """

    entity: ClassVar[str]
    """What the vendor's error codes and ARNs call it: ``User``, ``Group``, ``Role``."""

    name: str
    comments: str = ""
    updated: float = 0.0
    policies: tuple[Attachment, ...] = ()

    @property
    def arn(self) -> str:
        return f"acs:ram::{self.account}:{self.entity.lower()}/{self.name}"

    @property
    def space(self) -> str:
        """The claim space of the names of its kind in its account."""
        return names_space(type(self), self.account)


class User(Holder, frozen=True, kw_only=True, omit_defaults=True):
    """A RAM user.

    :param id: 18 digits; UserId, and PrincipalId of the user's calls.
    :param groups: in the order in which they were joined.
    """

    kind: ClassVar[str] = "ram_user"
    entity: ClassVar[str] = "User"

    display_name: str = ""
    email: str = ""
    mobile_phone: str = ""
    groups: tuple[Membership, ...] = ()


class Group(Holder, frozen=True, kw_only=True, omit_defaults=True):
    """A group of RAM users; its members hold claims in :attr:`members_space`. :param id: ``g-…``."""

    kind: ClassVar[str] = "ram_group"
    entity: ClassVar[str] = "Group"

    @property
    def members_space(self) -> str:
        return f"ram_members:{self.id}"


class Role(Holder, frozen=True, kw_only=True, omit_defaults=True):
    """A role, which others assume for a while.

    :param id: 18 digits; RoleId.
    :param trust: AssumeRolePolicyDocument, JSON: who may assume it.
    :param longest: MaxSessionDuration, seconds. :param console: whether it may be used in a console.
    """

    kind: ClassVar[str] = "ram_role"
    entity: ClassVar[str] = "Role"

    trust: str
    longest: int = 3600
    console: bool = False
    tags: tuple[tuple[str, str], ...] = ()


H = TypeVar("H", bound=Holder)


def names_space(kind: type[Holder], account: str) -> str:
    """The claim space of the names of a kind in an account; the values are names in lower case."""
    return f"{kind.kind}:{account}"


def named(reader: Reader, kind: type[H], account: str, name: str) -> H | None:
    """The account's user, group or role of that name."""
    held = reader.holder(names_space(kind, account), name.lower())
    return reader.get(kind, held[1]) if held is not None else None
