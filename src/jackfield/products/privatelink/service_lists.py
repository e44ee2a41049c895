"""ListVpcEndpointServices: a provider's own; ListVpcEndpointServicesByEndUser: those that a consumer may use."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, UnsetType

from jackfield.products.filters import is_filtered
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.privatelink import service_views as views
from jackfield.products.privatelink.domains import service_name
from jackfield.products.privatelink.geography import RESOURCE_TYPES
from jackfield.products.privatelink.paging import MaxResults, NextToken, page
from jackfield.products.privatelink.parameters import RegionId
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.products.privatelink.resources import EndpointService, ServiceResource
from jackfield.products.privatelink.states import ACTIVE, CREATING, DELETING, PENDING
from jackfield.products.privatelink.users import admits
from jackfield.products.tags import TagShape, carries
from jackfield.store.interface import Reader

ServiceName = Annotated[
    str, Param("Only the service of this name.", "com.aliyuncs.privatelink.cn-huhehaote.epsrv-hp3vpx8yqxblby3i****")
]
ServiceIdFilter = Annotated[str, Param("Only this service.", "epsrv-hp3vpx8yqxblby3i****")]
GroupFilter = Annotated[str, Param("Only this resource group.", "rg-acfmy*****")]
Tags = Annotated[tuple[TagShape, ...], Param("Only services with all of these tags.")]


class ListVpcEndpointServicesRequest(Request):
    region_id: RegionId
    service_id: ServiceIdFilter = ""
    service_name: ServiceName = ""
    service_status: Annotated[
        str, Param("Only services in this state.", "Active", enum=(CREATING, PENDING, ACTIVE, DELETING))
    ] = ""
    service_business_status: Annotated[
        str,
        Param("Only services of this business status; all are Normal.", "Normal", enum=("Normal", "FinancialLocked")),
    ] = ""
    service_resource_type: Annotated[str, Param("Only services with such resources.", "nlb", enum=RESOURCE_TYPES)] = ""
    auto_accept_enabled: Annotated[bool | None, Param("Only services that let in at once, or not.", "false")] = None
    zone_affinity_enabled: Annotated[bool | None, Param("Only services with zone affinity, or without.", "true")] = None
    address_ip_version: Annotated[
        str, Param("Only services of this version; all are IPv4.", "IPv4", enum=("IPv4", "DualStack"))
    ] = ""
    resource_id: Annotated[str, Param("Only services with this load balancer.", "nlb-hp32z1wp5peaoox2q****")] = ""
    resource_group_id: GroupFilter = ""
    tag: Tags = ()
    max_results: MaxResults = 50
    next_token: NextToken = ""


class ListVpcEndpointServicesReply(Reply):
    services: tuple[views.ServiceView, ...]
    total_count: int
    max_results: int
    next_token: str | UnsetType = UNSET


@operation(PRIVATELINK, title="Queries endpoint services", access="get", resource="vpcendpointservice/*")
def list_vpc_endpoint_services(
    tx: Reader, call: Call, request: ListVpcEndpointServicesRequest
) -> ListVpcEndpointServicesReply:
    """Lists the caller's services in a region, oldest first, a page at a time."""
    place = page(request.max_results, request.next_token)
    if is_filtered(request):
        every = tx.each(EndpointService, account=call.account, region=request.region_id)
        found = [one for one in every if _matches(tx, one, request)]
        total, entries = len(found), place.of(found)
    else:
        total = tx.count(EndpointService, account=call.account, region=request.region_id)
        entries = tx.page(
            EndpointService, account=call.account, region=request.region_id, offset=place.offset, limit=place.limit
        )
    return ListVpcEndpointServicesReply(
        services=tuple(views.view(one) for one in entries),
        total_count=total,
        max_results=place.limit,
        next_token=place.following(total),
    )


class ListVpcEndpointServicesByEndUserRequest(Request):
    region_id: RegionId
    service_id: ServiceIdFilter = ""
    service_name: ServiceName = ""
    service_type: Annotated[str, Param("Only services of this type.", "Interface")] = ""
    service_region_id: Annotated[str, Param("The services' region; only the caller's has some.", "cn-hangzhou")] = ""
    resource_group_id: GroupFilter = ""
    tag: Tags = ()
    max_results: MaxResults = 50
    next_token: NextToken = ""


class ListVpcEndpointServicesByEndUserReply(Reply):
    services: tuple[views.OfferedService, ...]
    total_count: str
    max_results: int
    next_token: str | UnsetType = UNSET


@operation(
    PRIVATELINK,
    title="Queries the endpoint services that an account may use",
    access="get",
    resource="vpcendpointservice/*",
)
def list_vpc_endpoint_services_by_end_user(
    tx: Reader, call: Call, request: ListVpcEndpointServicesByEndUserRequest
) -> ListVpcEndpointServicesByEndUserReply:
    """Lists the services of a region that the caller may create endpoints for: its own, and whose whitelist has it."""
    place = page(request.max_results, request.next_token)
    found = [one for one in tx.each(EndpointService, region=request.region_id) if _is_offered(one, call, request)]
    return ListVpcEndpointServicesByEndUserReply(
        services=tuple(views.offered(tx, one) for one in place.of(found)),
        total_count=str(len(found)),
        max_results=place.limit,
        next_token=place.following(len(found)),
    )


def _matches(tx: Reader, service: EndpointService, request: ListVpcEndpointServicesRequest) -> bool:
    exact = (
        (request.service_id, service.id),
        (request.service_name, service_name(service.id, service.region)),
        (request.service_status, service.status),
        (request.service_business_status, views.NORMAL),
        (request.service_resource_type, service.resource_type),
        (request.address_ip_version, "IPv4"),
        (request.resource_group_id, service.resource_group_id),
    )
    return (
        all(wanted in ("", actual) for wanted, actual in exact)
        and request.auto_accept_enabled in (None, service.auto_accept)
        and request.zone_affinity_enabled in (None, service.zone_affinity)
        and carries(service.tags, request.tag)
        and (
            not request.resource_id
            or any(one.resource_id == request.resource_id for one in tx.children(ServiceResource, service.id))
        )
    )


def _is_offered(service: EndpointService, call: Call, request: ListVpcEndpointServicesByEndUserRequest) -> bool:
    exact = (
        (request.service_id, service.id),
        (request.service_name, service_name(service.id, service.region)),
        (request.service_type, service.type),
        (request.service_region_id, service.region),
        (request.resource_group_id, service.resource_group_id),
    )
    return (
        service.status in (ACTIVE, PENDING)
        and admits(service, call.account)
        and all(wanted in ("", actual) for wanted, actual in exact)
        and carries(service.tags, request.tag)
    )
