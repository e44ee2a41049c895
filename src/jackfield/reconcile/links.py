"""PrivateLink endpoints: zones, connection and endpoint are made to match the store."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from jackfield.endpoints.uses import end_use
from jackfield.products.privatelink.resources import (
    AttachedGroup,
    Connection,
    EndpointService,
    EndpointZone,
    VpcEndpoint,
)
from jackfield.products.privatelink.states import (
    ACTIVE,
    CONNECTED,
    CONNECTING,
    CREATING,
    DARK,
    DELETING,
    DISCONNECTED,
    DISCONNECTING,
    MIGRATED,
    PENDING,
    SERVICE_DELETED,
)
from jackfield.reconcile.instances import Rest
from jackfield.reconcile.link_zones import ZoneWork
from jackfield.reconcile.loop import Later, wait_until
from jackfield.reconcile.world import World
from jackfield.store.interface import Reader, Tx

LINK_RESTS = (
    Rest(EndpointService, frozenset((ACTIVE,))),
    Rest(EndpointZone, frozenset((*DARK, CONNECTED, MIGRATED))),
    Rest(Connection, frozenset((DISCONNECTED, CONNECTED, SERVICE_DELETED))),
)
"""When nothing of what belongs to endpoints and services is on its way."""


class LinkReconciler:
    """One step at a time, from what the store says now.

    Each zone is worked on for itself: one that has to wait holds up neither its siblings nor what is said of them.
    Then the connection (Connected once all zones are, or the relay has its new bandwidth; Disconnected once all are
    dark), then the endpoint (Active once
    its zones are there or gone and the relay knows its security groups).
    """

    kind = VpcEndpoint.kind
    resource = VpcEndpoint
    settled = ACTIVE

    def __init__(self, world: World) -> None:
        self._world = world
        self._zones = ZoneWork(world)

    def step(self, id: str) -> float | None:
        """:return: seconds until the next look. :raises Later: something has to happen first."""
        with self._world.store.read() as view:
            endpoint = view.get(VpcEndpoint, id)
            zones = view.children(EndpointZone, id)
            before = view.get(Connection, id)
        if endpoint is None:
            return None
        waits = _Waits()
        for zone in zones:
            with waits:
                self._zones.step(endpoint, zone)
        all_told = not waits.found
        with self._world.store.read() as view:
            connection, current = view.get(Connection, id), view.get(VpcEndpoint, id)
        if connection is not None and connection.status in (CONNECTING, DISCONNECTING):
            with waits:
                self._settle_connection(endpoint)
        if before is not None and before.status == PENDING and all_told:
            with waits:
                self._settle_bandwidth(before)
        if current is not None and current.status != ACTIVE:
            with waits:
                self._settle_endpoint(endpoint, all_told=all_told)
        if waits.found:
            raise min(waits.found, key=lambda later: later.seconds)
        self._world.tended.note(id)
        return None

    def _settle_connection(self, endpoint: VpcEndpoint) -> None:
        """Says Connected or Disconnected once every zone is. Zones on their way out do not count."""
        with self._world.store.write() as tx:
            connection = tx.get(Connection, endpoint.id)
            if connection is None:
                return
            zones = [zone for zone in tx.children(EndpointZone, endpoint.id) if zone.status != DELETING]
            if connection.status == CONNECTING and all(zone.status in (CONNECTED, MIGRATED) for zone in zones):
                after = CONNECTED
            elif connection.status == DISCONNECTING and all(zone.status in (*DARK, CREATING) for zone in zones):
                after = DISCONNECTED
            else:
                return
            wait_until(connection.settle_at)
            settled = msgspec.structs.replace(connection, status=after, modified=tx.now)
            tx.put(settled, evidence={"zones": {zone.zone_id: zone.status for zone in zones}})

    def _settle_bandwidth(self, connection: Connection) -> None:
        """Says Connected again, once the relay has the bandwidth that ``connection`` had when the step began."""
        wait_until(connection.settle_at)
        with self._world.store.write() as tx:
            current = tx.get(Connection, connection.id)
            if current == connection:
                settled = msgspec.structs.replace(connection, status=CONNECTED, modified=tx.now)
                told = {"bandwidth": connection.bandwidth, "traffic_control": connection.traffic_control}
                tx.put(settled, evidence=told if self._world.real else {"engines": "none"})

    def _settle_endpoint(self, endpoint: VpcEndpoint, *, all_told: bool) -> None:
        """Says Active, or ends the record.

        :param all_told: whether the relay knows the security groups of ``endpoint``, as it was when the step began.
        """
        with self._world.store.write() as tx:
            current = tx.get(VpcEndpoint, endpoint.id)
            if current is None:
                return
            zones = tx.children(EndpointZone, endpoint.id)
            if current.status == DELETING and not zones:
                wait_until(current.settle_at)
                _remove(tx, current)
            elif current.status == CREATING and all(zone.status != CREATING for zone in zones):
                wait_until(current.settle_at)
                tx.put(msgspec.structs.replace(current, status=ACTIVE), evidence=_seen(tx, current, zones))
            elif (
                current.status == PENDING
                and current == endpoint
                and all_told
                and all(zone.status not in (CREATING, DELETING) for zone in zones)
            ):
                wait_until(current.settle_at)
                _settle_groups(tx, current, zones)


class _Waits:
    """Keeps what parts of a step wait for, so that the other parts are done all the same."""

    def __init__(self) -> None:
        self.found: list[Later] = []

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, Later):
            self.found.append(error)
            return True
        return False


def _settle_groups(tx: Tx, endpoint: VpcEndpoint, zones: Sequence[EndpointZone]) -> None:
    for group in endpoint.groups:
        if group.status == "Detaching":
            end_use(tx, group.id, endpoint)
    groups = tuple(AttachedGroup(id, "Attached") for id in endpoint.judges)
    active = msgspec.structs.replace(endpoint, status=ACTIVE, groups=groups)
    tx.put(active, evidence=_seen(tx, active, zones))


def _seen(tx: Reader, endpoint: VpcEndpoint, zones: Sequence[EndpointZone]) -> dict[str, object]:
    """What holds when an endpoint becomes Active."""
    return {"zones": {zone.zone_id: zone.status for zone in zones}, "groups": list(endpoint.judges)}


def _remove(tx: Tx, endpoint: VpcEndpoint) -> None:
    connection = tx.get(Connection, endpoint.id)
    if connection is not None:
        tx.remove(connection, evidence={"zones": []})
    tx.remove(endpoint, evidence={"zones": []})
