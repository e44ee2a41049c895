"""Logging in to servers that speak MySQL's protocol."""

from __future__ import annotations

from collections.abc import Callable

from jackfield.relay.loop import Loop
from jackfield.relay.sql.login import Login, LoginFailed
from jackfield.relay.sql.mysql.framing import (
    CLIENT_CONNECT_WITH_DB,
    CLIENT_LENENC_AUTH,
    CLIENT_PLUGIN_AUTH,
    CLIENT_PROTOCOL_41,
    CLIENT_SECURE_CONNECTION,
    EOF,
    ERR,
    NATIVE,
    OK,
    UNSUPPORTED,
    Packets,
    error_code,
    greeting,
    packet,
)
from jackfield.relay.sql.mysql.native import answer
from jackfield.relay.sql.nodes import Node

_CONNECT_ATTRIBUTES, _LOCAL_FILES = 0x100000, 0x80
_NEEDED = CLIENT_PROTOCOL_41 | CLIENT_SECURE_CONNECTION | CLIENT_PLUGIN_AUTH
UTF8MB4 = 45


class MySqlLogin(Login):
    """
    :param key: of the password (:func:`jackfield.relay.sql.mysql.native.key_of`); empty: there is none.
    :param flags: capabilities of the client for whom it is. :ivar thread: the server's number of the connection.
    """

    def __init__(
        self,
        loop: Loop,
        node: Node,
        user: bytes,
        key: bytes,
        done: Callable[[str], None],
        *,
        database: bytes = b"",
        flags: int = 0x2001,
        charset: int = UTF8MB4,
    ) -> None:
        self.thread = 0
        self._user = user
        self._key = key
        self._database = database
        dropped = UNSUPPORTED | _CONNECT_ATTRIBUTES | _LOCAL_FILES | CLIENT_LENENC_AUTH | CLIENT_CONNECT_WITH_DB
        self._flags = (flags & ~dropped) | _NEEDED | (CLIENT_CONNECT_WITH_DB if database else 0)
        self._charset = charset
        self._packets = Packets()
        self._greeted = False
        super().__init__(loop, node, done)

    def take(self, data: bytes) -> None:
        assert self.wire is not None
        for raw in self._packets.feed(data):
            if self.over:
                return
            if raw[4] == ERR:
                raise LoginFailed(f"the server refuses ({error_code(raw)})")
            if not self._greeted:
                self._greeted = True
                self._answer(raw)
            elif raw[4] == OK:
                self.succeed()
            elif raw[4] == EOF:
                plugin, _, nonce = raw[5:].partition(b"\0")
                if plugin != NATIVE:
                    raise LoginFailed(f"the server wants the password by way of {plugin.decode(errors='replace')}")
                self.wire.send(packet(raw[3] + 1, self._said(nonce[:20])))
            else:
                raise LoginFailed("the server wants the password in a way that is not supported")

    def _answer(self, raw: bytes) -> None:
        assert self.wire is not None
        found = greeting(raw)
        self.thread = found.thread
        said = self._said(found.nonce)
        body = self._flags.to_bytes(4, "little") + (1 << 30).to_bytes(4, "little") + bytes((self._charset,)) + bytes(23)
        body += self._user + b"\0" + bytes((len(said),)) + said
        if self._database:
            body += self._database + b"\0"
        self.wire.send(packet(raw[3] + 1, body + NATIVE + b"\0"))

    def _said(self, nonce: bytes) -> bytes:
        return answer(self._key, nonce) if self._key else b""
