"""DescribeHealthStatus: which servers listeners send clients to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from jackfield.products.nlb.states import CONFIGURING, RUNNING
from jackfield.products.operation import Call, Param, Reply, Shape, operation
from jackfield.products.slb.errors import InvalidValue, LoadBalancerNotFound
from jackfield.products.slb.product import SLB
from jackfield.products.slb.resources import Listener
from jackfield.products.slb.servers import servers_of
from jackfield.products.slb.shapes import LoadBalancerRequest, Protocol, own_load_balancer
from jackfield.store.interface import Reader


class DescribeHealthStatusRequest(LoadBalancerRequest, kw_only=True):
    listener_port: Annotated[
        int | None, Param("Only of this listener.", "6379", range=(1, 65535), invalid=InvalidValue)
    ] = None
    listener_protocol: Protocol = ""


class HealthView(Shape):
    server_id: str
    server_ip: str
    port: int
    listener_port: int
    protocol: str
    server_health_status: str


class HealthList(Shape):
    backend_server: tuple[HealthView, ...]


class DescribeHealthStatusReply(Reply):
    backend_servers: HealthList


@operation(
    SLB,
    title="Queries the health of servers",
    access="get",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(LoadBalancerNotFound, InvalidValue),
)
def describe_health_status(tx: Reader, call: Call, request: DescribeHealthStatusRequest) -> DescribeHealthStatusReply:
    """Each server of each listener: ``normal``, ``abnormal``, or ``unavailable`` while nobody has looked, which is so
    of listeners that do not run or have no health check.
    """
    load_balancer = own_load_balancer(tx, call, request.load_balancer_id, request.region_id)
    listeners = [
        one
        for one in sorted(tx.children(Listener, load_balancer.id), key=lambda one: one.port)
        if request.listener_port in (None, one.port) and request.listener_protocol.lower() in ("", "tcp")
    ]
    return DescribeHealthStatusReply(
        backend_servers=HealthList(backend_server=tuple(view for one in listeners for view in _views(tx, one)))
    )


def _views(tx: Reader, listener: Listener) -> Iterator[HealthView]:
    looked_at = listener.check.enabled and listener.listens and listener.status in (RUNNING, CONFIGURING)
    ailing = {(one.address, one.port): one.status for one in listener.ailing}
    for server in servers_of(tx, listener.group_id or listener.parent):
        port = server.port or listener.backend_port
        seen = ailing.get((server.address, port), "Normal") if looked_at else "Initial"
        yield HealthView(
            server_id=server.server_id,
            server_ip=server.address,
            port=port,
            listener_port=listener.port,
            protocol="tcp",
            server_health_status={"Normal": "normal", "Unhealthy": "abnormal"}.get(seen, "unavailable"),
        )
