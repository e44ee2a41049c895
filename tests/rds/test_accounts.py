"""Accounts are made, changed and deleted in the real server."""

from __future__ import annotations

import pytest
from alibabacloud_rds20140815 import models as rds

from tests.rds.databases import LOST, Database, ask
from tests.running import refused, until


def test_an_account_logs_in_with_its_password_and_no_other(database: Database) -> None:
    rds_, instance = database.rds, database.instance
    private = rds_.endpoints(instance)["Private"]["ConnectionString"]
    rds_.create_account(instance, "bob", "First-123456", "Normal")
    with database.connect(private, database.port, "bob", "First-123456") as session:
        assert ask(session, "SELECT 1") == (1,)
    for account, password in (("bob", "Wrong-123456"), ("bob", ""), ("nobody", "First-123456"), ("jackfield", "")):
        with pytest.raises(LOST):
            database.connect(private, database.port, account, password)

    rds_.api.reset_account_password(
        rds.ResetAccountPasswordRequest(dbinstance_id=instance, account_name="bob", account_password="Second-123456")
    )
    rds_.wait_account(instance, "bob")
    with pytest.raises(LOST):
        database.connect(private, database.port, "bob", "First-123456")
    database.connect(private, database.port, "bob", "Second-123456").close()

    rds_.api.delete_account(rds.DeleteAccountRequest(dbinstance_id=instance, account_name="bob"))
    until("bob gone", lambda: "bob" not in rds_.accounts(instance))
    with pytest.raises(LOST):
        database.connect(private, database.port, "bob", "Second-123456")
    with refused("InvalidAccountName.NotFound", 404):
        rds_.api.delete_account(rds.DeleteAccountRequest(dbinstance_id=instance, account_name="bob"))


def test_refusals(database: Database) -> None:
    rds_, instance = database.rds, database.instance

    def create(name: str, password: str, type: str = "Normal") -> None:
        rds_.create_account(instance, name, password, type)

    for name, password, type, code, status in (
        ("alice", "Test-123456", "Normal", "InvalidAccountName.Duplicate", 400),
        ("root", "Test-123456", "Normal", "InvalidAccountName.Forbid", 400),
        ("Bad-Name", "Test-123456", "Normal", "InvalidAccountName.Malformed", 400),
        ("carol", "short", "Normal", "InvalidAccountPassword.Format", 400),
        ("carol", "alllowercase", "Normal", "InvalidAccountPassword.Format", 400),
        ("carol", "Test-123456", "Sysadmin", "IncorrectAccountType", 403),
    ):
        with refused(code, status):
            create(name, password, type)
    assert set(rds_.accounts(instance)) == {"alice"}


def test_a_super_account_creates_databases(database: Database) -> None:
    rds_, instance = database.rds, database.instance
    private = rds_.endpoints(instance)["Private"]["ConnectionString"]
    with database.connect(private, database.port, autocommit=True) as session:
        ask(session, "CREATE DATABASE shop")
