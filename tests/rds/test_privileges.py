"""Databases and what accounts may do in them, as the servers enforce it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pymysql
import pytest
from alibabacloud_rds20140815 import models as rds

from tests.rds.databases import LOST, Database, ask
from tests.running import refused, until

DENIED = (psycopg.errors.InsufficientPrivilege, pymysql.OperationalError, pymysql.ProgrammingError)
NORMAL = "Normal-123456"


def databases(database: Database, name: str = "") -> list[Any]:
    """As DescribeDatabases lists them."""
    found: list[Any] = database.rds.api.describe_databases(
        rds.DescribeDatabasesRequest(dbinstance_id=database.instance, dbname=name)
    ).body.databases.database
    return found


def make(database: Database, name: str, **more: str) -> Any:
    """A database that the API calls Running."""
    charset = "UTF8" if database.engine == "postgres" else "utf8mb4"
    values = {"character_set_name": charset, **more}
    database.rds.api.create_database(rds.CreateDatabaseRequest(dbinstance_id=database.instance, dbname=name, **values))
    (shown,) = databases(database, name)
    assert shown.dbstatus == "Creating"
    until(f"{name} Running", lambda: databases(database, name)[0].dbstatus == "Running")
    return databases(database, name)[0]


def grants(database: Database, account: str) -> dict[str, tuple[str, str]]:
    (shown,) = database.rds.api.describe_accounts(
        rds.DescribeAccountsRequest(dbinstance_id=database.instance, account_name=account)
    ).body.accounts.dbinstance_account
    return {
        one.dbname: (one.account_privilege, one.account_privilege_detail)
        for one in shown.database_privileges.database_privilege
    }


def grant(database: Database, account: str, name: str, privilege: str) -> None:
    database.rds.api.grant_account_privilege(
        rds.GrantAccountPrivilegeRequest(
            dbinstance_id=database.instance, account_name=account, dbname=name, account_privilege=privilege
        )
    )
    database.rds.wait_account(database.instance, account)
    assert grants(database, account)[name][0] == privilege


def revoke(database: Database, account: str, name: str) -> None:
    database.rds.api.revoke_account_privilege(
        rds.RevokeAccountPrivilegeRequest(dbinstance_id=database.instance, account_name=account, dbname=name)
    )
    database.rds.wait_account(database.instance, account)
    assert name not in grants(database, account)


@contextmanager
def session(database: Database, account: str, name: str) -> Iterator[Any]:
    private = database.rds.endpoints(database.instance)["Private"]["ConnectionString"]
    password = {} if account == "alice" else {"password": NORMAL}
    with database.connect(private, database.port, account, database=name, autocommit=True, **password) as connection:
        yield connection


def may(database: Database, account: str, name: str, sql: str) -> bool:
    """Whether the server lets an account do something."""
    try:
        with session(database, account, name) as connection:  # MySQL refuses a database in which nothing may be done
            ask(connection, sql)
    except DENIED as error:
        if not any(word in str(error).lower() for word in ("denied", "must be owner")):
            raise
        return False
    return True


@pytest.fixture(scope="module", autouse=True)
def accounts(database: Database) -> None:
    for name in ("bob", "carol"):
        database.rds.create_account(database.instance, name, NORMAL, "Normal")


def test_a_database_is_made_and_deleted_in_the_server(database: Database) -> None:
    before = databases(database)
    collate = "C" if database.engine == "postgres" else "utf8mb4_bin"
    shown = make(database, "shop_1", dbdescription="All wares", collation_name=collate)
    assert (shown.dbdescription, shown.collate, shown.accounts.account_privilege_info) == ("All wares", collate, [])
    assert (shown.dbinstance_id, shown.total_count, shown.page_number, shown.page_size) == (database.instance, 1, 1, 30)
    assert len(databases(database)) == len(before) + 1
    with session(database, "alice", "shop_1") as connection:
        if database.engine == "postgres":
            assert ask(connection, "SHOW server_encoding") == ("UTF8",)
            sql = "SELECT datcollate FROM pg_database WHERE datname = 'shop_1'"
            assert shown.character_set_name == "UTF8"
        else:
            sql = "SELECT default_collation_name FROM information_schema.schemata WHERE schema_name = 'shop_1'"
            assert shown.character_set_name == "utf8mb4"
        assert ask(connection, sql) == (collate,)
        ask(connection, "CREATE TABLE wares (id int)")
    database.rds.api.modify_dbdescription(
        rds.ModifyDBDescriptionRequest(dbinstance_id=database.instance, dbname="shop_1", dbdescription="Other wares")
    )
    assert databases(database, "shop_1")[0].dbdescription == "Other wares"

    database.rds.api.delete_database(rds.DeleteDatabaseRequest(dbinstance_id=database.instance, dbname="shop_1"))
    until("shop_1 gone", lambda: not databases(database, "shop_1"))
    with pytest.raises(LOST), session(database, "alice", "shop_1"):
        pass


def test_a_read_only_account_reads_and_nothing_else(database: Database) -> None:
    make(database, "wares")
    with session(database, "alice", "wares") as connection:  # a privileged account may do everything
        ask(connection, "CREATE TABLE first (id int)")
        ask(connection, "INSERT INTO first VALUES (1)")
    assert not may(database, "bob", "wares", "SELECT id FROM first")

    grant(database, "bob", "wares", "ReadOnly")
    assert grants(database, "bob") == {"wares": ("ReadOnly", "SELECT")}
    with session(database, "alice", "wares") as connection:
        ask(connection, "CREATE TABLE later (id int)")
    for table in ("first", "later"):
        assert may(database, "bob", "wares", f"SELECT id FROM {table}")
        for sql in (f"INSERT INTO {table} VALUES (2)", f"DELETE FROM {table}", f"DROP TABLE {table}"):
            assert not may(database, "bob", "wares", sql)
    assert not may(database, "bob", "wares", "CREATE TABLE own (id int)")

    revoke(database, "bob", "wares")
    assert not may(database, "bob", "wares", "SELECT id FROM first")
    revoke(database, "bob", "wares")


def test_what_each_privilege_lets_an_account_do(database: Database) -> None:
    make(database, "each")
    with session(database, "alice", "each") as connection:
        ask(connection, "CREATE TABLE theirs (id int)")
    reads, writes, defines = "SELECT id FROM theirs", "INSERT INTO theirs VALUES (1)", "CREATE TABLE t{} (id int)"
    for number, (privilege, allowed) in enumerate(
        (
            ("DMLOnly", (True, True, False)),
            ("DDLOnly", (False, False, True)),
            ("ReadWrite", (True, True, True)),
            ("ReadOnly", (True, False, False)),
        )
    ):
        grant(database, "bob", "each", privilege)
        statements = (reads, writes, defines.format(number))
        assert tuple(may(database, "bob", "each", sql) for sql in statements) == allowed, privilege
    # Tables that one account makes, another that may write writes.
    grant(database, "bob", "each", "ReadWrite")
    grant(database, "carol", "each", "ReadWrite")
    assert may(database, "bob", "each", "CREATE TABLE shared (id int)")
    assert may(database, "carol", "each", "INSERT INTO shared VALUES (1)")
    assert {
        one.account: one.account_privilege for one in databases(database, "each")[0].accounts.account_privilege_info
    } == {"bob": "ReadWrite", "carol": "ReadWrite"}


def test_an_account_named_at_creation(database: Database) -> None:
    """It gets ReadWrite; of PostgreSQL it owns the database, until another one does."""
    make(database, "given", account_name="carol")
    database.rds.wait_account(database.instance, "carol")
    assert may(database, "carol", "given", "CREATE TABLE mine (id int)")
    if database.engine != "postgres":
        assert grants(database, "carol")["given"][0] == "ReadWrite"
        with refused("InvalidAccountPrivilege.Malformed", 400):
            grant(database, "bob", "given", "DBOwner")
        return
    assert grants(database, "carol")["given"] == ("DBOwner", "ALL")
    assert may(database, "carol", "given", "ALTER DATABASE given SET work_mem = '1MB'")
    grant(database, "bob", "given", "DBOwner")
    database.rds.wait_account(database.instance, "carol")
    assert grants(database, "carol")["given"][0] == "ReadWrite"
    assert not may(database, "carol", "given", "ALTER DATABASE given SET work_mem = '2MB'")
    assert may(database, "bob", "given", "ALTER DATABASE given SET work_mem = '2MB'")
    revoke(database, "bob", "given")
    assert not may(database, "bob", "given", "ALTER DATABASE given SET work_mem = '3MB'")


def test_privileges_go_with_their_database(database: Database) -> None:
    """One that is made under the same name has nobody's."""
    make(database, "passing")
    grant(database, "bob", "passing", "ReadWrite")
    database.rds.api.delete_database(rds.DeleteDatabaseRequest(dbinstance_id=database.instance, dbname="passing"))
    until("passing gone", lambda: not databases(database, "passing"))
    assert "passing" not in grants(database, "bob")
    make(database, "passing")
    assert not may(database, "bob", "passing", "CREATE TABLE t (id int)")


def test_an_account_dropped_with_sql_is_forgotten_when_it_is_to_change(database: Database) -> None:
    database.rds.create_account(database.instance, "dora", NORMAL, "Normal")
    make(database, "doras")
    drop = "DROP ROLE dora" if database.engine == "postgres" else "DROP USER dora"
    if not may(database, "alice", "doras", drop):
        pytest.skip("a privileged account of this server may not drop others")
    database.rds.api.grant_account_privilege(
        rds.GrantAccountPrivilegeRequest(
            dbinstance_id=database.instance, account_name="dora", dbname="doras", account_privilege="ReadOnly"
        )
    )
    until("dora forgotten", lambda: "dora" not in database.rds.accounts(database.instance))


def test_description_and_deaths(database: Database) -> None:
    """The API dies right after it was asked; both the database and the privilege come all the same."""
    api, instance, running = database.rds.api, database.instance, database.rds.running
    charset = "UTF8" if database.engine == "postgres" else "utf8mb4"
    api.modify_account_description(
        rds.ModifyAccountDescriptionRequest(dbinstance_id=instance, account_name="bob", account_description="Reads")
    )
    api.create_database(
        rds.CreateDatabaseRequest(
            dbinstance_id=instance, dbname="killed", character_set_name=charset,
            account_name="bob", account_privilege="ReadOnly",
        )
    )  # fmt: skip
    running.kill_api()
    running.wait_ready()
    until("killed Running", lambda: databases(database, "killed")[0].dbstatus == "Running")
    database.rds.wait_account(instance, "bob")
    assert grants(database, "bob")["killed"][0] == "ReadOnly"
    assert not may(database, "bob", "killed", "CREATE TABLE t (id int)")
    (shown,) = api.describe_accounts(
        rds.DescribeAccountsRequest(dbinstance_id=instance, account_name="bob")
    ).body.accounts.dbinstance_account
    assert shown.account_description == "Reads"


def test_databases_made_with_sql_are_databases(database: Database) -> None:
    """They are listed, privileges in them are granted, and they are gone when they are dropped with SQL."""
    with session(database, "alice", "each") as connection:
        ask(connection, "CREATE DATABASE by_hand")
        ask(connection, 'CREATE DATABASE "Odd"' if database.engine == "postgres" else "CREATE DATABASE `Odd`")
    until("by_hand listed", lambda: databases(database, "by_hand"))
    (shown,) = databases(database, "by_hand")
    assert (shown.dbstatus, shown.character_set_name.upper()[:4]) == ("Running", "UTF8")
    with session(database, "alice", "by_hand") as connection:
        ask(connection, "CREATE TABLE theirs (id int)")
    grant(database, "bob", "by_hand", "ReadOnly")
    assert may(database, "bob", "by_hand", "SELECT id FROM theirs")
    assert not may(database, "bob", "by_hand", "INSERT INTO theirs VALUES (1)")
    assert not databases(database, "Odd")  # no name for CreateDatabase
    with session(database, "alice", "each") as connection:
        ask(connection, "DROP DATABASE by_hand")
    until("by_hand gone", lambda: not databases(database, "by_hand"))
