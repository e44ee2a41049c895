"""The databases behind a route of mode ``resp``: what the relay's listener calls."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

from jackfield.relay.loop import Loop
from jackfield.relay.messages import BackendHealth
from jackfield.relay.resp.hub import Hub
from jackfield.relay.resp.session import RespSession
from jackfield.relay.route import Route
from jackfield.relay.session import Host, Session


class RespUpstream:
    """The shards of a Redis cluster, shown to plain Redis clients as one server.

    Implements :class:`jackfield.relay.session.Upstream`.

    :param loop: the process's loop; everything happens in its thread.
    :param route: its backends are the masters of the cluster, with node id (``name``) and announced address.
    """

    def __init__(self, loop: Loop, route: Route) -> None:
        self._hub = Hub(loop, route)

    def open(self, host: Host, client: socket.socket, address: str) -> Session | None:
        """Serves an accepted, non-blocking client; refuses and closes it when the route has no backend.

        :param address: how the client is named in CLIENT INFO and in the relay's lists.
        """
        if not self._hub.present():
            host.refused(address, "the cluster has no database yet")
            client.close()
            return None
        with suppress(OSError):  # macOS: EINVAL for a client that is gone already; the first read tells
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        session = RespSession(self._hub, host, client, address)
        self._hub.sessions.add(session)
        return session

    def update(self, route: Route) -> None:
        """Takes over a changed route. Commands under way are answered by the shards that have them."""
        self._hub.update(route)

    def health(self) -> list[BackendHealth]:
        """Nothing: a cluster watches its own shards."""
        return []

    def end_strays(self) -> int:
        return 0  # the shards that a session uses change with the route

    def hold(self, done: Callable[[], None]) -> None:
        """Sends nothing more to the shards; ``done`` is called (perhaps at once) when no reply is outstanding.

        Blocked commands are unblocked at their shard and begun again by :meth:`resume`. Commands wait without a
        limit of time, in bounds of memory: clients that go on sending are not read any more.
        """
        self._hub.hold(done)

    def resume(self) -> None:
        """Sends what waited."""
        self._hub.resume()

    def close(self) -> None:
        """Drops every connection to the shards, and resets clients that are still there."""
        for session in list(self._hub.sessions):
            session.abort()
        self._hub.close()
