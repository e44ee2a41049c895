"""Reads at the replica, everything else at the primary: PyMySQL and the command line before MariaDB servers."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator

import pymysql
import pytest

from tests.engines.databases import SECRET, Connection, until
from tests.relay.conftest import Tlss
from tests.relay.sql.conftest import PASSWORD, USER, Split, catch_up

WHERE = "SELECT name FROM place"


def where(connection: Connection, sql: str = WHERE) -> str:
    return str(connection.run(sql)[-1][-1])


@pytest.fixture
def client(mysplit: Split) -> Iterator[Connection]:
    mysplit.listen(max_delay=3600.0)
    connection = mysplit.connect()
    assert where(connection) == "replica"
    yield connection
    catch_up(mysplit.fleet)


def test_reads_and_writes_part(client: Connection) -> None:
    client.run("CREATE OR REPLACE TABLE things (id int auto_increment primary key, name text)")
    client.run("INSERT INTO things (name) VALUES ('a'), ('b')")
    assert client.run("SELECT @@read_only") == [(1,)]
    assert client.run("SELECT last_insert_id()") == [(1,)]
    assert client.run("SELECT id FROM things") == [(1,), (2,)]  # the replica has no such table
    assert where(client) == "replica"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM place FOR UPDATE",
        "SELECT name FROM place LOCK IN SHARE MODE",
        "SELECT row_count(), name FROM place",
        "SELECT @@last_insert_id, name FROM place",
        "SELECT connection_id(), name FROM place",
        "SELECT (SELECT count(*) FROM information_schema.processlist) > 0, name FROM place",
    ],
)
def test_what_locks_or_asks_about_the_session_runs_at_the_primary(client: Connection, sql: str) -> None:
    assert where(client, sql) == "primary"
    assert where(client) == "replica"


@pytest.mark.parametrize(
    "sql",
    [
        "SET @mine = 1",
        "SELECT @mine := 1",
        "SET SESSION sql_mode = 'ANSI'",
        "CREATE TEMPORARY TABLE mine (id int)",
        "SELECT get_lock('mine', 1)",
        "LOCK TABLES place READ",
        "PREPARE mine FROM 'SELECT 1'",
        "SELECT /*! 1 */",
        "SELECT unknown_to_us()",
        "SET NAMES gbk",
    ],
)
def test_what_leaves_something_behind_keeps_the_session_at_the_primary(client: Connection, sql: str) -> None:
    client.run("CREATE OR REPLACE FUNCTION unknown_to_us() RETURNS int RETURN 1")
    assert where(client) == "replica"
    client.run(sql)
    for _ in range(3):
        assert where(client) == "primary"


def test_transactions_and_autocommit(client: Connection) -> None:
    client.run("BEGIN")
    assert where(client) == "primary"
    client.run("COMMIT")
    assert where(client) == "replica"
    client.raw.autocommit(False)
    assert where(client) == "primary"
    client.raw.commit()
    assert where(client) == "primary"
    client.raw.autocommit(True)
    assert where(client) == "replica"
    client.run("BEGIN")
    client.run("CREATE OR REPLACE TABLE things (id int)")  # commits
    assert where(client) == "replica"


def test_the_database_and_the_character_set_follow(client: Connection) -> None:
    base = "SELECT name, base FROM place"
    assert client.run(base) == [("replica", "shop")]
    client.raw.select_db("other")
    assert client.run(base) == [("replica", "other")]
    client.run("USE shop")
    assert client.run(base) == [("replica", "shop")]
    client.run("USE `other`")
    assert client.run(base) == [("replica", "other")]
    charset = "SELECT @@character_set_client, @@read_only"
    assert client.run(charset) == [("utf8mb4", 1)]
    client.raw.set_character_set("latin1")
    assert client.run(charset) == [("latin1", 1)]
    with pytest.raises(pymysql.err.OperationalError):
        client.raw.select_db("none")
    assert client.run(base) == [("replica", "other")]


def test_warnings_and_found_rows_tell_of_the_read_before(client: Connection) -> None:
    client.run("SELECT 1/0 FROM place")
    assert client.run("SHOW COUNT(*) WARNINGS") == [(1,)]
    client.run("SELECT SQL_CALC_FOUND_ROWS 1 UNION SELECT 2 UNION SELECT 3 LIMIT 1")
    assert client.run("SELECT found_rows()") == [(3,)]
    client.run(WHERE)
    assert client.run("SHOW WARNINGS") == []


def test_a_running_read_can_be_killed_at_the_replica(mysplit: Split, client: Connection) -> None:
    other = mysplit.connect()
    killer = threading.Timer(0.5, other.run, (f"KILL QUERY {client.raw.thread_id()}",))
    killer.start()
    begun = time.monotonic()
    with pytest.raises(pymysql.err.OperationalError) as found:
        client.run("SELECT count(*) FROM place WHERE sleep(30) = name")
    assert found.value.args[0] == 1317
    assert time.monotonic() - begun < 15
    assert where(client) == "replica"


def test_commands_in_a_row_without_waiting_are_answered_in_order(client: Connection) -> None:
    """No driver does so; the protocol does not forbid it. The last begins in the same bytes as what pins."""
    long = "y" * 300_000
    sql = (WHERE, "SELECT name FROM place FOR UPDATE", WHERE, "SET @mine = 7", f"SELECT @mine, length('{long}')")
    client.raw._sock.sendall(b"".join(_command(one) for one in sql))
    found = []
    for one in sql:
        client.raw._next_seq_id = 1
        client.raw._read_query_result()
        found.append(client.raw._result.rows if not one.startswith("SET") else None)
    assert found == [(("replica",),), (("primary",),), (("replica",),), None, ((7, 300_000),)]


def _command(sql: str) -> bytes:
    body = b"\x03" + sql.encode()
    return len(body).to_bytes(3, "little") + b"\0" + body


def test_errors_are_the_primarys_own(client: Connection) -> None:
    for sql, code in (("SELEC 1", 1064), ("SELECT nothing FROM place", 1054), ("SELECT * FROM nowhere", 1146)):
        with pytest.raises(pymysql.err.MySQLError) as found:
            client.run(sql)
        assert found.value.args[0] == code


def test_several_statements_and_large_results(mysplit: Split, client: Connection) -> None:
    several = mysplit.connect(client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS)
    with several.raw.cursor() as cursor:
        cursor.execute("SELECT name FROM place; SELECT base FROM place")
        assert cursor.fetchall() == (("replica",),)
        assert cursor.nextset()
        assert cursor.fetchall() == (("shop",),)
        cursor.execute("SELECT name FROM place; DELETE FROM place WHERE false")
        assert cursor.fetchall() == (("primary",),)
    for node in mysplit.fleet.nodes:
        mysplit.fleet.lab.internal(node).run("SET GLOBAL max_allowed_packet = 67108864")
    large = mysplit.connect(max_allowed_packet=64 << 20)
    [(text, place)] = large.run("SELECT repeat('x', 40000000), name FROM place")
    assert (len(text), place) == (40_000_000, "replica")
    rows = client.run("SELECT seq, name FROM seq_1_to_100000, place")
    assert (len(rows), rows[-1]) == (100_000, (100_000, "replica"))
    long = "y" * 17_000_000
    assert large.run(f"SELECT length('{long}')") == [(17_000_000,)]


def test_who_can_not_log_in_is_told_by_the_server(mysplit: Split) -> None:
    for given, code in (({"password": "wrong"}, 1045), ({"database": "none"}, 1049)):
        with pytest.raises(pymysql.err.OperationalError) as found:
            mysplit.connect(**given)
        assert found.value.args[0] == code


def test_a_late_replica_is_not_read_from(mysplit: Split, client: Connection) -> None:
    mysplit.listen(max_delay=0.2)
    assert where(client) == "replica"
    client.run("CREATE OR REPLACE TABLE things (id int)")
    until(lambda: mysplit.health()[1].healthy is False, "the replica is late")
    assert where(client) == "primary"
    catch_up(mysplit.fleet)
    until(lambda: mysplit.health()[1].healthy is True, "the replica has caught up")
    assert where(client) == "replica"


def test_a_server_that_takes_writes_is_no_replica(mysplit: Split, client: Connection) -> None:
    internal = mysplit.fleet.lab.internal(mysplit.fleet.nodes[1])
    internal.run("SET GLOBAL read_only = 0")
    try:
        until(lambda: mysplit.health()[1].healthy is False, "it is none")
        assert where(client) == "primary"
    finally:
        internal.run("SET GLOBAL read_only = 1")
    until(lambda: mysplit.health()[1].healthy is True, "it is one again")


def test_reads_go_on_while_the_replica_dies(mysplit: Split, client: Connection) -> None:
    lab, node = mysplit.fleet.lab, mysplit.fleet.nodes[1]
    failures: list[BaseException] = []
    ended = threading.Event()
    answers: list[str] = []

    def read() -> None:
        try:
            while not ended.is_set():
                answers.append(where(client))
        except BaseException as error:
            failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        until(lambda: len(answers) > 100, "reads")
        lab.engine.stop(node)
        seen = len(answers)
        until(lambda: answers[seen:].count("primary") > 100, "reads at the primary")
    finally:
        lab.engine.start(node)
        lab.engine.wait_ready(node)
        lab.internal(node).run("SET GLOBAL read_only = 1")
        until(lambda: answers[-20:].count("replica") > 10 or bool(failures), "reads at the replica")
        ended.set()
        reader.join()
    assert failures == []


def test_tls(mysplit: Split, tlss: Tlss) -> None:
    mysplit.listen(max_delay=3600.0, tls=tlss.tls("mysql", mysplit.route.address))
    connection = mysplit.connect(ssl={"ca": str(tlss.ca)})
    assert where(connection) == "replica"
    assert where(connection, "SELECT name FROM place FOR UPDATE") == "primary"


def test_the_command_line(mysplit: Split) -> None:
    program = shutil.which("mysql") or shutil.which("mariadb")
    if program is None:
        pytest.skip("there is no mysql command line")
    mysplit.listen(max_delay=3600.0)
    script = "SELECT name FROM place; USE other; SELECT name, base FROM place; BEGIN; SELECT name FROM place; COMMIT;"
    argv = [program, f"-h{mysplit.route.address}", f"-P{mysplit.route.port}", f"-u{USER}", f"-p{PASSWORD}", "-N"]
    done = subprocess.run([*argv, "--skip-ssl", "shop", "-e", script], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["replica", "replica", "other", "primary"]


def test_passwords_are_in_no_log(mysplit: Split, client: Connection) -> None:
    text = mysplit.bench.relay.log.read_text()
    assert PASSWORD not in text
    assert SECRET not in text
