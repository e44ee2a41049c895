"""What the store keeps of load balancers, their listeners, server groups and servers, and of jobs."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from jackfield.products.nlb.states import (
    CONFIGURING,
    GROUP_STATES,
    LISTENER_STATES,
    LISTENS,
    LOAD_BALANCER_STATES,
    SERVER_STATES,
)
from jackfield.products.tags import TaggedResource
from jackfield.store.resource import Resource, States


class Changing(TaggedResource, frozen=True, kw_only=True, omit_defaults=True):
    """What is changed in the background, by one job after the other.

    :param change: number of the latest change that was asked for. :param changed: of the latest one that is done.
    :param settle_at: when the current transition may end at the earliest (the pace).
    """

    change: int = 1
    changed: int = 0
    settle_at: float = 0.0


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """Where a load balancer is; its address there is that of the endpoint :func:`zone_endpoint_id`."""

    zone_id: str
    vswitch_id: str
    eni_id: str


class Balancer(Changing, frozen=True, kw_only=True, omit_defaults=True):
    """What network and classic load balancers have in common: each zone is an endpoint, child of the load balancer.

    :param security_group_ids: the groups that judge clients; without any, everybody in reach is admitted.
    """

    states: ClassVar[States] = LOAD_BALANCER_STATES

    vpc_id: str
    name: str = ""
    resource_group_id: str = ""
    security_group_ids: tuple[str, ...] = ()


class LoadBalancer(Balancer, frozen=True, kw_only=True, omit_defaults=True):
    """:param zones: in the order of the create call. :param name: may be empty.

    :param protected_since, locked_since: seconds since the epoch.
    :param locked: ``ConsoleProtection``: the console lets nobody change it; the API does.
    """

    kind: ClassVar[str] = "nlb_load_balancer"

    dns_name: str
    zones: tuple[Zone, ...]
    address_type: Literal["Internet", "Intranet"] = "Intranet"
    cross_zone: bool = True
    cps: int = 0
    protected: bool = False
    protection_reason: str = ""
    protected_since: float = 0.0
    locked: bool = False
    lock_reason: str = ""
    locked_since: float = 0.0


class Ailing(msgspec.Struct, frozen=True, kw_only=True):
    """A server that a listener sends nothing to. :param reason: the vendor's reason code; empty while not looked at."""

    address: str
    port: int
    status: Literal["Initial", "Unhealthy"]
    reason: str = ""


class Port(Changing, frozen=True, kw_only=True, omit_defaults=True):
    """What listeners of network and classic load balancers (the ``parent``) have in common.

    :param stopped: whether it is stopped, which the status Configuring does not tell.
    :param ailing: what the relay said last of the servers that are not healthy.
    """

    states: ClassVar[States] = LISTENER_STATES

    port: int
    description: str = ""
    stopped: bool = False
    ailing: tuple[Ailing, ...] = ()

    @property
    def listens(self) -> bool:
        """Whether its port is open, or about to be."""
        return self.status in LISTENS or (self.status == CONFIGURING and not self.stopped)


class Listener(Port, frozen=True, kw_only=True, omit_defaults=True):
    """A port of a network load balancer."""

    kind: ClassVar[str] = "nlb_listener"

    group_id: str
    idle_timeout: int = 900
    cps: int = 0
    mss: int = 0
    proxy_protocol: bool = False
    sec_sensor: bool = False


class Check(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A server group's health check, by TCP. Times are seconds."""

    enabled: bool = True
    interval: int = 5
    timeout: int = 5
    healthy_threshold: int = 2
    unhealthy_threshold: int = 2


Scheduler = Literal["Wrr", "Wlc", "Rr", "Sch"]


class ServerGroup(Changing, frozen=True, kw_only=True, omit_defaults=True):
    """Servers, each a :class:`Server`, between which listeners spread their clients."""

    kind: ClassVar[str] = "nlb_server_group"
    states: ClassVar[States] = GROUP_STATES

    vpc_id: str
    name: str
    scheduler: Scheduler = "Wrr"
    check: Check = Check()
    drain_enabled: bool = False
    drain_seconds: int = 0
    preserve_client_ip: bool = True
    resource_group_id: str = ""


class Server(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """One ``address:port`` in a server group (the ``parent``). :param weight: 0 to 100; 0 gets no new client."""

    kind: ClassVar[str] = "nlb_server"
    states: ClassVar[States] = SERVER_STATES

    address: str
    port: int
    weight: int = 100
    description: str = ""


class Job(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """A change in the background: it is done when its resource has changed that far, or is gone."""

    kind: ClassVar[str] = "nlb_job"

    resource: str
    resource_id: str
    change: int


def zone_endpoint_id(load_balancer: str, zone: str) -> str:
    """The id of the endpoint that a load balancer is in one zone."""
    return f"{load_balancer}/{zone}"


def server_id(group: str, address: str, port: int) -> str:
    return f"{group}/{address}:{port}"
