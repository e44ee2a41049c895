"""Which servers a load balancer's listeners send nothing to: copied from the relay into the store, where operations
read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.products.nlb.resources import Ailing, Port
from jackfield.products.nlb.routes import Pool
from jackfield.reconcile.balancer_plan import B, Family, P
from jackfield.reconcile.loop import Later
from jackfield.reconcile.world import World
from jackfield.relay.client import RelayDown
from jackfield.relay.messages import BackendHealth

_REASONS = (
    ("no answer", "CONNECT_TIMEOUT"),
    ("ETIMEDOUT", "CONNECT_TIMEOUT"),
    ("accepted, then", "CONNECT_INTERRUPT"),
    ("ECONNRESET", "CONNECT_INTERRUPT"),
)
"""Beginnings of the relay's words, and the vendor's reason codes (GetListenerHealthStatus). Whether a server that turns
a client away resets it within the dial or after it is a matter of microseconds.
"""

_FAILED = "CONNECT_FAILED"


def note_health(world: World, family: Family[B, P], load_balancer: B) -> None:
    """Writes what changed since the last look. A server that nobody looked at yet is Initial, so without engines every
    one is.

    :raises Later: the relay is down.
    """
    with world.store.read() as view:
        endpoints = view.children(Endpoint, load_balancer.id)
        listeners = view.children(family.listener, load_balancer.id)
        pools = {one.id: family.pool(view, load_balancer, one, "") for one in listeners if one.listens}
    health: list[BackendHealth] = []
    if world.real:
        try:
            health = [one for endpoint in endpoints for one in world.relays["tcp"].health(endpoint.id)]
        except RelayDown as error:
            raise Later(0.05, str(error)) from error
    seen = {one.id: seen_by(health, one, pools.get(one.id)) for one in listeners}
    changed = [one for one in listeners if one.ailing != seen[one.id]]
    if not changed:
        return
    with world.store.write() as tx:
        for one in changed:
            current = tx.get(family.listener, one.id)
            if current is not None and current.ailing == one.ailing:  # else a server came meanwhile: look again
                tx.put(msgspec.structs.replace(current, ailing=seen[one.id]))


def seen_by(health: Sequence[BackendHealth], listener: Port, pool: Pool | None) -> tuple[Ailing, ...]:
    """What a listener has to say of its servers. :param pool: they; ``None``: its port is not open."""
    if pool is None or not pool.check.enabled:
        return ()
    known = {one.name for one in health if one.route.rpartition("/")[2] == str(listener.port)}
    unseen = [one for one in pool.targets if f"{one.address}:{one.port}" not in known]
    fresh = (Ailing(address=one.address, port=one.port, status="Initial") for one in unseen)
    return tuple(sorted((*ailing_of(health, listener.port), *fresh), key=lambda one: f"{one.address}:{one.port}"))


def ailing_of(health: Iterable[BackendHealth], port: int) -> tuple[Ailing, ...]:
    """The servers of a listener that are unhealthy in one zone at least, or that no zone has looked at yet."""
    worst: dict[str, BackendHealth] = {}
    for one in health:
        if one.route.rpartition("/")[2] == str(port) and not one.healthy:
            before = worst.get(one.name)
            if before is None or before.healthy is None:
                worst[one.name] = one
    return tuple(_ailing(one) for _, one in sorted(worst.items()))


def _ailing(one: BackendHealth) -> Ailing:
    address, _, port = one.name.rpartition(":")
    if one.healthy is None:
        return Ailing(address=address, port=int(port), status="Initial")
    reason = next((code for words, code in _REASONS if one.reason.startswith(words)), _FAILED)
    return Ailing(address=address, port=int(port), status="Unhealthy", reason=reason)
