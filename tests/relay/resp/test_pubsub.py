"""Channels, patterns and sharded channels through the router."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest
import redis
import redis.asyncio
from hypothesis import given
from hypothesis import strategies as st

from jackfield.relay.resp import limits
from jackfield.relay.resp.glob import Glob
from jackfield.relay.resp.slots import slot_of
from tests.relay.resp.conftest import PASSWORD, Cluster, Relay, Wire, packed, until
from tests.relay.resp.slot_moves import elsewhere, end_move

NAMES = [f"ch{number}" for number in range(12)]


def _message(wire: Wire, *words: str, mark: bytes = b"*") -> None:
    assert wire.reply() == mark + b"%d\r\n" % len(words) + b"".join(
        b"$%d\r\n%b\r\n" % (len(word.encode()), word.encode()) for word in words
    )


def _confirmed(wire: Wire, word: str, name: str | None, count: int, mark: bytes = b"*") -> None:
    shown = b"$-1\r\n" if name is None else b"$%d\r\n%b\r\n" % (len(name), name.encode())
    assert wire.reply() == mark + b"3\r\n$%d\r\n%b\r\n" % (len(word), word.encode()) + shown + b":%d\r\n" % count


def _next(pubsub: Any) -> dict[str, Any]:
    message = pubsub.get_message(timeout=10)
    assert message is not None
    return dict(message)


@pytest.mark.parametrize("protocol", [2, 3])
def test_channels_and_patterns_with_redis_py(relay: Relay, cluster: Cluster, protocol: int) -> None:
    with relay.client(protocol=protocol) as client, client.pubsub() as pubsub:
        pubsub.subscribe(*NAMES)
        pubsub.psubscribe("ch1*", "x?z")
        assert [_next(pubsub)["data"] for _ in range(14)] == list(range(1, 15))
        for publish in (client.publish, *(_publisher(node) for node in cluster.nodes)):
            publish("ch2", "hello")
            assert (_next(pubsub)["channel"], "hello") == ("ch2", "hello")
            publish("ch11", "both")
            assert sorted(_next(pubsub)["type"] for _ in range(2)) == ["message", "pmessage"]
        assert client.publish("ch11", "x") == 2
        assert client.publish("xyz", "x") == 1
        assert client.publish("nobody", "x") == 0
        assert sorted(_next(pubsub)["type"] for _ in range(3)) == ["message", "pmessage", "pmessage"]
        pubsub.unsubscribe("ch2")
        pubsub.punsubscribe()
        client.publish("ch2", "gone")
        client.publish("ch3", "there")
        seen = [_next(pubsub) for _ in range(4)]
        assert [each["type"] for each in seen] == ["unsubscribe", "punsubscribe", "punsubscribe", "message"]
        assert seen[3]["channel"] == "ch3"


def _publisher(node: Any) -> Callable[[str, str], int]:
    def publish(channel: str, message: str) -> int:
        with node.client() as direct:
            return int(direct.publish(channel, message))

    return publish


def test_what_a_subscribed_resp2_client_sees_to_the_letter(relay: Relay) -> None:
    with relay.wire() as wire, relay.wire() as other:
        wire.send("SUBSCRIBE", "a", "b", "a")
        for name, count in (("a", 1), ("b", 2), ("a", 2)):
            _confirmed(wire, "subscribe", name, count)
        assert wire.ask("GET", "k") == (
            b"-ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in "
            b"this context\r\n"
        )
        assert wire.ask("PING") == b"*2\r\n$4\r\npong\r\n$0\r\n\r\n"
        assert wire.ask("PING", "x") == b"*2\r\n$4\r\npong\r\n$1\r\nx\r\n"
        assert other.ask("PUBLISH", "a", "1") == b":1\r\n"
        _message(wire, "message", "a", "1")
        wire.send("UNSUBSCRIBE")
        _confirmed(wire, "unsubscribe", "a", 1)
        _confirmed(wire, "unsubscribe", "b", 0)
        wire.send("UNSUBSCRIBE")
        _confirmed(wire, "unsubscribe", None, 0)
        wire.send("PUNSUBSCRIBE", "none")
        _confirmed(wire, "punsubscribe", "none", 0)
        assert wire.ask("GET", "k") == b"$-1\r\n"
        assert wire.ask("SUBSCRIBE") == b"-ERR wrong number of arguments for 'subscribe' command\r\n"
        wire.send("SUBSCRIBE", "a")
        _confirmed(wire, "subscribe", "a", 1)
        assert wire.ask("RESET") == b"+RESET\r\n"
        assert other.ask("PUBLISH", "a", "2") == b":0\r\n"


def test_a_resp3_client_goes_on_with_commands(relay: Relay) -> None:
    with relay.wire() as wire, relay.wire() as other:
        assert wire.ask("HELLO", "3").startswith(b"%")
        wire.send("SUBSCRIBE", "a")
        _confirmed(wire, "subscribe", "a", 1, b">")
        assert wire.ask("SET", "k", "v") == b"+OK\r\n"
        assert wire.ask("PING") == b"+PONG\r\n"
        assert other.ask("PUBLISH", "a", "m" * 70_000) == b":1\r\n"
        _message(wire, "message", "a", "m" * 70_000, mark=b">")
        assert b" sub=1 psub=0 ssub=0 " in wire.ask("CLIENT", "INFO")
        assert wire.ask("MULTI") == b"+OK\r\n"
        assert wire.ask("SUBSCRIBE", "b").startswith(b"-ERR 'subscribe' is not supported in a transaction")


@pytest.mark.parametrize("protocol", [2, 3])
def test_sharded_channels_of_many_slots(relay: Relay, cluster: Cluster, protocol: int) -> None:
    if cluster.version() < (7,):
        pytest.skip("sharded channels came with Redis 7")
    mark = b">" if protocol == 3 else b"*"
    with relay.wire() as wire, relay.wire() as other:
        if protocol == 3:
            wire.ask("HELLO", "3")
        wire.send("SSUBSCRIBE", *NAMES)
        for count, name in enumerate(NAMES, 1):
            _confirmed(wire, "ssubscribe", name, count, mark)
        for name in NAMES:
            assert other.ask("SPUBLISH", name, "m") == b":1\r\n"
            _message(wire, "smessage", name, "m", mark=mark)
        reply = other.ask("PUBSUB", "SHARDCHANNELS", "ch*")
        assert reply.startswith(b"*12\r\n")
        assert other.ask("PUBSUB", "SHARDNUMSUB", "ch1", "x") == b"*4\r\n$3\r\nch1\r\n:1\r\n$1\r\nx\r\n:0\r\n"
        wire.send("SUNSUBSCRIBE", "ch1")
        _confirmed(wire, "sunsubscribe", "ch1", 11, mark)
        assert other.ask("SPUBLISH", "ch1", "m") == b":0\r\n"


def test_pubsub_counts_clients(relay: Relay, cluster: Cluster) -> None:
    wires = [relay.wire() for _ in range(5)]
    with relay.wire() as asking, cluster.nodes[1].client() as direct, direct.pubsub() as beside:
        beside.subscribe("c")
        _next(beside)
        for wire in wires:
            wire.send("SUBSCRIBE", "c")
            _confirmed(wire, "subscribe", "c", 1)
            wire.send("PSUBSCRIBE", "c*")
            _confirmed(wire, "psubscribe", "c*", 2)
        assert asking.ask("PUBSUB", "NUMSUB", "c", "d") == b"*4\r\n$1\r\nc\r\n:6\r\n$1\r\nd\r\n:0\r\n"
        assert asking.ask("PUBSUB", "NUMPAT") == b":1\r\n"
        assert asking.ask("PUBSUB", "CHANNELS") == b"*1\r\n$1\r\nc\r\n"
        assert asking.ask("PUBSUB", "CHANNELS", "x*") == b"*0\r\n"
        assert asking.ask("PUBSUB", "NUMSUB") == b"*0\r\n"
        assert asking.ask("PUBSUB", "NOPE").startswith(b"-ERR unknown subcommand 'nope'")
        assert asking.ask("PUBLISH", "c", "m") in (b":10\r\n", b":11\r\n")  # a shard knows its own clients only
        for wire in wires:
            _message(wire, "message", "c", "m")
            _message(wire, "pmessage", "c*", "c", "m")
        for wire in wires:
            wire.close()
        until(lambda: asking.ask("PUBLISH", "c", "m") in (b":0\r\n", b":1\r\n"))
        assert asking.ask("PUBSUB", "NUMSUB", "c") == b"*2\r\n$1\r\nc\r\n:1\r\n"


def test_messages_come_in_order_and_pipelined_with_subscribing(relay: Relay) -> None:
    with relay.wire() as wire, relay.wire() as other:
        wire.sock.sendall(packed("SET", "a", "1") + packed("SUBSCRIBE", "c") + packed("UNSUBSCRIBE", "c")
                          + packed("GET", "a") + packed("SUBSCRIBE", "c"))  # fmt: skip
        assert wire.reply() == b"+OK\r\n"
        _confirmed(wire, "subscribe", "c", 1)
        _confirmed(wire, "unsubscribe", "c", 0)
        assert wire.reply() == b"$1\r\n1\r\n"
        _confirmed(wire, "subscribe", "c", 1)
        other.sock.sendall(b"".join(packed("PUBLISH", "c", str(turn)) for turn in range(3000)))
        for turn in range(3000):
            _message(wire, "message", "c", str(turn))
        assert {other.reply() for _ in range(3000)} == {b":1\r\n"}


def test_asyncio_subscribers(relay: Relay) -> None:
    async def listen(protocol: int, started: asyncio.Event) -> list[bytes]:
        async with (
            redis.asyncio.Redis(port=relay.port, password=PASSWORD, protocol=protocol) as client,
            client.pubsub(ignore_subscribe_messages=True) as pubsub,
        ):
            await pubsub.subscribe("news")
            assert await pubsub.get_message(timeout=10) is None
            started.set()
            found: list[bytes] = []
            async for message in pubsub.listen():
                found.append(message["data"])
                if len(found) == 50:
                    break
            return found

    async def everybody() -> None:
        events = [asyncio.Event() for _ in range(20)]
        tasks = [asyncio.ensure_future(listen(2 + index % 2, event)) for index, event in enumerate(events)]
        await asyncio.gather(*(event.wait() for event in events))
        async with redis.asyncio.Redis(port=relay.port, password=PASSWORD) as client:
            for turn in range(50):
                assert await client.publish("news", str(turn)) == 20
        for task in tasks:
            assert await task == [str(turn).encode() for turn in range(50)]

    asyncio.run(everybody())


def test_a_user_hears_only_its_channels(relay: Relay, cluster: Cluster) -> None:
    for node in cluster.nodes:
        with node.client() as admin:
            admin.execute_command("ACL", "SETUSER", "ear", "on", ">pw", "resetchannels", "&open*", "+@all", "~*")
    try:
        with relay.wire(None) as wire, relay.wire() as other:
            assert wire.ask("AUTH", "ear", "pw") == b"+OK\r\n"
            assert wire.ask("SUBSCRIBE", "open1", "secret").startswith(b"-NOPERM")
            assert wire.ask("PUBLISH", "secret", "m").startswith(b"-NOPERM")
            assert other.ask("PUBLISH", "open1", "m") == b":0\r\n"
            wire.send("SUBSCRIBE", "open2")
            _confirmed(wire, "subscribe", "open2", 1)
            assert other.ask("PUBLISH", "open2", "m") == b":1\r\n"
            _message(wire, "message", "open2", "m")
            for node in cluster.nodes:
                with node.client() as admin:
                    admin.execute_command("ACL", "DELUSER", "ear")
            with pytest.raises(ConnectionResetError):
                wire.reply()
    finally:
        for node in cluster.nodes:
            with node.client() as admin:
                admin.execute_command("ACL", "DELUSER", "ear")


def test_a_shard_that_dies_takes_no_subscription_with_it(relay: Relay, cluster: Cluster) -> None:
    names = [next(f"s{number}" for number in range(99) if slot_of(b"s%d" % number) * 3 // 16384 == index)
             for index in range(3)]  # fmt: skip
    sharded = cluster.version() >= (7,)
    with relay.wire() as wire, relay.wire() as other:
        wire.send("SUBSCRIBE", "c")
        _confirmed(wire, "subscribe", "c", 1)
        if sharded:
            wire.send("SSUBSCRIBE", *names)
            for count, name in enumerate(names, 1):
                _confirmed(wire, "ssubscribe", name, count)
        for node in cluster.nodes:
            node.stop()
            node.start()
            cluster.wait_for(node)

            def heard(*words: str) -> bool:
                return other.ask(*words, "m") == b":1\r\n"

            until(lambda: heard("PUBLISH", "c"))
            _message(wire, "message", "c", "m")
            for name in names if sharded else []:
                until(lambda name=name: heard("SPUBLISH", name))  # type: ignore[misc]
                _message(wire, "smessage", name, "m")


def test_a_sharded_channel_follows_its_slot(relay: Relay, cluster: Cluster) -> None:
    if cluster.version() < (7,):
        pytest.skip("sharded channels came with Redis 7")
    with elsewhere(cluster, "{m}") as (slot, _, target), relay.wire() as wire, relay.wire() as other:
        wire.send("SSUBSCRIBE", "{m}", "x")
        _confirmed(wire, "ssubscribe", "{m}", 1)
        _confirmed(wire, "ssubscribe", "x", 2)
        end_move(cluster, slot, target)
        until(lambda: other.ask("SPUBLISH", "{m}", "m") == b":1\r\n")
        _message(wire, "smessage", "{m}", "m")
        assert "{m}" in _shard_channels(target)


def _shard_channels(node: Any) -> list[str]:
    with node.client() as admin:
        return list(admin.execute_command("PUBSUB", "SHARDCHANNELS"))


def test_a_client_that_reads_nothing_is_cut_off_and_harms_nobody(relay: Relay) -> None:
    with relay.wire() as reading, relay.wire() as slow, relay.wire() as other:
        for wire in (reading, slow):
            wire.send("SUBSCRIBE", "c")
            _confirmed(wire, "subscribe", "c", 1)
        body = "x" * 500_000
        for _ in range(3 * limits.PUSHED // len(body)):
            assert other.ask("PUBLISH", "c", body) in (b":2\r\n", b":1\r\n")
            _message(reading, "message", "c", body)
        assert other.ask("PUBLISH", "c", "end") == b":1\r\n"
        _message(reading, "message", "c", "end")


def test_many_subscribers_need_few_connections_and_leave_none(relay: Relay, cluster: Cluster) -> None:
    def subscriptions() -> int:
        total = 0
        for node in cluster.nodes:
            with node.client() as admin:
                total += len(admin.client_list(_type="pubsub"))
        return total

    def channels() -> int:
        return sum(len(_channels(node)) for node in cluster.nodes)

    before = subscriptions()
    wires = [relay.wire() for _ in range(100)]
    for number, wire in enumerate(wires):
        wire.send("SUBSCRIBE", f"own{number}", "all")
        _confirmed(wire, "subscribe", f"own{number}", 1)
        _confirmed(wire, "subscribe", "all", 2)
    assert subscriptions() == before + 1
    assert channels() == 101
    for wire in wires:
        wire.close()
    until(lambda: channels() == 0)


def _channels(node: Any) -> list[str]:
    with node.client() as admin:
        return list(admin.pubsub_channels())


def test_holding_keeps_subscribers(relay: Relay) -> None:
    with relay.wire() as wire, relay.wire() as late, relay.wire() as other:
        wire.send("SUBSCRIBE", "c")
        _confirmed(wire, "subscribe", "c", 1)
        done: list[bool] = []
        relay.do(lambda: relay.upstream.hold(lambda: done.append(True)))
        until(lambda: done == [True])
        late.send("SUBSCRIBE", "c", "d")
        other.send("PUBLISH", "c", "m")
        relay.do(relay.upstream.resume)
        _message(wire, "message", "c", "m")
        _confirmed(late, "subscribe", "c", 1)
        _confirmed(late, "subscribe", "d", 2)
        assert other.reply() in (b":1\r\n", b":2\r\n")


_PIECES = st.sampled_from(["a", "b", "ab", "*", "?", "[ab]", "[^a]", "[b-a]", "\\*", "c"])


@given(st.lists(_PIECES, max_size=8), st.text("abc*", max_size=10))
def test_patterns_match_as_in_redis(pieces: list[str], name: str) -> None:
    known = {"*": ".*", "?": ".", "[b-a]": "[ab]", "\\*": r"\*"}
    expected = re.fullmatch("".join(known.get(piece, piece) for piece in pieces), name) is not None
    assert Glob("".join(pieces).encode()).matches(name.encode()) is expected


def test_a_hostile_pattern_costs_little() -> None:
    assert not Glob(b"*a" * 500 + b"b").matches(b"a" * 2000)
    assert Glob(b"[").matches(b"") is False
    assert Glob(b"[^").matches(b"x")
    assert Glob(b"a\\").matches(b"a\\")
