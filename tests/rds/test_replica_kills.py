"""Servers and the API are killed while a read-only instance is made and while its primary is written to."""

from __future__ import annotations

import os
import random
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jackfield.engines.mysql import MySqlEngine, MySqlNode
from jackfield.folder import read_process
from jackfield.processes import identify
from jackfield.store.secrets import KeyRing
from tests.rds.conftest import Rds
from tests.rds.databases import LOST, Database, ask, database_of
from tests.rds.replicas import answers, attribute, creation, delete, private, replicate
from tests.rds.test_replicas import VERSIONS
from tests.running import Running, kill, until

pytestmark = pytest.mark.chaos

SEED = 20261122


class Writer(threading.Thread):
    """Inserts numbers into a primary, one a transaction, and remembers those that were acknowledged."""

    def __init__(self, database: Database) -> None:
        super().__init__(daemon=True)
        self._database = database
        self._ended = threading.Event()
        self.acknowledged: list[int] = []

    def run(self) -> None:
        number = 0
        while not self._ended.is_set():
            try:
                name = private(self._database.rds, self._database.instance)
                session = self._database.connect(name, self._database.port, database="shop", autocommit=True)
            except Exception:
                self._ended.wait(0.02)  # the server or the API is being started again
                continue
            try:
                while not self._ended.is_set():
                    number += 1
                    ask(session, f"INSERT INTO numbers VALUES ({number})")
                    self.acknowledged.append(number)
            except LOST:
                session.close()
            else:
                session.close()

    def goes_on(self) -> None:
        """Waits for further acknowledgements."""
        seen = len(self.acknowledged)
        until("the load going on", lambda: len(self.acknowledged) > seen + 20)

    def end(self) -> list[int]:
        self._ended.set()
        self.join(20)
        assert not self.is_alive()
        return self.acknowledged


@pytest.fixture(params=["postgres", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    engine: str = request.param
    if engine == "mariadb" and not shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin"):
        pytest.skip("mariadbd is not installed")
    with Running(tmp_path, "--pace", "instant") as running:
        rds = Rds(running)
        database = database_of(engine, rds, rds.create(*VERSIONS[engine]))
        rds.create_account(database.instance)
        answers(database, database.instance, "CREATE DATABASE shop")
        answers(database, database.instance, "CREATE TABLE numbers (n BIGINT PRIMARY KEY)", database="shop")
        yield database


def kill_server(running: Running, instance: str) -> None:
    process = read_process(running.folder.engine_folder(instance, 0) / "process.json")
    assert process is not None, instance
    kill(process)


def caught_up(database: Database, replica: str, numbers: list[int]) -> bool:
    """Whether the replica answers, and has all of these."""
    try:
        session = database.connect(private(database.rds, replica), database.port, database="shop")
        with session, session.cursor() as cursor:
            cursor.execute("SELECT n FROM numbers")
            return set(numbers) <= {number for (number,) in cursor.fetchall()}
    except LOST:
        return False


def wait_for(database: Database, replica: str, numbers: list[int]) -> None:
    until(f"{len(numbers)} numbers on the replica", lambda: caught_up(database, replica, numbers))


@pytest.mark.timeout(120)
def test_under_load(database: Database) -> None:
    """The primary's server, the replica's, the API and the relays are killed, then everything, and it is started again:
    what was acknowledged is on both in the end.
    """
    running = database.rds.running
    replica = replicate(database.rds, database.instance, VERSIONS[database.engine][1])
    writer = Writer(database)
    writer.start()
    for victim in (database.instance, replica, "api", "relays", replica, database.instance):
        writer.goes_on()
        if victim == "api":
            running.kill_api()
            running.wait_ready()
        elif victim == "relays":
            for relay in filter(None, map(identify, running.ready.relay_pids)):
                kill(relay)
        else:
            kill_server(running, victim)
    writer.goes_on()
    acknowledged = writer.end()
    wait_for(database, replica, acknowledged)
    running.kill_all()
    running.up()
    again = database_of(database.engine, Rds(running), database.instance)
    wait_for(again, replica, acknowledged)
    answers(again, again.instance, "INSERT INTO numbers VALUES (-1)", database="shop")
    wait_for(again, replica, [-1])


@pytest.mark.timeout(120)
def test_creation_under_load(database: Database) -> None:
    """The API is killed at some moment of each creation: it is completed, holds what was acknowledged, and the
    deletion leaves nothing. The primary loses no session of its own.
    """
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    running = database.rds.running
    writer = Writer(database)
    writer.start()
    request = creation(database.instance, VERSIONS[database.engine][1])
    for _ in range(2):
        replica = Rds(running).api.create_read_only_dbinstance(request).body.dbinstance_id
        threading.Event().wait(chance.uniform(0.0, 1.5))
        running.kill_api()
        running.wait_ready()
        rds = Rds(running)
        rds.wait_running(replica)
        wait_for(database, replica, list(writer.acknowledged))
        delete(rds, replica)
    acknowledged = writer.end()
    assert len(acknowledged) > 20
    ids = attribute(Rds(running), database.instance).read_only_dbinstance_ids.read_only_dbinstance_id
    assert ids == []
    if database.engine == "postgres":
        assert answers(database, database.instance, "SELECT count(*) FROM pg_replication_slots") == (0,)


@pytest.mark.timeout(60)
def test_servers_die_while_a_replica_is_made(database: Database) -> None:
    """First the primary's, in the middle of the copy, then the replica's own."""
    running = database.rds.running
    request = creation(database.instance, VERSIONS[database.engine][1])
    replica = database.rds.api.create_read_only_dbinstance(request).body.dbinstance_id
    folder = running.folder.engine_folder(replica, 0)
    until("the replica's folder", folder.is_dir)
    kill_server(running, database.instance)
    until("the replica's server", lambda: read_process(folder / "process.json"))
    kill_server(running, replica)
    database.rds.wait_running(replica)
    answers(database, database.instance, "INSERT INTO numbers VALUES (1)", database="shop")
    wait_for(database, replica, [1])


def test_a_primary_that_keeps_no_log_is_started_again(tmp_path: Path) -> None:
    """A server of MariaDB that an earlier release started, and this one adopted, cannot be followed as it is."""
    if not shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin"):
        pytest.skip("mariadbd is not installed")
    with Running(tmp_path, "--pace", "instant") as running:
        rds = Rds(running)
        database = database_of("mariadb", rds, rds.create("MySQL", "8.0"))
        rds.create_account(database.instance)
        running.kill_supervisor()
        running.kill_api()
        kill_server(running, database.instance)
        folder = running.folder
        node = MySqlNode(
            id=database.instance,
            folder=folder.engine_folder(database.instance, 0),
            socket=folder.engine_socket(database.instance, 0),
            password=KeyRing.open(folder.root).derive(f"rds {database.instance}"),
            settings={"skip-log-bin": "1"},
        )
        engine = MySqlEngine()
        old = engine.start(node)
        engine.wait_ready(node)
        running.up()
        rds = Rds(running)
        database = database_of("mariadb", rds, database.instance)
        assert identify(old.pid) == old
        replica = replicate(rds, database.instance, "8.0")
        assert identify(old.pid) != old
        answers(database, database.instance, "CREATE DATABASE late")
        until("the database", lambda: answers(database, replica, "SHOW DATABASES LIKE 'late'") == ("late",))
