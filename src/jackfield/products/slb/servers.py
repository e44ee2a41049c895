"""Servers as requests name them: a JSON list in a text, the same for a load balancer and for a vServer group.

``[{"ServerId": "eni-…", "ServerIp": "10.0.0.4", "Port": "6379", "Weight": "100", "Type": "eni"}]``; numbers may be
texts. There are no virtual machines here, so what counts is the address: ``ServerIp``, else ``ServerId`` itself. It may
be any of the load balancer's VPC; what is not there is unhealthy.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from jackfield.products.nlb.resources import Ailing
from jackfield.products.operation import Call, Param, Shape
from jackfield.products.slb.errors import (
    BackendServerExists,
    BackendServerNotFound,
    BackendServersMalformed,
    InvalidValue,
    NoAddress,
    TooManyBackendServers,
)
from jackfield.products.slb.resources import BackendServer, Listener, LoadBalancer, server_key
from jackfield.products.slb.shapes import check_text
from jackfield.store.interface import Reader, Tx

MAX_SERVERS = 20
"""In one call (the SDK documents)."""

TYPES = ("ecs", "eni", "eci")

ServersText = Annotated[
    str,
    Param(
        "A JSON list of servers.",
        '[{"ServerId": "eni-2ze1sdp5****", "ServerIp": "192.168.0.4", "Type": "eni", "Weight": "100"}]',
    ),
]

SERVER_ERRORS = (BackendServersMalformed, TooManyBackendServers, InvalidValue)
ADD_ERRORS = (*SERVER_ERRORS, NoAddress, BackendServerExists)
KNOWN_ERRORS = (*SERVER_ERRORS, BackendServerNotFound)


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """One server of a request; ``None`` and empty texts are what it leaves out."""

    server_id: str
    ip: str = ""
    port: int | None = None
    weight: int | None = None
    type: str = ""
    description: str = ""

    def is_of(self, server: BackendServer) -> bool:
        """Whether it means a server; what it leaves out fits any."""
        return (
            self.server_id == server.server_id and self.ip in ("", server.address) and self.port in (None, server.port)
        )


class PortServerView(Shape):
    """A server of a vServer group, as replies to changes have it."""

    server_id: str
    port: int
    weight: int
    type: str
    description: str


class PortServerList(Shape):
    backend_server: tuple[PortServerView, ...]


def servers_of(tx: Reader, parent: str) -> list[BackendServer]:
    """The servers of a load balancer or a vServer group, sorted."""
    return sorted(tx.children(BackendServer, parent), key=lambda one: one.id)


def port_views(tx: Reader, group: str) -> PortServerList:
    return PortServerList(
        backend_server=tuple(
            PortServerView(
                server_id=one.server_id,
                port=one.port,
                weight=one.weight,
                type=one.type,
                description=one.description,
            )
            for one in servers_of(tx, group)
        )
    )


def named(text: str, *, ports: bool) -> list[Named]:
    """The servers of a request's text; an old form lists ids alone.

    :param ports: whether servers have ports, as those of a vServer group; others have that of the listener.
    :raises BackendServersMalformed, TooManyBackendServers, InvalidValue:
    """
    try:
        listed = json.loads(text or "[]")
    except ValueError:
        raise BackendServersMalformed from None
    if not isinstance(listed, list):
        raise BackendServersMalformed
    if len(listed) > MAX_SERVERS:
        raise TooManyBackendServers
    return [_named(one, ports) for one in listed]


def add_servers(tx: Tx, call: Call, load_balancer: LoadBalancer, parent: str, servers: Sequence[Named]) -> None:
    """Puts new servers below a load balancer, or a vServer group of it.

    :raises NoAddress, BackendServerExists, InvalidValue:
    """
    for one in servers:
        address, port = _address(one), one.port or 0
        id = server_key(parent, one.server_id, address, port)
        if tx.get(BackendServer, id) is not None:
            raise BackendServerExists
        server = BackendServer(
            id=id,
            account=load_balancer.account,
            region=load_balancer.region,
            parent=parent,
            created=call.now,
            server_id=one.server_id,
            address=address,
            port=port,
            weight=100 if one.weight is None else one.weight,
            type=one.type or "ecs",
            description=one.description,
        )
        tx.put(server)
        _note_unseen(tx, load_balancer, parent, server)
    tx.schedule(load_balancer)


def set_servers(tx: Tx, load_balancer: LoadBalancer, parent: str, servers: Sequence[Named]) -> None:
    """Changes weights and descriptions; connections that are open stay. :raises BackendServerNotFound:"""
    for one in servers:
        for server in _found(tx, parent, one):
            weight = server.weight if one.weight is None else one.weight
            description = one.description or server.description
            tx.put(msgspec.structs.replace(server, weight=weight, description=description))
    tx.schedule(load_balancer)


def take_servers(tx: Tx, load_balancer: LoadBalancer, parent: str, servers: Sequence[Named]) -> None:
    """Removes servers; their clients are cut, or drained as the settings say. :raises BackendServerNotFound:"""
    for one in servers:
        for server in _found(tx, parent, one):
            tx.remove(server)
    tx.schedule(load_balancer)


def _address(one: Named) -> str:
    """:raises NoAddress: neither ServerIp nor ServerId is one."""
    try:
        return str(ipaddress.IPv4Address(one.ip or one.server_id))
    except ValueError:
        raise NoAddress from None


def _found(tx: Tx, parent: str, one: Named) -> list[BackendServer]:
    found = [server for server in servers_of(tx, parent) if one.is_of(server)]
    if not found:
        raise BackendServerNotFound
    return found


def _note_unseen(tx: Tx, load_balancer: LoadBalancer, parent: str, server: BackendServer) -> None:
    """Nobody has looked at a new server, so DescribeHealthStatus must not call it normal."""
    for listener in tx.children(Listener, load_balancer.id):
        if (listener.group_id or listener.parent) == parent and listener.listens and listener.check.enabled:
            fresh = Ailing(address=server.address, port=server.port or listener.backend_port, status="Initial")
            tx.put(msgspec.structs.replace(listener, ailing=(*listener.ailing, fresh)))


def _named(one: Any, ports: bool) -> Named:
    if isinstance(one, str) and one:
        return Named(server_id=one)
    if not isinstance(one, dict) or not isinstance(one.get("ServerId"), str) or not one["ServerId"]:
        raise BackendServersMalformed
    type, description = str(one.get("Type") or ""), str(one.get("Description") or "")
    if type not in ("", *TYPES):
        raise InvalidValue(name="BackendServers.Type")
    check_text("BackendServers.Description", description)
    return Named(
        server_id=one["ServerId"],
        ip=str(one.get("ServerIp") or ""),
        port=_number(one, "Port", 1, 65535) if ports else None,
        weight=_number(one, "Weight", 0, 100),
        type=type,
        description=description,
    )


def _number(one: dict[str, Any], name: str, least: int, most: int) -> int | None:
    """:raises InvalidValue: it is there, and no number or out of range."""
    value = one.get(name)
    if value in (None, ""):
        return None
    try:
        number = int(str(value))
    except ValueError:
        raise InvalidValue(name=f"BackendServers.{name}") from None
    if not least <= number <= most:
        raise InvalidValue(name=f"BackendServers.{name}")
    return number
