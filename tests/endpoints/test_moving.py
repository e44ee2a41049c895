"""Endpoints that move between vSwitches and VPCs, and endpoints that end by themselves: records and claims."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.expiry import begin_endings, expired_time, expiring, until_expiry
from jackfield.endpoints.inside import listeners_inside, reached_inside, routes_inside
from jackfield.endpoints.making import Place, make_endpoint
from jackfield.endpoints.moving import give_back, move_endpoint
from jackfield.endpoints.resources import NAMES, Endpoint, Net, vpc_space, vswitch_space
from jackfield.relay.route import Backend, Route
from jackfield.store.interface import ClaimTaken, Store
from jackfield.store.resource import Resource
from jackfield.store.sqlite import open_store

HERE = Place(vpc_id="vpc-1", vswitch_id="vsw-1", cidr="10.1.0.0/24", wanted="10.1.0.9")
NEXT_DOOR = Place(vpc_id="vpc-1", vswitch_id="vsw-2", cidr="10.1.1.0/24", wanted="10.1.1.9")
ELSEWHERE = Place(vpc_id="vpc-2", vswitch_id="vsw-3", cidr="10.1.0.0/24", wanted="10.1.0.9")
EVIDENCE = {"seen": True}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "store.db")
    yield opened
    opened.close()


def serving(store: Store, net: Net = "private", place: Place | None = HERE, instance: str = "r-1") -> Endpoint:
    owner = Resource(id=instance, account="1", region="cn-hangzhou")
    with store.write() as tx:
        made = make_endpoint(
            tx, owner, product="rds", net=net, name=f"{instance}-{net}.example.com", port=3306, place=place
        )
        up = msgspec.structs.replace(made, status="Serving", addresses=("127.64.0.9",))
        tx.put(up, evidence=EVIDENCE)
    return up


def claims(store: Store, endpoint: Endpoint) -> set[tuple[str, str]]:
    with store.read() as view:
        return set(view.claims(endpoint.kind, endpoint.id))


def test_a_move_holds_both_doors_until_it_is_over(store: Store) -> None:
    before = serving(store)
    held = claims(store, before)
    assert held == {(NAMES, before.name), (vswitch_space("vsw-1"), "10.1.0.9"), (vpc_space("vpc-1"), before.id)}
    with store.write() as tx:
        changing = move_endpoint(tx, before, place=ELSEWHERE)
    coming = {(vswitch_space("vsw-3"), "10.1.0.9"), (vpc_space("vpc-2"), before.id)}
    assert claims(store, before) == held | coming
    assert listeners_inside(changing, "vpc-1") == listeners_inside(changing, "vpc-2") == (("10.1.0.9", 3306),)
    assert (reached_inside(changing, "vpc-1"), reached_inside(changing, "vpc-2")) == (("10.1.0.9",), ())

    leaving = msgspec.structs.replace(changing.exchanged(), status="Leaving")
    assert (leaving.vpc_id, leaving.vswitch_id, leaving.name, leaving.port) == ("vpc-2", "vsw-3", before.name, 3306)
    assert (listeners_inside(leaving, "vpc-1"), reached_inside(leaving, "vpc-1")) == ((), ())
    assert (reached_inside(leaving, "vpc-2"), leaving.other) == (("10.1.0.9",), before.door)
    with store.write() as tx:
        tx.put(leaving, evidence=EVIDENCE)
        give_back(tx, leaving, before.door)
    assert claims(store, before) == {(NAMES, before.name), *coming}


def test_a_move_within_a_vpc_stays_in_it(store: Store) -> None:
    before = serving(store)
    with store.write() as tx:
        changing = move_endpoint(tx, before, place=NEXT_DOOR, port=4406)
        assert listeners_inside(changing, "vpc-1") == (("10.1.0.9", 3306), ("10.1.1.9", 4406))
        leaving = msgspec.structs.replace(changing.exchanged(), status="Leaving")
        tx.put(leaving, evidence=EVIDENCE)
        give_back(tx, leaving, before.door)
    assert claims(store, before) == {
        (NAMES, before.name),
        (vswitch_space("vsw-2"), "10.1.1.9"),
        (vpc_space("vpc-1"), before.id),
    }


def test_another_name_gives_no_address_back(store: Store) -> None:
    before = serving(store)
    with store.write() as tx:
        changing = move_endpoint(tx, before, name="other.example.com")
        assert listeners_inside(changing, "vpc-1") == (("10.1.0.9", 3306),)
        give_back(tx, changing.exchanged(), before.door)
    assert claims(store, before) == {
        (NAMES, "other.example.com"),
        (vswitch_space("vsw-1"), "10.1.0.9"),
        (vpc_space("vpc-1"), before.id),
    }


def test_a_place_that_is_taken_or_nowhere(store: Store) -> None:
    before = serving(store)
    serving(store, place=ELSEWHERE, instance="r-2")
    held = claims(store, before)
    for place, error in (
        (ELSEWHERE, ClaimTaken),
        (msgspec.structs.replace(ELSEWHERE, wanted="10.1.0.255"), PoolExhausted),
        (msgspec.structs.replace(ELSEWHERE, wanted="10.9.0.9"), PoolExhausted),
    ):
        with pytest.raises(error), store.write() as tx:
            move_endpoint(tx, before, place=place)
        assert claims(store, before) == held


def test_routes_at_both_places_have_keys_of_their_own(store: Store) -> None:
    before = serving(store)
    with store.write() as tx:
        changing = move_endpoint(tx, before, place=ELSEWHERE)
    route = Route(
        key="r-1/private/0:3306", owner=before.id, address="127.64.0.9", port=3306,
        backends=(Backend(target="tcp:127.0.0.1:9", name="r-1"),),
    )  # fmt: skip
    found = [routes_inside(one, (route,))[0] for one in (changing, changing.exchanged())]
    assert [(one.vantage, one.address) for one in found] == [("vpc-1", "10.1.0.9"), ("vpc-2", "10.1.0.9")]
    assert len({one.key for one in found}) == 2


def test_an_endpoint_ends_in_time_and_not_before(store: Store) -> None:
    endpoint = serving(store, "classic", None)
    with store.write() as tx:
        assert until_expiry([endpoint], tx.now) is None
        assert expired_time(endpoint, tx.now) == "0"
        later = expiring(tx, endpoint, at=tx.now + 90.5)
        assert until_expiry([endpoint, later], tx.now) == pytest.approx(90.5)
        assert [expired_time(later, tx.now + passed) for passed in (0, 0.5, 90, 91)] == ["91", "90", "1", "1"]
        assert begin_endings(tx, "r-1") == []
        expiring(tx, later, at=tx.now)
        for _ in range(2):
            assert [one.status for one in begin_endings(tx, "r-1")] == ["Releasing"]


def test_an_endpoint_waits_for_its_heir(store: Store) -> None:
    endpoint = serving(store, "classic", None)
    heir = serving(store, "private")
    with store.write() as tx:
        tx.put(msgspec.structs.replace(heir, status="Changing", other=heir.door))
        expiring(tx, endpoint, at=tx.now, heir=heir.id)
        assert begin_endings(tx, "r-1") == []
        tx.put(msgspec.structs.replace(heir, status="Leaving"), evidence=EVIDENCE)
        tx.put(heir, evidence=EVIDENCE)
        assert [one.id for one in begin_endings(tx, "r-1")] == [endpoint.id]
