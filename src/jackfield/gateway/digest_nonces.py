"""Nonces of HTTP Digest: who made one, how old it is and which of its counts were used.

A nonce carries its own age and maker and proves both by a MAC, so nothing is kept of nonces that nobody used. Of those
that were used with a right digest the counts (``nc``) are kept, as one bit each: clients with several connections send
them out of order (RFC 7616, section 3.3, asks for no order).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import struct
import time
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

LIFETIME = 300.0
"""Seconds for which a nonce is good."""
MOST_COUNTS = 4096
"""Requests that one nonce is good for; their bits take 512 bytes."""
MOST_NONCES = 10_000
"""Used nonces that are kept."""

_HEAD = struct.Struct(">Q8s8s")
_MAC_BYTES = 16
_BYTES = _HEAD.size + _MAC_BYTES


class Freshness(Enum):
    """What a nonce and its count are worth. ``STALE``: ours, but too old, used up, or of an earlier process."""

    FRESH = "fresh"
    STALE = "stale"
    REPLAYED = "replayed"
    FORGED = "forged"


class _Nonce(NamedTuple):
    made: int
    maker: bytes
    random: bytes


class NonceBook:
    """Makes nonces and spends their counts; for one thread.

    :param key: of the MAC; the same for every process of a data folder, so that an earlier one's nonces are known for
        what they are.
    :param lifetime: seconds. :param limit: used nonces that are kept; when there are more, the oldest and everything
        made before it become stale.
    :param clock: seconds, never going back; of this process alone.
    """

    def __init__(
        self,
        key: bytes,
        *,
        lifetime: float = LIFETIME,
        limit: int = MOST_NONCES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key = key
        self._lifetime = int(lifetime * 1e6)
        self._limit = limit
        self._clock = clock
        self._maker = os.urandom(8)
        self._used: dict[_Nonce, int] = {}
        self._floor = -1
        """Nonces made then or before are stale."""

    def make(self) -> str:
        """A new nonce: 54 characters of URL-safe Base64."""
        head = _HEAD.pack(self._now(), self._maker, os.urandom(8))
        return base64.urlsafe_b64encode(head + self._mac(head)).rstrip(b"=").decode()

    def spend(self, nonce: str, count: int) -> Freshness:
        """Uses a count of a nonce up; to be called once the digest is known to be right.

        :param count: ``nc``, from 1.
        """
        found = self._read(nonce)
        if found is None:
            return Freshness.FORGED
        now = self._now()
        if found.maker != self._maker or found.made <= max(self._floor, now - self._lifetime):
            return Freshness.STALE
        counts = self._used.get(found)
        if counts is not None and counts >> count & 1:
            return Freshness.REPLAYED
        if not 1 <= count <= MOST_COUNTS:
            return Freshness.STALE
        if counts is None and len(self._used) >= self._limit:
            self._forget(now)
            if found.made <= self._floor:
                return Freshness.STALE
        self._used[found] = (counts or 0) | 1 << count
        return Freshness.FRESH

    def __len__(self) -> int:
        return len(self._used)

    def _read(self, nonce: str) -> _Nonce | None:
        try:
            raw = base64.b64decode(nonce + "=" * (-len(nonce) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            return None
        if len(raw) != _BYTES or not hmac.compare_digest(self._mac(raw[: _HEAD.size]), raw[_HEAD.size :]):
            return None
        return _Nonce(*_HEAD.unpack(raw[: _HEAD.size]))

    def _forget(self, now: int) -> None:
        """Makes room: nonces that are too old go, and with them the oldest tenth of the others."""
        made = sorted(nonce.made for nonce in self._used)
        self._floor = max(self._floor, now - self._lifetime, made[len(made) // 10])
        self._used = {nonce: counts for nonce, counts in self._used.items() if nonce.made > self._floor}

    def _mac(self, head: bytes) -> bytes:
        return hmac.digest(self._key, head, hashlib.sha256)[:_MAC_BYTES]

    def _now(self) -> int:
        return int(self._clock() * 1e6)
