"""One client of a route with TLS: finds out whether it encrypts, and is its session from then on."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import time
from typing import Literal

from jackfield.relay.descriptors import LINGER_RESET, reset
from jackfield.relay.loop import Loop, Timer
from jackfield.relay.route import Route
from jackfield.relay.session import Host, Session, Upstream
from jackfield.relay.tls.bridge import Bridge
from jackfield.relay.tls.mysql import Login

HANDSHAKE_SECONDS = 10.0
"""How long a client may take from its first wish to encrypt to the end of the handshake."""

_TLS_RECORD = 0x16
"""A TLS record of type handshake, which every client sends first (RFC 8446, 5.1). No plain protocol begins so: Redis
commands are text, and a PostgreSQL packet's first byte is that of a length far below."""

_SSL_REQUEST = 80877103
_GSS_REQUEST = 80877104
_CANCEL_REQUEST = 80877102
_REQUEST_BYTES = 8
"""PostgreSQL's *Message Formats*: CancelRequest, GSSENCRequest and SSLRequest."""


_LONGEST_STARTUP = 10_000
"""MAX_STARTUP_PACKET_LENGTH in PostgreSQL's ``pqcomm.h``."""


class TlsSession:
    """The client's session as the listener sees it, and the host of the upstream's.

    See :class:`jackfield.relay.session.Session` and :class:`jackfield.relay.session.Host` for most members.

    :param required: a client that does not encrypt is refused.
    """

    __slots__ = (
        "_bridge",
        "_context",
        "_far",
        "_host",
        "_inner",
        "_inner_ended",
        "_protocol",
        "_required",
        "_sock",
        "_timer",
        "_upstream",
        "client",
        "loop",
        "over",
        "route",
        "since",
    )

    def __init__(
        self,
        host: Host,
        sock: socket.socket,
        client: str,
        *,
        upstream: Upstream,
        context: ssl.SSLContext,
        protocol: Literal["tls", "postgres", "mysql"],
        required: bool,
    ) -> None:
        self.client = client
        self.since = time.time()
        self.loop: Loop = host.loop
        self.route: Route = host.route
        self.over = False
        self._host = host
        self._sock = sock
        self._upstream = upstream
        self._context = context
        self._protocol = protocol
        self._required = required
        self._bridge: Bridge | None = None
        self._far: socket.socket | None = None  # the upstream's end of the pair
        self._inner: Session | None = None
        self._inner_ended = False
        self._timer: Timer | None = None

    def start(self) -> None:
        """Waits for what the client says first; in MySQL the server does."""
        if self._protocol == "mysql":
            near = self._open_inner()
            if near is not None:
                login = Login(required=self._required)
                self._bridge = Bridge(self.loop, self, self._sock, self._context, near, login)
            return
        if self._protocol == "postgres":
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, _REQUEST_BYTES)
        if self._required or self._protocol == "postgres":  # a plain client of Redis may be silent as long as it likes
            self._begin_to_wait()
        self.loop.register(self._sock.fileno(), self)

    # -- what the client says first ------------------------------------------------------------------------------

    def on_event(self, events: int) -> None:
        try:
            first = self._sock.recv(_REQUEST_BYTES, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError:
            self._finish()
            return
        if not first:
            self._finish()  # it dialled, and left
        elif first[0] == _TLS_RECORD:
            self._encrypt()
        elif self._protocol == "postgres":
            self._postgres(first)
        elif self._required:
            self.refuse("TLS is required")
        else:
            self._go_plain()

    def _postgres(self, first: bytes) -> None:
        if len(first) < _REQUEST_BYTES:
            self.refuse("the client ended in the middle of its first packet")
            return
        length, code = struct.unpack("!II", first)
        if length == _REQUEST_BYTES and code in (_SSL_REQUEST, _GSS_REQUEST):
            self._sock.recv(_REQUEST_BYTES)
            try:
                self._sock.send(b"S" if code == _SSL_REQUEST else b"N")
            except OSError:
                self.abort()
                return
            if code == _SSL_REQUEST:
                self._encrypt()
        elif self._required and code != _CANCEL_REQUEST:  # libpq before 17 cancels in plain, whatever was required
            with contextlib.suppress(OSError):
                self._sock.recv(_LONGEST_STARTUP)  # a close with something unread is a reset, which outruns the error
                self._sock.send(_no_encryption())
            self.refuse("TLS is required")
        else:
            self._go_plain()

    def _go_plain(self) -> None:
        """The upstream takes the socket over, with everything that the client said."""
        self._stop_waiting()
        self._lower()
        self.loop.forget(self._sock.fileno())
        self._inner = self._upstream.open(self, self._sock, self.client)
        if self._inner is None:  # refused and closed
            self._finish()

    def _encrypt(self) -> None:
        self._lower()
        self.loop.forget(self._sock.fileno())
        self._bridge = Bridge(self.loop, self, self._sock, self._context)

    def _lower(self) -> None:
        if self._protocol == "postgres":
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)

    def _begin_to_wait(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(HANDSHAKE_SECONDS, self._too_late)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_late(self) -> None:
        self.refuse(f"no TLS handshake within {HANDSHAKE_SECONDS:.0f} s")

    # -- for the bridge ------------------------------------------------------------------------------------------

    def begun(self) -> None:
        self._begin_to_wait()

    def secured(self) -> socket.socket | None:
        self._stop_waiting()
        return self._open_inner() if self._inner is None else None

    def _open_inner(self) -> socket.socket | None:
        """Has the upstream serve one end of a pair of sockets; returns the other, or ends the session."""
        try:
            near, far = socket.socketpair()
        except OSError as error:
            self.refuse(f"no socket is left: {error.strerror}")
            return None
        near.setblocking(False)
        far.setblocking(False)
        self._far = far
        self._inner = self._upstream.open(self, far, self.client)
        if self._inner is None:
            near.close()
            self.abort()
            return None
        return near

    def delivered(self) -> None:
        if self._inner_ended:
            self._finish()

    # -- as the listener's session -------------------------------------------------------------------------------

    @property
    def backend(self) -> str:
        return self._inner.backend if self._inner is not None else ""

    @property
    def received(self) -> int:
        return self._inner.received if self._inner is not None else 0

    @property
    def sent(self) -> int:
        return self._inner.sent if self._inner is not None else 0

    def abort(self) -> None:
        if not self.over:
            reset(self._sock)
            self._finish()

    def refuse(self, why: str) -> None:
        if not self.over:
            self._host.refused(self.client, why)
            self._finish()

    def _finish(self) -> None:
        """Closes the client's socket, and what the upstream has for it."""
        if self.over:
            return
        self.over = True
        self._stop_waiting()
        inner, bridge = self._inner, self._bridge
        if bridge is not None:
            bridge.close()
        elif inner is None:
            self.loop.close(self._sock)
        if inner is not None and not self._inner_ended:
            inner.abort()
        self._inner = self._bridge = self._far = (
            None  # no cycles: what is over is freed without waiting for the garbage collector
        )
        self._host.ended(self)

    # -- as the host of the upstream's session -------------------------------------------------------------------

    def refused(self, client: str, reason: str) -> None:
        self._host.refused(client, reason)

    def ended(self, session: Session) -> None:
        """The upstream is done with this client; what it said last may still be on its way."""
        self._inner_ended = True
        bridge = self._bridge
        if bridge is None:
            self._finish()
        elif self._far is not None and was_reset(self._far):
            self.abort()
        elif bridge.delivered:
            self._finish()


def was_reset(sock: socket.socket) -> bool:
    """Whether :func:`jackfield.relay.descriptors.reset` was called for a socket that is not closed yet.

    A socket of a pair keeps the mark and does nothing with it; for the client it has to become a reset.
    """
    return (
        sock.fileno() >= 0 and sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, len(LINGER_RESET)) == LINGER_RESET
    )


def _no_encryption() -> bytes:
    """An ErrorResponse as PostgreSQL gives it where only encrypted connections are admitted (``hostssl``)."""
    fields = b"SFATAL\0VFATAL\0C28000\0Mno entry admits this connection without encryption (sslmode=disable)\0\0"
    return b"E" + (len(fields) + 4).to_bytes(4, "big") + fields
