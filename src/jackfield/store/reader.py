"""Reading from SQLite: one deferred transaction, so that everything seen is of one moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

import msgspec

from jackfield.store import counts, feed
from jackfield.store.resource import Change, Resource
from jackfield.store.session import Ended, Session

if TYPE_CHECKING:
    from jackfield.store.sqlite import SqliteStore

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R", bound=Resource)

GET = "SELECT body FROM resources WHERE kind = ? AND id = ?"
CHILDREN = """SELECT body FROM resources INDEXED BY resource_parent
    WHERE kind = ? AND parent = ? AND parent <> '' ORDER BY seq"""
PAGE_ALL = """SELECT body FROM resources INDEXED BY resource_account
    WHERE kind = ? AND account = ? AND seq >= ? ORDER BY seq LIMIT ? OFFSET ?"""
PAGE_REGION = """SELECT body FROM resources INDEXED BY resource_region
    WHERE kind = ? AND account = ? AND region = ? AND seq >= ? ORDER BY seq LIMIT ? OFFSET ?"""
LAST = "SELECT max(seq) FROM resources"
EACH = "SELECT seq, body FROM resources INDEXED BY {} WHERE kind = ?{} AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
EACH_OF = {
    (False, False): EACH.format("resource_kind", ""),
    (False, True): EACH.format("resource_kind", " AND region = ?"),
    (True, False): EACH.format("resource_account", " AND account = ?"),
    (True, True): EACH.format("resource_region", " AND account = ? AND region = ?"),
}
HOLDER = "SELECT kind, id FROM claims WHERE space = ? AND value = ?"
CLAIMS = "SELECT space, value FROM claims INDEXED BY claim_holder WHERE kind = ? AND id = ? ORDER BY space, value"
CLAIMED = "SELECT value FROM claims WHERE space = ? AND value IN ({})"
COUNT_CLAIMS = "SELECT count(*) FROM claims WHERE space = ?"
HOLDERS = "SELECT kind, id FROM claims WHERE space = ? ORDER BY value"
META = "SELECT value FROM meta WHERE key = ?"

CHUNK = 500
"""Rows of a long list that are read at a time; also below every build's limit of variables in a statement."""

_decoders: dict[type[Resource], msgspec.json.Decoder[Any]] = {}


def decoder(kind: type[R]) -> msgspec.json.Decoder[R]:
    """The decoder of a kind, built once."""
    found = _decoders.get(kind)
    if found is None:
        found = _decoders[kind] = msgspec.json.Decoder(kind)
    return found


class SqliteReader:
    """A consistent view; the block of a ``with`` is its life."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._connection = cast(sqlite3.Connection, Ended())
        self._session: Session | None = None
        self.now = 0.0

    def __enter__(self) -> SqliteReader:
        session = self._store.enter("read")
        session.begin("BEGIN")
        session.doing = "read"
        self._session, self._connection = session, session.connection
        self.now = self._store.clock()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        session = self._session
        if session is not None:
            self._session, self._connection = None, cast(sqlite3.Connection, Ended())
            session.doing = ""
            session.roll_back()

    def run(self, query: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs one of this backend's own queries in this transaction."""
        return query(self._connection, *args, **kwargs)

    def get(self, kind: type[R], id: str) -> R | None:
        row = self._connection.execute(GET, (kind.kind, id)).fetchone()
        return None if row is None else decoder(kind).decode(row[0])

    def children(self, kind: type[R], parent: str) -> list[R]:
        decode = decoder(kind).decode
        return [decode(row[0]) for row in self._connection.execute(CHILDREN, (kind.kind, parent))]

    def page(self, kind: type[R], *, account: str, region: str, offset: int, limit: int) -> list[R]:
        if limit <= 0 or offset < 0:
            return []
        start: tuple[int, int] | None = (0, 0)
        if offset:
            start = counts.locate(self._connection, kind.kind, account, region, offset)
        if start is None:
            return []
        limit = min(limit, 1 << 32)  # what SQLite can count to is the caller's least worry
        if region:
            rows = self._connection.execute(PAGE_REGION, (kind.kind, account, region, start[0], limit, start[1]))
        else:
            rows = self._connection.execute(PAGE_ALL, (kind.kind, account, start[0], limit, start[1]))
        decode = decoder(kind).decode
        return [decode(row[0]) for row in rows]

    def count(self, kind: type[R], *, account: str, region: str) -> int:
        return counts.total(self._connection, kind.kind, account, region)

    def each(self, kind: type[R], *, account: str = "", region: str = "") -> Iterator[R]:
        # In chunks, so that a caller may write while it reads; what it adds is younger than ``last`` and not met.
        last = self._connection.execute(LAST).fetchone()[0] or 0
        sql = EACH_OF[bool(account), bool(region)]
        keys = [kind.kind, *filter(None, (account, region))]
        return self._chunks(sql, keys, last, decoder(kind))

    def _chunks(self, sql: str, keys: list[str], last: int, of: msgspec.json.Decoder[R]) -> Iterator[R]:
        seq = 0
        while True:
            rows = self._connection.execute(sql, (*keys, seq, last, CHUNK)).fetchall()
            for row in rows:
                yield of.decode(row[1])
            if len(rows) < CHUNK:
                return
            seq = rows[-1][0]

    def holder(self, space: str, value: str) -> tuple[str, str] | None:
        row: tuple[str, str] | None = self._connection.execute(HOLDER, (space, value)).fetchone()
        return row

    def claims(self, kind: str, id: str) -> list[tuple[str, str]]:
        return self._connection.execute(CLAIMS, (kind, id)).fetchall()

    def claimed(self, space: str, values: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for start in range(0, len(values), CHUNK):
            chunk = values[start : start + CHUNK]
            sql = CLAIMED.format(", ".join("?" * len(chunk)))
            found.update(row[0] for row in self._connection.execute(sql, (space, *chunk)))
        return found

    def count_claims(self, space: str) -> int:
        return int(self._connection.execute(COUNT_CLAIMS, (space,)).fetchone()[0])

    def holders(self, space: str) -> list[tuple[str, str]]:
        return self._connection.execute(HOLDERS, (space,)).fetchall()

    def changes(self, *, after: int = 0, kind: str = "", id: str = "", limit: int = 100) -> list[Change]:
        return feed.read(self._connection, after, kind, id, limit)

    def meta(self, key: str) -> str | None:
        row = self._connection.execute(META, (key,)).fetchone()
        return None if row is None else str(row[0])
