"""Groups of RAM users."""

from __future__ import annotations

import secrets
import string
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.identity.people import Group
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.ram.errors import (
    GroupAlreadyExists,
    GroupHasPolicy,
    GroupHasUser,
    GroupNotExist,
    InvalidParameter,
    TooManyGroups,
)
from jackfield.products.ram.own import (
    GROUPS,
    NAME_ERRORS,
    check_length,
    check_name,
    next_marker,
    own_group,
    rename,
    start_of,
    store_new,
)
from jackfield.products.ram.product import RAM
from jackfield.products.ram.shapes import GroupView, NewGroup, group_view, new_group
from jackfield.store.interface import ClaimTaken, Reader, Tx

MOST = 50
"""Groups of an account; this limit and most others are of the vendor's page of error messages."""

NAME = Param("The group's name.", "Dev-Team")


class CreateGroupRequest(Request):
    group_name: Annotated[
        str, Param("The name: 1 to 64 letters, digits, periods, hyphens and underscores.", "Dev-Team")
    ] = ""
    comments: Annotated[str, Param("A comment of at most 128 characters.", "developers")] = ""


class GroupNameRequest(Request):
    group_name: Annotated[str, NAME] = ""


class CreateGroupReply(Reply):
    group: NewGroup


class GroupReply(Reply):
    group: GroupView


@operation(
    RAM, title="Creates a group", access="create", resource="group/*",
    errors=(*NAME_ERRORS, TooManyGroups, GroupAlreadyExists),
)  # fmt: skip
def create_group(tx: Tx, call: Call, request: CreateGroupRequest) -> CreateGroupReply:
    """What the group may do, its members may."""
    check_name(request.group_name, "GroupName", GROUPS)
    check_length(request.comments, "Comments", 128)
    if tx.count(Group, account=call.account, region="") >= MOST:
        raise TooManyGroups
    group = Group(
        id="g-" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(16)),
        account=call.account,
        parent=call.account,
        created=call.now,
        updated=call.now,
        name=request.group_name,
        comments=request.comments,
    )
    try:
        store_new(tx, group)
    except ClaimTaken:
        raise GroupAlreadyExists from None
    return CreateGroupReply(group=new_group(group))


@operation(
    RAM, title="Queries a group", access="get", resource="group/{GroupName}", errors=(*NAME_ERRORS, GroupNotExist)
)
def get_group(tx: Reader, call: Call, request: GroupNameRequest) -> GroupReply:
    """Its members are told by ListUsersForGroup."""
    return GroupReply(group=group_view(own_group(tx, call, request.group_name)))


class UpdateGroupRequest(Request):
    group_name: Annotated[str, NAME] = ""
    new_group_name: Annotated[str, Param("Another name.", "Ops-Team")] = ""
    new_comments: Annotated[str | UnsetType, Param("Another comment.", "operators")] = UNSET


@operation(
    RAM, title="Changes a group", access="update", resource="group/{GroupName}",
    errors=(*NAME_ERRORS, GroupNotExist, GroupAlreadyExists),
)  # fmt: skip
def update_group(tx: Tx, call: Call, request: UpdateGroupRequest) -> GroupReply:
    """What is left out stays; members and policies stay in any case."""
    group = msgspec.structs.replace(own_group(tx, call, request.group_name), updated=call.now)
    if request.new_comments is not UNSET:
        check_length(request.new_comments, "NewComments", 128)
        group = msgspec.structs.replace(group, comments=request.new_comments)
    if request.new_group_name:
        check_name(request.new_group_name, "NewGroupName", GROUPS)
        try:
            group = rename(tx, group, request.new_group_name)
        except ClaimTaken:
            raise GroupAlreadyExists from None
    tx.put(group)
    return GroupReply(group=group_view(group))


@operation(
    RAM, title="Deletes a group", access="delete", resource="group/{GroupName}",
    errors=(*NAME_ERRORS, GroupNotExist, GroupHasUser, GroupHasPolicy),
)  # fmt: skip
def delete_group(tx: Tx, call: Call, request: GroupNameRequest) -> Reply:
    """The group must have neither members nor policies."""
    group = own_group(tx, call, request.group_name)
    if tx.count_claims(group.members_space):
        raise GroupHasUser
    if group.policies:
        raise GroupHasPolicy
    tx.remove(group)
    return Reply()


class ListGroupsRequest(Request):
    marker: Annotated[str, Param("Where the page starts: the marker of the one before.", "ZnJvbSAxMDA=")] = ""
    max_items: Annotated[
        int, Param("The groups of a page.", "100", range=(1, 1000), invalid=InvalidParameter)
    ] = 100  # fmt: skip


class Groups(Shape):
    group: tuple[GroupView, ...]


class ListGroupsReply(Reply, kw_only=True):
    is_truncated: bool
    marker: str | UnsetType = UNSET
    groups: Groups


@operation(RAM, title="Lists groups", access="list", resource="group/*", errors=(InvalidParameter,))
def list_groups(tx: Reader, call: Call, request: ListGroupsRequest) -> ListGroupsReply:
    """Oldest first."""
    start = start_of(request.marker)
    found = tx.page(Group, account=call.account, region="", offset=start, limit=request.max_items)
    marker = next_marker(start, len(found), tx.count(Group, account=call.account, region=""))
    return ListGroupsReply(
        is_truncated=marker is not None,
        marker=UNSET if marker is None else marker,
        groups=Groups(group=tuple(group_view(group) for group in found)),
    )
