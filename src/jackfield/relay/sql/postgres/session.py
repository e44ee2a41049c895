"""One client of a PostgreSQL primary with replicas.

The client logs in to the primary, whose answers it sees. From then on each message up to a Query or a Sync is a unit:
a unit that only reads, while the primary owes nothing and no transaction is open, goes to whoever's turn it is; its
answer is held back until it is certain to be one, so a replica that fails in any way costs nothing but time. Everything
else goes to the primary, as it comes. A session that may have state is handed through from then on.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from typing import TYPE_CHECKING

from jackfield.relay.session import Host
from jackfield.relay.sql.nodes import Node
from jackfield.relay.sql.postgres.classify import classify
from jackfield.relay.sql.postgres.framing import Messages, startup_parameters, statement_of
from jackfield.relay.sql.postgres.link import Link
from jackfield.relay.sql.postgres.reading import Reading
from jackfield.relay.sql.postgres.scram import Keys
from jackfield.relay.sql.postgres.start import LONGEST, Start
from jackfield.relay.sql.postgres.statements import UNNAMED, Statements, Unit
from jackfield.relay.sql.verdict import Verdict
from jackfield.relay.sql.wire import Wire

if TYPE_CHECKING:
    from jackfield.relay.sql.upstream import SqlUpstream

_LONGEST_UNIT = 1 << 20
_AGAIN_SECONDS = 1.0
"""A replica that refused a session is not tried again so soon."""

_IGNORED = -1
"""Among what the primary owes: an answer that is not the client's."""


class PostgresSession(Start):
    """See the module."""

    def __init__(self, upstream: SqlUpstream, host: Host, sock: socket.socket, client: str) -> None:
        super().__init__(upstream, host, sock, client)
        self._pinned = False
        self._status = ord("I")
        self._primary_messages = Messages(LONGEST)
        self._keys: Keys | None = None
        self._todo: deque[tuple[int, bytes]] = deque()
        self._unit: Unit = []
        self._size = 0
        self._owed: deque[int] = deque()  # what the primary still has to end with a Z
        self._open = False  # the primary was sent a part of a batch
        self._parsing: list[bytes] = []
        self._statements = Statements()
        self._reading: Reading | None = None
        self._links: dict[Node, Link] = {}
        self._refused: dict[Node, float] = {}
        self._late = b""  # what the primary said of its own accord while a replica answered

    def from_client(self, data: bytes) -> None:
        if not self._serving:
            super().from_client(data)
        elif self._pinned:
            self._hand_through(data)
        else:
            self._todo.extend(self._client_messages.feed(data))
            self.work()

    def under_way(self) -> tuple[Node, bytes] | None:
        if self._reading is None:
            return None
        link = self._links.get(self._reading.node)
        return self._reading.node, link.key if link is not None else b""

    # -- what the client says ------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        if self._pinned:
            return self._reading is not None
        return bool(self._reading or self._owed or self._open or self._status != ord("I"))

    def work(self) -> None:
        while self._todo and not self._reading and not self.over and not self._pinned:
            if self.upstream.held and not self.busy and not self._unit:
                return
            self._message(*self._todo.popleft())
        if self._pinned and self._serving and not self._reading and not self.over:
            self._hand_through(b"")

    def _hand_through(self, data: bytes) -> None:
        """Sends the primary what the client says, after what it said before the session was pinned."""
        left = b"".join(raw for _, raw in (*self._unit, *self._todo)) + self._client_messages.rest()
        self._unit.clear()
        self._todo.clear()
        self.to_primary(left + data)

    def _message(self, kind: int, raw: bytes) -> None:
        if self.busy and not self._unit:
            self._run(kind, raw)
            return
        self._unit.append((kind, raw))
        self._size += len(raw)
        if kind in b"PBDEC" and self._size < _LONGEST_UNIT:
            return
        unit, self._unit, self._size = self._unit, [], 0
        if kind == ord("Q") and len(unit) == 1:
            verdict = classify(raw[5:-1])
        else:
            verdict = self._statements.verdict(unit) if kind == ord("S") else Verdict.PRIMARY
        node = self.upstream.reader(self._avoids) if verdict is Verdict.READ else self._node
        if node is self._node:
            self._run_unit(unit)
        else:
            self._read(node, unit)

    def _run_unit(self, unit: Unit) -> None:
        """At the primary."""
        ahead, count = self._statements.missing(unit, self._statements.primary)
        if ahead:
            self._owed.extend([_IGNORED] * count)
            self.to_primary(ahead)
        for kind, raw in unit:
            self._run(kind, raw)

    def _run(self, kind: int, raw: bytes) -> None:
        """One message for the primary, and what it means for what follows."""
        pins = False
        if kind == ord("Q"):
            sql = raw[5:-1]
            self._statements.forget(UNNAMED)
            if sql.lstrip()[:10].lower().startswith((b"deallocate", b"discard")):
                self._statements.clear()
            pins = classify(sql) is Verdict.PIN
            self._owed.append(kind)
        elif kind == ord("P"):
            name, statement = self._statements.parsed(raw)
            self._statements.primary[name] = raw
            self._parsing.append(name)
            pins = statement.verdict is Verdict.PIN
        elif kind == ord("C") and (closed := statement_of(raw)) is not None:
            self._statements.forget(closed)
        elif kind == ord("S"):
            self._owed.append(kind)
        elif kind == ord("F"):  # a function by its number may be any
            self._owed.append(kind)
            pins = True
        elif kind not in b"BCDEHXdcf":
            pins = True
        if kind == ord("S"):
            self._open = False
        elif kind in b"PBDEC":
            self._open = True
        self.to_primary(raw)
        if pins:
            self.pin()

    def pin(self) -> None:
        self._pinned = True
        self._overheard = None
        if self._reading is None:
            self.close_replicas()

    # -- reading at a replica ------------------------------------------------------------------------------------

    def _avoids(self, node: Node) -> bool:
        return self._refused.get(node, 0.0) > time.monotonic()

    def _read(self, node: Node, unit: Unit) -> None:
        self.wire.pause()
        self._reading = Reading(node, unit)
        link = self._links.get(node)
        if link is not None:
            self._ask(link)
        elif self._keys is not None or self._overheard is None:
            self._connect(node)
        else:
            user = startup_parameters(self._packet).get(b"user", b"").decode(errors="replace").replace("'", "''")
            reading = self._reading
            self.upstream.ask(
                self._node,
                f"SELECT rolpassword FROM pg_authid WHERE rolname = '{user}'",
                lambda rows: self._learned(reading, rows),
            )

    def _learned(self, reading: Reading, rows: list[tuple[str | None, ...]] | None) -> None:
        """What the primary stores of the client's password came, or did not."""
        if rows is not None and self._overheard is not None:
            self._keys = self._overheard.keys(rows[0][0] or "") if rows else None
            self._overheard = None
        if self._reading is not reading or self.over:
            return
        if rows is None:
            self._fall_back()
        else:
            self._connect(reading.node)

    def _connect(self, node: Node) -> None:
        self._links[node] = Link(
            *(self.loop, node, self._packet, self._keys),
            ready=self._link_ready, said=self._replica_said, lost=self._link_lost,
        )  # fmt: skip

    def _link_ready(self, link: Link, why: str) -> None:
        if why:
            self._refused[link.node] = time.monotonic() + _AGAIN_SECONDS
            self._link_lost(link)
            return
        assert link.wire is not None
        if self._reading is not None and self._reading.node is link.node:
            self._ask(link)

    def _ask(self, link: Link) -> None:
        reading = self._reading
        if reading is None or link.wire is None:
            return
        if reading.unit[-1][0] == ord("Q"):
            link.has.pop(UNNAMED, None)
            self._statements.forget(UNNAMED)
        ahead, reading.skip = self._statements.missing(reading.unit, link.has)
        for kind, raw in reading.unit:
            if kind == ord("P"):
                name, _ = self._statements.parsed(raw)
                link.has[name] = raw
        link.wire.send(ahead + b"".join(raw for _, raw in reading.unit))

    def _replica_said(self, kind: int, raw: bytes) -> None:
        reading = self._reading
        if reading is None:
            return
        out, ended = reading.take(kind, raw)
        if out:
            self.to_client(out)
        if not ended:
            return
        if reading.failing:
            link = self._links.get(reading.node)
            if link is not None:
                link.has.clear()
            self._fall_back()
        else:
            self._reading = None
            self._after_reading()

    def _link_lost(self, link: Link) -> None:
        link.close()
        if self._links.get(link.node) is link:
            del self._links[link.node]
        if self._reading is not None and self._reading.node is link.node:
            self._fall_back()

    def _fall_back(self) -> None:
        """The primary answers what a replica did not; not if the client has seen a part of an answer."""
        reading, self._reading = self._reading, None
        assert reading is not None
        if reading.shown:
            self.refuse(f"replica {reading.node.backend.name} broke off in the middle of an answer")
            return
        self._run_unit(reading.unit)
        self._after_reading()

    def _after_reading(self) -> None:
        late, self._late = self._late, b""
        self.to_client(late)
        if self._pinned:
            self.close_replicas()
        self.wire.go_on()
        self.work()
        self.upstream.settled()

    # -- what the primary says -----------------------------------------------------------------------------------

    def from_primary(self, data: bytes) -> None:
        if self._handed_through:
            self.to_client(self._primary_messages.rest() + data)
            return
        out = [raw for kind, raw in self._primary_messages.feed(data) if self._heard(kind, raw)]
        if self._reading is not None:
            self._late += b"".join(out)
            return
        if self._handed_through:
            out.append(self._primary_messages.rest())
        self.to_client(b"".join(out))
        if not self.busy:
            self.upstream.settled()

    @property
    def _handed_through(self) -> bool:
        """Whether nothing that the primary says has to be looked at."""
        return self._pinned and self._reading is None and _IGNORED not in self._owed

    def last_words(self) -> None:
        self.to_client(self._late)

    def _heard(self, kind: int, raw: bytes) -> bool:
        """Notes what a message of the primary means; whether it is for the client."""
        if not self._serving:
            self._welcome(kind, raw)
            return True
        ours = bool(self._owed) and self._owed[0] == _IGNORED
        if kind == ord("Z"):
            if self._owed:
                self._owed.popleft()
            if not ours:
                self._status = raw[5]
                self._parsing.clear()
        elif kind == ord("E") and not ours:
            for name in self._parsing:
                self._statements.forget(name)
        elif kind == ord("G") and self._owed and self._owed[0] == ord("S"):
            self._owed.popleft()  # while it takes data, the server ignores a Sync: the client sends another one
        elif kind == ord("W"):
            self.pin()
        elif kind == ord("S"):
            self._setting(raw)
        return not ours or kind in b"NSA"

    # -- for the base ----------------------------------------------------------------------------------------------

    def replicas(self) -> list[Node]:
        return list(self._links)

    def node_lost(self, node: Node) -> None:
        link = self._links.get(node)
        if link is not None and not (self._reading and self._reading.node is node and self._reading.shown):
            self._link_lost(link)

    def close_replicas(self) -> None:
        self._rest()
        for link in self._links.values():
            link.close()
        self._links.clear()
        if self.over:
            self.upstream.cancels.pop(self._cancel, None)

    def sources(self) -> list[Wire]:
        found = super().sources()
        return found + [link.wire for link in self._links.values() if link.wire is not None]

    def may_read_client(self) -> bool:
        return self._reading is None
