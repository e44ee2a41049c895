"""The load balancers behind a service: attached, detached and listed, each in one zone."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.endpoints.resources import Endpoint
from jackfield.endpoints.uses import end_use, use
from jackfield.products.errors import MissingParameterValue
from jackfield.products.nlb.resources import zone_endpoint_id
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.privatelink.errors import (
    AlbNotFound,
    EndpointServiceConnectionDependence,
    EndpointServiceNotFound,
    EndpointServiceNotSupportedZone,
    EndpointServiceOperationDenied,
    EndpointServiceResourceExist,
    EndpointServiceResourceNotFound,
    EndpointServiceResourceTypeNotEqual,
    EndpointServiceResourceTypeNotSupport,
    LoadBalancerNotFound,
    QuotaMisMatched,
)
from jackfield.products.privatelink.geography import RESOURCE_TYPES
from jackfield.products.privatelink.links import connected_through, load, replaced_load
from jackfield.products.privatelink.load_balancers import zones_of_load_balancer
from jackfield.products.privatelink.own import active_service, change, own_service
from jackfield.products.privatelink.paging import MaxResults, NextToken, page
from jackfield.products.privatelink.parameters import ClientToken, DryRun, RegionId, ServiceId
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.products.privatelink.resources import EndpointService, ServiceResource, resource_key
from jackfield.store.interface import Reader, Tx

MAX_RESOURCES = 500
MAX_RESOURCES_A_ZONE = 100
"""Quotas of a service (PrivateLink documents, 2026-01)."""

ResourceTypeText = Annotated[str, Param("The type of load balancer: slb, alb, nlb or gwlb.", "nlb")]
ResourceId = Annotated[str, Param("The load balancer.", "nlb-hp32z1wp5peaoox2q****")]


def add_resource(tx: Tx, call: Call, service: EndpointService, *, type: str, id: str, zone: str) -> None:
    """Puts a load balancer of the caller's behind a service, in one of its zones.

    :raises EndpointServiceResourceTypeNotSupport, EndpointServiceResourceTypeNotEqual, AlbNotFound,
        LoadBalancerNotFound, EndpointServiceNotSupportedZone, EndpointServiceResourceExist, QuotaMisMatched:
    """
    if type not in RESOURCE_TYPES:
        raise EndpointServiceResourceTypeNotSupport
    if type != service.resource_type:
        raise EndpointServiceResourceTypeNotEqual
    zones = zones_of_load_balancer(tx, service, id)
    if not zone and type != "slb":
        raise MissingParameterValue(name="ZoneId")
    zone = zone or zones[0]
    if zone not in zones:
        raise EndpointServiceNotSupportedZone
    present = tx.children(ServiceResource, service.id)
    if any((one.resource_id, one.zone_id) == (id, zone) for one in present):
        raise EndpointServiceResourceExist
    if len(present) >= MAX_RESOURCES or sum(one.zone_id == zone for one in present) >= MAX_RESOURCES_A_ZONE:
        raise QuotaMisMatched
    resource = ServiceResource(
        id=resource_key(service.id, id, zone),
        account=service.account,
        region=service.region,
        parent=service.id,
        created=call.now,
        resource_id=id,
        resource_type=service.resource_type,
        zone_id=zone,
    )
    tx.put(resource)
    use(tx, id, service)


class AttachResourceToVpcEndpointServiceRequest(Request):
    region_id: RegionId
    service_id: ServiceId
    resource_id: ResourceId
    resource_type: ResourceTypeText
    zone_id: Annotated[str, Param("The load balancer's zone; an slb needs none.", "cn-hangzhou-j")] = ""
    client_token: ClientToken = ""
    dry_run: DryRun = False


@operation(
    PRIVATELINK,
    title="Adds a service resource to a service",
    access="update",
    resource="vpcendpointservice/{ServiceId}",
    errors=(
        EndpointServiceNotFound,
        EndpointServiceOperationDenied,
        EndpointServiceResourceTypeNotSupport,
        EndpointServiceResourceTypeNotEqual,
        AlbNotFound,
        LoadBalancerNotFound,
        EndpointServiceNotSupportedZone,
        EndpointServiceResourceExist,
        QuotaMisMatched,
    ),
    token="ClientToken",
)
def attach_resource_to_vpc_endpoint_service(
    tx: Tx, call: Call, request: AttachResourceToVpcEndpointServiceRequest
) -> Reply:
    """Puts a zone of a load balancer behind a service that is Active. Endpoints in that zone can be connected then."""
    service = active_service(tx, call, request.region_id, request.service_id)
    add_resource(tx, call, service, type=request.resource_type, id=request.resource_id, zone=request.zone_id)
    change(tx, call, service)
    return Reply()


class DetachResourceFromVpcEndpointServiceRequest(Request):
    region_id: RegionId
    service_id: ServiceId
    resource_id: ResourceId
    resource_type: Annotated[str, Param("The type of load balancer.", "nlb")] = ""
    zone_id: Annotated[str, Param("The zone; left out: every zone that it is attached in.", "cn-hangzhou-c")] = ""
    client_token: ClientToken = ""
    dry_run: DryRun = False


@operation(
    PRIVATELINK,
    title="Removes a service resource from a service",
    access="update",
    resource="vpcendpointservice/{ServiceId}",
    errors=(
        EndpointServiceNotFound,
        EndpointServiceOperationDenied,
        EndpointServiceResourceNotFound,
        EndpointServiceConnectionDependence,
    ),
    token="ClientToken",
)
def detach_resource_from_vpc_endpoint_service(
    tx: Tx, call: Call, request: DetachResourceFromVpcEndpointServiceRequest
) -> Reply:
    """Takes a load balancer away from a service, once no zone of an endpoint is connected through it."""
    service = active_service(tx, call, request.region_id, request.service_id)
    present = [one for one in tx.children(ServiceResource, service.id) if one.resource_id == request.resource_id]
    gone = [
        one
        for one in present
        if request.zone_id in ("", one.zone_id) and request.resource_type in ("", one.resource_type)
    ]
    if not gone:
        raise EndpointServiceResourceNotFound
    if any(connected_through(tx, one) for one in gone):
        raise EndpointServiceConnectionDependence
    for one in gone:
        tx.remove(one)
    if len(gone) == len(present):
        end_use(tx, request.resource_id, service)
    change(tx, call, service)
    return Reply()


class ResourceView(Shape):
    """A service's resource. :param ip: the load balancer's address in the zone."""

    resource_id: str
    resource_type: str
    zone_id: str
    region_id: str
    vpc_id: str
    vswitch_id: str
    ip: str
    related_endpoint_count: int
    related_deprecated_endpoint_count: int
    auto_allocated_enabled: bool
    resource_support_ipv6: bool = msgspec.field(name="ResourceSupportIPv6", default=False)


class ListVpcEndpointServiceResourcesRequest(Request):
    region_id: RegionId
    service_id: ServiceId
    max_results: MaxResults = 50
    next_token: NextToken = ""


class ListVpcEndpointServiceResourcesReply(Reply):
    resources: tuple[ResourceView, ...]
    max_results: int
    next_token: str | UnsetType = UNSET


@operation(
    PRIVATELINK,
    title="Queries the resources of a service",
    access="get",
    resource="vpcendpointservice/{ServiceId}",
    errors=(EndpointServiceNotFound,),
)
def list_vpc_endpoint_service_resources(
    tx: Reader, call: Call, request: ListVpcEndpointServiceResourcesRequest
) -> ListVpcEndpointServiceResourcesReply:
    """Lists the load balancers behind a service, one entry a zone."""
    service = own_service(tx, call, request.region_id, request.service_id)
    resources = tx.children(ServiceResource, service.id)
    place = page(request.max_results, request.next_token)
    return ListVpcEndpointServiceResourcesReply(
        resources=tuple(_view(tx, one) for one in place.of(resources)),
        max_results=place.limit,
        next_token=place.following(len(resources)),
    )


def _view(tx: Reader, resource: ServiceResource) -> ResourceView:
    behind = tx.get(Endpoint, zone_endpoint_id(resource.resource_id, resource.zone_id))
    return ResourceView(
        resource_id=resource.resource_id,
        resource_type=resource.resource_type,
        zone_id=resource.zone_id,
        region_id=resource.region,
        vpc_id=behind.vpc_id if behind else "",
        vswitch_id=behind.vswitch_id if behind else "",
        ip=behind.vpc_address if behind else "",
        related_endpoint_count=load(tx, resource),
        related_deprecated_endpoint_count=replaced_load(tx, resource),
        auto_allocated_enabled=resource.auto_allocated,
    )
