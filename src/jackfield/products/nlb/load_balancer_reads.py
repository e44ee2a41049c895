"""GetLoadBalancerAttribute and ListLoadBalancers."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.products.filters import is_filtered
from jackfield.products.nlb.checks import own_load_balancer
from jackfield.products.nlb.errors import IllegalParam, LoadBalancerNotFound, MissingParam
from jackfield.products.nlb.product import NLB
from jackfield.products.nlb.resources import LoadBalancer, zone_endpoint_id
from jackfield.products.nlb.shapes import (
    DetailTag,
    DryRun,
    LoadBalancerId,
    Page,
    PageReply,
    RegionId,
    WantedTags,
    check_ids,
    detail_tags,
    next_token,
    page_of,
)
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.tags import TagShape, carries, shown
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader

MAX_VPCS = 10
"""In one call of ListLoadBalancers."""


class AddressView(Shape):
    """There are no public addresses here, so ``AllocationId`` and ``PublicIPv4Address`` are left out."""

    private_ipv4_address: str = msgspec.field(name="PrivateIPv4Address")
    eni_id: str


class ZoneView(Shape):
    zone_id: str
    vswitch_id: str
    status: str
    load_balancer_addresses: tuple[AddressView, ...]


class DeletionProtectionView(Shape):
    enabled: bool
    enabled_time: str | msgspec.UnsetType
    reason: str


class ModificationProtectionView(Shape):
    status: str
    enabled_time: str | msgspec.UnsetType
    reason: str


class BillingView(Shape):
    pay_type: str = "PostPay"


class Lock(Shape):
    lock_type: str
    lock_reason: str


class LoadBalancerView(Shape):
    """A load balancer as ListLoadBalancers shows it."""

    load_balancer_id: str
    load_balancer_name: str
    load_balancer_status: str
    region_id: str
    vpc_id: str
    dns_name: str = msgspec.field(name="DNSName")
    address_type: str
    create_time: str
    cross_zone_enabled: bool
    zone_mappings: tuple[ZoneView, ...]
    security_group_ids: tuple[str, ...]
    deletion_protection_config: DeletionProtectionView
    modification_protection_config: ModificationProtectionView
    resource_group_id: str
    tags: tuple[TagShape, ...]
    address_ip_version: str = "ipv4"
    load_balancer_type: str = "network"
    load_balancer_business_status: str = "Normal"
    load_balancer_billing_config: BillingView = msgspec.field(default_factory=BillingView)
    operation_locks: tuple[Lock, ...] = ()


class GetLoadBalancerAttributeRequest(Request):
    load_balancer_id: LoadBalancerId
    region_id: RegionId = ""
    dry_run: DryRun = False


class GetLoadBalancerAttributeReply(Reply):
    load_balancer_id: str
    load_balancer_name: str
    load_balancer_status: str
    region_id: str
    vpc_id: str
    dns_name: str = msgspec.field(name="DNSName")
    address_type: str
    create_time: str
    cross_zone_enabled: bool
    cps: int
    zone_mappings: tuple[ZoneView, ...]
    security_group_ids: tuple[str, ...]
    deletion_protection_config: DeletionProtectionView
    modification_protection_config: ModificationProtectionView
    resource_group_id: str
    tags: tuple[DetailTag, ...]
    address_ip_version: str
    load_balancer_type: str
    load_balancer_business_status: str
    load_balancer_billing_config: BillingView
    operation_locks: tuple[Lock, ...]


@operation(
    NLB,
    title="Queries a load balancer",
    access="get",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(MissingParam, IllegalParam, LoadBalancerNotFound),
)
def get_load_balancer_attribute(
    tx: Reader, call: Call, request: GetLoadBalancerAttributeRequest
) -> GetLoadBalancerAttributeReply:
    """One load balancer with its zones and their addresses."""
    load_balancer = own_load_balancer(tx, call, request.load_balancer_id, request.region_id)
    view = _view(tx, load_balancer)
    fields: dict[str, Any] = {name: getattr(view, name) for name in view.__struct_fields__ if name != "tags"}
    return GetLoadBalancerAttributeReply(**fields, cps=load_balancer.cps, tags=detail_tags(load_balancer.tags))


class ListLoadBalancersRequest(Page):
    region_id: RegionId = ""
    load_balancer_ids: Annotated[tuple[str, ...], Param("Only these; up to 20.", invalid=IllegalParam)] = ()
    load_balancer_names: Annotated[tuple[str, ...], Param("Only of these names; up to 20.", invalid=IllegalParam)] = ()
    load_balancer_status: Annotated[str, Param("Only in this state.", "Active")] = ""
    load_balancer_business_status: Annotated[str, Param("Only with this; all are Normal.", "Normal")] = ""
    load_balancer_type: Annotated[str, Param("Only of this type; all are network.", "network")] = ""
    address_type: Annotated[str, Param("Only of this type.", "Intranet")] = ""
    address_ip_version: Annotated[str, Param("Only of this version; all are ipv4.", "ipv4")] = ""
    ipv6_address_type: Annotated[str, Param("Only of this type of IPv6 address; none has one.", "Intranet")] = (
        msgspec.field(default="", name="Ipv6AddressType")
    )
    dns_name: Annotated[str, Param("Only of this name.", "nlb-wb7r6dlwetvt5j****.cn-hangzhou.nlb.aliyuncs.com")] = (
        msgspec.field(default="", name="DNSName")
    )
    vpc_ids: Annotated[tuple[str, ...], Param("Only of these VPCs; up to 10.", invalid=IllegalParam)] = ()
    zone_id: Annotated[str, Param("Only in this zone.", "cn-hangzhou-h")] = ""
    resource_group_id: Annotated[str, Param("Only of this resource group.", "rg-atstuj3rtop****")] = ""
    tag: WantedTags = ()


class ListLoadBalancersReply(PageReply):
    load_balancers: tuple[LoadBalancerView, ...]


@operation(NLB, title="Queries load balancers", access="list", resource="loadbalancer/*", errors=(IllegalParam,))
def list_load_balancers(tx: Reader, call: Call, request: ListLoadBalancersRequest) -> ListLoadBalancersReply:
    """Lists the caller's load balancers, oldest first, a page at a time."""
    region = request.region_id or call.region
    matching = (lambda: _matching(tx, call, request, region)) if is_filtered(request) else None
    page, total = page_of(tx, call, LoadBalancer, request, region, matching)
    return ListLoadBalancersReply(
        load_balancers=tuple(_view(tx, load_balancer) for load_balancer in page),
        max_results=request.max_results,
        next_token=next_token(request, total),
        total_count=total,
    )


def _matching(tx: Reader, call: Call, request: ListLoadBalancersRequest, region: str) -> list[LoadBalancer]:
    ids = check_ids("LoadBalancerIds", request.load_balancer_ids)
    names = check_ids("LoadBalancerNames", request.load_balancer_names)
    vpcs = check_ids("VpcIds", request.vpc_ids, MAX_VPCS)
    found = (tx.get(LoadBalancer, id) for id in dict.fromkeys(request.load_balancer_ids))
    candidates = [one for one in found if one] if ids else tx.each(LoadBalancer, account=call.account, region=region)
    return [
        one
        for one in candidates
        if one.account == call.account
        and one.region == region
        and (not names or one.name in names)
        and (not vpcs or one.vpc_id in vpcs)
        and request.load_balancer_status in ("", one.status)
        and request.load_balancer_business_status in ("", "Normal")
        and request.load_balancer_type.lower() in ("", "network")
        and request.address_type in ("", one.address_type)
        and request.address_ip_version.lower() in ("", "ipv4")
        and not request.ipv6_address_type
        and request.dns_name in ("", one.dns_name)
        and (not request.zone_id or any(zone.zone_id == request.zone_id for zone in one.zones))
        and request.resource_group_id in ("", one.resource_group_id)
        and carries(one.tags, request.tag)
    ]


def _view(tx: Reader, one: LoadBalancer) -> LoadBalancerView:
    return LoadBalancerView(
        load_balancer_id=one.id,
        load_balancer_name=one.name,
        load_balancer_status=one.status,
        region_id=one.region,
        vpc_id=one.vpc_id,
        dns_name=one.dns_name,
        address_type=one.address_type,
        create_time=iso_second(one.created),
        cross_zone_enabled=one.cross_zone,
        zone_mappings=_zones(tx, one),
        security_group_ids=one.security_group_ids,
        deletion_protection_config=DeletionProtectionView(
            enabled=one.protected,
            enabled_time=iso_second(one.protected_since) if one.protected else msgspec.UNSET,
            reason=one.protection_reason,
        ),
        modification_protection_config=ModificationProtectionView(
            status="ConsoleProtection" if one.locked else "NonProtection",
            enabled_time=iso_second(one.locked_since) if one.locked else msgspec.UNSET,
            reason=one.lock_reason,
        ),
        resource_group_id=one.resource_group_id,
        tags=shown(one.tags),
    )


def _zones(tx: Reader, one: LoadBalancer) -> tuple[ZoneView, ...]:
    endpoints = {endpoint.id: endpoint for endpoint in tx.children(Endpoint, one.id)}
    views = []
    for zone in one.zones:
        endpoint = endpoints.get(zone_endpoint_id(one.id, zone.zone_id))
        address = AddressView(private_ipv4_address=endpoint.vpc_address, eni_id=zone.eni_id) if endpoint else None
        views.append(
            ZoneView(
                zone_id=zone.zone_id,
                vswitch_id=zone.vswitch_id,
                status="Active" if endpoint and endpoint.status == "Serving" else "Starting",
                load_balancer_addresses=(address,) if address else (),
            )
        )
    return tuple(views)
