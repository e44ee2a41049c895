"""Server groups: made, changed, deleted."""

from __future__ import annotations

from typing import Annotated, get_args

import msgspec

from jackfield.endpoints.uses import use, users, wake_users
from jackfield.products.nlb.checks import check_name, own_group, random_id, region_of, usable_vpc
from jackfield.products.nlb.errors import (
    IllegalConnectionDrainTimeout,
    IllegalParam,
    IllegalServerGroupName,
    IncorrectServerGroupStatus,
    MissingParam,
    NotHere,
    ServerGroupInUse,
    ServerGroupNotFound,
    UnauthorizedRegion,
    VpcInConfiguring,
    VpcIpv6NotSupported,
    VpcNotFound,
)
from jackfield.products.nlb.jobs import change, job_of
from jackfield.products.nlb.product import NLB
from jackfield.products.nlb.resources import Check, Scheduler, Server, ServerGroup
from jackfield.products.nlb.shapes import DryRun, GroupId, GroupJobReply, JobReply, RegionId, Tags, Token
from jackfield.products.nlb.states import AVAILABLE, CONFIGURING, CREATING, DELETING, REMOVING
from jackfield.products.operation import Call, Param, Request, Shape, operation
from jackfield.products.tags import stored
from jackfield.store.interface import Tx

_SCHEDULERS: dict[str, Scheduler] = {one.lower(): one for one in get_args(Scheduler)}
_NO_SUCH = {"tch": "connections are not hashed by four factors here", "qch": "there are no QUIC connections here"}

Threshold = Annotated[
    int | None,
    Param("Looks in a row that change what a server is taken for.", "2", range=(2, 10), invalid=IllegalParam),
]


class HealthCheckConfig(Shape):
    health_check_enabled: Annotated[bool | None, Param("Whether servers are looked at.", "true")] = None
    health_check_type: Annotated[str, Param("TCP; HTTP and UDP are refused.", "TCP")] = ""
    health_check_connect_port: Annotated[int, Param("0: the port of each server; others are refused.", "0")] = 0
    health_check_connect_timeout: Annotated[
        int | None, Param("Seconds that a dial may take.", "5", range=(1, 300), invalid=IllegalParam)
    ] = None
    health_check_interval: Annotated[
        int | None, Param("Seconds between two looks.", "5", range=(1, 50), invalid=IllegalParam)
    ] = None
    healthy_threshold: Threshold = None
    unhealthy_threshold: Threshold = None


Health = Annotated[HealthCheckConfig | None, Param("How servers are looked at.", "{}")]
DrainEnabled = Annotated[
    bool | None, Param("Whether connections of a removed server end after a time.", "false", invalid=IllegalParam)
]
DrainTimeout = Annotated[
    int | None,
    Param("That time in seconds.", "10", range=(0, 900), invalid=IllegalConnectionDrainTimeout),
]
KeepClientIp = Annotated[
    bool | None, Param("Shown; servers see the load balancer's own address.", "true", invalid=IllegalParam)
]
SchedulerName = Annotated[str, Param("Wrr, Wlc, rr or sch, in any case; tch and qch are refused.", "Wrr")]
GroupName = Annotated[
    str, Param("2 to 128 letters, digits, periods, underscores, hyphens.", "NLB_ServerGroup", missing=MissingParam)
]


class CreateServerGroupRequest(Request):
    server_group_name: GroupName
    vpc_id: Annotated[str, Param("The VPC of its servers.", "vpc-bp15zckdt37pq72zv****", missing=MissingParam)]
    region_id: RegionId = ""
    server_group_type: Annotated[str, Param("Ip; Instance, the vendor's default, is refused.", "Ip")] = "Instance"
    protocol: Annotated[str, Param("TCP; others are refused.", "TCP")] = "TCP"
    address_ip_version: Annotated[str, Param("ipv4; DualStack is refused.", "ipv4")] = msgspec.field(
        default="ipv4", name="AddressIPVersion"
    )
    scheduler: SchedulerName = "Wrr"
    health_check_config: Health = None
    connection_drain_enabled: DrainEnabled = None
    connection_drain_timeout: DrainTimeout = None
    preserve_client_ip_enabled: KeepClientIp = None
    any_port_enabled: Annotated[bool, Param("Forwarding to any port; refused.", "false", invalid=IllegalParam)] = False
    resource_group_id: Annotated[str, Param("The resource group.", "rg-atstuj3rtop****")] = ""
    tag: Tags = ()
    client_token: Token = ""
    dry_run: DryRun = False


@operation(
    NLB,
    title="Creates a server group",
    access="create",
    resource="servergroup/*",
    errors=(
        MissingParam,
        IllegalParam,
        NotHere,
        IllegalServerGroupName,
        IllegalConnectionDrainTimeout,
        VpcIpv6NotSupported,
        UnauthorizedRegion,
        VpcNotFound,
        VpcInConfiguring,
    ),
    token="ClientToken",
)
def create_server_group(tx: Tx, call: Call, request: CreateServerGroupRequest) -> GroupJobReply:
    """Creates a server group without servers. It is Creating at first; ListServerGroups shows when it is Available."""
    region = region_of(call, request.region_id)
    check_name(request.server_group_name, IllegalServerGroupName)
    if request.server_group_type != "Ip":
        _refuse("ServerGroupType", request.server_group_type, Instance="there are no ECS instances here, use Ip")
    if request.protocol != "TCP":
        _refuse("Protocol", request.protocol, UDP="only TCP is forwarded here", TCP_UDP="only TCP is forwarded here")
    if request.address_ip_version.lower() != "ipv4":
        if request.address_ip_version != "DualStack":
            raise IllegalParam(name="AddressIPVersion")
        raise VpcIpv6NotSupported
    if request.any_port_enabled:
        raise NotHere(name="AnyPortEnabled", why="each server has a port of its own here")
    vpc = usable_vpc(tx, call, request.vpc_id, region)
    group = ServerGroup(
        id=random_id("sgp"),
        account=call.account,
        region=region,
        status=CREATING,
        created=call.now,
        settle_at=call.now + call.pace,
        vpc_id=vpc.id,
        name=request.server_group_name,
        scheduler=_scheduler(request.scheduler),
        check=_check(Check(), request.health_check_config),
        drain_enabled=bool(request.connection_drain_enabled),
        drain_seconds=request.connection_drain_timeout or 0,
        preserve_client_ip=request.preserve_client_ip_enabled is not False,
        resource_group_id=request.resource_group_id,
        tags=stored(request.tag),
    )
    tx.put(group)
    use(tx, vpc.id, group)
    tx.schedule(group)
    return GroupJobReply(job_id=job_of(tx, call, group), server_group_id=group.id)


class UpdateServerGroupAttributeRequest(Request):
    server_group_id: GroupId
    region_id: RegionId = ""
    server_group_name: Annotated[str, Param("A new name.", "NLB_ServerGroup1")] = ""
    scheduler: SchedulerName = ""
    health_check_config: Health = None
    connection_drain_enabled: DrainEnabled = None
    connection_drain_timeout: DrainTimeout = None
    preserve_client_ip_enabled: KeepClientIp = None
    client_token: Token = ""
    dry_run: DryRun = False


@operation(
    NLB,
    title="Modifies a server group",
    access="update",
    resource="servergroup/{ServerGroupId}",
    errors=(
        MissingParam,
        IllegalParam,
        NotHere,
        IllegalServerGroupName,
        IllegalConnectionDrainTimeout,
        ServerGroupNotFound,
        IncorrectServerGroupStatus,
    ),
    token="ClientToken",
)
def update_server_group_attribute(tx: Tx, call: Call, request: UpdateServerGroupAttributeRequest) -> GroupJobReply:
    """Changes what is given; listeners with the group follow at once."""
    group = steady_group(tx, call, request.server_group_id, request.region_id)
    check_name(request.server_group_name, IllegalServerGroupName)
    drain = group.drain_enabled if request.connection_drain_enabled is None else request.connection_drain_enabled
    seconds = group.drain_seconds if request.connection_drain_timeout is None else request.connection_drain_timeout
    preserve = request.preserve_client_ip_enabled
    group = change(
        group,
        call,
        CONFIGURING,
        name=request.server_group_name or group.name,
        scheduler=_scheduler(request.scheduler) if request.scheduler else group.scheduler,
        check=_check(group.check, request.health_check_config),
        drain_enabled=drain,
        drain_seconds=seconds,
        preserve_client_ip=group.preserve_client_ip if preserve is None else preserve,
    )
    return GroupJobReply(job_id=changed_group(tx, call, group), server_group_id=group.id)


class DeleteServerGroupRequest(Request):
    server_group_id: GroupId
    region_id: RegionId = ""
    client_token: Token = ""
    dry_run: DryRun = False


@operation(
    NLB,
    title="Deletes a server group",
    access="delete",
    resource="servergroup/{ServerGroupId}",
    errors=(MissingParam, IllegalParam, ServerGroupNotFound, ServerGroupInUse, IncorrectServerGroupStatus),
    token="ClientToken",
)
def delete_server_group(tx: Tx, call: Call, request: DeleteServerGroupRequest) -> JobReply:
    """Deletes a server group that no listener uses, with its servers."""
    group = own_group(tx, call, request.server_group_id, request.region_id)
    if users(tx, group.id):
        raise ServerGroupInUse
    if group.status != AVAILABLE:
        raise IncorrectServerGroupStatus(id=group.id)
    for server in tx.children(Server, group.id):
        tx.put(msgspec.structs.replace(server, status=REMOVING))
    return JobReply(job_id=changed_group(tx, call, change(group, call, DELETING)))


def steady_group(tx: Tx, call: Call, id: str, region_id: str) -> ServerGroup:
    """The caller's server group, with no change under way.

    :raises ServerGroupNotFound, IncorrectServerGroupStatus:
    """
    group = own_group(tx, call, id, region_id)
    if group.status != AVAILABLE:
        raise IncorrectServerGroupStatus(id=group.id)
    return group


def changed_group(tx: Tx, call: Call, group: ServerGroup) -> str:
    """Writes a group with a change under way and has it done; the job's id."""
    tx.put(group)
    tx.schedule(group)
    wake_users(tx, group.id)
    return job_of(tx, call, group)


def _scheduler(name: str) -> Scheduler:
    if name.lower() in _NO_SUCH:
        raise NotHere(name="Scheduler", why=_NO_SUCH[name.lower()])
    found = _SCHEDULERS.get(name.lower())
    if found is None:
        raise IllegalParam(name="Scheduler")
    return found


def _check(check: Check, config: HealthCheckConfig | None) -> Check:
    """The check with what the request changes of it."""
    if config is None:
        return check
    if config.health_check_type not in ("", "TCP"):
        why = "servers are only dialled here"
        _refuse("HealthCheckConfig.HealthCheckType", config.health_check_type, HTTP=why, UDP=why)
    if config.health_check_connect_port:
        raise NotHere(name="HealthCheckConfig.HealthCheckConnectPort", why="each server's own port is dialled here")
    wanted = {
        "enabled": config.health_check_enabled,
        "interval": config.health_check_interval,
        "timeout": config.health_check_connect_timeout,
        "healthy_threshold": config.healthy_threshold,
        "unhealthy_threshold": config.unhealthy_threshold,
    }
    return msgspec.structs.replace(check, **{name: value for name, value in wanted.items() if value is not None})


def _refuse(name: str, value: str, **reasons: str) -> None:
    """:raises NotHere: a documented value. :raises IllegalParam: any other."""
    if value in reasons:
        raise NotHere(name=name, why=reasons[value])
    raise IllegalParam(name=name)
