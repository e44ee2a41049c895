"""One read at a replica: nothing of the answer is shown before it is certain to be one."""

from __future__ import annotations

from jackfield.relay.sql.nodes import Node
from jackfield.relay.sql.postgres.framing import error_code
from jackfield.relay.sql.postgres.statements import Unit

_CANCELED = b"57014"
"""query_canceled: what the client, or its own timeout, wanted."""

_HELD_BYTES = 64 * 1024


class Reading:
    """
    :param unit: what is read. :ivar shown: something went to the client, so no other server can take over.
    :ivar failing: the replica gave an error, and its remaining answer is thrown away.
    :ivar skip: answers to what was sent ahead of the unit.
    """

    __slots__ = ("_held", "failing", "node", "shown", "skip", "unit")

    def __init__(self, node: Node, unit: Unit) -> None:
        self.node = node
        self.unit = unit
        self.shown = False
        self.failing = False
        self.skip = 0
        self._held = b""

    def take(self, kind: int, raw: bytes) -> tuple[bytes, bool]:
        """What of a replica's message is for the client now, and whether the answer is over."""
        if kind == ord("S"):  # settings of a server are not the session's
            return b"", False
        if self.skip or self.failing:
            if kind == ord("Z"):
                if self.skip:
                    self.skip -= 1
                else:
                    return b"", True
            return b"", False
        if kind == ord("E") and not self.shown and error_code(raw) != _CANCELED:
            self.failing = True
            self._held = b""
            return b"", False
        self._held += raw
        if not self.shown and kind not in b"DCIEZ" and len(self._held) < _HELD_BYTES:
            return b"", False
        self.shown = True
        out, self._held = self._held, b""
        return out, kind == ord("Z")
