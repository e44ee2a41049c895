"""DescribeLoadBalancerTCPListenerAttribute and DescribeLoadBalancerListeners."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.products.next_token import NoToken, offset_of, token_for
from jackfield.products.nlb.states import DELETING, STOPPING
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.slb.errors import InvalidValue, ListenerNotThere, LoadBalancerNotFound
from jackfield.products.slb.listeners import SCHEDULERS, SERVERS_PORT
from jackfield.products.slb.product import SLB
from jackfield.products.slb.resources import Listener, listener_key
from jackfield.products.slb.shapes import (
    ListenerPort,
    LoadBalancerRequest,
    RegionId,
    ShownTag,
    ShownTags,
    WantedTags,
    own_load_balancer,
    shown_tags,
)
from jackfield.products.tags import carries
from jackfield.store.interface import Reader

MAX_LOAD_BALANCERS = 10
"""In one call of DescribeLoadBalancerListeners."""

_NAMES = {ours: theirs for theirs, ours in SCHEDULERS.items()}


class CheckView(Shape):
    """A listener's checks and timeouts, as both replies have them."""

    health_check: str
    health_check_type: str
    health_check_connect_port: int
    health_check_connect_timeout: int
    health_check_interval: int
    healthy_threshold: int
    unhealthy_threshold: int
    persistence_timeout: int
    established_timeout: int
    connection_drain: str
    connection_drain_timeout: int | UnsetType


class DescribeLoadBalancerTCPListenerAttributeRequest(LoadBalancerRequest, kw_only=True):
    listener_port: ListenerPort


class DescribeLoadBalancerTCPListenerAttributeReply(Reply, CheckView, kw_only=True):
    load_balancer_id: str
    listener_port: int
    backend_server_port: int | UnsetType
    status: str
    bandwidth: int
    scheduler: str
    description: str
    vserver_group_id: str | UnsetType
    tags: ShownTags
    acl_status: str = "off"
    syn_proxy: str = "disable"
    proxy_protocol_v2_enabled: bool = msgspec.field(default=False, name="ProxyProtocolV2Enabled")


@operation(
    SLB,
    name="DescribeLoadBalancerTCPListenerAttribute",
    title="Queries a TCP listener",
    access="get",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(LoadBalancerNotFound, InvalidValue, ListenerNotThere),
)
def describe_load_balancer_tcp_listener_attribute(
    tx: Reader, call: Call, request: DescribeLoadBalancerTCPListenerAttributeRequest
) -> DescribeLoadBalancerTCPListenerAttributeReply:
    """One listener."""
    load_balancer = own_load_balancer(tx, call, request.load_balancer_id, request.region_id)
    one = tx.get(Listener, listener_key(load_balancer.id, request.listener_port))
    if one is None:
        raise ListenerNotThere
    return DescribeLoadBalancerTCPListenerAttributeReply(
        **msgspec.structs.asdict(_check(one)),
        load_balancer_id=one.parent,
        listener_port=one.port,
        backend_server_port=UNSET if one.group_id else one.backend_port,
        status=shown_status(one),
        bandwidth=one.bandwidth,
        scheduler=_NAMES[one.scheduler],
        description=one.description,
        vserver_group_id=one.group_id or UNSET,
        tags=shown_tags(one.tags),
    )


class TcpConfig(CheckView, kw_only=True):
    proxy_protocol_v2_enabled: str = msgspec.field(default="false", name="ProxyProtocolV2Enabled")


class ListenerView(Shape):
    load_balancer_id: str
    listener_port: int
    listener_protocol: str
    status: str
    backend_server_port: int | UnsetType
    bandwidth: int
    scheduler: str
    description: str
    vserver_group_id: str | UnsetType
    tcp_listener_config: TcpConfig = msgspec.field(name="TCPListenerConfig")
    tags: tuple[ShownTag, ...]
    acl_status: str = "off"
    acl_ids: tuple[str, ...] = ()


class DescribeLoadBalancerListenersRequest(Request):
    region_id: RegionId = ""
    load_balancer_id: Annotated[tuple[str, ...], Param("Only of these; up to 10.")] = ()
    listener_port: Annotated[
        int | None, Param("Only of this port.", "6379", range=(1, 65535), invalid=InvalidValue)
    ] = None
    listener_protocol: Annotated[str, Param("Only of this protocol; all are tcp.", "tcp")] = ""
    description: Annotated[str, Param("Only of this description.", "tcp_6379")] = ""
    tag: WantedTags = ()
    max_results: Annotated[int, Param("Entries a page, up to 100.", "20", range=(1, 100), invalid=InvalidValue)] = 20
    next_token: Annotated[str, Param("What the page before ended with.", "ZnJvbSAyMA==")] = ""


class DescribeLoadBalancerListenersReply(Reply):
    listeners: tuple[ListenerView, ...]
    max_results: int
    next_token: str
    total_count: int


@operation(SLB, title="Queries listeners", access="list", resource="loadbalancer/*", errors=(InvalidValue,))
def describe_load_balancer_listeners(
    tx: Reader, call: Call, request: DescribeLoadBalancerListenersRequest
) -> DescribeLoadBalancerListenersReply:
    """Lists the caller's listeners in a region, oldest first, a page at a time."""
    if len(request.load_balancer_id) > MAX_LOAD_BALANCERS:
        raise InvalidValue(name="LoadBalancerId")
    try:
        offset = offset_of(request.next_token)
    except NoToken:
        raise InvalidValue(name="NextToken") from None
    found = [
        one
        for one in tx.each(Listener, account=call.account, region=request.region_id or call.region)
        if (not request.load_balancer_id or one.parent in request.load_balancer_id)
        and request.listener_port in (None, one.port)
        and request.listener_protocol.lower() in ("", "tcp")
        and request.description in ("", one.description)
        and carries(one.tags, request.tag)
    ]
    end = offset + request.max_results
    return DescribeLoadBalancerListenersReply(
        listeners=tuple(_view(one) for one in found[offset:end]),
        max_results=request.max_results,
        next_token=token_for(end) if end < len(found) else "",
        total_count=len(found),
    )


def shown_status(one: Listener) -> str:
    """In small letters; one that is being deleted is stopping."""
    return (STOPPING if one.status == DELETING else one.status).lower()


def _view(one: Listener) -> ListenerView:
    return ListenerView(
        load_balancer_id=one.parent,
        listener_port=one.port,
        listener_protocol="tcp",
        status=shown_status(one),
        backend_server_port=UNSET if one.group_id else one.backend_port,
        bandwidth=one.bandwidth,
        scheduler=_NAMES[one.scheduler],
        description=one.description,
        vserver_group_id=one.group_id or UNSET,
        tcp_listener_config=TcpConfig(**msgspec.structs.asdict(_check(one))),
        tags=shown_tags(one.tags).tag,
    )


def _check(one: Listener) -> CheckView:
    return CheckView(
        health_check="on" if one.check.enabled else "off",
        health_check_type="tcp",
        health_check_connect_port=SERVERS_PORT if one.group_id else one.backend_port,
        health_check_connect_timeout=one.check.timeout,
        health_check_interval=one.check.interval,
        healthy_threshold=one.check.healthy_threshold,
        unhealthy_threshold=one.check.unhealthy_threshold,
        persistence_timeout=one.persistence,
        established_timeout=one.established,
        connection_drain="on" if one.drain_enabled else "off",
        connection_drain_timeout=one.drain_seconds if one.drain_enabled else UNSET,
    )
