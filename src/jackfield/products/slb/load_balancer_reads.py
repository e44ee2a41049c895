"""DescribeLoadBalancerAttribute and DescribeLoadBalancers."""

from __future__ import annotations

import json
from typing import Annotated, Any

import msgspec

from jackfield.products.filters import is_filtered
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.slb.errors import InvalidValue, LoadBalancerNotFound
from jackfield.products.slb.product import SLB
from jackfield.products.slb.resources import BackendServer, Listener, LoadBalancer, VServerGroup
from jackfield.products.slb.shapes import (
    LoadBalancerRequest,
    RegionId,
    ShownTags,
    WantedTags,
    own_load_balancer,
    shown_tags,
)
from jackfield.products.tags import TagShape, carries
from jackfield.products.times import iso_minute
from jackfield.store.interface import Reader

MAX_WANTED = 10
"""Ids or names in one call."""


class LoadBalancerFields(Shape):
    """What both replies say of a load balancer."""

    load_balancer_id: str
    load_balancer_name: str
    load_balancer_status: str
    load_balancer_spec: str
    address: str
    address_type: str
    address_ip_version: str = msgspec.field(name="AddressIPVersion")
    network_type: str
    vpc_id: str
    vswitch_id: str
    region_id: str
    region_id_alias: str
    master_zone_id: str
    slave_zone_id: str
    bandwidth: int
    internet_charge_type: str
    instance_charge_type: str
    pay_type: str
    create_time: str
    create_time_stamp: int
    delete_protection: str
    modification_protection_status: str
    modification_protection_reason: str
    resource_group_id: str
    tags: ShownTags


class LoadBalancerView(LoadBalancerFields, kw_only=True):
    """A load balancer as DescribeLoadBalancers shows it."""

    internet_charge_type_alias: str


class LoadBalancerList(Shape):
    load_balancer: tuple[LoadBalancerView, ...]


class PortList(Shape):
    listener_port: tuple[int, ...]


class PortAndProtocal(Shape):
    """The name is the vendor's spelling; ListenerPortsAndProtocol says it once more."""

    listener_port: int
    listener_protocal: str


class PortsAndProtocal(Shape):
    listener_port_and_protocal: tuple[PortAndProtocal, ...]


class PortAndProtocol(Shape):
    listener_port: int
    listener_protocol: str
    description: str


class PortsAndProtocol(Shape):
    listener_port_and_protocol: tuple[PortAndProtocol, ...]


class ServerView(Shape):
    server_id: str
    server_ip: str
    type: str
    weight: int
    description: str


class ServerList(Shape):
    backend_server: tuple[ServerView, ...]


class DescribeLoadBalancerAttributeReply(Reply, LoadBalancerFields, kw_only=True):
    listener_ports: PortList
    listener_ports_and_protocal: PortsAndProtocal
    listener_ports_and_protocol: PortsAndProtocol
    backend_servers: ServerList


@operation(
    SLB,
    title="Queries a load balancer",
    access="get",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(LoadBalancerNotFound,),
)
def describe_load_balancer_attribute(
    tx: Reader, call: Call, request: LoadBalancerRequest
) -> DescribeLoadBalancerAttributeReply:
    """One load balancer with its listeners' ports and its own servers."""
    load_balancer = own_load_balancer(tx, call, request.load_balancer_id, request.region_id)
    listeners = sorted(tx.children(Listener, load_balancer.id), key=lambda one: one.port)
    servers = sorted(tx.children(BackendServer, load_balancer.id), key=lambda one: one.id)
    return DescribeLoadBalancerAttributeReply(
        **_fields(load_balancer),
        listener_ports=PortList(listener_port=tuple(one.port for one in listeners)),
        listener_ports_and_protocal=PortsAndProtocal(
            listener_port_and_protocal=tuple(
                PortAndProtocal(listener_port=one.port, listener_protocal="tcp") for one in listeners
            )
        ),
        listener_ports_and_protocol=PortsAndProtocol(
            listener_port_and_protocol=tuple(
                PortAndProtocol(listener_port=one.port, listener_protocol="tcp", description=one.description)
                for one in listeners
            )
        ),
        backend_servers=ServerList(
            backend_server=tuple(
                ServerView(
                    server_id=one.server_id,
                    server_ip=one.address,
                    type=one.type,
                    weight=one.weight,
                    description=one.description,
                )
                for one in servers
            )
        ),
    )


class DescribeLoadBalancersRequest(Request):
    region_id: RegionId
    load_balancer_id: Annotated[str, Param("Only these, separated by commas; up to 10.", "lb-bp1b6c7****")] = ""
    load_balancer_name: Annotated[str, Param("Only of these names, separated by commas; up to 10.", "test")] = ""
    load_balancer_status: Annotated[str, Param("Only of this status.", "active")] = ""
    address: Annotated[str, Param("Only with this address.", "192.168.0.9")] = ""
    address_type: Annotated[str, Param("Only of this type; all are intranet.", "intranet")] = ""
    address_ip_version: Annotated[str, Param("Only of this version; all are ipv4.", "ipv4")] = msgspec.field(
        default="", name="AddressIPVersion"
    )
    network_type: Annotated[str, Param("Only of this kind of network; all are vpc.", "vpc")] = ""
    internet_charge_type: Annotated[str, Param("Only so charged.", "paybytraffic")] = ""
    pay_type: Annotated[str, Param("Only so paid; all are PayOnDemand.", "PayOnDemand")] = ""
    vpc_id: Annotated[str, Param("Only of this VPC.", "vpc-bp1aevy8sofi8mh1****")] = ""
    vswitch_id: Annotated[str, Param("Only of this vSwitch.", "vsw-bp12mw1f8k3jgy****")] = ""
    master_zone_id: Annotated[str, Param("Only with this primary zone.", "cn-hangzhou-h")] = ""
    slave_zone_id: Annotated[str, Param("Only with this secondary zone.", "cn-hangzhou-i")] = ""
    server_id: Annotated[str, Param("Only with this server.", "eni-bp1b6c719****")] = ""
    server_intranet_address: Annotated[
        str, Param("Only with a server at one of these addresses, separated by commas.", "10.0.0.4")
    ] = ""
    resource_group_id: Annotated[str, Param("Only of this resource group.", "rg-atstuj3rto****")] = ""
    tag: WantedTags = ()
    tags: Annotated[str, Param("The same as a JSON list of TagKey and TagValue.", "[]")] = ""
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 1_000_000), invalid=InvalidValue)] = 1
    page_size: Annotated[int, Param("Entries a page, up to 100.", "50", range=(1, 100), invalid=InvalidValue)] = 50


class DescribeLoadBalancersReply(Reply):
    load_balancers: LoadBalancerList
    page_number: int
    page_size: int
    total_count: int


@operation(SLB, title="Queries load balancers", access="list", resource="loadbalancer/*", errors=(InvalidValue,))
def describe_load_balancers(
    tx: Reader, call: Call, request: DescribeLoadBalancersRequest
) -> DescribeLoadBalancersReply:
    """Lists the caller's load balancers in a region, oldest first, a page at a time."""
    offset = (request.page_number - 1) * request.page_size
    if is_filtered(request):
        found = _matching(tx, call, request)
        total, page = len(found), found[offset : offset + request.page_size]
    else:
        total = tx.count(LoadBalancer, account=call.account, region=request.region_id)
        page = list(
            tx.page(
                LoadBalancer, account=call.account, region=request.region_id, offset=offset, limit=request.page_size
            )
        )
    return DescribeLoadBalancersReply(
        load_balancers=LoadBalancerList(
            load_balancer=tuple(
                LoadBalancerView(**_fields(one), internet_charge_type_alias=one.internet_charge_type) for one in page
            )
        ),
        page_number=request.page_number,
        page_size=request.page_size,
        total_count=total,
    )


def _matching(tx: Reader, call: Call, request: DescribeLoadBalancersRequest) -> list[LoadBalancer]:
    ids = _wanted("LoadBalancerId", request.load_balancer_id)
    names = _wanted("LoadBalancerName", request.load_balancer_name)
    tags = (*request.tag, *_tags(request.tags))
    return [
        one
        for one in tx.each(LoadBalancer, account=call.account, region=request.region_id)
        if (not ids or one.id in ids)
        and (not names or one.name in names)
        and request.load_balancer_status in ("", one.shown_status)
        and request.address in ("", one.address)
        and request.address_type in ("", "intranet")
        and request.address_ip_version in ("", "ipv4")
        and request.network_type in ("", "vpc")
        and request.internet_charge_type in ("", one.internet_charge_type)
        and request.pay_type in ("", "PayOnDemand")
        and request.vpc_id in ("", one.vpc_id)
        and request.vswitch_id in ("", one.vswitch_id)
        and request.master_zone_id in ("", one.master_zone_id)
        and request.slave_zone_id in ("", one.slave_zone_id)
        and request.resource_group_id in ("", one.resource_group_id)
        and carries(one.tags, tags)
        and _has_server(tx, one, request)
    ]


def _has_server(tx: Reader, one: LoadBalancer, request: DescribeLoadBalancersRequest) -> bool:
    if not request.server_id and not request.server_intranet_address:
        return True
    addresses = request.server_intranet_address.split(",")
    parents = (one.id, *(group.id for group in tx.children(VServerGroup, one.id)))
    return any(
        request.server_id in ("", server.server_id)
        and (not request.server_intranet_address or server.address in addresses)
        for parent in parents
        for server in tx.children(BackendServer, parent)
    )


def _wanted(parameter: str, text: str) -> frozenset[str]:
    found = frozenset(text.split(",")) if text else frozenset()
    if len(found) > MAX_WANTED:
        raise InvalidValue(name=parameter)
    return found


def _tags(text: str) -> list[TagShape]:
    try:
        listed = json.loads(text) if text else []
        return [TagShape(key=str(one["TagKey"]), value=str(one.get("TagValue", ""))) for one in listed]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InvalidValue(name="Tags") from None


def _fields(one: LoadBalancer) -> dict[str, Any]:
    return {
        "load_balancer_id": one.id,
        "load_balancer_name": one.name,
        "load_balancer_status": one.shown_status,
        "load_balancer_spec": one.spec,
        "address": one.address,
        "address_type": "intranet",
        "address_ip_version": "ipv4",
        "network_type": "vpc",
        "vpc_id": one.vpc_id,
        "vswitch_id": one.vswitch_id,
        "region_id": one.region,
        "region_id_alias": one.region,
        "master_zone_id": one.master_zone_id,
        "slave_zone_id": one.slave_zone_id,
        "bandwidth": one.bandwidth,
        "internet_charge_type": one.internet_charge_type,
        "instance_charge_type": one.instance_charge_type,
        "pay_type": "PayOnDemand",
        "create_time": iso_minute(one.created),
        "create_time_stamp": int(one.created * 1000),
        "delete_protection": "on" if one.protected else "off",
        "modification_protection_status": "ConsoleProtection" if one.locked else "NonProtection",
        "modification_protection_reason": one.lock_reason,
        "resource_group_id": one.resource_group_id,
        "tags": shown_tags(one.tags),
    }
