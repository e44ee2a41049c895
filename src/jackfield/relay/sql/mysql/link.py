"""A client's connection to one replica, made with the first read that goes there."""

from __future__ import annotations

from collections.abc import Callable

from jackfield.relay.loop import Loop
from jackfield.relay.sql.mysql.framing import ERR, Hello, Packets, Reply, packet
from jackfield.relay.sql.mysql.login import MySqlLogin
from jackfield.relay.sql.nodes import Node
from jackfield.relay.sql.wire import Wire

_COM_INIT_DB, _COM_QUERY = 0x02, 0x03


class Link:
    """
    :param ready: told once whether the replica let us in. :param said: takes each packet of an answer.
    :param lost: the connection broke later, or could not be made to be like the primary's.
    :ivar names: the SET NAMES that the replica was told.
    """

    def __init__(
        self,
        loop: Loop,
        node: Node,
        hello: Hello,
        key: bytes,
        database: bytes,
        *,
        ready: Callable[[Link, str], None],
        said: Callable[[bytes], None],
        lost: Callable[[Link], None],
    ) -> None:
        self.node = node
        self.wire: Wire | None = None
        self.names = b""
        self._database = database
        self._said = said
        self._lost = lost
        self._ready = ready
        self._packets = Packets()
        self._ahead: list[Reply] = []  # to what the client did not ask
        self._login = MySqlLogin(
            loop, node, hello.user, key, self._logged_in,
            database=database, flags=hello.flags, charset=hello.charset,
        )  # fmt: skip

    def ask(self, raw: bytes, database: bytes, names: bytes) -> None:
        """Sends a command, after what makes the session be like the client's."""
        assert self.wire is not None
        out = b""
        if database != self._database:
            self._database = database
            out += packet(0, bytes((_COM_INIT_DB,)) + database)
            self._ahead.append(Reply(_COM_INIT_DB))
        if names != self.names:
            self.names = names
            out += packet(0, bytes((_COM_QUERY,)) + names)
            self._ahead.append(Reply(_COM_QUERY))
        self.wire.send(out + raw)

    @property
    def thread(self) -> int:
        """The replica's number of the connection."""
        return self._login.thread

    def close(self) -> None:
        """Ends it without telling anybody. Idempotent."""
        self._login.cancel()
        if self.wire is not None and not self.wire.closed:
            self.wire.close()
            self.node.open -= 1

    def _logged_in(self, why: str) -> None:
        if not why:
            self.wire = self._login.wire
            assert self.wire is not None
            self.wire.hand_over(self._received, self._ended)
            self.node.open += 1
        self._ready(self, why)

    def _received(self, data: bytes) -> None:
        assert self.wire is not None
        try:
            for raw in self._packets.feed(data):
                if not self._ahead:
                    self._said(raw)
                elif raw[4] == ERR:
                    self.wire.abort()
                elif self._ahead[0].take(raw):
                    self._ahead.pop(0)
                if self.wire.closed:
                    return
        except (ValueError, IndexError):
            self.wire.abort()

    def _ended(self, orderly: bool) -> None:
        self.node.open -= 1
        self._lost(self)
