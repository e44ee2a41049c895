"""Keyspace events through the router: those of every shard, each once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis

from jackfield.relay.resp.slots import slot_of
from tests.relay.resp.conftest import Cluster, Relay, until

KEYS = ["a", "b", "c", "d"]


@pytest.fixture
def events(cluster: Cluster) -> Iterator[None]:
    """Every shard tells of everything."""
    assert len({slot_of(key.encode()) * 3 // 16384 for key in KEYS}) == 3  # on every shard
    _notify(cluster, "KEA")
    yield
    _notify(cluster, "")


def _notify(cluster: Cluster, what: str) -> None:
    for node in cluster.nodes:
        with node.client() as client:
            client.config_set("notify-keyspace-events", what)


def _heard(pubsub: Any, count: int) -> list[tuple[str, str]]:
    """Channels and messages; fails when fewer come."""
    found: list[tuple[str, str]] = []
    until(lambda: bool(_take(pubsub, found)) or len(found) >= count)
    while len(found) < count:
        assert _take(pubsub, found, timeout=10)
    return found


def _take(pubsub: Any, found: list[tuple[str, str]], timeout: float = 0.0) -> bool:
    message = pubsub.get_message(timeout=timeout)
    if message is None:
        return False
    if message["type"] in ("message", "pmessage"):
        found.append((message["channel"], message["data"]))
    return True


def _confirmed(pubsub: Any, count: int = 1) -> None:
    """The subscriptions are there: only then is everything heard."""
    for _ in range(count):
        assert pubsub.get_message(timeout=10)["type"] in ("subscribe", "psubscribe", "punsubscribe")


def _nothing_more(client: redis.Redis, pubsub: Any, channel: str) -> None:
    """What is published now is the next that is heard."""
    client.publish(channel, "end")
    assert _heard(pubsub, 1) == [(channel, "end")]


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize("protocol", [2, 3])
@pytest.mark.parametrize("pattern", ["__keyspace@0__:*", "__key*", "__keyspace@[0-9]__:?", "*"])
def test_patterns_hear_every_shard_once(relay: Relay, pattern: str, protocol: int) -> None:
    with relay.client(protocol=protocol) as client, client.pubsub() as pubsub:
        pubsub.psubscribe(pattern, "end")
        _confirmed(pubsub, 2)
        for key in KEYS:
            client.set(key, "1")
        per_key = 2 if pattern in ("__key*", "*") else 1
        found = _heard(pubsub, per_key * len(KEYS))
        wanted = [(f"__keyspace@0__:{key}", "set") for key in KEYS]
        wanted += [("__keyevent@0__:set", key) for key in KEYS] if per_key == 2 else []
        assert sorted(found) == sorted(wanted)
        if pattern != "*":
            _nothing_more(client, pubsub, "end")


@pytest.mark.usefixtures("events")
def test_channels_hear_every_shard(relay: Relay) -> None:
    """One of a kind of event on all keys, and one of a single key."""
    with relay.client() as client, client.pubsub() as pubsub:
        pubsub.subscribe("__keyevent@0__:del", "__keyspace@0__:b", "end")
        _confirmed(pubsub, 3)
        for key in KEYS:
            client.set(key, "1")
        client.delete(*KEYS)
        found = _heard(pubsub, len(KEYS) + 2)
        assert sorted(found) == sorted(
            [("__keyevent@0__:del", key) for key in KEYS] + [("__keyspace@0__:b", each) for each in ("set", "del")]
        )
        _nothing_more(client, pubsub, "end")


@pytest.mark.usefixtures("events")
def test_ordinary_messages_come_once_to_wide_patterns(relay: Relay, cluster: Cluster) -> None:
    """The pattern is subscribed at every shard, and every shard is handed the message. Counts are of clients."""
    with relay.client() as client, client.pubsub() as pubsub, client.pubsub() as other:
        pubsub.psubscribe("*")
        other.psubscribe("*")
        _confirmed(pubsub)
        _confirmed(other)
        assert client.pubsub_numpat() == 1
        assert client.publish("news", "1") == 2
        with cluster.nodes[2].client() as node:
            node.publish("news", "2")
        assert _heard(pubsub, 2) == [("news", "1"), ("news", "2")]
        assert _heard(other, 2) == [("news", "1"), ("news", "2")]
        other.punsubscribe("*")
        until(lambda: client.publish("news", "3") == 1)
        pubsub.punsubscribe("*")
        until(lambda: client.publish("news", "4") == 0)


@pytest.mark.usefixtures("events")
def test_a_shard_that_was_away_is_heard_again(relay: Relay, cluster: Cluster) -> None:
    with relay.client() as client, client.pubsub() as pubsub:
        pubsub.psubscribe("__keyspace@0__:*")
        _confirmed(pubsub)
        client.set("a", "1")
        assert _heard(pubsub, 1) == [("__keyspace@0__:a", "set")]
        for node in cluster.nodes:
            with node.client() as admin:
                admin.client_kill_filter(_type="pubsub")
        heard: set[str] = set()

        def all_heard() -> bool:
            for key in KEYS:
                client.set(key, "2")
            found: list[tuple[str, str]] = []
            while _take(pubsub, found, timeout=0.05):
                pass
            heard.update(channel for channel, _ in found)
            return len(heard) == len(KEYS)

        until(all_heard)
        while _take(pubsub, [], timeout=0.05):
            pass
        client.set("c", "3")
        assert _heard(pubsub, 1) == [("__keyspace@0__:c", "set")]
        assert pubsub.get_message(timeout=0.2) is None


@pytest.mark.usefixtures("events")
def test_a_shard_that_comes_is_heard(relay: Relay, cluster: Cluster) -> None:
    """The route names two shards first, then all of them."""
    backends = tuple(node.backend for node in cluster.nodes)
    relay.do(lambda: relay.upstream.update(relay.with_backends(backends[:2])))
    with relay.client() as client, client.pubsub() as pubsub:
        pubsub.psubscribe("__keyevent@0__:set")
        _confirmed(pubsub)
        client.set("b", "1")  # on the first shard
        relay.do(lambda: relay.upstream.update(relay.with_backends(backends)))

        def heard() -> bool:
            for key in KEYS:
                client.set(key, "2")
            found: list[tuple[str, str]] = []
            while _take(pubsub, found, timeout=0.05):
                pass
            return {key for _, key in found} == set(KEYS)

        until(heard)
