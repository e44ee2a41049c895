from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

from jackfield.engines.redis import BUS_PORT, RedisNode
from jackfield.engines.redis.client import Client, RedisError
from jackfield.engines.redis.cluster import shown_places
from jackfield.processes import send, wait_gone
from tests.descriptors import links as open_links

if TYPE_CHECKING:
    from .conftest import Fleet


def start(fleet: Fleet, nodes: list[RedisNode]) -> None:
    for node in nodes:
        fleet.engine.start(node)
    for node in nodes:
        fleet.engine.wait_ready(node)


def shown(fleet: Fleet, nodes: list[RedisNode]) -> list[dict[str, tuple[str, int]]]:
    """What each shard tells its clients."""
    answers = []
    for node in nodes:
        with fleet.client(node) as client:
            answers.append(shown_places(client))
    return answers


def listening(pid: int) -> set[tuple[str, int]]:
    links = open_links(pid)
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if words[3] == "0A" and f"socket:[{words[9]}]" in links:
            address, _, port = words[1].partition(":")
            found.add((".".join(str(byte) for byte in reversed(bytes.fromhex(address))), int(port, 16)))
    return found


def code(client: Client, *words: str) -> str:
    try:
        client.command(*words)
    except RedisError as error:
        return str(error)
    return "OK"


def test_a_cluster_serves_its_slots_and_tells_the_addresses_given(fleet: Fleet) -> None:
    ids = fleet.new_ids()
    nodes = fleet.cluster(ids)
    start(fleet, nodes)
    places = {node.id: (node.address, 6379) for node in nodes}
    assert shown(fleet, nodes) == [places] * 3
    for node in nodes:
        assert listening(fleet.engine.start(node).pid) == {(node.address, BUS_PORT)}
    with fleet.client(nodes[0]) as client:
        assert [row[:2] for row in sorted(client.command("CLUSTER", "SLOTS"))] == [
            [0, 5460],
            [5461, 10922],
            [10923, 16383],
        ]
        assert client.text("CLUSTER", "MYID") == ids[0]
        # Slot 12182 is the third shard's.
        assert code(client, "SET", "foo", "bar") == f"MOVED 12182 {nodes[2].address}:6379"
        assert code(client, "READONLY") == code(client, "ASKING") == "OK"
        assert code(client, "CLUSTER", "FAILOVER").startswith("NOPERM")
    with fleet.client(nodes[2]) as client:
        assert code(client, "SET", "foo", "bar") == "OK"
    # One dies and comes back as itself, with its data.
    dead = fleet.engine.start(nodes[2])
    assert send(dead, signal.SIGKILL)
    assert wait_gone(dead, 20)
    assert not fleet.engine.ready(nodes[2])
    assert fleet.engine.start(nodes[2]) != dead
    fleet.engine.wait_ready(nodes[2])
    with fleet.client(nodes[2]) as client:
        assert client.command("GET", "foo") == b"bar"
        assert client.text("CLUSTER", "MYID") == ids[2]
    for node in nodes:
        fleet.engine.destroy(node)
    assert fleet.pids() == []
    assert list(fleet.folder.iterdir()) == []


def test_a_new_port_is_announced_by_all_and_addresses_may_change_while_all_are_down(fleet: Fleet) -> None:
    ids = fleet.new_ids()
    before, after = fleet.cluster(ids, 6379), fleet.cluster(ids, 7001)
    start(fleet, before)
    announcement = fleet.engine.announce(after)
    assert announcement.shown
    # Redis 6.2 shows its own new port only after a restart.
    assert set(announcement.restart) == (set(ids) if fleet.engine.find().number < (7,) else set())
    for node in after:
        if node.id in announcement.restart:
            fleet.engine.restart(node)
    for node in after:
        fleet.engine.wait_ready(node)
    places = {node.id: (node.address, 7001) for node in after}
    assert shown(fleet, after) == [places] * 3
    assert fleet.engine.announce(after).restart == ()
    # All down: their addresses go to others, and they come back elsewhere with another port.
    moved = fleet.cluster(ids, 6380, first=101)
    with fleet.client(after[2]) as client:
        assert code(client, "SET", "foo", "bar") == "OK"
    for node in after:
        fleet.engine.stop(node)
    start(fleet, moved)
    assert shown(fleet, moved) == [{node.id: (node.address, 6380) for node in moved}] * 3
    for node in moved:
        assert listening(fleet.engine.start(node).pid) == {(node.address, BUS_PORT)}
    with fleet.client(moved[2]) as client:
        assert client.command("GET", "foo") == b"bar"
