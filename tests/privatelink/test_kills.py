"""kill -9 of the API process, and of API and supervisor, in the middle of every transition."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import redis

from tests.nlb.conftest import Network
from tests.privatelink.cloud import ZH, ZI, Side
from tests.privatelink.linked import Linked, Load, answers, build, connect, refuses
from tests.running import Running, until

pytestmark = pytest.mark.chaos

ROUNDS = 9
SEED = 20200415


class Place:
    """A provider's service and an endpoint of it in one account."""

    def __init__(self, running: Running) -> None:
        self.side = Side(running)
        self.network: Network = self.side.nlb.network()
        self.balancer = self.side.nlb.balancer(self.network)
        self.service = self.side.service(self.balancer, zones=(ZH,))
        self.endpoint = self.side.endpoint(self.service, self.network, zones=(ZH,))

    def call(self, operation: str, **more: object) -> None:
        self.side(operation, service_id=self.service, endpoint_id=self.endpoint, **more)

    def ask(self, operation: str, **more: object) -> None:
        self.side(operation, endpoint_id=self.endpoint, **more)

    def provide(self, operation: str, **more: object) -> None:
        self.side(operation, service_id=self.service, **more)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with Running(tmp_path_factory.mktemp("kills"), "--engines", "none", "--repeat-seconds", "0") as running:
        yield Place(running)


Step = tuple[str, Callable[[Place], None], Callable[[Place], bool]]
STEPS: tuple[Step, ...] = (
    (
        "EnableVpcEndpointConnection",
        lambda at: at.call("EnableVpcEndpointConnection"),
        lambda at: _all(at, "Active", "Connected", {ZH: "Connected"}),
    ),
    (
        "AttachResourceToVpcEndpointService",
        lambda at: at.provide(
            "AttachResourceToVpcEndpointService", resource_id=at.balancer, resource_type="nlb", zone_id=ZI
        ),
        lambda at: at.side.service_status(at.service) == "Active",
    ),
    (
        "AddZoneToVpcEndpoint",
        lambda at: at.ask("AddZoneToVpcEndpoint", zone_id=ZI, v_switch_id=at.network.vswitches[ZI]),
        lambda at: _all(at, "Active", "Connected", {ZH: "Connected", ZI: "Connected"}),
    ),
    (
        "DisableVpcEndpointZoneConnection",
        lambda at: at.call("DisableVpcEndpointZoneConnection", zone_id=ZH),
        lambda at: _all(at, "Active", "Connected", {ZH: "Disconnected", ZI: "Connected"}),
    ),
    (
        "EnableVpcEndpointZoneConnection",
        lambda at: at.call("EnableVpcEndpointZoneConnection", zone_id=ZH),
        lambda at: _all(at, "Active", "Connected", {ZH: "Connected", ZI: "Connected"}),
    ),
    (
        "AttachSecurityGroupToVpcEndpoint",
        lambda at: at.ask("AttachSecurityGroupToVpcEndpoint", security_group_id=at.side.security_group(at.network.vpc)),
        lambda at: _all(at, "Active", "Connected", {ZH: "Connected", ZI: "Connected"}),
    ),
    (
        "DisableVpcEndpointConnection",
        lambda at: at.call("DisableVpcEndpointConnection"),
        lambda at: _all(at, "Active", "Disconnected", {ZH: "Disconnected", ZI: "Disconnected"}),
    ),
    (
        "RemoveZoneFromVpcEndpoint",
        lambda at: at.ask("RemoveZoneFromVpcEndpoint", zone_id=ZH),
        lambda at: _all(at, "Active", "Disconnected", {ZI: "Disconnected"}),
    ),
    (
        "RemoveZoneFromVpcEndpoint again",
        lambda at: at.ask("RemoveZoneFromVpcEndpoint", zone_id=ZI),
        lambda at: _all(at, "Active", "Disconnected", {}),
    ),
    (
        "DetachResourceFromVpcEndpointService",
        lambda at: at.provide("DetachResourceFromVpcEndpointService", resource_id=at.balancer),
        lambda at: at.side.service_status(at.service) == "Active",
    ),
    (
        "DeleteVpcEndpointService",
        lambda at: at.provide("DeleteVpcEndpointService"),
        lambda at: at.side.of(at.endpoint).connection_status == "ServiceDeleted",
    ),
    (
        "DeleteVpcEndpoint",
        lambda at: at.ask("DeleteVpcEndpoint"),
        lambda at: not at.side("ListVpcEndpoints").endpoints,
    ),
)


def _all(at: Place, endpoint: str, connection: str, zones: dict[str, str]) -> bool:
    found = at.side.of(at.endpoint)
    return (found.endpoint_status, found.connection_status, at.side.zone_status(at.endpoint)) == (
        endpoint, connection, zones,
    )  # fmt: skip


def test_no_transition_is_stuck(place: Place) -> None:
    """The API dies right after each call; the next one brings what was asked for to its end."""
    for name, call, done in STEPS:
        call(place)
        assert not done(place), name  # something is on its way
        place.side.running.kill_api()
        place.side.running.wait_ready()
        until(f"{name} done", partial(done, place))
    place.side.running.wait_idle()


@pytest.mark.timeout(240)
def test_zones_tell_the_truth_whatever_is_killed(tmp_path: Path) -> None:
    """After each kill a zone that is Connected answers, one that is Disconnected refuses and its name leads nowhere;
    the sibling has not missed a query.
    """
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    with Running(tmp_path, "--pace", "instant", "--repeat-seconds", "0") as running:
        linked = build(running)
        load = Load(linked.zone_address(ZI))
        for number in range(ROUNDS):
            linked = _round(linked, chance, ("api", "both", "supervisor")[number % 3])
            load.goes_on()
        load.end()


def _round(linked: Linked, chance: random.Random, kind: str) -> Linked:
    address = linked.zone_address(ZH)
    held = connect(address) if address else None
    killer = threading.Timer(chance.uniform(0.0, 0.08), _kill, (linked.running, kind))
    killer.start()
    try:
        linked.provider.toggle("Disable" if address else "Enable", linked.service, linked.endpoint, ZH)
    except Exception as broken:  # no answer came: the call may or may not have happened
        print(f"{kind}: {type(broken).__name__}")
    killer.join()
    linked.running.wait_ready()
    linked = linked.again()
    until("a zone at rest", lambda: _status(linked) in ("Connected", "Disconnected"))
    if _status(linked) == "Connected":
        assert answers(linked.zone_address(ZH))
        assert len(linked.reached()) == 2
    else:
        assert linked.zone_address(ZH) == ""
        assert len(linked.reached()) == 1
        if held is not None:
            assert refuses(address)
            with pytest.raises(redis.ConnectionError):
                held.get("who")
    if held is not None:
        held.close()
    return linked


def _status(linked: Linked) -> str:
    return linked.consumer.zone_status(linked.endpoint)[ZH]


def _kill(running: Running, kind: str) -> None:
    if kind == "api":
        running.kill_api()
        return
    running.kill_supervisor()
    if kind == "both":
        running.kill_api()
    running.up()
