"""TCP listeners: made, changed, started, stopped, deleted."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from jackfield.products.nlb.jobs import change
from jackfield.products.nlb.resources import Check, Scheduler
from jackfield.products.nlb.states import CONFIGURING, DELETING, RUNNING, STARTING, STOPPED, STOPPING
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.slb.errors import (
    InvalidValue,
    ListenerAlreadyExists,
    ListenerNotAllowed,
    ListenerNotFound,
    LoadBalancerNotFound,
    MissingBackendPort,
    NotHere,
    ServiceIsConfiguring,
    ServiceIsStopping,
    TagRefused,
    VServerGroupNotFound,
)
from jackfield.products.slb.product import SLB
from jackfield.products.slb.resources import Listener, LoadBalancer, listener_key
from jackfield.products.slb.shapes import (
    TAG_RULES,
    ListenerPort,
    LoadBalancerRequest,
    Protocol,
    Tags,
    changeable,
    check_text,
    own_group,
    own_listener,
)
from jackfield.products.tags import stored
from jackfield.store.interface import Tx

SCHEDULERS: dict[str, Scheduler] = {"wrr": "Wrr", "rr": "Rr", "sch": "Sch"}

SERVERS_PORT = -520
"""HealthCheckConnectPort of a listener whose servers are checked at their own ports (replies of the vendor's)."""


def _seconds(text: str, example: str, range: tuple[int, int]) -> Param:
    return Param(text, example, range=range, invalid=InvalidValue)


class ListenerSettings(LoadBalancerRequest, kw_only=True):
    """What both operations say of a listener; what is left out stays as it is."""

    listener_port: ListenerPort
    bandwidth: Annotated[int | None, _seconds("Mbit/s, -1: any; shown.", "-1", (-1, 5120))] = None
    scheduler: Annotated[str, Param("wrr, rr or sch; tch is refused.", "wrr")] = ""
    persistence_timeout: Annotated[
        int | None, _seconds("Above 0, a client's address keeps its server.", "0", (0, 3600))
    ] = None
    established_timeout: Annotated[int | None, _seconds("Shown.", "500", (10, 900))] = None
    vserver_group_id: Annotated[str, Param("The vServer group of the listener.", "rsp-cige6j****")] = ""
    health_check_switch: Annotated[str, Param("Whether servers are checked.", "on")] = ""
    health_check_type: Annotated[str, Param("tcp; http is refused.", "tcp")] = "tcp"
    health_check_connect_port: Annotated[
        int | None, Param("Refused, unless it is the servers' own: each server's port is dialled.", "6379")
    ] = None
    health_check_connect_timeout: Annotated[int | None, _seconds("Of a dial.", "5", (1, 300))] = None
    healthy_threshold: Annotated[int | None, _seconds("Dials until a server is healthy.", "3", (2, 10))] = None
    unhealthy_threshold: Annotated[int | None, _seconds("Failures until it is not.", "3", (2, 10))] = None
    acl_status: Annotated[str, Param("off; on is refused.", "off")] = "off"
    connection_drain: Annotated[str, Param("Whether connections to a removed server are drained; shown.", "off")] = ""
    connection_drain_timeout: Annotated[int | None, _seconds("For how long; shown.", "300", (10, 900))] = None
    master_slave_server_group_id: Annotated[str, Param("Refused.", "rsp-0bfucw****")] = ""
    proxy_protocol_v2_enabled: Annotated[bool | None, Param("Refused.", "false")] = msgspec.field(
        default=None, name="ProxyProtocolV2Enabled"
    )
    description: Annotated[str, Param("1 to 256 letters, digits and a few signs.", "tcp_6379")] = ""


class CreateLoadBalancerTCPListenerRequest(ListenerSettings, kw_only=True):
    bandwidth: Annotated[int, _seconds("Mbit/s, -1: any; shown.", "-1", (-1, 5120))]
    backend_server_port: Annotated[
        int, _seconds("The port of the load balancer's own servers.", "6379", (1, 65535))
    ] = 0
    health_check_interval: Annotated[int | None, _seconds("Between dials.", "2", (1, 50))] = msgspec.field(
        default=None, name="healthCheckInterval"
    )
    tag: Tags = ()


@operation(
    SLB,
    name="CreateLoadBalancerTCPListener",
    title="Creates a TCP listener",
    access="create",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(
        LoadBalancerNotFound,
        InvalidValue,
        NotHere,
        TagRefused,
        MissingBackendPort,
        VServerGroupNotFound,
        ListenerAlreadyExists,
    ),
)
def create_load_balancer_tcp_listener(tx: Tx, call: Call, request: CreateLoadBalancerTCPListenerRequest) -> Reply:
    """Creates a listener. It is stopped: StartLoadBalancerListener opens its port."""
    load_balancer = changeable(tx, call, request.load_balancer_id, request.region_id)
    TAG_RULES.check(request.tag)
    if not request.backend_server_port and not request.vserver_group_id:
        raise MissingBackendPort
    id = listener_key(load_balancer.id, request.listener_port)
    fresh = Listener(
        id=id,
        account=load_balancer.account,
        region=load_balancer.region,
        parent=load_balancer.id,
        status=STOPPED,
        stopped=True,
        created=call.now,
        changed=1,
        port=request.listener_port,
        backend_port=request.backend_server_port,
        check=Check(interval=2, timeout=5, healthy_threshold=3, unhealthy_threshold=3),
        tags=stored(request.tag),
    )
    settings = _settings(tx, call, load_balancer, fresh, request, request.health_check_interval)
    if tx.get(Listener, id) is not None:
        raise ListenerAlreadyExists
    tx.put(msgspec.structs.replace(fresh, **settings))
    return Reply()


class SetLoadBalancerTCPListenerAttributeRequest(ListenerSettings, kw_only=True):
    vserver_group: Annotated[
        str, Param("off: the load balancer's own servers.", "on", enum=("on", "off"), invalid=InvalidValue)
    ] = ""
    health_check_interval: Annotated[int | None, _seconds("Between dials.", "2", (1, 50))] = None
    dry_run: Annotated[bool, Param("Only checks.", "false")] = False


@operation(
    SLB,
    name="SetLoadBalancerTCPListenerAttribute",
    title="Modifies a TCP listener",
    access="update",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(
        LoadBalancerNotFound,
        InvalidValue,
        NotHere,
        ListenerNotFound,
        MissingBackendPort,
        VServerGroupNotFound,
        ServiceIsConfiguring,
        ServiceIsStopping,
    ),
)
def set_load_balancer_tcp_listener_attribute(
    tx: Tx, call: Call, request: SetLoadBalancerTCPListenerAttributeRequest
) -> Reply:
    """Changes what is given. Connections that are open stay where they are; new ones are sent as said now."""
    load_balancer = changeable(tx, call, request.load_balancer_id, request.region_id)
    listener = own_listener(tx, load_balancer, request.listener_port)
    _check_steady(listener)
    settings = _settings(tx, call, load_balancer, listener, request, request.health_check_interval)
    if request.vserver_group == "off":
        settings["group_id"] = ""
        if not listener.backend_port:
            raise MissingBackendPort
    if listener.status == STOPPED:
        tx.put(msgspec.structs.replace(listener, **settings))
    else:
        tx.put(change(listener, call, CONFIGURING, **settings))
        tx.schedule(load_balancer)
    return Reply()


class ListenerRequest(LoadBalancerRequest, kw_only=True):
    """Of the operations that need no more than the listener."""

    listener_port: ListenerPort
    listener_protocol: Protocol = ""


_ERRORS = (LoadBalancerNotFound, InvalidValue, ListenerNotFound, ServiceIsConfiguring, ServiceIsStopping)


@operation(
    SLB,
    title="Starts a listener",
    access="update",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(*_ERRORS, ListenerNotAllowed),
)
def start_load_balancer_listener(tx: Tx, call: Call, request: ListenerRequest) -> Reply:
    """Opens the port of a stopped listener of a load balancer that somebody has not made inactive."""
    load_balancer, listener = _steady(tx, call, request)
    if listener.status != STOPPED or not load_balancer.enabled:
        raise ListenerNotAllowed
    return _changed(tx, load_balancer, change(listener, call, STARTING, stopped=False))


@operation(
    SLB,
    title="Stops a listener",
    access="update",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(*_ERRORS, ListenerNotAllowed),
)
def stop_load_balancer_listener(tx: Tx, call: Call, request: ListenerRequest) -> Reply:
    """Closes the port of a running listener and cuts its clients; the listener stays."""
    load_balancer, listener = _steady(tx, call, request)
    if listener.status != RUNNING:
        raise ListenerNotAllowed
    return _changed(tx, load_balancer, change(listener, call, STOPPING, stopped=True))


@operation(
    SLB,
    title="Deletes a listener",
    access="delete",
    resource="loadbalancer/{LoadBalancerId}",
    errors=_ERRORS,
)
def delete_load_balancer_listener(tx: Tx, call: Call, request: ListenerRequest) -> Reply:
    """Closes the port and cuts its clients; then the listener is not found any more."""
    load_balancer, listener = _steady(tx, call, request)
    return _changed(tx, load_balancer, change(listener, call, DELETING))


def _steady(tx: Tx, call: Call, request: ListenerRequest) -> tuple[LoadBalancer, Listener]:
    """A listener with no change under way, and its load balancer."""
    load_balancer = changeable(tx, call, request.load_balancer_id, request.region_id)
    listener = own_listener(tx, load_balancer, request.listener_port, request.listener_protocol)
    _check_steady(listener)
    return load_balancer, listener


def _check_steady(listener: Listener) -> None:
    if listener.status in (STOPPING, DELETING):
        raise ServiceIsStopping
    if listener.status not in (RUNNING, STOPPED):
        raise ServiceIsConfiguring


def _changed(tx: Tx, load_balancer: LoadBalancer, listener: Listener) -> Reply:
    tx.put(listener)
    tx.schedule(load_balancer)
    return Reply()


def _settings(
    tx: Tx, call: Call, load_balancer: LoadBalancer, listener: Listener, request: ListenerSettings, interval: int | None
) -> dict[str, Any]:
    """What the request changes of a listener, by field."""
    _refuse(request, listener)
    check_text("Description", request.description, 256)
    if request.bandwidth == 0:
        raise InvalidValue(name="Bandwidth")
    if request.vserver_group_id and own_group(tx, call, request.vserver_group_id).parent != load_balancer.id:
        raise VServerGroupNotFound
    drain = _switch("ConnectionDrain", request.connection_drain)
    checks = {
        "enabled": _switch("HealthCheckSwitch", request.health_check_switch),
        "interval": interval,
        "timeout": request.health_check_connect_timeout,
        "healthy_threshold": request.healthy_threshold,
        "unhealthy_threshold": request.unhealthy_threshold,
    }
    check = msgspec.structs.replace(
        listener.check, **{key: value for key, value in checks.items() if value is not None}
    )
    wanted = {
        "bandwidth": request.bandwidth,
        "scheduler": SCHEDULERS.get(request.scheduler),
        "persistence": request.persistence_timeout,
        "established": request.established_timeout,
        "group_id": request.vserver_group_id or None,
        "check": check,
        "drain_enabled": drain,
        "drain_seconds": request.connection_drain_timeout,
        "description": request.description or None,
    }
    return _given(wanted)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _switch(parameter: str, text: str) -> bool | None:
    if text not in ("", "on", "off"):
        raise InvalidValue(name=parameter)
    return text == "on" if text else None


def _refuse(request: ListenerSettings, listener: Listener) -> None:
    """:raises NotHere: documented values that are not built. :raises InvalidValue: those that are none."""
    if request.scheduler == "tch":
        raise NotHere(name="Scheduler", why="clients are not told apart by their ports")
    if request.scheduler and request.scheduler not in SCHEDULERS:
        raise InvalidValue(name="Scheduler")
    if request.health_check_type == "http":
        raise NotHere(name="HealthCheckType", why="servers are only dialled here")
    if request.health_check_type != "tcp":
        raise InvalidValue(name="HealthCheckType")
    if request.health_check_connect_port not in (None, SERVERS_PORT, listener.backend_port):
        raise NotHere(name="HealthCheckConnectPort", why="each server's own port is dialled here")
    if request.acl_status == "on":
        raise NotHere(name="AclStatus", why="security groups and whitelists judge clients here")
    if request.acl_status != "off":
        raise InvalidValue(name="AclStatus")
    if request.master_slave_server_group_id:
        raise NotHere(name="MasterSlaveServerGroupId", why="there are no primary and secondary server groups here")
    if request.proxy_protocol_v2_enabled:
        raise NotHere(name="ProxyProtocolV2Enabled", why="servers get the clients' bytes and nothing before them here")
