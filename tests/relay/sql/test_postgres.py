"""Reads at the replicas, everything else at the primary: psycopg through a route before real servers."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from jackfield.engines.wire.postgres import Client
from tests.engines.databases import SECRET, Connection, until
from tests.relay.conftest import Tlss
from tests.relay.sql.conftest import PASSWORD, Split

WHERE = "SELECT pg_is_in_recovery()"


def at_replica(connection: Connection, sql: str = WHERE) -> bool:
    answer = connection.run(sql)[-1][-1]
    return bool(answer)


@pytest.fixture
def client(split: Split) -> Connection:
    """One whose table ``things`` is at the replica, too."""
    connection = split.connect()
    connection.run("DROP TABLE IF EXISTS things")
    connection.run("CREATE TABLE things (id int primary key, name text)")
    connection.run("INSERT INTO things VALUES (1, 'one')")
    until(lambda: connection.run("SELECT to_regclass('things'), pg_is_in_recovery()") == [("things", True)], "a table")
    until(lambda: connection.run("SELECT count(*), pg_is_in_recovery() FROM things") == [(1, True)], "the row")
    return connection


def test_reads_go_to_the_replica_and_writes_to_the_primary(client: Connection) -> None:
    assert at_replica(client)
    client.run("UPDATE things SET name = 'eins'")
    until(lambda: client.run("SELECT name, pg_is_in_recovery() FROM things") == [("eins", True)], "the update")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT pg_is_in_recovery() FROM things FOR UPDATE",
        "SELECT pg_is_in_recovery() FROM things FOR KEY SHARE",
        "WITH gone AS (DELETE FROM things RETURNING id) SELECT pg_is_in_recovery() FROM gone",
        "SELECT nextval('counter'), pg_is_in_recovery()",
        "SELECT txid_current(), pg_is_in_recovery()",
        "INSERT INTO things VALUES (2, 'two'); SELECT pg_is_in_recovery()",
        "EXPLAIN (ANALYZE, COSTS off, TIMING off) SELECT 1",
        "SHOW transaction_read_only",
    ],
)
def test_what_writes_or_locks_runs_at_the_primary_and_reads_go_on_at_the_replica(client: Connection, sql: str) -> None:
    client.run("CREATE SEQUENCE IF NOT EXISTS counter")
    if sql.startswith("SHOW"):
        assert client.run(sql) == [("off",)]
    elif sql.startswith("EXPLAIN"):
        assert client.run(sql)
    elif ";" in sql:
        client.run(sql)
        assert client.run("SELECT name FROM things FOR SHARE") == [("one",), ("two",)]
    else:
        assert not at_replica(client, sql)
    assert at_replica(client)


@pytest.mark.parametrize(
    "sql",
    [
        "SET application_name = 'mine'",
        "SELECT set_config('work_mem', '1MB', false)",
        "CREATE TEMP TABLE mine (id int)",
        "SELECT id INTO TEMPORARY mine FROM things",
        "SELECT pg_advisory_lock(7)",
        "LISTEN news",
        "PREPARE mine(int) AS SELECT $1",
        "DO $$ BEGIN PERFORM set_config('work_mem', '1MB', false); END $$",
        "SELECT unknown_to_us()",
    ],
)
def test_what_leaves_something_behind_keeps_the_session_at_the_primary(client: Connection, sql: str) -> None:
    client.run("CREATE OR REPLACE FUNCTION unknown_to_us() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    assert at_replica(client)
    client.run(sql)
    for _ in range(3):
        assert not at_replica(client)


def test_a_transaction_sees_its_own_writes(split: Split, client: Connection) -> None:
    with client.raw.transaction():
        client.run("INSERT INTO things VALUES (7, 'seven')")
        assert client.run("SELECT id FROM things ORDER BY id") == [(1,), (7,)]
        assert not at_replica(client)
        client.run("SET LOCAL work_mem = '1MB'")
    assert at_replica(client)  # SET LOCAL ended with its transaction
    client.raw.autocommit = False
    client.run("DELETE FROM things")
    client.raw.rollback()
    client.raw.autocommit = True
    assert at_replica(client)


def test_prepared_reads_are_split_as_well(client: Connection) -> None:
    """psycopg prepares with the sixth execution; then the replica has to be told what the primary was told."""
    for number in range(12):
        [(answer, given)] = client.raw.execute("SELECT pg_is_in_recovery(), %s::int", [number]).fetchall()
        assert (answer, given) == (True, number)
    prepared = client.run("SELECT count(*) FROM pg_prepared_statements")
    assert prepared == [(1,)]
    for number in range(12):
        client.raw.execute("UPDATE things SET name = %s WHERE id = %s", [str(number), 1])
    with client.raw.transaction():
        assert client.raw.execute("SELECT pg_is_in_recovery(), %s::int", [1]).fetchall() == [(False, 1)]
    assert client.raw.execute("SELECT pg_is_in_recovery(), %s::int", [1]).fetchall() == [(True, 1)]
    client.run("DEALLOCATE ALL")
    assert client.raw.execute("SELECT pg_is_in_recovery(), %s::int", [1]).fetchall() == [(True, 1)]


def test_an_unnamed_statement_is_where_it_is_run(split: Split) -> None:
    """Parsed and run at the replica, then bound again inside a transaction: the primary is given it first."""
    connection = split.connect()
    wire = connection.raw.pgconn
    assert wire.exec_params(b"SELECT pg_is_in_recovery(), $1::int", [b"1"]).get_value(0, 0) == b"t"
    assert wire.exec_(b"BEGIN").status == psycopg.pq.ExecStatus.COMMAND_OK
    assert wire.exec_params(b"SELECT pg_is_in_recovery(), $1::int", [b"2"]).get_value(0, 0) == b"f"
    assert wire.exec_(b"COMMIT").status == psycopg.pq.ExecStatus.COMMAND_OK
    wire.prepare(b"", b"SELECT pg_is_in_recovery(), $1::int")
    assert wire.exec_prepared(b"", [b"3"]).get_value(0, 0) == b"t"
    assert wire.exec_prepared(b"", [b"3"]).get_value(0, 1) == b"3"
    assert wire.exec_params(b"SELECT pg_is_in_recovery(), $1::text", [b"x"]).get_value(0, 0) == b"t"
    assert wire.exec_(b"BEGIN").status == psycopg.pq.ExecStatus.COMMAND_OK
    assert wire.exec_(b"ROLLBACK").status == psycopg.pq.ExecStatus.COMMAND_OK


def test_pipelines_keep_their_order(client: Connection) -> None:
    with client.raw.pipeline(), client.raw.cursor() as one, client.raw.cursor() as other, client.raw.cursor() as third:
        one.execute("SELECT id FROM things WHERE id = %s", [1])
        other.execute("INSERT INTO things VALUES (%s, 'five') RETURNING id", [5])
        third.execute("SELECT 3")
        assert one.fetchall() == [(1,)]
        assert other.fetchall() == [(5,)]
        assert third.fetchall() == [(3,)]
    assert at_replica(client)


def test_what_comes_with_the_statement_that_pins_is_not_lost(client: Connection) -> None:
    """SET, and behind it, in the same bytes, the beginning of something long."""
    text = "x" * 3_000_000
    with client.raw.pipeline(), client.raw.cursor() as one, client.raw.cursor() as other:
        one.execute("SET work_mem = '1MB'")
        other.execute("SELECT length(%s::text), pg_is_in_recovery()", [text])
        assert other.fetchall() == [(3_000_000, False)]
    assert client.run("SHOW work_mem") == [("1MB",)]


def test_copy_both_ways(client: Connection) -> None:
    with client.raw.cursor() as cursor:
        with cursor.copy("COPY things FROM STDIN") as copy:
            for number in range(100, 5100):
                copy.write_row((number, "x" * 200))
        with cursor.copy("COPY (SELECT id FROM things WHERE id >= 100 ORDER BY id) TO STDOUT") as copy:
            assert sum(1 for _ in copy.rows()) == 5000
    until(lambda: client.run("SELECT count(*), pg_is_in_recovery() FROM things") == [(5001, True)], "the copy")
    assert sum(len(name) for (name,) in client.run("SELECT repeat(name, 100) FROM things WHERE id >= 100")) == 10**8


def test_errors_are_the_primarys_own(client: Connection) -> None:
    for sql, error in (
        ("SELECT 1/0", psycopg.errors.DivisionByZero),
        ("SELECT nothing FROM things", psycopg.errors.UndefinedColumn),
        ("SELEC 1", psycopg.errors.SyntaxError),
    ):
        with pytest.raises(error):
            client.run(sql)
    assert client.run("") == []


def test_a_table_that_the_replica_does_not_have_yet_is_read_at_the_primary(
    split: Split, client: Connection, late: None
) -> None:
    client.run("DROP TABLE IF EXISTS brand_new")
    client.run("CREATE TABLE brand_new AS SELECT 1 AS id")
    assert client.run("SELECT id FROM brand_new") == [(1,)]
    assert at_replica(client)


@pytest.fixture
def late(split: Split) -> Iterator[None]:
    """The replica replays nothing."""
    with Client(split.fleet.nodes[1].socket, "jackfield", SECRET) as replica:
        replica.query("SELECT pg_wal_replay_pause()")
        until(lambda: replica.query("SELECT pg_get_wal_replay_pause_state()") == [("paused",)], "a pause")
        yield
        replica.query("SELECT pg_wal_replay_resume()")


def test_a_late_replica_is_not_read_from_until_it_has_caught_up(split: Split, client: Connection, late: None) -> None:
    split.listen(max_delay=1.0)
    assert at_replica(client)
    client.run("UPDATE things SET name = 'new'")
    until(lambda: split.health()[1].healthy is False, "the replica is late")
    assert client.run("SELECT name, pg_is_in_recovery() FROM things") == [("new", False)]
    assert "behind the primary" in split.health()[1].reason
    with Client(split.fleet.nodes[1].socket, "jackfield", SECRET) as replica:
        replica.query("SELECT pg_wal_replay_resume()")
    until(lambda: split.health()[1].healthy is True, "the replica has caught up")
    assert client.run("SELECT name, pg_is_in_recovery() FROM things") == [("new", True)]


def test_weights(split: Split) -> None:
    split.listen(weights=(100, 300, 100))
    connection = split.connect()
    # A server's own settings tell which it is.
    found: list[bool] = [at_replica(connection) for _ in range(50)]
    assert found.count(False) == 10
    sent = {one.name: one.connections for one in split.health()}
    assert min(sent["n1"], sent["n2"]) >= 1


def _processes(split: Split, index: int) -> list[int]:
    folder = str(split.fleet.nodes[index].folder)
    return [pid for pid in split.fleet.lab.pids() if os.readlink(f"/proc/{pid}/cwd").startswith(folder)]


@contextlib.contextmanager
def _stopped(pids: list[int]) -> Iterator[None]:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_a_frozen_replica_costs_a_moment_and_no_error(split: Split, client: Connection) -> None:
    with _stopped(_processes(split, 1)):
        begun = time.monotonic()
        assert not at_replica(client)
        assert time.monotonic() - begun < 10
        until(lambda: split.health()[1].healthy is False, "the replica is taken for dead")
        assert not at_replica(client)
    until(lambda: split.health()[1].healthy is True, "the replica is back")
    assert at_replica(client)


def test_reads_go_on_while_a_replica_dies_and_comes_back(split: Split, client: Connection) -> None:
    lab, node = split.fleet.lab, split.fleet.nodes[1]
    failures: list[BaseException] = []
    ended = threading.Event()
    answers: list[bool] = []

    def read() -> None:
        try:
            while not ended.is_set():
                answers.append(at_replica(client))
        except BaseException as error:
            failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        until(lambda: len(answers) > 100, "reads")
        lab.engine.stop(node)
        seen = len(answers)
        until(lambda: answers[seen:].count(False) > 100, "reads at the primary")
        lab.engine.start(node)
        lab.engine.wait_ready(node)
        seen = len(answers)
        until(lambda: answers[seen:].count(True) > 100, "reads at the replica")
    finally:
        ended.set()
        reader.join()
        if not failures:
            lab.engine.start(node)
            lab.engine.wait_ready(node)
    assert failures == []


def test_notifications_arrive(split: Split) -> None:
    listener, speaker = split.connect(), split.connect()
    listener.run("LISTEN news")
    assert at_replica(speaker)
    speaker.run("NOTIFY news, 'hello'")
    [found] = list(listener.raw.notifies(timeout=20, stop_after=1))
    assert found.payload == "hello"


def test_a_running_read_can_be_cancelled_at_the_replica(split: Split) -> None:
    connection = split.connect()
    assert at_replica(connection)
    cancel = threading.Timer(0.5, connection.raw.cancel)
    cancel.start()
    begun = time.monotonic()
    with pytest.raises(psycopg.errors.QueryCanceled):
        connection.run("SELECT pg_sleep(30)")
    assert time.monotonic() - begun < 20
    assert at_replica(connection)
    cancel = threading.Timer(0.5, connection.raw.cancel)
    cancel.start()
    with pytest.raises(psycopg.errors.QueryCanceled):
        connection.run("SELECT pg_sleep(30), txid_current()")


def test_who_can_not_log_in_is_told_by_the_server(split: Split) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        split.connect(password="wrong")
    with pytest.raises(psycopg.OperationalError, match='database "none" does not exist'):
        split.connect(dbname="none")


def test_a_changed_password_keeps_old_sessions_at_the_primary_and_splits_new_ones(split: Split) -> None:
    early = split.connect()
    lab, primary = split.fleet.lab, split.fleet.nodes[0]
    try:
        lab.engine.reset_password(primary, "alice", "another-1")
        assert not at_replica(early)
        new = split.connect(password="another-1")
        until(lambda: at_replica(new), "the replica knows the password")
    finally:
        lab.engine.reset_password(primary, "alice", PASSWORD)


def test_tls(split: Split, tlss: Tlss) -> None:
    split.listen(tls=tlss.tls("postgres", split.route.address))
    connection = split.connect(sslmode="verify-full", sslrootcert=str(tlss.ca))
    assert connection.raw.pgconn.ssl_in_use
    assert at_replica(connection)
    assert len(connection.run("SELECT repeat('x', 3000000)")[0][0]) == 3_000_000


def test_passwords_are_in_no_log(split: Split, client: Connection) -> None:
    assert at_replica(client)
    text = split.bench.relay.log.read_text()
    assert PASSWORD not in text
    assert SECRET not in text


def test_a_hold_waits_for_answers_and_loses_nothing(split: Split, client: Connection) -> None:
    assert at_replica(client)
    slow = threading.Thread(target=client.run, args=("SELECT pg_sleep(0.5)",))
    slow.start()
    other = split.connect()
    until(lambda: "n1" in [one.name for one in split.health() if one.connections], "a read")
    control: Any = split.bench.client
    control.hold("o", 10.0)
    begun = time.monotonic()
    waiting: list[bool] = []
    reader = threading.Thread(target=lambda: waiting.append(at_replica(other)))
    reader.start()
    reader.join(0.2)
    assert waiting == []
    control.resume("o")
    reader.join()
    slow.join()
    assert waiting == [True]
    assert time.monotonic() - begun < 10
