"""Read-only instances: what is written to the primary is read from them, and nothing is written to them."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pymysql
import pytest
from alibabacloud_rds20140815 import models

from jackfield.engines.mysql.find import ENVIRONMENT
from jackfield.engines.mysql.replication import covers
from jackfield.products.rds.resources import DBInstance
from jackfield.reconcile.replication_link import PORT
from jackfield.store.sqlite import open_store
from tests.chaos.observing import changes
from tests.rds.conftest import Rds
from tests.rds.databases import ACCOUNT, LOST, PASSWORD, Database, ask, database_of
from tests.rds.replicas import answers, attribute, creation, delete, listed, private, replicate
from tests.running import Running, refused, until

ENGINES = ("postgres", "mariadb")
VERSIONS = {"postgres": ("PostgreSQL", "15.0"), "mariadb": ("MySQL", "8.0")}


@dataclass(frozen=True)
class Pair:
    """A primary with rows in it, and a read-only instance that was made afterwards."""

    database: Database
    replica: str

    @property
    def primary(self) -> str:
        return self.database.instance

    @property
    def rds(self) -> Rds:
        return self.database.rds

    @property
    def version(self) -> str:
        return VERSIONS[self.database.engine][1]

    def write(self, sql: str) -> None:
        answers(self.database, self.primary, sql, database="shop")

    def replicated(self, sql: str, wanted: object) -> None:
        """Waits until the replica answers so."""
        until(
            f"{wanted} on the replica",
            lambda: answers(self.database, self.replica, sql, database="shop") == wanted,
        )


@pytest.fixture(scope="module", params=ENGINES)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    engine: str = request.param
    if engine == "mariadb" and not shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin"):
        pytest.skip("mariadbd is not installed")
    with Running(tmp_path_factory.mktemp(engine)) as running:
        rds = Rds(running)
        database = database_of(engine, rds, rds.create(*VERSIONS[engine]))
        rds.create_account(database.instance)
        answers(database, database.instance, "CREATE DATABASE shop")
        answers(database, database.instance, "CREATE TABLE items (id INT PRIMARY KEY, name TEXT)", database="shop")
        answers(database, database.instance, "INSERT INTO items VALUES (1, 'early')", database="shop")
        yield Pair(database, replicate(rds, database.instance, VERSIONS[engine][1]))


def test_the_replica_has_what_was_there_and_what_comes(pair: Pair) -> None:
    """Running means that it holds at once what was written before."""
    early = answers(pair.database, pair.replica, "SELECT name FROM items WHERE id = 1", database="shop")
    assert early == ("early",)
    pair.write("INSERT INTO items VALUES (2, 'late')")
    pair.replicated("SELECT name FROM items WHERE id = 2", ("late",))
    pair.write("CREATE TABLE more (id INT PRIMARY KEY)")
    pair.replicated("SELECT count(*) FROM more", (0,))


def test_the_replica_refuses_writes(pair: Pair) -> None:
    for sql in ("INSERT INTO items VALUES (9, 'no')", "CREATE TABLE no (id INT)", "CREATE DATABASE no"):
        if pair.database.engine == "postgres":
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction) as refusal:
                answers(pair.database, pair.replica, sql, database="shop")
            assert refusal.value.sqlstate == "25006"
        else:
            with pytest.raises(pymysql.OperationalError) as told:
                answers(pair.database, pair.replica, sql, database="shop")
            assert told.value.args[0] == 1290


def test_accounts_follow_the_primary(pair: Pair) -> None:
    rds_ = pair.rds
    rds_.create_account(pair.primary, "bob", "First-123456", "Normal")
    name = private(rds_, pair.replica)

    def logs_in(password: str) -> bool:
        try:
            pair.database.connect(name, pair.database.port, "bob", password).close()
        except LOST:
            return False
        return True

    until("bob on the replica", lambda: logs_in("First-123456"))
    assert rds_.accounts(pair.replica) == rds_.accounts(pair.primary)
    rds_.api.reset_account_password(
        models.ResetAccountPasswordRequest(
            dbinstance_id=pair.primary, account_name="bob", account_password="Second-123456"
        )
    )
    until("the other password", lambda: logs_in("Second-123456"))
    assert not logs_in("First-123456")
    for call in (
        lambda: rds_.create_account(pair.replica, "carol", PASSWORD, "Normal"),
        lambda: rds_.api.delete_account(models.DeleteAccountRequest(dbinstance_id=pair.replica, account_name="bob")),
        lambda: rds_.api.reset_account_password(
            models.ResetAccountPasswordRequest(
                dbinstance_id=pair.replica, account_name="bob", account_password=PASSWORD
            )
        ),
    ):
        with refused("IncorrectDBInstanceCharacterType", 403):
            call()
    rds_.wait_account(pair.primary, "bob")
    rds_.api.delete_account(models.DeleteAccountRequest(dbinstance_id=pair.primary, account_name="bob"))
    until("bob gone from the replica", lambda: not logs_in("Second-123456"))


def test_databases_and_privileges_follow_the_primary(pair: Pair) -> None:
    """What CreateDatabase and GrantAccountPrivilege make is listed with the replica, and there for its clients."""
    rds_, carl = pair.rds, ("carl", PASSWORD)
    rds_.create_account(pair.primary, *carl, "Normal")
    character_set = "UTF8" if pair.database.engine == "postgres" else "utf8mb4"
    request = models.CreateDatabaseRequest(
        dbinstance_id=pair.primary, dbname="made", character_set_name=character_set, account_name="carl"
    )
    rds_.api.create_database(request)

    def shown(instance: str) -> list[tuple[str, str]]:
        found = rds_.api.describe_databases(models.DescribeDatabasesRequest(dbinstance_id=instance)).body
        return [(one.dbname, one.dbstatus) for one in found.databases.database]

    until("the database", lambda: ("made", "Running") in shown(pair.primary))  # beside those made with SQL
    assert ("made", "Running") in shown(pair.replica)
    rds_.wait_account(pair.primary, "carl")

    def carls(instance: str, sql: str) -> object:
        name, port = private(rds_, instance), pair.database.port
        with pair.database.connect(name, port, *carl, database="made", autocommit=True) as session:
            return ask(session, sql)

    carls(pair.primary, "CREATE TABLE there (n INT PRIMARY KEY)")

    def rows() -> object:
        try:
            return carls(pair.replica, "SELECT count(*) FROM there")
        except (psycopg.Error, pymysql.Error):
            return None

    until("the table on the replica", lambda: rows() == (0,))
    with refused("IncorrectDBInstanceCharacterType", 403):
        request.dbinstance_id = pair.replica
        rds_.api.create_database(request)


def test_descriptions(pair: Pair) -> None:
    primary, replica = attribute(pair.rds, pair.primary), attribute(pair.rds, pair.replica)
    ids = [one.dbinstance_id for one in primary.read_only_dbinstance_ids.read_only_dbinstance_id]
    assert (primary.dbinstance_type, ids, primary.master_instance_id) == ("Primary", [pair.replica], None)
    assert (replica.dbinstance_type, replica.master_instance_id) == ("Readonly", pair.primary)
    assert replica.read_only_dbinstance_ids.read_only_dbinstance_id == []
    assert replica.readonly_instance_sqldelayed_time == "0"
    assert replica.connection_string == private(pair.rds, pair.replica)
    assert pair.replica.startswith("pgr-" if pair.database.engine == "postgres" else "rr-")
    assert listed(pair.rds, dbinstance_type="Readonly") == [pair.replica]
    assert listed(pair.rds, dbinstance_type="Primary") == [pair.primary]
    assert listed(pair.rds) == [pair.primary, pair.replica]

    reply = pair.rds.api.describe_read_dbinstance_delay(
        models.DescribeReadDBInstanceDelayRequest(dbinstance_id=pair.primary, read_instance_id=pair.replica)
    ).body
    assert (reply.dbinstance_id, reply.read_dbinstance_id, reply.delay_time) == (pair.primary, pair.replica, 0)
    item = reply.items.items[0]
    assert item.read_dbinstance_names.read_dbinstance_name == [pair.replica]
    assert item.read_delay_times.read_delay_time == ["0"]
    weights = pair.rds.api.calculate_dbinstance_weight(
        models.CalculateDBInstanceWeightRequest(dbinstance_id=pair.primary)
    ).body.items.dbinstance_weight
    assert [(one.dbinstance_id, one.dbinstance_type, one.weight) for one in weights] == [
        (pair.primary, "Master", "100"),
        (pair.replica, "Readonly", "100"),
    ]


def test_it_has_a_whitelist_and_endpoints_of_its_own(pair: Pair) -> None:
    """The whitelist begins as the primary's; FreshWhiteListReadins changes both."""

    def modify(instance: str, ips: str, **more: str) -> None:
        request = models.ModifySecurityIpsRequest(dbinstance_id=instance, security_ips=ips, **more)
        pair.rds.api.modify_security_ips(request)
        pair.rds.running.wait_idle()

    def enters(instance: str) -> bool:
        try:
            pair.database.connect(private(pair.rds, instance), pair.database.port).close()
        except LOST:
            return False
        return True

    assert attribute(pair.rds, pair.replica).security_iplist == "0.0.0.0/0"
    modify(pair.replica, "10.1.2.3")
    assert (enters(pair.primary), enters(pair.replica)) == (True, False)
    modify(pair.primary, "0.0.0.0/0", fresh_white_list_readins=pair.replica)
    assert enters(pair.replica)
    with refused("Readins.NotFound", 404):
        modify(pair.primary, "0.0.0.0/0", fresh_white_list_readins="rr-unknown")

    public = pair.rds.allocate(pair.replica, "reads-publicly", pair.database.port)
    with pair.database.connect(public, pair.database.port, database="shop") as session:
        assert ask(session, "SELECT name FROM items WHERE id = 1") == ("early",)
    pair.rds.release(pair.replica, public)
    pair.rds.wait_running(pair.replica)


def test_a_primary_is_deleted_after_its_replicas(pair: Pair) -> None:
    """A second replica comes and goes; nothing of it stays with the primary."""
    second = replicate(pair.rds, pair.primary, pair.version, dbinstance_description="second")
    ids = attribute(pair.rds, pair.primary).read_only_dbinstance_ids.read_only_dbinstance_id
    assert [one.dbinstance_id for one in ids] == [pair.replica, second]
    with refused("OperationDenied.ReadDBInstanceStatus", 403):
        pair.rds.api.delete_dbinstance(models.DeleteDBInstanceRequest(dbinstance_id=pair.primary))
    assert answers(pair.database, second, "SELECT count(*) FROM items", database="shop") >= (1,)
    delete(pair.rds, second)
    if pair.database.engine == "postgres":
        left = answers(pair.database, pair.primary, "SELECT count(*) FROM pg_replication_slots")
        assert left == (1,)
    pair.write("INSERT INTO items VALUES (7, 'after')")
    pair.replicated("SELECT name FROM items WHERE id = 7", ("after",))


def test_running_was_seen(pair: Pair) -> None:
    """The change feed tells how far the primary was, and that the replica had got there."""
    (seen,) = [one.evidence for one in changes(pair.rds.running, id=pair.replica) if one.after == "Running"][:1]
    replication = seen["replication"]
    assert replication["primary"] == pair.primary
    if pair.database.engine == "postgres":
        assert _place(replication["replayed"]) >= _place(replication["primary_at"]) > 0
    else:
        assert covers(replication["replayed"], replication["primary_at"])
        assert replication["primary_at"]


def _place(position: str) -> int:
    """A position in PostgreSQL's log as a number."""
    high, _, low = position.partition("/")
    return int(high, 16) << 32 | int(low, 16)


def test_the_way_of_mariadb_is_no_way_around_the_whitelist(pair: Pair) -> None:
    """What the replica follows through admits no account of the primary, with TLS or without."""
    if pair.database.engine != "mariadb":
        pytest.skip("PostgreSQL's replicas follow through a Unix socket")
    store = open_store(pair.rds.running.folder.store)
    with store.read() as view:
        found = view.get(DBInstance, pair.replica)
    store.close()
    assert found is not None
    assert found.link_address
    with socket.create_connection((found.link_address, PORT)) as way:
        assert b"MariaDB" in way.recv(200)
    for more in ({}, {"ssl": {"check_hostname": False}}):
        with pytest.raises(LOST):
            pymysql.connect(host=found.link_address, port=PORT, user=ACCOUNT, password=PASSWORD, **more)

    def admits(certificate: Path) -> bool:
        file = str(certificate)
        try:
            pymysql.connect(
                host=found.link_address, port=PORT, user=ACCOUNT, password=PASSWORD, ssl={"cert": file, "key": file}
            ).close()
        except LOST:
            return False
        return True

    # Of the two of each replica one is for a client, the other one is what clients are shown.
    files = list(pair.rds.running.folder.certificates.glob("*.pem"))
    assert sum(map(admits, files)) * 2 == len(files) > 0
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_a_replica_of_a_replica_is_refused(pair: Pair) -> None:
    with refused("IncorrectCharacterType", 403):
        pair.rds.api.create_read_only_dbinstance(creation(pair.replica, pair.version))


def test_seekdb_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made, and the primary can be deleted."""
    monkeypatch.setenv(ENVIRONMENT, "seekdb")
    with Running(tmp_path) as running:
        rds = Rds(running)
        primary = rds.create("MySQL", "8.0")
        with refused("InvalidDBInstance.NotFound", 404):
            rds.api.create_read_only_dbinstance(creation(primary, "8.0"))
        assert listed(rds) == [primary]
        delete(rds, primary)
