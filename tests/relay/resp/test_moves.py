"""Slots that move while clients work, shards that die, and holding."""

from __future__ import annotations

import os
import signal
import threading
from functools import partial

import msgspec

from jackfield.relay.route import Backend, Route
from tests.relay.resp.conftest import Cluster, Node, Relay, packed, until
from tests.relay.resp.slot_moves import begin_move, carry, elsewhere, end_move, owner, tell

LOST = b"-ERR the connection to the shard was lost; the command may have been executed\r\n"
AWAY = b"-ERR the shard that serves this command cannot be reached\r\n"
OK, QUEUED = b"+OK\r\n", b"+QUEUED\r\n"


def test_moved_is_followed_and_learnt(relay: Relay, cluster: Cluster) -> None:
    with elsewhere(cluster, "{m}") as (slot, source, target), relay.wire() as wire:
        assert wire.ask("SET", "{m}a", "1") == OK
        begin_move(slot, source, target)
        carry(slot, source, target)
        end_move(cluster, slot, target)
        for words in (("GET", "{m}a"), ("SET", "{m}a", "2"), ("GET", "{m}a"), ("GET", "x")):
            wire.send(*words)
        assert [wire.reply() for _ in range(4)] == [b"$1\r\n1\r\n", OK, b"$1\r\n2\r\n", b"$-1\r\n"]
        assert wire.ask("MGET", "{m}a", "{m}b", "y") == b"*3\r\n$1\r\n2\r\n$-1\r\n$-1\r\n"
        tell([source], "CONFIG", "RESETSTAT")
        assert wire.ask("GET", "{m}a") == b"$1\r\n2\r\n"
        with source.client() as admin:
            assert "errorstat_MOVED" not in admin.info("errorstats")


def test_first_use_of_a_slot_that_moved_in_every_way(relay: Relay, cluster: Cluster) -> None:
    with elsewhere(cluster, "{m}") as (slot, source, target):
        with relay.wire() as wire:
            assert wire.ask("GET", "{m}a") == b"$-1\r\n"
        for words, replies in (
            (
                [("MULTI",), ("SET", "{m}a", "1"), ("GET", "{m}a"), ("EXEC",)],
                [OK, QUEUED, QUEUED, b"*2\r\n+OK\r\n$1\r\n1\r\n"],
            ),
            ([("WATCH", "{m}a"), ("MULTI",), ("SET", "{m}a", "2"), ("EXEC",)], [OK, OK, QUEUED, b"*1\r\n+OK\r\n"]),
            ([("RPUSH", "{m}l", "x"), ("BLPOP", "{m}l", "0")], [b":1\r\n", b"*2\r\n$4\r\n{m}l\r\n$1\r\nx\r\n"]),
            ([("BLPOP", "{m}l", "0.05")], [b"*-1\r\n"]),
        ):
            for away in (True, False):
                tell(cluster.nodes, "FLUSHALL")
                end_move(cluster, slot, target if away else source)
                with relay.wire() as wire:
                    assert [wire.ask(*each) for each in words] == replies


def test_a_slot_that_moves_in_mid_transaction(relay: Relay, cluster: Cluster) -> None:
    with elsewhere(cluster, "{m}") as (slot, _, target), relay.wire() as free, relay.wire() as watching:
        assert free.ask("MULTI") == OK
        assert free.ask("SET", "{m}a", "1") == QUEUED
        assert watching.ask("WATCH", "{m}b") == OK
        assert watching.ask("MULTI") == OK
        assert watching.ask("SET", "{m}b", "1") == QUEUED
        end_move(cluster, slot, target)
        assert free.ask("EXEC") == b"*1\r\n+OK\r\n"
        reply = watching.ask("EXEC")
        assert reply.startswith((b"-TRYAGAIN", b"*-1"))
        assert free.ask("MGET", "{m}a", "{m}b") == b"*2\r\n$1\r\n1\r\n$-1\r\n"


def test_a_slot_that_moves_between_queued_commands(relay: Relay, cluster: Cluster) -> None:
    """What a shard refuses to queue because the slot has left is queued all the same; EXEC does it all there."""
    for ends in (False, True):
        with elsewhere(cluster, "{m}") as (slot, source, target), relay.wire() as free, relay.wire() as watching:
            assert free.ask("SET", "{m}a", "1") == OK
            assert watching.ask("WATCH", "{m}a") == OK
            for wire in (free, watching):
                assert wire.ask("MULTI") == OK
                assert wire.ask("INCR", "{m}a") == QUEUED
            begin_move(slot, source, target)
            carry(slot, source, target)
            if ends:
                end_move(cluster, slot, target)
            assert watching.ask("INCR", "{m}a").startswith(b"-TRYAGAIN")
            assert watching.ask("EXEC").startswith(b"-EXECABORT")
            assert free.ask("INCR", "{m}a") == QUEUED
            assert free.ask("GET", "{m}a") == QUEUED
            assert free.ask("EXEC") == b"*3\r\n:2\r\n:3\r\n$1\r\n3\r\n"
            assert free.ask("GET", "{m}a") == b"$1\r\n3\r\n"


def _received(relay: Relay, count: int) -> bool:
    """Whether the loop took so many bytes from its clients, and finished the round in which it did."""
    return relay.do(lambda: sum(session.received for session in relay.sessions)) >= count


def test_a_command_never_overtakes_one_that_is_under_way_to_the_loser(relay: Relay, cluster: Cluster) -> None:
    with elsewhere(cluster, "{m}") as (slot, source, target), relay.wire() as wire, relay.wire() as filler:
        assert wire.ask("SET", "{m}a", "1") == OK
        assert filler.ask("GET", "{m}a") == b"$1\r\n1\r\n"
        hub = relay.upstream._hub
        assert source.process is not None
        # With the higher epoch it keeps the slot whatever the other says, however soon it hears of it once it goes on.
        tell([source], "CLUSTER", "BUMPEPOCH")
        os.kill(source.process.pid, signal.SIGSTOP)
        try:
            # under way; then more than the socket takes, so that what follows stays queued; then what must not overtake
            for sender, words in (
                (wire, ("SET", "{m}a", "2")), (filler, ("SET", "{m}big", "x" * 2_000_000)), (wire, ("GET", "{m}a")),
            ):  # fmt: skip
                received = relay.do(lambda: sum(session.received for session in relay.sessions))
                sender.send(*words)
                until(partial(_received, relay, received + len(packed(*words))))
            tell([target], "CLUSTER", "SETSLOT", str(slot), "NODE", target.name)
            relay.do(lambda: hub.reassign(slot, slot, hub.shards[target.index]))
        finally:
            os.kill(source.process.pid, signal.SIGCONT)
        assert filler.reply() == OK
        assert wire.reply() == OK
        assert wire.reply() == b"$1\r\n2\r\n"


def test_ask_is_followed(relay: Relay, cluster: Cluster) -> None:
    with elsewhere(cluster, "{m}") as (slot, source, target), relay.wire() as wire:
        assert wire.ask("SET", "{m}stays", "1") == OK
        begin_move(slot, source, target)
        assert wire.ask("GET", "{m}stays") == b"$1\r\n1\r\n"
        wire.sock.sendall(packed("SET", "{m}new", "2") + packed("GET", "{m}new") + packed("GET", "{m}stays"))
        assert [wire.reply() for _ in range(3)] == [OK, b"$1\r\n2\r\n", b"$1\r\n1\r\n"]
        assert wire.ask("MULTI") == OK
        assert wire.ask("INCR", "{m}new") == QUEUED
        assert wire.ask("GET", "{m}new") == QUEUED
        assert wire.ask("EXEC") == b"*2\r\n:3\r\n$1\r\n3\r\n"
        assert wire.ask("BLPOP", "{m}list", "0.05") == b"*-1\r\n"
        reply = wire.ask("MGET", "{m}stays", "{m}new")  # some here, some there: TRYAGAIN until the move ends
        assert reply.startswith(b"-TRYAGAIN Multiple keys request during rehashing of slot")
        wire.send("MGET", "{m}stays", "{m}new")
        carry(slot, source, target)
        end_move(cluster, slot, target)
        assert wire.reply() == b"*2\r\n$1\r\n1\r\n$1\r\n3\r\n"


def _went_on(failures: list[object], turns: list[int], seen: list[int]) -> bool:
    return bool(failures) or all(now > before for now, before in zip(turns, seen, strict=True))


def test_migration_under_load_loses_and_reorders_nothing(relay: Relay, cluster: Cluster) -> None:
    stop = threading.Event()
    failures: list[object] = []
    turns = [0] * 4

    def work(number: int) -> None:
        key = f"{{m}}{number}"
        try:
            with relay.wire() as wire:
                while not stop.is_set():
                    first = turns[number] * 20
                    for value in range(first, first + 20):
                        wire.send("SET", key, str(value))
                        wire.send("GET", key)
                        wire.send("GET", f"other{value}")
                    for value in range(first, first + 20):
                        text = str(value).encode()
                        replies = [wire.reply() for _ in range(3)]
                        if replies != [OK, b"$%d\r\n%b\r\n" % (len(text), text), b"$-1\r\n"]:
                            failures.append((number, value, replies))
                            return
                    turns[number] += 1
        except Exception as error:
            failures.append(error)

    with elsewhere(cluster, "{m}") as (slot, source, target):
        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for turn in range(30):
            seen = list(turns)
            until(partial(_went_on, failures, turns, seen))
            old, new = (target, source) if turn % 2 else (source, target)
            begin_move(slot, old, new)
            carry(slot, old, new)
            end_move(cluster, slot, new)
        stop.set()
        for thread in threads:
            thread.join(20)
        assert failures == []


def _keys_of(cluster: Cluster, node: Node, count: int) -> list[str]:
    keys = (f"k{number}" for number in range(10_000))
    return [key for key in keys if owner(cluster, key) is node][:count]


def test_a_shard_that_is_killed_and_comes_back(relay: Relay, cluster: Cluster) -> None:
    dead, alive = cluster.nodes[1], cluster.nodes[0]
    here, there = _keys_of(cluster, dead, 3), _keys_of(cluster, alive, 1)[0]
    with relay.wire() as wire, relay.wire() as other, relay.wire() as blocked, relay.wire() as queued:
        assert wire.ask("SET", here[0], "1") == OK
        assert queued.ask("MULTI") == OK
        assert queued.ask("SET", here[0], "1") == QUEUED
        blocked.send("BLPOP", here[2], "0")
        until(lambda: cluster.blocked() == 1)
        assert dead.process is not None
        os.kill(dead.process.pid, signal.SIGSTOP)
        wire.send("GET", here[0])  # under way when the shard dies
        assert other.ask("SET", there, "x") == OK
        received = sum(session.received for session in relay.sessions)
        wire.send("ECHO", "behind")
        until(lambda: sum(session.received for session in relay.sessions) > received)
        dead.stop()
        assert wire.reply() == LOST
        assert wire.reply() == b"$6\r\nbehind\r\n"
        assert blocked.reply() == LOST
        assert queued.ask("EXEC") == b"-EXECABORT Transaction discarded because of previous errors.\r\n"
        wire.send("SET", here[1], "2")  # waits
        assert other.ask("GET", there) == b"$1\r\nx\r\n"
        with relay.wire() as late:  # passwords are verified by who is there
            assert late.ask("GET", there) == b"$1\r\nx\r\n"
        dead.start()
        assert wire.reply() == OK
        assert wire.ask("GET", here[1]) == b"$1\r\n2\r\n"
        cluster.wait_for(dead)


def test_a_shard_that_stays_away(relay: Relay, cluster: Cluster) -> None:
    dead, alive = cluster.nodes[2], cluster.nodes[0]
    here, there = _keys_of(cluster, dead, 1)[0], _keys_of(cluster, alive, 1)[0]
    with relay.wire() as wire, relay.wire() as other:
        dead.stop()
        try:
            assert other.ask("SET", there, "x") == OK
            wire.sock.sendall(packed("GET", here) + packed("GET", there) + packed("MGET", here, there))
            assert other.ask("GET", there) == b"$1\r\nx\r\n"
            assert [wire.reply() for _ in range(3)] == [AWAY, b"$1\r\nx\r\n", AWAY]
        finally:
            dead.start()
            cluster.wait_for(dead)
        assert wire.ask("GET", here) == b"$-1\r\n"


def test_hold_and_resume(relay: Relay, cluster: Cluster) -> None:
    done = threading.Event()
    with relay.wire() as wire, relay.wire() as blocked, relay.wire() as waiting:
        assert wire.ask("SET", "a", "1") == OK
        blocked.send("BLPOP", "list", "0")
        waiting.send("WAIT", "1", "0")
        until(lambda: cluster.blocked() == 4)
        relay.do(lambda: relay.upstream.hold(done.set))
        assert done.wait(10)
        assert cluster.blocked() == 0
        wire.sock.sendall(packed("SET", "a", "2") + packed("MULTI") + packed("INCR", "a") + packed("EXEC"))
        late = relay.wire(None)
        late.send("AUTH", cluster.password)
        received = sum(session.received for session in relay.sessions)
        wire.send("GET", "a")
        until(lambda: sum(session.received for session in relay.sessions) > received)
        with owner(cluster, "a").client() as admin:
            assert admin.get("a") == "1"
        relay.do(relay.upstream.resume)
        assert [wire.reply() for _ in range(5)] == [OK, OK, QUEUED, b"*1\r\n:3\r\n", b"$1\r\n3\r\n"]
        assert late.reply() == OK
        late.close()
        assert wire.ask("RPUSH", "list", "x") == b":1\r\n"
        assert blocked.reply() == b"*2\r\n$4\r\nlist\r\n$1\r\nx\r\n"


def test_hold_is_done_at_once_when_nothing_is_under_way(relay: Relay) -> None:
    done = threading.Event()
    relay.do(lambda: relay.upstream.hold(done.set))
    assert done.is_set()
    relay.do(relay.upstream.resume)
    with relay.wire() as wire:
        assert wire.ask("PING") == b"+PONG\r\n"


def test_hold_waits_for_what_is_under_way(relay: Relay, cluster: Cluster) -> None:
    done = threading.Event()
    node = cluster.nodes[0]
    key = _keys_of(cluster, node, 1)[0]
    assert node.process is not None
    with relay.wire() as wire, relay.wire() as other:
        assert wire.ask("SET", key, "1") == OK
        os.kill(node.process.pid, signal.SIGSTOP)
        try:
            wire.send("GET", key)
            elsewhere = _keys_of(cluster, cluster.nodes[1], 1)[0]
            for _ in range(5):
                assert other.ask("GET", elsewhere) == b"$-1\r\n"
            relay.do(lambda: relay.upstream.hold(done.set))
            assert not done.is_set()
        finally:
            os.kill(node.process.pid, signal.SIGCONT)
        assert done.wait(10)
        assert wire.reply() == b"$1\r\n1\r\n"
        relay.do(relay.upstream.resume)


def test_a_route_that_changes(cluster: Cluster) -> None:
    """Backends join and leave, and a socket moves, without a session noticing."""
    cluster.flush()
    backends = tuple(node.backend for node in cluster.nodes)
    relay = Relay(backends[:2])
    moved = cluster.nodes[0].folder / "moved.sock"
    try:
        with relay.wire() as wire:
            keys = [f"k{number}" for number in range(30)]
            route = relay.route
            relay.do(lambda: relay.upstream.update(_with(route, backends)))
            assert wire.ask("MSET", *[word for key in keys for word in (key, key)]) == OK
            os.link(cluster.nodes[0].socket, moved)
            changed = (msgspec.structs.replace(backends[0], target=f"unix:{moved}"), *backends[1:])
            relay.do(lambda: relay.upstream.update(_with(route, changed)))
            assert wire.ask("MGET", *keys) == packed(*keys)
            assert str(moved) in next(iter(relay.sessions)).backend
    finally:
        relay.close()
        moved.unlink(missing_ok=True)


def _with(route: Route, backends: tuple[Backend, ...]) -> Route:
    return msgspec.structs.replace(route, backends=backends)


def test_a_route_without_backends_refuses() -> None:
    relay = Relay(())
    try:
        with relay.wire(None) as wire:
            assert wire.reply() == b""
        assert relay.refusals == ["the cluster has no database yet"]
    finally:
        relay.close()
