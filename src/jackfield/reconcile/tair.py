"""Tair instances: servers, endpoints and states are made to match the store."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from jackfield.endpoints.expiry import until_expiry
from jackfield.endpoints.resources import Endpoint
from jackfield.engines.engine import EngineFailed, Health
from jackfield.engines.redis import RedisNode
from jackfield.products.tair.resources import Account, Instance, Shard
from jackfield.products.tair.routes import needs_no_password, routes
from jackfield.products.tair.states import (
    CHANGING,
    CREATING,
    FLUSHING,
    HA_SWITCHING,
    MIGRATING,
    NETWORK_MODIFYING,
    NORMAL,
    REBOOTING,
    RELEASED,
    SSL_MODIFYING,
)
from jackfield.products.tair.views import ordinary
from jackfield.reconcile.adopted import AdoptedWork, description, health
from jackfield.reconcile.dialling import Dialler, NotProven
from jackfield.reconcile.endpoints import EndpointWork, Prove
from jackfield.reconcile.loop import Later, wait_until
from jackfield.reconcile.placing import is_shared, place
from jackfield.reconcile.tair_accounts import AccountWork
from jackfield.reconcile.tair_logins import Logins
from jackfield.reconcile.tair_moves import moved
from jackfield.reconcile.tair_nodes import prove, prove_free, redis_node
from jackfield.reconcile.tair_shards import ShardWork
from jackfield.reconcile.tair_switching import begin_planned
from jackfield.reconcile.tair_upkeep import Upkeep
from jackfield.reconcile.tls import prove_no_tls, tls_prover
from jackfield.reconcile.world import World
from jackfield.relay.route import Route, Tls
from jackfield.settings import PACES


class TairReconciler:
    """One step at a time, from what the store says now.

    Creating: addresses, servers, the ordinary endpoint, Normal. NetworkModifying and Migrating: endpoints come, move
    and go, Normal.
    SSLModifying: endpoints show a certificate, or none, Normal. Rebooting, HASwitching, Flushing, and Changing to
    another password or other shards: the servers have it behind them, Normal.
    Normal: servers that died are started again, changed whitelists reach the relay. Changing: everything ends,
    Released.
    """

    kind = Instance.kind
    product = "tair"
    resource = Instance
    settled = NORMAL

    def __init__(self, world: World) -> None:
        self._world = world
        self._endpoints = EndpointWork(world)
        self._adopted = AdoptedWork(world)
        self._accounts = AccountWork(world)
        self._logins = Logins(world)
        self._upkeep = Upkeep(world, self._nodes)
        self._shards = ShardWork(world, self._endpoints, self._nodes, self._plan, self._prove)
        self._seen: dict[str, dict[str, Any]] = {}

    def step(self, id: str) -> float | None:
        """:return: seconds until the next look. :raises Later: something has to happen first."""
        with self._world.store.read() as view:
            instance = view.get(Instance, id)
            endpoints = view.children(Endpoint, id)
        if instance is None:
            return None
        instance = self._adopted.look(instance)
        if instance.status == CREATING:
            instance = self._place(instance)
            self._start(instance)
            return self._settle_network(instance, endpoints)
        if instance.status in (NETWORK_MODIFYING, MIGRATING):
            self._start(instance)
            for endpoint in endpoints:
                if endpoint.status == "Serving":
                    self._endpoints.leave_other_relays(endpoint, partial(self._plan, instance))
                if endpoint.status == "Changing":  # the shards announce no port at which nobody listens yet
                    self._endpoints.open(endpoint, partial(self._plan, instance), self._prove(instance))
            self._announce(instance)
            return self._settle_network(instance, endpoints)
        if instance.status == SSL_MODIFYING:
            return self._settle_tls(instance, endpoints)
        if instance.change == "shards":
            return self._shards.work(instance, endpoints)
        if instance.status in (REBOOTING, HA_SWITCHING, FLUSHING) or instance.change:
            return self._keep_up(instance, endpoints)
        if instance.status == CHANGING:
            return self._release(instance, endpoints)
        if instance.status == RELEASED:
            return self._remove(instance)
        return self._tend(instance, endpoints)

    def servers(self, instance: Instance) -> list[Health]:
        """What the instance's server processes are doing; empty where no engines run."""
        if instance.adopted:
            return [health(instance.adopted)]
        return [self._world.redis.health(node) for node in self._nodes(instance)] if self._world.real else []

    def describe(self, instance: Instance) -> dict[str, str]:
        """For people: see :class:`InstanceReconciler`."""
        count = len(instance.shards)
        kind = f"cluster, {count} shard{'s'[: count != 1]}" if instance.architecture == "cluster" else "standard"
        told = {"name": instance.name, "kind": kind, "asked_for": f"redis {instance.engine_version}"}
        return {**told, **description(instance.adopted)} if instance.adopted else told

    def _place(self, instance: Instance) -> Instance:
        """Chooses the shards' addresses of this machine; a standard instance needs none.

        :raises Later: somebody else turned out to use one; that shard moves, which it may while nothing is promised.
        """
        if instance.architecture != "cluster" or not self._world.real:
            return instance
        if not instance.shards[0].address:
            return place(self._world.store, instance)
        pairs = list(zip(instance.shards, self._nodes(instance), strict=True))
        taken = frozenset(
            shard.address for shard, node in pairs if is_shared(shard, running=self._world.redis.health(node).running)
        )
        if taken:
            for _, node in pairs:  # they know each other's addresses
                self._world.redis.destroy(node)
            place(self._world.store, instance, taken)
            raise Later(0.0, f"in use: {', '.join(sorted(taken))}")
        return instance

    def _start(self, instance: Instance) -> None:
        """Starts, or adopts, every server.

        :raises Later: one is not ready yet.
        """
        if not self._world.real:
            return
        nodes = self._nodes(instance)
        for node in nodes:
            self._world.deaths.add(instance.id, self._world.redis.start(node))
        waiting = [node.id for node in nodes if not self._world.redis.ready(node)]
        if waiting:
            raise Later(0.05, f"{len(waiting)} of {len(nodes)} servers are not ready")

    def _announce(self, instance: Instance) -> None:
        """Makes the shards tell clients the port of the direct endpoint.

        Redis up to 6.2 takes that from its configuration at the start only. Its shards are then restarted while the
        router holds commands back, so that clients of the router's addresses wait for two seconds and see no error.
        """
        if instance.architecture != "cluster" or not self._world.real:
            return
        nodes = self._nodes(instance)
        told = self._world.redis.announce(nodes)
        if not told.restart:
            if not told.shown:
                raise Later(0.1, "the shards do not show the new port yet")
            return
        self._upkeep.restart(instance, [node for node in nodes if node.id in told.restart])

    def _settle_network(self, instance: Instance, endpoints: Sequence[Endpoint]) -> float | None:
        """Works on the endpoints until each serves or is gone, then says Normal.

        :raises Later: the pace is not over.
        """
        seen = self._seen.setdefault(instance.id, {})
        self._endpoints.work(endpoints, partial(self._plan, instance), self._prove(instance), seen)
        wait_until(instance.settle_at)
        evidence = {**self._facts(instance), "endpoints": seen}
        with self._world.store.write() as tx:
            current = tx.get(Instance, instance.id)
            open_ends = [one.id for one in tx.children(Endpoint, instance.id) if one.status != "Serving"]
            if current is None or current.status != instance.status or open_ends:
                return 0.0
            tx.put(msgspec.structs.replace(moved(current), status=NORMAL), evidence=evidence)
        self._seen.pop(instance.id, None)
        return 0.0  # accounts may be waiting

    def _keep_up(self, instance: Instance, endpoints: Sequence[Endpoint]) -> float | None:
        """Restarts the servers, empties them or gives them a password, then says Normal.

        :raises Later: the pace is not over, or an endpoint does not lead to the servers yet.
        """
        if instance.status == FLUSHING:
            wait_until(instance.settle_at)  # what is written until the end of the pace goes, too
        if instance.status not in (REBOOTING, HA_SWITCHING):
            self._start(instance)
        done = self._upkeep.work(instance, partial(self._log_in, instance))
        proofs = {}
        for endpoint in endpoints:
            plan = partial(self._plan, instance)
            self._endpoints.tend(endpoint, plan, self._prove(instance))
            free = instance.settings.password_free and needs_no_password(endpoint)
            proofs[endpoint.id] = self._endpoints.proof(endpoint, plan, prove_free if free else self._prove(instance))
        wait_until(instance.settle_at)
        evidence = {**done, **self._facts(instance), "endpoints": proofs}
        with self._world.store.write() as tx:
            current = tx.get(Instance, instance.id)
            if current is not None and current.status == instance.status:
                settled = msgspec.structs.replace(
                    current, status=NORMAL, change="", secret="", ending=(), switching=(), fault=""
                )
                tx.put(settled, evidence=evidence)
        return 0.0

    def _settle_tls(self, instance: Instance, endpoints: Sequence[Endpoint]) -> float | None:
        """Tells the relays, sees by a handshake at each address what clients are shown, then says Normal.

        :raises Later: the pace is not over, or an address does not show it yet.
        """
        seen: dict[str, Any] = {}
        for endpoint in endpoints:
            plan = partial(self._plan, instance)
            self._endpoints.tend(endpoint, plan, self._prove(instance))
            shown = tls_prover(endpoint.name, self._world.authority) if instance.tls_since else prove_no_tls
            seen[endpoint.id] = self._endpoints.proof(endpoint, plan, shown)
        wait_until(instance.settle_at)
        evidence = {**self._facts(instance), "tls": seen}
        with self._world.store.write() as tx:
            current = tx.get(Instance, instance.id)
            if current is not None and current.status == SSL_MODIFYING:
                tx.put(msgspec.structs.replace(current, status=NORMAL), evidence=evidence)
        return 0.0  # accounts may be waiting

    def _tls(self, instance: Instance, endpoint: Endpoint) -> Tls | None:
        if not instance.tls_since:
            return None
        addresses = [*endpoint.addresses, *filter(None, [endpoint.vpc_address])]
        names = [endpoint.name, *endpoint.aliases]
        certificate = self._world.authority().certify(names, addresses, since=instance.tls_since)
        return Tls(protocol="tls", certificate=str(certificate.path))

    def _tend(self, instance: Instance, endpoints: Sequence[Endpoint]) -> float | None:
        endpoints = self._endpoints.end_expired(endpoints, {})
        if self._world.real:
            for endpoint in endpoints:
                self._endpoints.tend(endpoint, partial(self._plan, instance), self._prove(instance))
            self._start(instance)
            self._world.tended.note(instance.id)
        soon = self._accounts.work(instance, partial(self._nodes, instance), partial(self._log_in, instance))
        expiry = until_expiry(endpoints, time.time())
        pause = self._adopted.pause(instance) if self._world.real else None
        planned = begin_planned(self._world, instance)
        return min((each for each in (soon, expiry, pause, planned) if each is not None), default=None)

    def _log_in(self, instance: Instance, user: str, password: str) -> Mapping[str, Any]:
        """What every server says to somebody who logs in through the ordinary address.

        :raises Later: the ordinary address does not serve, or somebody is refused.
        """
        with self._world.store.read() as view:
            endpoint = ordinary(view, instance)
        if endpoint is None or endpoint.status != "Serving":
            raise Later(0.1, "the ordinary address does not serve")
        route = self._plan(instance, endpoint)[0]
        try:
            return prove(self._world.dialler, route, self._nodes(instance), user, password)
        except NotProven as error:
            raise Later(0.1, str(error)) from error

    def _release(self, instance: Instance, endpoints: Sequence[Endpoint]) -> float | None:
        """Closes the endpoints, ends the servers, deletes the data; only then says Released."""
        seen = self._seen.setdefault(instance.id, {})
        self._endpoints.work(endpoints, partial(self._plan, instance), self._prove(instance), seen)
        for node in self._nodes(instance):
            try:
                self._world.redis.destroy(node)
            except EngineFailed as error:
                raise Later(0.2, str(error)) from error
        wait_until(instance.settle_at)
        evidence = {**self._facts(instance), "endpoints": seen, "servers_stopped": len(self._nodes(instance))}
        with self._world.store.write() as tx:
            current = tx.get(Instance, instance.id)
            if current is not None and current.status == CHANGING:
                gone_at = time.time() + PACES[self._world.settings.pace]
                tx.put(msgspec.structs.replace(current, status=RELEASED, settle_at=gone_at), evidence=evidence)
        self._seen.pop(instance.id, None)
        return 0.0

    def _remove(self, instance: Instance) -> float | None:
        """Ends the record of a released instance once Released was to be seen for a moment."""
        wait_until(instance.settle_at)
        with self._world.store.write() as tx:
            current = tx.get(Instance, instance.id)
            if current is not None and current.status == RELEASED:
                for account in tx.children(Account, instance.id):
                    tx.remove(account, evidence={"servers": 0})
                tx.remove(current, evidence={"endpoints": len(tx.children(Endpoint, instance.id)), "servers": 0})
        self._logins.forget(instance)
        return None

    def _facts(self, instance: Instance) -> dict[str, Any]:
        """What the relays and servers say at the moment of a settlement."""
        if not self._world.real:
            return {"engines": "none"}
        running = [self._world.redis.health(node).pid for node in self._nodes(instance)]
        return {"listening": self._endpoints.relays.listening(instance.id), "servers": [pid for pid in running if pid]}

    def _plan(self, instance: Instance, endpoint: Endpoint) -> tuple[Route, ...]:
        if not self._world.real:
            return ()
        return routes(
            instance,
            endpoint,
            lambda shard: instance.adopted.target if instance.adopted else f"unix:{self._socket(instance, shard)}",
            drain=self._world.settings.drain,
            local_clients=self._world.settings.local_clients,
            tls=self._tls(instance, endpoint),
            login=self._logins.file(instance),
        )

    def _prove(self, instance: Instance) -> Prove:
        if instance.adopted:
            from jackfield.reconcile.adopted_servers import AdoptedServer

            server = AdoptedServer(instance.id, instance.adopted, self._world.keyring)
            return self._adopted.proving(instance, server.prove)
        nodes = self._nodes(instance)

        def through(dialler: Dialler, route: Route) -> Mapping[str, Any]:
            return prove(dialler, route, nodes)

        return through

    def _nodes(self, instance: Instance, accounts: Sequence[Account] | None = None) -> tuple[RedisNode, ...]:
        """The servers as they should be; none where somebody else runs them.

        :param accounts: left out: those that the store has now.
        """
        if instance.adopted:
            return ()
        folder = self._world.folder
        if accounts is None:
            with self._world.store.read() as view:
                accounts = view.children(Account, instance.id)
        return tuple(
            redis_node(
                instance,
                shard,
                accounts,
                folder=folder.engine_folder(instance.id, shard.index),
                socket=self._socket(instance, shard),
                password=self._world.keyring.derive(f"redis {instance.id}"),
                spare=self._logins.password(instance),
                strict=self._world.settings.durability == "strict",
            )
            for shard in instance.shards
        )

    def _socket(self, instance: Instance, shard: Shard) -> Path:
        return self._world.folder.engine_socket(instance.id, shard.index)
