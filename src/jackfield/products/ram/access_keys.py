"""Access keys: two a user, whose secrets are told once."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.identity.accounts import make_access_key
from jackfield.identity.people import User
from jackfield.identity.resources import AccessKey, KeyUse
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.ram.errors import (
    InvalidParameter,
    MissingParameter,
    TooManyAccessKeys,
    UserAccessKeyNotExist,
    UserNotExist,
)
from jackfield.products.ram.own import NAME_ERRORS, own_user
from jackfield.products.ram.product import RAM
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader, Tx

MOST = 2
"""Keys of a user."""

MOST_OF_ROOT = 5
"""Keys of an account's root (the vendor's documents, "Create an AccessKey pair")."""

OWNER = Param("The RAM user whose keys are meant; whoever calls if left out.", "alice")
KEY = Param("The id of the access key.", "LTAI5tFQ3oBBqBmN4GDxYz3P")


class OwnerRequest(Request):
    user_name: Annotated[str, OWNER] = ""


class CreatedKey(Shape):
    access_key_id: str
    access_key_secret: str
    status: str
    create_date: str


class CreateAccessKeyReply(Reply):
    access_key: CreatedKey


@operation(
    RAM, title="Creates an access key", access="create", resource="user/{UserName}",
    errors=(*NAME_ERRORS, UserNotExist, TooManyAccessKeys),
)  # fmt: skip
def create_access_key(tx: Tx, call: Call, request: OwnerRequest) -> CreateAccessKeyReply:
    """The secret is in this reply and nowhere else. The key signs from the next call on."""
    user = _owner(tx, call, request.user_name)
    if len(_keys(tx, call, user)) >= (MOST_OF_ROOT if user is None else MOST):
        raise TooManyAccessKeys
    key, secret = make_access_key(
        call.seal, call.now, call.account, parent=user.id if user else "", user=user.name if user else ""
    )
    tx.put(key)
    return CreateAccessKeyReply(
        access_key=CreatedKey(
            access_key_id=key.id, access_key_secret=secret, status=key.status, create_date=iso_second(key.created)
        )
    )


class KeyView(Shape):
    access_key_id: str
    status: str
    create_date: str


class Keys(Shape):
    access_key: tuple[KeyView, ...]


class ListAccessKeysReply(Reply):
    access_keys: Keys


@operation(
    RAM, title="Lists access keys", access="get", resource="user/{UserName}", errors=(*NAME_ERRORS, UserNotExist)
)
def list_access_keys(tx: Reader, call: Call, request: OwnerRequest) -> ListAccessKeysReply:
    """Without their secrets."""
    found = _keys(tx, call, _owner(tx, call, request.user_name))
    return ListAccessKeysReply(
        access_keys=Keys(
            access_key=tuple(
                KeyView(access_key_id=key.id, status=key.status, create_date=iso_second(key.created)) for key in found
            )
        )
    )


class UpdateAccessKeyRequest(Request):
    user_access_key_id: Annotated[str, KEY] = ""
    user_name: Annotated[str, OWNER] = ""
    status: Annotated[str, Param("Active or Inactive.", "Inactive")] = ""


@operation(
    RAM, title="Switches an access key on or off", access="update", resource="user/{UserName}",
    errors=(*NAME_ERRORS, UserNotExist, UserAccessKeyNotExist, InvalidParameter),
)  # fmt: skip
def update_access_key(tx: Tx, call: Call, request: UpdateAccessKeyRequest) -> Reply:
    """An inactive key signs nothing from the next call on."""
    key = _key(tx, call, request.user_name, request.user_access_key_id)
    if not request.status:
        raise MissingParameter(name="Status")
    if request.status not in ("Active", "Inactive"):
        raise InvalidParameter(name="Status")
    tx.put(msgspec.structs.replace(key, status=request.status))
    return Reply()


class AccessKeyRequest(Request):
    user_access_key_id: Annotated[str, KEY] = ""
    user_name: Annotated[str, OWNER] = ""


@operation(
    RAM, title="Deletes an access key", access="delete", resource="user/{UserName}",
    errors=(*NAME_ERRORS, UserNotExist, UserAccessKeyNotExist),
)  # fmt: skip
def delete_access_key(tx: Tx, call: Call, request: AccessKeyRequest) -> Reply:
    """It signs nothing from the next call on, and does not come back."""
    key = _key(tx, call, request.user_name, request.user_access_key_id)
    use = tx.get(KeyUse, key.id)
    if use is not None:
        tx.remove(use)
    tx.remove(key)
    return Reply()


class LastUsed(Shape):
    last_used_date: str | UnsetType = UNSET


class GetAccessKeyLastUsedReply(Reply):
    access_key_last_used: LastUsed


@operation(
    RAM, title="Queries when an access key was used last", access="get", resource="user/{UserName}",
    errors=(*NAME_ERRORS, UserNotExist, UserAccessKeyNotExist),
)  # fmt: skip
def get_access_key_last_used(tx: Reader, call: Call, request: AccessKeyRequest) -> GetAccessKeyLastUsedReply:
    """To the minute: uses within one minute count as the first of them. Empty for a key that was never used."""
    key = _key(tx, call, request.user_name, request.user_access_key_id)
    use = tx.get(KeyUse, key.id)
    return GetAccessKeyLastUsedReply(
        access_key_last_used=LastUsed(last_used_date=UNSET if use is None else iso_second(use.at))
    )


def _owner(reader: Reader, call: Call, name: str) -> User | None:
    """The user whose keys are meant; ``None`` for the account's root."""
    if name:
        return own_user(reader, call, name)
    if call.principal.kind == "Account":
        return None
    user = reader.get(User, call.principal.id) if call.principal.kind == "RAMUser" else None
    if user is None:  # an assumed role has no keys of its own
        raise MissingParameter(name="UserName")
    return user


def _keys(reader: Reader, call: Call, user: User | None) -> list[AccessKey]:
    return reader.children(AccessKey, call.account if user is None else user.id)


def _key(reader: Reader, call: Call, user_name: str, key_id: str) -> AccessKey:
    user = _owner(reader, call, user_name)
    if not key_id:
        raise MissingParameter(name="UserAccessKeyId")
    key = reader.get(AccessKey, key_id)
    if key is None or key.parent != (call.account if user is None else user.id):
        raise UserAccessKeyNotExist
    return key
