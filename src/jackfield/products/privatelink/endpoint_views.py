"""Endpoints as the API shows them."""

from __future__ import annotations

from jackfield.products.operation import Reply, Shape
from jackfield.products.privatelink.domains import service_name
from jackfield.products.privatelink.own import connection_of
from jackfield.products.privatelink.resources import VpcEndpoint
from jackfield.products.privatelink.service_views import NORMAL
from jackfield.products.tags import TagShape, shown
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader


class EndpointFields(Shape):
    """What every reply says of an endpoint.

    :param resource_owner: whether service and endpoint belong to the same account.
    """

    endpoint_id: str
    endpoint_name: str
    endpoint_description: str
    endpoint_domain: str
    endpoint_status: str
    endpoint_business_status: str
    endpoint_type: str
    connection_status: str
    bandwidth: int
    service_id: str
    service_name: str
    service_region_id: str
    vpc_id: str
    region_id: str
    resource_group_id: str
    resource_owner: bool
    protected_enabled: bool
    zone_affinity_enabled: bool
    policy_document: str
    address_ip_version: str
    create_time: str


class EndpointReply(Reply, EndpointFields):
    """What GetVpcEndpointAttribute answers."""

    payer: str
    zone_private_ip_address_count: int = 1


class EndpointView(EndpointFields):
    """An endpoint as ListVpcEndpoints shows it."""

    tags: tuple[TagShape, ...]


def view(tx: Reader, endpoint: VpcEndpoint) -> EndpointView:
    connection = connection_of(tx, endpoint)
    return EndpointView(
        endpoint_id=endpoint.id,
        endpoint_name=endpoint.name,
        endpoint_description=endpoint.description,
        endpoint_domain=endpoint.domain,
        endpoint_status=endpoint.status,
        endpoint_business_status=NORMAL,
        endpoint_type=endpoint.type,
        connection_status=connection.status,
        bandwidth=connection.bandwidth,
        service_id=endpoint.service_id,
        service_name=service_name(endpoint.service_id, endpoint.region),
        service_region_id=connection.region,
        vpc_id=endpoint.parent,
        region_id=endpoint.region,
        resource_group_id=endpoint.resource_group_id,
        resource_owner=connection.account == endpoint.account,
        protected_enabled=endpoint.protected,
        zone_affinity_enabled=endpoint.zone_affinity,
        policy_document="",
        address_ip_version="IPv4",
        create_time=iso_second(endpoint.created),
        tags=shown(endpoint.tags),
    )


def reply(tx: Reader, endpoint: VpcEndpoint) -> EndpointReply:
    seen = view(tx, endpoint)
    fields = {field: getattr(seen, field) for field in seen.__struct_fields__ if field != "tags"}
    return EndpointReply(**fields, payer=endpoint.payer)
