"""One zone of a PrivateLink endpoint: its state and its listener are made to match."""

from __future__ import annotations

from functools import partial

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.endpoints.uses import end_use
from jackfield.products.nlb.resources import zone_endpoint_id
from jackfield.products.privatelink.groups import endpoint_rules
from jackfield.products.privatelink.links import LET_IN, choose_resource, connect_zone, ports_behind
from jackfield.products.privatelink.resources import Connection, EndpointZone, VpcEndpoint
from jackfield.products.privatelink.routes import routes
from jackfield.products.privatelink.states import (
    CONNECTED,
    CONNECTING,
    CREATING,
    DELETING,
    DISCONNECTED,
    DISCONNECTING,
    MIGRATED,
    MIGRATING,
    WAIT,
)
from jackfield.reconcile.dialling import Dialler
from jackfield.reconcile.endpoints import EndpointWork
from jackfield.reconcile.loop import Later, wait_until
from jackfield.reconcile.reaching import backend
from jackfield.reconcile.world import World
from jackfield.relay.route import Rate, Route
from jackfield.store.interface import Tx
from jackfield.store.resource import Evidence


class ZoneWork:
    """The steps of zones. Each may be repeated, and touches no other zone."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._endpoints = EndpointWork(world)
        self._cut: dict[str, Evidence] = {}

    def step(self, endpoint: VpcEndpoint, zone: EndpointZone) -> None:
        """:raises Later: something has to happen first."""
        if zone.status == CREATING:
            self._create(endpoint, zone)
        elif zone.status == CONNECTING:
            self._connect(endpoint, zone)
        elif zone.status == MIGRATING:
            self._migrate(endpoint, zone)
        elif zone.status == MIGRATED and zone.replacing == "Force":
            self._close_replaced(endpoint, zone)
        elif zone.status in (CONNECTED, MIGRATED):
            self._tend(endpoint, zone)
        elif zone.status == DISCONNECTING:
            self._disconnect(endpoint, zone)
        elif zone.status == DELETING:
            self._remove(endpoint, zone)

    def _create(self, endpoint: VpcEndpoint, zone: EndpointZone) -> None:
        """Says that the address is there; it is connected at once if the endpoint is let in already."""
        wait_until(zone.settle_at)
        with self._world.store.write() as tx:
            current, connection = tx.get(EndpointZone, zone.id), tx.get(Connection, endpoint.id)
            if current is None or current.status != CREATING:
                return
            waiting = msgspec.structs.replace(current, status=WAIT)
            tx.put(waiting, evidence={"address": current.address, "eni": current.eni_id})
            resource = choose_resource(tx, endpoint.service_id, zone.zone_id)
            if connection is not None and connection.status in LET_IN and resource is not None:
                connect_zone(tx, endpoint, waiting, resource, zone.settle_at)

    def _connect(self, endpoint: VpcEndpoint, zone: EndpointZone) -> None:
        """Brings the zone's address up; Connected is said once it was dialled and its names resolve."""
        with self._world.store.read() as view:
            record = view.get(Endpoint, zone.id)
        if record is None:
            raise LookupError(f"{zone.id} is {zone.status} without an endpoint record")
        plan = partial(self._plan, endpoint, zone)
        if record.status == "Creating":
            self._endpoints.bring_up(record, plan, Dialler.accepted)
        self._tend(endpoint, zone)
        wait_until(zone.settle_at)
        evidence = self._proof(endpoint, zone)
        with self._world.store.write() as tx:
            current = tx.get(EndpointZone, zone.id)
            if current is not None and current.status == CONNECTING:
                enabled_at = tx.now if current.toggling == "enable" else current.enabled_at
                settled = msgspec.structs.replace(current, status=CONNECTED, toggling="", enabled_at=enabled_at)
                tx.put(settled, evidence=evidence)

    def _migrate(self, endpoint: VpcEndpoint, zone: EndpointZone) -> None:
        """Leads new clients to another load balancer; Migrated is said once the zone's address was dialled again."""
        self._tend(endpoint, zone)
        wait_until(zone.settle_at)
        evidence = {**self._proof(endpoint, zone), "from": zone.replaced_resource_id, "to": zone.resource_id}
        with self._world.store.write() as tx:
            current = tx.get(EndpointZone, zone.id)
            if current is not None and current.status == MIGRATING:
                tx.put(msgspec.structs.replace(current, status=MIGRATED), evidence=evidence)
        if zone.replacing == "Force":
            raise Later(0.0, "connections from before the migration are to be closed")

    def _close_replaced(self, endpoint: VpcEndpoint, zone: EndpointZone) -> None:
        """Ends the connections from before a migration; then the zone is Connected as any other."""
        self._tend(endpoint, zone)
        wait_until(zone.settle_at)
        evidence = {"cut": self._endpoints.relays.end_strays(zone.id), **self._proof(endpoint, zone)}
        with self._world.store.write() as tx:
            current = tx.get(EndpointZone, zone.id)
            if current is not None and current.status == MIGRATED and current.replacing == "Force":
                kept = msgspec.structs.replace(current, status=CONNECTED, replaced_resource_id="", replacing="")
                tx.put(kept, evidence=evidence)
                _let_go(tx, endpoint, current.replaced_resource_id)

    def _proof(self, endpoint: VpcEndpoint, zone: EndpointZone) -> Evidence:
        """What dials of the zone show now. :raises Later: one is not accepted."""
        with self._world.store.read() as view:
            record = view.get(Endpoint, zone.id)
        if record is None:
            raise LookupError(f"{zone.id} is {zone.status} without an endpoint record")
        return self._endpoints.proof(record, partial(self._plan, endpoint, zone), Dialler.accepted)

    def _tend(self, endpoint: VpcEndpoint, zone: EndpointZone) -> None:
        """Tells the relay what changed: ports of the load balancer, rules of the security groups."""
        with self._world.store.read() as view:
            record, ports = view.get(Endpoint, zone.id), ports_behind(view, zone)
        if record is not None and record.ports != ports:
            record = self._follow(zone)
        if record is None or record.status != "Serving":
            return
        self._endpoints.tend(record, partial(self._plan, endpoint, zone), Dialler.accepted)

    def _follow(self, zone: EndpointZone) -> Endpoint | None:
        """Notes the ports that the load balancer has now, unless the zone is being disconnected meanwhile."""
        with self._world.store.write() as tx:
            record, ports = tx.get(Endpoint, zone.id), ports_behind(tx, zone)
            if record is None or record.status != "Serving":
                return None
            record = msgspec.structs.replace(record, port=ports[0] if ports else 0, more_ports=ports[1:])
            tx.put(record)
        return record

    def _disconnect(self, endpoint: VpcEndpoint, zone: EndpointZone) -> None:
        """Takes the zone's address down; Disconnected is said once its connections are cut and it refuses."""
        evidence = self._darken(endpoint, zone)
        wait_until(zone.settle_at)
        with self._world.store.write() as tx:
            current = tx.get(EndpointZone, zone.id)
            if current is not None and current.status == DISCONNECTING:
                disabled_at = tx.now if current.toggling == "disable" else current.disabled_at
                settled = msgspec.structs.replace(
                    current,
                    status=DISCONNECTED,
                    toggling="",
                    disabled_at=disabled_at,
                    replaced_resource_id="",
                    replacing="",
                )
                tx.put(settled, evidence=evidence)
                _let_go(tx, endpoint, current.resource_id)
                _let_go(tx, endpoint, current.replaced_resource_id)
        self._cut.pop(zone.id, None)

    def _remove(self, endpoint: VpcEndpoint, zone: EndpointZone) -> None:
        """Takes the zone's address down and gives it back."""
        evidence = self._darken(endpoint, zone)
        wait_until(zone.settle_at)
        with self._world.store.write() as tx:
            current = tx.get(EndpointZone, zone.id)
            if current is not None and current.status == DELETING:
                tx.remove(current, evidence={**evidence, "address": current.address})
                _let_go(tx, endpoint, current.resource_id)
                _let_go(tx, endpoint, current.replaced_resource_id)
        self._cut.pop(zone.id, None)

    def _darken(self, endpoint: VpcEndpoint, zone: EndpointZone) -> Evidence:
        """Closes the listeners, cuts the connections and proves it, now or in an earlier step.

        :raises Later: the relay is down, or still listens.
        """
        with self._world.store.read() as view:
            record = view.get(Endpoint, zone.id)
        if record is not None:
            self._cut[zone.id] = self._endpoints.take_down(record)
        if not self._world.real:
            return {"engines": "none"}
        listening = [key for key in self._endpoints.relays.listening(endpoint.id) if key.startswith(f"{zone.id}/")]
        if listening:
            raise Later(0.05, f"{', '.join(listening)} still listen")
        return {"released": self._cut.get(zone.id, {}), "listening": listening}

    def _plan(self, endpoint: VpcEndpoint, zone: EndpointZone, record: Endpoint) -> tuple[Route, ...]:
        """The routes of a zone's record, as load balancer, security groups and bandwidth are now."""
        if not self._world.real:
            return ()
        with self._world.store.read() as view:
            behind = view.get(Endpoint, zone_endpoint_id(zone.resource_id, zone.zone_id))
            current = view.get(VpcEndpoint, endpoint.id)
            connection = view.get(Connection, endpoint.id)
            if behind is None or current is None or connection is None:
                return ()
            return routes(
                record,
                lambda port: backend(self._world, view, behind.vpc_id, behind.vpc_address, port),
                partial(endpoint_rules, view, current),
                rate=Rate(name=endpoint.id, bytes_per_second=connection.bytes_per_second),
                drain=self._world.settings.drain,
                local_clients=self._world.settings.local_clients,
            )


def _let_go(tx: Tx, endpoint: VpcEndpoint, balancer: str) -> None:
    """The endpoint uses a load balancer no more, unless a zone of it still leads there."""
    zones = [one for one in tx.children(EndpointZone, endpoint.id) if tx.get(Endpoint, one.id) is not None]
    if balancer and all(balancer not in (one.resource_id, one.replaced_resource_id) for one in zones):
        end_use(tx, balancer, endpoint)
