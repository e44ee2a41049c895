"""Plain copying: one client connection, one database connection, bytes both ways.

A session is two ends that point at each other. What one end receives is sent by the other at once, from
one buffer that all sessions of the process share, so an idle connection holds no buffer. Only what the other
end did not take is kept; until it is gone the fast end is not read. So at most one buffer's worth waits per
direction.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from jackfield.relay.attempt import Attempt, attempt
from jackfield.relay.descriptors import reset
from jackfield.relay.dial import error_name
from jackfield.relay.loop import HANGUP, READ, WRITE, Loop
from jackfield.relay.messages import BackendHealth
from jackfield.relay.outlets import NoOutlets, Outlets
from jackfield.relay.route import Route
from jackfield.relay.session import Host
from jackfield.relay.target import Target
from jackfield.relay.targets import Targets

BUFFER_BYTES = 128 * 1024
"""Bytes moved at a time, and the most that waits for a slow side."""

# One loop, one thread, one process: nobody else uses the buffer between recv_into and send.
_BUFFER = bytearray(BUFFER_BYTES)
VIEW = memoryview(_BUFFER)
_NOTHING = memoryview(b"")
_SMALL = [VIEW[:size] for size in range(1025)]  # most requests and replies; making a slice costs 0.1 us

ENDED = 1  # nothing more is read here: the other side sent its FIN, or what it sends has nowhere to go
_PARKED = 2  # out of the loop: hung up, but not to be read yet; level-triggered it would be reported for ever
OVER = 4  # closed


class End:
    """One socket of a session: reads from itself, writes what its peer read."""

    __slots__ = ("count", "interest", "peer", "pending", "session", "sock", "state")

    peer: End
    session: TcpSession

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.count = 0  # bytes received
        self.interest = 0  # what the loop watches
        self.pending = _NOTHING  # bytes that this socket has not taken yet
        self.state = 0

    def on_event(self, events: int) -> None:
        if events != READ and not self._rare(events):
            return
        try:
            size = self.sock.recv_into(_BUFFER)
        except BlockingIOError:
            return
        except OSError:
            self.abort()
            return
        if not size:
            self.finish_reading()
            return
        self.deliver(size)

    def deliver(self, size: int) -> None:
        """Sends what was read, the first ``size`` bytes of the buffer."""
        self.count += size
        peer = self.peer
        try:
            taken = peer.sock.send(_SMALL[size] if size <= 1024 else VIEW[:size])
        except BlockingIOError:
            taken = 0
        except OSError:
            peer.unwritable()
            return
        if taken != size:
            peer.pending = memoryview(bytes(VIEW[taken:size]))
            peer.watch(peer.interest | WRITE)
            self.watch(self.interest & ~READ)

    def abort(self) -> None:
        """Ends the whole session with a reset."""
        if not self.state & OVER:
            self.session.abort()

    def watch(self, interest: int) -> None:
        """Changes what the loop reports of this socket."""
        if interest == self.interest:
            return
        loop = self.session.host.loop
        if self.state & _PARKED:
            self.state &= ~_PARKED
            loop.register(self.sock.fileno(), self, interest)
        else:
            loop.modify(self.sock.fileno(), interest)
        self.interest = interest

    def _rare(self, events: int) -> bool:
        """Whatever is not plain readability; true when the socket should be read after all."""
        if self.pending:
            self._flush()
        if self.state & OVER:
            return False
        if self.interest & READ:
            return bool(events & (READ | HANGUP))
        if events & HANGUP and not self.pending:
            if self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self.abort()
            else:
                self.state |= _PARKED
                self.session.host.loop.forget(self.sock.fileno())
        return False

    def _flush(self) -> None:
        try:
            taken = self.sock.send(self.pending)
        except BlockingIOError:
            return
        except OSError:
            self.unwritable()
            return
        self.pending = self.pending[taken:]
        if self.pending:
            return
        self.pending = _NOTHING
        self.watch(self.interest & ~WRITE)
        peer = self.peer
        if peer is self.session and self.session.upstream.held:
            self.session.upstream.flushed()
        else:
            peer.watch(peer.interest | READ)

    def finish_reading(self) -> None:
        """EOF was read: pass it on. Everything before it has gone out, else this end would not have been read."""
        self.state |= ENDED
        self.watch(self.interest & ~READ)
        self.peer._shut()

    def _shut(self) -> None:
        """Sends FIN; with the other direction ended too the session is over."""
        if self.state & ENDED:
            self.session.finish()
            return
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)

    def unwritable(self) -> None:
        """The socket takes no more bytes, ever: its other side closed or broke.

        A client that is gone ends the session. A database that is gone may have said something before, such as
        the answer to QUIT: the client is not read any more, and the database is read to its end.
        """
        session = self.session
        if self is session or self.state & ENDED:
            session.abort()
            return
        self.pending = _NOTHING
        session.state |= ENDED
        session.watch(session.interest & ~READ)
        self.watch(self.interest & ~WRITE)
        if session.upstream.held:
            session.upstream.flushed()


class TcpSession(End):
    """An accepted client and its database connection; itself the client's end.

    See :class:`jackfield.relay.session.Session` for the members that the listener uses.
    """

    __slots__ = ("client", "host", "since", "target", "upstream")

    def __init__(self, upstream: TcpUpstream, host: Host, sock: socket.socket, client: str) -> None:
        super().__init__(sock)
        self.session = self
        self.upstream = upstream
        self.host = host
        self.client = client
        self.target: Target | None = None  # none while it waits for the end of a hold
        self.since = time.time()

    @property
    def backend(self) -> str:
        return self.target.backend.target if self.target is not None else ""

    @property
    def received(self) -> int:
        return self.count

    @property
    def sent(self) -> int:
        back = getattr(self, "peer", None)  # none while the database is being dialled
        return back.count - len(self.pending) if back is not None else 0

    def start(self, back: socket.socket) -> None:
        """The database answered: bytes may flow."""
        self.peer = end = self.upstream.end_type(back)
        end.peer = end.session = self
        end.interest = READ
        self.interest = 0 if self.upstream.held else READ
        loop = self.host.loop
        loop.register(back.fileno(), end, READ)
        loop.register(self.sock.fileno(), self, self.interest)

    def finish(self) -> None:
        """Both directions have ended and everything was delivered: closes both sockets."""
        if self.state & OVER:
            return
        self.state |= OVER
        loop = self.host.loop
        loop.close(self.sock)
        back = getattr(self, "peer", None)
        if back is not None:
            back.state |= OVER
            loop.close(back.sock)
            del self.peer, back.peer, back.session
        del self.session  # no cycles: what is over is freed without waiting for the garbage collector
        self.upstream.ended(self)
        self.host.ended(self)

    def abort(self) -> None:
        if self.state & OVER:
            return
        reset(self.sock)
        back = getattr(self, "peer", None)
        if back is not None and back.sock.family != socket.AF_UNIX:
            reset(back.sock)  # a database told by RST stops at once what it does for this client
        self.finish()


class TcpUpstream:
    """The databases behind a plain route: one, or several among which new sessions are spread.

    :raises ValueError: see :class:`Targets`.
    """

    __slots__ = ("_attempts", "_loop", "_outlets", "_quiet", "_route", "_sessions", "_targets", "held")

    session_type: ClassVar[type[TcpSession]] = TcpSession
    end_type: ClassVar[type[End]] = End
    """What a session's two ends are made of."""

    def __init__(self, loop: Loop, route: Route, outlets: Outlets | None = None) -> None:
        self._loop = loop
        self._outlets = outlets or NoOutlets(loop)
        self._sessions: set[TcpSession] = set()
        self._attempts: dict[TcpSession, Attempt | None] = {}  # None: waits for the end of a hold
        self._quiet: list[Callable[[], None]] = []
        self.held = False
        self._route = route
        self._targets = Targets(loop, self._outlets, route)

    def update(self, route: Route) -> None:
        """New sessions go to the backends of this route; those that are open stay where they are."""
        self._route = route
        self._targets.update(route)

    def end_strays(self) -> int:
        named = {(backend.vantage, backend.target) for backend in self._route.backends}
        strays = [
            session
            for session in self._sessions
            if session.target is not None
            and (session.target.backend.vantage, session.target.backend.target) not in named
        ]
        for session in strays:
            session.abort()
        return len(strays)

    def health(self) -> list[BackendHealth]:
        return self._targets.health()

    def open(self, host: Host, client: socket.socket, address: str) -> TcpSession | None:
        """Dials a database for an accepted client; while held, the dial waits for :meth:`resume`."""
        session = self.session_type(self, host, client, address)
        if self.held:
            self._attempts[session] = None
        else:
            why = self._dial(session)
            if why:
                host.refused(address, why)
                reset(client)
                client.close()
                return None
        self._sessions.add(session)
        return session

    def _dial(self, session: TcpSession) -> str:
        """Starts the session, or an attempt that will; returns why when neither is possible."""
        target = self._targets.choose(session.client)
        if target is None:
            return "no backend is healthy"
        session.target = target
        opened = attempt(self._loop, self._outlets, target, partial(self._dialled, session))
        if isinstance(opened, int):
            self._targets.failed(target)
            return f"database {session.backend}: {error_name(opened)}"
        target.open += 1
        if isinstance(opened, Attempt):
            self._attempts[session] = opened
        else:
            session.start(opened)
        return ""

    def _dialled(self, session: TcpSession, sock: socket.socket | None, code: int) -> None:
        del self._attempts[session]
        if sock is not None:
            session.start(sock)
            return
        if session.target is not None:
            self._targets.failed(session.target)
        self._fail(session, f"database {session.backend}: {error_name(code)}")

    def _fail(self, session: TcpSession, why: str) -> None:
        session.host.refused(session.client, why)
        session.abort()

    def ended(self, session: TcpSession) -> None:
        """A session is over."""
        if session in self._sessions and session.target is not None:
            session.target.open -= 1
        self._sessions.discard(session)
        under_way = self._attempts.pop(session, None)
        if under_way is not None:
            under_way.cancel()
        if self.held:
            self.flushed()

    def hold(self, done: Callable[[], None]) -> None:
        """Stops reading from clients; ``done`` once everything read so far was handed to the database.

        What the copy loop can not know is whether the database has answered: it does not read the protocol.
        """
        self.held = True
        for session in self._sessions:
            if session not in self._attempts:
                session.watch(session.interest & ~READ)
        self._quiet.append(done)
        self.flushed()

    def flushed(self) -> None:
        """Something that a hold waits for has happened: tells whoever asked if that was the last of it."""
        if self._quiet and not any(session.peer.pending for session in self._sessions - self._attempts.keys()):
            for done in self._quiet:
                self._loop.call_soon(done)
            self._quiet.clear()

    def resume(self) -> None:
        """Ends :meth:`hold`, also one that is not quiet yet: its ``done`` is not called any more."""
        self.held = False
        self._quiet.clear()
        waiting = [session for session, under_way in self._attempts.items() if under_way is None]
        for session in waiting:
            del self._attempts[session]
            why = self._dial(session)
            if why:
                session.target = None  # nothing was opened there
                self._fail(session, why)
        for session in self._sessions - self._attempts.keys():
            if not session.state & ENDED and not session.peer.pending:
                session.watch(session.interest | READ)

    def close(self) -> None:
        """Looks at the databases no more; every connection to them belongs to a session."""
        self._targets.close()
