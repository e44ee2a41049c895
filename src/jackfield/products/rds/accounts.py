"""Accounts: they are made, changed and deleted in the database server itself."""

from __future__ import annotations

import re
from typing import Annotated, Literal, cast

import msgspec

from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.rds import views
from jackfield.products.rds.account_errors import (
    AccountLimitExceeded,
    IncorrectAccountStatus,
    IncorrectAccountType,
    InvalidAccountDescriptionFormat,
    InvalidAccountNameDuplicate,
    InvalidAccountNameForbid,
    InvalidAccountNameMalformed,
    InvalidAccountNameNotFound,
    InvalidAccountPasswordFormat,
)
from jackfield.products.rds.errors import IncorrectDBInstanceState, InvalidDBInstanceNameNotFound
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.product import RDS
from jackfield.products.rds.replica_errors import IncorrectDBInstanceCharacterType
from jackfield.products.rds.replicas import primary_of
from jackfield.products.rds.resources import DBAccount, DBInstance, account_id
from jackfield.products.rds.states import AVAILABLE, RUNNING, UNAVAILABLE
from jackfield.store.interface import Reader, Tx

MAX_ACCOUNTS = 200
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}[a-z0-9]|[a-z]")
_PASSWORD = re.compile(r"[A-Za-z0-9!@#$%^&*()_+\-=]{8,32}")
_RESERVED = frozenset(
    (
        *(
            "root",
            "admin",
            "jackfield",
            "jackfield_replication",
            "mysql",
            "postgres",
            "replicator",
            "aurora",
            "sys",
            "system",
            "public",
        ),
        *("eagleye", "master", "guest", "repl", "proxysql", "sysadmin"),
    )
)
"""Names that servers or the vendor keep for themselves."""


class CreateAccountRequest(DBInstanceIdRequest):
    account_name: Annotated[str, Param("1 to 32 lower-case letters, digits and underscores.", "test1")]
    account_password: Annotated[
        str, Param("8 to 32 characters of three of: upper case, lower case, digits, !@#$%^&*()_+-=.", "Test123456")
    ]
    account_description: Annotated[str, Param("2 to 256 characters.", "Test account A")] = ""
    account_type: Annotated[
        str,
        Param("Normal, or Super for a privileged account.", "Normal", enum=("Normal", "Super", "Sysadmin", "GlobalRO")),
    ] = "Normal"


@operation(
    RDS,
    title="Creates a database account",
    access="create",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        IncorrectDBInstanceCharacterType,
        IncorrectDBInstanceState,
        InvalidAccountNameMalformed,
        InvalidAccountNameForbid,
        InvalidAccountNameDuplicate,
        InvalidAccountPasswordFormat,
        InvalidAccountDescriptionFormat,
        IncorrectAccountType,
        AccountLimitExceeded,
    ),
)
def create_account(tx: Tx, call: Call, request: CreateAccountRequest) -> Reply:
    """Creates an account in the server. It is Unavailable until the server let it log in; then Available.

    A Super account may create databases and grant rights on them.
    """
    instance = running_instance(tx, call, request.db_instance_id)
    if request.account_type not in ("Normal", "Super"):
        raise IncorrectAccountType
    _check_name(request.account_name)
    _check_password(request.account_password)
    if request.account_description:
        _check_description(request.account_description)
    if tx.get(DBAccount, account_id(instance.id, request.account_name)):
        raise InvalidAccountNameDuplicate
    if len(tx.children(DBAccount, instance.id)) >= MAX_ACCOUNTS:
        raise AccountLimitExceeded
    created = DBAccount(
        id=account_id(instance.id, request.account_name),
        account=instance.account,
        region=instance.region,
        parent=instance.id,
        status=UNAVAILABLE,
        created=call.now,
        name=request.account_name,
        type=cast(Literal["Normal", "Super"], request.account_type),
        description=request.account_description,
        secret=call.seal(request.account_password, account_id(instance.id, request.account_name)),
        wish="create",
        settle_at=call.now + call.pace,
    )
    tx.put(created)
    tx.schedule(created)
    return Reply()


class DescribeAccountsRequest(DBInstanceIdRequest):
    account_name: Annotated[str, Param("Only this account.", "test1")] = ""
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1
    page_size: Annotated[int, Param("Entries a page, 30 to 200.", "30", range=(1, 200))] = 30


class DescribeAccountsReply(Reply):
    accounts: views.AccountList
    page_number: int
    total_record_count: int
    system_admin_account_status: str


@operation(
    RDS,
    title="Queries the accounts of an instance",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound,),
)
def describe_accounts(tx: Reader, call: Call, request: DescribeAccountsRequest) -> DescribeAccountsReply:
    """Lists the accounts, oldest first. Those of a read-only instance are its primary's."""
    instance = primary_of(tx, own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound))
    found = [
        one
        for one in tx.children(DBAccount, instance.id)
        if not request.account_name or one.name == request.account_name
    ]
    offset = (request.page_number - 1) * request.page_size
    page = found[offset : offset + request.page_size]
    return DescribeAccountsReply(
        accounts=views.AccountList(db_instance_account=tuple(views.account(one) for one in page)),
        page_number=request.page_number,
        total_record_count=len(found),
        system_admin_account_status="False",
    )


class ResetAccountPasswordRequest(DBInstanceIdRequest):
    account_name: Annotated[str, Param("The account.", "test1")]
    account_password: Annotated[str, Param("The new password; rules as for CreateAccount.", "Test123456")]


@operation(
    RDS,
    title="Resets the password of an account",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        IncorrectDBInstanceCharacterType,
        IncorrectDBInstanceState,
        InvalidAccountNameNotFound,
        IncorrectAccountStatus,
        InvalidAccountPasswordFormat,
    ),
)
def reset_account_password(tx: Tx, call: Call, request: ResetAccountPasswordRequest) -> Reply:
    """Changes the password in the server; the account is Unavailable until the new one logs in."""
    instance = running_instance(tx, call, request.db_instance_id)
    found = available_account(tx, instance, request.account_name)
    _check_password(request.account_password)
    changed = msgspec.structs.replace(
        found,
        status=UNAVAILABLE,
        wish="password",
        secret=call.seal(request.account_password, found.id),
        settle_at=call.now + call.pace,
    )
    tx.put(changed)
    tx.schedule(changed)
    return Reply()


class ModifyAccountDescriptionRequest(DBInstanceIdRequest):
    account_name: Annotated[str, Param("The account.", "test1")]
    account_description: Annotated[str, Param("2 to 256 characters, no URL.", "Test account A")]


@operation(
    RDS,
    title="Changes the description of an account",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, InvalidAccountNameNotFound, InvalidAccountDescriptionFormat),
)
def modify_account_description(tx: Tx, call: Call, request: ModifyAccountDescriptionRequest) -> Reply:
    """Changes the text, in whatever state the account is."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    found = tx.get(DBAccount, account_id(instance.id, request.account_name))
    if found is None:
        raise InvalidAccountNameNotFound
    _check_description(request.account_description)
    tx.put(msgspec.structs.replace(found, description=request.account_description))
    return Reply()


class CheckAccountNameAvailableRequest(DBInstanceIdRequest):
    account_name: Annotated[str, Param("The name.", "test1")]


class CheckAccountNameAvailableReply(Reply):
    resource_group_id: str


@operation(
    RDS,
    title="Checks whether an account may be called so",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        InvalidAccountNameMalformed,
        InvalidAccountNameForbid,
        InvalidAccountNameDuplicate,
    ),
)
def check_account_name_available(
    tx: Reader, call: Call, request: CheckAccountNameAvailableRequest
) -> CheckAccountNameAvailableReply:
    """Answers what CreateAccount would say of the name."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    _check_name(request.account_name)
    if tx.get(DBAccount, account_id(instance.id, request.account_name)):
        raise InvalidAccountNameDuplicate
    return CheckAccountNameAvailableReply(resource_group_id=instance.resource_group_id)


class DeleteAccountRequest(DBInstanceIdRequest):
    account_name: Annotated[str, Param("The account.", "test1")]


@operation(
    RDS,
    title="Deletes an account",
    access="delete",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        IncorrectDBInstanceCharacterType,
        IncorrectDBInstanceState,
        InvalidAccountNameNotFound,
        IncorrectAccountStatus,
    ),
)
def delete_account(tx: Tx, call: Call, request: DeleteAccountRequest) -> Reply:
    """Deletes an account from the server; what it owned there goes to the server's own administrator."""
    instance = running_instance(tx, call, request.db_instance_id)
    found = available_account(tx, instance, request.account_name)
    changed = msgspec.structs.replace(found, status=UNAVAILABLE, wish="delete", settle_at=call.now + call.pace)
    tx.put(changed)
    tx.schedule(changed)
    return Reply()


def running_instance(tx: Reader, call: Call, instance_id: str) -> DBInstance:
    """The caller's instance.

    :raises InvalidDBInstanceNameNotFound: there is none of that id.
    :raises IncorrectDBInstanceState: it is not Running.
    """
    instance = own_instance(tx, call, instance_id, InvalidDBInstanceNameNotFound)
    if instance.read_only:
        raise IncorrectDBInstanceCharacterType
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    return instance


def available_account(tx: Reader, instance: DBInstance, name: str) -> DBAccount:
    """
    :raises InvalidAccountNameNotFound: there is none of that name. :raises IncorrectAccountStatus: it is being changed.
    """
    found = tx.get(DBAccount, account_id(instance.id, name))
    if found is None:
        raise InvalidAccountNameNotFound
    if found.status != AVAILABLE:
        raise IncorrectAccountStatus
    return found


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise InvalidAccountNameMalformed
    if name in _RESERVED or name.startswith("pg_"):
        raise InvalidAccountNameForbid


def _check_description(text: str) -> None:
    if not 2 <= len(text) <= 256 or text.startswith(("http://", "https://")):
        raise InvalidAccountDescriptionFormat


def _check_password(password: str) -> None:
    classes = sum(bool(re.search(pattern, password)) for pattern in ("[A-Z]", "[a-z]", "[0-9]", "[^A-Za-z0-9]"))
    if not _PASSWORD.fullmatch(password) or classes < 3:
        raise InvalidAccountPasswordFormat
