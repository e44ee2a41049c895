"""Clients that were turned away: the latest few are kept, and the log is told without being flooded."""

from __future__ import annotations

import logging
import time
from collections import deque

from jackfield.relay.messages import Refusal

KEPT = 200
"""How many refusals are remembered."""

_SECONDS_BETWEEN_LINES = 1.0  # for one route
_ROUTES_REMEMBERED = 10_000

log = logging.getLogger(__name__)


class Refusals:
    """The refusals of one process."""

    def __init__(self) -> None:
        self.latest: deque[Refusal] = deque(maxlen=KEPT)
        self._lines: dict[str, tuple[float, int]] = {}  # route -> when its last line was written, silent since

    def note(self, route: str, client: str, reason: str) -> None:
        """Remembers one refusal; writes at most one line a second for a route.

        :param route: key of the route.
        :param client: ``ADDRESS:PORT`` of the client.
        :param reason: why, and what would admit the client.
        """
        self.latest.append(Refusal(time=time.time(), route=route, client=client, reason=reason))
        now = time.monotonic()
        last, silent = self._lines.get(route, (float("-inf"), 0))
        if now - last < _SECONDS_BETWEEN_LINES:
            self._lines[route] = (last, silent + 1)
            return
        if len(self._lines) >= _ROUTES_REMEMBERED:
            self._lines.clear()
        self._lines[route] = (now, 0)
        more = f" ({silent} more on this route since its last line)" if silent else ""
        log.warning("refused route=%s client=%s: %s%s", route, client, reason, more)
