"""Asking PostgreSQL servers how far they are, and what they know of a password."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from jackfield.relay.loop import Loop
from jackfield.relay.sql.nodes import Node, Position
from jackfield.relay.sql.postgres.framing import Malformed, Messages, query, row
from jackfield.relay.sql.postgres.login import PostgresLogin, startup
from jackfield.relay.sql.watch import Answer, Row
from jackfield.relay.sql.wire import Wire

_LONGEST = 1 << 20


class PostgresAsking:
    """See :class:`jackfield.relay.sql.watch.Asking`."""

    def __init__(self, loop: Loop, node: Node, user: str, password: str, done: Callable[[str], None]) -> None:
        self.wire: Wire | None = None
        self._done = done
        self._login = PostgresLogin(loop, node, startup(user, "postgres"), password, self._logged_in)
        self._waiting: deque[Answer] = deque()
        self._rows: list[Row] = []
        self._failed = False
        self._messages = Messages(_LONGEST, whole=True)

    def ask(self, sql: str, answer: Answer) -> None:
        if self.wire is None or self.wire.closed:
            answer(None)
            return
        self._waiting.append(answer)
        self.wire.send(query(sql))

    def close(self) -> None:
        self._login.cancel()
        if self.wire is not None:
            self.wire.close()
        self._ended(False)

    def _logged_in(self, why: str) -> None:
        if not why:
            self.wire = self._login.wire
            assert self.wire is not None
            self.wire.hand_over(self._received, self._ended)
        self._done(why)

    def _received(self, data: bytes) -> None:
        try:
            for kind, raw in self._messages.feed(data):
                if kind == ord("D"):
                    self._rows.append(row(raw))
                elif kind == ord("E"):
                    self._failed = True
                elif kind == ord("Z") and self._waiting:
                    rows, self._rows = self._rows, []
                    failed, self._failed = self._failed, False
                    self._waiting.popleft()(None if failed else rows)
        except Malformed:
            self.close()

    def _ended(self, orderly: bool) -> None:
        while self._waiting:
            self._waiting.popleft()(None)


class PostgresDialect:
    """See :class:`jackfield.relay.sql.watch.Dialect`. Positions are in bytes of the write-ahead log."""

    primary_question = "SELECT pg_is_in_recovery(), pg_current_wal_lsn() - '0/0'"
    replica_question = "SELECT NOT pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn() - '0/0', 0)"

    def connect(self, loop: Loop, node: Node, user: str, password: str, done: Callable[[str], None]) -> PostgresAsking:
        return PostgresAsking(loop, node, user, password, done)

    def position(self, rows: Sequence[Row]) -> Position:
        wrong, number = rows[0]
        if wrong != "f":
            raise ValueError("its role is another one")
        return {"": int(number or 0)}
