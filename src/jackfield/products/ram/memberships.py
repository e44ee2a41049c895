"""Which users are in which groups."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.identity.people import Group, Membership, User
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.ram import groups as groups_module
from jackfield.products.ram import users as users_module
from jackfield.products.ram.errors import (
    GroupNotExist,
    InvalidParameter,
    TooManyUserGroups,
    UserAlreadyInGroup,
    UserGroupNotExist,
    UserNotExist,
)
from jackfield.products.ram.own import NAME_ERRORS, next_marker, own_group, own_user, start_of
from jackfield.products.ram.product import RAM
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader, Tx

MOST = 5
"""Groups that a user is in."""


class MembershipRequest(Request):
    user_name: Annotated[str, users_module.NAME] = ""
    group_name: Annotated[str, groups_module.NAME] = ""


@operation(
    RAM, title="Adds a RAM user to a group", access="create", resource="group/{GroupName}",
    errors=(*NAME_ERRORS, UserNotExist, GroupNotExist, UserAlreadyInGroup, TooManyUserGroups),
)  # fmt: skip
def add_user_to_group(tx: Tx, call: Call, request: MembershipRequest) -> Reply:
    """From now on the user may do what the group may."""
    user = own_user(tx, call, request.user_name)
    group = own_group(tx, call, request.group_name)
    if any(one.group == group.id for one in user.groups):
        raise UserAlreadyInGroup
    if len(user.groups) >= MOST:
        raise TooManyUserGroups
    tx.put(msgspec.structs.replace(user, groups=(*user.groups, Membership(group=group.id, at=call.now))))
    tx.claim(group.members_space, user.id, user)
    return Reply()


@operation(
    RAM, title="Removes a RAM user from a group", access="update", resource="group/{GroupName}",
    errors=(*NAME_ERRORS, UserNotExist, GroupNotExist, UserGroupNotExist),
)  # fmt: skip
def remove_user_from_group(tx: Tx, call: Call, request: MembershipRequest) -> Reply:
    """From now on the user may only do what its own policies and its other groups' say."""
    user = own_user(tx, call, request.user_name)
    group = own_group(tx, call, request.group_name)
    left = tuple(one for one in user.groups if one.group != group.id)
    if len(left) == len(user.groups):
        raise UserGroupNotExist
    tx.put(msgspec.structs.replace(user, groups=left))
    tx.unclaim(group.members_space, user.id, user)
    return Reply()


class JoinedGroup(Shape):
    group_id: str
    group_name: str
    comments: str
    join_date: str


class JoinedGroups(Shape):
    group: tuple[JoinedGroup, ...]


class ListGroupsForUserReply(Reply):
    groups: JoinedGroups


@operation(
    RAM, title="Lists the groups of a RAM user", access="list", resource="user/{UserName}",
    errors=(*NAME_ERRORS, UserNotExist),
)  # fmt: skip
def list_groups_for_user(tx: Reader, call: Call, request: users_module.UserNameRequest) -> ListGroupsForUserReply:
    """In the order in which they were joined."""
    found = []
    for membership in own_user(tx, call, request.user_name).groups:
        group = tx.get(Group, membership.group)
        assert group is not None, "a group with members is not deleted"
        found.append(
            JoinedGroup(
                group_id=group.id,
                group_name=group.name,
                comments=group.comments,
                join_date=iso_second(membership.at),
            )
        )
    return ListGroupsForUserReply(groups=JoinedGroups(group=tuple(found)))


class ListUsersForGroupRequest(Request):
    group_name: Annotated[str, groups_module.NAME] = ""
    marker: Annotated[str, Param("Where the page starts: the marker of the one before.", "ZnJvbSAxMDA=")] = ""
    max_items: Annotated[
        int, Param("The users of a page.", "100", range=(1, 1000), invalid=InvalidParameter)
    ] = 100  # fmt: skip


class Member(Shape):
    user_name: str
    display_name: str
    join_date: str


class Members(Shape):
    user: tuple[Member, ...]


class ListUsersForGroupReply(Reply, kw_only=True):
    is_truncated: bool
    marker: str | UnsetType = UNSET
    users: Members


@operation(
    RAM, title="Lists the RAM users of a group", access="list", resource="group/{GroupName}",
    errors=(*NAME_ERRORS, GroupNotExist, InvalidParameter),
)  # fmt: skip
def list_users_for_group(tx: Reader, call: Call, request: ListUsersForGroupRequest) -> ListUsersForGroupReply:
    """In the order of their ids."""
    group = own_group(tx, call, request.group_name)
    start = start_of(request.marker)
    held = tx.holders(group.members_space)
    found = []
    for _, id in held[start : start + request.max_items]:
        user = tx.get(User, id)
        assert user is not None, "a claim has a holder"
        since = next(one.at for one in user.groups if one.group == group.id)
        found.append(Member(user_name=user.name, display_name=user.display_name, join_date=iso_second(since)))
    marker = next_marker(start, len(found), len(held))
    return ListUsersForGroupReply(
        is_truncated=marker is not None,
        marker=UNSET if marker is None else marker,
        users=Members(user=tuple(found)),
    )
