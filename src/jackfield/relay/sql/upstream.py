"""The primary and its replicas behind a route of mode ``sql``: what the relay's listener calls."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

from jackfield.relay.attempt import Attempt, attempt
from jackfield.relay.loop import Loop
from jackfield.relay.messages import BackendHealth
from jackfield.relay.outlets import NoOutlets
from jackfield.relay.route import Route, Splitting
from jackfield.relay.session import Host, Session
from jackfield.relay.sql.nodes import Node, next_reader
from jackfield.relay.sql.session import SqlSession
from jackfield.relay.sql.watch import Answer, Dialect, Watches
from jackfield.relay.sql.wire import Wire


class SqlUpstream:
    """Implements :class:`jackfield.relay.session.Upstream`.

    :raises ValueError: the route has no splitting, or a backend can not be dialled.
    :raises OSError: the file with the logins can not be read.
    """

    def __init__(self, loop: Loop, route: Route) -> None:
        if route.splitting is None:
            raise ValueError(f"route {route.key}: mode sql without splitting")
        self.loop = loop
        self.nodes: list[Node] = []
        self.held = False
        self.sessions: set[SqlSession] = set()
        self.cancels: dict[bytes, SqlSession] = {}
        self._quiet: list[Callable[[], None]] = []
        self._route = route
        self._watches = Watches(loop, _dialect(route.splitting), route.splitting.max_delay)
        self.update(route)

    def open(self, host: Host, client: socket.socket, address: str) -> Session | None:
        """Serves an accepted, non-blocking client."""
        assert self._route.splitting is not None
        session: SqlSession
        if self._route.splitting.protocol == "postgres":
            from jackfield.relay.sql.postgres.session import PostgresSession

            session = PostgresSession(self, host, client, address)
        elif self._route.splitting.read_only:
            from jackfield.relay.sql.mysql.read_only import ReadOnlySession

            session = ReadOnlySession(self, host, client, address)
        else:
            from jackfield.relay.sql.mysql.session import MySqlSession

            session = MySqlSession(self, host, client, address)
        self.sessions.add(session)
        session.begin()
        return None if session.over else session

    def update(self, route: Route) -> None:
        """Takes over other backends, weights and limits; sessions stay with the primary that they have."""
        assert route.splitting is not None
        logins = {} if route.splitting.read_only else _logins(route.splitting.logins)
        known = {node.target.place: node for node in self.nodes}
        nodes: list[Node] = []
        for backend in route.backends:
            fresh = Node(backend)
            node = known.pop(fresh.target.place, fresh)
            node.backend = node.target.backend = backend
            node.lost = self._lost
            nodes.append(node)
        self.nodes, self._route = nodes, route
        if route.splitting.read_only:
            nodes[0].judge(True, "dialled whatever its health")
        else:
            self._watches.update(nodes, logins, route.splitting.max_delay)
        for gone in known.values():
            gone.judge(False, "not part of the route any more", gone=True)
            gone.lost = None

    def health(self) -> list[BackendHealth]:
        """Every server: whether it is read from, and how far behind it is."""
        return [
            BackendHealth(
                route=self._route.key,
                target=node.backend.target,
                name=node.backend.name,
                healthy=node.fit,
                reason=node.reason,
                since=node.since,
                connections=node.open,
            )
            for node in self.nodes
        ]

    def reader(self, avoid: Callable[[Node], bool]) -> Node:
        """Who answers the next read. :param avoid: whom a session does not want now."""
        return next_reader(self.nodes, avoid)

    def ask(self, node: Node, sql: str, answer: Answer) -> None:
        """Asks a server as the relay itself; ``None`` is the answer of one that is away."""
        self._watches.ask(node, sql, answer)

    def send_cancel(self, node: Node, packet: bytes) -> None:
        """Delivers a CancelRequest; there is no answer to it."""
        _Delivery(self.loop, node, packet)

    def ended(self, session: SqlSession) -> None:
        """A session is over."""
        self.sessions.discard(session)
        self.settled()

    def end_strays(self) -> int:
        return 0  # the databases that a session uses change with the route

    def hold(self, done: Callable[[], None]) -> None:
        """Begins no more statements; ``done`` once no server owes an answer."""
        self.held = True
        self._quiet.append(done)
        self.settled()

    def settled(self) -> None:
        """Something that a hold waits for has happened."""
        if self._quiet and not any(session.busy for session in self.sessions):
            for done in self._quiet:
                self.loop.call_soon(done)
            self._quiet.clear()

    def resume(self) -> None:
        """Ends :meth:`hold`; what waited goes on."""
        self.held = False
        self._quiet.clear()
        for session in list(self.sessions):
            session.work()

    def close(self) -> None:
        """Looks at the servers no more; every other connection belongs to a session."""
        for session in list(self.sessions):
            session.abort()
        self._watches.close()

    def _lost(self, node: Node) -> None:
        for session in list(self.sessions):
            session.node_lost(node)


class _Delivery:
    """One packet for a server that closes when it has it."""

    def __init__(self, loop: Loop, node: Node, packet: bytes) -> None:
        self._loop = loop
        self._packet = packet
        self._wire: Wire | None = None
        opened = attempt(loop, NoOutlets(loop), node.target, self._dialled)
        if isinstance(opened, socket.socket):
            self._dialled(opened, 0)
        self._attempt = opened if isinstance(opened, Attempt) else None

    def _dialled(self, sock: socket.socket | None, code: int) -> None:
        if sock is not None:
            self._wire = Wire(self._loop, sock, lambda data: None, lambda orderly: None)
            self._wire.send(self._packet)


def _dialect(splitting: Splitting) -> Dialect:
    if splitting.protocol == "postgres":
        from jackfield.relay.sql.postgres.dialect import PostgresDialect

        return PostgresDialect()
    from jackfield.relay.sql.mysql.dialect import MySqlDialect

    return MySqlDialect()


def _logins(path: str) -> dict[str, tuple[str, str]]:
    found = json.loads(Path(path).read_text())
    return {name: (user, password) for name, (user, password) in found.items()}
