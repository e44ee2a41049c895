"""Who works on something together with others, one after the other."""

from __future__ import annotations

import threading
from collections import defaultdict


class Turns:
    """One lock for each id: steps for different resources that touch the same server, say."""

    def __init__(self) -> None:
        self._locks: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)

    def alone(self, id: str) -> threading.RLock:
        """Held while working on it."""
        return self._locks[id]
