"""The name server of one place to dial from."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Mapping, Sequence

from jackfield.vantage.dns import TCP_BYTES, Lookup, answer
from jackfield.vantage.loop import Loop

Names = Callable[[], Mapping[str, Sequence[str]]]

_QUERIES_AT_A_TIME = 64
_CONNECTIONS = 64  # by TCP; one more pushes the oldest out
_UNREAD_BYTES = 4 * (TCP_BYTES + 2)


class NameServer:
    """Answers from a mapping. A name with several addresses shows them in an order that moves on by one each time.

    :param udp: bound. :param tcp: listening. Both non-blocking; they stay the caller's.
    :param names: called for each query.
    """

    def __init__(self, loop: Loop, udp: socket.socket, tcp: socket.socket, names: Names) -> None:
        self._loop = loop
        self._udp = udp
        self._tcp = tcp
        self._names = names
        self._turns: dict[str, int] = {}
        self._connections: dict[_Connection, None] = {}  # oldest first
        loop.watch(udp, self._answer, lambda: None)
        loop.watch(tcp, self._accept, lambda: None)

    def close(self) -> None:
        for connection in list(self._connections):
            connection.close()
        self._loop.forget(self._udp)
        self._loop.forget(self._tcp)

    def lookup(self, name: str, told: bool) -> Sequence[str] | None:
        """See :data:`jackfield.vantage.dns.Lookup`."""
        found = self._names().get(name)
        if not found or not told:
            return found
        start = self._turns.get(name, 0) % len(found)
        self._turns[name] = start + 1
        return [*found[start:], *found[:start]]

    def _answer(self) -> None:
        for _ in range(_QUERIES_AT_A_TIME):
            try:
                query, client = self._udp.recvfrom(TCP_BYTES)
                reply = answer(query, self.lookup)
                if reply is not None:
                    self._udp.sendto(reply, client)
            except OSError:  # nothing more to read, or the client has gone, which is told here
                return

    def _accept(self) -> None:
        try:
            sock, _ = self._tcp.accept()
        except OSError:
            return
        if len(self._connections) >= _CONNECTIONS:
            next(iter(self._connections)).close()
        self._connections[_Connection(self._loop, sock, self.lookup, self._connections)] = None


class _Connection:
    """Queries by TCP, each with its length before it."""

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        lookup: Lookup,
        connections: dict[_Connection, None],
    ) -> None:
        sock.setblocking(False)
        self._loop = loop
        self._sock = sock
        self._lookup = lookup
        self._connections = connections
        self._inbox = bytearray()
        self._outbox = bytearray()
        loop.watch(sock, self._read, self._flush)

    def close(self) -> None:
        if self._connections.pop(self, True) is None:
            self._loop.forget(self._sock)
            self._sock.close()

    def _read(self) -> None:
        try:
            data = self._sock.recv(TCP_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._inbox += data
        while len(self._inbox) >= 2:
            end = 2 + struct.unpack_from(">H", self._inbox)[0]
            if len(self._inbox) < end:
                break
            reply = answer(bytes(self._inbox[2:end]), self._lookup, tcp=True)
            del self._inbox[:end]
            if reply is not None:
                self._outbox += struct.pack(">H", len(reply)) + reply
        self._flush()
        if not data or len(self._outbox) > _UNREAD_BYTES:
            self.close()

    def _flush(self) -> None:
        try:
            sent = self._sock.send(self._outbox) if self._outbox else 0
        except BlockingIOError:
            sent = 0
        except OSError:
            self.close()
            return
        del self._outbox[:sent]
        if self in self._connections:
            self._loop.await_writing(self._sock, bool(self._outbox))
