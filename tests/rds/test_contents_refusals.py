"""What is refused of databases, accounts and privileges; without servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from alibabacloud_rds20140815 import models as rds

from tests.rds.conftest import Rds
from tests.running import Running, refused

PASSWORD = "Test-123456"


class Contents:
    """Calls about one instance's databases and accounts."""

    def __init__(self, found: Rds, instance: str) -> None:
        self.rds, self.instance = found, instance

    def create(self, name: str = "shop", charset: str = "utf8mb4", **more: str) -> None:
        self.rds.api.create_database(
            rds.CreateDatabaseRequest(dbinstance_id=self.instance, dbname=name, character_set_name=charset, **more)
        )

    def delete(self, name: str) -> None:
        self.rds.api.delete_database(rds.DeleteDatabaseRequest(dbinstance_id=self.instance, dbname=name))

    def describe(self, **more: Any) -> list[Any]:
        body = self.rds.api.describe_databases(rds.DescribeDatabasesRequest(dbinstance_id=self.instance, **more)).body
        return list(body.databases.database)

    def grant(self, account: str, name: str, privilege: str = "ReadOnly") -> None:
        self.rds.api.grant_account_privilege(
            rds.GrantAccountPrivilegeRequest(
                dbinstance_id=self.instance, account_name=account, dbname=name, account_privilege=privilege
            )
        )

    def revoke(self, account: str, name: str) -> None:
        self.rds.api.revoke_account_privilege(
            rds.RevokeAccountPrivilegeRequest(dbinstance_id=self.instance, account_name=account, dbname=name)
        )

    def modify(self, name: str, text: str) -> None:
        self.rds.api.modify_dbdescription(
            rds.ModifyDBDescriptionRequest(dbinstance_id=self.instance, dbname=name, dbdescription=text)
        )

    def modify_account(self, name: str, text: str) -> None:
        self.rds.api.modify_account_description(
            rds.ModifyAccountDescriptionRequest(
                dbinstance_id=self.instance, account_name=name, account_description=text
            )
        )

    def available(self, name: str) -> None:
        self.rds.api.check_dbname_available(rds.CheckDBNameAvailableRequest(dbinstance_id=self.instance, dbname=name))

    def account_available(self, name: str) -> None:
        self.rds.api.check_account_name_available(
            rds.CheckAccountNameAvailableRequest(dbinstance_id=self.instance, account_name=name)
        )


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rds]:
    with Running(tmp_path_factory.mktemp("none"), "--engines", "none") as running:
        yield Rds(running)


@pytest.fixture(scope="module")
def mysql(found: Rds) -> Contents:
    """With a database, an account and a privileged one."""
    made = Contents(found, found.create("MySQL", "8.0"))
    made.create("taken")
    for name, kind in (("bob", "Normal"), ("alice", "Super")):
        found.create_account(made.instance, name, PASSWORD, kind)
    found.running.wait_idle()
    return made


@pytest.fixture(scope="module")
def postgres(found: Rds) -> Contents:
    return Contents(found, found.create("PostgreSQL", "15.0"))


def test_databases(found: Rds, mysql: Contents, postgres: Contents) -> None:
    for code, status, contents, values in (
        ("Database.QueryError", 400, mysql, {"name": "Bad"}),
        ("Database.QueryError", 400, mysql, {"name": "a" * 65}),
        ("Database.QueryError", 400, postgres, {"name": "a" * 64, "charset": "UTF8"}),
        ("InvalidDBName.Forbid", 400, mysql, {"name": "mysql"}),
        ("InvalidDBName.Forbid", 400, postgres, {"name": "template1", "charset": "UTF8"}),
        ("InvalidDBName.Duplicate", 400, mysql, {"name": "taken"}),
        ("Database.AddError", 400, mysql, {"charset": "klingon"}),
        ("Database.AddError", 400, mysql, {"collation_name": "gbk_bin"}),
        ("Database.AddError", 400, postgres, {"charset": "gbk"}),
        ("Database.AddError", 400, postgres, {"charset": "UTF8,C,'; DROP"}),
        ("InvalidDescription.Format", 400, mysql, {"dbdescription": "x"}),
        ("InvalidDescription.Format", 400, mysql, {"dbdescription": "http://x"}),
        ("InvalidAccountName.NotFound", 404, mysql, {"account_name": "nobody"}),
        ("InvalidAccountPrivilege.Malformed", 400, mysql, {"account_name": "bob", "account_privilege": "DBOwner"}),
        ("IncorrectAccountType", 403, mysql, {"account_name": "alice"}),
    ):
        with refused(code, status):
            contents.create(**values)
    assert [one.dbname for one in mysql.describe()] == ["taken"]
    for code, status, name in (
        ("InvalidDBName.NotFound", 404, "missing"),
        ("InvalidDBName.Forbid", 400, "mysql"),
    ):
        with refused(code, status):
            mysql.delete(name)
    with refused("InvalidDBName.NotFound", 404):
        mysql.modify("missing", "words")
    with refused("InvalidDescription.Format", 400):
        mysql.modify("taken", "x")
    for code, name in (
        ("InvalidDBName.Duplicate", "taken"),
        ("InvalidDBName.Forbid", "sys"),
        ("Database.QueryError", "9"),
    ):
        with refused(code, 400):
            mysql.available(name)
    mysql.available("free")


def test_postgres_takes_encoding_collate_and_ctype_in_one(postgres: Contents) -> None:
    postgres.create("whole", "UTF8,C,en_US.utf8")
    (shown,) = postgres.describe(dbname="whole")
    assert (shown.character_set_name, shown.collate, shown.ctype, shown.conn_limit) == ("UTF8", "C", "en_US.utf8", "-1")


def test_privileges(mysql: Contents, postgres: Contents) -> None:
    for code, status, values in (
        ("InvalidAccountName.NotFound", 404, ("nobody", "taken")),
        ("InvalidDBName.NotFound", 404, ("bob", "missing")),
        ("InvalidAccountPrivilege.Malformed", 400, ("bob", "taken", "Everything")),
        ("InvalidAccountPrivilege.Malformed", 400, ("bob", "taken", "DBOwner")),
        ("IncorrectAccountType", 403, ("alice", "taken")),
    ):
        with refused(code, status):
            mysql.grant(*values)
        if len(values) == 2:
            with refused(code, status):
                mysql.revoke(*values)
    mysql.grant("bob", "taken")
    with refused("IncorrectAccountStatus", 400):
        mysql.grant("bob", "taken", "ReadWrite")
    with refused("IncorrectAccountStatus", 400):
        mysql.revoke("bob", "taken")
    mysql.modify_account("bob", "while it is changed")
    mysql.rds.wait_account(mysql.instance, "bob")
    mysql.revoke("bob", "taken")
    mysql.rds.wait_account(mysql.instance, "bob")


def test_accounts(mysql: Contents) -> None:
    for code, status, name, text in (
        ("InvalidAccountName.NotFound", 404, "nobody", "words"),
        ("InvalidAccountDescription.Format", 400, "bob", "x"),
    ):
        with refused(code, status):
            mysql.modify_account(name, text)
    for code, name in (
        ("InvalidAccountName.Duplicate", "bob"),
        ("InvalidAccountName.Forbid", "root"),
        ("InvalidAccountName.Malformed", "Bob"),
    ):
        with refused(code, 400):
            mysql.account_available(name)
    mysql.account_available("free")


def test_an_unknown_instance(found: Rds) -> None:
    unknown = Contents(found, "rm-unknown")
    calls: list[Callable[[], Any]] = [
        lambda: unknown.create(),
        lambda: unknown.delete("shop"),
        lambda: unknown.modify("shop", "words"),
        lambda: unknown.available("shop"),
        lambda: unknown.account_available("bob"),
        lambda: unknown.modify_account("bob", "words"),
    ]
    for ask in calls:
        with refused("InvalidDBInstanceName.NotFound", 404):
            ask()
    calls = [
        lambda: unknown.describe(),
        lambda: unknown.grant("bob", "shop"),
        lambda: unknown.revoke("bob", "shop"),
    ]
    for ask in calls:
        with refused("InvalidDBInstanceId.NotFound", 400):
            ask()


def test_states(found: Rds) -> None:
    """While the instance is not Running nothing in it can be changed; an unfinished database cannot be deleted."""
    contents = Contents(found, found.create("MySQL", "8.0"))
    contents.create("kept")
    found.running.wait_idle()
    found.create_account(contents.instance, "bob", PASSWORD, "Normal")
    found.api.restart_dbinstance(rds.RestartDBInstanceRequest(dbinstance_id=contents.instance))
    calls: list[Callable[[], Any]] = [
        lambda: contents.create("other"),
        lambda: contents.delete("kept"),
        lambda: contents.grant("bob", "kept"),
        lambda: contents.revoke("bob", "kept"),
    ]
    for ask in calls:
        with refused("IncorrectDBInstanceState", 403):
            ask()
    found.wait_running(contents.instance)
    contents.delete("kept")
    with refused("InvalidDBName.NotFound", 404):
        contents.grant("bob", "kept")
    with refused("IncorrectDBState", 403):
        contents.delete("kept")
    found.running.wait_idle()
    assert contents.describe() == []
    found.delete(contents.instance)


def test_filters_and_pages(found: Rds) -> None:
    contents = Contents(found, found.create("MySQL", "8.0"))
    for number in range(3):
        contents.create(f"db{number}")
    found.running.wait_idle()
    assert [one.dbname for one in contents.describe(dbstatus="Running")] == ["db0", "db1", "db2"]
    assert contents.describe(dbstatus="Deleting") == []
    (last,) = contents.describe(page_size=2, page_number=2)
    assert (last.dbname, last.total_count, last.page_number, last.page_size) == ("db2", 3, 2, 2)
