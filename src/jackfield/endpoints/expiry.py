"""Endpoints that end by themselves: when their time is over, and what takes their place serves."""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.store.interface import Tx

NEVER = "0"
"""ExpiredTime of an endpoint that does not expire (DescribeDBInstanceNetInfo documents of Tair and RDS)."""

_THERE = ("Serving", "Closed")
"""States of an endpoint that is not being worked on."""

_AGAIN_SECONDS = 0.05
"""When to look again for one whose heir does not serve yet."""


def expiring(tx: Tx, endpoint: Endpoint, *, at: float, heir: str = "") -> Endpoint:
    """Records when an endpoint ends; the reconciler of its instance has to be scheduled.

    :param at: seconds since the epoch. :param heir: id of the endpoint that has to serve first.
    """
    ending = msgspec.structs.replace(endpoint, expires=at, heir=heir)
    tx.put(ending)
    return ending


def expired_time(endpoint: Endpoint, now: float) -> str:
    """ExpiredTime: the seconds that are left, as a string."""
    return str(max(1, math.ceil(endpoint.expires - now))) if endpoint.expires else NEVER


def begin_endings(tx: Tx, instance: str) -> list[Endpoint]:
    """Puts every endpoint of an instance whose time is over into Releasing.

    :return: those, and those of an earlier call that are still there.
    """
    endpoints = {one.id: one for one in tx.children(Endpoint, instance)}
    ended = [one for one in endpoints.values() if one.expires and one.status == "Releasing"]
    for endpoint in endpoints.values():
        heir = endpoints.get(endpoint.heir)
        waits = heir is not None and heir.status not in _THERE
        if endpoint.status in _THERE and 0 < endpoint.expires <= tx.now and not waits:
            ended.append(msgspec.structs.replace(endpoint, status="Releasing"))
            tx.put(ended[-1])
    return ended


def until_expiry(endpoints: Iterable[Endpoint], now: float) -> float | None:
    """Seconds until the next of them ends; ``None`` when none does."""
    return min((max(_AGAIN_SECONDS, one.expires - now) for one in endpoints if one.expires), default=None)
