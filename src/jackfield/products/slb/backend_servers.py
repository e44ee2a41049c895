"""The servers of a load balancer itself, for its listeners without a vServer group."""

from __future__ import annotations

from jackfield.products.operation import Call, Reply, Shape, operation
from jackfield.products.slb.errors import LoadBalancerNotFound
from jackfield.products.slb.product import SLB
from jackfield.products.slb.servers import (
    ADD_ERRORS,
    KNOWN_ERRORS,
    ServersText,
    add_servers,
    named,
    servers_of,
    set_servers,
    take_servers,
)
from jackfield.products.slb.shapes import LoadBalancerRequest, changeable
from jackfield.store.interface import Reader, Tx


class WordedServer(Shape):
    """A server; these two operations say its weight as a text."""

    server_id: str
    weight: str
    type: str
    description: str


class WordedServers(Shape):
    backend_server: tuple[WordedServer, ...]


class WordedServersReply(Reply):
    load_balancer_id: str
    backend_servers: WordedServers


class NumberedServer(Shape):
    """A server, with its weight as a number."""

    server_id: str
    weight: int
    type: str
    description: str


class NumberedServers(Shape):
    backend_server: tuple[NumberedServer, ...]


class NumberedServersReply(Reply):
    load_balancer_id: str
    backend_servers: NumberedServers


class ServersRequest(LoadBalancerRequest, kw_only=True):
    backend_servers: ServersText = ""


class GoneServersRequest(LoadBalancerRequest, kw_only=True):
    backend_servers: ServersText


@operation(
    SLB,
    title="Adds backend servers",
    access="create",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(LoadBalancerNotFound, *ADD_ERRORS),
)
def add_backend_servers(tx: Tx, call: Call, request: ServersRequest) -> WordedServersReply:
    """Adds servers for listeners without a vServer group; each is dialled at the listener's backend port."""
    load_balancer = changeable(tx, call, request.load_balancer_id, request.region_id)
    add_servers(tx, call, load_balancer, load_balancer.id, named(request.backend_servers, ports=False))
    return _worded(tx, load_balancer.id)


@operation(
    SLB,
    title="Sets the weights of backend servers",
    access="update",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(LoadBalancerNotFound, *KNOWN_ERRORS),
)
def set_backend_servers(tx: Tx, call: Call, request: ServersRequest) -> WordedServersReply:
    """Changes weights and descriptions; connections that are open stay."""
    load_balancer = changeable(tx, call, request.load_balancer_id, request.region_id)
    set_servers(tx, load_balancer, load_balancer.id, named(request.backend_servers, ports=False))
    return _worded(tx, load_balancer.id)


@operation(
    SLB,
    title="Removes backend servers",
    access="delete",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(LoadBalancerNotFound, *KNOWN_ERRORS),
)
def remove_backend_servers(tx: Tx, call: Call, request: GoneServersRequest) -> NumberedServersReply:
    """Removes every server with one of the ids; answers those that remain."""
    load_balancer = changeable(tx, call, request.load_balancer_id, request.region_id)
    take_servers(tx, load_balancer, load_balancer.id, named(request.backend_servers, ports=False))
    return NumberedServersReply(
        load_balancer_id=load_balancer.id,
        backend_servers=NumberedServers(
            backend_server=tuple(
                NumberedServer(server_id=one.server_id, weight=one.weight, type=one.type, description=one.description)
                for one in servers_of(tx, load_balancer.id)
            )
        ),
    )


def _worded(tx: Reader, load_balancer: str) -> WordedServersReply:
    return WordedServersReply(
        load_balancer_id=load_balancer,
        backend_servers=WordedServers(
            backend_server=tuple(
                WordedServer(
                    server_id=one.server_id, weight=str(one.weight), type=one.type, description=one.description
                )
                for one in servers_of(tx, load_balancer)
            )
        ),
    )
