"""Finding what a call names, and the checks that its names have to pass."""

from __future__ import annotations

import re
import secrets
import string
from typing import NamedTuple, TypeVar, cast

import msgspec

from jackfield.identity.people import Group, Holder, PolicyType, Role, User, named
from jackfield.identity.policies import Policy, own_policy
from jackfield.identity.system_policies import SYSTEM_POLICIES, SystemPolicy
from jackfield.products.next_token import NoToken, offset_of, token_for
from jackfield.products.operation import Call
from jackfield.products.ram.errors import (
    BeyondLength,
    GroupNotExist,
    InvalidChars,
    InvalidParameter,
    MissingParameter,
    PolicyNotExist,
    RoleNotExist,
    UserNotExist,
)
from jackfield.products.ram.shapes import TagGiven
from jackfield.store.interface import Reader, Tx

NAME_ERRORS = (MissingParameter, InvalidChars, BeyondLength)
POLICY_ERRORS = (*NAME_ERRORS, InvalidParameter, PolicyNotExist)

MOST_TAGS = 20
LONGEST_TAG = 128

H = TypeVar("H", bound=Holder)


class Names(NamedTuple):
    """How a kind of name looks. :ivar longest: in characters."""

    allowed: str
    longest: int


# The comments of the SDK's models, except that the vendor's own Terraform tests name roles and policies with
# underscores and dots.
USERS = Names(r"[A-Za-z0-9._\-]*", 64)
GROUPS = Names(r"[A-Za-z0-9._\-]*", 64)
ROLES = Names(r"[A-Za-z0-9._\-]*", 64)
POLICIES = Names(r"[A-Za-z0-9\-]*", 128)


def check_name(name: str, parameter: str, names: Names) -> None:
    """
    :raises MissingParameter: it is empty. :raises InvalidChars: some are not allowed.
    :raises BeyondLength: it is too long.
    """
    if not name:
        raise MissingParameter(name=parameter)
    if re.fullmatch(names.allowed, name) is None:
        raise InvalidChars(name=parameter)
    if len(name) > names.longest:
        raise BeyondLength(name=parameter)


def check_length(text: str, parameter: str, longest: int) -> None:
    """:raises BeyondLength: the text has more characters."""
    if len(text) > longest:
        raise BeyondLength(name=parameter)


def own_user(reader: Reader, call: Call, name: str) -> User:
    """:raises UserNotExist: the account has none of that name. The name is checked."""
    check_name(name, "UserName", USERS)
    user = named(reader, User, call.account, name)
    if user is None:
        raise UserNotExist
    return user


def own_group(reader: Reader, call: Call, name: str) -> Group:
    """:raises GroupNotExist: the account has none of that name. The name is checked."""
    check_name(name, "GroupName", GROUPS)
    group = named(reader, Group, call.account, name)
    if group is None:
        raise GroupNotExist
    return group


def own_role(reader: Reader, call: Call, name: str) -> Role:
    """:raises RoleNotExist: the account has none of that name. The name is checked."""
    check_name(name, "RoleName", ROLES)
    role = named(reader, Role, call.account, name)
    if role is None:
        raise RoleNotExist
    return role


def custom_policy(reader: Reader, call: Call, name: str) -> Policy:
    """:raises PolicyNotExist: the account has no custom policy of that name. The name is checked."""
    check_name(name, "PolicyName", POLICIES)
    policy = own_policy(reader, call.account, name)
    if policy is None:
        raise PolicyNotExist
    return policy


def any_policy(reader: Reader, call: Call, type: str, name: str) -> Policy | SystemPolicy:
    """A policy of either type.

    :raises InvalidParameter: there is no such type. :raises PolicyNotExist: there is none. The name is checked.
    """
    if policy_type(type) == "Custom":
        return custom_policy(reader, call, name)
    check_name(name, "PolicyName", POLICIES)
    found = SYSTEM_POLICIES.get(name)
    if found is None:
        raise PolicyNotExist
    return found


def policy_type(given: str) -> PolicyType:
    """:raises InvalidParameter: it is neither ``System`` nor ``Custom``. :raises MissingParameter: it is empty."""
    if not given:
        raise MissingParameter(name="PolicyType")
    if given not in ("System", "Custom"):
        raise InvalidParameter(name="PolicyType")
    return cast(PolicyType, given)


def new_number(tx: Tx, kind: type[Holder]) -> str:
    """An id for a user or a role: 18 digits, as the vendor's are."""
    while True:
        made = secrets.choice("23") + "".join(secrets.choice(string.digits) for _ in range(17))
        if tx.get(kind, made) is None:
            return made


def store_new(tx: Tx, holder: Holder) -> None:
    """Writes somebody new with the claim on the name. :raises ClaimTaken: the name is taken."""
    tx.claim(holder.space, holder.name.lower(), holder)
    tx.put(holder)


def rename(tx: Tx, holder: H, name: str) -> H:
    """Somebody with another name, which is claimed instead of the old one; not written.

    :raises ClaimTaken: the name is taken.
    """
    renamed = msgspec.structs.replace(holder, name=name)
    if name.lower() != holder.name.lower():
        tx.claim(holder.space, name.lower(), holder)
        tx.unclaim(holder.space, holder.name.lower(), holder)
    return renamed


def start_of(marker: str) -> int:
    """Where the page of a marker starts. :raises InvalidParameter: nobody gave that marker out."""
    try:
        return offset_of(marker)
    except NoToken:
        raise InvalidParameter(name="Marker") from None


def next_marker(start: int, shown: int, total: int) -> str | None:
    """The marker of the next page; ``None`` when there is none."""
    return token_for(start + shown) if start + shown < total else None


def given_tags(text: str) -> tuple[tuple[str, str], ...]:
    """The tags of a parameter that is a JSON list of objects with ``Key`` and ``Value``.

    :raises InvalidParameter: it is none, or has more than 20, one twice, or one that is too long or without a key.
    """
    if not text:
        return ()
    try:
        found = msgspec.json.decode(text, type=list[TagGiven])
    except msgspec.DecodeError:
        raise InvalidParameter(name="Tag") from None
    keys = {tag.key for tag in found}
    if len(found) > MOST_TAGS or len(keys) < len(found):
        raise InvalidParameter(name="Tag")
    if not all(0 < len(tag.key) <= LONGEST_TAG and len(tag.value) <= LONGEST_TAG for tag in found):
        raise InvalidParameter(name="Tag")
    return tuple((tag.key, tag.value) for tag in found)


def has_tags(tags: tuple[tuple[str, str], ...], wanted: tuple[tuple[str, str], ...]) -> bool:
    """Whether all tags that are asked for are there; one without a value asks for the key alone."""
    return all(any(key == name and text in ("", value) for key, value in tags) for name, text in wanted)
