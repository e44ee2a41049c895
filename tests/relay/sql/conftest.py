"""A primary and two replicas of each database, and routes of mode ``sql`` before them."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jackfield.engines.postgres import Upstream
from jackfield.engines.postgres.replication import admit, slot_name
from jackfield.engines.wire.mysql import Client as MySqlClient
from jackfield.engines.wire.postgres import Client
from jackfield.relay.messages import BackendHealth
from jackfield.relay.route import Backend, Route, Splitting
from tests.engines.databases import SECRET, Connection, Lab, laboratory
from tests.relay.conftest import Bench, addresses, bench, folder, relay, tlss, tools, until

__all__ = ["addresses", "bench", "folder", "relay", "tlss", "tools"]

USER, PASSWORD = "alice", "wonder-land1"


class Fleet:
    """One primary and its replicas. :ivar nodes: the primary first."""

    def __init__(self, lab: Lab, nodes: list[Any]) -> None:
        self.lab = lab
        self.nodes = nodes
        self.protocol = lab.family if lab.family == "mysql" else "postgres"

    def target(self, index: int) -> str:
        target: str = self.lab.engine.target(self.nodes[index])
        return target


class Split:
    """A relay with a route before a fleet, and clients of it."""

    def __init__(self, bench: Bench, fleet: Fleet, folder: Path) -> None:
        self.bench = bench
        self.fleet = fleet
        self._folder = folder
        self._logins = 0
        self._open: list[Any] = []
        self.route = self.listen()

    def listen(self, *, weights: tuple[int, ...] = (0, 100), max_delay: float = 30.0, tls: Any = None) -> Route:
        """(Re)places the route; returns it once every replica that has a weight is read from."""
        self._logins += 1
        logins = self._folder / f"logins{self._logins}.json"
        names = [f"n{index}" for index in range(len(weights))]
        logins.write_text(json.dumps(dict.fromkeys(names, ("jackfield", SECRET))))
        known = getattr(self, "route", None)
        route = Route(
            key="o/split",
            owner="o",
            address=known.address if known else self.bench.address(),
            port=5432,
            mode="sql",
            backends=tuple(
                Backend(target=self.fleet.target(index), name=names[index], weight=weight)
                for index, weight in enumerate(weights)
            ),
            whitelist=("0.0.0.0/0",),
            tls=tls,
            splitting=Splitting(
                protocol="mysql" if self.fleet.protocol == "mysql" else "postgres",
                logins=str(logins),
                max_delay=max_delay,
            ),
        )
        ack = self.bench.client.replace("o", [route])
        assert [bound.error for bound in ack.bound] == [""]
        self.route = route
        until(lambda: all(one.healthy for one in self.health()[: len(weights)]))
        return route

    def health(self) -> list[BackendHealth]:
        return self.bench.client.health("o")

    def connect(self, **more: Any) -> Connection:
        given = {"host": self.route.address, "port": self.route.port, "user": USER, "password": PASSWORD, **more}
        if self.fleet.protocol == "mysql":
            options = {"autocommit": True, "connect_timeout": 20, "database": "shop", **given}
            raw = importlib.import_module("pymysql").connect(**options)
        else:
            options = {"autocommit": True, "connect_timeout": 20, "dbname": "shop", **given}
            raw = importlib.import_module("psycopg").connect(**options)
        self._open.append(raw)
        return Connection(raw)

    def close(self) -> None:
        for raw in self._open:
            try:
                raw.close()
            except Exception:  # some are broken on purpose
                continue


@pytest.fixture(scope="package")
def postgres() -> Iterator[Fleet]:
    with laboratory("postgres") as lab:
        primary = lab.start("one")
        lab.engine.create_account(primary, USER, PASSWORD, True)
        lab.engine.create_database(primary, "shop", owner=USER)
        nodes = [primary]
        for name in ("two", "three"):
            upstream = Upstream(folder=primary.folder, slot=slot_name(name), password="replica-1")
            with Client(primary.socket, "jackfield", SECRET) as client:
                admit(client, upstream.slot, upstream.password)
            nodes.append(lab.start(name, upstream=upstream))
        yield Fleet(lab, nodes)


@pytest.fixture
def split(postgres: Fleet, bench: Bench, folder: Path) -> Iterator[Split]:
    split = Split(bench, postgres, folder)
    yield split
    split.close()


@pytest.fixture(scope="package")
def mysql() -> Iterator[Fleet]:
    """Two servers that say what a primary and its replica say; nothing is copied, so their rows tell which it is."""
    with laboratory("mysql") as lab:
        nodes = [lab.start("one", settings={"skip-log-bin": "0", "log-bin": "log"}), lab.start("two")]
        for node, place in zip(nodes, ("primary", "replica"), strict=True):
            lab.engine.create_account(node, USER, PASSWORD, True)
            for name in ("shop", "other"):
                lab.engine.create_database(node, name, owner=USER)
            with MySqlClient(node.socket, "jackfield", SECRET) as client:
                for name in ("shop", "other"):
                    client.query(f"CREATE TABLE {name}.place (name varchar(20), base varchar(20))")
                    client.query(f"INSERT INTO {name}.place VALUES ('{place}', '{name}')")
        with MySqlClient(nodes[1].socket, "jackfield", SECRET) as client:
            client.query("SET GLOBAL read_only = 1")
        yield Fleet(lab, nodes)


@pytest.fixture
def mysplit(mysql: Fleet, bench: Bench, folder: Path) -> Iterator[Split]:
    catch_up(mysql)
    split = Split(bench, mysql, folder)
    yield split
    split.close()


def catch_up(fleet: Fleet) -> None:
    """Has the second server say that it has everything."""
    with MySqlClient(fleet.nodes[0].socket, "jackfield", SECRET) as primary:
        ((position,),) = primary.query("SELECT @@gtid_binlog_pos")
    with MySqlClient(fleet.nodes[1].socket, "jackfield", SECRET) as replica:
        replica.query(f"SET GLOBAL gtid_slave_pos = '{position or ''}'")
