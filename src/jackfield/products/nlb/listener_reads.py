"""GetListenerAttribute, ListListeners and GetListenerHealthStatus."""

from __future__ import annotations

from typing import Annotated, Any

from jackfield.products.filters import is_filtered
from jackfield.products.nlb.checks import own_listener
from jackfield.products.nlb.errors import IllegalParam, ListenerNotFound, MissingParam
from jackfield.products.nlb.product import NLB
from jackfield.products.nlb.resources import Listener, ServerGroup
from jackfield.products.nlb.shapes import (
    DetailTag,
    DryRun,
    ListenerId,
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
from jackfield.store.interface import Reader


class ListenerFields(Shape):
    """What every reply says of a listener.

    :param start_port, end_port: of a range of ports, which no listener has here; the Terraform provider reads numbers.
    """

    listener_id: str
    listener_port: int
    listener_protocol: str
    listener_status: str
    listener_description: str
    load_balancer_id: str
    server_group_id: str
    region_id: str
    idle_timeout: int
    cps: int
    mss: int
    sec_sensor_enabled: bool
    proxy_protocol_enabled: bool = False
    alpn_enabled: bool = False
    alpn_policy: str = ""
    ca_enabled: bool = False
    ca_certificate_ids: tuple[str, ...] = ()
    certificate_ids: tuple[str, ...] = ()
    security_policy_id: str = ""
    start_port: str = "0"
    end_port: str = "0"


class ListenerView(ListenerFields, kw_only=True):
    """A listener as ListListeners shows it."""

    tags: tuple[TagShape, ...]


class GetListenerAttributeRequest(Request):
    listener_id: ListenerId
    region_id: RegionId = ""
    dry_run: DryRun = False


class GetListenerAttributeReply(Reply, ListenerFields, kw_only=True):
    tags: tuple[DetailTag, ...]


@operation(
    NLB,
    title="Queries a listener",
    access="get",
    resource="loadbalancer/*",
    errors=(MissingParam, IllegalParam, ListenerNotFound),
)
def get_listener_attribute(tx: Reader, call: Call, request: GetListenerAttributeRequest) -> GetListenerAttributeReply:
    """One listener."""
    listener = own_listener(tx, call, request.listener_id, request.region_id)
    view = _view(listener)
    fields: dict[str, Any] = {name: getattr(view, name) for name in view.__struct_fields__ if name != "tags"}
    return GetListenerAttributeReply(**fields, tags=detail_tags(listener.tags))


class ListListenersRequest(Page):
    region_id: RegionId = ""
    listener_ids: Annotated[tuple[str, ...], Param("Only these; up to 20.", invalid=IllegalParam)] = ()
    load_balancer_ids: Annotated[tuple[str, ...], Param("Only of these; up to 20.", invalid=IllegalParam)] = ()
    listener_protocol: Annotated[str, Param("Only of this protocol; all are TCP.", "TCP")] = ""
    sec_sensor_enabled: Annotated[str, Param("Only with fine-grained monitoring, or without.", "false")] = ""
    tag: WantedTags = ()


class ListListenersReply(PageReply):
    listeners: tuple[ListenerView, ...]


@operation(NLB, title="Queries listeners", access="list", resource="loadbalancer/*", errors=(IllegalParam,))
def list_listeners(tx: Reader, call: Call, request: ListListenersRequest) -> ListListenersReply:
    """Lists the caller's listeners, oldest first, a page at a time."""
    region = request.region_id or call.region
    matching = (lambda: _matching(tx, call, request, region)) if is_filtered(request) else None
    page, total = page_of(tx, call, Listener, request, region, matching)
    return ListListenersReply(
        listeners=tuple(_view(listener) for listener in page),
        max_results=request.max_results,
        next_token=next_token(request, total),
        total_count=total,
    )


class Reason(Shape):
    reason_code: str


class NonNormalServer(Shape):
    server_id: str
    server_ip: str
    port: int
    status: str
    reason: Reason


class ServerGroupInfo(Shape):
    """``HeathCheckEnabled`` is the vendor's spelling."""

    server_group_id: str
    heath_check_enabled: bool
    non_normal_servers: tuple[NonNormalServer, ...]


class ListenerHealth(Shape):
    listener_id: str
    listener_port: int
    listener_protocol: str
    server_group_infos: tuple[ServerGroupInfo, ...]


class GetListenerHealthStatusRequest(Request):
    listener_id: ListenerId
    region_id: RegionId = ""


class GetListenerHealthStatusReply(PageReply):
    listener_health_status: tuple[ListenerHealth, ...]


@operation(
    NLB,
    title="Queries the health of a listener's servers",
    access="get",
    resource="loadbalancer/*",
    errors=(MissingParam, ListenerNotFound),
)
def get_listener_health_status(
    tx: Reader, call: Call, request: GetListenerHealthStatusRequest
) -> GetListenerHealthStatusReply:
    """Names the servers that the listener sends nothing to, as its zones saw them last."""
    listener = own_listener(tx, call, request.listener_id, request.region_id)
    group = tx.get(ServerGroup, listener.group_id)
    servers = tuple(
        NonNormalServer(
            server_id=one.address,
            server_ip=one.address,
            port=one.port,
            status=one.status,
            reason=Reason(reason_code=one.reason),
        )
        for one in listener.ailing
    )
    info = ServerGroupInfo(
        server_group_id=listener.group_id,
        heath_check_enabled=group is not None and group.check.enabled,
        non_normal_servers=servers,
    )
    health = ListenerHealth(
        listener_id=listener.id, listener_port=listener.port, listener_protocol="TCP", server_group_infos=(info,)
    )
    return GetListenerHealthStatusReply(listener_health_status=(health,), max_results=20, next_token="", total_count=1)


def _matching(tx: Reader, call: Call, request: ListListenersRequest, region: str) -> list[Listener]:
    ids = check_ids("ListenerIds", request.listener_ids)
    balancers = check_ids("LoadBalancerIds", request.load_balancer_ids)
    if request.sec_sensor_enabled.lower() not in ("", "true", "false"):
        raise IllegalParam(name="SecSensorEnabled")
    candidates: list[Listener]
    if ids:
        candidates = [one for one in (tx.get(Listener, id) for id in dict.fromkeys(request.listener_ids)) if one]
    elif balancers:
        candidates = [one for id in dict.fromkeys(request.load_balancer_ids) for one in tx.children(Listener, id)]
    else:
        candidates = list(tx.each(Listener, account=call.account, region=region))
    return [
        listener
        for listener in candidates
        if listener.account == call.account
        and listener.region == region
        and (not balancers or listener.parent in balancers)
        and request.listener_protocol in ("", "TCP")
        and request.sec_sensor_enabled.lower() in ("", str(listener.sec_sensor).lower())
        and carries(listener.tags, request.tag)
    ]


def _view(listener: Listener) -> ListenerView:
    return ListenerView(
        listener_id=listener.id,
        listener_port=listener.port,
        listener_protocol="TCP",
        listener_status=listener.status,
        listener_description=listener.description,
        load_balancer_id=listener.parent,
        server_group_id=listener.group_id,
        region_id=listener.region,
        idle_timeout=listener.idle_timeout,
        cps=listener.cps,
        mss=listener.mss,
        sec_sensor_enabled=listener.sec_sensor,
        tags=shown(listener.tags),
    )
