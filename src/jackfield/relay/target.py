"""One backend of a plain route, as new connections see it."""

from __future__ import annotations

import time

from jackfield.relay.dial import parse_target
from jackfield.relay.route import Backend


class Target:
    """Where connections go, how many are open, and whether it answers.

    :param backend: as the route has it.
    :raises ValueError: its target does not parse.
    """

    __slots__ = ("address", "backend", "credit", "family", "healthy", "open", "reason", "since")

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.family, self.address = parse_target(backend.target)
        self.open = 0
        self.credit = 0.0  # what it is owed in turns by weight
        self.healthy: bool | None = None  # None: nobody has looked yet
        self.reason = "not looked at yet"
        self.since = time.time()

    @property
    def place(self) -> tuple[str, str, str]:
        """What a target is: another place is another target."""
        return self.backend.target, self.backend.vantage, self.backend.source

    def judge(self, healthy: bool, reason: str) -> None:
        """Notes what a look showed; ``since`` moves only when the verdict does."""
        if healthy is not self.healthy:
            self.healthy, self.since = healthy, time.time()
        self.reason = reason
