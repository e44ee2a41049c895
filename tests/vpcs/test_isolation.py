"""What a client inside a VPC reaches: its VPC, and nothing else but through PrivateLink."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jackfield.vantage.client import HolderClient
from tests.privatelink.cloud import ZH, ZI
from tests.vpcs.inside import Inside, RunningAs
from tests.vpcs.worlds import PORT, SAME, Worlds, build, database

UNREACHABLE = {"ENETUNREACH", "ECONNREFUSED"}
"""An address that is not there, and a port of one's own loopback."""


@pytest.fixture(scope="module")
def worlds(running: RunningAs) -> Worlds:
    found = build(running)
    # What only the provider has: another database, and a cluster with the addresses of its shards.
    database(running, found.provider, found.theirs, "10.6.1.101", "the provider's second")
    cluster = database(running, found.provider, found.theirs, "10.6.1.102", "the provider's cluster", shards=2)
    running.allocate(cluster)
    return found


@pytest.fixture
def ours(worlds: Worlds) -> Iterator[Inside]:
    """A client inside the consumer's VPC."""
    with worlds.running.inside(worlds.ours.vpc) as inside:
        yield inside


@pytest.fixture
def theirs(worlds: Worlds) -> Iterator[Inside]:
    with worlds.running.inside(worlds.theirs.vpc) as inside:
        yield inside


def places(worlds: Worlds) -> dict[str, set[tuple[str, int]]]:
    """VPC → where something listens inside it."""
    with HolderClient(worlds.running.folder.vpc_socket("holder")) as holder:
        return {network.vpc: set(network.listeners) for network in holder.networks()}


def test_nothing_of_another_vpc_can_be_reached(worlds: Worlds, ours: Inside, theirs: Inside) -> None:
    """Every address and port of the other VPC is dialled from this one, and whatever answers has to be one's own."""
    inside = places(worlds)
    here, there = inside[worlds.ours.vpc], inside[worlds.theirs.vpc]
    assert (SAME, PORT) in here & there
    assert len(there) >= 8, "two databases, a cluster with two shards' addresses and its own, two zones, the router"
    for client, own, other, me in ((ours, here, there, "the consumer"), (theirs, there, here, "the provider")):
        targets = sorted(other)
        for place, said in zip(targets, client.ask("sweep", targets), strict=True):
            if place in own:
                assert isinstance(said, list), f"{place} is in this VPC, and said {said}"
                assert said[0].startswith(me) or place in _endpoint(worlds), (place, said)
            else:
                assert said in UNREACHABLE, f"{place} of another VPC said {said}"


def _endpoint(worlds: Worlds) -> set[tuple[str, int]]:
    return {(address, PORT) for address in worlds.zones().values()}


def test_nothing_of_this_machine_can_be_reached(worlds: Worlds, ours: Inside) -> None:
    """Neither the endpoints' addresses of this machine nor the API."""
    here = [(address, PORT) for addresses in worlds.running.names().values() for address in addresses]
    host, port = worlds.running.ready.api.removeprefix("http://").split(":")
    targets = [*here, (host, int(port))]
    said = dict(zip(targets, ours.ask("sweep", targets), strict=True))
    assert set(said.values()) <= UNREACHABLE, said


def test_names_are_those_of_the_vpc(worlds: Worlds, ours: Inside, theirs: Inside) -> None:
    provider_name = worlds.running.name(worlds.database)
    assert ours.ask("resolve", provider_name) == []
    assert theirs.ask("resolve", provider_name) == [SAME]
    assert ours.ask("resolve", worlds.domain()) == sorted(worlds.zones().values())
    assert theirs.ask("resolve", worlds.domain()) == []
    assert ours.ask("resolve", "example.com") == []


def test_privatelink_is_the_way_across(worlds: Worlds, ours: Inside) -> None:
    """The same address is another database in each VPC; the endpoint leads to the provider's."""
    assert ours.ask("who", SAME, PORT)[0] == "the consumer"
    for zone in (ZH, ZI):
        assert ours.ask("who", worlds.zone_domain(zone), PORT)[0] == "the provider"
        assert ours.ask("who", worlds.zones()[zone], PORT)[0] == "the provider"


def test_a_dark_zone_is_not_there(worlds: Worlds, ours: Inside) -> None:
    """By the time Disconnected shows: cut, unreachable, out of the name. The sibling misses nothing."""
    dark, bright = worlds.zones()[ZH], worlds.zones()[ZI]
    ours.ask("hold", "dark", dark, PORT)
    ours.ask("load", "bright", bright, PORT)
    worlds.provider.toggle("Disable", worlds.service, worlds.endpoint, ZH)
    worlds.consumer.wait_zone(worlds.endpoint, ZH, "Disconnected")
    assert ours.ask("held", "dark") in ("ECONNRESET", "ConnectionResetError")
    assert ours.ask("who", dark, PORT) == "ENETUNREACH"
    assert ours.ask("resolve", worlds.domain()) == [bright]
    assert ours.ask("resolve", worlds.zone_domain(ZH)) == []
    ours.goes_on("bright")
    worlds.provider.toggle("Enable", worlds.service, worlds.endpoint, ZH)
    worlds.consumer.wait_zone(worlds.endpoint, ZH, "Connected")
    assert ours.ask("who", worlds.zone_domain(ZH), PORT)[0] == "the provider"
    assert ours.ask("resolve", worlds.domain()) == sorted((dark, bright))
    answered, failure = ours.ask("end", "bright")
    assert answered > 50
    assert not failure
