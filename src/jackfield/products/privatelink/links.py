"""What connecting and disconnecting a zone means: the intents that operations and reconcilers record.

A zone that is Connecting has an endpoint record (``endpoints/resources.py``) of the same id, which comes up; one that
is Disconnecting, or Deleting, has it Releasing. Nothing here waits: the reconciler does the work and records what came
of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from jackfield.endpoints.resources import NAMES, Endpoint, vpc_space
from jackfield.endpoints.uses import use
from jackfield.products.nlb.resources import zone_endpoint_id
from jackfield.products.privatelink.resources import (
    Connection,
    EndpointZone,
    ServiceResource,
    VpcEndpoint,
    resource_key,
)
from jackfield.products.privatelink.states import (
    CONNECTED,
    CONNECTING,
    CREATING,
    DELETING,
    DISCONNECTING,
    MIGRATED,
    MIGRATING,
    PENDING,
    WAIT,
)
from jackfield.store.interface import Reader, Tx

LET_IN = (CONNECTING, CONNECTED, PENDING)
"""States of a connection whose zones are to be connected as they come."""

_LEADS = (CONNECTING, CONNECTED, DISCONNECTING, MIGRATING, MIGRATED)
"""States of a zone in which bytes may still flow."""


def choose_resource(tx: Reader, service: str, zone: str) -> ServiceResource | None:
    """The service's resource for a new connection in a zone: the one that the fewest endpoints are connected to, among
    those that may be allocated by choice.
    """
    there = [one for one in tx.children(ServiceResource, service) if one.zone_id == zone and one.auto_allocated]
    if len(there) < 2:
        return there[0] if there else None
    return min(there, key=lambda one: load(tx, one))


def resource_for(tx: Reader, service: str, zone: EndpointZone) -> ServiceResource | None:
    """The resource that a zone is to be connected through: somebody's choice, or the service's own."""
    if not zone.manual:
        return choose_resource(tx, service, zone.zone_id)
    return tx.get(ServiceResource, resource_key(service, zone.resource_id, zone.zone_id))


def load(tx: Reader, resource: ServiceResource) -> int:
    """How many endpoints are connected, or being connected, through a resource."""
    return sum(1 for _ in _connected(tx, resource))


def replaced_load(tx: Reader, resource: ServiceResource) -> int:
    """How many endpoints still have connections through a resource that they were migrated away from."""
    return sum(
        (zone.replaced_resource_id, zone.zone_id) == (resource.resource_id, resource.zone_id)
        for connection in tx.children(Connection, resource.parent)
        for zone in tx.children(EndpointZone, connection.id)
    )


def connected_through(tx: Reader, resource: ServiceResource) -> bool:
    """Whether a zone of an endpoint leads through a resource, or is about to, or connections of it still do."""
    return any(True for _ in _connected(tx, resource)) or replaced_load(tx, resource) > 0


def ports_behind(tx: Reader, zone: EndpointZone) -> tuple[int, ...]:
    """The ports that a zone's load balancer listens on, and the zone therefore as well."""
    behind = tx.get(Endpoint, zone_endpoint_id(zone.resource_id, zone.zone_id))
    return behind.ports if behind is not None else ()


def connect_zone(
    tx: Tx, endpoint: VpcEndpoint, zone: EndpointZone, resource: ServiceResource, settle_at: float
) -> None:
    """A zone that waits, or is disconnected, is to be connected through a resource of its service."""
    zone = msgspec.structs.replace(zone, status=CONNECTING, resource_id=resource.resource_id, settle_at=settle_at)
    ports = ports_behind(tx, zone)
    record = Endpoint(
        id=zone.id,
        account=zone.account,
        region=zone.region,
        parent=endpoint.id,
        status="Creating",
        created=tx.now,
        product="privatelink",
        net="link",
        name=zone.domain,
        port=ports[0] if ports else 0,
        more_ports=ports[1:],
        vpc_id=endpoint.parent,
        vswitch_id=zone.vswitch_id,
        vpc_address=zone.address,
        aliases=(endpoint.domain,),
    )
    tx.claim(NAMES, record.name, record)
    tx.claim(vpc_space(record.vpc_id), record.id, record)
    tx.put(record)
    use(tx, zone.resource_id, endpoint)
    tx.put(zone)
    tx.schedule(endpoint)


def disconnect_zone(tx: Tx, endpoint: VpcEndpoint, zone: EndpointZone, settle_at: float) -> None:
    """A zone that is connected is to go dark."""
    _end(tx, endpoint, msgspec.structs.replace(zone, status=DISCONNECTING, settle_at=settle_at))


def migrate_zone(
    tx: Tx,
    endpoint: VpcEndpoint,
    zone: EndpointZone,
    resource: ServiceResource,
    how: Literal["Graceful", "Force"],
    settle_at: float,
) -> None:
    """New connections of a zone that is connected are to go through another resource of its service.

    :param how: what becomes of those that are open.
    """
    moved = msgspec.structs.replace(
        zone,
        status=MIGRATING,
        resource_id=resource.resource_id,
        manual=True,
        replaced_resource_id=zone.resource_id,
        replacing=how,
        settle_at=settle_at,
    )
    use(tx, resource.resource_id, endpoint)
    tx.put(moved)
    tx.schedule(endpoint)


def remove_zone(tx: Tx, endpoint: VpcEndpoint, zone: EndpointZone, settle_at: float) -> None:
    """A zone is to go altogether."""
    _end(tx, endpoint, msgspec.structs.replace(zone, status=DELETING, settle_at=settle_at))


def _end(tx: Tx, endpoint: VpcEndpoint, zone: EndpointZone) -> None:
    record = tx.get(Endpoint, zone.id)
    if record is not None:
        tx.put(msgspec.structs.replace(record, status="Releasing"))
    tx.put(zone)
    tx.schedule(endpoint)


def _connected(tx: Reader, resource: ServiceResource) -> Iterator[EndpointZone]:
    place = (resource.resource_id, resource.zone_id)
    for connection in tx.children(Connection, resource.parent):
        for zone in tx.children(EndpointZone, connection.id):
            about = zone.status in (CREATING, WAIT) and connection.status in LET_IN
            if (zone.resource_id, zone.zone_id) == place and (zone.status in _LEADS or about):
                yield zone
