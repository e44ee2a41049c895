"""Nonces of verified requests, so that a request that was overheard cannot be sent again."""

from __future__ import annotations

LIFETIME = 1_800.0
"""Seconds for which a nonce stays used: a time stamp is good for 15 minutes to either side of the clock."""


class NonceLog:
    """What this process has seen, in bounded memory.

    Two generations of numbers: the younger one takes what comes; when it has lasted ``LIFETIME`` or is full, it becomes
    the older one, and the older one is dropped. When more than ``limit`` requests come within ``LIFETIME``, the oldest
    nonces are forgotten: a read could be repeated then. A write could not, its nonce is in the store as well.
    """

    def __init__(self, *, limit: int = 50_000) -> None:
        self._limit = limit
        self._young: set[int] = set()
        self._old: set[int] = set()
        self._since = 0.0

    def spend(self, access_key: str, nonce: str, now: float) -> bool:
        """Records a nonce; ``False`` when it was recorded before. :param now: seconds since the epoch."""
        # 64 bits keyed at the start of the process instead of both strings: a third of the memory, and two requests
        # that share them are not to be had within its limits.
        number = hash((access_key, nonce))
        age = now - self._since
        if age > LIFETIME:
            self._old = self._young if age <= 2 * LIFETIME else set()
            self._young, self._since = set(), now
        if number in self._young or number in self._old:
            return False
        if len(self._young) >= self._limit:
            self._old, self._young, self._since = self._young, set(), now
        self._young.add(number)
        return True

    def __len__(self) -> int:
        return len(self._young) + len(self._old)
