"""Writing to SQLite: one immediate transaction, so that what was read in it still holds when it commits."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

import msgspec

from jackfield.store import counts, feed, once, work
from jackfield.store.errors import Orphan
from jackfield.store.interface import ClaimTaken
from jackfield.store.reader import HOLDER, SqliteReader
from jackfield.store.resource import Evidence, IllegalTransition, Resource

if TYPE_CHECKING:
    from jackfield.store.sqlite import SqliteStore

FIND = "SELECT seq, status, account, region, parent FROM resources WHERE kind = ? AND id = ?"
EXISTS = "SELECT 1 FROM resources WHERE kind = ? AND id = ?"
INSERT = "INSERT INTO resources (kind, id, account, region, parent, status, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
REPLACE = "UPDATE resources SET status = ?, body = ? WHERE seq = ?"
MOVE = "UPDATE resources SET account = ?, region = ?, parent = ?, status = ?, body = ? WHERE seq = ?"
REMOVE = "DELETE FROM resources WHERE seq = ?"
CLAIM = "INSERT INTO claims (space, value, kind, id) VALUES (?, ?, ?, ?) ON CONFLICT (space, value) DO NOTHING"
UNCLAIM = "DELETE FROM claims WHERE space = ? AND value = ? AND kind = ? AND id = ?"
UNCLAIM_ALL = "DELETE FROM claims WHERE kind = ? AND id = ?"
SET_META = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"

_encode = msgspec.json.Encoder().encode


class SqliteTx(SqliteReader):
    """A transaction that may write; it commits on leaving its ``with`` block, unless an exception leaves it."""

    def __init__(self, store: SqliteStore, request: str) -> None:
        super().__init__(store)
        self._request = request
        self._scheduled = False
        self._owed: set[tuple[str, str]] = set()

    def __enter__(self) -> SqliteTx:
        session = self._store.enter("write")
        self._store.lock_writes()
        try:
            session.begin("BEGIN IMMEDIATE")
        except BaseException:
            self._store.unlock_writes()
            raise
        session.doing = "write"
        self._session, self._connection = session, session.connection
        self.now = self._store.clock()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        committed = False
        try:
            if error is None:
                self._pay()
                self._connection.execute("COMMIT")
                committed = True
        finally:
            try:
                super().__exit__(kind, error, trace)  # rolls back what did not commit
            finally:
                self._store.unlock_writes()
        if committed and self._scheduled:
            self._store.wake()

    def _pay(self) -> None:
        """Claims and work may be written before their resource, but not without it."""
        for kind, id in self._owed:
            if self._connection.execute(EXISTS, (kind, id)).fetchone() is None:
                raise Orphan(kind, id)

    def put(self, resource: Resource, *, evidence: Evidence | None = None) -> None:
        kind, states = type(resource).kind, type(resource).states
        row = self._connection.execute(FIND, (kind, resource.id)).fetchone()
        before = "" if row is None else row[1]
        if not resource.status and "" not in states.initial:
            raise IllegalTransition(f"a {kind} needs a status")  # an empty one would pass for new or removed
        states.check(before, resource.status, evidence)
        body = _encode(resource)
        place = (resource.account, resource.region, resource.parent)
        if row is None:
            cursor = self._connection.execute(INSERT, (kind, resource.id, *place, resource.status, body))
            assert cursor.lastrowid is not None
            counts.add(self._connection, kind, resource.account, resource.region, cursor.lastrowid, 1)
        elif row[2:] == place:
            self._connection.execute(REPLACE, (resource.status, body, row[0]))
        else:
            self._connection.execute(MOVE, (*place, resource.status, body, row[0]))
            counts.add(self._connection, kind, row[2], row[3], row[0], -1)
            counts.add(self._connection, kind, resource.account, resource.region, row[0], 1)
        if row is None or before != resource.status or evidence:
            self._append(resource, before, resource.status, evidence)

    def remove(self, resource: Resource, *, evidence: Evidence | None = None) -> None:
        kind = type(resource).kind
        row = self._connection.execute(FIND, (kind, resource.id)).fetchone()
        if row is None:
            return
        type(resource).states.check(row[1], "", evidence)
        self._connection.execute(REMOVE, (row[0],))
        counts.add(self._connection, kind, row[2], row[3], row[0], -1)
        self._connection.execute(UNCLAIM_ALL, (kind, resource.id))
        self._connection.execute(work.FORGET, (kind, resource.id))
        self._owed.discard((kind, resource.id))
        self._append(resource, row[1], "", evidence)

    def claim(self, space: str, value: str, resource: Resource) -> None:
        key = (type(resource).kind, resource.id)
        if self._connection.execute(CLAIM, (space, value, *key)).rowcount == 0:
            holder = self._connection.execute(HOLDER, (space, value)).fetchone()
            if holder != key:
                raise ClaimTaken(space, value, holder)
        self._owed.add(key)

    def unclaim(self, space: str, value: str, resource: Resource) -> None:
        self._connection.execute(UNCLAIM, (space, value, type(resource).kind, resource.id))

    def schedule(self, resource: Resource, due: float | None = None) -> None:
        key = (type(resource).kind, resource.id)
        self._connection.execute(work.SCHEDULE, (*key, self.now if due is None else due))
        self._owed.add(key)
        self._scheduled = True

    def wake(self, space: str) -> None:
        keys = dict.fromkeys(self.holders(space))
        self._connection.executemany(work.SCHEDULE, [(*key, self.now) for key in keys])
        self._owed.update(keys)
        self._scheduled = self._scheduled or bool(keys)

    def note(self, resource: Resource, evidence: Evidence) -> None:
        kind = type(resource).kind
        row = self._connection.execute(FIND, (kind, resource.id)).fetchone()
        if row is None:
            raise Orphan(kind, resource.id)
        self._append(resource, row[1], row[1], evidence)

    def _append(self, resource: Resource, before: str, after: str, evidence: Evidence | None) -> None:
        feed.append(
            self._connection,
            at=self.now,
            resource=resource,
            before=before,
            after=after,
            evidence=evidence,
            request=self._request,
        )

    def set_meta(self, key: str, value: str) -> None:
        self._connection.execute(SET_META, (key, value))

    def spend_nonce(self, access_key: str, nonce: str, until: float) -> bool:
        return once.spend(self._connection, access_key, nonce, until, self.now)

    def replayed(self, account: str, operation: str, token: str) -> tuple[str, bytes] | None:
        return once.replayed(self._connection, account, operation, token, self.now)

    def remember(self, account: str, operation: str, token: str, digest: str, reply: bytes, until: float) -> None:
        once.remember(self._connection, account, operation, token, digest, reply, until)
