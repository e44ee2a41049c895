"""The zones of an endpoint: added, removed and listed by the endpoint's owner."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.privatelink.errors import (
    EndpointConnectionOperationDenied,
    EndpointNotFound,
    EndpointOperationDenied,
    EndpointProtected,
    EndpointServiceDeleted,
    EndpointZoneNotFound,
    QuotaMisMatched,
)
from jackfield.products.privatelink.links import remove_zone
from jackfield.products.privatelink.own import (
    active_endpoint,
    change,
    check_protection,
    check_service_lives,
    own_endpoint,
)
from jackfield.products.privatelink.paging import MaxResults, NextToken, page
from jackfield.products.privatelink.parameters import ClientToken, DryRun, EndpointId, RegionId, ZoneId
from jackfield.products.privatelink.placing import ERRORS as PLACING
from jackfield.products.privatelink.placing import MAX_ZONES, place_in_zone
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.products.privatelink.resources import EndpointZone, zone_key
from jackfield.products.privatelink.states import DARK, UP
from jackfield.store.interface import Reader, Tx


class AddZoneToVpcEndpointRequest(Request):
    region_id: RegionId
    endpoint_id: EndpointId
    zone_id: ZoneId
    vswitch_id: Annotated[str, Param("A vSwitch of the VPC in the zone.", "vsw-hjkshjvdkdvd****")]
    ip: Annotated[str, Param("An address of the vSwitch; left out: any.", "192.168.0.32")] = msgspec.field(
        name="ip", default=""
    )
    ipv6_address: Annotated[str, Param("Refused: vSwitches have no IPv6 block.", "2408:4003:10bb:6a10::1")] = ""
    client_token: ClientToken = ""
    dry_run: DryRun = False


@operation(
    PRIVATELINK,
    title="Adds a zone to an endpoint",
    access="create",
    resource="vpcendpoint/{EndpointId}",
    errors=(
        EndpointNotFound,
        EndpointOperationDenied,
        EndpointProtected,
        EndpointServiceDeleted,
        QuotaMisMatched,
        *PLACING,
    ),
    token="ClientToken",
)
def add_zone_to_vpc_endpoint(tx: Tx, call: Call, request: AddZoneToVpcEndpointRequest) -> Reply:
    """Gives an endpoint an address in a zone where the service has a load balancer.

    The zone waits until the endpoint's connection is enabled, and is connected at once where it is already.
    """
    endpoint = active_endpoint(tx, call, request.region_id, request.endpoint_id)
    check_protection(call, endpoint)
    check_service_lives(tx, endpoint)
    if len(tx.children(EndpointZone, endpoint.id)) >= MAX_ZONES:
        raise QuotaMisMatched
    place_in_zone(
        tx,
        call,
        endpoint,
        zone=request.zone_id,
        vswitch=request.vswitch_id,
        ip=request.ip,
        ipv6=request.ipv6_address,
    )
    change(tx, call, endpoint)
    return Reply()


class RemoveZoneFromVpcEndpointRequest(Request):
    region_id: RegionId
    endpoint_id: EndpointId
    zone_id: ZoneId
    client_token: ClientToken = ""
    dry_run: DryRun = False


@operation(
    PRIVATELINK,
    title="Removes a zone from an endpoint",
    access="update",
    resource="vpcendpoint/{EndpointId}",
    errors=(
        EndpointNotFound,
        EndpointOperationDenied,
        EndpointProtected,
        EndpointZoneNotFound,
        EndpointConnectionOperationDenied,
    ),
    token="ClientToken",
)
def remove_zone_from_vpc_endpoint(tx: Tx, call: Call, request: RemoveZoneFromVpcEndpointRequest) -> Reply:
    """Takes an endpoint out of a zone whose connection is not being worked on: its clients there are cut off."""
    endpoint = active_endpoint(tx, call, request.region_id, request.endpoint_id)
    check_protection(call, endpoint)
    zone = tx.get(EndpointZone, zone_key(endpoint.id, request.zone_id))
    if zone is None:
        raise EndpointZoneNotFound
    if zone.status not in (*UP, *DARK):
        raise EndpointConnectionOperationDenied
    remove_zone(tx, endpoint, zone, call.now + call.pace)
    change(tx, call, endpoint)
    return Reply()


class ZoneView(Shape):
    """A zone as its owner sees it."""

    zone_id: str
    zone_status: str
    zone_domain: str
    region_id: str
    vswitch_id: str
    eni_id: str
    eni_ip: str


class ListVpcEndpointZonesRequest(Request):
    region_id: RegionId
    endpoint_id: EndpointId
    max_results: MaxResults = 50
    next_token: NextToken = ""


class ListVpcEndpointZonesReply(Reply):
    zones: tuple[ZoneView, ...]
    total_count: int
    max_results: int
    next_token: str | UnsetType = UNSET


@operation(
    PRIVATELINK,
    title="Queries the zones of an endpoint",
    access="get",
    resource="vpcendpoint/{EndpointId}",
    errors=(EndpointNotFound,),
)
def list_vpc_endpoint_zones(tx: Reader, call: Call, request: ListVpcEndpointZonesRequest) -> ListVpcEndpointZonesReply:
    """Lists an endpoint's zones, with the state of each one's connection."""
    endpoint = own_endpoint(tx, call, request.region_id, request.endpoint_id)
    zones = tx.children(EndpointZone, endpoint.id)
    place = page(request.max_results, request.next_token)
    return ListVpcEndpointZonesReply(
        zones=tuple(
            ZoneView(
                zone_id=zone.zone_id,
                zone_status=zone.status,
                zone_domain=zone.domain,
                region_id=zone.region,
                vswitch_id=zone.vswitch_id,
                eni_id=zone.eni_id,
                eni_ip=zone.address,
            )
            for zone in place.of(zones)
        ),
        total_count=len(zones),
        max_results=place.limit,
        next_token=place.following(len(zones)),
    )
