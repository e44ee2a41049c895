"""What a listener, the sessions it opened and the side that faces the databases know of each other."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Protocol

from jackfield.relay.loop import Loop
from jackfield.relay.messages import BackendHealth
from jackfield.relay.route import Route


class Session(Protocol):
    """One accepted client connection.

    ``received`` and ``sent`` count the client's bytes in and out; ``since`` is seconds since the epoch;
    ``backend`` names the target (several, joined by a comma, where a session uses several).
    """

    @property
    def client(self) -> str: ...

    @property
    def since(self) -> float: ...

    @property
    def received(self) -> int: ...

    @property
    def sent(self) -> int: ...

    @property
    def backend(self) -> str: ...

    def abort(self) -> None:
        """Resets the client's connection (RST, not FIN) and drops what was held for it. Idempotent."""


class Host(Protocol):
    """What a session may ask of the listener that accepted it."""

    loop: Loop
    route: Route

    def ended(self, session: Session) -> None:
        """The session's client socket was given to ``loop.close``. Called once a session, whoever ended it."""

    def refused(self, client: str, reason: str) -> None:
        """A client that was accepted could not be served (its database did not answer): logged and listed."""


class Upstream(Protocol):
    """The databases behind one route: opens a session for each accepted client."""

    def open(self, host: Host, client: socket.socket, address: str) -> Session | None:
        """Starts serving an accepted, non-blocking client socket; ``None`` when it was refused and closed."""

    def update(self, route: Route) -> None:
        """Takes over a changed route (other backends, other announced addresses) without touching sessions."""

    def health(self) -> list[BackendHealth]:
        """What is known of the databases; empty where they watch themselves."""

    def end_strays(self) -> int:
        """Resets the sessions of databases that the route names no more; how many there were."""

    def hold(self, done: Callable[[], None]) -> None:
        """Stops sending new commands to the databases and calls ``done`` when none is in flight any more."""

    def resume(self) -> None:
        """Ends :meth:`hold`; what waited goes on."""

    def close(self) -> None:
        """Drops every connection to the databases. Called after the last session ended."""
