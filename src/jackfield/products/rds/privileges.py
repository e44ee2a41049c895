"""GrantAccountPrivilege and RevokeAccountPrivilege: what an account may do in a database, as the server enforces it."""

from __future__ import annotations

from typing import Annotated, cast

import msgspec

from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.rds.account_errors import (
    IncorrectAccountStatus,
    IncorrectAccountType,
    InvalidAccountNameNotFound,
)
from jackfield.products.rds.accounts import available_account
from jackfield.products.rds.contents import DBDatabase, Grant, Privilege, database_id, granted, without
from jackfield.products.rds.database_errors import InvalidAccountPrivilege, InvalidDBNameNotFound
from jackfield.products.rds.errors import IncorrectDBInstanceState, InvalidDBInstanceIdNotFound
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.product import RDS
from jackfield.products.rds.replica_errors import IncorrectDBInstanceCharacterType
from jackfield.products.rds.resources import DBAccount, DBInstance
from jackfield.products.rds.states import DATABASE_DELETING, RUNNING, UNAVAILABLE
from jackfield.store.interface import Tx

PRIVILEGES = ("ReadWrite", "ReadOnly", "DDLOnly", "DMLOnly", "DBOwner")


class RevokeAccountPrivilegeRequest(DBInstanceIdRequest):
    account_name: Annotated[str, Param("The account.", "test1")]
    db_name: Annotated[str, Param("The database.", "testDB1")]


class GrantAccountPrivilegeRequest(RevokeAccountPrivilegeRequest):
    account_privilege: Annotated[
        str,
        Param(
            "What it may do there, in place of what it might before; DBOwner is of PostgreSQL.",
            "ReadWrite",
            enum=PRIVILEGES,
            invalid=InvalidAccountPrivilege,
        ),
    ]


@operation(
    RDS,
    title="Grants an account a privilege in a database",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceIdNotFound,
        IncorrectDBInstanceCharacterType,
        IncorrectDBInstanceState,
        InvalidAccountNameNotFound,
        IncorrectAccountStatus,
        IncorrectAccountType,
        InvalidAccountPrivilege,
        InvalidDBNameNotFound,
    ),
)
def grant_account_privilege(tx: Tx, call: Call, request: GrantAccountPrivilegeRequest) -> Reply:
    """Changes what the server lets the account do. The account is Unavailable until the server has it, then Available.

    A privileged account may do everything everywhere already.
    """
    instance = _running(tx, call, request.db_instance_id)
    account = available_account(tx, instance, request.account_name)
    privilege = cast(Privilege, request.account_privilege)
    check_privilege(instance, account, privilege)
    _check_database(tx, instance, request.db_name)
    grant(tx, call, account, request.db_name, privilege)
    return Reply()


@operation(
    RDS,
    title="Revokes what an account may do in a database",
    access="delete",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceIdNotFound,
        IncorrectDBInstanceCharacterType,
        IncorrectDBInstanceState,
        InvalidAccountNameNotFound,
        IncorrectAccountStatus,
        IncorrectAccountType,
        InvalidDBNameNotFound,
    ),
)
def revoke_account_privilege(tx: Tx, call: Call, request: RevokeAccountPrivilegeRequest) -> Reply:
    """Takes away what the account may do; nothing to take away is no error."""
    instance = _running(tx, call, request.db_instance_id)
    account = available_account(tx, instance, request.account_name)
    if account.type == "Super":
        raise IncorrectAccountType
    _check_database(tx, instance, request.db_name)
    _put(tx, call, account, without(account.grants, request.db_name))
    return Reply()


def check_privilege(instance: DBInstance, account: DBAccount, privilege: str) -> None:
    """
    :raises IncorrectAccountType: the account has every privilege already. :raises InvalidAccountPrivilege: the engine
        has no such privilege.
    """
    if account.type == "Super":
        raise IncorrectAccountType
    if privilege not in PRIVILEGES or (privilege == "DBOwner" and instance.engine != "PostgreSQL"):
        raise InvalidAccountPrivilege


def grant(tx: Tx, call: Call, account: DBAccount, database: str, privilege: Privilege) -> None:
    """Records that an account gets a privilege; who owned the database until now may only read and write."""
    if privilege == "DBOwner":
        for other in tx.children(DBAccount, account.parent):
            if Grant(database, "DBOwner") in other.grants and other.id != account.id:
                _put(tx, call, other, granted(other.grants, database, "ReadWrite"))
    _put(tx, call, account, granted(account.grants, database, privilege))


def _running(tx: Tx, call: Call, instance_id: str) -> DBInstance:
    instance = own_instance(tx, call, instance_id, InvalidDBInstanceIdNotFound)
    if instance.read_only:
        raise IncorrectDBInstanceCharacterType
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    return instance


def _put(tx: Tx, call: Call, account: DBAccount, grants: tuple[Grant, ...]) -> None:
    wish = account.wish if account.status == UNAVAILABLE else "grant"  # what is under way ends with the grants as well
    changed = msgspec.structs.replace(
        account, status=UNAVAILABLE, wish=wish, grants=grants, settle_at=call.now + call.pace
    )
    tx.put(changed)
    tx.schedule(changed)


def _check_database(tx: Tx, instance: DBInstance, name: str) -> None:
    found = tx.get(DBDatabase, database_id(instance.id, name))
    if found is None or found.status == DATABASE_DELETING:
        raise InvalidDBNameNotFound
