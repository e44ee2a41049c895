"""vServer groups and their servers: made, changed, deleted."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.regions import new_id
from jackfield.products.slb.errors import (
    GroupInUse,
    InvalidValue,
    LoadBalancerNotFound,
    TagRefused,
    VServerGroupNotFound,
)
from jackfield.products.slb.load_balancers import remove_servers
from jackfield.products.slb.product import SLB
from jackfield.products.slb.resources import Listener, LoadBalancer, VServerGroup
from jackfield.products.slb.servers import (
    ADD_ERRORS,
    KNOWN_ERRORS,
    Named,
    PortServerList,
    ServersText,
    add_servers,
    named,
    port_views,
    servers_of,
    set_servers,
    take_servers,
)
from jackfield.products.slb.shapes import (
    TAG_RULES,
    GroupId,
    LoadBalancerId,
    RegionId,
    Tags,
    changeable,
    check_text,
    own_group,
)
from jackfield.products.tags import stored
from jackfield.store.interface import Tx

GroupName = Annotated[str, Param("1 to 80 letters, digits and a few signs.", "Group1")]


class GroupServersReply(Reply):
    """What every change of servers answers: those that there are now."""

    vserver_group_id: str
    backend_servers: PortServerList


class CreateVServerGroupRequest(Request):
    region_id: RegionId
    load_balancer_id: LoadBalancerId
    vserver_group_name: GroupName = ""
    backend_servers: ServersText = ""
    tag: Tags = ()


@operation(
    SLB,
    name="CreateVServerGroup",
    title="Creates a vServer group",
    access="create",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(LoadBalancerNotFound, TagRefused, *ADD_ERRORS),
)
def create_vserver_group(tx: Tx, call: Call, request: CreateVServerGroupRequest) -> GroupServersReply:
    """Creates a group of servers, each with a port, for listeners of one load balancer."""
    load_balancer = changeable(tx, call, request.load_balancer_id, request.region_id)
    check_text("VServerGroupName", request.vserver_group_name)
    TAG_RULES.check(request.tag)
    id = new_id("rsp", load_balancer.region, 15)
    group = VServerGroup(
        id=id,
        account=load_balancer.account,
        region=load_balancer.region,
        parent=load_balancer.id,
        created=call.now,
        name=request.vserver_group_name or id,
        tags=stored(request.tag),
    )
    tx.put(group)
    add_servers(tx, call, load_balancer, id, _with_ports(request.backend_servers))
    return GroupServersReply(vserver_group_id=id, backend_servers=port_views(tx, id))


class GroupRequest(Request):
    """Of the operations about one group."""

    region_id: RegionId
    vserver_group_id: GroupId


class GroupServersRequest(GroupRequest, kw_only=True):
    backend_servers: ServersText


@operation(
    SLB,
    name="AddVServerGroupBackendServers",
    title="Adds servers to a vServer group",
    access="create",
    resource="vservergroup/{VServerGroupId}",
    errors=(VServerGroupNotFound, *ADD_ERRORS),
)
def add_vserver_group_backend_servers(tx: Tx, call: Call, request: GroupServersRequest) -> GroupServersReply:
    """Adds servers; listeners with the group send clients to them once they are healthy."""
    group, load_balancer = _group(tx, call, request)
    add_servers(tx, call, load_balancer, group.id, _with_ports(request.backend_servers))
    return GroupServersReply(vserver_group_id=group.id, backend_servers=port_views(tx, group.id))


class ModifyVServerGroupBackendServersRequest(GroupRequest, kw_only=True):
    old_backend_servers: ServersText = ""
    new_backend_servers: ServersText = ""


@operation(
    SLB,
    name="ModifyVServerGroupBackendServers",
    title="Replaces servers of a vServer group",
    access="update",
    resource="vservergroup/{VServerGroupId}",
    errors=(VServerGroupNotFound, *ADD_ERRORS, *KNOWN_ERRORS[-1:]),
)
def modify_vserver_group_backend_servers(
    tx: Tx, call: Call, request: ModifyVServerGroupBackendServersRequest
) -> GroupServersReply:
    """Removes the old servers and adds the new ones, at once."""
    group, load_balancer = _group(tx, call, request)
    take_servers(tx, load_balancer, group.id, named(request.old_backend_servers, ports=True))
    add_servers(tx, call, load_balancer, group.id, _with_ports(request.new_backend_servers))
    return GroupServersReply(vserver_group_id=group.id, backend_servers=port_views(tx, group.id))


class RemainingServer(Shape):
    """A server that remains; this reply has no description."""

    server_id: str
    port: int
    weight: int
    type: str


class RemainingServers(Shape):
    backend_server: tuple[RemainingServer, ...]


class RemoveVServerGroupBackendServersReply(Reply):
    vserver_group_id: str
    backend_servers: RemainingServers


@operation(
    SLB,
    name="RemoveVServerGroupBackendServers",
    title="Removes servers from a vServer group",
    access="delete",
    resource="vservergroup/{VServerGroupId}",
    errors=(VServerGroupNotFound, *KNOWN_ERRORS),
)
def remove_vserver_group_backend_servers(
    tx: Tx, call: Call, request: GroupServersRequest
) -> RemoveVServerGroupBackendServersReply:
    """Removes servers; answers those that remain."""
    group, load_balancer = _group(tx, call, request)
    take_servers(tx, load_balancer, group.id, named(request.backend_servers, ports=True))
    return RemoveVServerGroupBackendServersReply(
        vserver_group_id=group.id,
        backend_servers=RemainingServers(
            backend_server=tuple(
                RemainingServer(server_id=one.server_id, port=one.port, weight=one.weight, type=one.type)
                for one in servers_of(tx, group.id)
            )
        ),
    )


class SetVServerGroupAttributeRequest(GroupRequest, kw_only=True):
    vserver_group_name: GroupName = ""
    backend_servers: ServersText = ""


class SetVServerGroupAttributeReply(GroupServersReply, kw_only=True):
    vserver_group_name: str


@operation(
    SLB,
    name="SetVServerGroupAttribute",
    title="Modifies a vServer group",
    access="update",
    resource="vservergroup/{VServerGroupId}",
    errors=(VServerGroupNotFound, *KNOWN_ERRORS),
)
def set_vserver_group_attribute(
    tx: Tx, call: Call, request: SetVServerGroupAttributeRequest
) -> SetVServerGroupAttributeReply:
    """Changes the group's name, and its servers' weights and descriptions."""
    group, load_balancer = _group(tx, call, request)
    check_text("VServerGroupName", request.vserver_group_name)
    group = msgspec.structs.replace(group, name=request.vserver_group_name or group.name)
    tx.put(group)
    set_servers(tx, load_balancer, group.id, named(request.backend_servers, ports=True))
    return SetVServerGroupAttributeReply(
        vserver_group_id=group.id, vserver_group_name=group.name, backend_servers=port_views(tx, group.id)
    )


@operation(
    SLB,
    name="DeleteVServerGroup",
    title="Deletes a vServer group",
    access="delete",
    resource="vservergroup/{VServerGroupId}",
    errors=(VServerGroupNotFound, GroupInUse),
)
def delete_vserver_group(tx: Tx, call: Call, request: GroupRequest) -> Reply:
    """Deletes a group that no listener uses, with its servers."""
    group, load_balancer = _group(tx, call, request)
    if any(one.group_id == group.id for one in tx.children(Listener, load_balancer.id)):
        raise GroupInUse
    remove_servers(tx, group.id)
    tx.remove(group)
    return Reply()


def _group(tx: Tx, call: Call, request: GroupRequest) -> tuple[VServerGroup, LoadBalancer]:
    group = own_group(tx, call, request.vserver_group_id, request.region_id)
    load_balancer = tx.get(LoadBalancer, group.parent)
    if load_balancer is None:
        raise VServerGroupNotFound
    return group, load_balancer


def _with_ports(text: str) -> list[Named]:
    servers = named(text, ports=True)
    if any(one.port is None for one in servers):
        raise InvalidValue(name="BackendServers.Port")
    return servers
