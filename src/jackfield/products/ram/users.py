"""RAM users."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.identity.people import User
from jackfield.identity.resources import AccessKey
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.ram.errors import (
    InvalidFormat,
    InvalidParameter,
    TooManyUsers,
    UserAlreadyExists,
    UserHasAccessKey,
    UserHasPolicy,
    UserInGroup,
    UserNotExist,
)
from jackfield.products.ram.own import (
    NAME_ERRORS,
    USERS,
    check_length,
    check_name,
    new_number,
    next_marker,
    own_user,
    rename,
    start_of,
    store_new,
)
from jackfield.products.ram.product import RAM
from jackfield.products.ram.shapes import NewUser, UserView, new_user, user_view
from jackfield.store.interface import ClaimTaken, Reader, Tx

MOST = 1000
"""Users of an account (``ram-policy.json``, limits)."""

NAME = Param("The user's name.", "alice")
_PHONE = re.compile(r"[0-9]{1,4}-[0-9]{4,15}").fullmatch
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+").fullmatch


class CreateUserRequest(Request):
    user_name: Annotated[
        str, Param("The name: 1 to 64 letters, digits, periods, hyphens and underscores.", "alice")
    ] = ""
    display_name: Annotated[str, Param("The name to show; the name itself if left out.", "Alice")] = ""
    mobile_phone: Annotated[str, Param("The mobile phone's number.", "86-18600000000")] = ""
    email: Annotated[str, Param("The mail address.", "alice@example.com")] = ""
    comments: Annotated[str, Param("A comment of at most 128 characters.", "an engineer")] = ""


class UserNameRequest(Request):
    user_name: Annotated[str, NAME] = ""


class CreateUserReply(Reply):
    user: NewUser


class UserReply(Reply):
    user: UserView


@operation(
    RAM, title="Creates a RAM user", access="create", resource="user/*",
    errors=(*NAME_ERRORS, InvalidFormat, TooManyUsers, UserAlreadyExists),
)  # fmt: skip
def create_user(tx: Tx, call: Call, request: CreateUserRequest) -> CreateUserReply:
    """The user may do nothing yet: it has neither keys nor policies."""
    check_name(request.user_name, "UserName", USERS)
    _check_details(request.display_name, request.mobile_phone, request.email, request.comments, "")
    if tx.count(User, account=call.account, region="") >= MOST:
        raise TooManyUsers
    user = User(
        id=new_number(tx, User),
        account=call.account,
        parent=call.account,
        created=call.now,
        updated=call.now,
        name=request.user_name,
        display_name=request.display_name or request.user_name,
        mobile_phone=request.mobile_phone,
        email=request.email,
        comments=request.comments,
    )
    try:
        store_new(tx, user)
    except ClaimTaken:
        raise UserAlreadyExists from None
    return CreateUserReply(user=new_user(user))


@operation(
    RAM, title="Queries a RAM user", access="get", resource="user/{UserName}", errors=(*NAME_ERRORS, UserNotExist)
)
def get_user(tx: Reader, call: Call, request: UserNameRequest) -> UserReply:
    """There is no ``LastLoginDate``: nobody logs on to a console."""
    return UserReply(user=user_view(own_user(tx, call, request.user_name)))


class UpdateUserRequest(Request):
    user_name: Annotated[str, NAME] = ""
    new_user_name: Annotated[str, Param("Another name.", "bob")] = ""
    new_display_name: Annotated[str | UnsetType, Param("Another name to show.", "Bob")] = UNSET
    new_mobile_phone: Annotated[str | UnsetType, Param("Another number.", "86-18600000000")] = UNSET
    new_email: Annotated[str | UnsetType, Param("Another mail address.", "bob@example.com")] = UNSET
    new_comments: Annotated[str | UnsetType, Param("Another comment.", "an operator")] = UNSET


@operation(
    RAM, title="Changes a RAM user", access="update", resource="user/{UserName}",
    errors=(*NAME_ERRORS, InvalidFormat, UserNotExist, UserAlreadyExists),
)  # fmt: skip
def update_user(tx: Tx, call: Call, request: UpdateUserRequest) -> UserReply:
    """What is left out stays. With another name, the user's keys, policies and groups stay as well."""
    user = own_user(tx, call, request.user_name)
    given = {
        "display_name": request.new_display_name,
        "mobile_phone": request.new_mobile_phone,
        "email": request.new_email,
        "comments": request.new_comments,
    }
    changes = {name: value for name, value in given.items() if value is not UNSET}
    user = msgspec.structs.replace(user, **changes, updated=call.now)
    _check_details(user.display_name, user.mobile_phone, user.email, user.comments, "New")
    if request.new_user_name:
        check_name(request.new_user_name, "NewUserName", USERS)
        try:
            user = rename(tx, user, request.new_user_name)
        except ClaimTaken:
            raise UserAlreadyExists from None
        for key in tx.children(AccessKey, user.id):
            tx.put(msgspec.structs.replace(key, user=user.name))
    tx.put(user)
    return UserReply(user=user_view(user))


@operation(
    RAM, title="Deletes a RAM user", access="delete", resource="user/{UserName}",
    errors=(*NAME_ERRORS, UserNotExist, UserInGroup, UserHasAccessKey, UserHasPolicy),
)  # fmt: skip
def delete_user(tx: Tx, call: Call, request: UserNameRequest) -> Reply:
    """The user must have left all groups and have neither access keys nor policies."""
    user = own_user(tx, call, request.user_name)
    if user.groups:
        raise UserInGroup
    if tx.children(AccessKey, user.id):
        raise UserHasAccessKey
    if user.policies:
        raise UserHasPolicy
    tx.remove(user)
    return Reply()


class ListUsersRequest(Request):
    marker: Annotated[str, Param("Where the page starts: the marker of the one before.", "ZnJvbSAxMDA=")] = ""
    max_items: Annotated[
        int, Param("The users of a page.", "100", range=(1, 1000), invalid=InvalidParameter)
    ] = 100  # fmt: skip


class Users(Shape):
    user: tuple[UserView, ...]


class ListUsersReply(Reply, kw_only=True):
    is_truncated: bool
    marker: str | UnsetType = UNSET
    users: Users


@operation(RAM, title="Lists RAM users", access="get", resource="user/*", errors=(InvalidParameter,))
def list_users(tx: Reader, call: Call, request: ListUsersRequest) -> ListUsersReply:
    """Oldest first."""
    start = start_of(request.marker)
    found = tx.page(User, account=call.account, region="", offset=start, limit=request.max_items)
    marker = next_marker(start, len(found), tx.count(User, account=call.account, region=""))
    return ListUsersReply(
        is_truncated=marker is not None,
        marker=UNSET if marker is None else marker,
        users=Users(user=tuple(user_view(user) for user in found)),
    )


def _check_details(display_name: str, phone: str, email: str, comments: str, prefix: str) -> None:
    """:param prefix: ``New``, where the parameters are called so."""
    check_length(display_name, f"{prefix}DisplayName", 128)
    if phone and _PHONE(phone) is None:
        raise InvalidFormat(name=f"{prefix}MobilePhone")
    if email and (_EMAIL(email) is None or len(email) > 128):
        raise InvalidFormat(name=f"{prefix}Email")
    check_length(comments, f"{prefix}Comments", 128)
