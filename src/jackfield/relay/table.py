"""The relay's disk: which addresses listen, and how far the latest replacement of each owner got.

One SQLite file a relay process, in WAL mode with ``synchronous=NORMAL``: what was committed survives the death
of any process.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from jackfield.relay.route import Route

_SCHEMA = """
CREATE TABLE IF NOT EXISTS routes (
    key TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS replacements (
    owner TEXT PRIMARY KEY,
    body BLOB NOT NULL,
    open INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS open_replacements ON replacements (open) WHERE open = 1;
"""


class Record(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The latest replacement of an owner's routes: what has to be told again when the request is repeated.

    :param request: the routes asked for, in their canonical form (:func:`canonical`).
    :param closed: where the listeners were that it closed.
    :param cut: connections it cut.
    :param lost: the process died while ``open``, so that ``cut`` is a lower bound.
    :param open: routes were taken away and the outcome is not known yet.
    """

    request: str
    closed: list[str] = []
    cut: int = 0
    lost: bool = False
    open: bool = False


def canonical(routes: Iterable[Route]) -> str:
    """The same text for the same routes, in whatever order they are given."""
    return _encode(sorted(routes, key=lambda route: route.key)).decode()


_encode = msgspec.json.Encoder().encode
_decode_route = msgspec.json.Decoder(Route).decode
_decode_record = msgspec.json.Decoder(Record).decode


class Table:
    """Routes and replacements on disk.

    Opening it turns the replacements that were open when the last process died into ``lost`` ones; they stay
    open until the owner's next request, which is told what is known of them.

    :param path: the database file; its folder must exist.
    :raises sqlite3.Error: from every method, when the disk is full or broken; nothing was changed then.
    """

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, cached_statements=32)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)
        with self._transaction():
            for owner, body in self._db.execute("SELECT owner, body FROM replacements WHERE open = 1").fetchall():
                record = _decode_record(body)
                record.lost = True
                self._save(owner, record)

    def routes(self) -> list[Route]:
        """Every recorded route."""
        return [_decode_route(body) for (body,) in self._db.execute("SELECT body FROM routes ORDER BY key")]

    def record(self, owner: str) -> Record | None:
        """The latest replacement of ``owner``, if one is remembered."""
        row = self._db.execute("SELECT body FROM replacements WHERE owner = ?", (owner,)).fetchone()
        return _decode_record(row[0]) if row else None

    def write(self, owner: str, record: Record, *, put: Iterable[Route] = (), drop: Iterable[str] = ()) -> None:
        """One transaction: drops the routes with these keys, puts these routes, and saves the record."""
        with self._transaction():
            self._db.executemany("DELETE FROM routes WHERE key = ?", [(key,) for key in drop])
            rows = [(route.key, owner, _encode(route)) for route in put]
            self._db.executemany("INSERT OR REPLACE INTO routes VALUES (?, ?, ?)", rows)
            self._save(owner, record)

    def forget(self, owner: str) -> bool:
        """Drops the record of an owner; false when there was none."""
        return self._db.execute("DELETE FROM replacements WHERE owner = ?", (owner,)).rowcount > 0

    def close(self) -> None:
        self._db.close()

    def _save(self, owner: str, record: Record) -> None:
        row = (owner, _encode(record), record.open)
        self._db.execute("INSERT OR REPLACE INTO replacements VALUES (?, ?, ?)", row)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
