"""Tair instances that move to another network or zone, and endpoints whose time is over."""

from __future__ import annotations

import time

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.endpoints.succession import hand_over
from jackfield.products.tair.resources import Instance
from jackfield.products.tair.states import NETWORK_MODIFYING, NORMAL
from jackfield.reconcile.world import World


def hand_over_names(world: World, instance_id: str) -> bool:
    """Has a connection string lead to the endpoint that was brought up for it; false when none waits for one."""
    with world.store.write() as tx:
        heir = hand_over(tx, tx.children(Endpoint, instance_id))
    if heir is None:
        return False
    if world.real:
        world.names.publish()
        world.vpcs.publish(heir.vpc_id)
    return True


def moved(instance: Instance) -> Instance:
    """The instance where its move leads."""
    move = instance.move
    if move is None:
        return instance
    return msgspec.structs.replace(
        instance,
        zone_id=move.zone_id,
        secondary_zone_id=move.secondary_zone_id,
        vpc_id=move.vpc_id,
        vswitch_id=move.vswitch_id,
        ordinary=move.endpoint or instance.ordinary,
        move=None,
    )


def end_expired(world: World, instance: Instance) -> float | None:
    """Begins to release what has expired, with the instance as after a call that releases it.

    :return: seconds until something expires; ``None`` when nothing does.
    """
    now = time.time()
    with world.store.read() as view:
        ends = [one.expires for one in view.children(Endpoint, instance.id) if one.expires]
    if not ends or min(ends) > now:
        return min(ends) - now if ends else None
    with world.store.write() as tx:
        current = tx.get(Instance, instance.id)
        if current is None or current.status != NORMAL:
            return 0.0
        for one in tx.children(Endpoint, instance.id):
            if one.status == "Serving" and 0 < one.expires <= now:
                tx.put(msgspec.structs.replace(one, status="Releasing"))
        tx.put(msgspec.structs.replace(current, status=NETWORK_MODIFYING, settle_at=now))
    return 0.0
