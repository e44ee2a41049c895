"""What the sessions of every protocol share: a client, the primary, and connections to replicas as they are needed."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

from jackfield.relay.attempt import Attempt, attempt
from jackfield.relay.descriptors import reset
from jackfield.relay.dial import error_name
from jackfield.relay.outlets import NoOutlets
from jackfield.relay.session import Host
from jackfield.relay.sql.nodes import Node
from jackfield.relay.sql.wire import Wire

if TYPE_CHECKING:
    from jackfield.relay.sql.upstream import SqlUpstream


class SqlSession:
    """One client. See :class:`jackfield.relay.session.Session` for the members that the listener uses."""

    def __init__(self, upstream: SqlUpstream, host: Host, sock: socket.socket, client: str) -> None:
        self.client = client
        self.since = time.time()
        self.upstream = upstream
        self.loop = host.loop
        self.over = False
        self._left = False
        self.wire = Wire(host.loop, sock, self._client_said, self._client_left)
        self.wire.drained = self._client_took
        self.primary: Wire | None = None
        self._node = upstream.nodes[0]
        self._host = host
        self._attempt: Attempt | None = None

    # -- for the listener ----------------------------------------------------------------------------------------

    @property
    def backend(self) -> str:
        return ",".join([self._node.backend.target, *(node.backend.target for node in self.replicas())])

    @property
    def received(self) -> int:
        return self.wire.read

    @property
    def sent(self) -> int:
        return self.wire.sent

    def abort(self) -> None:
        self._finish(hard=True)

    # -- for the protocol's part ---------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether a server owes the client something."""
        raise NotImplementedError

    def replicas(self) -> list[Node]:
        """Those to which there is a connection."""
        raise NotImplementedError

    def work(self) -> None:
        """Goes on with what the client said before."""
        raise NotImplementedError

    def node_lost(self, node: Node) -> None:
        """A server is gone, or silent: nobody waits for it any more."""
        raise NotImplementedError

    def close_replicas(self) -> None:
        raise NotImplementedError

    def from_client(self, data: bytes) -> None:
        """:raises ValueError: it is not the protocol."""
        raise NotImplementedError

    def from_primary(self, data: bytes) -> None:
        """:raises ValueError: it is not the protocol."""
        raise NotImplementedError

    def begin(self) -> None:
        """The upstream knows the session."""

    def last_words(self) -> None:
        """Sends the client what was held back of what the primary said."""

    def primary_opened(self) -> None:
        """The primary accepted."""

    def dial_primary(self) -> None:
        """Connects to the primary; the client waits."""
        self.wire.pause()
        opened = attempt(self.loop, NoOutlets(self.loop), self._node.target, self._dialled)
        if isinstance(opened, Attempt):
            self._attempt = opened
        elif isinstance(opened, int):
            self.refuse(f"database {self._node.backend.target}: {error_name(opened)}")
        else:
            self._opened(opened)

    def refuse(self, why: str) -> None:
        """The client can not be served."""
        if not self.over:
            self._host.refused(self.client, why)
            self.abort()

    def to_client(self, data: bytes) -> None:
        """Sends; whoever fills the client's queue is not read for a while."""
        self.wire.send(data)
        if self.wire.full:
            for source in self.sources():
                source.pause()

    def to_primary(self, data: bytes) -> None:
        assert self.primary is not None
        self.primary.send(data)
        if self.primary.full:
            self.wire.pause()

    def sources(self) -> list[Wire]:
        """Connections from which the client's answers come."""
        return [self.primary] if self.primary is not None else []

    def may_read_client(self) -> bool:
        """Whether the client is to be read when the primary takes more."""
        return True

    # -- events ----------------------------------------------------------------------------------------------------

    def _dialled(self, sock: socket.socket | None, code: int) -> None:
        self._attempt = None
        if sock is None:
            self.refuse(f"database {self._node.backend.target}: {error_name(code)}")
        else:
            self._opened(sock)

    def _opened(self, sock: socket.socket) -> None:
        self.primary = Wire(self.loop, sock, self._primary_said, self._primary_left)
        self.primary.drained = self._primary_took
        self._node.open += 1
        self.wire.go_on()
        self.primary_opened()

    def _client_said(self, data: bytes) -> None:
        try:
            self.from_client(data)
        except (ValueError, IndexError) as error:
            self.refuse(f"the client said what is no part of its protocol: {error}")

    def _primary_said(self, data: bytes) -> None:
        try:
            self.from_primary(data)
        except (ValueError, IndexError) as error:
            self.refuse(f"the server said what is no part of its protocol: {error}")

    def _client_took(self) -> None:
        for source in self.sources():
            source.go_on()

    def _primary_took(self) -> None:
        if self.may_read_client():
            self.wire.go_on()

    def _client_left(self, orderly: bool) -> None:
        self._finish(hard=not orderly)

    def _primary_left(self, orderly: bool) -> None:
        """What it said last is still delivered."""
        self.last_words()
        self._finish(hard=not orderly)

    def _finish(self, *, hard: bool) -> None:
        """Ends the servers' part now, the client's once it has everything, or now as well."""
        if not self.over:
            self.over = True
            if self._attempt is not None:
                self._attempt.cancel()
            self.close_replicas()
            if self.primary is not None:
                self._node.open -= 1
                self.primary.close(hard=hard)
        if hard or self.wire.closed or not self.wire.pending:
            self._leave(hard)
        else:
            self.wire.pause()
            self.wire.drained = lambda: self._leave(False)

    def _leave(self, hard: bool) -> None:
        if self._left:
            return
        self._left = True
        if hard and not self.wire.closed:
            reset(self.wire.sock)  # of a pair of sockets (TLS) the mark alone tells
        self.wire.close()
        self.upstream.ended(self)
        self._host.ended(self)
