"""Custom policies and their versions, and which policies apply to a principal."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

from jackfield.identity.people import Attachment, Group, Holder, PolicyType, Role, User
from jackfield.identity.principal import Principal
from jackfield.identity.system_policies import SYSTEM_POLICIES
from jackfield.store.interface import Reader, Tx
from jackfield.store.resource import Resource


class Policy(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """A custom policy; its parent is the account.

    :param id: see :func:`policy_id`; names are unique whatever their case, and never change.
    :param default: the version that counts, ``v1`` and so on. :param document: that version's, JSON.
    :param last: number of the version that was made last; numbers are not used again.
    :param updated: seconds since the epoch.
    """

    kind: ClassVar[str] = "ram_policy"

    name: str
    description: str = ""
    default: str
    document: str
    last: int = 1
    updated: float = 0.0
    tags: tuple[tuple[str, str], ...] = ()


class PolicyVersion(Resource, frozen=True, kw_only=True):
    """A version of a custom policy, which is its parent. :param id: the policy's id, a blank and ``v1`` or so."""

    kind: ClassVar[str] = "ram_policy_version"

    document: str

    @property
    def version(self) -> str:
        return self.id.rpartition(" ")[2]


class Applied(NamedTuple):
    """A policy that applies to a principal.

    :ivar document: JSON.
    :ivar name: of the policy; the session's name for a session policy.
    :ivar type: ``Session`` for the policy that narrows an assumed role: what it does not allow is not allowed.
    :ivar via: how the principal comes by it: ``user``, ``group/<name>``, ``role`` or ``session``.
    """

    document: str
    name: str
    type: Literal["System", "Custom", "Session"]
    via: str


def policies_of(reader: Reader, principal: Principal) -> list[Applied]:
    """Every policy that applies to a principal: a user's own and its groups', or the role's and the session's.

    None for the root of an account, whom no policy judges.
    """
    if principal.kind == "RAMUser":
        user = reader.get(User, principal.id)
        if user is None:
            return []
        found = _attached(reader, user, "user")
        for membership in user.groups:
            group = reader.get(Group, membership.group)
            if group is not None:
                found += _attached(reader, group, f"group/{group.name}")
        return found
    if principal.kind == "AssumedRoleUser":
        role = reader.get(Role, principal.role)
        found = [] if role is None else _attached(reader, role, "role")
        if principal.session_policy:
            found.append(Applied(principal.session_policy, principal.name, "Session", "session"))
        return found
    return []


def policy_id(account: str, name: str) -> str:
    """The id of an account's custom policy."""
    return f"{account} {name.lower()}"


def own_policy(reader: Reader, account: str, name: str) -> Policy | None:
    """The account's custom policy of that name."""
    return reader.get(Policy, policy_id(account, name))


def attached_space(account: str, type: PolicyType, name: str) -> str:
    """The claim space of those of an account who have a policy; the values are ``User <id>`` and the like."""
    return f"ram_attached:{account}:{type}:{name.lower()}"


def attach(tx: Tx, holder: Holder, attachment: Attachment) -> None:
    """Claims the policy for somebody, whose ``policies`` have the attachment already."""
    space = attached_space(holder.account, attachment.type, attachment.name)
    tx.claim(space, f"{holder.entity} {holder.id}", holder)


def detach(tx: Tx, holder: Holder, attachment: Attachment) -> None:
    """Gives the claim on the policy back."""
    space = attached_space(holder.account, attachment.type, attachment.name)
    tx.unclaim(space, f"{holder.entity} {holder.id}", holder)


def _attached(reader: Reader, holder: Holder, via: str) -> list[Applied]:
    found = []
    for one in holder.policies:
        if one.type == "System":
            document = SYSTEM_POLICIES[one.name].document if one.name in SYSTEM_POLICIES else None
        else:
            policy = own_policy(reader, holder.account, one.name)
            document = None if policy is None else policy.document
        if document is not None:
            found.append(Applied(document, one.name, one.type, via))
    return found
