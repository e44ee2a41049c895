"""ListVpcEndpointConnections: who is connected to the caller's services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import UNSET, UnsetType

from jackfield.products.filters import is_filtered
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.privatelink.endpoints import CONNECTION_STATUSES
from jackfield.products.privatelink.errors import EndpointServiceNotFound
from jackfield.products.privatelink.own import endpoint_of, own_service
from jackfield.products.privatelink.paging import NextToken, page
from jackfield.products.privatelink.parameters import RegionId
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.products.privatelink.resources import Connection, EndpointZone
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader


class ConnectedZone(Shape):
    """A zone as the service's owner sees it.

    :param resource_id: the load balancer that it leads to, or did last.
    :param replaced_resource_id: the one that connections from before a migration lead to.
    """

    zone_id: str
    zone_status: str
    zone_domain: str
    eni_id: str
    vswitch_id: str
    resource_id: str
    replaced_resource_id: str | UnsetType = UNSET


class ConnectionView(Shape):
    """A connection. ``ResourceOwner``: whether service and endpoint belong to the same account."""

    endpoint_id: str
    endpoint_owner_id: int
    endpoint_region_id: str
    endpoint_vpc_id: str
    service_id: str
    service_region_id: str
    connection_status: str
    bandwidth: int
    modified_time: str
    resource_owner: bool
    resource_group_id: str
    zones: tuple[ConnectedZone, ...]
    traffic_control_mode: str


class ListVpcEndpointConnectionsRequest(Request):
    region_id: RegionId
    service_id: Annotated[str, Param("Only this service's.", "epsrv-hp3vpx8yqxblby3i****")] = ""
    endpoint_id: Annotated[str, Param("Only this endpoint's.", "ep-hp33b2e43fays7s8****")] = ""
    endpoint_owner_id: Annotated[int, Param("Only endpoints of this account.", "25346073170691****")] = 0
    connection_status: Annotated[
        str, Param("Only connections in this state.", "Disconnected", enum=CONNECTION_STATUSES)
    ] = ""
    eni_id: Annotated[str, Param("Only the connection with this network interface.", "eni-hp32lk0pyv6o94hs****")] = ""
    resource_id: Annotated[str, Param("Only connections to this load balancer.", "nlb-hp32z1wp5peaoox2q****")] = ""
    replaced_resource_id: Annotated[
        str, Param("Only connections that are being migrated away from this load balancer.", "lb-hp32z1wp5pea****")
    ] = ""
    resource_group_id: Annotated[str, Param("Only endpoints of this resource group.", "rg-acfmy*****")] = ""
    max_results: Annotated[int, Param("Entries a page, up to 1000.", "50", range=(1, 1000))] = 50
    next_token: NextToken = ""


class ListVpcEndpointConnectionsReply(Reply):
    connections: tuple[ConnectionView, ...]
    total_count: str
    max_results: int
    next_token: str | UnsetType = UNSET


@operation(
    PRIVATELINK,
    title="Queries the endpoint connections of services",
    access="list",
    resource="vpcendpointservice/*",
    errors=(EndpointServiceNotFound,),
)
def list_vpc_endpoint_connections(
    tx: Reader, call: Call, request: ListVpcEndpointConnectionsRequest
) -> ListVpcEndpointConnectionsReply:
    """Lists the connections of one service of the caller's, or of all, whatever state they are in."""
    place = page(request.max_results, request.next_token)
    if is_filtered(request):
        every = (_view(tx, one) for one in _candidates(tx, call, request))
        found = [view for view in every if _matches(view, request)]
        total, connections = len(found), tuple(place.of(found))
    else:
        total = tx.count(Connection, account=call.account, region=request.region_id)
        entries = tx.page(
            Connection, account=call.account, region=request.region_id, offset=place.offset, limit=place.limit
        )
        connections = tuple(_view(tx, one) for one in entries)
    return ListVpcEndpointConnectionsReply(
        connections=connections,
        total_count=str(total),
        max_results=place.limit,
        next_token=place.following(total),
    )


def _candidates(tx: Reader, call: Call, request: ListVpcEndpointConnectionsRequest) -> Iterable[Connection]:
    if request.service_id:
        return tx.children(Connection, own_service(tx, call, request.region_id, request.service_id).id)
    return tx.each(Connection, account=call.account, region=request.region_id)


def _matches(view: ConnectionView, request: ListVpcEndpointConnectionsRequest) -> bool:
    return (
        request.endpoint_id in ("", view.endpoint_id)
        and request.endpoint_owner_id in (0, view.endpoint_owner_id)
        and request.connection_status in ("", view.connection_status)
        and request.resource_group_id in ("", view.resource_group_id)
        and (not request.eni_id or any(zone.eni_id == request.eni_id for zone in view.zones))
        and (not request.resource_id or any(zone.resource_id == request.resource_id for zone in view.zones))
        and (
            not request.replaced_resource_id
            or any(zone.replaced_resource_id == request.replaced_resource_id for zone in view.zones)
        )
    )


def _view(tx: Reader, connection: Connection) -> ConnectionView:
    endpoint = endpoint_of(tx, connection)
    return ConnectionView(
        endpoint_id=connection.id,
        endpoint_owner_id=int(connection.endpoint_account),
        endpoint_region_id=endpoint.region,
        endpoint_vpc_id=endpoint.parent,
        service_id=connection.parent,
        service_region_id=connection.region,
        connection_status=connection.status,
        bandwidth=connection.bandwidth,
        modified_time=iso_second(connection.modified),
        resource_owner=connection.account == connection.endpoint_account,
        resource_group_id=endpoint.resource_group_id,
        traffic_control_mode=connection.traffic_control,
        zones=tuple(
            ConnectedZone(
                zone_id=zone.zone_id,
                zone_status=zone.status,
                zone_domain=zone.domain,
                eni_id=zone.eni_id,
                vswitch_id=zone.vswitch_id,
                resource_id=zone.resource_id,
                replaced_resource_id=zone.replaced_resource_id or UNSET,
            )
            for zone in tx.children(EndpointZone, connection.id)
        ),
    )
