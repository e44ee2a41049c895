"""A client's connection to one replica, made with the first read that goes there."""

from __future__ import annotations

from collections.abc import Callable

from jackfield.relay.loop import Loop
from jackfield.relay.sql.nodes import Node
from jackfield.relay.sql.postgres.framing import Malformed, Messages
from jackfield.relay.sql.postgres.login import PostgresLogin
from jackfield.relay.sql.postgres.scram import Keys
from jackfield.relay.sql.wire import Wire

_LONGEST = 1 << 30


class Link:
    """
    :param ready: told once whether the replica let us in. :param said: takes kind and bytes of each message.
    :param lost: the connection broke later.
    :ivar has: the prepared statements that the replica has, by name: the Parse of each.
    """

    def __init__(
        self,
        loop: Loop,
        node: Node,
        packet: bytes,
        keys: Keys | None,
        *,
        ready: Callable[[Link, str], None],
        said: Callable[[int, bytes], None],
        lost: Callable[[Link], None],
    ) -> None:
        self.node = node
        self.has: dict[bytes, bytes] = {}
        self.wire: Wire | None = None
        self.key = b""
        self._said = said
        self._lost = lost
        self._ready = ready
        self._messages = Messages(_LONGEST)
        self._login = PostgresLogin(loop, node, packet, keys, self._logged_in)

    def close(self) -> None:
        """Ends it without telling anybody. Idempotent."""
        self._login.cancel()
        if self.wire is not None and not self.wire.closed:
            self.wire.close()
            self.node.open -= 1

    def _logged_in(self, why: str) -> None:
        if not why:
            self.wire = self._login.wire
            assert self.wire is not None
            self.key = self._login.key
            self.wire.hand_over(self._received, self._ended)
            self.node.open += 1
        self._ready(self, why)

    def _received(self, data: bytes) -> None:
        assert self.wire is not None
        try:
            for kind, raw in self._messages.feed(data):
                self._said(kind, raw)
                if self.wire.closed:
                    return
        except Malformed:
            self.wire.abort()

    def _ended(self, orderly: bool) -> None:
        self.node.open -= 1
        self._lost(self)
