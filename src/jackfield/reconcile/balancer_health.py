"""Which servers a load balancer's listeners send nothing to: copied from the relay into the store, where operations
read it.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.products.nlb.resources import Ailing, Listener, Server, ServerGroup
from jackfield.reconcile.loop import Later
from jackfield.reconcile.world import World
from jackfield.relay.client import RelayDown
from jackfield.relay.messages import BackendHealth
from jackfield.store.interface import Reader

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


def note_health(world: World, load_balancer: str) -> None:
    """Writes what changed since the last look. Without engines nobody looks, so every server stays Initial.

    :raises Later: the relay is down.
    """
    with world.store.read() as view:
        endpoints = view.children(Endpoint, load_balancer)
        listeners = view.children(Listener, load_balancer)
        seen = {} if world.real else {one.id: _unseen(view, one) for one in listeners}
    if world.real:
        try:
            health = [one for endpoint in endpoints for one in world.relays["tcp"].health(endpoint.id)]
        except RelayDown as error:
            raise Later(0.05, str(error)) from error
        seen = {one.id: ailing_of(health, one.port) for one in listeners}
    changed = {one.id: seen[one.id] for one in listeners if one.ailing != seen[one.id]}
    if not changed:
        return
    with world.store.write() as tx:
        for id, ailing in changed.items():
            current = tx.get(Listener, id)
            if current is not None:
                tx.put(msgspec.structs.replace(current, ailing=ailing))


def _unseen(view: Reader, listener: Listener) -> tuple[Ailing, ...]:
    group = view.get(ServerGroup, listener.group_id)
    if group is None or not group.check.enabled or not listener.listens:
        return ()
    servers = sorted(view.children(Server, group.id), key=lambda one: one.id)
    return tuple(Ailing(address=one.address, port=one.port, status="Initial") for one in servers)


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
