"""What the store keeps of services, endpoints, their zones and the connections between them."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from jackfield.products.privatelink.states import CONNECTION_STATES, ENDPOINT_STATES, SERVICE_STATES, ZONE_STATES
from jackfield.products.tags import TaggedResource
from jackfield.store.resource import Resource, States

ResourceType = Literal["slb", "alb", "nlb", "gwlb"]
TrafficControl = Literal["Scalability", "BandwidthLimit"]


class EndpointService(TaggedResource, frozen=True, kw_only=True, omit_defaults=True):
    """What a provider offers, through load balancers of its own.

    :param users: who may create endpoints: account ids, or ``*`` for everybody. The owner may always.
    :param payer: ``Endpoint`` or ``EndpointService``; shown.
    :param connect_bandwidth: Mbit/s of a new connection.
    :param settle_at: when the current transition may end at the earliest (the pace).
    """

    kind: ClassVar[str] = "vpc_endpoint_service"
    states: ClassVar[States] = SERVICE_STATES

    resource_type: ResourceType
    auto_accept: bool = False
    description: str = ""
    payer: str = "Endpoint"
    zone_affinity: bool = False
    connect_bandwidth: int = 3072
    users: tuple[str, ...] = ()
    resource_group_id: str = ""
    settle_at: float = 0.0

    @property
    def type(self) -> str:
        """The type that its endpoints have."""
        return "GatewayLoadBalancer" if self.resource_type == "gwlb" else "Interface"

    @property
    def traffic_control(self) -> TrafficControl:
        """That of a new connection: behind a classic load balancer, bandwidth is a limit."""
        return "BandwidthLimit" if self.resource_type == "slb" else "Scalability"


class ServiceResource(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """A load balancer in one zone behind a service (the ``parent``).

    :param auto_allocated: whether new connections may be given to it by choice of the service.
    """

    kind: ClassVar[str] = "vpc_endpoint_service_resource"

    resource_id: str
    resource_type: ResourceType
    zone_id: str
    auto_allocated: bool = True


class AttachedGroup(msgspec.Struct, frozen=True):
    """A security group of an endpoint. One that is Detaching judges no more."""

    id: str
    status: Literal["Attaching", "Attached", "Detaching"]


class VpcEndpoint(TaggedResource, frozen=True, kw_only=True, omit_defaults=True):
    """Where a consumer's VPC (the ``parent``) reaches a service.

    :param domain: leads to all of its connected zones.
    :param protected: only ``creator`` may change or delete it.
    :param creator: ARN of the caller who made it.
    :param payer: the service's at creation; shown.
    :param settle_at: when the current transition may end at the earliest (the pace).
    """

    kind: ClassVar[str] = "vpc_endpoint"
    states: ClassVar[States] = ENDPOINT_STATES

    service_id: str
    domain: str
    type: str = "Interface"
    groups: tuple[AttachedGroup, ...] = ()
    name: str = ""
    description: str = ""
    protected: bool = False
    creator: str = ""
    payer: str = "Endpoint"
    zone_affinity: bool = False
    resource_group_id: str = ""
    settle_at: float = 0.0

    @property
    def judges(self) -> tuple[str, ...]:
        """Ids of the groups whose rules hold."""
        return tuple(group.id for group in self.groups if group.status != "Detaching")


class Connection(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """Whether an endpoint (same id) is let into its service (the ``parent``), whose account and region it has.

    :param endpoint_account: the endpoint's owner.
    :param bandwidth: Mbit/s (of 1,000,000 bits), in each direction and over all zones; a limit under BandwidthLimit.
    :param traffic_control: Scalability, which is the default behind an nlb, lets bandwidth grow as needed; behind an
        slb it is always BandwidthLimit.
    :param modified: seconds since the epoch.
    """

    kind: ClassVar[str] = "vpc_endpoint_connection"
    states: ClassVar[States] = CONNECTION_STATES

    endpoint_account: str
    bandwidth: int
    traffic_control: TrafficControl = "Scalability"
    modified: float = 0.0
    settle_at: float = 0.0

    @property
    def bytes_per_second(self) -> int:
        """What its zones may carry in each direction; 0: any number."""
        return self.bandwidth * 125_000 if self.traffic_control == "BandwidthLimit" else 0


class EndpointZone(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """An endpoint (the ``parent``) in one zone, with an address of its VPC.

    While it is connected there is an endpoint record (``endpoints/resources.py``) with the same id.

    :param domain: leads to this zone alone.
    :param resource_id: the load balancer that it is connected to, or was last, or is to be (``manual``).
    :param manual: somebody has chosen the load balancer.
    :param replaced_resource_id: the load balancer that connections from before a migration still lead to.
    :param replacing: whether these connections go on (``Graceful``) or are to be closed (``Force``).
    :param toggling: which call of the service's owner on this zone runs.
    :param disabled_at, enabled_at: when the last such call ended, seconds since the epoch.
    """

    kind: ClassVar[str] = "vpc_endpoint_zone"
    states: ClassVar[States] = ZONE_STATES

    zone_id: str
    vswitch_id: str
    eni_id: str
    domain: str
    address: str = ""
    resource_id: str = ""
    manual: bool = False
    replaced_resource_id: str = ""
    replacing: Literal["", "Graceful", "Force"] = ""
    toggling: Literal["", "disable", "enable"] = ""
    disabled_at: float = 0.0
    enabled_at: float = 0.0
    settle_at: float = 0.0


def zone_key(endpoint: str, zone: str) -> str:
    """The id of an endpoint's zone."""
    return f"{endpoint}/{zone}"


def resource_key(service: str, resource: str, zone: str) -> str:
    """The id of a service's resource."""
    return f"{service}/{resource}/{zone}"
