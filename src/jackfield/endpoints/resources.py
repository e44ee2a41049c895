"""The record of an endpoint, the same for every product."""

from __future__ import annotations

from typing import ClassVar, Literal

from jackfield.store.resource import Resource, States

Net = Literal["private", "direct", "public"]

ENDPOINT_STATES = States(
    initial=("Creating",),
    intents=(("Serving", "Releasing"), ("Creating", "Releasing")),
    settlements=(("Creating", "Serving"), ("Releasing", "")),
)


class Endpoint(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """A name, its addresses and a port through which clients reach an instance (the ``parent``).

    ``Creating``: nothing is promised yet. ``Serving``: every address accepted a probe that reached the database behind
    it. ``Releasing``: it is being taken away; the record goes once the relay has closed its listeners and cut its
    clients.

    :param product: ``tair`` and so on.
    :param net: ``private`` is the ordinary address inside a VPC, ``direct`` leads straight to the shards.
    :param name: the connection string; claimed over all accounts. Empty for a listener that no client dials.
    :param addresses: addresses of the host vantage, one for each shard for ``direct``; empty until they are chosen.
    :param vpc_address: the address that the API reports, out of the vSwitch's block.
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


NAMES = "name"
"""Claim space of connection strings."""

ADDRESSES = "address"
"""Claim space of addresses of this machine."""


def vswitch_space(vswitch_id: str) -> str:
    """Claim space of the addresses of a vSwitch; blocks of a VPC's vSwitches do not overlap."""
    return f"address:{vswitch_id}"


def endpoint_id(instance: str, net: Net) -> str:
    return f"{instance}/{net}"
