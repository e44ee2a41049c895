"""Moves slots between shards, as an administrator does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import redis

from jackfield.relay.resp.slots import slot_of
from tests.relay.resp.conftest import Cluster, Node


def owner(cluster: Cluster, key: str) -> Node:
    slot = slot_of(key.encode())
    return next(node for node in cluster.nodes if node.first <= slot <= node.last)


def tell(nodes: list[Node], *words: str) -> None:
    for node in nodes:
        with node.client() as admin:
            admin.execute_command(*words)


def begin_move(slot: int, source: Node, target: Node) -> None:
    tell([target], "CLUSTER", "SETSLOT", str(slot), "IMPORTING", source.name)
    tell([source], "CLUSTER", "SETSLOT", str(slot), "MIGRATING", target.name)


def carry(slot: int, source: Node, target: Node) -> None:
    """Carries the keys over by DUMP and RESTORE, since the shards have no TCP port for MIGRATE.

    A key leaves the source only if nobody wrote it meanwhile; before that no client is sent to the target's copy.
    """
    with (
        redis.Redis(unix_socket_path=str(source.socket), password=source.password) as here,
        redis.Redis(
            unix_socket_path=str(target.socket), password=target.password, single_connection_client=True
        ) as there,
    ):
        while keys := here.execute_command("CLUSTER", "GETKEYSINSLOT", str(slot), "1000"):
            for key in keys:
                with here.pipeline() as pipe, suppress(redis.WatchError):
                    pipe.watch(key)
                    value = pipe.dump(key)
                    there.execute_command("ASKING")
                    there.restore(key, 0, value, replace=True)
                    pipe.multi()
                    pipe.delete(key)
                    pipe.execute()


def end_move(cluster: Cluster, slot: int, target: Node) -> None:
    # the newest epoch, or an older claim that is still on the bus would take the slot back
    tell([target], "CLUSTER", "BUMPEPOCH")
    tell([target, *(node for node in cluster.nodes if node is not target)], "CLUSTER", "SETSLOT", str(slot), "NODE",
          target.name)  # fmt: skip


@contextmanager
def elsewhere(cluster: Cluster, key: str) -> Iterator[tuple[int, Node, Node]]:
    """Brings the slot of a key back at the end."""
    slot, source = slot_of(key.encode()), owner(cluster, key)
    target = cluster.nodes[(source.index + 1) % 3]
    try:
        yield slot, source, target
    finally:
        cluster.flush()
        tell(cluster.nodes, "CLUSTER", "SETSLOT", str(slot), "STABLE")
        end_move(cluster, slot, source)
