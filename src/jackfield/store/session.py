"""A thread's connection to the file, and what may be done with it at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, NoReturn

from jackfield.store.errors import StoreBusy, TransactionEnded

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another process's write transaction."""


def connect(
    path: Path, *, durability: Literal["normal", "strict"] = "normal", autocheckpoint: int = 1000
) -> sqlite3.Connection:
    """Opens a connection whose transactions are begun and ended by us alone.

    :param autocheckpoint: pages of the log at which a commit copies it into the file.
    """
    # Sessions are closed by whoever closes the store, so the connection may not insist on its own thread.
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        connection.execute(f"PRAGMA synchronous = {'FULL' if durability == 'strict' else 'NORMAL'}")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        connection.execute(f"PRAGMA wal_autocheckpoint = {autocheckpoint}")
    except BaseException:
        connection.close()
        raise
    return connection


class Session:
    """One thread's connection.

    :ivar doing: what kind of transaction is open; empty for none.
    """

    __slots__ = ("__weakref__", "connection", "doing")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.doing: Literal["", "read", "write"] = ""

    def begin(self, statement: str) -> None:
        """Begins a transaction. :raises StoreBusy: the busy timeout passed."""
        try:
            self.connection.execute(statement)
        except sqlite3.OperationalError as error:
            if _is_busy(error):
                raise StoreBusy(f"another process kept the store locked for {BUSY_TIMEOUT} s") from error
            raise

    def roll_back(self) -> None:
        """Undoes the open transaction; SQLite itself may have done so, after a full disk for example."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Ended:
    """Stands in for the connection of a transaction that is over."""

    def execute(self, sql: str, values: Iterable[Any] = ()) -> NoReturn:
        """:raises TransactionEnded: always."""
        raise TransactionEnded("this transaction has ended; open another one")

    executemany = execute
