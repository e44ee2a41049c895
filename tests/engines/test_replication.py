"""What engines do for replicas: of PostgreSQL all of it, of MariaDB what needs no way between two servers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from jackfield.engines.engine import EngineFailed, EngineMissing
from jackfield.engines.mysql import replication as mariadb
from jackfield.engines.mysql.find import ENVIRONMENT
from jackfield.engines.postgres import PostgresBinaries, PostgresNode, Upstream, find, replication
from jackfield.engines.server_node import INTERNAL, REPLICATION
from jackfield.engines.wire.mysql import Client as MySqlClient
from jackfield.engines.wire.postgres import Client
from tests.engines.databases import SECRET, Lab, laboratory, until

SLOT = replication.slot_name("pgr-Two")

has_mariadb = pytest.mark.skipif(not shutil.which("mariadbd", path="/usr/sbin:/usr/bin"), reason="needs mariadbd")


@pytest.fixture
def lab() -> Iterator[Lab]:
    with laboratory("postgres") as made:
        yield made


def asked(node: PostgresNode) -> Client:
    return Client(node.socket, INTERNAL, SECRET, timeout=20)


def follower(lab: Lab, source: PostgresNode, password: str = "replicas' own") -> PostgresNode:
    """A replica's node that was not started yet, whose source knows it."""
    with asked(source) as client:
        replication.admit(client, SLOT, "replicas' own")
    node: PostgresNode = lab.node("two", upstream=Upstream(folder=source.folder, slot=SLOT, password=password))
    return node


def test_a_replica_replays_and_parts(lab: Lab) -> None:
    source = lab.start()
    replica = follower(lab, source)
    with asked(source) as client:
        client.query("CREATE TABLE t (n int)")
    lab.engine.start(replica)
    lab.engine.wait_ready(replica)
    with asked(source) as client, asked(replica) as reader:
        client.query("INSERT INTO t VALUES (1)")
        wanted = replication.position(client)
        until(lambda: replication.progress(reader, wanted)[1:] == (True, True), "never replayed")
        assert reader.query("SELECT n FROM t") == [("1",)]
        assert replication.delay(reader) == 0
        assert not replication.progress(reader, "F/0")[1]
    lab.engine.stop(source)
    with asked(replica) as reader:
        until(lambda: replication.delay(reader) is None, "follows a server that ended")
        assert reader.query("SELECT n FROM t") == [("1",)]
    lab.engine.start(source)
    lab.engine.wait_ready(source)
    with asked(replica) as reader:
        until(lambda: replication.delay(reader) == 0, "never follows again")
    lab.engine.destroy(replica)
    assert not replica.upstream_link.is_symlink()
    with asked(source) as client:
        until(lambda: replication.dismiss(client, SLOT), "the slot stays")
        assert client.query("SELECT count(*) FROM pg_replication_slots") == [("0",)]


def test_nothing_is_made_with_a_wrong_password(lab: Lab) -> None:
    replica = follower(lab, lab.start(), "wrong")
    with pytest.raises(EngineFailed, match="password authentication failed"):
        lab.engine.start(replica)
    assert not replica.data.exists()


def test_the_password_is_in_no_setting(lab: Lab) -> None:
    replica = follower(lab, lab.start())
    lab.engine.start(replica)
    lab.engine.wait_ready(replica)
    with asked(replica) as reader:
        settings = reader.query("SELECT setting FROM pg_settings WHERE setting LIKE '%replicas%'")
    assert settings == []
    assert replica.passfile.stat().st_mode & 0o777 == 0o600


def test_others_in_charge_of_the_role_are_dismissed(lab: Lab) -> None:
    source = lab.start()
    with asked(source) as client:
        client.query("CREATE ROLE mallory")
        client.query(f"CREATE ROLE {REPLICATION}")
        client.query(f"GRANT {REPLICATION} TO mallory WITH ADMIN OPTION")
    follower(lab, source)
    with asked(source) as client:
        assert client.query("SELECT count(*) FROM pg_auth_members WHERE member = 'mallory'::regrole") == [("0",)]
        rights = client.query(f"SELECT rolreplication, rolsuper FROM pg_roles WHERE rolname = '{REPLICATION}'")
        assert rights == [("t", "f")]


@pytest.mark.parametrize(
    ("have", "wanted", "covered"),
    [
        ("", "", True),
        ("", "0-1-1", False),
        ("0-1-7", "", True),
        ("0-1-7", "0-1-7", True),
        ("0-1-10", "0-1-9", True),
        ("0-1-9", "0-1-10", False),
        ("0-2-9", "0-1-9", True),
        ("0-1-9,1-1-1", "1-1-2,0-1-9", False),
        ("0-1-9, 1-1-2", "1-1-2,0-1-9", True),
    ],
)
def test_positions(have: str, wanted: str, covered: bool) -> None:
    """Of each domain the number counts, not who wrote it."""
    assert mariadb.covers(have, wanted) is covered


@has_mariadb
def test_logs_that_nobody_needs_go() -> None:
    with laboratory("mysql") as lab:
        node = lab.start()
        with MySqlClient(node.socket, INTERNAL, SECRET, 20) as client:

            def names() -> list[str]:
                return [str(row[0]) for row in client.query("SHOW BINARY LOGS")]

            for _ in range(3):
                client.query("FLUSH BINARY LOGS")
            every = names()

            def left(needed: list[str]) -> list[str]:
                """A log is still held for a moment after the next one began; then it stays until the next time."""
                mariadb.discard(client, needed)
                return names()

            until(lambda: left([every[1], every[2]]) == every[1:], "the first stays")
            until(lambda: left([]) == every[-1:], "others stay")
            assert left([]) == every[-1:]


@has_mariadb
def test_a_server_of_an_earlier_release_keeps_no_log() -> None:
    with laboratory("mysql") as lab:
        node = lab.start(settings={"skip-log-bin": "1"})
        with MySqlClient(node.socket, INTERNAL, SECRET, 20) as client:
            assert not mariadb.logs(client)


def test_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without MariaDB there are none."""
    monkeypatch.setenv(ENVIRONMENT, "seekdb")
    with pytest.raises(EngineMissing):
        mariadb.find_tools()


def test_postgres_without_its_client_programs(tmp_path: Path) -> None:
    binaries = find()
    assert replication.copier(binaries).name == "pg_basebackup"
    with pytest.raises(EngineMissing, match="pg_basebackup"):
        replication.copier(PostgresBinaries(str(tmp_path), binaries.version, "environment"))
