"""CreateVpcEndpointService, UpdateVpcEndpointServiceAttribute, DeleteVpcEndpointService and the read of a service."""

from __future__ import annotations

from typing import Annotated, cast

import msgspec

from jackfield.products.errors import InvalidParameterValue
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.privatelink import service_views as views
from jackfield.products.privatelink.domains import service_domain, service_name
from jackfield.products.privatelink.errors import (
    AlbNotFound,
    EndpointServiceConnectionDependence,
    EndpointServiceDependenceViolation,
    EndpointServiceNotFound,
    EndpointServiceNotSupportedZone,
    EndpointServiceNotSupportIpv6,
    EndpointServiceOperationDenied,
    EndpointServiceResourceExist,
    EndpointServiceResourceTypeNotEqual,
    EndpointServiceResourceTypeNotSupport,
    LoadBalancerNotFound,
    QuotaMisMatched,
    ServiceResourceNotSupportIpv6,
)
from jackfield.products.privatelink.geography import RESOURCE_TYPES
from jackfield.products.privatelink.own import active_service, change, own_service
from jackfield.products.privatelink.parameters import ClientToken, DryRun, RegionId, ServiceId, check_description
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.products.privatelink.resources import Connection, EndpointService, ResourceType, ServiceResource
from jackfield.products.privatelink.service_resources import add_resource
from jackfield.products.privatelink.states import CREATING, DELETING, DISCONNECTED
from jackfield.products.regions import REGIONS, new_id
from jackfield.products.tags import TagShape, stored
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader, Tx

MAX_SERVICES = 200
"""Of an account (PrivateLink documents, 2026-01)."""

IpVersion = Annotated[str, Param("IPv4; DualStack is refused.", "IPv4", enum=("IPv4", "DualStack"))]


class ResourceShape(Shape):
    resource_id: Annotated[str, Param("The load balancer.", "nlb-hp32z1wp5peaoox2q****")] = ""
    resource_type: Annotated[str, Param("Its type: slb, alb, nlb or gwlb.", "nlb")] = ""
    zone_id: Annotated[str, Param("Its zone.", "cn-hangzhou-j")] = ""


class CreateVpcEndpointServiceRequest(Request):
    region_id: RegionId
    service_description: Annotated[str, Param("2 to 256 characters.", "This is my EndpointService.")] = ""
    auto_accept_enabled: Annotated[bool, Param("Lets in every endpoint at once.", "false")] = False
    service_resource_type: Annotated[str, Param("The type of its load balancers.", "nlb", enum=RESOURCE_TYPES)] = "slb"
    resource: Annotated[tuple[ResourceShape, ...], Param("Load balancers to attach, up to 10.")] = ()
    payer: Annotated[
        str, Param("Who would pay; nothing costs here.", "Endpoint", enum=("Endpoint", "EndpointService"))
    ] = "Endpoint"
    zone_affinity_enabled: Annotated[bool, Param("Whether names lead to the nearest zone first; shown.", "false")] = (
        False
    )
    service_support_ipv6: Annotated[bool, Param("Refused: there is no IPv6.", "false")] = msgspec.field(
        name="ServiceSupportIPv6", default=False
    )
    address_ip_version: IpVersion = "IPv4"
    resource_group_id: Annotated[str, Param("The resource group.", "rg-acfmy*****")] = ""
    tag: Annotated[tuple[TagShape, ...], Param("Tags of the service.")] = ()
    client_token: ClientToken = ""
    dry_run: DryRun = False


class CreateVpcEndpointServiceReply(Reply):
    service_id: str
    service_name: str
    service_domain: str
    service_status: str
    service_business_status: str
    service_description: str
    auto_accept_enabled: bool
    zone_affinity_enabled: bool
    service_support_ipv6: bool = msgspec.field(name="ServiceSupportIPv6")
    address_ip_version: str
    resource_group_id: str
    create_time: str


@operation(
    PRIVATELINK,
    title="Creates an endpoint service",
    access="create",
    resource="vpcendpointservice/*",
    errors=(
        EndpointServiceNotSupportIpv6,
        QuotaMisMatched,
        EndpointServiceResourceTypeNotSupport,
        EndpointServiceResourceTypeNotEqual,
        AlbNotFound,
        LoadBalancerNotFound,
        EndpointServiceNotSupportedZone,
        EndpointServiceResourceExist,
    ),
    token="ClientToken",
)
def create_vpc_endpoint_service(
    tx: Tx, call: Call, request: CreateVpcEndpointServiceRequest
) -> CreateVpcEndpointServiceReply:
    """Creates a service, with load balancers behind it if they are named. It is Creating at first."""
    if request.region_id not in REGIONS:
        raise InvalidParameterValue(name="RegionId")
    check_description("ServiceDescription", request.service_description)
    if request.service_support_ipv6 or request.address_ip_version != "IPv4":
        raise EndpointServiceNotSupportIpv6
    if len(request.resource) > views.MOST_RESOURCES_A_CALL:
        raise InvalidParameterValue(name="Resource")
    if tx.count(EndpointService, account=call.account, region="") >= MAX_SERVICES:
        raise QuotaMisMatched
    service = EndpointService(
        id=new_id("epsrv", request.region_id, 17),
        account=call.account,
        region=request.region_id,
        status=CREATING,
        created=call.now,
        resource_type=cast(ResourceType, request.service_resource_type),
        auto_accept=request.auto_accept_enabled,
        description=request.service_description,
        payer=request.payer,
        zone_affinity=request.zone_affinity_enabled,
        resource_group_id=request.resource_group_id,
        tags=stored(request.tag),
        settle_at=call.now + call.pace,
    )
    tx.put(service)
    for one in request.resource:
        add_resource(tx, call, service, type=one.resource_type, id=one.resource_id, zone=one.zone_id)
    tx.schedule(service)
    return CreateVpcEndpointServiceReply(
        service_id=service.id,
        service_name=service_name(service.id, service.region),
        service_domain=service_domain(service.id, service.region),
        service_status=service.status,
        service_business_status=views.NORMAL,
        service_description=service.description,
        auto_accept_enabled=service.auto_accept,
        zone_affinity_enabled=service.zone_affinity,
        service_support_ipv6=False,
        address_ip_version="IPv4",
        resource_group_id=service.resource_group_id,
        create_time=iso_second(service.created),
    )


class UpdateVpcEndpointServiceAttributeRequest(Request):
    region_id: RegionId
    service_id: ServiceId
    service_description: Annotated[str | None, Param("2 to 256 characters.", "This is my EndpointService.")] = None
    auto_accept_enabled: Annotated[bool | None, Param("Lets in every new endpoint at once.", "false")] = None
    connect_bandwidth: Annotated[int | None, Param("Mbit/s of new connections; shown.", "3072")] = None
    zone_affinity_enabled: Annotated[bool | None, Param("Whether names lead to the nearest zone first.", "true")] = None
    service_support_ipv6: Annotated[bool, Param("Refused: there is no IPv6.", "false")] = msgspec.field(
        name="ServiceSupportIPv6", default=False
    )
    address_ip_version: IpVersion = "IPv4"
    client_token: ClientToken = ""
    dry_run: DryRun = False


@operation(
    PRIVATELINK,
    title="Modifies the attributes of an endpoint service",
    access="update",
    resource="vpcendpointservice/{ServiceId}",
    errors=(EndpointServiceNotFound, EndpointServiceOperationDenied, ServiceResourceNotSupportIpv6),
    token="ClientToken",
)
def update_vpc_endpoint_service_attribute(
    tx: Tx, call: Call, request: UpdateVpcEndpointServiceAttributeRequest
) -> Reply:
    """Changes a service that is Active; what is left out stays. Connections that are there stay as they are."""
    service = active_service(tx, call, request.region_id, request.service_id)
    check_description("ServiceDescription", request.service_description or "")
    if request.service_support_ipv6 or request.address_ip_version != "IPv4":
        raise ServiceResourceNotSupportIpv6
    bandwidth = request.connect_bandwidth
    if bandwidth is not None and not views.MIN_BANDWIDTH <= bandwidth <= views.max_bandwidth(service):
        raise InvalidParameterValue(name="ConnectBandwidth")
    changes = {
        "description": request.service_description,
        "auto_accept": request.auto_accept_enabled,
        "connect_bandwidth": bandwidth,
        "zone_affinity": request.zone_affinity_enabled,
    }
    given = {field: value for field, value in changes.items() if value is not None}
    change(tx, call, msgspec.structs.replace(service, **given))
    return Reply()


class ServiceRequest(Request):
    region_id: RegionId
    service_id: ServiceId


class DeleteVpcEndpointServiceRequest(ServiceRequest):
    client_token: ClientToken = ""
    dry_run: DryRun = False


@operation(
    PRIVATELINK,
    title="Deletes an endpoint service",
    access="delete",
    resource="vpcendpointservice/{ServiceId}",
    errors=(
        EndpointServiceNotFound,
        EndpointServiceOperationDenied,
        EndpointServiceConnectionDependence,
        EndpointServiceDependenceViolation,
    ),
    token="ClientToken",
)
def delete_vpc_endpoint_service(tx: Tx, call: Call, request: DeleteVpcEndpointServiceRequest) -> Reply:
    """Deletes a service whose connections are closed and whose load balancers are detached.

    Endpoints of it stay, with the connection status ServiceDeleted.
    """
    service = active_service(tx, call, request.region_id, request.service_id)
    if any(one.status != DISCONNECTED for one in tx.children(Connection, service.id)):
        raise EndpointServiceConnectionDependence
    if tx.children(ServiceResource, service.id):
        raise EndpointServiceDependenceViolation
    tx.put(msgspec.structs.replace(service, status=DELETING, settle_at=call.now + call.pace))
    tx.schedule(service)
    return Reply()


@operation(
    PRIVATELINK,
    title="Queries the attributes of an endpoint service",
    access="get",
    resource="vpcendpointservice/{ServiceId}",
    errors=(EndpointServiceNotFound,),
)
def get_vpc_endpoint_service_attribute(tx: Reader, call: Call, request: ServiceRequest) -> views.ServiceReply:
    """One service of the caller's, with its zones."""
    return views.reply(tx, own_service(tx, call, request.region_id, request.service_id))
