"""One listening address: who may connect is judged here, at the moment a connection is accepted."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from jackfield.relay.descriptors import RESERVE, reset
from jackfield.relay.dial import error_name
from jackfield.relay.loop import Loop
from jackfield.relay.refusals import Refusals
from jackfield.relay.route import Route
from jackfield.relay.rules import gate_of
from jackfield.relay.session import Session, Upstream

if TYPE_CHECKING:
    from jackfield.relay.tls.front import Front

BACKLOG = 4096
"""Asked of ``listen``; the kernel takes it down to ``net.core.somaxconn``."""

_ACCEPTED_AT_A_TIME = 128  # then other connections get their turn
_PAUSE_SECONDS = 0.05  # before accepting again when the system has no memory or no descriptors
_OUT_OF_DESCRIPTORS = (errno.EMFILE, errno.ENFILE)
_EXPECTED_AT_MOST = 1000


def bind(route: Route) -> socket.socket:
    """A non-blocking listening socket for the route's address.

    :raises OSError: EADDRINUSE, EADDRNOTAVAIL, EACCES and the like; EADDRNOTAVAIL also for a vantage other than
        ``host``, whose addresses do not exist in this process's network namespace.
    """
    if route.vantage != "host":
        raise OSError(errno.EADDRNOTAVAIL, f"{route.address} is an address of {route.vantage}, not of this host")
    sock = socket.socket(socket.AF_INET6 if ":" in route.address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # accepted sockets inherit it
        sock.bind((route.address, route.port))
        sock.listen(BACKLOG)
    except BaseException:
        sock.close()
        raise
    return sock


def _front(route: Route, upstream: Upstream) -> Front | None:
    """What ends TLS for the route; loaded with the first route that has it."""
    if route.tls is None:
        return None
    from jackfield.relay.tls.front import Front

    return Front(upstream, route.tls)


class Listener:
    """Accepts clients of one route and hands them to its upstream.

    :param upstream: opens a session for each admitted client.
    :param refusals: where clients that were turned away are noted.
    :param sock: a socket that listens already (from a VPC); without it the route's address is bound.
    :raises OSError: when the address can not be bound. Nothing is left behind.
    :raises ValueError: the route's certificate can not be loaded.
    """

    __slots__ = (
        "_accepting",
        "_expected",
        "_front",
        "_gate",
        "_refusals",
        "_sock",
        "closed",
        "idle",
        "loop",
        "route",
        "sessions",
        "upstream",
    )

    def __init__(
        self,
        loop: Loop,
        route: Route,
        upstream: Upstream,
        refusals: Refusals | None = None,
        sock: socket.socket | None = None,
    ) -> None:
        self.loop = loop
        self.route = route
        self.upstream = upstream
        self.sessions: set[Session] = set()
        self.closed = False
        self.idle: Callable[[], None] | None = None  # called between batches once closed and without sessions
        self._refusals = refusals or Refusals()
        self._gate = gate_of(route)
        self._front = _front(route, upstream)
        self._expected: dict[str, float] = {}  # ADDRESS:PORT -> monotonic time until which it is let in
        self._sock = sock or bind(route)
        self._accepting = True
        loop.register(self._sock.fileno(), self)

    def update(self, route: Route) -> None:
        """Takes over what may change while the address stays: whitelist, backends, limits, drain, certificate.

        Connections that are open are not judged again, and go on with the certificate that they were shown.

        :raises ValueError: the certificate can not be loaded; nothing has changed.
        """
        self._front = _front(route, self.upstream)
        self._gate = gate_of(route)
        self.upstream.update(route)
        self.route = route

    def adopt(self, sock: socket.socket) -> None:
        """Listens at another socket from now on, for the same address; called between two batches."""
        if self.closed:
            sock.close()
            return
        self.loop.forget(self._sock.fileno())
        self._sock.close()
        self._sock = sock
        self._accepting = True
        self.loop.register(sock.fileno(), self)

    def expect(self, source: str, seconds: float) -> None:
        """Lets the next connection from exactly ``source`` (``ADDRESS:PORT``) in, whatever whitelist and limit say.

        It may be plain where TLS is required.
        """
        now = time.monotonic()
        for known in [known for known, until in self._expected.items() if until < now]:
            del self._expected[known]
        if len(self._expected) >= _EXPECTED_AT_MOST:
            raise ValueError(f"route {self.route.key} expects {_EXPECTED_AT_MOST} connections already")
        self._expected[source] = now + seconds

    def on_event(self, events: int) -> None:
        accept = self._sock.accept
        for _ in range(_ACCEPTED_AT_A_TIME):
            try:
                client, peer = accept()
            except BlockingIOError:
                return
            except OSError as error:
                self._trouble(error)
                return
            self._admit(client, peer[0], f"{peer[0]}:{peer[1]}")

    def _admit(self, client: socket.socket, address: str, source: str) -> None:
        client.setblocking(False)
        expected = bool(self._expected) and self._was_expected(source)
        if not expected:
            limit = self.route.max_connections
            if not self._gate.admits(address):
                self._turn_away(client, source, self._gate.explain(address))
                return
            if limit and len(self.sessions) >= limit:
                self._turn_away(client, source, f"{limit} connections are open, as many as the route allows")
                return
        session: Session | None
        if self._front is None:
            session = self.upstream.open(self, client, source)
        else:
            session = self._front.open(self, client, source, lenient=expected)
        if session is not None:
            self.sessions.add(session)

    def _was_expected(self, source: str) -> bool:
        return self._expected.pop(source, 0.0) > time.monotonic()

    def _turn_away(self, client: socket.socket, source: str, reason: str) -> None:
        reset(client)
        client.close()
        self.refused(source, reason)

    def refused(self, client: str, reason: str) -> None:
        self._refusals.note(self.route.key, client, reason)

    def _trouble(self, error: OSError) -> None:
        """``accept`` failed: out of descriptors, out of memory, or the client was gone already."""
        if error.errno == errno.ECONNABORTED:
            return
        if error.errno in _OUT_OF_DESCRIPTORS and RESERVE.shed(self._sock):
            self.refused("", f"{error_name(error.errno or 0)}: the relay has no file descriptor left")
            return
        self.refused("", f"accept failed ({error_name(error.errno or 0)}); trying again in {_PAUSE_SECONDS} s")
        self.loop.forget(self._sock.fileno())
        self._accepting = False
        self.loop.call_later(_PAUSE_SECONDS, self._accept_again)

    def _accept_again(self) -> None:
        if not self.closed and not self._accepting:
            self._accepting = True
            self.loop.register(self._sock.fileno(), self)

    def ended(self, session: Session) -> None:
        self.sessions.discard(session)
        if self.closed and not self.sessions and self.idle is not None:
            self.loop.call_soon(self.idle)

    def close(self) -> None:
        """Stops listening: who waits in the queue is reset, who dials from now on is refused.

        Only to be called between two batches (``loop.call_soon``): the descriptor is closed at once. Sessions
        go on until :meth:`cut`. Idempotent.
        """
        if self.closed:
            return
        self.closed = True
        for _ in range(2 * BACKLOG):  # more than the queue can hold
            try:
                client, _ = self._sock.accept()
            except OSError:
                break
            reset(client)
            client.close()
        self.loop.forget(self._sock.fileno())
        self._sock.close()

    def cut(self) -> int:
        """Resets every session; returns how many there were. The sockets are closed before the loop waits again."""
        count = 0
        for session in list(self.sessions):
            session.abort()
            count += 1
        return count
