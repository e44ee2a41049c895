"""One client of a MySQL server that may read and not write: what OceanBase's read-only addresses are for.

The server itself refuses writes, since each session is made read-only before its client is told that it is logged in,
and again after a reset. What could undo that is refused here: the statements are looked at one by one, and several in
one query are none.
"""

from __future__ import annotations

import re

from jackfield.relay.sql.mysql.classify import charset_set, classify
from jackfield.relay.sql.mysql.framing import OK, hello, packet
from jackfield.relay.sql.mysql.session import MySqlSession
from jackfield.relay.sql.verdict import Verdict

SEAL = b"SET SESSION TRANSACTION READ ONLY"
_QUERY, _PREPARE, _RESET = 0x03, 0x16, 0x1F
_MULTI_STATEMENTS = 0x10000
_TAKEN = frozenset((0x01, 0x02, _QUERY, 0x04, 0x09, 0x0E, _PREPARE, 0x17, 0x18, 0x19, 0x1A, 0x1C, _RESET))
"""Not COM_CHANGE_USER, COM_SET_OPTION and what is for administrators."""

_DENIED = 1792  # what servers say in such a transaction
_DENIAL = b"\xff" + _DENIED.to_bytes(2, "little") + b"#25006Cannot execute statement in a READ ONLY transaction."

_OPAQUE = re.compile(
    rb"""'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`|/\*(?!!).*?\*/|(?:--(?=\s|$)|#)[^\n]*""", re.DOTALL
)
_FIRST = re.compile(rb"[\s(]*([a-z]+)")
_READS = frozenset((b"select", b"with", b"values", b"table", b"show", b"desc", b"describe", b"explain", b"help"))
_OTHERS = frozenset((b"use", b"commit", b"rollback", b"savepoint", b"release"))
_UNSEALS = re.compile(rb"transaction|read_only|global|persist|password|role|character_set_c|character\s+set|charset")
"""In a SET: the access mode, what is not of the session, and sets in which a quote may be half of a letter."""


def allowed(sql: bytes) -> bool:
    """Whether a statement leaves the session read-only; whether it writes is for the server to say."""
    text = _OPAQUE.sub(b" ", sql).rstrip(b"; \t\r\n")
    if b"/*!" in text or b";" in text:
        return False
    first = _FIRST.match(text.lower())
    word = first[1] if first else b""
    if word == b"set":
        # A string may be a name, where quotes mean names: its letters count too.
        return not _UNSEALS.search(sql.lower()) and not (charset_set(sql) and classify(sql) is Verdict.PIN)
    if word in (b"start", b"begin"):
        return b"write" not in text.lower()
    return word in _READS or word in _OTHERS


class ReadOnlySession(MySqlSession):
    """See the module."""

    _sealed = False
    _held: bytes = b""
    """What the client is told once the session is sealed."""

    @property
    def busy(self) -> bool:
        return not self._sealed or super().busy

    def from_primary(self, data: bytes) -> None:
        if self._sealed:
            super().from_primary(data)
            return
        for raw in self._primary_packets.feed(data):
            if self._held:
                if raw[4] != OK:
                    self.refuse("the server does not make the session read-only")
                    return
                self._sealed = True
                self.to_client(self._held)
                self._held = b""
            else:
                self._listen(raw)
            if self.over:
                return
        if self._sealed:
            self.work()
            self.upstream.settled()

    def _introduce(self, raw: bytes) -> bytes:
        first = self._hello is None
        told = super()._introduce(raw)
        if not first or self.over:
            return told
        flags = hello(told).flags & ~_MULTI_STATEMENTS
        return told[:4] + flags.to_bytes(4, "little") + told[8:]

    def _listen(self, raw: bytes) -> None:
        """A packet of the login, or the answer to a reset."""
        if self._serving:
            said, self._reply = raw, None
        else:
            said = self._welcome(raw)
        if self._serving:
            self._held = said
            self.to_primary(packet(0, bytes((_QUERY,)) + SEAL))
        else:
            self.to_client(said)

    def _command(self, raw: bytes) -> None:
        command = raw[4] if len(raw) > 4 and raw[3] == 0 else -1
        if command not in _TAKEN or (command in (_QUERY, _PREPARE) and not allowed(raw[5:])):
            self.to_client(packet(1, _DENIAL))
            return
        self._sealed = command != _RESET
        self._run(raw, Verdict.PRIMARY)

    def _pin(self) -> None:
        """What cannot be looked at cannot be let through."""
        self.refuse("a read-only session in a character set, or a mode, in which statements cannot be told apart")
