"""The servers behind a route: who may be read from, and whose turn it is."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from jackfield.relay.route import Backend
from jackfield.relay.target import Target

Position = Mapping[str, int]
"""How far a server's log has come: PostgreSQL has one number, MariaDB one a domain of its global transaction ids."""

_KEPT_SECONDS = 2.0


class Node:
    """One server.

    :ivar fit: whether reads may be sent there. :ivar lost: called when a server that was fit went silent or away.
    """

    __slots__ = ("backend", "credit", "fit", "lost", "open", "reason", "since", "target")

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.target = Target(backend)
        self.credit = 0.0
        self.fit = False
        self.open = 0
        self.reason = "not looked at yet"
        self.since = time.time()
        self.lost: Callable[[Node], None] | None = None

    def judge(self, fit: bool, reason: str, *, gone: bool = False) -> None:
        """Notes what a look showed. :param gone: it does not answer, so who waits for it waits in vain."""
        if fit is not self.fit:
            self.fit, self.since = fit, time.time()
        self.reason = reason
        if gone and self.lost is not None:
            self.lost(self)


class Log:
    """Where the primary's log was, and when: what a replica is measured against.

    A replica's own clock and its own idea of how late it is play no part, so one that is cut off, or whose replay was
    stopped, is late as well.

    :param keep: seconds of history that matter.
    """

    def __init__(self, keep: float) -> None:
        self._marks: deque[tuple[float, Position]] = deque()
        self.keep = keep

    def note(self, at: float, position: Position) -> None:
        """:param at: when the primary was asked (monotonic)."""
        if self._marks and self._marks[-1][1] == position:
            return
        self._marks.append((at, position))
        while len(self._marks) > 2 and self._marks[1][0] < at - self.keep - _KEPT_SECONDS:
            self._marks.popleft()

    def delay(self, position: Position, now: float) -> float | None:
        """Seconds since the primary wrote the oldest thing that a replica at ``position`` is known to miss; 0 when it
        misses nothing; ``None`` while nothing is known of the primary.
        """
        if not self._marks:
            return None
        for at, mark in self._marks:
            if any(position.get(name, -1) < number for name, number in mark.items()):
                return now - at
        return 0.0


def next_reader(nodes: Sequence[Node], avoid: Callable[[Node], bool]) -> Node:
    """Whose turn it is, by weight, smoothly; the first of ``nodes`` is the primary, which is always fit.

    Where no server with a weight is fit, the primary reads.
    """
    usable = [
        node for node in nodes if node.backend.weight > 0 and (node is nodes[0] or (node.fit and not avoid(node)))
    ]
    if not usable:
        return nodes[0]
    for node in usable:
        node.credit += node.backend.weight
    chosen = max(usable, key=lambda node: node.credit)
    chosen.credit -= sum(node.backend.weight for node in usable)
    return chosen
