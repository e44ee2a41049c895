"""Between a client that may encrypt and the plain end that an upstream serves.

Everything is bounded: a direction is read only when all that was read before has left. What waits is at most one
piece of each direction, the records that were received but not decrypted, and the socket pair's own buffers.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from typing import Protocol

from jackfield.relay.loop import READ, WRITE, Loop
from jackfield.relay.tls.mysql import Login, LoginRefused
from jackfield.relay.tls.watched import Watched

PIECE_BYTES = 64 * 1024
"""Bytes read at a time."""

_UNANSWERED_BYTES = 256 * 1024
"""A client that has TLS itself answer (key updates) and does not read the answers is read no more."""


class Owner(Protocol):
    """The session to which a bridge belongs."""

    def secured(self) -> socket.socket | None:
        """The handshake is done: the near end of a pair whose far end the upstream serves.

        ``None`` where the bridge has it already, or where nothing serves and this was aborted.
        """

    def abort(self) -> None:
        """The connection is broken."""

    def refuse(self, why: str) -> None:
        """The client is not served; what it was told is on its way."""

    def begun(self) -> None:
        """The client has begun to encrypt."""

    def delivered(self) -> None:
        """All that the upstream said was handed to the client, with its end."""


class Bridge:
    """Carries bytes between a client and the near end of a socket pair.

    :param near: given where the upstream is served before anything is encrypted (MySQL, with ``login``); else it comes
        from ``owner.secured``.
    :param context: with which the client's handshake is made, at once or when ``login`` says so.
    """

    __slots__ = (
        "_client",
        "_client_ended",
        "_context",
        "_incoming",
        "_login",
        "_loop",
        "_near",
        "_near_ended",
        "_outgoing",
        "_over",
        "_owner",
        "_raw_ended",
        "_shaking",
        "_tls",
        "_to_client",
        "_to_near",
    )

    def __init__(
        self,
        loop: Loop,
        owner: Owner,
        client: socket.socket,
        context: ssl.SSLContext,
        near: socket.socket | None = None,
        login: Login | None = None,
    ) -> None:
        self._loop = loop
        self._owner = owner
        self._context = context
        self._login = login
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._shaking = False
        self._to_client = memoryview(b"")  # for the client's socket, encrypted if it is
        self._to_near = memoryview(b"")
        self._raw_ended = False  # the client's socket gives no more
        self._client_ended = False  # what it gave was used up, or has nowhere to go
        self._near_ended = False  # the upstream says no more
        self._over = False
        self._client = Watched(loop, client, self._read_client, self._flush_client, owner.abort)
        self._near: Watched | None = None
        if login is None:
            self._start_tls(b"")
        else:
            assert near is not None
            self._connect(near)
        self._listen()

    def _connect(self, near: socket.socket) -> None:
        self._near = Watched(self._loop, near, self._read_near, self._flush_near, self._near_is_gone)

    # -- from the client -----------------------------------------------------------------------------------------

    def _read_client(self) -> None:
        try:
            data = self._client.sock.recv(PIECE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._owner.abort()
            return
        if not data:
            self._raw_ended = True
        elif self._tls is not None:
            self._incoming.write(data)
        elif not self._take_plain(data):
            return
        if self._tls is not None:
            self._advance()
        elif self._raw_ended:
            self._end_client()
        self._listen()

    def _advance(self) -> None:
        """Goes on with what was received: the handshake, then data."""
        if self._shaking:
            self._shake()
        if not (self._shaking or self._over):
            self._decrypt()

    def _start_tls(self, received: bytes) -> None:
        self._shaking = True
        self._incoming.write(received)
        self._tls = self._context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._owner.begun()

    def _shake(self) -> None:
        assert self._tls is not None
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self._say(self._outgoing.read())
            if self._raw_ended:
                self._owner.refuse("the client ended in the middle of the TLS handshake")
            return
        except ssl.SSLError as error:
            self._say(self._outgoing.read())  # the alert that tells the client why
            self._owner.refuse(f"TLS handshake: {error.reason or error}")
            return
        self._shaking = False
        self._say(self._outgoing.read())
        if self._over:
            return
        near = self._owner.secured()
        if near is not None:
            self._connect(near)

    def _decrypt(self) -> None:
        """Hands on what was received until the upstream takes no more, or nothing is left."""
        assert self._tls is not None
        while not (self._to_near or self._client_ended or self._over):
            try:
                data = self._tls.read(PIECE_BYTES)
            except ssl.SSLWantReadError:
                if self._raw_ended:
                    self._end_client()
                break
            except ssl.SSLZeroReturnError:
                data = b""
            except ssl.SSLError:  # what arrived is not what was sent, or no TLS at all
                self._owner.abort()
                return
            if not data:  # close_notify: a client may say so and go on reading
                self._end_client()
                break
            self._hand_in(self._login.from_client(data) if self._login is not None else data)
        answers = self._outgoing.read()
        if answers and not self._over:
            self._say(answers)

    def _take_plain(self, data: bytes) -> bool:
        """Bytes of a client that has not encrypted so far; false when that was its end."""
        login = self._login
        if login is None:
            self._hand_in(data)
            return True
        try:
            answer = login.first(data)
        except LoginRefused as refused:
            self._say(refused.answer)
            self._owner.refuse(refused.why)
            return False
        if answer is None:
            return True
        if answer.encrypts:
            self._start_tls(answer.rest)
        else:
            self._login = None
            self._hand_in(answer.rest)
        return True

    def _hand_in(self, data: bytes) -> None:
        near = self._near
        if near is None or not data:
            return
        try:
            taken = near.sock.send(data)
        except BlockingIOError:
            taken = 0
        except OSError:
            self._near_is_gone()
            return
        if taken != len(data):
            self._to_near = memoryview(data)[taken:]

    def _flush_near(self) -> None:
        assert self._near is not None
        rest, self._to_near = self._to_near, memoryview(b"")
        try:
            taken = self._near.sock.send(rest)
        except BlockingIOError:
            taken = 0
        except OSError:
            self._near_is_gone()
            return
        self._to_near = rest[taken:]
        if not self._to_near and self._client_ended:
            self._shut_near()
        elif not self._to_near and self._tls is not None and not self._shaking:
            self._decrypt()
        self._listen()

    def _end_client(self) -> None:
        self._client_ended = True
        if not self._to_near:
            self._shut_near()

    def _shut_near(self) -> None:
        if self._near is not None:
            with contextlib.suppress(OSError):
                self._near.sock.shutdown(socket.SHUT_WR)

    def _near_is_gone(self) -> None:
        """The upstream reads no more; what it said before is still for the client."""
        self._to_near = memoryview(b"")
        self._client_ended = True
        self._listen()

    # -- to the client -------------------------------------------------------------------------------------------

    def _read_near(self) -> None:
        assert self._near is not None
        try:
            data = self._near.sock.recv(PIECE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""  # it closed without having read everything
        if not data:
            self._near_ended = True
            if self._tls is not None:
                with contextlib.suppress(ssl.SSLError):
                    self._tls.unwrap()  # writes close_notify; the client's own is not waited for
                data = self._outgoing.read()
            self._say(data)
            if not self._to_client:
                self._shut_client()
        else:
            login = self._login
            if login is not None and (self._tls is not None or not login.greeted):
                data = login.from_server(data)
                if login.done:
                    self._login = None
            self._say(self._encrypted(data))
        self._listen()

    def _encrypted(self, data: bytes) -> bytes:
        if self._tls is None:
            return data
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._tls.write(rest) :]
        except ssl.SSLError:
            self._owner.abort()
        return self._outgoing.read()

    def _say(self, data: bytes) -> None:
        """Sends to the client, as it is."""
        if not data or self._over:
            return
        if self._to_client:
            self._to_client = memoryview(bytes(self._to_client) + data)
            return
        try:
            taken = self._client.sock.send(data)
        except BlockingIOError:
            taken = 0
        except OSError:
            self._owner.abort()
            return
        if taken != len(data):
            self._to_client = memoryview(data)[taken:]

    def _flush_client(self) -> None:
        try:
            taken = self._client.sock.send(self._to_client)
        except BlockingIOError:
            return
        except OSError:
            self._owner.abort()
            return
        self._to_client = self._to_client[taken:]
        if not self._to_client:
            self._to_client = memoryview(b"")
            if self._near_ended:
                self._shut_client()
        self._listen()

    def _shut_client(self) -> None:
        if self._over:
            return
        with contextlib.suppress(OSError):
            self._client.sock.shutdown(socket.SHUT_WR)
        self._owner.delivered()

    # -- both ----------------------------------------------------------------------------------------------------

    @property
    def delivered(self) -> bool:
        """Whether the upstream has ended, and the client has it all."""
        return self._near_ended and not self._to_client

    def _listen(self) -> None:
        """Watches for what each side can take now."""
        if self._over:
            return
        login = self._login
        events = WRITE if self._to_client else 0
        if (
            not (self._raw_ended or self._client_ended or self._to_near)
            and len(self._to_client) < _UNANSWERED_BYTES
            and (login is None or login.greeted)
        ):
            events |= READ
        self._client.watch(events)
        if self._near is not None:
            events = WRITE if self._to_near else 0
            # Between a MySQL client's wish to encrypt and the end of its handshake the server has nothing to say.
            if not (self._near_ended or self._to_client or self._shaking):
                events |= READ
            self._near.watch(events)

    def close(self) -> None:
        """Closes both sockets; idempotent."""
        if self._over:
            return
        self._over = True
        self._client.close()
        if self._near is not None:
            self._near.close()
        self._tls = self._login = None
