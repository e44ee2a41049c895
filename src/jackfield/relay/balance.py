"""Choosing the backend of a new connection."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence

from jackfield.relay.route import Balance
from jackfield.relay.target import Target


def choose(targets: Sequence[Target], balance: Balance | None, client: str) -> Target | None:
    """The target for a client, ``None`` when there is none that may have it.

    Without a balance there is one target, whatever its health. With one, unhealthy targets and those of weight 0 get
    nothing; targets at which nobody has looked yet are used while none is known to be healthy.

    :param client: ``ADDRESS:PORT``.
    """
    if balance is None:
        return targets[0]
    weighted = [target for target in targets if target.backend.weight > 0]
    usable = [one for one in weighted if one.healthy] or [one for one in weighted if one.healthy is None]
    if not usable:
        return None
    if balance == "fewest":
        return min(usable, key=lambda target: (target.open + 1) / target.backend.weight)
    if balance == "source":
        address = client.rpartition(":")[0]
        return max(usable, key=lambda target: _rendezvous(address, target))
    return _next_in_turn(usable)


def _next_in_turn(usable: Sequence[Target]) -> Target:
    """Smooth weighted turns: with weights 3 and 1 the order is a a b a, not a a a b."""
    for target in usable:
        target.credit += target.backend.weight
    chosen = max(usable, key=lambda target: target.credit)
    chosen.credit -= sum(target.backend.weight for target in usable)
    return chosen


def _rendezvous(address: str, target: Target) -> float:
    """Weighted rendezvous hashing: a target that goes moves its own clients only."""
    drawn = (zlib.crc32(f"{address} {target.backend.target}".encode()) + 1) / (2**32 + 1)
    return -target.backend.weight / math.log(drawn)
