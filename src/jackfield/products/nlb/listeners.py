"""Listeners: made, changed, started, stopped, deleted."""

from __future__ import annotations

from typing import Annotated

from jackfield.endpoints.uses import end_use, use
from jackfield.products.nlb.checks import check_description, own_group, own_listener, own_load_balancer
from jackfield.products.nlb.errors import (
    ConflictPort,
    IllegalIdleTimeout,
    IllegalListenerDescription,
    IllegalParam,
    IncorrectListenerStatus,
    IncorrectLoadBalancerStatus,
    IncorrectServerGroupStatus,
    ListenerNotFound,
    LoadBalancerNotFound,
    MismatchVpcId,
    MissingParam,
    MissingServerGroupId,
    NotHere,
    ServerGroupNotFound,
)
from jackfield.products.nlb.jobs import change, job_of
from jackfield.products.nlb.product import NLB
from jackfield.products.nlb.resources import Listener, LoadBalancer, ServerGroup
from jackfield.products.nlb.shapes import DryRun, JobReply, ListenerId, LoadBalancerId, RegionId, Tags, Token
from jackfield.products.nlb.states import (
    ACTIVE,
    CONFIGURING,
    DELETING,
    PROVISIONING,
    RUNNING,
    STARTING,
    STOPPED,
    STOPPING,
)
from jackfield.products.operation import Call, Param, Request, operation
from jackfield.products.regions import new_id
from jackfield.products.tags import stored
from jackfield.store.interface import Tx

Description = Annotated[str, Param("2 to 256 letters, digits and a few signs.", "tcp_80")]
IdleTimeout = Annotated[
    int | None,
    Param("Seconds; shown, idle connections are kept.", "900", range=(10, 900), invalid=IllegalIdleTimeout),
]
Cps = Annotated[
    int | None,
    Param("New connections a second; shown, without effect.", "10000", range=(0, 1_000_000), invalid=IllegalParam),
]
Mss = Annotated[
    int | None,
    Param("Largest segment in bytes; shown, without effect.", "1440", range=(0, 1500), invalid=IllegalParam),
]
ProxyProtocol = Annotated[bool | None, Param("The Proxy protocol; refused.", "false", invalid=IllegalParam)]
SecSensor = Annotated[bool | None, Param("Fine-grained monitoring; shown.", "false", invalid=IllegalParam)]


class CreateListenerRequest(Request):
    load_balancer_id: LoadBalancerId
    listener_protocol: Annotated[str, Param("TCP; UDP and TCPSSL are refused.", "TCP", missing=MissingParam)]
    listener_port: Annotated[
        int,
        Param("1 to 65535; 0, a range of ports, is refused.", "80", range=(0, 65535), missing=MissingParam,
              invalid=IllegalParam),
    ]  # fmt: skip
    region_id: RegionId = ""
    server_group_id: Annotated[str, Param("The server group.", "sgp-ppdpc14gdm3x4o****")] = ""
    listener_description: Description = ""
    idle_timeout: IdleTimeout = None
    cps: Cps = None
    mss: Mss = None
    proxy_protocol_enabled: ProxyProtocol = None
    sec_sensor_enabled: SecSensor = None
    tag: Tags = ()
    client_token: Token = ""
    dry_run: DryRun = False


class CreateListenerReply(JobReply):
    listener_id: str


@operation(
    NLB,
    title="Creates a listener",
    access="create",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(
        MissingParam,
        IllegalParam,
        NotHere,
        IllegalListenerDescription,
        IllegalIdleTimeout,
        LoadBalancerNotFound,
        IncorrectLoadBalancerStatus,
        MissingServerGroupId,
        ServerGroupNotFound,
        IncorrectServerGroupStatus,
        MismatchVpcId,
        ConflictPort,
    ),
    token="ClientToken",
)
def create_listener(tx: Tx, call: Call, request: CreateListenerRequest) -> CreateListenerReply:
    """Opens a port of an Active load balancer. The listener is Provisioning until it accepts in every zone."""
    load_balancer = own_load_balancer(tx, call, request.load_balancer_id, request.region_id)
    if request.listener_protocol in ("UDP", "TCPSSL"):
        raise NotHere(name="ListenerProtocol", why="only TCP is forwarded here")
    if request.listener_protocol != "TCP":
        raise IllegalParam(name="ListenerProtocol")
    if request.listener_port == 0:
        raise NotHere(name="ListenerPort", why="a listener has one port here")
    _check_proxy(request.proxy_protocol_enabled)
    check_description(request.listener_description, IllegalListenerDescription)
    if not request.server_group_id:
        raise MissingServerGroupId
    if load_balancer.status != ACTIVE:
        raise IncorrectLoadBalancerStatus(id=load_balancer.id)
    group = _group(tx, call, load_balancer, request.server_group_id)
    if any(other.port == request.listener_port for other in tx.children(Listener, load_balancer.id)):
        raise ConflictPort(port=request.listener_port)
    listener = Listener(
        id=f"{new_id('lsn', load_balancer.region, 15)}@{request.listener_port}",
        account=call.account,
        region=load_balancer.region,
        parent=load_balancer.id,
        status=PROVISIONING,
        created=call.now,
        settle_at=call.now + call.pace,
        port=request.listener_port,
        group_id=group.id,
        description=request.listener_description,
        idle_timeout=900 if request.idle_timeout is None else request.idle_timeout,
        cps=request.cps or 0,
        mss=request.mss or 0,
        sec_sensor=bool(request.sec_sensor_enabled),
        tags=stored(request.tag),
    )
    use(tx, group.id, load_balancer)
    return CreateListenerReply(job_id=_changed(tx, call, load_balancer, listener), listener_id=listener.id)


class UpdateListenerAttributeRequest(Request):
    listener_id: ListenerId
    region_id: RegionId = ""
    server_group_id: Annotated[str, Param("Another server group.", "sgp-ppdpc14gdm3x4o****")] = ""
    listener_description: Description = ""
    idle_timeout: IdleTimeout = None
    cps: Cps = None
    mss: Mss = None
    proxy_protocol_enabled: ProxyProtocol = None
    sec_sensor_enabled: SecSensor = None
    client_token: Token = ""
    dry_run: DryRun = False


@operation(
    NLB,
    title="Modifies a listener",
    access="update",
    resource="loadbalancer/*",
    errors=(
        MissingParam,
        IllegalParam,
        NotHere,
        IllegalListenerDescription,
        IllegalIdleTimeout,
        ListenerNotFound,
        IncorrectListenerStatus,
        IncorrectLoadBalancerStatus,
        ServerGroupNotFound,
        IncorrectServerGroupStatus,
        MismatchVpcId,
    ),
    token="ClientToken",
)
def update_listener_attribute(tx: Tx, call: Call, request: UpdateListenerAttributeRequest) -> JobReply:
    """Changes what is given. Connections that are open stay where they are; new ones go to the new server group."""
    listener, load_balancer = _steady(tx, call, request.listener_id, request.region_id, (RUNNING, STOPPED))
    _check_proxy(request.proxy_protocol_enabled)
    check_description(request.listener_description, IllegalListenerDescription)
    group_id = listener.group_id
    if request.server_group_id and request.server_group_id != group_id:
        group_id = _group(tx, call, load_balancer, request.server_group_id).id
        end_group_use(tx, load_balancer, listener)
        use(tx, group_id, load_balancer)
    sensor = request.sec_sensor_enabled
    listener = change(
        listener,
        call,
        CONFIGURING,
        stopped=listener.status == STOPPED,
        group_id=group_id,
        description=request.listener_description or listener.description,
        idle_timeout=listener.idle_timeout if request.idle_timeout is None else request.idle_timeout,
        cps=listener.cps if request.cps is None else request.cps,
        mss=listener.mss if request.mss is None else request.mss,
        sec_sensor=listener.sec_sensor if sensor is None else sensor,
    )
    return JobReply(job_id=_changed(tx, call, load_balancer, listener))


class ListenerRequest(Request):
    """Of the operations that need no more than the listener."""

    listener_id: ListenerId
    region_id: RegionId = ""
    client_token: Token = ""
    dry_run: DryRun = False


_ERRORS = (MissingParam, IllegalParam, ListenerNotFound, IncorrectListenerStatus, IncorrectLoadBalancerStatus)


@operation(
    NLB, title="Starts a listener", access="update", resource="loadbalancer/*", errors=_ERRORS, token="ClientToken"
)
def start_listener(tx: Tx, call: Call, request: ListenerRequest) -> JobReply:
    """Opens the port of a Stopped listener again."""
    listener, load_balancer = _steady(tx, call, request.listener_id, request.region_id, (STOPPED,))
    return JobReply(job_id=_changed(tx, call, load_balancer, change(listener, call, STARTING, stopped=False)))


@operation(
    NLB, title="Stops a listener", access="update", resource="loadbalancer/*", errors=_ERRORS, token="ClientToken"
)
def stop_listener(tx: Tx, call: Call, request: ListenerRequest) -> JobReply:
    """Closes the port of a Running listener and cuts its clients; the listener stays."""
    listener, load_balancer = _steady(tx, call, request.listener_id, request.region_id, (RUNNING,))
    return JobReply(job_id=_changed(tx, call, load_balancer, change(listener, call, STOPPING, stopped=True)))


@operation(
    NLB, title="Deletes a listener", access="delete", resource="loadbalancer/*", errors=_ERRORS, token="ClientToken"
)
def delete_listener(tx: Tx, call: Call, request: ListenerRequest) -> JobReply:
    """Closes the port and cuts its clients; then the listener is not found any more."""
    listener, load_balancer = _steady(tx, call, request.listener_id, request.region_id, (RUNNING, STOPPED))
    return JobReply(job_id=_changed(tx, call, load_balancer, change(listener, call, DELETING)))


def end_group_use(tx: Tx, load_balancer: LoadBalancer, listener: Listener) -> None:
    """Notes that a listener uses its server group no more; another one of the load balancer may still."""
    others = (one for one in tx.children(Listener, load_balancer.id) if one.id != listener.id)
    if all(other.group_id != listener.group_id for other in others):
        end_use(tx, listener.group_id, load_balancer)


def _steady(tx: Tx, call: Call, id: str, region_id: str, states: tuple[str, ...]) -> tuple[Listener, LoadBalancer]:
    """A listener in one of the states, and its load balancer, with no change under way."""
    listener = own_listener(tx, call, id, region_id)
    load_balancer = tx.get(LoadBalancer, listener.parent)
    if load_balancer is None:
        raise ListenerNotFound
    if load_balancer.status != ACTIVE:
        raise IncorrectLoadBalancerStatus(id=load_balancer.id)
    if listener.status not in states:
        raise IncorrectListenerStatus(id=listener.id)
    return listener, load_balancer


def _group(tx: Tx, call: Call, load_balancer: LoadBalancer, id: str) -> ServerGroup:
    """The caller's server group, of the load balancer's VPC."""
    group = own_group(tx, call, id, load_balancer.region)
    if group.status == DELETING:
        raise IncorrectServerGroupStatus(id=group.id)
    if group.vpc_id != load_balancer.vpc_id:
        raise MismatchVpcId(one=load_balancer.id, other=group.id)
    return group


def _check_proxy(enabled: bool | None) -> None:
    if enabled:
        raise NotHere(name="ProxyProtocolEnabled", why="servers get the clients' bytes and nothing before them here")


def _changed(tx: Tx, call: Call, load_balancer: LoadBalancer, listener: Listener) -> str:
    """Writes a listener with a change under way and has it done; the job's id."""
    tx.put(listener)
    tx.schedule(load_balancer)
    return job_of(tx, call, listener)
