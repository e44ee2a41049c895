"""Databases that somebody else runs: started here from their own programs, on TCP, without a line of Jackfield's."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.running import until

OWNER = "owner"
PASSWORD = "Owner-123456"
NOBODY = 65534
KINDS = ("postgres", "mariadb", "redis")


class Theirs:
    """One database with an account, its data, and a session of somebody who has nothing to do with Jackfield.

    :param kind: one of ``KINDS``. :param options: further ones of its program.
    """

    def __init__(self, kind: str, *options: str) -> None:
        self.kind = kind
        self._options = options
        self.product = "tair" if kind == "redis" else "rds"
        self.engine = {"postgres": "postgresql", "mariadb": "mysql", "redis": "redis"}[kind]
        self.usual_port = {"postgres": 5432, "mariadb": 3306, "redis": 6379}[kind]
        self.user = "" if kind == "redis" else OWNER
        self.folder = Path(tempfile.mkdtemp(prefix="theirs-"))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.socket = self.folder / (f".s.PGSQL.{self.port}" if kind == "postgres" else "db.sock")
        self._more: dict[str, Any] = {}
        if os.geteuid() == 0:
            os.chown(self.folder, NOBODY, NOBODY)
            self._more = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        self._process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        try:
            self._prepare()
            self.start()
            self._furnish()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        data = str(self.folder / "data")
        if self.kind == "postgres":
            initdb = _program("initdb", "/usr/lib/postgresql/*/bin")
            password = self.folder / "password"
            password.write_text(PASSWORD)
            password.chmod(0o644)
            self._run(initdb, "-D", data, "-U", OWNER, "-A", "scram-sha-256", f"--pwfile={password}", "-N")
        elif self.kind == "mariadb":
            install = _program("mariadb-install-db")
            self._run(install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal")
        else:
            (self.folder / "data").mkdir()
            if self._more:
                os.chown(data, NOBODY, NOBODY)

    def start(self) -> None:
        """Starts it and waits until it answers."""
        data, port = str(self.folder / "data"), str(self.port)
        argv: Sequence[str]
        if self.kind == "postgres":
            program = _program("postgres", "/usr/lib/postgresql/*/bin")
            argv = (program, "-D", data, "-p", port, "-h", "127.0.0.1", "-k", str(self.folder), "-F")
        elif self.kind == "mariadb":
            options = ("--bind-address=127.0.0.1", f"--port={port}", f"--socket={self.socket}", f"--datadir={data}")
            argv = (_program("mariadbd", "/usr/sbin"), "--no-defaults", *options, f"--pid-file={self.folder}/pid")
        else:
            saved = ("--dir", data, "--save", "", "--appendonly", "yes", "--appendfsync", "always")
            argv = (
                *(_program("redis-server"), "--bind", "127.0.0.1", "--port", port, "--requirepass", PASSWORD),
                *("--unixsocket", str(self.socket), "--unixsocketperm", "777", *saved),
            )
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                (*argv, *self._options), cwd=self.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL, **self._more
            )
        self.starts += 1
        until(f"{self.kind} answering", self._answers)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()[-2000:]
        try:
            self.connect(account="root" if self.kind == "mariadb" and not self._furnished else "").close()
        except Exception as error:
            return "denied" in str(error)  # it has its account already
        return True

    @property
    def _furnished(self) -> bool:
        return (self.folder / "furnished").exists()

    def _furnish(self) -> None:
        if self.kind == "mariadb":
            with contextlib.closing(self.connect(account="root")) as root:
                ask(root, f"CREATE USER {OWNER}@localhost IDENTIFIED BY '{PASSWORD}'")
                ask(root, f"GRANT ALL ON *.* TO {OWNER}@localhost WITH GRANT OPTION")
                ask(root, "CREATE DATABASE postgres")
        (self.folder / "furnished").touch()
        if "--cluster-enabled" not in self._options:
            with contextlib.closing(self.connect()) as client:
                put(client, "before")

    def connect(self, host: str = "127.0.0.1", port: int = 0, account: str = "", **more: Any) -> Any:
        """A client, straight to the database unless told otherwise; it commits what it does."""
        port = port or self.port
        password = "" if account == "root" else PASSWORD
        if self.kind == "postgres":
            psycopg = importlib.import_module("psycopg")
            options = {"dbname": "postgres", "autocommit": True, "connect_timeout": 5, **more}
            return psycopg.connect(host=host, port=port, user=account or OWNER, password=password, **options)
        if self.kind == "mariadb":
            pymysql = importlib.import_module("pymysql")
            database = None if account == "root" else "postgres"
            options = {"database": database, "autocommit": True, "connect_timeout": 5, **more}
            return pymysql.connect(host=host, port=port, user=account or OWNER, password=password, **options)
        redis = importlib.import_module("redis")
        once = importlib.import_module("redis.retry").Retry(importlib.import_module("redis.backoff").NoBackoff(), 0)
        options = {"socket_timeout": 3, "retry": once, "single_connection_client": True, **more}
        client = redis.Redis(host=host, port=port, password=password, **options)
        client.ping()
        return client

    def kill(self) -> None:
        """Ends it at once, as a crash does."""
        assert self._process is not None
        if self.kind == "postgres":
            self._process.send_signal(signal.SIGQUIT)  # a killed postmaster leaves its children behind
        else:
            self._process.kill()
        self._process.wait(20)
        self._process = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        assert self._process.poll() is None
        return self._process.pid

    def close(self) -> None:
        if self._process is not None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, *argv: str) -> None:
        subprocess.run(argv, cwd=self.folder, check=True, timeout=60, stdout=subprocess.DEVNULL, **self._more)


def ask(client: Any, sql: str) -> Any:
    """Runs a statement; its first row, if it has rows."""
    with client.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone() if cursor.description else None


def put(client: Any, word: str) -> None:
    """Writes a word into the database, whichever it is."""
    if hasattr(client, "ping") and not hasattr(client, "cursor"):
        client.set(f"word:{word}", word)
    else:
        ask(client, "CREATE TABLE IF NOT EXISTS words (word VARCHAR(40))")
        ask(client, f"INSERT INTO words VALUES ('{word}')")


def has(client: Any, word: str) -> bool:
    """Whether the word is in the database."""
    if hasattr(client, "ping") and not hasattr(client, "cursor"):
        return bool(client.get(f"word:{word}") == word.encode())
    return bool(ask(client, f"SELECT COUNT(*) FROM words WHERE word = '{word}'") == (1,))


def lost() -> tuple[type[Exception], ...]:
    """What clients raise when their connection is gone or refused."""
    psycopg, pymysql = importlib.import_module("psycopg"), importlib.import_module("pymysql")
    redis = importlib.import_module("redis")
    return (
        *(psycopg.OperationalError, pymysql.OperationalError, pymysql.InterfaceError, redis.RedisError),
        ConnectionError,
    )


@contextlib.contextmanager
def theirs(kind: str, *options: str) -> Iterator[Theirs]:
    """Skips where the database is not on this machine."""
    found = Theirs(kind, *options)
    try:
        yield found
    finally:
        found.close()


def _program(name: str, *more: str) -> str:
    folders = [os.environ["PATH"], *(str(path) for pattern in more for path in Path("/").glob(pattern.lstrip("/")))]
    found = shutil.which(name, path=os.pathsep.join(folders))
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found
