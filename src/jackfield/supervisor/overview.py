"""What runs, seen from the API process: for ``ps``, health and the administration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.engines.engine import Health
from jackfield.products.adopted import ADOPTED
from jackfield.products.vpc.resources import Vpc
from jackfield.reconcile.instances import InstanceReconciler, Rest, unsettled
from jackfield.reconcile.vpcs import endpoints_in
from jackfield.reconcile.world import World
from jackfield.relay.client import RelayDown, RelayError
from jackfield.relay.messages import Greeting
from jackfield.relay.route import Connection


class Overview:
    """Reads; changes nothing.

    :param rests: when nothing is on its way. :param idle: whether nothing is being worked on.
    """

    def __init__(
        self,
        world: World,
        reconcilers: tuple[InstanceReconciler, ...],
        rests: tuple[Rest, ...],
        idle: Callable[[], bool],
    ) -> None:
        self._world = world
        self._reconcilers = reconcilers
        self._rests = rests
        self._idle = idle

    def health(self) -> dict[str, Any]:
        """Degraded while a relay is away or has an address that it could not bind: open transitions then stay open.

        Also while an adopted database is away.

        ``idle``: no transition is open and nothing is being worked on.
        """
        relays: dict[str, Any] = {}
        why = []
        for mode, relay in self._world.relays.items():
            try:
                greeting: Greeting = relay.hello()
            except (RelayDown, RelayError) as error:
                why.append(f"the {mode} relay is away: {error}")
                relays[mode] = None
                continue
            relays[mode] = msgspec.to_builtins(greeting)
            if greeting.unbound:
                why.append(f"the {mode} relay could not bind {', '.join(greeting.unbound)}")
        vpcs = self._world.vpcs.health()
        if vpcs.get("away"):
            why.append(f"the holder of the VPCs is away: {vpcs['away']}")
        why += self._away()
        idle = self._idle() and not self._open()
        return {"status": "degraded" if why else "ok", "why": why, "idle": idle, "relays": relays, "vpcs": vpcs}

    def instances(self, account: str) -> list[dict[str, Any]]:
        live = self._live()
        with self._world.store.read() as view:
            found = [
                (each, one, view.children(Endpoint, one.id))
                for each in self._reconcilers
                for one in view.each(each.resource, account=account)
            ]
        return [
            {
                "id": instance.id,
                "product": reconciler.product,
                "account": instance.account,
                "region": instance.region,
                "status": instance.status,
                **reconciler.describe(instance),
                "servers": [_server(health) for health in reconciler.servers(instance)],
                "endpoints": [_endpoint(endpoint, live) for endpoint in endpoints],
            }
            for reconciler, instance, endpoints in found
        ]

    def networks(self, account: str) -> list[dict[str, Any]]:
        live = self._live()
        with self._world.store.read() as view:
            found = [(vpc, endpoints_in(view, vpc.id)) for vpc in view.each(Vpc, account=account)]
        return [
            {
                "id": vpc.id,
                "account": vpc.account,
                "region": vpc.region,
                "status": vpc.status,
                "cidr": vpc.cidr,
                "name": vpc.name,
                "endpoints": [_endpoint(endpoint, live) for endpoint in endpoints],
            }
            for vpc, endpoints in found
        ]

    def connections(self, endpoint: str) -> list[dict[str, Any]]:
        owner = self._endpoint_id(endpoint) if endpoint else None
        found: list[Connection] = []
        for relay in self._world.relays.values():
            found += relay.connections(owner)
        return [msgspec.to_builtins(connection) for connection in found]

    def refusals(self) -> list[dict[str, Any]]:
        found = [refusal for relay in self._world.relays.values() for refusal in relay.refusals()]
        return [msgspec.to_builtins(refusal) for refusal in sorted(found, key=lambda one: one.time)]

    def _away(self) -> list[str]:
        """Adopted databases that did not answer when they were last looked at."""
        kinds = {each.kind: each.resource for each in self._reconcilers}
        with self._world.store.read() as view:
            found: list[Any] = [view.get(kinds[kind], id) for kind, id in view.holders(ADOPTED)]
        return [
            f"the database of {one.id} at {one.adopted.place} is away: {one.adopted.away}"
            for one in found
            if one is not None and one.adopted and one.adopted.away
        ]

    def _open(self) -> bool:
        """Whether a transition is open: it may be waiting, with nothing to do at this moment."""
        with self._world.store.read() as view:
            return any(True for _ in unsettled(view, self._rests))

    def _live(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for relay in self._world.relays.values():
            try:
                for owner, number in relay.counts().items():
                    counts[owner] = counts.get(owner, 0) + number
            except RelayDown:
                continue
        return counts

    def _endpoint_id(self, named: str) -> str:
        """An endpoint's id, from its id or its connection string."""
        with self._world.store.read() as view:
            held = view.holder("name", named)
        return held[1] if held else named


def _endpoint(endpoint: Endpoint, live: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "net": endpoint.net,
        "name": endpoint.name,
        "port": endpoint.port,
        "ports": endpoint.ports,
        "status": endpoint.status,
        "addresses": endpoint.addresses,
        "vpc_id": endpoint.vpc_id,
        "vpc_address": endpoint.vpc_address,
        "connections": live.get(endpoint.id, 0),
    }


def _server(health: Health) -> dict[str, Any]:
    return {
        "pid": health.pid,
        "running": health.running,
        "answers": health.answers,
        "version": health.version,
        "memory": health.used_memory,
    }
