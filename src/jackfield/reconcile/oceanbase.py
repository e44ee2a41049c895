"""OceanBase tenants: servers, addresses and states are made to match the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.engines.engine import EngineFailed, Health
from jackfield.products.oceanbase.resources import (
    Address,
    Database,
    PrivateAddress,
    Tenant,
    User,
    address_of,
    addresses_of,
    service_endpoint,
    service_type,
)
from jackfield.products.oceanbase.routes import routes
from jackfield.products.oceanbase.states import (
    ONLINE,
    PENDING_CREATE,
    PENDING_DELETE,
    PENDING_START,
    PENDING_STOP,
    PENDING_UPDATE,
    STOPPED,
)
from jackfield.reconcile.endpoints import EndpointWork
from jackfield.reconcile.loop import Later, wait_until
from jackfield.reconcile.oceanbase_life import TenantLife, wake_contents, wake_instance
from jackfield.reconcile.oceanbase_moves import forget_address, move_address
from jackfield.reconcile.oceanbase_servers import server_of
from jackfield.reconcile.turns import Turns
from jackfield.reconcile.watch import HEALTH_SECONDS
from jackfield.reconcile.world import World
from jackfield.relay.route import Route
from jackfield.store.interface import Tx
from jackfield.store.resource import Evidence


class TenantReconciler:
    """One step at a time, from what the store says now.

    PENDING_CREATE: the server runs, ONLINE. ONLINE: a server that died is started again, addresses and their
    connections come, move and go, changed groups reach the relay. PENDING_UPDATE: the same, and the users get their new
    names, ONLINE. PENDING_STOP: endpoints close, the server ends, STOPPED. PENDING_START: back again. PENDING_DELETE:
    everything ends, the record goes. Addresses can be deleted in each state.

    :param turns: who works in a tenant's server does so alone.
    """

    kind = Tenant.kind
    product = "oceanbase"
    resource = Tenant
    settled = ONLINE
    resting = (STOPPED,)

    def __init__(self, world: World, turns: Turns) -> None:
        self._world = world
        self._endpoints = EndpointWork(world)
        self._life = TenantLife(world, self._endpoints, turns)
        self._seen: dict[str, dict[str, Any]] = {}

    def step(self, id: str) -> float | None:
        """:return: seconds until the next look. :raises Later: something has to happen first."""
        with self._world.store.read() as view:
            tenant = view.get(Tenant, id)
            endpoints = view.children(Endpoint, id)
            addresses = addresses_of(view, id)
        if tenant is None:
            return None
        if tenant.status == PENDING_DELETE:
            self._delete(tenant, addresses, endpoints)
            return None
        if tenant.status in (PENDING_STOP, STOPPED):
            stop = partial(self._life.stop, tenant, endpoints)
            _in_turn(partial(self._cut, addresses, endpoints), *([stop] if tenant.status == PENDING_STOP else []))
            return None
        self._start(tenant)
        if tenant.status in (PENDING_CREATE, PENDING_UPDATE):
            self._settle(tenant, self._life.rename(tenant))
        _in_turn(partial(self._cut, addresses, endpoints), partial(self._open, tenant, addresses, endpoints))
        if tenant.status == PENDING_START:
            self._settle(tenant, {"started": self._proofs(tenant)})
        self._world.tended.note(tenant.id)
        return HEALTH_SECONDS if self._world.real else None

    def servers(self, tenant: Tenant) -> list[Health]:
        """What the tenant's server process is doing; empty where no engines run."""
        return [server_of(self._world, tenant).health()] if self._world.real else []

    def describe(self, tenant: Tenant) -> dict[str, str]:
        """For people: see :class:`InstanceReconciler`."""
        asked_for = f"OceanBase {tenant.version}"
        return {"name": tenant.name, "kind": f"tenant of {tenant.parent}", "asked_for": asked_for}

    def _start(self, tenant: Tenant) -> None:
        """Starts, or adopts, the server.

        :raises Later: it is not ready yet.
        """
        if not self._world.real:
            return
        server = server_of(self._world, tenant)
        self._world.deaths.add(tenant.id, server.start())
        if not server.ready():
            raise Later(0.05, "the server is not ready")

    def _settle(self, tenant: Tenant, seen: dict[str, Any]) -> None:
        """Says ONLINE.

        :raises Later: the pace is not over.
        """
        wait_until(tenant.settle_at)
        evidence = {**self._facts(tenant), **seen}
        with self._world.store.write() as tx:
            current = tx.get(Tenant, tenant.id)
            if current is not None and current.status == tenant.status:
                name = current.next_name or current.name
                online = msgspec.structs.replace(current, status=ONLINE, name=name, next_name="")
                tx.put(online, evidence=evidence)
                wake_contents(tx, online)
                wake_instance(tx, online)

    def _proofs(self, tenant: Tenant) -> dict[str, Any]:
        """What the database answers through every endpoint that came back.

        :raises Later: one does not lead there.
        """
        with self._world.store.read() as view:
            endpoints = view.children(Endpoint, tenant.id)
        plan, prove = partial(self._plan, tenant), server_of(self._world, tenant).prove
        waiting = [one.id for one in endpoints if one.status == "Creating"]
        if waiting:
            raise Later(0.05, f"{', '.join(waiting)} does not serve yet")
        return {one.id: self._endpoints.proof(one, plan, prove) for one in endpoints if one.status == "Serving"}

    def _cut(self, addresses: Sequence[Address], endpoints: Sequence[Endpoint]) -> None:
        """Takes down what is to go, then ends the addresses of which nothing is left.

        :raises Later: the relay is down, or the pace of an address is not over.
        """
        _in_turn(
            *(partial(self._take_down, one) for one in endpoints if one.status == "Releasing"),
            *(partial(self._end, one) for one in addresses if one.status == PENDING_DELETE),
        )

    def _take_down(self, endpoint: Endpoint) -> None:
        self._seen.setdefault(address_of(endpoint), {})[endpoint.id] = self._endpoints.take_down(endpoint)

    def _open(self, tenant: Tenant, addresses: Sequence[Address], endpoints: Sequence[Endpoint]) -> None:
        """Brings up what is to come, and tells the relay what changed of what serves.

        :raises Later: the relay is down, a proof failed, or the pace of an address is not over.
        """
        settle_at = {address.id: address.settle_at for address in addresses}
        plan, prove = partial(self._plan, tenant), server_of(self._world, tenant).prove

        def bring_up(endpoint: Endpoint) -> None:
            wait_until(settle_at[address_of(endpoint)])
            self._endpoints.bring_up(endpoint, plan, prove)

        def move(endpoint: Endpoint) -> None:
            wait_until(settle_at[address_of(endpoint)])
            self._endpoints.move(endpoint, plan, prove)

        moving = {one.endpoint for address in addresses if isinstance(address, PrivateAddress) for one in address.moves}
        tended = [one for one in endpoints if one.status == "Serving" and one.id not in moving]
        _in_turn(
            *(partial(self._endpoints.tend, one, plan, prove) for one in tended),
            *(partial(bring_up, one) for one in endpoints if one.status == "Creating"),
            *(partial(move, one) for one in endpoints if one.status in ("Changing", "Leaving")),
            *(partial(self._announce, tenant, one) for one in addresses if one.status == PENDING_CREATE),
            *(partial(self._arrive, tenant, one) for one in addresses if one.status == PENDING_UPDATE),
        )

    def _announce(self, tenant: Tenant, address: Address) -> None:
        """Says ONLINE of an address whose own listener serves.

        It is dialled once more: whoever brought it up may have died before this could be said.
        """
        with self._world.store.read() as view:
            listener = view.get(Endpoint, service_endpoint(address))
        if listener is None or listener.status != "Serving":
            return
        evidence = self._endpoints.proof(listener, partial(self._plan, tenant), server_of(self._world, tenant).prove)
        with self._world.store.write() as tx:
            current = tx.get(type(address), address.id)
            if current is not None and current.status == PENDING_CREATE:
                tx.put(msgspec.structs.replace(current, status=ONLINE), evidence=evidence)

    def _arrive(self, tenant: Tenant, address: Address) -> None:
        """Says ONLINE of an address that serves at its new door and nowhere else.

        :raises Later: the relay is away, the new door does not serve yet, or the old one still accepts.
        """
        plan, prove = partial(self._plan, tenant), server_of(self._world, tenant).prove
        wait_until(address.settle_at)
        moves = address.moves if isinstance(address, PrivateAddress) else ()
        left = {one.endpoint: move_address(self._world, self._endpoints, one, plan, prove) for one in moves}
        with self._world.store.read() as view:
            endpoints = [one for one in view.children(Endpoint, address.parent) if address_of(one) == address.id]
        if any(one.status in ("Changing", "Leaving") for one in endpoints):
            return
        serving = {one.id: self._endpoints.proof(one, plan, prove) for one in endpoints if one.status == "Serving"}
        with self._world.store.write() as tx:
            current = tx.get(type(address), address.id)
            if current is None or current.status != PENDING_UPDATE:
                return
            for one in moves:
                forget_address(tx, one)
            settled = {"status": ONLINE, "moves": ()} if isinstance(current, PrivateAddress) else {"status": ONLINE}
            tx.put(msgspec.structs.replace(current, **settled), evidence={"serving": serving, "left": left})

    def _end(self, address: Address) -> None:
        """Ends the record of an address, once none of its listeners is left.

        :raises Later: the relay is down, or the pace is not over.
        """
        wait_until(address.settle_at)
        evidence = {"released": self._seen.get(address.id, {}), "listening": self._listening(address)}
        with self._world.store.write() as tx:
            current = tx.get(type(address), address.id)
            left = [one.id for one in tx.children(Endpoint, address.parent) if address_of(one) == address.id]
            if current is None or current.status != PENDING_DELETE or left:
                return
            tx.remove(current, evidence=evidence)
        self._seen.pop(address.id, None)

    def _delete(self, tenant: Tenant, addresses: Sequence[Address], endpoints: Sequence[Endpoint]) -> None:
        """Closes the addresses, ends the server, deletes the data and the users; then the record goes."""
        self._cut(addresses, endpoints)
        if self._world.real:
            try:
                server_of(self._world, tenant).destroy()
            except EngineFailed as error:
                raise Later(0.2, str(error)) from error
        wait_until(tenant.settle_at)
        evidence = self._facts(tenant)
        with self._world.store.write() as tx:
            current = tx.get(Tenant, tenant.id)
            if current is not None and current.status == PENDING_DELETE:
                _remove(tx, current, evidence)

    def _facts(self, tenant: Tenant) -> dict[str, Any]:
        """What the relay and the server say at the moment of a settlement."""
        if not self._world.real:
            return {"engines": "none"}
        server = server_of(self._world, tenant).health()
        return {
            "listening": self._endpoints.relays.listening(tenant.id),
            "server": server.pid,
            "version": server.version,
        }

    def _listening(self, address: Address) -> list[str]:
        if not self._world.real:
            return []
        mark = service_endpoint(address)
        return [key for key in self._endpoints.relays.listening(address.parent) if key.startswith(f"{mark}/")]

    def _plan(self, tenant: Tenant, endpoint: Endpoint) -> tuple[Route, ...]:
        if not self._world.real:
            return ()
        return routes(
            tenant,
            endpoint,
            server_of(self._world, tenant).target,
            drain=self._world.settings.drain,
            local_clients=self._world.settings.local_clients,
            read_only=self._is_read_only(endpoint),
        )

    def _is_read_only(self, endpoint: Endpoint) -> bool:
        with self._world.store.read() as view:
            address = next((one for one in addresses_of(view, endpoint.parent) if one.id == address_of(endpoint)), None)
        return address is not None and service_type(address) == "OBPROXY_READONLY"


def _in_turn(*steps: Callable[[], None]) -> None:
    """Takes every step, though one of them has to wait: what becomes of one address does not hold up another.

    :raises Later: the soonest of the waits.
    """
    waits: list[Later] = []
    for step in steps:
        try:
            step()
        except Later as wait:
            waits.append(wait)
    if waits:
        raise min(waits, key=lambda wait: wait.seconds)


def _remove(tx: Tx, tenant: Tenant, evidence: Evidence) -> None:
    for content in (*tx.children(User, tenant.id), *tx.children(Database, tenant.id)):
        tx.remove(content, evidence={"server": "deleted"})
    tx.remove(tenant, evidence=evidence)
    wake_instance(tx, tenant)
