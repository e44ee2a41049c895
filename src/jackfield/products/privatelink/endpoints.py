"""UpdateVpcEndpointAttribute, DeleteVpcEndpoint and the reads of endpoints, all for their owner."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.products.errors import InvalidParameterValue
from jackfield.products.filters import is_filtered
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.privatelink import endpoint_views as views
from jackfield.products.privatelink.domains import service_name
from jackfield.products.privatelink.endpoint_creation import check_name
from jackfield.products.privatelink.errors import (
    EndpointDependenceViolation,
    EndpointNotFound,
    EndpointOperationDenied,
    EndpointPolicyNotSupport,
    EndpointProtected,
    EndpointServiceDeleted,
)
from jackfield.products.privatelink.own import (
    active_endpoint,
    change,
    check_protection,
    check_service_lives,
    connection_of,
    own_endpoint,
)
from jackfield.products.privatelink.paging import MaxResults, NextToken, page
from jackfield.products.privatelink.parameters import ClientToken, DryRun, EndpointId, RegionId, check_description
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.products.privatelink.resources import EndpointZone, VpcEndpoint
from jackfield.products.privatelink.states import (
    ACTIVE,
    CONNECTED,
    CONNECTING,
    CREATING,
    DELETING,
    DISCONNECTED,
    DISCONNECTING,
    PENDING,
    SERVICE_DELETED,
)
from jackfield.products.tags import TagShape, carries
from jackfield.store.interface import Reader, Tx

CONNECTION_STATUSES = (PENDING, CONNECTING, CONNECTED, DISCONNECTING, DISCONNECTED, DELETING, SERVICE_DELETED)


class UpdateVpcEndpointAttributeRequest(Request):
    region_id: RegionId
    endpoint_id: EndpointId
    endpoint_name: Annotated[str | None, Param("2 to 128 characters, a letter first.", "test")] = None
    endpoint_description: Annotated[str | None, Param("2 to 256 characters.", "This is my Endpoint.")] = None
    zone_affinity_enabled: Annotated[bool | None, Param("Whether names lead to the nearest zone first.", "true")] = None
    policy_document: Annotated[str, Param("Refused: only the vendor's own services take one.", "{}")] = ""
    reset_policy: Annotated[bool, Param("Refused: only the vendor's own services have one.", "false")] = False
    address_ip_version: Annotated[str, Param("IPv4; DualStack is refused.", "IPv4", enum=("IPv4", "DualStack"))] = (
        "IPv4"
    )
    client_token: ClientToken = ""
    dry_run: DryRun = False


@operation(
    PRIVATELINK,
    title="Modifies the attributes of an endpoint",
    access="update",
    resource="vpcendpoint/{EndpointId}",
    errors=(
        EndpointNotFound,
        EndpointOperationDenied,
        EndpointProtected,
        EndpointServiceDeleted,
        EndpointPolicyNotSupport,
    ),
    token="ClientToken",
)
def update_vpc_endpoint_attribute(tx: Tx, call: Call, request: UpdateVpcEndpointAttributeRequest) -> Reply:
    """Changes an endpoint that is Active; what is left out stays."""
    endpoint = active_endpoint(tx, call, request.region_id, request.endpoint_id)
    check_protection(call, endpoint)
    check_service_lives(tx, endpoint)
    if request.policy_document or request.reset_policy:
        raise EndpointPolicyNotSupport
    if request.address_ip_version != "IPv4":
        raise InvalidParameterValue(name="AddressIpVersion")
    check_name(request.endpoint_name or "")
    check_description("EndpointDescription", request.endpoint_description or "")
    changes = {
        "name": request.endpoint_name,
        "description": request.endpoint_description,
        "zone_affinity": request.zone_affinity_enabled,
    }
    given = {field: value for field, value in changes.items() if value is not None}
    change(tx, call, msgspec.structs.replace(endpoint, **given))
    return Reply()


class EndpointRequest(Request):
    region_id: RegionId
    endpoint_id: EndpointId


class DeleteVpcEndpointRequest(EndpointRequest):
    client_token: ClientToken = ""
    dry_run: DryRun = False


@operation(
    PRIVATELINK,
    title="Deletes an endpoint",
    access="delete",
    resource="vpcendpoint/{EndpointId}",
    errors=(EndpointNotFound, EndpointOperationDenied, EndpointProtected, EndpointDependenceViolation),
    token="ClientToken",
)
def delete_vpc_endpoint(tx: Tx, call: Call, request: DeleteVpcEndpointRequest) -> Reply:
    """Deletes an endpoint without zones, in whatever state its connection is."""
    endpoint = active_endpoint(tx, call, request.region_id, request.endpoint_id)
    check_protection(call, endpoint)
    if tx.children(EndpointZone, endpoint.id):
        raise EndpointDependenceViolation
    settle_at = call.now + call.pace
    tx.put(msgspec.structs.replace(connection_of(tx, endpoint), status=DELETING, modified=call.now))
    tx.put(msgspec.structs.replace(endpoint, status=DELETING, settle_at=settle_at))
    tx.schedule(endpoint)
    return Reply()


@operation(
    PRIVATELINK,
    title="Queries the attributes of an endpoint",
    access="get",
    resource="vpcendpoint/{EndpointId}",
    errors=(EndpointNotFound,),
)
def get_vpc_endpoint_attribute(tx: Reader, call: Call, request: EndpointRequest) -> views.EndpointReply:
    """One endpoint of the caller's, with the state of its connection."""
    return views.reply(tx, own_endpoint(tx, call, request.region_id, request.endpoint_id))


class ListVpcEndpointsRequest(Request):
    region_id: RegionId
    endpoint_id: Annotated[str, Param("Only this endpoint.", "ep-hp33b2e43fays7s8****")] = ""
    endpoint_name: Annotated[str, Param("Only endpoints of this name.", "test")] = ""
    endpoint_status: Annotated[
        str, Param("Only endpoints in this state.", "Active", enum=(CREATING, ACTIVE, PENDING, DELETING))
    ] = ""
    connection_status: Annotated[
        str, Param("Only endpoints whose connection is in this state.", "Disconnected", enum=CONNECTION_STATUSES)
    ] = ""
    endpoint_type: Annotated[
        str,
        Param("Only endpoints of this type.", "Interface", enum=("Interface", "Reverse", "GatewayLoadBalancer")),
    ] = ""
    service_name: Annotated[
        str,
        Param("Only this service's.", "com.aliyuncs.privatelink.cn-huhehaote.epsrv-hp3vpx8yqxblby3i****"),
    ] = ""
    service_region_id: Annotated[str, Param("The services' region; it is the endpoints'.", "cn-hangzhou")] = ""
    vpc_id: Annotated[str, Param("Only endpoints in this VPC.", "vpc-fdjkf789dfdfdfde****")] = ""
    address_ip_version: Annotated[
        str, Param("Only endpoints of this version; all are IPv4.", "IPv4", enum=("IPv4", "DualStack"))
    ] = ""
    resource_group_id: Annotated[str, Param("Only this resource group.", "rg-acfmy*****")] = ""
    tag: Annotated[tuple[TagShape, ...], Param("Only endpoints with all of these tags.")] = ()
    max_results: MaxResults = 50
    next_token: NextToken = ""


class ListVpcEndpointsReply(Reply):
    endpoints: tuple[views.EndpointView, ...]
    total_count: int
    max_results: int
    next_token: str | UnsetType = UNSET


@operation(PRIVATELINK, title="Queries endpoints", access="get", resource="vpcendpoint/*")
def list_vpc_endpoints(tx: Reader, call: Call, request: ListVpcEndpointsRequest) -> ListVpcEndpointsReply:
    """Lists the caller's endpoints in a region, oldest first, a page at a time."""
    place = page(request.max_results, request.next_token)
    if is_filtered(request):
        every = tx.each(VpcEndpoint, account=call.account, region=request.region_id)
        found = [one for one in every if _matches(tx, one, request)]
        total, entries = len(found), place.of(found)
    else:
        total = tx.count(VpcEndpoint, account=call.account, region=request.region_id)
        entries = tx.page(
            VpcEndpoint, account=call.account, region=request.region_id, offset=place.offset, limit=place.limit
        )
    return ListVpcEndpointsReply(
        endpoints=tuple(views.view(tx, one) for one in entries),
        total_count=total,
        max_results=place.limit,
        next_token=place.following(total),
    )


def _matches(tx: Reader, endpoint: VpcEndpoint, request: ListVpcEndpointsRequest) -> bool:
    exact = (
        (request.endpoint_id, endpoint.id),
        (request.endpoint_name, endpoint.name),
        (request.endpoint_status, endpoint.status),
        (request.endpoint_type, endpoint.type),
        (request.service_name, service_name(endpoint.service_id, endpoint.region)),
        (request.service_region_id, endpoint.region),
        (request.vpc_id, endpoint.parent),
        (request.address_ip_version, "IPv4"),
        (request.resource_group_id, endpoint.resource_group_id),
    )
    return (
        all(wanted in ("", actual) for wanted, actual in exact)
        and request.connection_status in ("", connection_of(tx, endpoint).status)
        and carries(endpoint.tags, request.tag)
    )
