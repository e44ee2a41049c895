"""The nodes of an instance: a primary and, in every edition but Basic, secondaries.

Here one server plays the primary; what is said of secondaries is where they would be.
"""

from __future__ import annotations

import hashlib

import msgspec

from jackfield.products.rds.resources import DBInstance

_SINGLE = ("Basic", "serverless_basic")


class Node(msgspec.Struct, frozen=True):
    """:param number: the id that operations take. :param primary: whether it takes writes."""

    number: str
    zone_id: str
    primary: bool


def nodes(instance: DBInstance) -> tuple[Node, ...]:
    """All of them, the primary first."""
    if instance.category in _SINGLE:
        zones: tuple[str, ...] = (instance.zone_id,)
    else:
        zones = (instance.zone_id, *(instance.slave_zones or (instance.zone_id,)))
    found = [Node(_number(instance.id, place), zone, place == instance.primary) for place, zone in enumerate(zones)]
    return tuple(sorted(found, key=lambda node: not node.primary))


def place_of(instance: DBInstance, number: str) -> int | None:
    """Which of the instance's nodes has that id; ``None``: none."""
    count = len(nodes(instance))
    return next((place for place in range(count) if _number(instance.id, place) == number), None)


def _number(instance_id: str, place: int) -> str:
    """Seven digits that stay the same for the life of the instance."""
    digest = hashlib.sha256(f"{instance_id}/{place}".encode()).digest()
    return str(10**6 + int.from_bytes(digest[:4]) % (9 * 10**6))
