"""The hash slots of a Redis cluster, and how shards share them. Pure functions: the same in, the same out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

SLOTS = 16384

Ranges = tuple[tuple[int, int], ...]
"""Slots, both ends included."""


def slot_ranges(shards: int) -> list[tuple[int, int]]:
    """Equal parts for a new cluster.

    Source: redis-cli.c, clusterManagerCommandCreate (fractional cursor, rounded half up).
    """
    width = SLOTS / shards
    ranges: list[tuple[int, int]] = []
    first, cursor = 0, 0.0
    for index in range(shards):
        last = SLOTS - 1 if index == shards - 1 else int(cursor + width - 1 + 0.5)
        ranges.append((first, last))
        first, cursor = last + 1, cursor + width
    return ranges


def spread(owned: Mapping[str, Ranges], members: Sequence[str]) -> dict[str, Ranges]:
    """Gives every member an equal part, give or take one slot, and moves no slot that need not move.

    :param owned: what each has now; who is no member loses everything. :param members: who is to have slots.
    """
    base, more = divmod(SLOTS, len(members))
    parts = {member: base + (place < more) for place, member in enumerate(members)}
    kept: dict[str, list[int]] = {member: [] for member in members}
    free: list[int] = []
    for owner, ranges in owned.items():
        slots = [slot for low, high in sorted(ranges) for slot in range(low, high + 1)]
        part = parts.get(owner, 0)
        if owner in kept:
            kept[owner] = slots[:part]
        free += slots[part:]
    free.sort()
    for member, part in parts.items():
        lacking = part - len(kept[member])
        kept[member] += free[:lacking]
        del free[:lacking]
    return {member: _ranges(slots) for member, slots in kept.items()}


def _ranges(slots: Iterable[int]) -> Ranges:
    found: list[tuple[int, int]] = []
    for slot in sorted(slots):
        if found and found[-1][1] == slot - 1:
            found[-1] = (found[-1][0], slot)
        else:
            found.append((slot, slot))
    return tuple(found)
