"""kill -9 of a relay: its clients are cut, it is back at once with all its listeners, and no status lies meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from alibabacloud_r_kvstore20150101 import models as tair

from jackfield.store.resource import Change
from tests.chaos.caller import Caller
from tests.chaos.dialling import Place, accepts, holding, is_closed, logged_in, pings, refuses
from tests.chaos.load import Load, ordinary_places
from tests.chaos.observing import changes, kill_relay, listening, listening_for, relay_process, routes_of
from tests.running import Running, refused, until

pytestmark = pytest.mark.chaos

DRAIN = 1.0
PROMISED = 1.0
"""Seconds within which a dead relay is back with all its listeners. Here it takes about 0.25 s on an idle machine."""


@pytest.fixture(scope="module")
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Connections drain for a second, so that there is a moment between a release and its acknowledgement."""
    with Running(tmp_path_factory.mktemp("relay"), "--pace", "instant", "--drain", str(DRAIN)) as running:
        yield running


@pytest.fixture(scope="module")
def cluster(jackfield: Running) -> str:
    return jackfield.create(shards=3)


@pytest.fixture(scope="module")
def standard(jackfield: Running) -> str:
    return jackfield.create(shards=0)


@pytest.fixture
def direct(jackfield: Running, cluster: str) -> Iterator[str]:
    """The direct endpoint's name; whatever the test does with it, it is gone afterwards."""
    jackfield.allocate(cluster)
    yield jackfield.name(cluster, "direct")
    jackfield.wait_normal(cluster)
    if Caller(jackfield).direct(cluster):
        jackfield.release(cluster)
        jackfield.wait_normal(cluster)


@pytest.mark.usefixtures("direct")
@pytest.mark.parametrize("role", ["plain", "resp"])
def test_back_with_all_its_listeners(jackfield: Running, cluster: str, standard: str, role: str) -> None:
    """Clients of the other relay notice nothing."""
    mine = routes_of(jackfield, role)
    assert mine | routes_of(jackfield, "resp" if role == "plain" else "plain") == listening(jackfield)
    others = ordinary_places(jackfield, cluster if role == "plain" else standard)
    with Load(others) as load, holding(sorted(mine)) as held:
        died = _kill(jackfield, role)
        assert [is_closed(connection) for connection in held] == [True] * len(held)
        back = {place: _until_accepted(place, died) for place in sorted(mine)}
        slowest = max(back.values())
        print(f"{role}: {len(back)} listeners back after {slowest * 1000:.0f} ms")
        assert slowest < PROMISED, f"back after {back} s"
        assert relay_process(jackfield, role)
        assert routes_of(jackfield, role) == mine
        for place in mine:
            with logged_in(place) as connection:
                assert pings(connection)
        load.check()
    until("healthy", lambda: jackfield.ask("health")["status"] == "ok")
    until("the ready file tells", lambda: relay_process(jackfield, role).pid in jackfield.ready.relay_pids)


def test_a_release_that_drains(jackfield: Running, cluster: str, direct: str) -> None:
    """The plain relay dies between taking the addresses away and counting: the count is known to be a lower bound."""
    places = [(address, 6379) for address in jackfield.names()[direct]]
    listened = sorted(listening_for(jackfield, f"{cluster}/direct"))
    assert len(listened) == 3 + 4, "three shards on this machine; the same and its own address in the VPC"
    with Load(ordinary_places(jackfield, cluster)) as load, holding(places) as held:
        jackfield.release(cluster)
        until("closed to new clients", lambda: all(refuses(place) for place in places))
        assert direct not in jackfield.names(), "a name that resolves can be dialled"
        assert jackfield.status(cluster) == "NetworkModifying"
        assert all(pings(connection) for connection in held), "they drain"
        _kill(jackfield, "plain")
        jackfield.wait_normal(cluster)
        assert [is_closed(connection) for connection in held] == [True] * 3
        assert all(refuses(place) for place in places)
        load.check()
    evidence = _removal(jackfield, f"{cluster}/direct").evidence
    assert evidence["relay_restarted"] is True
    assert sorted(evidence["refused"]) == sorted(evidence["closed"]) == listened
    assert (evidence["cut"], evidence["live"]) == (0, 0)


def test_a_release_whose_drain_ends_well_says_nothing_of_a_restart(
    jackfield: Running, cluster: str, direct: str
) -> None:
    with holding((address, 6379) for address in jackfield.names()[direct]) as held:
        jackfield.release(cluster)
        jackfield.wait_normal(cluster)
        assert [is_closed(connection) for connection in held] == [True] * 3
    evidence = _removal(jackfield, f"{cluster}/direct").evidence
    assert "relay_restarted" not in evidence
    assert (evidence["cut"], evidence["live"]) == (3, 0)


@pytest.mark.usefixtures("direct")
def test_no_transition_ends_without_its_relay(jackfield: Running, cluster: str) -> None:
    """While nothing starts the relay again, what it is needed for stays open, and health says degraded."""
    for begin, wanted in ((jackfield.release, False), (_allocate(jackfield), True)):
        jackfield.kill_supervisor()
        try:
            _kill(jackfield, "plain")
            assert jackfield.ask("health")["status"] == "degraded"
            begin(cluster)
            _for_a_while(lambda: jackfield.status(cluster) == "NetworkModifying")
        finally:
            jackfield.up()
        jackfield.wait_normal(cluster)
        assert jackfield.ask("health")["status"] == "ok"
        assert (Caller(jackfield).direct(cluster) is not None) is wanted
    for address in jackfield.names()[jackfield.name(cluster, "direct")]:
        with logged_in((address, 6379)) as connection:
            assert pings(connection)


def test_a_cluster_whose_router_dies_while_it_is_deleted(jackfield: Running) -> None:
    """The same for the router: the ordinary address goes for good, and the record says that the count is not exact."""
    doomed = jackfield.create(shards=2)
    (place,) = ordinary_places(jackfield, doomed)
    with logged_in(place) as held:
        jackfield.tair.delete_instance(tair.DeleteInstanceRequest(instance_id=doomed))
        until("closed to new clients", lambda: refuses(place))
        assert jackfield.status(doomed) == "Changing"
        assert pings(held), "it drains"
        _kill(jackfield, "resp")
        jackfield.wait_idle()
        until("removed", lambda: _removals(jackfield, doomed))
        assert is_closed(held)
    assert refuses(place)
    assert place not in routes_of(jackfield, "resp")
    assert _removal(jackfield, f"{doomed}/private").evidence["relay_restarted"] is True
    with refused("InvalidInstanceId.NotFound", 404):
        jackfield.status(doomed)


def _allocate(jackfield: Running) -> Callable[[str], None]:
    return Caller(jackfield).allocate


def _kill(jackfield: Running, role: str) -> float:
    """kill -9 of a relay; the moment at which it was gone."""
    kill_relay(jackfield, role)
    return time.monotonic()


def _until_accepted(place: Place, since: float) -> float:
    while not accepts(place):
        assert time.monotonic() - since < 30, f"{place} never came back"
    return time.monotonic() - since


def _for_a_while(true: Callable[[], bool]) -> None:
    """It holds for as long as the same takes ten times over when nothing is wrong (50 ms), retries included."""
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        assert true()


def _removals(jackfield: Running, id: str) -> list[Change]:
    return [change for change in changes(jackfield, id=id) if not change.after]


def _removal(jackfield: Running, id: str) -> Change:
    """The latest removal of a resource."""
    return _removals(jackfield, id)[-1]
