"""EnableVpcEndpointConnection and DisableVpcEndpointConnection: the service's owner lets an endpoint in, or not."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.errors import InvalidParameterValue
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.privatelink.errors import (
    EndpointConnectionNotFound,
    EndpointConnectionOperationDenied,
    EndpointServiceNotFound,
    NoAvailableServiceResource,
)
from jackfield.products.privatelink.links import choose_resource, connect_zone, disconnect_zone
from jackfield.products.privatelink.own import endpoint_of, own_connection, own_service
from jackfield.products.privatelink.parameters import ClientToken, DryRun, EndpointId, RegionId, ServiceId
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.products.privatelink.resources import EndpointZone
from jackfield.products.privatelink.service_views import MIN_BANDWIDTH, max_bandwidth
from jackfield.products.privatelink.states import (
    CONNECTED,
    CONNECTING,
    CREATING,
    DARK,
    DISCONNECTED,
    DISCONNECTING,
    ON_THE_WAY,
    UP,
)
from jackfield.store.interface import Tx


class ConnectionRequest(Request):
    region_id: RegionId
    service_id: ServiceId
    endpoint_id: EndpointId
    client_token: ClientToken = ""
    dry_run: DryRun = False


class EnableVpcEndpointConnectionRequest(ConnectionRequest):
    bandwidth: Annotated[int | None, Param("Mbit/s; shown. Left out: the service's.", "3072")] = None
    traffic_control_mode: Annotated[str, Param("Shown.", "BandwidthLimit", enum=("Scalability", "BandwidthLimit"))] = ""


@operation(
    PRIVATELINK,
    title="Accepts an endpoint connection",
    access="update",
    resource="vpcendpointservice/{ServiceId}",
    errors=(
        EndpointServiceNotFound,
        EndpointConnectionNotFound,
        EndpointConnectionOperationDenied,
        NoAvailableServiceResource,
    ),
    token="ClientToken",
)
def enable_vpc_endpoint_connection(tx: Tx, call: Call, request: EnableVpcEndpointConnectionRequest) -> Reply:
    """Connects an endpoint whose connection is Disconnected, in all of its zones."""
    connection = own_connection(tx, call, request.region_id, request.service_id, request.endpoint_id)
    if connection.status != DISCONNECTED:
        raise EndpointConnectionOperationDenied
    service = own_service(tx, call, request.region_id, request.service_id)
    bandwidth = connection.bandwidth if request.bandwidth is None else request.bandwidth
    if not MIN_BANDWIDTH <= bandwidth <= max_bandwidth(service):
        raise InvalidParameterValue(name="Bandwidth")
    endpoint, settle_at = endpoint_of(tx, connection), call.now + call.pace
    for zone in tx.children(EndpointZone, endpoint.id):
        if zone.status not in (*DARK, CREATING):
            continue
        resource = choose_resource(tx, service.id, zone.zone_id)
        if resource is None:
            raise NoAvailableServiceResource
        if zone.status == CREATING:  # it is connected once it is made
            tx.put(msgspec.structs.replace(zone, resource_id=resource.resource_id))
        else:
            connect_zone(tx, endpoint, zone, resource, settle_at)
    tx.put(
        msgspec.structs.replace(
            connection,
            status=CONNECTING,
            bandwidth=bandwidth,
            traffic_control=request.traffic_control_mode or connection.traffic_control,
            modified=call.now,
            settle_at=settle_at,
        )
    )
    tx.schedule(endpoint)
    return Reply()


@operation(
    PRIVATELINK,
    title="Rejects an endpoint connection",
    access="update",
    resource="vpcendpointservice/{ServiceId}",
    errors=(EndpointServiceNotFound, EndpointConnectionNotFound, EndpointConnectionOperationDenied),
    token="ClientToken",
)
def disable_vpc_endpoint_connection(tx: Tx, call: Call, request: ConnectionRequest) -> Reply:
    """Disconnects an endpoint whose connection is Connected, in all of its zones."""
    connection = own_connection(tx, call, request.region_id, request.service_id, request.endpoint_id)
    zones = tx.children(EndpointZone, connection.id)
    if connection.status != CONNECTED or any(zone.status in ON_THE_WAY for zone in zones):
        raise EndpointConnectionOperationDenied
    endpoint, settle_at = endpoint_of(tx, connection), call.now + call.pace
    for zone in zones:
        if zone.status in UP:
            disconnect_zone(tx, endpoint, zone, settle_at)
    tx.put(msgspec.structs.replace(connection, status=DISCONNECTING, modified=call.now, settle_at=settle_at))
    tx.schedule(endpoint)
    return Reply()
