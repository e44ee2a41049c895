"""The servers of a server group."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Annotated, TypeVar

import msgspec

from jackfield.products.nlb.checks import check_description, own_group
from jackfield.products.nlb.errors import (
    BackendServerNotFound,
    DuplicatedServer,
    IllegalIp,
    IllegalParam,
    IllegalServerDescription,
    IllegalServerPort,
    IncorrectServerGroupStatus,
    IpInUse,
    MismatchServerType,
    MissingParam,
    ServerGroupNotFound,
    ServerIpv6NotSupported,
)
from jackfield.products.nlb.jobs import change
from jackfield.products.nlb.product import NLB
from jackfield.products.nlb.resources import Server, ServerGroup, server_id
from jackfield.products.nlb.server_groups import changed_group, steady_group
from jackfield.products.nlb.shapes import (
    DryRun,
    GroupId,
    GroupJobReply,
    Page,
    PageReply,
    RegionId,
    Token,
    check_ids,
    cut,
    next_token,
)
from jackfield.products.nlb.states import ADDING, CONFIGURING, REMOVING
from jackfield.products.operation import Call, Param, Request, Shape, operation
from jackfield.products.vpc.resources import VSwitch
from jackfield.store.interface import Reader, Tx

MAX_SERVERS = 200
"""In one call."""

MAX_WANTED = 40
"""Ids or addresses in one call of ListServerGroupServers."""

Address = Annotated[str, Param("The server's address.", "192.168.6.6", missing=MissingParam)]
ServerType = Annotated[str, Param("Ip; others are refused.", "Ip", missing=MissingParam)]
AddressAgain = Annotated[str, Param("The server's address once more.", "192.168.6.6")]
Port = Annotated[int, Param("The server's port.", "443", range=(0, 65535), invalid=IllegalParam)]
Description = Annotated[str, Param("2 to 256 letters, digits and a few signs.", "ECS")]


class NewServer(Shape):
    server_id: Address
    server_type: ServerType
    server_ip: AddressAgain = ""
    port: Port = 0
    weight: Annotated[int, Param("Its share of new clients; 0: none.", "100", range=(0, 100), invalid=IllegalParam)] = (
        100
    )
    description: Description = ""


class ChangedServer(Shape):
    server_id: Address
    server_type: ServerType
    port: Annotated[int, Param("The server's port.", "443", range=(0, 65535), invalid=IllegalParam)]
    server_ip: AddressAgain = ""
    weight: Annotated[
        int | None, Param("Its new share of new clients; 0: none.", "100", range=(0, 100), invalid=IllegalParam)
    ] = None
    description: Description = ""


class NamedServer(Shape):
    server_id: Address
    server_type: ServerType
    server_ip: AddressAgain = ""
    port: Port = 0


S = TypeVar("S", NewServer, ChangedServer, NamedServer)


class GroupRequest(Request):
    """What every change of a group's servers takes."""

    server_group_id: GroupId
    region_id: RegionId = ""
    client_token: Token = ""
    dry_run: DryRun = False


class AddServersToServerGroupRequest(GroupRequest, kw_only=True):
    servers: Annotated[tuple[NewServer, ...], Param("Up to 200.", missing=MissingParam, invalid=IllegalParam)]


@operation(
    NLB,
    title="Adds servers to a server group",
    access="create",
    resource="servergroup/{ServerGroupId}",
    errors=(
        MissingParam,
        IllegalParam,
        ServerGroupNotFound,
        IncorrectServerGroupStatus,
        MismatchServerType,
        IllegalIp,
        ServerIpv6NotSupported,
        IllegalServerPort,
        IllegalServerDescription,
        DuplicatedServer,
        IpInUse,
    ),
    token="ClientToken",
)
def add_servers_to_server_group(tx: Tx, call: Call, request: AddServersToServerGroupRequest) -> GroupJobReply:
    """Adds servers. They are Adding until every listener with the group knows them."""
    group = steady_group(tx, call, request.server_group_id, request.region_id)
    for named in _checked(group, request.servers):
        check_description(named.description, IllegalServerDescription)
        id = server_id(group.id, named.server_id, named.port)
        if tx.get(Server, id) is not None:
            raise IpInUse
        server = Server(
            id=id,
            account=group.account,
            region=group.region,
            parent=group.id,
            status=ADDING,
            created=call.now,
            address=named.server_id,
            port=named.port,
            weight=named.weight,
            description=named.description,
        )
        tx.put(server)
    return _changed(tx, call, group)


class RemoveServersFromServerGroupRequest(GroupRequest, kw_only=True):
    servers: Annotated[tuple[NamedServer, ...], Param("Up to 200.", missing=MissingParam, invalid=IllegalParam)]


@operation(
    NLB,
    title="Removes servers from a server group",
    access="delete",
    resource="servergroup/{ServerGroupId}",
    errors=(
        MissingParam,
        IllegalParam,
        ServerGroupNotFound,
        IncorrectServerGroupStatus,
        MismatchServerType,
        IllegalIp,
        ServerIpv6NotSupported,
        IllegalServerPort,
        DuplicatedServer,
        BackendServerNotFound,
    ),
    token="ClientToken",
)
def remove_servers_from_server_group(tx: Tx, call: Call, request: RemoveServersFromServerGroupRequest) -> GroupJobReply:
    """Removes servers. They are Removing until no listener knows them any more."""
    group = steady_group(tx, call, request.server_group_id, request.region_id)
    for named in _checked(group, request.servers):
        server = _server(tx, group, named)
        tx.put(msgspec.structs.replace(server, status=REMOVING))
    return _changed(tx, call, group)


class UpdateServerGroupServersAttributeRequest(GroupRequest, kw_only=True):
    servers: Annotated[tuple[ChangedServer, ...], Param("Up to 200.", missing=MissingParam, invalid=IllegalParam)]


@operation(
    NLB,
    title="Modifies servers of a server group",
    access="update",
    resource="servergroup/{ServerGroupId}",
    errors=(
        MissingParam,
        IllegalParam,
        ServerGroupNotFound,
        IncorrectServerGroupStatus,
        MismatchServerType,
        IllegalIp,
        ServerIpv6NotSupported,
        IllegalServerPort,
        IllegalServerDescription,
        DuplicatedServer,
        BackendServerNotFound,
    ),
    token="ClientToken",
)
def update_server_group_servers_attribute(
    tx: Tx, call: Call, request: UpdateServerGroupServersAttributeRequest
) -> GroupJobReply:
    """Changes weights and descriptions; connections that are open stay."""
    group = steady_group(tx, call, request.server_group_id, request.region_id)
    for named in _checked(group, request.servers):
        check_description(named.description, IllegalServerDescription)
        server = _server(tx, group, named)
        weight = server.weight if named.weight is None else named.weight
        description = named.description or server.description
        tx.put(msgspec.structs.replace(server, status=CONFIGURING, weight=weight, description=description))
    return _changed(tx, call, group)


class ServerView(Shape):
    server_group_id: str
    server_id: str
    server_ip: str
    server_type: str
    port: int
    weight: int
    description: str
    status: str
    zone_id: str


class ListServerGroupServersRequest(Page):
    region_id: RegionId = ""
    server_group_id: Annotated[str, Param("Only of this server group.", "sgp-atstuj3rtoptyui****")] = ""
    server_ids: Annotated[tuple[str, ...], Param("Only these; up to 40.", invalid=IllegalParam)] = ()
    server_ips: Annotated[tuple[str, ...], Param("Only these addresses; up to 40.", invalid=IllegalParam)] = ()


class ListServerGroupServersReply(PageReply):
    servers: tuple[ServerView, ...]


@operation(
    NLB,
    title="Queries servers of server groups",
    access="list",
    resource="servergroup/*",
    errors=(IllegalParam, ServerGroupNotFound),
)
def list_server_group_servers(
    tx: Reader, call: Call, request: ListServerGroupServersRequest
) -> ListServerGroupServersReply:
    """Lists the servers of one of the caller's groups, or of all, oldest first, a page at a time."""
    region = request.region_id or call.region
    ids = check_ids("ServerIds", request.server_ids, MAX_WANTED)
    addresses = check_ids("ServerIps", request.server_ips, MAX_WANTED)
    candidates: Iterable[Server]
    if request.server_group_id:
        group = own_group(tx, call, request.server_group_id, request.region_id)
        candidates = tx.children(Server, group.id)
    else:
        candidates = tx.each(Server, account=call.account, region=region)
    found = [
        server
        for server in candidates
        if (not ids or server.address in ids) and (not addresses or server.address in addresses)
    ]
    return ListServerGroupServersReply(
        servers=tuple(_view(tx, server) for server in cut(request, found)),
        max_results=request.max_results,
        next_token=next_token(request, len(found)),
        total_count=len(found),
    )


def zone_of(tx: Reader, vpc_id: str, address: str) -> str:
    """The zone of the vSwitch that an address lies in; empty for one that is none of the VPC's."""
    host = ipaddress.IPv4Address(address)
    for vswitch in tx.children(VSwitch, vpc_id):
        if host in ipaddress.IPv4Network(vswitch.cidr):
            return vswitch.zone_id
    return ""


def _view(tx: Reader, server: Server) -> ServerView:
    group = tx.get(ServerGroup, server.parent)
    return ServerView(
        server_group_id=server.parent,
        server_id=server.address,
        server_ip=server.address,
        server_type="Ip",
        port=server.port,
        weight=server.weight,
        description=server.description,
        status=server.status,
        zone_id=zone_of(tx, group.vpc_id, server.address) if group else "",
    )


def _checked(group: ServerGroup, servers: Sequence[S]) -> Sequence[S]:
    """The servers of a request, each well-formed and named once."""
    if len(servers) > MAX_SERVERS:
        raise IllegalParam(name="Servers")
    seen = set()
    for server in servers:
        if server.server_type != "Ip":
            raise MismatchServerType(one=server.server_type, other=group.id)
        _check_address(server.server_id)
        if server.server_ip not in ("", server.server_id):
            raise IllegalIp
        if server.port == 0:
            raise IllegalServerPort
        if (server.server_id, server.port) in seen:
            raise DuplicatedServer
        seen.add((server.server_id, server.port))
    return servers


def _check_address(text: str) -> None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise IllegalIp from None
    if isinstance(address, ipaddress.IPv6Address):
        raise ServerIpv6NotSupported


def _server(tx: Tx, group: ServerGroup, named: ChangedServer | NamedServer) -> Server:
    server = tx.get(Server, server_id(group.id, named.server_id, named.port))
    if server is None:
        raise BackendServerNotFound
    return server


def _changed(tx: Tx, call: Call, group: ServerGroup) -> GroupJobReply:
    return GroupJobReply(job_id=changed_group(tx, call, change(group, call, CONFIGURING)), server_group_id=group.id)
