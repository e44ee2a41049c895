"""Accounts and databases of PostgreSQL, MySQL and seekdb servers, as relayed clients meet them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from jackfield.engines.engine import EngineFailed, NoSuchAccount
from jackfield.engines.server_node import Account, Characters
from tests.engines.databases import KINDS, Lab, laboratory


@pytest.fixture(scope="module", params=KINDS)
def shared(request: pytest.FixtureRequest) -> Iterator[Lab]:
    with laboratory(request.param) as made:
        made.start()
        yield made


@pytest.fixture
def lab(shared: Lab) -> Iterator[Lab]:
    """Without accounts of other tests."""
    yield shared
    shared.engine.set_accounts(shared.nodes[0], [])
    for name in ("shop", "sh_p", "shxp", "texts", "others"):
        shared.engine.drop_database(shared.nodes[0], name)


@pytest.fixture
def node(lab: Lab) -> Any:
    return lab.nodes[0]


def test_nobody_gets_in_by_default(lab: Lab, node: Any) -> None:
    for user in ("root", "postgres", "admin", "jackfield", "nobody", "mysql", ""):
        if user or lab.family == "mysql":
            for password in ("", "wrong"):
                assert not lab.lets_in(node, user, password), (user, password)


def test_an_account_logs_in_with_its_password_and_no_other(lab: Lab, node: Any) -> None:
    password = "p'a\\s\"s %s;--"
    for _ in range(2):
        lab.engine.create_account(node, "alice", password)
        assert lab.lets_in(node, "alice", password)
        assert not lab.lets_in(node, "alice", password + "x")
        assert not lab.lets_in(node, "alice", "")
    assert not lab.lets_in(node, "bob", password)


def test_a_password_changes_at_once_and_connections_stay(lab: Lab, node: Any) -> None:
    lab.engine.create_account(node, "alice", "one")
    before = lab.connect(node, "alice", "one")
    lab.engine.reset_password(node, "alice", "two")
    assert before.alive
    assert not lab.lets_in(node, "alice", "one")
    assert lab.lets_in(node, "alice", "two")
    lab.engine.create_account(node, "alice", "three")
    assert not lab.lets_in(node, "alice", "two")
    assert lab.lets_in(node, "alice", "three")


def test_the_password_of_nobody_can_not_be_changed(lab: Lab, node: Any) -> None:
    with pytest.raises(NoSuchAccount):
        lab.engine.reset_password(node, "nemo", "pw")


def test_an_account_that_is_dropped_is_cut_off(lab: Lab, node: Any) -> None:
    lab.engine.create_account(node, "alice", "pw")
    lab.engine.create_database(node, "shop", owner="alice")
    client = lab.connect(node, "alice", "pw", "shop")
    client.run("CREATE TABLE t (n int PRIMARY KEY)")
    client.run("INSERT INTO t VALUES (7)")
    lab.engine.drop_account(node, "alice")
    lab.engine.drop_account(node, "alice")
    assert not client.alive
    assert not lab.lets_in(node, "alice", "pw")
    assert lab.internal(node, "shop").run("SELECT n FROM t") == [(7,)]


def test_accounts_are_made_as_told_and_those_of_clients_stay(lab: Lab, node: Any) -> None:
    lab.internal(node).run(
        "CREATE ROLE theirs LOGIN PASSWORD 'pw'"
        if lab.family == "postgres"
        else "CREATE USER theirs IDENTIFIED BY 'pw'"
    )
    wanted = [Account(name="alice", password="a"), Account(name="bob", password="b", super=True)]
    for _ in range(2):
        lab.engine.set_accounts(node, wanted)
        assert lab.lets_in(node, "alice", "a")
        assert lab.lets_in(node, "bob", "b")
    lab.engine.set_accounts(node, [Account(name="bob", password="new")])
    assert lab.engine.managed(node) == {"bob"}
    assert not lab.lets_in(node, "alice", "a")
    assert lab.lets_in(node, "bob", "new")
    assert lab.lets_in(node, "theirs", "pw")
    lab.engine.drop_account(node, "theirs")
    assert not lab.lets_in(node, "theirs", "pw")


def test_accounts_outlive_the_server(lab: Lab, node: Any) -> None:
    lab.engine.create_account(node, "alice", "pw", super=True)
    lab.engine.restart(node)
    lab.engine.wait_ready(node)
    assert lab.lets_in(node, "alice", "pw")


def test_the_owner_of_a_database_may_do_everything_in_it_and_others_nothing(lab: Lab, node: Any) -> None:
    lab.engine.create_account(node, "alice", "pw")
    lab.engine.create_account(node, "bob", "pw")
    for _ in range(2):
        lab.engine.create_database(node, "shop", owner="alice")
    hers = lab.connect(node, "alice", "pw", "shop")
    hers.run("CREATE TABLE t (n int PRIMARY KEY)")
    hers.run("INSERT INTO t VALUES (1)")
    if lab.family == "postgres":
        assert lab.connect(node, "bob", "pw", "shop").refused("SELECT * FROM t")
        assert lab.connect(node, "bob", "pw").refused("DROP DATABASE shop")
    else:
        his = lab.connect(node, "bob", "pw")
        assert his.refused("SELECT * FROM shop.t")
        assert his.refused("CREATE DATABASE mine")
    lab.engine.drop_database(node, "shop")
    lab.engine.drop_database(node, "shop")
    with pytest.raises(Exception, match=r"shop"):
        lab.connect(node, "alice", "pw", "shop")


def test_a_privileged_account_makes_databases_and_does_not_reach_the_machine(lab: Lab, node: Any) -> None:
    lab.engine.create_account(node, "boss", "pw", super=True)
    boss = lab.connect(node, "boss", "pw")
    boss.run("CREATE DATABASE shop")
    commands: tuple[str, ...]
    if lab.family == "postgres":
        commands = (
            "COPY (SELECT 1) TO PROGRAM 'true'",
            "SELECT pg_read_file('/etc/passwd')",
            "ALTER ROLE boss SUPERUSER",
            "GRANT pg_execute_server_program TO boss",
            "ALTER ROLE jackfield PASSWORD 'mine'",
            "ALTER SYSTEM SET listen_addresses = '*'",
        )
    else:
        commands = (
            "SELECT 1 INTO OUTFILE '/tmp/jackfield-no'",
            "SHUTDOWN",
            "GRANT FILE ON *.* TO boss",
            "GRANT SUPER ON *.* TO boss",
            "SET GLOBAL secure_file_priv = ''",
        )
    assert {command: boss.refused(command) for command in commands} == dict.fromkeys(commands, True)
    lab.engine.create_account(node, "boss", "pw", super=False)
    assert lab.connect(node, "boss", "pw").refused("CREATE DATABASE sh_p")
    lab.engine.create_account(node, "boss", "pw", super=True)


def test_names_of_its_own_are_refused(lab: Lab, node: Any) -> None:
    for name in ("jackfield", "root", "postgres", "pg_monitor", "a'b", "", "a b", "x" * 64):
        with pytest.raises(ValueError, match="can not be the name"):
            lab.engine.create_account(node, name, "pw")
    for password in ("", "a\nb", "pässword"):
        with pytest.raises(ValueError, match="password of account 'alice'"):
            lab.engine.create_account(node, "alice", password)
    with pytest.raises(ValueError, match="name of a database"):
        lab.engine.create_database(node, "a`b")


def test_a_server_that_is_down_takes_no_accounts(lab: Lab, node: Any) -> None:
    lab.engine.stop(node)
    with pytest.raises(EngineFailed):
        lab.engine.create_account(node, "alice", "pw")
    lab.engine.start(node)
    lab.engine.wait_ready(node)


def test_privileges_in_a_database_are_those_of_that_database(lab: Lab, node: Any) -> None:
    if lab.family == "postgres":
        pytest.skip("its tables lie in databases that clients connect to: see tests/rds/test_privileges.py")
    lab.engine.create_account(node, "alice", "pw")
    names = ("sh_p", "shxp")
    for name in names:
        lab.engine.create_database(node, name)
        lab.internal(node).run(f"CREATE TABLE {name}.t (n int PRIMARY KEY)")
    lab.engine.set_grants(node, "alice", {"sh_p": "ReadOnly"}, names)
    hers = lab.connect(node, "alice", "pw")
    assert hers.run("SELECT * FROM sh_p.t") == []
    assert hers.refused("INSERT INTO sh_p.t VALUES (1)")
    # An underscore in GRANT stands for any letter unless told otherwise.
    assert hers.refused("SELECT * FROM shxp.t")
    for privilege in ("DMLOnly", "ReadWrite"):
        lab.engine.set_grants(node, "alice", {"sh_p": privilege}, names)
        hers = lab.connect(node, "alice", "pw")
        hers.run("REPLACE INTO sh_p.t VALUES (1)")
    lab.engine.set_grants(node, "alice", {"sh_p": "DDLOnly"}, names)
    hers = lab.connect(node, "alice", "pw")
    assert hers.refused("INSERT INTO sh_p.t VALUES (3)")
    hers.run("ALTER TABLE sh_p.t ADD COLUMN m int")
    for _ in range(2):
        lab.engine.set_grants(node, "alice", {}, names)
    assert lab.connect(node, "alice", "pw").refused("SELECT * FROM sh_p.t")
    with pytest.raises(NoSuchAccount):
        lab.engine.set_grants(node, "nemo", {"sh_p": "ReadOnly"}, names)


def test_how_a_database_keeps_text(lab: Lab, node: Any) -> None:
    """A collation that the server does not know is replaced by its own, and told so."""
    charset, collate, wrong = ("UTF8", "C", "xx_XX.utf8") if lab.family == "postgres" else (
        "utf8mb4", "utf8mb4_bin", "utf8mb4_xx_ci"
    )  # fmt: skip
    ctype = collate if lab.family == "postgres" else ""
    asked = Characters(charset=charset, collate=collate, ctype=ctype)
    for _ in range(2):
        assert lab.engine.create_database(node, "texts", characters=asked) == asked
    found = lab.engine.create_database(
        node, "others", characters=Characters(charset=charset, collate=wrong, ctype=wrong if ctype else "")
    )
    assert found.charset == charset
    assert found.collate not in ("", wrong)
