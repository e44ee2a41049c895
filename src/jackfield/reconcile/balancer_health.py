"""Which servers a load balancer's listeners send nothing to: copied from the relay into the store, where operations
read it.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.products.nlb.resources import Ailing, Listener
from jackfield.reconcile.loop import Later
from jackfield.reconcile.world import World
from jackfield.relay.client import RelayDown
from jackfield.relay.messages import BackendHealth

_REASONS = (("no answer", "CONNECT_TIMEOUT"), ("accepted, then", "CONNECT_INTERRUPT"))
"""Beginnings of the relay's words, and the vendor's reason codes (GetListenerHealthStatus)."""

_FAILED = "CONNECT_FAILED"


def note_health(world: World, load_balancer: str) -> None:
    """Writes what changed since the last look.

    :raises Later: the relay is down.
    """
    with world.store.read() as view:
        endpoints = view.children(Endpoint, load_balancer)
        listeners = view.children(Listener, load_balancer)
    try:
        health = [one for endpoint in endpoints for one in world.relays["tcp"].health(endpoint.id)]
    except RelayDown as error:
        raise Later(0.05, str(error)) from error
    changed = {one.id: ailing for one in listeners if one.ailing != (ailing := ailing_of(health, one.port))}
    if not changed:
        return
    with world.store.write() as tx:
        for id, ailing in changed.items():
            current = tx.get(Listener, id)
            if current is not None:
                tx.put(msgspec.structs.replace(current, ailing=ailing))


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
