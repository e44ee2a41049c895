"""Whoever dies: namespaces, listeners and clients inside VPCs are as promised."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jackfield.processes import identify
from jackfield.supervisor.companions import Companion, companions
from jackfield.supervisor.companions import running as answering
from jackfield.vantage.client import HolderClient
from tests.privatelink.cloud import ZH, ZI
from tests.running import kill, until
from tests.vpcs.inside import Inside, RunningAs
from tests.vpcs.worlds import PORT, SAME, Worlds, build

PROMISED = 1.0
"""Seconds within which a dead relay is back with all its listeners."""


@pytest.fixture(scope="module")
def worlds(running: RunningAs) -> Worlds:
    return build(running)


@pytest.fixture
def ours(worlds: Worlds) -> Iterator[Inside]:
    with worlds.running.inside(worlds.ours.vpc) as inside:
        yield inside


def companion(worlds: Worlds, name: str) -> Companion:
    return next(one for one in companions(worlds.running.folder) if one.name == name)


def slay(worlds: Worlds, name: str) -> None:
    """kill -9, and waits until another one answers."""
    found = companion(worlds, name)
    process = answering(found, worlds.running.folder)
    assert process is not None
    kill(process)
    until(f"another {name}", lambda: answering(found, worlds.running.folder))


def namespaces(worlds: Worlds) -> dict[str, int]:
    """VPC → number of its namespace, from the sockets that stand in it."""
    found = {}
    with HolderClient(worlds.running.folder.vpc_socket("holder")) as holder:
        for network in holder.networks():
            found[network.vpc] = holder.replace(network).namespace
    return found


def everything_answers(worlds: Worlds, ours: Inside) -> None:
    assert ours.ask("who", SAME, PORT)[0] == "the consumer"
    for zone in (ZH, ZI):
        assert ours.ask("who", worlds.zone_domain(zone), PORT)[0] == "the provider"


@pytest.mark.chaos
@pytest.mark.parametrize("who", ["api", "supervisor", "both", "vpc-holder", "vpc-keeper"])
def test_no_client_notices(worlds: Worlds, ours: Inside, who: str) -> None:
    """Connections that are open go on, through PrivateLink as well; new ones are made; the namespaces are the same."""
    running = worlds.running
    before = namespaces(worlds)
    name = running.name(worlds.database)
    ours.ask("load", "own", SAME, PORT)
    ours.ask("load", "link", worlds.zones()[ZI], PORT)
    if who in ("supervisor", "both"):
        running.kill_supervisor()
    if who in ("api", "both"):
        running.kill_api()
    if who.startswith("vpc-"):
        slay(worlds, who)
    ours.goes_on("own")
    ours.goes_on("link")
    assert ours.ask("who", SAME, PORT)[0] == "the consumer"
    assert ours.ask("resolve", name) == []
    if who in ("supervisor", "both"):
        running.up()
    if who == "api":
        running.wait_ready()
    worlds = worlds.again()
    everything_answers(worlds, ours)
    for key in ("own", "link"):
        answered, failure = ours.ask("end", key)
        assert answered
        assert not failure
    assert namespaces(worlds) == before


@pytest.mark.chaos
def test_a_dead_relay_is_back_at_the_same_addresses(worlds: Worlds, ours: Inside) -> None:
    """Its clients are cut; who dials meanwhile waits in the queue of a socket that somebody else holds as well."""
    before = namespaces(worlds)
    ours.ask("hold", "cut", worlds.zones()[ZI], PORT)
    begun = time.monotonic()
    slay(worlds, "relay-plain")
    assert ours.ask("held", "cut") in ("ECONNRESET", "ConnectionResetError", "EPIPE")
    # A load balancer looks at its servers before it sends them anybody.
    until("the way through", lambda: ours.ask("who", worlds.zone_domain(ZI), PORT)[0] == "the provider")
    took = time.monotonic() - begun
    assert took < PROMISED + 1.0, f"back after {took:.2f} s"
    everything_answers(worlds, ours)
    assert namespaces(worlds) == before


@pytest.mark.chaos
def test_holder_and_keeper_at_once(worlds: Worlds) -> None:
    """Nobody has the namespaces any more: they are made anew from what the disk says, and the relay moves there."""
    before = namespaces(worlds)
    folder = worlds.running.folder
    both = [answering(companion(worlds, name), folder) for name in ("vpc-holder", "vpc-keeper")]
    with worlds.running.inside(worlds.ours.vpc) as inside:
        inside.ask("load", "own", SAME, PORT)
        for process in both:
            assert process is not None
            kill(process)
        for name in ("vpc-holder", "vpc-keeper"):
            until(f"another {name}", lambda name=name: answering(companion(worlds, name), folder))  # type: ignore[misc]
        inside.goes_on("own")
        assert not inside.ask("end", "own")[1]
    with worlds.running.inside(worlds.ours.vpc) as inside:
        until("the relay there", lambda: isinstance(inside.ask("who", SAME, PORT), list))
        everything_answers(worlds, inside)
    after = namespaces(worlds)
    assert set(after) == set(before)


@pytest.mark.chaos
def test_a_program_inside_dies(worlds: Worlds, ours: Inside) -> None:
    """Its namespace is another's as well: who comes from the same address finds everything."""
    before = namespaces(worlds)
    os.kill(ours.pid, signal.SIGKILL)
    until("gone", lambda: identify(ours.pid) is None)
    with worlds.running.inside(worlds.ours.vpc) as other:
        everything_answers(worlds, other)
    assert namespaces(worlds) == before


@pytest.mark.chaos
def test_everything_at_once(worlds: Worlds) -> None:
    """Addresses, names and ways are what they were."""
    zones, domain = worlds.zones(), worlds.domain()
    worlds.running.kill_all()
    worlds.running.up()
    again = worlds.again()
    assert (again.zones(), again.domain()) == (zones, domain)
    with again.running.inside(again.ours.vpc) as inside:
        until("the way through", lambda: inside.ask("who", domain, PORT)[0] == "the provider")
        everything_answers(again, inside)


@pytest.mark.chaos
def test_down_leaves_nothing(worlds: Worlds) -> None:
    """No process, no network namespace, no mount."""
    folder = worlds.running.folder
    with HolderClient(folder.vpc_socket("holder")) as holder:
        ours = {holder.replace(network).namespace for network in holder.networks()}
    assert len(ours) == 2
    assert ours & network_namespaces()
    worlds.running.down()
    assert not worlds.running.processes()
    until("no namespace left", lambda: not ours & network_namespaces())
    mounts = [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if str(folder.root) in line]
    assert mounts == []


def network_namespaces() -> set[int]:
    """Every network namespace that a process is in or holds a descriptor of."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            found.add(os.stat(f"/proc/{pid}/ns/net").st_ino)
            descriptors = os.listdir(f"/proc/{pid}/fd")
        except OSError:
            continue
        for descriptor in descriptors:
            try:
                target = os.readlink(f"/proc/{pid}/fd/{descriptor}")
            except OSError:
                continue
            if target.startswith("net:["):
                found.add(int(target[5:-1]))
    return found
