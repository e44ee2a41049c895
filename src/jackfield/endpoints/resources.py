"""The record of an endpoint, the same for every product."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

import msgspec

from jackfield.store.resource import Resource, States

Net = Literal["private", "classic", "direct", "public", "balancer", "link", "router", "router_public"]

ENDPOINT_STATES = States(
    initial=("Creating",),
    intents=(
        *(("Serving", "Releasing"), ("Creating", "Releasing"), ("Closed", "Releasing")),
        *(("Serving", "Changing"), ("Serving", "Closing"), ("Closed", "Creating")),
    ),
    settlements=(
        *(("Creating", "Serving"), ("Changing", "Leaving"), ("Leaving", "Serving")),
        *(("Closing", "Closed"), ("Releasing", "")),
    ),
)


class Door(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What clients dial to reach an endpoint: its name and port, and where it lies in a VPC, if it does."""

    name: str
    port: int
    vpc_id: str = ""
    vswitch_id: str = ""
    vpc_address: str = ""


class Endpoint(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """A name, its addresses and a port through which clients reach an instance (the ``parent``).

    ``Creating``: nothing is promised yet. ``Serving``: every address accepted a probe that reached the database behind
    it. ``Changing``: it serves as before while another door is opened and proven. ``Leaving``: it serves at the other
    door, the former one is being closed. ``Releasing``: it is being taken away; the record goes once the relay has
    closed its listeners and cut its clients. ``Closing``: the same, but the record stays, with its name and addresses.
    ``Closed``: nobody can dial it; it is Creating before it serves again.

    :param product: ``tair`` and so on.
    :param net: ``private`` is the ordinary address inside a VPC, ``classic`` that of the classic network, ``direct``
        leads straight to the shards, ``balancer`` is a load balancer's address in one zone, ``link`` a PrivateLink
        endpoint's; ``router``, or ``router_public``, leads to several instances.
    :param name: the connection string; claimed over all accounts. Empty for a listener that no client dials.
    :param router: id of what says where a ``router`` leads.
    :param aliases: names that lead here as well, maybe to other endpoints at the same time.
    :param port: 0 while there is nothing to listen for (a load balancer without listeners).
    :param more_ports: further ports at the same addresses.
    :param other: the door that is to come (``Changing``) or was (``Leaving``); its name and its address in a VPC stay
        claimed until Serving.
    :param addresses: addresses of the host vantage, one for each shard for ``direct``; empty until they are chosen.
    :param vpc_address: the address that the API reports, out of the vSwitch's block.
    :param expires: when it ends by itself, seconds since the epoch; 0: never.
    :param heir: id of the endpoint that takes its place: it does not end before that one serves.
    """

    kind: ClassVar[str] = "endpoint"
    states: ClassVar[States] = ENDPOINT_STATES

    product: str
    net: Net
    name: str
    port: int
    addresses: tuple[str, ...] = ()
    vpc_id: str = ""
    vswitch_id: str = ""
    vpc_address: str = ""
    aliases: tuple[str, ...] = ()
    more_ports: tuple[int, ...] = ()
    other: Door | None = None
    expires: float = 0.0
    heir: str = ""
    router: str = ""

    @property
    def serves(self) -> bool:
        """Whether its name leads to it."""
        return self.status in ("Serving", "Changing", "Leaving")

    @property
    def ports(self) -> tuple[int, ...]:
        """Where it listens at each of its addresses; while it is Changing, at the port that is to come as well."""
        ports = (self.port, *self.more_ports) if self.port else ()
        coming = self.other.port if self.other and self.status == "Changing" else 0
        return (*ports, coming) if coming and coming not in ports else ports

    @property
    def door(self) -> Door:
        """What clients dial now."""
        return Door(
            name=self.name,
            port=self.port,
            vpc_id=self.vpc_id,
            vswitch_id=self.vswitch_id,
            vpc_address=self.vpc_address,
        )

    @property
    def doors(self) -> tuple[Door, ...]:
        """Where it listens; while it is Changing, at the door that is to come as well."""
        return (self.door, self.other) if self.other and self.status == "Changing" else (self.door,)

    def exchanged(self) -> Self:
        """The same endpoint with its two doors exchanged."""
        assert self.other is not None
        return msgspec.structs.replace(self, **msgspec.structs.asdict(self.other), other=self.door)


NAMES = "name"
"""Claim space of connection strings."""

ADDRESSES = "address"
"""Claim space of addresses of this machine."""


def vswitch_space(vswitch_id: str) -> str:
    """Claim space of the addresses of a vSwitch; blocks of a VPC's vSwitches do not overlap."""
    return f"address:{vswitch_id}"


def vpc_space(vpc_id: str) -> str:
    """Claim space of the endpoints in a VPC, each under its own id: what is in a VPC is found by it."""
    return f"vpc:{vpc_id}"


def endpoint_id(instance: str, net: Net) -> str:
    return f"{instance}/{net}"
