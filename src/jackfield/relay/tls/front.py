"""What stands before the upstream of a route with TLS."""

from __future__ import annotations

import socket

from jackfield.relay.route import Tls
from jackfield.relay.session import Host, Session, Upstream
from jackfield.relay.tls.context import context_of
from jackfield.relay.tls.session import TlsSession


class Front:
    """Opens sessions for clients that may encrypt, or have to.

    :param upstream: serves them once that is settled.
    :raises ValueError: the certificate can not be loaded.
    """

    __slots__ = ("_context", "_tls", "_upstream")

    def __init__(self, upstream: Upstream, tls: Tls) -> None:
        self._upstream = upstream
        self._tls = tls
        self._context = context_of(tls)

    def open(self, host: Host, client: socket.socket, address: str, *, lenient: bool = False) -> Session | None:
        """Starts serving an accepted, non-blocking client socket; ``None`` when it was refused and closed.

        :param lenient: whether this client may go without encryption where that is required.
        """
        session = TlsSession(
            host,
            client,
            address,
            upstream=self._upstream,
            context=self._context,
            protocol=self._tls.protocol,
            required=self._tls.required and not lenient,
        )
        session.start()
        return None if session.over else session
