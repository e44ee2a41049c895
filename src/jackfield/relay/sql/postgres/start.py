"""The beginning of a PostgreSQL session, up to the primary's first Z: the client logs in there, and is overheard."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

from jackfield.relay.loop import Timer
from jackfield.relay.session import Host
from jackfield.relay.sql.nodes import Node
from jackfield.relay.sql.postgres.framing import (
    CANCEL_REQUEST,
    GSS_REQUEST,
    LONGEST_STARTUP,
    SSL_REQUEST,
    Malformed,
    Messages,
    startup_parameters,
)
from jackfield.relay.sql.postgres.scram import Overheard
from jackfield.relay.sql.session import SqlSession

if TYPE_CHECKING:
    from jackfield.relay.sql.upstream import SqlUpstream

STARTUP_SECONDS = 60.0
"""authentication_timeout's default: how long a client may say nothing."""

LONGEST = 1 << 30
"""Of a message: PostgreSQL's own limit."""

_ENCODINGS = (b"UTF8", b"SQL_ASCII", b"LATIN1")
"""In others a quote may be half of a letter."""


class Start(SqlSession):
    """See the module. A client that is not served yet may also be one that only delivers a CancelRequest."""

    def __init__(self, upstream: SqlUpstream, host: Host, sock: socket.socket, client: str) -> None:
        super().__init__(upstream, host, sock, client)
        self._inbox = b""
        self._packet = b""  # the StartupMessage
        self._cancel = b""  # pid and secret of the primary's process for us
        self._serving = False
        self._client_messages = Messages(LONGEST_STARTUP)
        self._overheard: Overheard | None = Overheard()
        self._timer: Timer | None = self.loop.call_later(STARTUP_SECONDS, lambda: self.refuse("it says nothing"))

    def under_way(self) -> tuple[Node, bytes] | None:
        """The replica that answers now, and what a CancelRequest for that says; ``None`` while the primary would."""
        raise NotImplementedError

    def pin(self) -> None:
        """The session is the primary's from now on: nothing is looked at any more."""
        raise NotImplementedError

    def from_client(self, data: bytes) -> None:
        if self._packet:
            self._log_in(data)
        else:
            self._inbox += data
            self._start()

    def _start(self) -> None:
        while len(self._inbox) >= 8 and not self._packet:
            length, code = struct.unpack("!II", self._inbox[:8])
            if not 8 <= length <= LONGEST_STARTUP:
                raise Malformed(f"a first packet of {length} bytes")
            if len(self._inbox) < length:
                return
            packet, self._inbox = self._inbox[:length], self._inbox[length:]
            if code in (SSL_REQUEST, GSS_REQUEST):
                self.to_client(b"N")
            elif code == CANCEL_REQUEST:
                self._pass_cancel(packet)
                return
            else:
                self._packet = packet
                self._rest()
                self.dial_primary()

    def _pass_cancel(self, packet: bytes) -> None:
        """To whoever answers the session that it names; servers judge the secret themselves."""
        session = self.upstream.cancels.get(packet[8:])
        replica = session.under_way() if isinstance(session, Start) else None
        if replica is None:
            self.upstream.send_cancel(self.upstream.nodes[0], packet)
        elif replica[1]:
            self.upstream.send_cancel(replica[0], packet[:8] + replica[1])
        self._finish(hard=False)

    def primary_opened(self) -> None:
        self.to_primary(self._packet)
        if self._inbox:
            self._log_in(self._inbox)

    def _log_in(self, data: bytes) -> None:
        if self.primary is None:
            self._inbox += data
            return
        self._inbox = b""
        self.to_primary(data)
        for kind, raw in self._client_messages.feed(data):
            if kind == ord("p") and self._overheard is not None:
                self._overheard.client_said(raw[5:])

    def _welcome(self, kind: int, raw: bytes) -> None:
        """What the primary says up to its first Z."""
        if kind == ord("R") and raw[5:9] == b"\0\0\0\x0b" and self._overheard is not None:
            self._overheard.server_said(raw[9:])
        elif kind == ord("K"):
            self._cancel = raw[5:]
            self.upstream.cancels[self._cancel] = self
        elif kind == ord("S"):
            self._setting(raw)
        elif kind == ord("Z"):
            self._serving = True
            self._client_messages = Messages(LONGEST)
            if startup_parameters(self._packet).get(b"replication", b"off") not in (b"off", b"false", b"no", b"0"):
                self.pin()

    def _setting(self, raw: bytes) -> None:
        """Settings under which a statement's words can not be told pin the session."""
        name, _, value = raw[5:].rstrip(b"\0").partition(b"\0")
        if (name == b"standard_conforming_strings" and value != b"on") or (
            name == b"client_encoding" and value not in _ENCODINGS
        ):
            self.pin()

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
