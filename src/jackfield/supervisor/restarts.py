"""When a process that died is started again."""

from __future__ import annotations

SETTLED_SECONDS = 5.0
"""A process that lives this long counts as started."""
LONGEST_PAUSE = 5.0
AT_ONCE = 2
"""How many starts may fail in a row before the next one waits."""


class Restarts:
    """Counts each process's failed starts: the first are repeated at once, further ones after growing pauses.

    One that was ready, or has lived for a while, had started: it may be killed as often as somebody likes, and is back
    at once. Pauses are for what cannot start.
    """

    def __init__(self) -> None:
        self._failures: dict[str, int] = {}

    def pause(self, name: str, lived: float, *, was_ready: bool) -> float:
        """Seconds until the process is started again.

        :param lived: seconds. :param was_ready: whether it said so; ``False`` if it does not tell.
        """
        failures = 0 if was_ready or lived > SETTLED_SECONDS else self._failures.get(name, 0) + 1
        self._failures[name] = failures
        return 0.0 if failures <= AT_ONCE else min(LONGEST_PAUSE, 0.1 * 2.0**failures)
