"""Real database clients behind one face: psycopg and PyMySQL."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import pymysql

if TYPE_CHECKING:
    from tests.rds.conftest import Rds

ACCOUNT = "alice"
PASSWORD = "Test-123456"

LOST = (psycopg.OperationalError, pymysql.OperationalError, pymysql.InterfaceError, ConnectionError)
"""What clients raise when their connection is gone or refused."""


@dataclass(frozen=True)
class Database:
    """One instance and how its clients dial it. ``port`` is the engine's usual one."""

    engine: str
    rds: Rds
    instance: str
    port: int

    def address(self, name: str) -> str:
        return self.rds.running.names()[name][0]

    def connect(
        self, name: str, port: int, account: str = ACCOUNT, password: str = PASSWORD, database: str = "", **more: Any
    ) -> Any:
        """A connection without autocommit, to the address that a reported name resolves to."""
        if self.engine == "postgres":
            return psycopg.connect(
                host=self.address(name), port=port, user=account, password=password, dbname=database or "postgres",
                connect_timeout=5, **more,
            )  # fmt: skip
        return pymysql.connect(
            host=self.address(name), port=port, user=account, password=password, database=database or None,
            connect_timeout=5, **more,
        )  # fmt: skip


def database_of(engine: str, rds: Rds, instance: str) -> Database:
    return Database(engine, rds, instance, 5432 if engine == "postgres" else 3306)


def ask(connection: Any, sql: str) -> Any:
    """Runs a statement; its first row, if it has rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone() if cursor.description else None


class Load(threading.Thread):
    """Queries through one connection without a pause; keeps every failure."""

    def __init__(self, connection: Any) -> None:
        super().__init__(daemon=True)
        self._connection = connection
        self._ended = threading.Event()
        self.answered = 0
        self.failures: list[Exception] = []

    def run(self) -> None:
        while not self._ended.is_set():
            try:
                assert ask(self._connection, "SELECT 41 + 1") == (42,)
                self.answered += 1
            except Exception as error:
                self.failures.append(error)
                return

    def end(self) -> list[Exception]:
        self._ended.set()
        self.join(10)
        self._connection.close()
        return self.failures
