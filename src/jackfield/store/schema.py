"""The tables, their versions, and how a file gets from one version to the next."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from jackfield.store.errors import NotAStore, StoreTooNew
from jackfield.store.files import create_whole

APPLICATION_ID = 0x4A41434B
"""Marks the file as ours in SQLite's header ("JACK")."""

Migration = Sequence[str]
Connect = Callable[[Path], sqlite3.Connection]

FIRST: Migration = (
    # seq is the order of creation and stays when a resource is replaced.
    """CREATE TABLE resources (
        seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL,
        parent TEXT NOT NULL, status TEXT NOT NULL, body BLOB NOT NULL)""",
    "CREATE UNIQUE INDEX resource_key ON resources (kind, id)",
    # Every index ends with seq, the rowid: rows of equal keys lie in order of creation.
    "CREATE INDEX resource_kind ON resources (kind)",
    "CREATE INDEX resource_account ON resources (kind, account)",
    "CREATE INDEX resource_region ON resources (kind, account, region)",
    "CREATE INDEX resource_parent ON resources (kind, parent) WHERE parent <> ''",
    # How many resources lie in each bucket of seq; region '' counts all regions. See counts.py.
    """CREATE TABLE counts (
        kind TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL,
        level INTEGER NOT NULL, bucket INTEGER NOT NULL, n INTEGER NOT NULL,
        PRIMARY KEY (kind, account, region, level, bucket)) WITHOUT ROWID""",
    """CREATE TABLE claims (
        space TEXT NOT NULL, value TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
        PRIMARY KEY (space, value)) WITHOUT ROWID""",
    "CREATE INDEX claim_holder ON claims (kind, id)",
    """CREATE TABLE work (
        kind TEXT NOT NULL, id TEXT NOT NULL, due REAL NOT NULL, attempt INTEGER NOT NULL DEFAULT 0,
        error TEXT NOT NULL DEFAULT '', leased_by TEXT, rescheduled REAL, PRIMARY KEY (kind, id)) WITHOUT ROWID""",
    "CREATE INDEX work_due ON work (due) WHERE leased_by IS NULL",
    # AUTOINCREMENT: a number is never used twice, and a rolled back transaction leaves no gap.
    """CREATE TABLE changes (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
        account TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL, evidence BLOB NOT NULL,
        request TEXT NOT NULL)""",
    "CREATE INDEX change_id ON changes (id)",
    "CREATE INDEX change_kind ON changes (kind)",
    """CREATE TABLE nonces (
        access_key TEXT NOT NULL, nonce TEXT NOT NULL, until REAL NOT NULL,
        PRIMARY KEY (access_key, nonce)) WITHOUT ROWID""",
    "CREATE INDEX nonce_until ON nonces (until)",
    """CREATE TABLE replies (
        account TEXT NOT NULL, operation TEXT NOT NULL, token TEXT NOT NULL, digest TEXT NOT NULL, reply BLOB NOT NULL,
        until REAL NOT NULL, PRIMARY KEY (account, operation, token))""",
    "CREATE INDEX reply_until ON replies (until)",
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)

MIGRATIONS: Sequence[Migration] = (FIRST,)
"""Number n (from 1) brings a file from version n - 1 to n. Published ones are never edited."""


def prepare(path: Path, connect: Connect, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Makes the file, or brings it to the newest version.

    :raises StoreTooNew: a newer release wrote it. :raises NotAStore: it is not a store.
    """
    if not path.exists():
        create_whole(path, lambda temporary: _fill(temporary, connect, migrations))
    try:
        connection = connect(path)
        try:
            _upgrade(path, connection, migrations)
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise NotAStore(f"{path} is not a store: {error}") from error
        raise


def _fill(path: Path, connect: Connect, migrations: Sequence[Migration]) -> None:
    connection = connect(path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")  # a property of the file
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        _upgrade(path, connection, migrations)
    finally:
        connection.close()  # the last one to close empties and deletes the write-ahead log


def _upgrade(path: Path, connection: sqlite3.Connection, migrations: Sequence[Migration]) -> None:
    if _version(path, connection, migrations) == len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again under the lock: another process may have done it meanwhile.
        for migration in migrations[_version(path, connection, migrations) :]:
            for statement in migration:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(path: Path, connection: sqlite3.Connection, migrations: Sequence[Migration]) -> int:
    mark = connection.execute("PRAGMA application_id").fetchone()[0]
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if mark != APPLICATION_ID:
        raise NotAStore(f"{path} is a SQLite file of another program")
    if version > len(migrations):
        raise StoreTooNew(path, version, len(migrations))
    return version
