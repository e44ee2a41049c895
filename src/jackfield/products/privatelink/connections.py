"""An endpoint's connection as the service's owner sees it: let in, shut out, made faster or slower."""

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
from jackfield.products.privatelink.links import connect_zone, disconnect_zone, resource_for
from jackfield.products.privatelink.own import endpoint_of, own_connection, own_service
from jackfield.products.privatelink.parameters import ClientToken, DryRun, EndpointId, RegionId, ServiceId
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.products.privatelink.resources import Connection, EndpointService, EndpointZone
from jackfield.products.privatelink.service_views import MIN_BANDWIDTH, max_bandwidth
from jackfield.products.privatelink.states import (
    CONNECTED,
    CONNECTING,
    CREATING,
    DARK,
    DISCONNECTED,
    DISCONNECTING,
    ON_THE_WAY,
    PENDING,
    UP,
)
from jackfield.store.interface import Tx


class ConnectionRequest(Request):
    region_id: RegionId
    service_id: ServiceId
    endpoint_id: EndpointId
    client_token: ClientToken = ""
    dry_run: DryRun = False


Bandwidth = Annotated[int | None, Param("Mbit/s; left out: as it is, at first the service's.", "3072")]
TrafficControlMode = Annotated[
    str,
    Param("Whether the bandwidth is a limit.", "BandwidthLimit", enum=("Scalability", "BandwidthLimit")),
]


class EnableVpcEndpointConnectionRequest(ConnectionRequest):
    bandwidth: Bandwidth = None
    traffic_control_mode: TrafficControlMode = ""


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
    connection = _with_bandwidth(service, connection, request.bandwidth, request.traffic_control_mode)
    endpoint, settle_at = endpoint_of(tx, connection), call.now + call.pace
    for zone in tx.children(EndpointZone, endpoint.id):
        if zone.status not in (*DARK, CREATING):
            continue
        resource = resource_for(tx, service.id, zone)
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


class UpdateVpcEndpointConnectionAttributeRequest(ConnectionRequest):
    bandwidth: Bandwidth = None
    traffic_control_mode: TrafficControlMode = ""


@operation(
    PRIVATELINK,
    title="Modifies the bandwidth of an endpoint connection",
    access="update",
    resource="vpcendpointservice/{ServiceId}",
    errors=(EndpointServiceNotFound, EndpointConnectionNotFound, EndpointConnectionOperationDenied),
    token="ClientToken",
)
def update_vpc_endpoint_connection_attribute(
    tx: Tx, call: Call, request: UpdateVpcEndpointConnectionAttributeRequest
) -> Reply:
    """Gives a connection another bandwidth. One that is Connected is Pending until its open connections have it."""
    connection = own_connection(tx, call, request.region_id, request.service_id, request.endpoint_id)
    zones = tx.children(EndpointZone, connection.id)
    if connection.status not in (CONNECTED, DISCONNECTED) or any(zone.status in ON_THE_WAY for zone in zones):
        raise EndpointConnectionOperationDenied
    service = own_service(tx, call, request.region_id, request.service_id)
    changed = _with_bandwidth(service, connection, request.bandwidth, request.traffic_control_mode)
    status = PENDING if connection.status == CONNECTED else connection.status
    tx.put(msgspec.structs.replace(changed, status=status, modified=call.now, settle_at=call.now + call.pace))
    tx.schedule(endpoint_of(tx, connection))
    return Reply()


def _with_bandwidth(service: EndpointService, connection: Connection, bandwidth: int | None, mode: str) -> Connection:
    """:raises InvalidParameterValue: the bandwidth is more, or less, than a connection to the service may have, or is
    to be no limit behind a classic load balancer.
    """
    wanted = connection.bandwidth if bandwidth is None else bandwidth
    if not MIN_BANDWIDTH <= wanted <= max_bandwidth(service):
        raise InvalidParameterValue(name="Bandwidth")
    if mode == "Scalability" and service.resource_type == "slb":
        raise InvalidParameterValue(name="TrafficControlMode")
    return msgspec.structs.replace(connection, bandwidth=wanted, traffic_control=mode or connection.traffic_control)
