"""Load balancers: their zones, listeners and states are made to match the store."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Any, Generic

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.endpoints.uses import wake_users
from jackfield.products.nlb.states import ACTIVE, DELETING, RUNNING, STOPPED
from jackfield.reconcile.balancer_health import note_health
from jackfield.reconcile.balancer_plan import B, Family, P, planned
from jackfield.reconcile.dialling import Dialler
from jackfield.reconcile.endpoints import EndpointWork
from jackfield.reconcile.loop import Later, wait_until
from jackfield.reconcile.world import World
from jackfield.relay.route import Route
from jackfield.store.interface import Reader, Tx
from jackfield.store.resource import Evidence

LOOK_SECONDS = 1.0
"""How often a load balancer is looked at: servers come and go under their addresses, and health changes."""


class BalancerReconciler(Generic[B, P]):
    """One step at a time, from what the store says now.

    Provisioning: every zone has its address, Active. Listeners: their ports are opened in all zones and dialled,
    Running; closed and dialled, Stopped or gone. Configuring: the zones know, Active. Deleting: clients are cut, the
    zones go, then the records.
    """

    settled = ACTIVE

    def __init__(self, world: World, family: Family[B, P]) -> None:
        self.kind = family.balancer.kind
        self.resource = family.balancer
        self._world = world
        self._family = family
        self._endpoints = EndpointWork(world)
        self._seen: dict[str, dict[str, Any]] = {}

    def step(self, id: str) -> float | None:
        """:return: seconds until the next look. :raises Later: something has to happen first."""
        with self._world.store.read() as view:
            load_balancer = view.get(self._family.balancer, id)
        if load_balancer is None:
            return None
        if load_balancer.status == DELETING:
            self._delete(load_balancer)
            return None
        self._open_ports(load_balancer)
        self._work(load_balancer)
        waits = self._settle_listeners(load_balancer)
        if load_balancer.status != ACTIVE:
            self._settle(load_balancer)
        if waits:
            raise Later(min(waits), "pace")
        note_health(self._world, self._family, load_balancer)
        self._world.tended.note(id)
        return LOOK_SECONDS if self._world.real else None

    def _open_ports(self, load_balancer: B) -> None:
        """Has each zone listen at the ports of the listeners that are open; who uses the load balancer follows."""
        with self._world.store.read() as view:
            ports = tuple(
                sorted(one.port for one in view.children(self._family.listener, load_balancer.id) if one.listens)
            )
            if all(one.ports == ports for one in view.children(Endpoint, load_balancer.id)):
                return
        with self._world.store.write() as tx:
            ports = tuple(
                sorted(one.port for one in tx.children(self._family.listener, load_balancer.id) if one.listens)
            )
            changed = [one for one in tx.children(Endpoint, load_balancer.id) if one.ports != ports]
            for endpoint in changed:
                tx.put(msgspec.structs.replace(endpoint, port=ports[0] if ports else 0, more_ports=ports[1:]))
            wake_users(tx, load_balancer.id)

    def _open(self, view: Reader, load_balancer: B) -> tuple[int, ...]:
        return tuple(sorted(one.port for one in view.children(self._family.listener, load_balancer.id) if one.listens))

    def _work(self, load_balancer: B) -> None:
        with self._world.store.read() as view:
            endpoints = view.children(Endpoint, load_balancer.id)
        plan = partial(self._plan, load_balancer)
        if all(endpoint.status == "Serving" for endpoint in endpoints):
            for endpoint in endpoints:
                self._endpoints.tend(endpoint, plan, Dialler.accepted)
        else:
            seen = self._seen.setdefault(load_balancer.id, {})
            self._endpoints.work(endpoints, plan, Dialler.accepted, seen)

    def _plan(self, load_balancer: B, endpoint: Endpoint) -> Sequence[Route]:
        with self._world.store.read() as view:
            return planned(self._world, view, self._family, load_balancer, endpoint)

    def _settle_listeners(self, load_balancer: B) -> list[float]:
        """Settles what was proven.

        :return: the seconds for which others must still be seen in their transition.
        :raises Later: a port does not do what it has to.
        """
        with self._world.store.read() as view:
            listeners = view.children(self._family.listener, load_balancer.id)
            endpoints = view.children(Endpoint, load_balancer.id)
        plan = partial(self._plan, load_balancer)
        waits = []
        for listener in listeners:
            if listener.status in (RUNNING, STOPPED):
                continue
            wait = listener.settle_at - time.time()
            if wait > 0:
                waits.append(wait)
            elif listener.listens:
                proofs = (self._endpoints.proof(one, plan, Dialler.accepted, port=listener.port) for one in endpoints)
                self._settle_listener(listener, {"zones": list(proofs)})
            else:
                self._settle_listener(listener, self._proof_of_closed(listener, endpoints))
        return waits

    def _proof_of_closed(self, listener: P, endpoints: Sequence[Endpoint]) -> Evidence:
        if not self._world.real:
            return {"engines": "none"}
        return {
            "refused": [str(place) for one in endpoints for place in self._endpoints.refused(one, (listener.port,))]
        }

    def _settle_listener(self, listener: P, evidence: Evidence) -> None:
        with self._world.store.write() as tx:
            current = tx.get(self._family.listener, listener.id)
            load_balancer = tx.get(self._family.balancer, listener.parent)
            if current is None or load_balancer is None or current.change != listener.change:
                return
            if current.status == DELETING:
                self._remove(tx, load_balancer, current, evidence)
            else:
                status = RUNNING if current.listens else STOPPED
                tx.put(
                    msgspec.structs.replace(
                        current,
                        status=status,
                        changed=current.change,
                        ailing=current.ailing if status == RUNNING else (),
                    ),
                    evidence=evidence,
                )
            wake_users(tx, load_balancer.id)

    def _settle(self, load_balancer: B) -> None:
        """Says Active once no zone is on its way any more.

        :raises Later: the pace is not over.
        """
        wait_until(load_balancer.settle_at)
        facts = self._facts(load_balancer)
        evidence = {**facts, "endpoints": self._seen.pop(load_balancer.id, {})}
        with self._world.store.write() as tx:
            current = tx.get(self._family.balancer, load_balancer.id)
            open_ends = [one.id for one in tx.children(Endpoint, load_balancer.id) if one.status != "Serving"]
            if current is not None and current.change == load_balancer.change and not open_ends:
                tx.put(msgspec.structs.replace(current, status=ACTIVE, changed=current.change), evidence=evidence)
                wake_users(tx, load_balancer.id)

    def _delete(self, load_balancer: B) -> None:
        """Takes the zones down; then the listeners and the load balancer go."""
        self._work(load_balancer)
        wait_until(load_balancer.settle_at)
        evidence = {**self._facts(load_balancer), "endpoints": self._seen.pop(load_balancer.id, {})}
        with self._world.store.write() as tx:
            current = tx.get(self._family.balancer, load_balancer.id)
            if current is not None and current.status == DELETING and not tx.children(Endpoint, load_balancer.id):
                for listener in tx.children(self._family.listener, load_balancer.id):
                    self._remove(tx, current, listener, evidence)
                wake_users(tx, current.id)
                tx.remove(current, evidence=evidence)

    def _facts(self, load_balancer: B) -> dict[str, Any]:
        """What the relay says at the moment of a settlement."""
        if not self._world.real:
            return {"engines": "none"}
        return {"listening": self._endpoints.relays.listening(load_balancer.id)}

    def _remove(self, tx: Tx, load_balancer: B, listener: P, evidence: Evidence) -> None:
        self._family.removed(tx, load_balancer, listener)
        tx.remove(listener, evidence=evidence)
