"""MULTI and WATCH; and blocking commands, which have connections of their own too."""

from __future__ import annotations

import pytest
import redis

from tests.relay.resp.conftest import Cluster, Relay, Wire, packed, until

OK, QUEUED = b"+OK\r\n", b"+QUEUED\r\n"
ABORTED = b"-EXECABORT Transaction discarded because of previous errors.\r\n"
CROSS = b"-CROSSSLOT Keys in request don't hash to the same slot\r\n"


def test_a_transaction_is_answered_as_by_redis(relay: Relay) -> None:
    with relay.wire() as wire:
        assert wire.ask("MULTI") == OK
        assert wire.ask("PING") == QUEUED
        assert wire.ask("SET", "{t}a", "x") == QUEUED
        assert wire.ask("INCR", "{t}a") == QUEUED
        assert wire.ask("MGET", "{t}a", "{t}b") == QUEUED
        assert wire.ask("MULTI") == b"-ERR MULTI calls can not be nested\r\n"
        assert wire.ask("WATCH", "{t}a") == b"-ERR WATCH inside MULTI is not allowed\r\n"
        assert wire.ask("EXEC") == (
            b"*4\r\n+PONG\r\n+OK\r\n-ERR value is not an integer or out of range\r\n*2\r\n$1\r\nx\r\n$-1\r\n"
        )
        assert wire.ask("EXEC") == b"-ERR EXEC without MULTI\r\n"
        assert wire.ask("MULTI") == OK
        assert wire.ask("EXEC") == b"*0\r\n"
        assert wire.ask("MULTI") == OK
        assert wire.ask("TIME") == QUEUED
        assert wire.ask("EXEC").startswith(b"*1\r\n*2\r\n")


@pytest.mark.parametrize(
    ("words", "reply"),
    [
        (["SET", "other", "1"], CROSS),
        (["MGET", "{t}a", "other"], CROSS),
        (["GET"], b"-ERR wrong number of arguments for 'get' command\r\n"),
        (["NOSUCH"], b"-ERR unknown command 'NOSUCH', with args beginning with: \r\n"),
        (["SET", "{t}a", "1", "NONSENSE"], QUEUED),
    ],
)
def test_a_refused_command_fails_the_transaction_as_a_whole(relay: Relay, words: list[str], reply: bytes) -> None:
    spoils = reply != QUEUED
    with relay.wire() as wire:
        assert wire.ask("MULTI") == OK
        assert wire.ask("SET", "{t}a", "1") == QUEUED
        assert wire.ask(*words) == reply
        assert wire.ask("SET", "{t}b", "2") == QUEUED
        answer = wire.ask("EXEC")
        if spoils:
            assert answer == ABORTED
            assert wire.ask("MGET", "{t}a", "{t}b", "other") == b"*3\r\n$-1\r\n$-1\r\n$-1\r\n"
        else:
            assert answer == b"*3\r\n+OK\r\n-ERR syntax error\r\n+OK\r\n"


def test_discard_and_watch(relay: Relay) -> None:
    with relay.wire() as wire, relay.wire() as other:
        assert wire.ask("MULTI") == OK
        assert wire.ask("SET", "a", "1") == QUEUED
        assert wire.ask("DISCARD") == OK
        assert wire.ask("GET", "a") == b"$-1\r\n"
        for touched in (True, False):
            assert wire.ask("WATCH", "a") == OK
            assert wire.ask("WATCH", "b") == CROSS
            assert wire.ask("GET", "b") == b"$-1\r\n"
            if touched:
                assert other.ask("SET", "a", "2") == OK
            assert wire.ask("MULTI") == OK
            assert wire.ask("SET", "a", "3") == QUEUED
            assert wire.ask("EXEC") == (b"*-1\r\n" if touched else b"*1\r\n+OK\r\n")
        assert wire.ask("WATCH", "a") == OK
        assert wire.ask("UNWATCH") == OK
        assert other.ask("SET", "a", "4") == OK
        assert wire.ask("MULTI") == OK
        assert wire.ask("GET", "a") == QUEUED
        assert wire.ask("EXEC") == b"*1\r\n$1\r\n4\r\n"


def test_counting_with_watch_loses_nothing(relay: Relay) -> None:
    clients = [relay.client() for _ in range(4)]
    try:
        clients[0].set("n", 0)

        def increment(pipe: redis.client.Pipeline) -> None:
            value = int(str(pipe.get("n")))
            pipe.multi()
            pipe.set("n", value + 1)

        for _ in range(10):
            for client in clients:
                client.transaction(increment, "n")
        assert clients[0].get("n") == "40"
    finally:
        for client in clients:
            client.close()


def test_a_client_that_leaves_in_mid_transaction_leaves_nothing(relay: Relay, cluster: Cluster) -> None:
    def connections() -> int:
        total = 0
        for node in cluster.nodes:
            with node.client() as admin:
                total += len(admin.client_list()) - 1
        return total

    with relay.wire() as wire:
        for key in ("a", "b", "c"):
            wire.ask("GET", key)
        before = connections()
        leaving = [relay.wire() for _ in range(10)]
        for each in leaving:
            assert each.ask("WATCH", "a") == OK
            assert each.ask("MULTI") == OK
            assert each.ask("SET", "a", "gone") == QUEUED
        assert connections() == before + 10
        for each in leaving:
            each.close()
        until(lambda: connections() == before)
        assert wire.ask("GET", "a") == b"$-1\r\n"


def test_pipelined_commands_around_a_transaction_keep_their_order(relay: Relay) -> None:
    with relay.wire() as wire:
        for turn in range(30):
            wire.sock.sendall(
                packed("SET", "a", str(turn)) + packed("SET", "z", "1") + packed("MULTI") + packed("GET", "a")
                + packed("SET", "a", "x") + packed("EXEC") + packed("GET", "a") + packed("GET", "z")
            )  # fmt: skip
            value = str(turn).encode()
            expected = (
                OK + OK + OK + QUEUED + QUEUED + b"*2\r\n$%d\r\n%b\r\n+OK\r\n" % (len(value), value)
                + b"$1\r\nx\r\n$1\r\n1\r\n"
            )  # fmt: skip
            assert wire.file.read(len(expected)) == expected


def test_blocked_clients_stall_nobody(relay: Relay, cluster: Cluster) -> None:
    wires = [relay.wire() for _ in range(20)]
    with relay.wire() as busy:
        for number, wire in enumerate(wires):
            wire.sock.sendall(packed("BLPOP", f"list{number}", "0") + packed("ECHO", "after"))
        until(lambda: cluster.blocked() == 20)
        for number in range(200):
            assert busy.ask("SET", f"k{number}", "v") == OK
        for number, wire in enumerate(wires):
            assert busy.ask("RPUSH", f"list{number}", "x") == b":1\r\n"
            key = f"list{number}".encode()
            assert wire.reply() == b"*2\r\n$%d\r\n%b\r\n$1\r\nx\r\n" % (len(key), key)
            assert wire.reply() == b"$5\r\nafter\r\n"
            wire.close()


def test_blocking_commands(client: redis.Redis) -> None:
    assert client.blpop("none", timeout=0.05) is None
    client.rpush("{l}a", "1", "2", "3")
    assert list(client.brpop(["{l}none", "{l}a"]) or ()) == ["{l}a", "3"]
    assert client.blmove("{l}a", "{l}b", 1) == "1"
    assert client.brpoplpush("{l}b", "{l}c", 1) == "1"
    client.zadd("z", {"m": 1, "n": 2})
    assert list(client.bzpopmin("z") or ()) == ["z", "m", 1.0]
    client.xadd("s", {"f": "v"}, id="1-1")
    assert client.xread({"s": 0}, block=50)
    assert not client.xread({"s": "1-1"}, block=50)
    assert client.lpop("{l}c") == "1"


def test_a_blocked_client_that_leaves_takes_no_element(relay: Relay, cluster: Cluster) -> None:
    with relay.wire() as wire:
        leaving: Wire = relay.wire()
        leaving.send("BLPOP", "list", "0")
        until(lambda: cluster.blocked() == 1)
        leaving.close()
        until(lambda: cluster.blocked() == 0)
        assert wire.ask("RPUSH", "list", "x") == b":1\r\n"
        assert wire.ask("LLEN", "list") == b":1\r\n"
