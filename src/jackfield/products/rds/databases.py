"""Databases: they are made and deleted in the database server itself."""

from __future__ import annotations

from typing import Annotated, cast

import msgspec

from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.rds import database_views as views
from jackfield.products.rds.account_errors import (
    IncorrectAccountStatus,
    IncorrectAccountType,
    InvalidAccountNameNotFound,
)
from jackfield.products.rds.accounts import available_account, running_instance
from jackfield.products.rds.charsets import checked_characters
from jackfield.products.rds.contents import DBDatabase, Privilege, database_id
from jackfield.products.rds.database_errors import (
    DatabaseAddError,
    DatabaseNameMalformed,
    IncorrectDBState,
    InvalidAccountPrivilege,
    InvalidDBNameDuplicate,
    InvalidDBNameForbid,
    InvalidDBNameNotFound,
    InvalidDescriptionFormat,
    TooManyDatabases,
)
from jackfield.products.rds.database_names import OWN_DATABASES, check_name
from jackfield.products.rds.errors import (
    IncorrectDBInstanceState,
    InvalidDBInstanceIdNotFound,
    InvalidDBInstanceNameNotFound,
)
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.privileges import check_privilege, grant
from jackfield.products.rds.product import RDS
from jackfield.products.rds.replica_errors import IncorrectDBInstanceCharacterType
from jackfield.products.rds.replicas import primary_of
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.states import DATABASE_CREATING, DATABASE_DELETING, DATABASE_RUNNING
from jackfield.store.interface import Reader, Tx

MAX_DATABASES = 999
"""What DescribeDBInstanceAttribute tells of every instance."""


class DBNameRequest(DBInstanceIdRequest):
    db_name: Annotated[str, Param("The database.", "testdb01")]


class CreateDatabaseRequest(DBInstanceIdRequest):
    db_name: Annotated[
        str, Param("2 to 64 (PostgreSQL: 63) lower-case letters, digits, underscores and hyphens.", "rds_mysql")
    ]
    character_set_name: Annotated[
        str,
        Param("Of MySQL utf8, gbk, latin1 or utf8mb4; of PostgreSQL an encoding, or encoding,collate,ctype.", "gbk"),
    ]
    collation_name: Annotated[str, Param("The collation; left out, the server's for the set.", "gbk_bin")] = ""
    db_description: Annotated[str, Param("2 to 256 characters, no URL.", "Database for testing")] = ""
    account_name: Annotated[str, Param("Who gets a privilege in it; of PostgreSQL, who owns it.", "test1")] = ""
    account_privilege: Annotated[str, Param("Which one; left out, ReadWrite, of PostgreSQL DBOwner.", "ReadWrite")] = ""


@operation(
    RDS,
    title="Creates a database",
    access="create",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        IncorrectDBInstanceCharacterType,
        IncorrectDBInstanceState,
        DatabaseNameMalformed,
        InvalidDBNameForbid,
        InvalidDBNameDuplicate,
        DatabaseAddError,
        InvalidDescriptionFormat,
        TooManyDatabases,
        InvalidAccountPrivilege,
        InvalidAccountNameNotFound,
        IncorrectAccountStatus,
        IncorrectAccountType,
    ),
)
def create_database(tx: Tx, call: Call, request: CreateDatabaseRequest) -> Reply:
    """Creates a database in the server. It is Creating until the server has it, then Running.

    Collate and ctype that the machine's server does not know are replaced by its own, and shown so.
    """
    instance = running_instance(tx, call, request.db_instance_id)
    check_name(instance.engine, request.db_name)
    if tx.get(DBDatabase, database_id(instance.id, request.db_name)):
        raise InvalidDBNameDuplicate
    character_set, collate, ctype = checked_characters(
        instance.engine, request.character_set_name, request.collation_name
    )
    _check_description(request.db_description)
    if len(tx.children(DBDatabase, instance.id)) >= MAX_DATABASES:
        raise TooManyDatabases
    created = DBDatabase(
        id=database_id(instance.id, request.db_name),
        account=instance.account,
        region=instance.region,
        parent=instance.id,
        status=DATABASE_CREATING,
        created=call.now,
        name=request.db_name,
        character_set=character_set,
        collate=collate,
        ctype=ctype,
        description=request.db_description,
        settle_at=call.now + call.pace,
    )
    if request.account_name:
        account = available_account(tx, instance, request.account_name)
        default = "DBOwner" if instance.engine == "PostgreSQL" else "ReadWrite"
        privilege = cast(Privilege, request.account_privilege or default)
        check_privilege(instance, account, privilege)
        grant(tx, call, account, request.db_name, privilege)
    tx.put(created)
    tx.schedule(created)
    return Reply()


@operation(
    RDS,
    title="Deletes a database",
    access="delete",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        IncorrectDBInstanceCharacterType,
        IncorrectDBInstanceState,
        InvalidDBNameForbid,
        InvalidDBNameNotFound,
        IncorrectDBState,
    ),
)
def delete_database(tx: Tx, call: Call, request: DBNameRequest) -> Reply:
    """Deletes a database from the server, whoever uses it; privileges in it go with it."""
    instance = running_instance(tx, call, request.db_instance_id)
    if request.db_name in OWN_DATABASES[instance.engine]:
        raise InvalidDBNameForbid
    found = _database(tx, instance, request.db_name)
    if found.status != DATABASE_RUNNING:
        raise IncorrectDBState
    deleted = msgspec.structs.replace(found, status=DATABASE_DELETING, settle_at=call.now + call.pace)
    tx.put(deleted)
    tx.schedule(deleted)
    return Reply()


class DescribeDatabasesRequest(DBInstanceIdRequest):
    db_name: Annotated[str, Param("Only this database.", "testDB01")] = ""
    db_status: Annotated[
        str, Param("Only databases in this state.", "Creating", enum=("Creating", "Running", "Deleting"))
    ] = ""
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1
    page_size: Annotated[int, Param("Entries a page, up to 100.", "30", range=(1, 100))] = 30


class DescribeDatabasesReply(Reply):
    databases: views.DatabaseList


@operation(
    RDS,
    title="Queries the databases of an instance",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceIdNotFound,),
)
def describe_databases(tx: Reader, call: Call, request: DescribeDatabasesRequest) -> DescribeDatabasesReply:
    """Lists the databases made by CreateDatabase, oldest first, with who has privileges in each.

    Those of a read-only instance are its primary's.
    """
    instance = primary_of(tx, own_instance(tx, call, request.db_instance_id, InvalidDBInstanceIdNotFound))
    found = [
        one
        for one in tx.children(DBDatabase, instance.id)
        if request.db_name in ("", one.name) and request.db_status in ("", one.status)
    ]
    offset = (request.page_number - 1) * request.page_size
    page = views.Page(number=request.page_number, size=request.page_size, total=len(found))
    shown = tuple(views.database(tx, instance, one, page) for one in found[offset : offset + request.page_size])
    return DescribeDatabasesReply(databases=views.DatabaseList(database=shown))


class ModifyDBDescriptionRequest(DBNameRequest):
    db_description: Annotated[str, Param("2 to 256 characters, no URL.", "testdb")]


@operation(
    RDS,
    name="ModifyDBDescription",
    title="Changes the description of a database",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, InvalidDBNameNotFound, InvalidDescriptionFormat),
)
def modify_db_description(tx: Tx, call: Call, request: ModifyDBDescriptionRequest) -> Reply:
    """Changes the text, in whatever state the database is."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    found = _database(tx, instance, request.db_name)
    _check_description(request.db_description)
    tx.put(msgspec.structs.replace(found, description=request.db_description))
    return Reply()


@operation(
    RDS,
    name="CheckDBNameAvailable",
    title="Checks whether a database may be called so",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, DatabaseNameMalformed, InvalidDBNameForbid, InvalidDBNameDuplicate),
)
def check_db_name_available(tx: Reader, call: Call, request: DBNameRequest) -> Reply:
    """Answers what CreateDatabase would say of the name."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    check_name(instance.engine, request.db_name)
    if tx.get(DBDatabase, database_id(instance.id, request.db_name)):
        raise InvalidDBNameDuplicate
    return Reply()


def _database(tx: Reader, instance: DBInstance, name: str) -> DBDatabase:
    found = tx.get(DBDatabase, database_id(instance.id, name))
    if found is None:
        raise InvalidDBNameNotFound
    return found


def _check_description(text: str) -> None:
    if text and (not 2 <= len(text) <= 256 or text.startswith(("http://", "https://"))):
        raise InvalidDescriptionFormat
