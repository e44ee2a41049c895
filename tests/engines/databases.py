"""Servers with accounts for tests: every kind that is on this machine, dialled with the usual drivers over TCP."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jackfield.engines.engine import EngineMissing
from jackfield.engines.mysql import MySqlBinary, MySqlEngine, MySqlNode, NativeEngine
from jackfield.engines.mysql import find as find_mysql
from jackfield.engines.postgres import PostgresEngine, PostgresNode, find_all
from jackfield.engines.postgres import find as find_postgres
from jackfield.engines.seekdb import SeekDbEngine, SeekDbNode
from jackfield.engines.seekdb import find as find_seekdb
from jackfield.engines.server import ServerEngine
from jackfield.engines.server_node import ServerNode
from jackfield.processes import ProcessId, identify, send, wait_gone

SOURCES = str(Path(__file__).parent.parent.parent / "src")
SECRET = "int'ern\\al-7f3a"

KINDS = ("postgres", "postgres-wheel", "mysql", "seekdb", "mysql-by-seekdb")
"""``postgres``: what is preferred; ``postgres-wheel``: the wheel's where that is another; ``mysql``: the machine's."""

_START_AND_DIE = """
import os, sys
import msgspec
from pathlib import Path
from tests.engines.databases import make_engine, node_class

kind, description = sys.argv[1:]
node = msgspec.json.decode(description, type=node_class(kind), dec_hook=lambda kind, text: kind(text))
process_id = make_engine(kind).start(node)
os.write(1, msgspec.json.encode(process_id))
os.kill(os.getpid(), 9)
"""


class _NoNative(NativeEngine):
    """What a machine without MariaDB and MySQL has."""

    def find(self) -> MySqlBinary:
        raise EngineMissing("mysql", "No mariadbd or mysqld was found on this machine.", "")


def make_engine(kind: str) -> ServerEngine[Any]:
    """
    :raises EngineMissing: it is not on this machine.
    """
    engine: Any
    if kind.startswith("postgres"):
        if kind == "postgres":
            return PostgresEngine(find_postgres())
        found = [binaries for binaries in find_all()[1:] if binaries.source == "wheel"]
        if not found:
            raise EngineMissing("postgres", "There is no PostgreSQL of the wheel beside the preferred one.", "")
        return PostgresEngine(found[0])
    if kind == "mysql":
        find_mysql()
        engine = MySqlEngine()
    else:
        find_seekdb()
        engine = SeekDbEngine() if kind == "seekdb" else MySqlEngine(native=_NoNative())
    return engine  # type: ignore[no-any-return]


def node_class(kind: str) -> type[ServerNode]:
    if kind.startswith("postgres"):
        return PostgresNode
    return SeekDbNode if kind == "seekdb" else MySqlNode


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


def kill(process_id: ProcessId) -> None:
    assert send(process_id, signal.SIGKILL)
    assert wait_gone(process_id, 20)


class Connection:
    """A driver's connection, autocommit on."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        with self.raw.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall()) if cursor.description else []

    def refused(self, sql: str) -> bool:
        """Whether the server answers with an error, and lives."""
        try:
            self.run(sql)
        except Exception:
            return self.run("SELECT 1") == [(1,)]
        return False

    @property
    def alive(self) -> bool:
        try:
            return self.run("SELECT 1") == [(1,)]
        except Exception:
            return False


class Lab:
    """Nodes of one kind in a temporary folder; all their processes end with the test."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.folder = folder
        self.engine = make_engine(kind)
        self.family = "postgres" if kind.startswith("postgres") else "mysql"
        self.nodes: list[Any] = []
        self._relays: dict[str, int] = {}
        self._listeners: list[socket.socket] = []
        self._connections: list[Connection] = []
        self._starters: list[subprocess.Popen[bytes]] = []

    def node(self, name: str = "one", **values: Any) -> Any:
        values = {"password": SECRET, "socket": self.folder / "run" / name, **values}
        node = node_class(self.kind)(id=name, folder=self.folder / name, **values)
        self.nodes.append(node)
        return node

    def start(self, name: str = "one", **values: Any) -> Any:
        """A node that is ready."""
        node = self.node(name, **values)
        self.engine.start(node)
        self.engine.wait_ready(node)
        return node

    def connect(self, node: ServerNode, user: str, password: str, database: str = "") -> Connection:
        """By TCP, as a client of the relay."""
        port = self.port(node)
        if self.family == "postgres":
            psycopg = importlib.import_module("psycopg")
            raw = psycopg.connect(
                host="127.0.0.1",
                port=port,
                user=user,
                password=password,
                dbname=database or "postgres",
                autocommit=True,
                connect_timeout=20,
            )
        else:
            pymysql = importlib.import_module("pymysql")
            raw = pymysql.connect(
                host="127.0.0.1",
                port=port,
                user=user,
                password=password,
                database=database or None,
                autocommit=True,
                connect_timeout=20,
            )
        connection = Connection(raw)
        self._connections.append(connection)
        return connection

    def lets_in(self, node: ServerNode, user: str, password: str) -> bool:
        """Whether the server admits somebody; other failures are raised."""
        try:
            self.connect(node, user, password)
        except Exception as error:
            if any(word in str(error) for word in ("authentication failed", "Access denied", "no password supplied")):
                return False
            raise
        return True

    def internal(self, node: ServerNode, database: str = "") -> Connection:
        return self.connect(node, "jackfield", SECRET, database)

    def start_and_die(self, node: ServerNode) -> subprocess.Popen[bytes]:
        """Starts the node from a process that kills itself as soon as it has."""
        description = msgspec.json.encode(node, enc_hook=str).decode()
        paths = (SOURCES, str(Path(SOURCES).parent), os.environ.get("PYTHONPATH", ""))
        starter = subprocess.Popen(
            [sys.executable, "-c", _START_AND_DIE, self.kind, description],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            stdout=subprocess.PIPE,
        )
        self._starters.append(starter)
        return starter

    def pids(self) -> list[int]:
        """Processes, children included, that were told a path in our folder or work in it."""
        found = []
        for entry in (name for name in os.listdir("/proc") if name.isdigit()):
            try:
                words = Path("/proc", entry, "cmdline").read_bytes()
                where = os.readlink(f"/proc/{entry}/cwd")
            except OSError:
                continue
            ours = os.fsencode(self.folder) in words or where.startswith(str(self.folder))
            if ours and int(entry) != os.getpid() and b"START_AND_DIE" not in words and b"-c\0" not in words:
                found.append(int(entry))
        return found

    def kill_all(self) -> None:
        """Ends every process of the folder and waits until it is gone."""
        while found := [process_id for process_id in map(identify, self.pids()) if process_id is not None]:
            for process_id in found:
                send(process_id, signal.SIGKILL)
            for process_id in found:
                assert wait_gone(process_id, 20)

    def close(self) -> None:
        for starter in self._starters:
            starter.kill()
            starter.wait()
            assert starter.stdout is not None
            starter.stdout.close()
        for connection in self._connections:
            with contextlib.suppress(Exception):
                connection.raw.close()
        for listener in self._listeners:
            # Closing alone does not wake who waits in accept().
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.kill_all()
        # PostgreSQL's segments go with its folders only when the engine deletes them.
        for node in self.nodes:
            with contextlib.suppress(Exception):
                self.engine.destroy(node)
        shutil.rmtree(self.folder, ignore_errors=True)

    def port(self, node: ServerNode) -> int:
        """A port that leads to the node's target."""
        if node.id not in self._relays:
            listener = socket.create_server(("127.0.0.1", 0))
            self._listeners.append(listener)
            self._relays[node.id] = listener.getsockname()[1]
            target = self.engine.target(node)
            assert target.startswith("unix:")
            threading.Thread(target=_serve, args=(listener, target.removeprefix("unix:")), daemon=True).start()
        return self._relays[node.id]


def _serve(listener: socket.socket, path: str) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            server.connect(path)
        except OSError:
            client.close()
            server.close()
            continue
        copiers = [
            threading.Thread(target=_copy, args=pair, daemon=True) for pair in ((client, server), (server, client))
        ]
        for copier in copiers:
            copier.start()
        threading.Thread(target=_close, args=((client, server), copiers), daemon=True).start()


def _close(ends: Sequence[socket.socket], copiers: Sequence[threading.Thread]) -> None:
    for copier in copiers:
        copier.join()
    for end in ends:
        end.close()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def laboratory(kind: str) -> Iterator[Lab]:
    """Skips where the kind, or its driver, is not on this machine."""
    pytest.importorskip("psycopg" if kind.startswith("postgres") else "pymysql")
    try:
        lab = Lab(kind, Path(tempfile.mkdtemp(prefix="jf-")))
    except EngineMissing as missing:
        pytest.skip(missing.what)
    try:
        yield lab
    finally:
        lab.close()
