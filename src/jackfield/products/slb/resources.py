"""What the store keeps of classic load balancers, their listeners, vServer groups and backend servers.

States have the names that network load balancers' have (one reconciler tends both); replies say them in small letters,
as this product does.
"""

from __future__ import annotations

from typing import ClassVar

from jackfield.products.nlb.resources import Balancer, Check, Port, Scheduler
from jackfield.products.nlb.states import ACTIVE, LISTENER_STATES, STOPPED
from jackfield.products.tags import TaggedResource
from jackfield.store.resource import Resource, States

CLASSIC_LISTENER_STATES = States(
    initial=(STOPPED,), intents=LISTENER_STATES.intents, settlements=LISTENER_STATES.settlements
)
"""A new listener is stopped (CreateLoadBalancerTCPListener documents)."""


class LoadBalancer(Balancer, frozen=True, kw_only=True, omit_defaults=True):
    """One address, of a vSwitch in its primary zone.

    :param slave_zone_id: shown; no primary zone fails here.
    :param enabled: whether somebody wants its listeners to forward (SetLoadBalancerStatus).
    :param locked: ``ConsoleProtection``: the console lets nobody change it; the API does.
    """

    kind: ClassVar[str] = "slb_load_balancer"

    address: str
    vswitch_id: str
    master_zone_id: str
    slave_zone_id: str
    spec: str = ""
    bandwidth: int = 5120
    internet_charge_type: str = "paybytraffic"
    instance_charge_type: str = "PayBySpec"
    enabled: bool = True
    protected: bool = False
    locked: bool = False
    lock_reason: str = ""

    @property
    def shown_status(self) -> str:
        """``active`` or ``inactive``; what is under way is not said before it is so."""
        return "active" if self.enabled == (self.status == ACTIVE) else "inactive"


class Listener(Port, frozen=True, kw_only=True, omit_defaults=True):
    """A TCP port of a load balancer, with servers of a vServer group or the load balancer's own.

    :param group_id: the vServer group; empty: the load balancer's own servers, at ``backend_port``.
    :param persistence: seconds; above 0 a client's address always gets the same server.
    :param established: seconds without bytes; shown.
    :param bandwidth: Mbit/s; shown.
    :param paused: it was stopped with the load balancer, and is started with it again.
    """

    kind: ClassVar[str] = "slb_listener"
    states: ClassVar[States] = CLASSIC_LISTENER_STATES

    group_id: str = ""
    backend_port: int = 0
    scheduler: Scheduler = "Wrr"
    persistence: int = 0
    check: Check = Check()
    established: int = 900
    bandwidth: int = -1
    drain_enabled: bool = False
    drain_seconds: int = 0
    paused: bool = False


class VServerGroup(TaggedResource, frozen=True, kw_only=True, omit_defaults=True):
    """Servers of a load balancer (the ``parent``) for some of its listeners, each with a port."""

    kind: ClassVar[str] = "slb_vserver_group"

    name: str


class BackendServer(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """A server of a load balancer or of a vServer group (the ``parent``).

    :param server_id: what its owner calls it: the id of an interface, or its address.
    :param port: 0 where the listener says it. :param weight: 0 to 100; 0 gets no new client.
    """

    kind: ClassVar[str] = "slb_backend_server"

    server_id: str
    address: str
    port: int = 0
    weight: int = 100
    type: str = "eni"
    description: str = ""


def listener_key(load_balancer: str, port: int) -> str:
    """The id of a listener, which the tag operations know (TagResources documents)."""
    return f"{load_balancer}_tcp_{port}"


def server_key(parent: str, server_id: str, address: str, port: int) -> str:
    return f"{parent}/{server_id}/{address}:{port}"
