"""All keys of all shards as those of one server: SCAN, KEYS, DBSIZE, FLUSHALL, RANDOMKEY, INFO."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.relay.resp.conftest import Cluster, Relay, free_network, until
from tests.relay.resp.slot_moves import begin_move, carry, elsewhere, end_move, owner

_ACTIONS = st.lists(st.tuples(st.sampled_from(["add", "delete", "step"]), st.integers(0, 9)), max_size=30)


@pytest.fixture(scope="module")
def moving() -> Iterator[Cluster]:
    """A cluster whose nodes need not agree about slots soon, as those of other tests have to."""
    folder = Path(tempfile.mkdtemp(prefix="jf-"))
    made = Cluster(folder, free_network())
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)


@pytest.fixture
def relay_of_moving(moving: Cluster) -> Iterator[Relay]:
    made = Relay(tuple(node.backend for node in moving.nodes))
    yield made
    made.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=_ACTIONS, stay=st.sets(st.integers(0, 200), max_size=60), count=st.sampled_from([1, 3, 50]))
def test_scan_returns_every_key_that_stays(
    client: redis.Redis, actions: list[tuple[str, int]], stay: set[int], count: int
) -> None:
    client.flushall()
    keys = {f"stay{number}" for number in stay}
    ever = keys | {f"new{number}" for number in range(10)}
    if keys:
        client.mset(dict.fromkeys(keys, "x"))
    cursor, some = client.scan(0, count=count)
    found = set(some)
    for action, number in actions:
        if action == "add":
            client.set(f"new{number}", "x")
        elif action == "delete":
            client.delete(f"new{number}")
        elif cursor:
            cursor, some = client.scan(cursor, count=count)
            found.update(some)
    while cursor:
        cursor, some = client.scan(cursor, count=count)
        found.update(some)
    assert keys <= found <= ever


@pytest.mark.parametrize("used", [True, False])
def test_scan_finds_keys_that_move_behind_it(relay_of_moving: Relay, moving: Cluster, used: bool) -> None:
    """From the last shard to the first, which was scanned before; whether clients use the slot meanwhile or not."""
    moving.flush()
    tag = next(tag for tag in ("{a}", "{b}", "{c}") if owner(moving, tag).index == 2)
    with relay_of_moving.client() as client, elsewhere(moving, tag) as (slot, source, target):
        assert target.index == 0
        keys = {f"{tag}{number}" for number in range(30)} | {f"k{number}" for number in range(60)}
        client.mset(dict.fromkeys(keys, "x"))
        last = moving.nodes[2]
        with last.client() as admin:
            beyond = len(admin.keys())
        cursor, some = client.scan(0, count=5)
        found = set(some)
        while len(found) < len(keys) - beyond:
            cursor, some = client.scan(cursor, count=5)
            found.update(some)
        assert cursor
        begin_move(slot, source, target)
        carry(slot, source, target)
        end_move(moving, slot, target)
        if used:
            assert client.get(f"{tag}1") == "x"
        while cursor:
            cursor, some = client.scan(cursor, count=5)
            found.update(some)
        assert found == keys


def test_scan_goes_on_when_a_shard_joins_or_leaves(relay: Relay, cluster: Cluster) -> None:
    with relay.client() as client:
        keys = {f"k{number}" for number in range(200)}
        client.mset(dict.fromkeys(keys, "x"))
        everything = relay.route
        for index in range(3):
            cursor, found = client.scan(0, count=10)
            rest = tuple(each for at, each in enumerate(everything.backends) if at != index)
            relay.do(lambda rest=rest: relay.upstream.update(relay.with_backends(rest)))  # type: ignore[misc]
            relay.do(lambda: relay.upstream.update(everything))
            seen = set(found)
            while cursor:
                cursor, found = client.scan(cursor, count=10)
                seen.update(found)
            assert seen == keys


def test_scan_with_filters(client: redis.Redis) -> None:
    client.mset({f"s{number}": "x" for number in range(30)})
    client.rpush("list", "x")
    assert list(client.scan_iter(_type="list")) == ["list"]
    assert len(set(client.scan_iter("s1*"))) == 11
    for cursor in ("-1", "x", "18446744073709551616"):
        with pytest.raises(redis.ResponseError, match="invalid cursor"):
            client.scan(cursor)  # type: ignore[arg-type]


@pytest.mark.parametrize("protocol", [2, 3])
def test_info_adds_up_the_shards(relay: Relay, cluster: Cluster, protocol: int) -> None:
    with relay.client(protocol=protocol) as client:
        client.mset({f"k{number}": "x" for number in range(90)})
        for number in range(30):
            client.expire(f"k{number}", 1000)
        info = client.info()
        assert info["db0"]["keys"] == 90
        assert info["db0"]["expires"] == 30
        until(lambda: 900_000 < client.info("keyspace")["db0"]["avg_ttl"] <= 1_000_000)  # counted now and then
        assert info["connected_clients"] == 1
        used = []
        for node in cluster.nodes:
            with node.client() as admin:
                used.append(int(admin.info("memory")["used_memory"]))
        assert max(used) * 2 < info["used_memory"] < sum(used) * 2
        assert str(info["used_memory_human"]).endswith("M")
        calls = client.info("commandstats")["cmdstat_expire"]
        assert calls["calls"] >= 30
        assert 0 < calls["usec_per_call"] == pytest.approx(calls["usec"] / calls["calls"], abs=0.01)
        assert client.info("nosuch") == {}
        assert list(client.info("keyspace")) == ["db0"]
        client.flushdb()
        assert client.info("keyspace") == {}


def test_info_while_a_shard_is_away(relay_of_moving: Relay, moving: Cluster) -> None:
    node = moving.nodes[0]
    moving.flush()
    with relay_of_moving.client() as client:
        client.mset({f"k{number}": "x" for number in range(90)})
        try:
            node.stop()
            until(lambda: 0 < client.info("keyspace")["db0"]["keys"] < 90)
        finally:
            node.start()
            moving.wait_for(node)
