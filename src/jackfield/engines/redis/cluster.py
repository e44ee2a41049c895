"""What shards of one cluster know of each other."""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec

from jackfield.engines.engine import EngineFailed
from jackfield.engines.redis.client import Client, RedisError
from jackfield.engines.redis.node import RedisNode
from jackfield.engines.redis.process import connect
from jackfield.slots import SLOTS

_PAUSE = 0.05


class Announcement(msgspec.Struct, frozen=True):
    """How far a new port has got.

    :param shown: every shard shows it for every other shard, and for itself unless it is in ``restart``.
    :param restart: ids of shards that go on showing the old one for themselves until they are restarted: up to 6.2
        Redis reads its own announced port only when it starts (seen with 6.2.14; 7.0.15 does at once).
    """

    shown: bool
    restart: tuple[str, ...] = ()


def complete(client: Client, node: RedisNode) -> bool:
    """Whether this shard sees the cluster as serving all its slots."""
    wanted = sum(high - low + 1 for member in node.cluster for low, high in member.slots) or SLOTS
    facts = client.facts("CLUSTER", "INFO")
    counts = {int(facts["cluster_slots_assigned"]), int(facts["cluster_slots_ok"])}
    return facts["cluster_state"] == "ok" and counts == {wanted}


def shown_places(client: Client) -> dict[str, tuple[str, int]]:
    """Address and port of every shard with slots, by id, as CLUSTER SLOTS tells a client."""
    return {
        master[2].decode(): ((master[0] or b"").decode(), master[1])
        for _low, _high, master, *_replicas in client.command("CLUSTER", "SLOTS")
    }


def announce(nodes: Sequence[RedisNode], timeout: float) -> Announcement:
    """Sets every shard's announced port and waits until CLUSTER SLOTS shows it everywhere.

    The others learn it with the next ping of the cluster bus: a second or two in a small cluster, half of
    ``cluster-node-timeout`` (7.5 s) at most.

    :raises EngineFailed: a shard does not answer or refuses.
    """
    deadline = time.monotonic() + timeout
    wanted = {node.id: (node.address, node.announce_port) for node in nodes}
    try:
        for node in nodes:
            with connect(node) as client:
                client.command("CONFIG", "SET", "cluster-announce-port", node.announce_port)
        while True:
            restart, late = [], False
            for node in nodes:
                with connect(node) as client:
                    shown = shown_places(client)
                if shown.pop(node.id, wanted[node.id]) != wanted[node.id]:
                    restart.append(node.id)
                late = late or any(wanted.get(other, place) != place for other, place in shown.items())
            if not late or time.monotonic() > deadline:
                return Announcement(not late, tuple(restart))
            time.sleep(_PAUSE)
    except RedisError as error:
        raise EngineFailed(f"a shard does not take its announced port: {error}") from error
