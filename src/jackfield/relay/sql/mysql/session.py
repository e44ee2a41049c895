"""One client of a MySQL primary with replicas: see PostgreSQL's session, whose rules are the same.

A client has one command under way. COM_QUERY is looked at; other commands are the primary's. What the status flags of
the primary's answers tell (a transaction, autocommit) is believed.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from typing import TYPE_CHECKING

from jackfield.relay.session import Host
from jackfield.relay.sql.mysql.classify import (
    UNSAFE_IDS,
    charset_set,
    classify,
    killed_thread,
    used_database,
)
from jackfield.relay.sql.mysql.framing import (
    AUTOCOMMIT,
    EOF,
    ERR,
    IN_TRANSACTION,
    LOCAL_FILE,
    NATIVE,
    NO_BACKSLASH,
    OK,
    Hello,
    Packets,
    Reply,
    error_code,
    greeting,
    hello,
    is_whole,
    login_status,
    plain_greeting,
    plain_hello,
)
from jackfield.relay.sql.mysql.link import Link
from jackfield.relay.sql.mysql.native import recover
from jackfield.relay.sql.mysql.reading import Reading
from jackfield.relay.sql.nodes import Node
from jackfield.relay.sql.session import SqlSession
from jackfield.relay.sql.verdict import Verdict
from jackfield.relay.sql.wire import Wire

if TYPE_CHECKING:
    from jackfield.relay.sql.upstream import SqlUpstream

_AGAIN_SECONDS = 1.0
_INTERRUPTED = 1317  # ER_QUERY_INTERRUPTED: what somebody wanted
_QUIT, _INIT_DB, _QUERY, _RESET = 0x01, 0x02, 0x03, 0x1F
_SILENT = (0x18, 0x19)
"""COM_STMT_SEND_LONG_DATA, COM_STMT_CLOSE: no answer."""

_KNOWN = (_QUIT, _INIT_DB, _QUERY, 0x04, 0x09, 0x0E, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1C, _RESET)
"""Besides: COM_FIELD_LIST, STATISTICS, PING and those of prepared statements. Others pin."""


class MySqlSession(SqlSession):
    """See the module."""

    def __init__(self, upstream: SqlUpstream, host: Host, sock: socket.socket, client: str) -> None:
        super().__init__(upstream, host, sock, client)
        self._nonce = b""
        self._thread = b""  # the primary's number of the connection
        self._said = b""  # the client's answer to it
        self._plugin = b""
        self._hello: Hello | None = None
        self._greeted = False
        self._serving = False
        self._pinned = False
        self._status = AUTOCOMMIT
        self._database = b""
        self._names = b""
        self._key: bytes | None = None
        self._asked = False  # for what the primary stores of the password
        self._client_packets = Packets()
        self._primary_packets = Packets()
        self._todo: deque[bytes] = deque()
        self._parts: list[bytes] = []  # of a command of more than 16 MB
        self._reply: Reply | None = None
        self._wish: tuple[bytes, bytes] = (b"", b"")  # database and SET NAMES, once the primary says OK
        self._last: Node = self._node
        self._reading: Reading | None = None
        self._links: dict[Node, Link] = {}
        self._refused: dict[Node, float] = {}
        self._late = b""

    # -- the beginning -------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self.dial_primary()

    def from_client(self, data: bytes) -> None:
        if self._pinned and self._serving:
            self._hand_through(data)
        elif not self._serving:
            self.to_primary(b"".join([self._introduce(raw) for raw in self._client_packets.feed(data)]))
        elif self._reply is not None and self._reply.wants_file:
            self.to_primary(data)
        else:
            self._todo.extend(self._client_packets.feed(data))
            self.work()
            if self.busy and self._todo:  # a client that does not wait for answers waits here
                self.wire.pause()

    def _introduce(self, raw: bytes) -> bytes:
        """What the client says before it is let in; what the primary is told."""
        if self._hello is not None:
            self._said = raw[4:]
            return raw
        self._hello = hello(raw)
        self._database = self._hello.database
        self._said, self._plugin = self._hello.answer, self._hello.plugin
        if self._hello.charset in UNSAFE_IDS:
            self._pin()
        return plain_hello(raw)

    def _welcome(self, raw: bytes) -> bytes:
        """What the primary says before it has let the client in; what the client is told."""
        if not self._greeted:
            self._greeted = True
            if raw[4] == ERR:
                return raw
            found = greeting(raw)
            self._nonce, self._thread = found.nonce, b"%d" % found.thread
            self.upstream.cancels[self._thread] = self
            return plain_greeting(raw)
        if raw[4] == OK:
            self._serving = True
            self._note_status(login_status(raw))
        elif raw[4] == EOF and len(raw) > 5:
            plugin, _, nonce = raw[5:].partition(b"\0")
            self._plugin, self._nonce = plugin, nonce[:20]
        return raw

    # -- what the client says ------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        if self._pinned:
            return self._reading is not None
        return bool(self._reading or self._reply)

    def work(self) -> None:
        while self._todo and not self.busy and not self.over and not self._pinned:
            if self.upstream.held and not self._parts:
                return
            self._parts.append(self._todo.popleft())
            if is_whole(self._parts[-1]):
                raw, self._parts = b"".join(self._parts), []
                self._command(raw)
        if self._pinned and self._serving and not self._reading and not self.over:
            self._hand_through(b"")

    def _hand_through(self, data: bytes) -> None:
        """Sends the primary what the client says, after what it said before the session was pinned."""
        left = b"".join((*self._parts, *self._todo)) + self._client_packets.rest()
        self._todo.clear()
        self._parts.clear()
        self.to_primary(left + data)

    def _command(self, raw: bytes) -> None:
        if len(raw) < 5 or raw[3] != 0:
            self._pin()
            self.to_primary(raw)
            return
        node, verdict = self._node, Verdict.PRIMARY
        if raw[4] == _QUERY:
            verdict = classify(raw[5:])
            free = self._status & AUTOCOMMIT and not self._status & IN_TRANSACTION
            if verdict is Verdict.READ and free:
                node = self.upstream.reader(self._avoids)
            elif verdict is Verdict.LAST and self._last in self._links:
                node = self._last
        elif raw[4] == 0x16:  # what is prepared is run at the primary, but may leave something behind
            verdict = classify(raw[5:])
        if node is self._node:
            self._run(raw, verdict)
        else:
            self._read(node, raw)

    def _run(self, raw: bytes, verdict: Verdict) -> None:
        """At the primary."""
        command = raw[4]
        self._last = self._node
        self._wish = (b"", b"")
        if command not in _SILENT:
            self._reply = Reply(command)
        if command == _INIT_DB:
            self._wish = (raw[5:], b"")
        elif command == _QUERY:
            self._wish = (used_database(raw[5:]), raw[5:] if charset_set(raw[5:]) else b"")
            self._pass_kill(killed_thread(raw[5:]))
        elif command == _RESET:
            self._names = b""
            self._close_links()
        if command not in _KNOWN or verdict is Verdict.PIN:
            self._pin()
        self.to_primary(raw)

    def _pass_kill(self, thread: int) -> None:
        """A KILL of a session that a replica answers is meant for the replica, too, if it is the same user's."""
        session = self.upstream.cancels.get(b"%d" % thread) if thread else None
        if not isinstance(session, MySqlSession) or session._reading is None:
            return
        link = session._links.get(session._reading.node)
        same = session._hello is not None and self._hello is not None and session._hello.user == self._hello.user
        if link is not None and link.thread and same:
            self.upstream.ask(link.node, f"KILL QUERY {link.thread}", lambda rows: None)

    def _pin(self) -> None:
        """The session is the primary's from now on: nothing is looked at any more."""
        self._pinned = True
        self._reply = None
        if self._reading is None:
            self._close_links()

    # -- reading at a replica ------------------------------------------------------------------------------------

    def _avoids(self, node: Node) -> bool:
        return self._refused.get(node, 0.0) > time.monotonic()

    def _read(self, node: Node, raw: bytes) -> None:
        self.wire.pause()
        self._reading = reading = Reading(node, raw)
        link = self._links.get(node)
        if link is not None:
            self._ask(link)
        elif self._asked:
            self._connect(node)
        else:
            assert self._hello is not None
            self._asked = True
            user = self._hello.user.decode(errors="replace").replace("\\", "\\\\").replace("'", "''")
            self.upstream.ask(
                self._node,
                f"SELECT authentication_string FROM mysql.user WHERE user = '{user}'",
                lambda rows: self._learned(reading, rows),
            )

    def _learned(self, reading: Reading, rows: list[tuple[str | None, ...]] | None) -> None:
        """What the primary stores of the client's password came, or did not."""
        if rows is None:
            self._asked = False
        elif self._plugin == NATIVE:
            keys = (recover(self._said, self._nonce, stored or "") for (stored,) in rows)
            self._key = next((key for key in keys if key is not None), None)
        self._said = b""
        if self._reading is not reading or self.over:
            return
        if rows is None:
            self._fall_back()
        else:
            self._connect(reading.node)

    def _connect(self, node: Node) -> None:
        if self._key is None:
            self._refused[node] = float("inf")
            self._fall_back()
            return
        assert self._hello is not None
        self._links[node] = Link(
            *(self.loop, node, self._hello, self._key, self._database),
            ready=self._link_ready, said=self._replica_said, lost=self._link_lost,
        )  # fmt: skip

    def _link_ready(self, link: Link, why: str) -> None:
        if why:
            self._refused[link.node] = time.monotonic() + _AGAIN_SECONDS
            self._link_lost(link)
        elif self._reading is not None and self._reading.node is link.node:
            self._ask(link)

    def _ask(self, link: Link) -> None:
        if self._reading is not None and link.wire is not None:
            link.ask(self._reading.raw, self._database, self._names)

    def _replica_said(self, raw: bytes) -> None:
        reading = self._reading
        if reading is None:
            return
        if not reading.shown and raw[4] == ERR and error_code(raw) != _INTERRUPTED:
            self._fall_back()
            return
        if not reading.shown and raw[4] == LOCAL_FILE:
            raise ValueError("a read asks for a file")
        reading.shown = True
        ended = reading.reply.take(raw)
        self.to_client(raw)
        if ended:
            self._last = reading.node
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
        self._run(reading.raw, Verdict.READ)
        self._after_reading()

    def _after_reading(self) -> None:
        late, self._late = self._late, b""
        self.to_client(late)
        if self._pinned:
            self._close_links()
        self.wire.go_on()
        self.work()
        self.upstream.settled()

    # -- what the primary says -----------------------------------------------------------------------------------

    def from_primary(self, data: bytes) -> None:
        if self._pinned and self._serving:
            self.to_client(self._primary_packets.rest() + data)
            return
        out: list[bytes] = []
        for raw in self._primary_packets.feed(data):
            out.append(raw if self._serving else self._welcome(raw))
            if self._serving and self._reply is not None:
                self._follow(raw)
        if self._reading is not None:
            self._late += b"".join(out)
            return
        if self._pinned and self._serving:
            out.append(self._primary_packets.rest())
        self.to_client(b"".join(out))
        self.work()
        if self.may_read_client():
            self.wire.go_on()
        if not self.busy:
            self.upstream.settled()

    def _follow(self, raw: bytes) -> None:
        """A packet of an answer to the client's command."""
        assert self._reply is not None
        if not self._reply.take(raw):
            return
        status, self._reply = self._reply.status, None
        if raw[4] != ERR:
            database, names = self._wish
            self._database = database or self._database
            self._names = names or self._names
        if status is not None:
            self._note_status(status)

    def _note_status(self, status: int) -> None:
        self._status = status
        if status & NO_BACKSLASH:
            self._pin()

    def last_words(self) -> None:
        self.to_client(self._late)

    # -- for the base ----------------------------------------------------------------------------------------------

    def replicas(self) -> list[Node]:
        return list(self._links)

    def node_lost(self, node: Node) -> None:
        link = self._links.get(node)
        if link is not None and not (self._reading and self._reading.node is node and self._reading.shown):
            self._link_lost(link)

    def close_replicas(self) -> None:
        self._close_links()
        self.upstream.cancels.pop(self._thread, None)

    def _close_links(self) -> None:
        for link in self._links.values():
            link.close()
        self._links.clear()

    def sources(self) -> list[Wire]:
        found = super().sources()
        return found + [link.wire for link in self._links.values() if link.wire is not None]

    def may_read_client(self) -> bool:
        full = self.primary is not None and self.primary.full
        return self._reading is None and not full and not (self._todo and self.busy)
