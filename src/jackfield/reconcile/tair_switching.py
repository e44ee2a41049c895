"""Switches between master and replica that wait for their instance's maintenance window."""

from __future__ import annotations

import time

import msgspec

from jackfield.products.tair.resources import Instance
from jackfield.products.tair.states import HA_SWITCHING, NORMAL
from jackfield.reconcile.watch import HEALTH_SECONDS
from jackfield.reconcile.world import World
from jackfield.settings import PACES

_DAY = 24 * 3600


def begin_planned(world: World, instance: Instance) -> float | None:
    """Begins a switch whose window has come.

    :return: seconds until it is to be looked at again; ``None`` when none is planned.
    """
    if not instance.planned_switch:
        return None
    settings = instance.settings
    wait = seconds_until(time.time(), settings.maintain_start, settings.maintain_end)
    if wait:
        return min(wait, HEALTH_SECONDS)  # the window may be set anew
    with world.store.write() as tx:
        current = tx.get(Instance, instance.id)
        if current is not None and current.status == NORMAL and current.planned_switch == instance.planned_switch:
            there = {shard.node_id for shard in current.shards}
            # Of shards that were removed meanwhile nothing is left to switch.
            chosen = tuple(id for id in current.planned_switch if id in there)
            changed = msgspec.structs.replace(current, planned_switch=())
            if chosen:
                changed = msgspec.structs.replace(
                    changed,
                    status=HA_SWITCHING,
                    switching=chosen,
                    ending=(),
                    settle_at=time.time() + PACES[world.settings.pace],
                )
            tx.put(changed)
    return 0.0


def seconds_until(now: float, start: str, end: str) -> float:
    """Until a daily window begins; 0 within it.

    :param now: seconds since the epoch. :param start: ``HH:mmZ``, as ``end``, which may be on the next day.
    """
    begins, ends = _seconds(start), _seconds(end)
    since = (now - begins) % _DAY
    return 0.0 if since < (ends - begins) % _DAY else _DAY - since


def _seconds(text: str) -> int:
    """Since midnight, UTC."""
    return int(text[:2]) * 3600 + int(text[3:5]) * 60
