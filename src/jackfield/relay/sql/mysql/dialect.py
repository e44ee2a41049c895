"""Asking MySQL servers how far they are, and what they know of a password. MariaDB's global transaction ids tell."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from jackfield.relay.loop import Loop
from jackfield.relay.sql.mysql.framing import COM_QUERY, ERR, Packets, Reply, number, packet, row
from jackfield.relay.sql.mysql.login import MySqlLogin
from jackfield.relay.sql.mysql.native import key_of
from jackfield.relay.sql.nodes import Node, Position
from jackfield.relay.sql.watch import Answer, Row
from jackfield.relay.sql.wire import Wire


class MySqlAsking:
    """See :class:`jackfield.relay.sql.watch.Asking`."""

    def __init__(self, loop: Loop, node: Node, user: str, password: str, done: Callable[[str], None]) -> None:
        self.wire: Wire | None = None
        self._done = done
        self._login = MySqlLogin(loop, node, user.encode(), key_of(password), self._logged_in)
        self._waiting: deque[tuple[str, Answer]] = deque()
        self._reply: Reply | None = None
        self._taken: list[bytes] = []
        self._packets = Packets()

    def ask(self, sql: str, answer: Answer) -> None:
        if self.wire is None or self.wire.closed:
            answer(None)
            return
        self._waiting.append((sql, answer))
        self._next()

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

    def _next(self) -> None:
        if self._reply is None and self._waiting and self.wire is not None:
            self._reply = Reply(COM_QUERY)
            self._taken = []
            self.wire.send(packet(0, bytes((COM_QUERY,)) + self._waiting[0][0].encode()))

    def _received(self, data: bytes) -> None:
        for raw in self._packets.feed(data):
            if self._reply is None:
                continue
            self._taken.append(raw)
            if self._reply.take(raw):
                self._reply = None
                _, answer = self._waiting.popleft()
                answer(_rows(self._taken))
        self._next()

    def _ended(self, orderly: bool) -> None:
        while self._waiting:
            self._waiting.popleft()[1](None)


def _rows(packets: list[bytes]) -> list[Row] | None:
    """Of a whole reply; ``None`` when it is an error."""
    if packets[-1][4] == ERR:
        return None
    if len(packets) == 1:
        return []
    columns, _ = number(packets[0], 4)
    return [row(raw, columns) for raw in packets[columns + 2 : -1]]


class MySqlDialect:
    """See :class:`jackfield.relay.sql.watch.Dialect`. Positions are the last numbers of each replication domain."""

    primary_question = "SELECT 0, @@global.gtid_binlog_pos"
    replica_question = "SELECT @@global.read_only = 0, @@global.gtid_slave_pos"

    def connect(self, loop: Loop, node: Node, user: str, password: str, done: Callable[[str], None]) -> MySqlAsking:
        return MySqlAsking(loop, node, user, password, done)

    def position(self, rows: Sequence[Row]) -> Position:
        wrong, ids = rows[0]
        if wrong != "0":
            raise ValueError("its role is another one")
        found: dict[str, int] = {}
        for one in (ids or "").split(","):
            domain, _, last = one.strip().partition("-")
            if last:
                found[domain] = int(last.rpartition("-")[2])
        return found
