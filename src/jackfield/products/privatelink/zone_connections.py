"""EnableVpcEndpointZoneConnection and DisableVpcEndpointZoneConnection: one zone of a connection that is up.

Both work in the background and leave the connection Connected and its other zones alone.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.privatelink.errors import (
    ConcurrentCallNotSupported,
    EndpointConnectionNotFound,
    EndpointConnectionOperationDenied,
    EndpointOperationDenied,
    EndpointServiceNotFound,
    IncorrectZoneStatus,
    ZoneNotFound,
)
from jackfield.products.privatelink.links import connect_zone, disconnect_zone, resource_for
from jackfield.products.privatelink.own import endpoint_of, own_connection
from jackfield.products.privatelink.parameters import ClientToken, DryRun, EndpointId, RegionId, ServiceId, ZoneId
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.products.privatelink.resources import EndpointZone, VpcEndpoint, zone_key
from jackfield.products.privatelink.states import CONNECTED, CONNECTING, DISCONNECTED, DISCONNECTING, MIGRATED, UP
from jackfield.store.interface import Tx

_ERRORS = (
    EndpointServiceNotFound,
    EndpointConnectionNotFound,
    ZoneNotFound,
    EndpointConnectionOperationDenied,
    ConcurrentCallNotSupported,
    IncorrectZoneStatus,
)


class ZoneConnectionRequest(Request):
    region_id: RegionId
    service_id: ServiceId
    endpoint_id: EndpointId
    zone_id: ZoneId
    client_token: ClientToken = ""
    dry_run: DryRun = False


class DisableVpcEndpointZoneConnectionRequest(ZoneConnectionRequest):
    replaced_resource: Annotated[
        bool, Param("Closes the connections from before a migration, and no others.", "false")
    ] = False


@operation(
    PRIVATELINK,
    title="Closes connections in an endpoint zone",
    access="update",
    resource="vpcendpointservice/{ServiceId}",
    errors=_ERRORS,
    token="ClientToken",
    source="PrivateLink documents, DisableVpcEndpointZoneConnection, 2026-01-27",
)
def disable_vpc_endpoint_zone_connection(tx: Tx, call: Call, request: DisableVpcEndpointZoneConnectionRequest) -> Reply:
    """Takes one zone of an endpoint off the service: its clients are cut off, its address refuses.

    Only while the connection is Connected and the zone Connected or Migrated. The zone is Disconnecting, then
    Disconnected. The call cannot be repeated while it runs, nor within the configured time after it.
    """
    endpoint, zone = _zone(tx, call, request)
    if zone.status == DISCONNECTING or call.now < zone.disabled_at + call.repeat_seconds:
        raise ConcurrentCallNotSupported
    if request.replaced_resource:
        return _close_replaced(tx, call, endpoint, zone)
    if zone.status not in UP:
        raise IncorrectZoneStatus("VpcEndpointZone", zone.id)
    disconnect_zone(tx, endpoint, msgspec.structs.replace(zone, toggling="disable"), call.now + call.pace)
    return Reply()


@operation(
    PRIVATELINK,
    title="Accepts connection requests in an endpoint zone",
    access="update",
    resource="vpcendpointservice/{ServiceId}",
    errors=(*_ERRORS, EndpointOperationDenied),
    token="ClientToken",
)
def enable_vpc_endpoint_zone_connection(tx: Tx, call: Call, request: ZoneConnectionRequest) -> Reply:
    """Brings a zone back that was disabled: it is Connecting, then Connected.

    Only while the connection is Connected and the zone Disconnected, and while the service has a load balancer there.
    The call cannot be repeated while it runs, nor within the configured time after it.
    """
    endpoint, zone = _zone(tx, call, request)
    if zone.status == CONNECTING or call.now < zone.enabled_at + call.repeat_seconds:
        raise ConcurrentCallNotSupported
    if zone.status != DISCONNECTED:
        raise IncorrectZoneStatus("VpcEndpointZone", zone.id)
    resource = resource_for(tx, request.service_id, zone)
    if resource is None:
        raise EndpointOperationDenied
    connect_zone(tx, endpoint, msgspec.structs.replace(zone, toggling="enable"), resource, call.now + call.pace)
    return Reply()


def _close_replaced(tx: Tx, call: Call, endpoint: VpcEndpoint, zone: EndpointZone) -> Reply:
    """A zone that was migrated gracefully is Connected once its old connections are closed."""
    if zone.status != MIGRATED:
        raise IncorrectZoneStatus("VpcEndpointZone", zone.id)
    if zone.replacing == "Force":
        raise ConcurrentCallNotSupported
    tx.put(msgspec.structs.replace(zone, replacing="Force", settle_at=call.now + call.pace))
    tx.schedule(endpoint)
    return Reply()


def _zone(tx: Tx, call: Call, request: ZoneConnectionRequest) -> tuple[VpcEndpoint, EndpointZone]:
    """The zone, of a connection that is Connected, and its endpoint."""
    connection = own_connection(tx, call, request.region_id, request.service_id, request.endpoint_id)
    zone = tx.get(EndpointZone, zone_key(connection.id, request.zone_id))
    if zone is None:
        raise ZoneNotFound(request.zone_id)
    if connection.status != CONNECTED:
        raise EndpointConnectionOperationDenied
    return endpoint_of(tx, connection), zone
