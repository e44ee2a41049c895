"""Accounts: users of the instance's servers, made, changed and deleted in every one of them."""

from __future__ import annotations

import re
from typing import Annotated, cast

import msgspec

from jackfield.products.errors import ApiError
from jackfield.products.operation import Call, Param, Reply, Shape, operation
from jackfield.products.tair.account_errors import (
    AccountLimitExceeded,
    AccountStatusDenied,
    AccountTaskExists,
    IncorrectAccount,
    IncorrectDBInstanceState,
    InvalidAccountDescriptionFormat,
    InvalidAccountNameDuplicate,
    InvalidAccountNameForbid,
    InvalidAccountNameFormat,
    InvalidAccountNameNotFound,
    InvalidAccountPasswordFormat,
    InvalidAccountPrivilegeFormat,
    InvalidAccountPrivilegeMalformed,
    InvalidEngineVersionFormat,
)
from jackfield.products.tair.errors import InvalidInstanceIdNotFound
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.passwords import digest, is_strong
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.resources import PRIVILEGES, Account, Instance, Privilege, Wish, account_id
from jackfield.products.tair.states import AVAILABLE, NORMAL, UNAVAILABLE
from jackfield.store.interface import Reader, Tx

MAX_ACCOUNTS = 18
"""Of an instance (CreateAccount documents)."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_RESERVED = frozenset(("default", "jackfield", "admin", "root", "system", "replicator"))
"""Users that servers have, and names that the vendor keeps for itself."""

AccountName = Annotated[str, Param("The account.", "demoaccount")]
NewPassword = Annotated[
    str, Param("8 to 32 characters of three of: upper case, lower case, digits, !@#$%^&*()_+-=.", "uWonno21_1234")
]


class CreateAccountRequest(InstanceIdRequest):
    account_name: Annotated[
        str, Param("Up to 100 lower-case letters, digits and underscores, a letter first.", "demoaccount")
    ]
    account_password: NewPassword
    account_description: Annotated[str, Param("2 to 256 characters, a letter first.", "testaccount")] = ""
    account_privilege: Annotated[
        str,
        Param(
            "RoleReadOnly: it may only read.",
            "RoleReadOnly",
            enum=PRIVILEGES,
            invalid=InvalidAccountPrivilegeMalformed,
        ),
    ] = "RoleReadWrite"
    account_type: Annotated[str, Param("There is one type.", "Normal", enum=("Normal",))] = "Normal"


class CreateAccountReply(Reply):
    """``AcountName`` is how the vendor's service spells it; clients of both spellings find the name."""

    instance_id: str
    acount_name: str
    account_name: str


@operation(
    TAIR,
    title="Creates an account of an instance",
    access="create",
    resource="instance/{InstanceId}",
    errors=(
        InvalidInstanceIdNotFound,
        IncorrectDBInstanceState,
        InvalidEngineVersionFormat,
        InvalidAccountNameFormat,
        InvalidAccountNameForbid,
        InvalidAccountNameDuplicate,
        InvalidAccountPasswordFormat,
        InvalidAccountDescriptionFormat,
        InvalidAccountPrivilegeMalformed,
        AccountLimitExceeded,
    ),
)
def create_account(tx: Tx, call: Call, request: CreateAccountRequest) -> CreateAccountReply:
    """Creates a user in every server of the instance. It is Unavailable until it has logged in; then Available."""
    instance = _normal(tx, call, request.instance_id)
    if instance.engine_version == "2.8":
        raise InvalidEngineVersionFormat
    if not _NAME.fullmatch(request.account_name):
        raise InvalidAccountNameFormat
    if request.account_name in _RESERVED:
        raise InvalidAccountNameForbid
    _check_password(request.account_password)
    text = request.account_description
    if text and not is_description(text):
        raise InvalidAccountDescriptionFormat
    id = account_id(instance.id, request.account_name)
    if tx.get(Account, id):
        raise InvalidAccountNameDuplicate
    if len(tx.children(Account, instance.id)) >= MAX_ACCOUNTS:
        raise AccountLimitExceeded
    created = Account(
        id=id,
        account=instance.account,
        region=instance.region,
        parent=instance.id,
        status=UNAVAILABLE,
        created=call.now,
        name=request.account_name,
        privilege=cast(Privilege, request.account_privilege),
        description=text,
        password_sha256=digest(request.account_password),
        secret=call.seal(request.account_password, id),
        settle_at=call.now + call.pace,
    )
    tx.put(created)
    tx.schedule(instance)
    return CreateAccountReply(instance_id=instance.id, acount_name=created.name, account_name=created.name)


class DescribeAccountsRequest(InstanceIdRequest):
    account_name: Annotated[str, Param("Only this account.", "demoaccount")] = ""
    search_account_name: Annotated[str, Param("Only accounts with this in their name.", "test")] = ""
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1
    page_size: Annotated[int, Param("Entries a page.", "100", range=(1, 1000))] = 30


class PrivilegeShape(Shape):
    account_privilege: str


class PrivilegeList(Shape):
    database_privilege: tuple[PrivilegeShape, ...]


class AccountShape(Shape):
    account_name: str
    account_status: str
    account_type: str
    account_description: str
    instance_id: str
    database_privileges: PrivilegeList


class AccountList(Shape):
    account: tuple[AccountShape, ...]


class DescribeAccountsReply(Reply):
    accounts: AccountList
    page_number: int
    page_size: int
    total_count: int


@operation(
    TAIR,
    title="Queries the accounts of an instance",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_accounts(tx: Reader, call: Call, request: DescribeAccountsRequest) -> DescribeAccountsReply:
    """Lists the accounts that were created, oldest first; the instance's own password makes none."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    found = [
        one
        for one in tx.children(Account, instance.id)
        if request.account_name in ("", one.name) and request.search_account_name in one.name
    ]
    offset = (request.page_number - 1) * request.page_size
    page = found[offset : offset + request.page_size]
    return DescribeAccountsReply(
        accounts=AccountList(account=tuple(_shape(one) for one in page)),
        page_number=request.page_number,
        page_size=request.page_size,
        total_count=len(found),
    )


class ResetAccountPasswordRequest(InstanceIdRequest):
    account_name: AccountName
    account_password: NewPassword


@operation(
    TAIR,
    title="Resets the password of an account",
    access="update",
    resource="instance/{InstanceId}",
    errors=(
        InvalidInstanceIdNotFound,
        IncorrectDBInstanceState,
        InvalidAccountNameNotFound,
        InvalidAccountPasswordFormat,
        AccountTaskExists,
    ),
)
def reset_account_password(tx: Tx, call: Call, request: ResetAccountPasswordRequest) -> Reply:
    """Changes the password in every server; the account is Unavailable until the new one logs in.

    Sessions that are logged in stay so, as Redis has it.
    """
    instance = _normal(tx, call, request.instance_id)
    found = settled_account(tx, instance, request.account_name, AccountTaskExists)
    _check_password(request.account_password)
    secret = call.seal(request.account_password, found.id)
    changed = msgspec.structs.replace(found, password_sha256=digest(request.account_password), secret=secret)
    begin(tx, call, instance, changed, "password")
    return Reply()


class GrantAccountPrivilegeRequest(InstanceIdRequest):
    account_name: AccountName
    account_privilege: Annotated[
        str,
        Param("What it may do from now on.", "RoleReadWrite", enum=PRIVILEGES, invalid=InvalidAccountPrivilegeFormat),
    ]


@operation(
    TAIR,
    title="Changes the privilege of an account",
    access="update",
    resource="instance/{InstanceId}",
    errors=(
        InvalidInstanceIdNotFound,
        IncorrectDBInstanceState,
        InvalidAccountNameNotFound,
        InvalidAccountPrivilegeFormat,
        IncorrectAccount,
    ),
)
def grant_account_privilege(tx: Tx, call: Call, request: GrantAccountPrivilegeRequest) -> Reply:
    """Changes what an account may do in every server, for its live sessions as well."""
    instance = _normal(tx, call, request.instance_id)
    found = settled_account(tx, instance, request.account_name, IncorrectAccount)
    changed = msgspec.structs.replace(found, privilege=cast(Privilege, request.account_privilege))
    begin(tx, call, instance, changed, "privilege")
    return Reply()


class DeleteAccountRequest(InstanceIdRequest):
    account_name: AccountName


@operation(
    TAIR,
    title="Deletes an account",
    access="delete",
    resource="instance/{InstanceId}",
    errors=(
        InvalidInstanceIdNotFound,
        IncorrectDBInstanceState,
        InvalidAccountNameNotFound,
        AccountStatusDenied,
    ),
)
def delete_account(tx: Tx, call: Call, request: DeleteAccountRequest) -> Reply:
    """Deletes the user from every server, which ends its sessions there."""
    instance = _normal(tx, call, request.instance_id)
    found = settled_account(tx, instance, request.account_name, AccountStatusDenied)
    begin(tx, call, instance, found, "delete")
    return Reply()


def _normal(tx: Reader, call: Call, instance_id: str) -> Instance:
    instance = own_instance(tx, call, instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise IncorrectDBInstanceState
    return instance


def settled_account(tx: Reader, instance: Instance, name: str, busy: type[ApiError]) -> Account:
    """An account that nothing is being done to; ``busy`` is raised when something is."""
    found = tx.get(Account, account_id(instance.id, name))
    if found is None:
        raise InvalidAccountNameNotFound
    if found.status != AVAILABLE:
        raise busy
    return found


def begin(tx: Tx, call: Call, instance: Instance, changed: Account, wish: Wish) -> None:
    """Records what is to be done to the account; the instance's reconciler does it."""
    tx.put(msgspec.structs.replace(changed, status=UNAVAILABLE, wish=wish, settle_at=call.now + call.pace))
    tx.schedule(instance)


def is_description(text: str) -> bool:
    """2 to 256 characters, a letter first, and no web address."""
    return 2 <= len(text) <= 256 and text[0].isalpha() and not text.startswith(("http://", "https://"))


def _check_password(password: str) -> None:
    if not is_strong(password):
        raise InvalidAccountPasswordFormat


def _shape(one: Account) -> AccountShape:
    return AccountShape(
        account_name=one.name,
        account_status=one.status,
        account_type="Normal",
        account_description=one.description,
        instance_id=one.parent,
        database_privileges=PrivilegeList(database_privilege=(PrivilegeShape(account_privilege=one.privilege),)),
    )
