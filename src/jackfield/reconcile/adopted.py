"""Databases that somebody else runs: they are looked at, and dialled by the relay; nothing is ever done to them.

A host's name is looked up here, with each look, never by the relay, whose other connections would wait for the answer.
The address found is stored with the instance, so routes stay what they were while a name server is away. Where a name
has several addresses, the one that answered stays in use while it answers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec

from jackfield.endpoints.addresses import pool
from jackfield.engines.engine import Health
from jackfield.products.adopted import Adopted
from jackfield.products.rds.resources import DBInstance
from jackfield.products.tair.resources import Instance
from jackfield.reconcile.dialling import Dialler, NotProven
from jackfield.reconcile.endpoints import Prove
from jackfield.reconcile.loop import Later
from jackfield.reconcile.watch import HEALTH_SECONDS
from jackfield.reconcile.world import World
from jackfield.relay.route import Route

log = logging.getLogger(__name__)

AWAY_SECONDS = 1.0
"""How often a database that is away is looked for."""

ANONYMOUS_SECONDS = 30.0
"""How often MySQL is looked at by nobody in particular: each look is a refused login in its owner's log."""

AnyInstance = TypeVar("AnyInstance", DBInstance, Instance)


class _Look(NamedTuple):
    """:param at: when, on the monotonic clock. :param seconds: how long it took."""

    at: float
    seconds: float


class AdoptedWork:
    """Keeps in the store what is seen of adopted databases. Other instances are left as they are."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._looks: dict[str, _Look] = {}

    def look(self, instance: AnyInstance) -> AnyInstance:
        """Looks at the database, unless that was done a moment ago; notes what has changed.

        :return: the instance as it is now in the store.
        """
        adopted = instance.adopted
        if adopted is None or not self._world.real or self.pause(instance) > 0:
            return instance
        from jackfield.reconcile.adopted_servers import AdoptedServer

        begun = time.monotonic()
        with self._world.store.read() as view:
            own = pool(view)
        found = AdoptedServer(instance.id, adopted, self._world.keyring).find(own)
        self._looks[instance.id] = _Look(time.monotonic(), time.monotonic() - begun)
        seen = msgspec.structs.replace(
            adopted,
            target=found.target or adopted.target,
            version=found.health.version or adopted.version,
            away=found.health.reason,
        )
        return instance if seen == adopted else self._note(instance, adopted, seen)

    def pause(self, instance: DBInstance | Instance) -> float:
        """Seconds until an instance that serves is to be looked at again."""
        adopted, last = instance.adopted, self._looks.get(instance.id)
        if adopted is None:
            return HEALTH_SECONDS
        if last is None:
            return 0.0
        if adopted.away:
            seconds = max(AWAY_SECONDS, 2 * last.seconds)  # one that is waited for in vain keeps others waiting
        else:
            anonymous = adopted.protocol == "mysql" and not adopted.user
            seconds = ANONYMOUS_SECONDS if anonymous else HEALTH_SECONDS
        return max(0.0, last.at + seconds - time.monotonic())

    def proving(self, instance: DBInstance | Instance, prove: Prove) -> Prove:
        """What proves that routes lead to the instance's database.

        :param prove: does it, while an adopted database is there.
        """
        adopted = instance.adopted
        if adopted is None:
            return prove

        def proven(dialler: Dialler, route: Route) -> Mapping[str, Any]:
            """:raises NotProven: nothing answers there. :raises Later: the database is known to be away."""
            if adopted.away:
                raise Later(AWAY_SECONDS, f"the database at {adopted.place} is away: {adopted.away}")
            try:
                return prove(dialler, route)
            except NotProven:
                self._looks.pop(instance.id, None)  # it may just have gone: the next step looks
                raise

        return proven

    def _note(self, instance: AnyInstance, before: Adopted, seen: Adopted) -> AnyInstance:
        with self._world.store.write() as tx:
            current = tx.get(type(instance), instance.id)
            if current is None or current.adopted != before:
                return current or instance
            current = msgspec.structs.replace(current, adopted=seen)
            tx.put(current, evidence={"adopted": seen.place, "target": seen.target, "away": seen.away})
        if bool(seen.away) != bool(before.away):
            log.info("the adopted database of %s at %s: %s", instance.id, seen.place, seen.away or "it answers again")
        return current


def health(adopted: Adopted) -> Health:
    """What was seen of it at the latest look, for people."""
    here = not adopted.away
    return Health(running=here, answers=here, reason=adopted.away, version=adopted.version)


def description(adopted: Adopted) -> dict[str, str]:
    """As :meth:`InstanceReconciler.describe` has it, with where it is and why it is away."""
    told = {"kind": "adopted", "adopted": adopted.place}
    return {**told, "away": adopted.away} if adopted.away else told
