"""RDS instances: servers, endpoints and states are made to match the store."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

from jackfield.endpoints.resources import Endpoint
from jackfield.engines.engine import EngineFailed, Health
from jackfield.products.rds.contents import DBDatabase
from jackfield.products.rds.resources import DBAccount, DBInstance
from jackfield.products.rds.resources import Tls as Wanted
from jackfield.products.rds.routes import routes
from jackfield.products.rds.states import (
    DELETING,
    RUNNING,
    SSL_MODIFYING,
    STARTING,
    STOPPED,
    STOPPING,
    TRANSING,
)
from jackfield.reconcile.adopted import AdoptedWork, description
from jackfield.reconcile.endpoints import EndpointWork, Plan, Prove
from jackfield.reconcile.loop import Later, wait_until
from jackfield.reconcile.rds_found import look_for_databases
from jackfield.reconcile.rds_life import ANEW, Life, renewed, wake
from jackfield.reconcile.rds_network import next_look, settled
from jackfield.reconcile.rds_replicas import Replicas
from jackfield.reconcile.rds_routers import Routers, settle_routers
from jackfield.reconcile.rds_servers import server_of
from jackfield.reconcile.tls import tls_prover
from jackfield.reconcile.watch import HEALTH_SECONDS
from jackfield.reconcile.world import World
from jackfield.relay.route import Route, Tls
from jackfield.store.interface import Tx


class RdsReconciler:
    """One step at a time, from what the store says now.

    Creating and DBInstanceNetTypeChanging: the server runs, endpoints come, move and go, Running. SSL_MODIFYING:
    endpoints show a certificate, or none, Running. TRANSING: once its time has come, the private endpoint moves,
    Running. Rebooting, GuardSwitching: the server ends, another is started and answers through every endpoint, Running.
    Stopping: endpoints close, the server ends, Stopped. Starting: back again. Running: a server that died is started
    again, changed whitelists reach the relay. Running and Stopped: an endpoint whose time is over ends. Deleting:
    everything ends, the record goes.
    """

    kind = DBInstance.kind
    product = "rds"
    resource = DBInstance
    settled = RUNNING
    resting = (STOPPED,)

    def __init__(self, world: World) -> None:
        self._world = world
        self._endpoints = EndpointWork(world)
        self._life = Life(world, self._endpoints)
        self._replicas = Replicas(world)
        self._routers = Routers(world)
        self._adopted = AdoptedWork(world)
        self._seen: dict[str, dict[str, Any]] = {}

    def step(self, id: str) -> float | None:
        """:return: seconds until the next look. :raises Later: something has to happen first."""
        with self._world.store.read() as view:
            instance = view.get(DBInstance, id)
            endpoints = view.children(Endpoint, id)
        if instance is None:
            return None
        if instance.status == STOPPED:
            return next_look(self._endpoints.end_expired(endpoints, {}), None)
        if instance.status == STOPPING:
            self._life.stop(instance, endpoints)
            return None
        instance = self._adopted.look(instance)
        if instance.status == DELETING:
            self._delete(instance, endpoints)
            return None
        endpoints = self._endpoints.end_expired(endpoints, {})
        if instance.status in ANEW:
            self._seen.setdefault(instance.id, {})["server"] = self._life.renew(instance)
        self._start(instance)
        if instance.status == TRANSING:
            self._hold(instance, endpoints)
        self._work(instance, endpoints)
        if instance.status in (*ANEW, STARTING):
            self._see_answers(instance, endpoints)
        if instance.status == SSL_MODIFYING:
            self._see_tls(instance, endpoints)
        if instance.status != RUNNING:
            self._settle(instance)
        self._world.tended.note(instance.id)
        self._replicas.look(instance)
        if instance.status == RUNNING:
            look_for_databases(self._world, instance)
        return next_look(endpoints, self._adopted.pause(instance) if self._world.real else None)

    def servers(self, instance: DBInstance) -> list[Health]:
        """What the instance's server process is doing; empty where no engines run."""
        return [server_of(self._world, instance).health()] if self._world.real else []

    def describe(self, instance: DBInstance) -> dict[str, str]:
        """For people: see :class:`InstanceReconciler`."""
        asked_for = f"{instance.engine} {instance.engine_version}"
        kind = "read-only" if instance.read_only else "primary"
        told = {"name": instance.description, "kind": kind, "asked_for": asked_for}
        return {**told, **description(instance.adopted)} if instance.adopted else told

    def _start(self, instance: DBInstance) -> None:
        """Starts, or adopts, the server; somebody else's is left alone.

        :raises Later: it is not ready yet.
        """
        if not self._world.real or instance.adopted:
            return
        with self._replicas.turn(instance):
            self._replicas.admit(instance)
            server = server_of(self._world, instance)
            self._world.deaths.add(instance.id, server.start())
            if not server.ready():
                raise Later(0.05, "the server is not ready")
            self._replicas.follow(instance)

    def _work(self, instance: DBInstance, endpoints: Sequence[Endpoint]) -> None:
        prove = self._prover(instance, endpoints)
        seen = self._seen.setdefault(instance.id, {})
        self._endpoints.work(endpoints, self._planned(instance), prove, seen)

    def _hold(self, instance: DBInstance, endpoints: Sequence[Endpoint]) -> None:
        """Lets an instance serve as before until the time at which its migration may switch over.

        :raises Later: it has not come.
        """
        seconds = instance.settle_at - time.time()
        if seconds <= 0:
            return
        for endpoint in endpoints:
            self._endpoints.tend(endpoint, self._planned(instance), self._prover(instance, endpoints))
        self._world.tended.note(instance.id)
        raise Later(min(seconds, HEALTH_SECONDS), "the time to switch over has not come")

    def _see_answers(self, instance: DBInstance, endpoints: Sequence[Endpoint]) -> None:
        """Has the server answer through every endpoint.

        :raises Later: one does not lead there yet.
        """
        prove = self._prover(instance, endpoints)
        seen = self._seen.setdefault(instance.id, {})
        for endpoint in endpoints:
            seen[endpoint.id] = self._endpoints.proof(endpoint, self._planned(instance), prove)

    def _see_tls(self, instance: DBInstance, endpoints: Sequence[Endpoint]) -> None:
        """Looks by a handshake at what clients are shown; without TLS by a plain login.

        :raises Later: an address does not show it yet.
        """
        plain = self._prover(instance, endpoints)
        seen = self._seen.setdefault(instance.id, {})
        for endpoint in endpoints:
            tls = self._wanted_tls(instance, endpoint)
            shown = tls_prover(tls.name, self._world.authority) if tls else plain
            seen[endpoint.id] = {"tls": bool(tls), **self._endpoints.proof(endpoint, self._planned(instance), shown)}

    def _prover(self, instance: DBInstance, endpoints: Sequence[Endpoint]) -> Prove:
        plain = self._adopted.proving(instance, server_of(self._world, instance).prove)
        return self._routers.prover(endpoints, plain)

    def _planned(self, instance: DBInstance) -> Plan:
        return partial(self._plan, instance)

    def _wanted_tls(self, instance: DBInstance, endpoint: Endpoint) -> Wanted | None:
        """The instance's, unless what the endpoint belongs to has its own."""
        router = self._routers.router(endpoint)
        return router.tls if router is not None and router.tls is not None else instance.tls

    def _tls(self, instance: DBInstance, endpoint: Endpoint) -> Tls | None:
        wanted = self._wanted_tls(instance, endpoint)
        if wanted is None:
            return None
        addresses = [*endpoint.addresses, *filter(None, [endpoint.vpc_address])]
        certificate = self._world.authority().certify([wanted.name], addresses, since=wanted.since)
        protocol: Literal["postgres", "mysql"] = "postgres" if instance.engine == "PostgreSQL" else "mysql"
        return Tls(protocol=protocol, certificate=str(certificate.path), required=wanted.forced)

    def _settle(self, instance: DBInstance) -> None:
        """Says Running once no endpoint is on its way any more.

        :raises Later: the pace is not over.
        """
        wait_until(instance.settle_at)
        caught_up = self._replicas.caught_up(instance)
        evidence = {**self._facts(instance), **caught_up, "endpoints": self._seen.pop(instance.id, {})}
        with self._world.store.write() as tx:
            current = tx.get(DBInstance, instance.id)
            open_ends = [one.id for one in tx.children(Endpoint, instance.id) if one.status != "Serving"]
            if current is not None and current.status == instance.status and not open_ends:
                tx.put(settled(tx, renewed(current)), evidence=evidence)
                _wake_primary(tx, current)
                if instance.status == STARTING:
                    wake(tx, current)
                settle_routers(tx, current)

    def _delete(self, instance: DBInstance, endpoints: Sequence[Endpoint]) -> None:
        """Closes the endpoints, ends the server, deletes the data and the accounts; then the record goes."""
        self._work(instance, endpoints)
        if self._world.real:
            try:
                server_of(self._world, instance).destroy()
            except EngineFailed as error:
                raise Later(0.2, str(error)) from error
        parted = self._replicas.part(instance)
        wait_until(instance.settle_at)
        evidence = {**self._facts(instance), **parted, "endpoints": self._seen.pop(instance.id, {})}
        with self._world.store.write() as tx:
            current = tx.get(DBInstance, instance.id)
            if current is not None and current.status == DELETING:
                settle_routers(tx, current)
                for content in (*tx.children(DBAccount, instance.id), *tx.children(DBDatabase, instance.id)):
                    tx.remove(content, evidence={"server": "deleted"})
                tx.remove(current, evidence=evidence)
                _wake_primary(tx, current)

    def _facts(self, instance: DBInstance) -> dict[str, Any]:
        """What the relay and the server say at the moment of a settlement."""
        if not self._world.real:
            return {"engines": "none"}
        server = server_of(self._world, instance).health()
        return {
            "listening": self._endpoints.relays.listening(instance.id),
            "server": server.pid,
            "version": server.version,
        }

    def _plan(self, instance: DBInstance, endpoint: Endpoint) -> tuple[Route, ...]:
        if not self._world.real:
            return ()
        router = self._routers.router(endpoint)
        if router is not None:
            return self._routers.plan(instance, endpoint, router, self._tls(instance, endpoint))
        return routes(
            instance,
            endpoint,
            server_of(self._world, instance).target,
            drain=self._world.settings.drain,
            local_clients=self._world.settings.local_clients,
            tls=self._tls(instance, endpoint),
        )


def _wake_primary(tx: Tx, instance: DBInstance) -> None:
    """What reads over a primary's read-only instances has to learn that one came or went."""
    primary = tx.get(DBInstance, instance.parent) if instance.read_only else None
    if primary is not None:
        tx.schedule(primary)
