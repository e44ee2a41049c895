"""Which load balancer a zone of an endpoint leads to: chosen by the service or its owner, and changed while in use."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.errors import MissingParameterValue
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.privatelink.errors import (
    EndpointConnectionNotFound,
    EndpointConnectionOperationDenied,
    EndpointServiceNotFound,
    EndpointServiceOperationDenied,
    EndpointServiceResourceNotFound,
    EndpointServiceResourceTypeNotSupport,
    EndpointZoneNotFound,
)
from jackfield.products.privatelink.links import migrate_zone
from jackfield.products.privatelink.migration_errors import (
    CurrentResourceAutoAllocated,
    EndpointLocked,
    EndpointServiceLocked,
    IllegalAllocateMode,
    IllegalReplaceMode,
    MismatchZoneId,
    MissingAllocateMode,
    MissingResourceId,
    ResourceAutoAllocateViolation,
    ZoneOperationDenied,
)
from jackfield.products.privatelink.own import active_service, change, endpoint_of, own_connection, own_service
from jackfield.products.privatelink.parameters import ClientToken, DryRun, EndpointId, RegionId, ServiceId, ZoneId
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.products.privatelink.resources import (
    EndpointService,
    EndpointZone,
    ServiceResource,
    VpcEndpoint,
    resource_key,
    zone_key,
)
from jackfield.products.privatelink.states import ACTIVE, CONNECTED, CREATING, DARK, DISCONNECTED
from jackfield.store.interface import Reader, Tx


class UpdateVpcEndpointServiceResourceAttributeRequest(Request):
    region_id: RegionId
    service_id: ServiceId
    resource_id: Annotated[str, Param("The load balancer.", "nlb-hp32z1wp5peaoox2q****")]
    auto_allocated_enabled: Annotated[bool, Param("Whether new endpoints may be connected to it by choice.", "true")]
    zone_id: Annotated[str, Param("The load balancer's zone; an slb needs none.", "cn-hangzhou-i")] = ""
    client_token: ClientToken = ""
    dry_run: DryRun = False


@operation(
    PRIVATELINK,
    title="Modifies the attributes of a service resource",
    access="update",
    resource="vpcendpointservice/{ServiceId}",
    errors=(
        EndpointServiceNotFound,
        EndpointServiceOperationDenied,
        EndpointServiceResourceNotFound,
        ResourceAutoAllocateViolation,
    ),
    token="ClientToken",
)
def update_vpc_endpoint_service_resource_attribute(
    tx: Tx, call: Call, request: UpdateVpcEndpointServiceResourceAttributeRequest
) -> Reply:
    """Says whether a load balancer is among those that new connections are given to. One of each zone has to be."""
    service = active_service(tx, call, request.region_id, request.service_id)
    if not request.zone_id and service.resource_type != "slb":
        raise MissingParameterValue(name="ZoneId")
    resource = next(
        (
            one
            for one in tx.children(ServiceResource, service.id)
            if one.resource_id == request.resource_id and request.zone_id in ("", one.zone_id)
        ),
        None,
    )
    if resource is None:
        raise EndpointServiceResourceNotFound
    others = (one for one in tx.children(ServiceResource, service.id) if one.id != resource.id)
    if not request.auto_allocated_enabled and not any(
        one.auto_allocated for one in others if one.zone_id == resource.zone_id
    ):
        raise ResourceAutoAllocateViolation
    tx.put(msgspec.structs.replace(resource, auto_allocated=request.auto_allocated_enabled))
    change(tx, call, service)
    return Reply()


class UpdateVpcEndpointZoneConnectionResourceAttributeRequest(Request):
    region_id: RegionId
    service_id: ServiceId
    endpoint_id: EndpointId
    zone_id: ZoneId
    resource_id: Annotated[str, Param("The load balancer that the zone is to lead to.", "nlb-hp32z1wp5peaoox2q")] = ""
    resource_type: Annotated[str, Param("Its type.", "nlb")] = ""
    resource_allocate_mode: Annotated[
        str, Param("Who chooses for a connection that is Disconnected: Auto or Manual.", "Auto")
    ] = ""
    resource_replace_mode: Annotated[
        str, Param("What becomes of open connections of one that is Connected: Graceful or Force.", "Graceful")
    ] = ""
    client_token: ClientToken = ""
    dry_run: DryRun = False


@operation(
    PRIVATELINK,
    title="Modifies the service resource of an endpoint zone",
    access="update",
    resource="vpcendpointservice/{ServiceId}",
    errors=(
        EndpointServiceNotFound,
        EndpointConnectionNotFound,
        EndpointZoneNotFound,
        MissingAllocateMode,
        IllegalAllocateMode,
        IllegalReplaceMode,
        MissingResourceId,
        EndpointServiceResourceTypeNotSupport,
        EndpointServiceResourceNotFound,
        MismatchZoneId,
        EndpointServiceLocked,
        EndpointLocked,
        EndpointConnectionOperationDenied,
        ZoneOperationDenied,
        CurrentResourceAutoAllocated,
    ),
    token="ClientToken",
)
def update_vpc_endpoint_zone_connection_resource_attribute(
    tx: Tx, call: Call, request: UpdateVpcEndpointZoneConnectionResourceAttributeRequest
) -> Reply:
    """Allocates a load balancer to a zone, or migrates the zone to another one.

    Allocation is for connections that are Disconnected. Migration is for zones that are Connected: the zone is
    Migrating, then new connections go through the new load balancer. ``Graceful``: those that are open go on, the zone
    is Migrated until DisableVpcEndpointZoneConnection closes them. ``Force``: they are closed, the zone is Connected.
    The load balancer that is replaced must not be one that new connections are given to.
    """
    connection = own_connection(tx, call, request.region_id, request.service_id, request.endpoint_id)
    service = own_service(tx, call, request.region_id, request.service_id)
    zone = tx.get(EndpointZone, zone_key(connection.id, request.zone_id))
    if zone is None:
        raise EndpointZoneNotFound
    _check_modes(request)
    resource = _wanted(tx, service, request)
    endpoint = endpoint_of(tx, connection)
    if service.status != ACTIVE:
        raise EndpointServiceLocked
    if endpoint.status != ACTIVE:
        raise EndpointLocked
    if connection.status != (CONNECTED if request.resource_replace_mode else DISCONNECTED):
        raise EndpointConnectionOperationDenied
    if request.resource_replace_mode and resource is not None:
        _migrate(tx, call, endpoint, zone, resource, request.resource_replace_mode)
    else:
        _allocate(tx, zone, resource)
    change(tx, call, service)
    return Reply()


def _check_modes(request: UpdateVpcEndpointZoneConnectionResourceAttributeRequest) -> None:
    allocate, replace = request.resource_allocate_mode, request.resource_replace_mode
    if not allocate and not replace:
        raise MissingAllocateMode("ResourceAllocateMode")
    if allocate not in ("", "Auto", "Manual"):
        raise IllegalAllocateMode("ResourceAllocateMode")
    if replace not in ("", "Graceful", "Force"):
        raise IllegalReplaceMode("ResourceReplaceMode")
    if not request.resource_id and (replace or allocate == "Manual"):
        raise MissingResourceId("ResourceId")


def _wanted(
    tx: Reader, service: EndpointService, request: UpdateVpcEndpointZoneConnectionResourceAttributeRequest
) -> ServiceResource | None:
    """The load balancer that is named; ``None`` leaves the choice to the service."""
    if request.resource_type not in ("", service.resource_type):
        raise EndpointServiceResourceTypeNotSupport
    if not request.resource_replace_mode and request.resource_allocate_mode == "Auto":
        return None
    zones = [one.zone_id for one in tx.children(ServiceResource, service.id) if one.resource_id == request.resource_id]
    if not zones:
        raise EndpointServiceResourceNotFound
    if request.zone_id not in zones:
        raise MismatchZoneId("ZoneId", request.zone_id, request.resource_id)
    return tx.get(ServiceResource, resource_key(service.id, request.resource_id, request.zone_id))


def _allocate(tx: Tx, zone: EndpointZone, resource: ServiceResource | None) -> None:
    if zone.status not in (*DARK, CREATING):
        raise ZoneOperationDenied
    chosen = zone.resource_id if resource is None else resource.resource_id
    tx.put(msgspec.structs.replace(zone, resource_id=chosen, manual=resource is not None))


def _migrate(
    tx: Tx, call: Call, endpoint: VpcEndpoint, zone: EndpointZone, resource: ServiceResource, how: str
) -> None:
    current = tx.get(ServiceResource, resource_key(resource.parent, zone.resource_id, zone.zone_id))
    if zone.status != CONNECTED or zone.resource_id == resource.resource_id:
        raise ZoneOperationDenied
    if current is not None and current.auto_allocated:
        raise CurrentResourceAutoAllocated
    migrate_zone(tx, endpoint, zone, resource, "Force" if how == "Force" else "Graceful", call.now + call.pace)
