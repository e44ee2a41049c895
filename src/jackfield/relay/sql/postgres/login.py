"""Logging in to PostgreSQL."""

from __future__ import annotations

import struct
from collections.abc import Callable

from jackfield.relay.loop import Loop
from jackfield.relay.sql.login import Login, LoginFailed
from jackfield.relay.sql.nodes import Node
from jackfield.relay.sql.postgres.framing import Messages, error_code, message
from jackfield.relay.sql.postgres.scram import MECHANISM, Exchange, Keys

_LONGEST = 1 << 20


def startup(user: str, database: str) -> bytes:
    """A StartupMessage."""
    words = ("user", user, "database", database, "application_name", "jackfield", "")
    packet = struct.pack("!I", 3 << 16) + b"".join(word.encode() + b"\0" for word in words)
    return struct.pack("!I", len(packet) + 4) + packet


class PostgresLogin(Login):
    """
    :param packet: the StartupMessage. :param known: the password or the keys, if there are any.
    :ivar key: what a CancelRequest for the connection says.
    """

    def __init__(
        self, loop: Loop, node: Node, packet: bytes, known: str | Keys | None, done: Callable[[str], None]
    ) -> None:
        self.key = b""
        self._packet = packet
        self._exchange = Exchange(known) if known is not None else None
        self._messages = Messages(_LONGEST)
        super().__init__(loop, node, done)

    def opened(self) -> None:
        assert self.wire is not None
        self.wire.send(self._packet)

    def take(self, data: bytes) -> None:
        for kind, raw in self._messages.feed(data):
            if kind == ord("R"):
                self._authenticate(int.from_bytes(raw[5:9]), raw[9:])
            elif kind == ord("K"):
                self.key = raw[5:]
            elif kind == ord("E"):
                raise LoginFailed(f"the server refuses ({error_code(raw).decode(errors='replace')})")
            elif kind == ord("Z"):
                self.succeed()
                return

    def _authenticate(self, step: int, data: bytes) -> None:
        assert self.wire is not None
        if step == 0:
            return
        if self._exchange is None:
            raise LoginFailed("the server wants a password")
        if step == 10 and MECHANISM in data.split(b"\0"):
            first = self._exchange.first
            self.wire.send(message(b"p", MECHANISM + b"\0" + struct.pack("!I", len(first)) + first))
        elif step == 11:
            self.wire.send(message(b"p", self._exchange.final(data)))
        elif step == 12:
            self._exchange.verify(data)
        else:
            raise LoginFailed(f"the server wants the password in a way that is not supported ({step})")
