"""Services as the API shows them."""

from __future__ import annotations

import msgspec

from jackfield.products.operation import Reply, Shape
from jackfield.products.privatelink.domains import service_domain, service_name
from jackfield.products.privatelink.resources import EndpointService, ServiceResource
from jackfield.products.tags import TagShape, shown
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader

NORMAL = "Normal"
"""The business status of everything: nobody owes anything here."""

MIN_BANDWIDTH = 1
"""Mbit/s of a connection at least. The vendor's prose says 100 and its metadata 0; a slow link is worth trying."""

MOST_RESOURCES_A_CALL = 10


def max_bandwidth(service: EndpointService) -> int:
    """Mbit/s of a connection at most: 25 Gbit/s through an nlb, else 10 (UpdateVpcEndpointConnectionAttribute
    documents).
    """
    return 25600 if service.resource_type == "nlb" else 10240


def zones_of(tx: Reader, service: EndpointService) -> tuple[str, ...]:
    """The zones in which a service has load balancers."""
    return tuple(sorted({one.zone_id for one in tx.children(ServiceResource, service.id)}))


class ServiceFields(Shape):
    """What every reply says of a service to its owner."""

    service_id: str
    service_name: str
    service_domain: str
    service_status: str
    service_business_status: str
    service_description: str
    service_type: str
    service_resource_type: str
    service_support_ipv6: bool = msgspec.field(name="ServiceSupportIPv6")
    auto_accept_enabled: bool
    zone_affinity_enabled: bool
    connect_bandwidth: int
    min_bandwidth: int
    max_bandwidth: int
    address_ip_version: str
    payer: str
    region_id: str
    resource_group_id: str
    create_time: str


class ServiceReply(Reply, ServiceFields):
    """What GetVpcEndpointServiceAttribute answers."""

    zones: tuple[str, ...]


class ServiceView(ServiceFields):
    """A service as ListVpcEndpointServices shows it."""

    tags: tuple[TagShape, ...]


class OfferedService(Shape):
    """A service as those see it who may use it."""

    service_id: str
    service_name: str
    service_domain: str
    service_type: str
    service_resource_type: str
    service_support_ipv6: bool = msgspec.field(name="ServiceSupportIPv6")
    auto_accept_enabled: bool
    zone_affinity_enabled: bool
    address_ip_version: str
    payer: str
    resource_group_id: str
    zones: tuple[str, ...]
    tags: tuple[TagShape, ...]
    vpc_endpoint_policy_supported: bool = False


def view(service: EndpointService) -> ServiceView:
    return ServiceView(
        service_id=service.id,
        service_name=service_name(service.id, service.region),
        service_domain=service_domain(service.id, service.region),
        service_status=service.status,
        service_business_status=NORMAL,
        service_description=service.description,
        service_type=service.type,
        service_resource_type=service.resource_type,
        service_support_ipv6=False,
        auto_accept_enabled=service.auto_accept,
        zone_affinity_enabled=service.zone_affinity,
        connect_bandwidth=service.connect_bandwidth,
        min_bandwidth=MIN_BANDWIDTH,
        max_bandwidth=max_bandwidth(service),
        address_ip_version="IPv4",
        payer=service.payer,
        region_id=service.region,
        resource_group_id=service.resource_group_id,
        create_time=iso_second(service.created),
        tags=shown(service.tags),
    )


def reply(tx: Reader, service: EndpointService) -> ServiceReply:
    seen = view(service)
    fields = {field: getattr(seen, field) for field in seen.__struct_fields__ if field != "tags"}
    return ServiceReply(**fields, zones=zones_of(tx, service))


def offered(tx: Reader, service: EndpointService) -> OfferedService:
    seen = view(service)
    fields = {field: getattr(seen, field) for field in OfferedService.__struct_fields__ if hasattr(seen, field)}
    return OfferedService(**fields, zones=zones_of(tx, service))
