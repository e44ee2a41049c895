"""Finding the Redis process that serves a node's folder by asking it.

How it is known that there is only one: :mod:`jackfield.engines.tenure`. A Redis starter that is killed before it
wrote the record leaves a server that the next one finds here, over its socket.
"""

from __future__ import annotations

import os

from jackfield.engines.engine import EngineFailed
from jackfield.engines.redis.client import Client, RedisError, Unreachable
from jackfield.engines.redis.node import INTERNAL, RedisNode
from jackfield.engines.tenure import record, recorded
from jackfield.processes import ProcessId, identify


def connect(node: RedisNode, timeout: float = 2.0) -> Client:
    """A connection as the internal user.

    :raises Unreachable: nobody answers.
    :raises RedisError: the internal user is refused, or the server is still loading its data.
    """
    return Client(node.socket, INTERNAL, node.password, timeout)


def find(node: RedisNode) -> ProcessId | None:
    """The process that serves the folder, recorded or not. It need not answer yet.

    :raises EngineFailed: another server answers on the node's socket, or it refuses the internal user.
    """
    known = recorded(node)
    told = answering(node)
    if told is None:
        return known
    if told != known:
        record(node, told)
    return told


def answering(node: RedisNode) -> ProcessId | None:
    """The process that answers on the node's socket; None when nobody does.

    :raises EngineFailed: another server answers there, or it refuses the internal user.
    """
    try:
        with connect(node) as client:
            facts = client.facts("INFO", "server")
            own_id = _cluster_id(client) if facts["redis_mode"] == "cluster" else ""
    except Unreachable:
        return None
    except RedisError as error:
        raise EngineFailed(f"the Redis server at {node.socket} refuses us: {error}") from error
    same_file = os.path.realpath(facts["config_file"]) == os.path.realpath(node.config_file)
    if not same_file or own_id not in (node.id if node.cluster else "", None):
        raise EngineFailed(
            f"the Redis server at {node.socket} is not node {node.id}: it was started with "
            f"{facts['config_file'] or 'no configuration file'} (pid {facts['process_id']})"
        )
    return identify(int(facts["process_id"]))


def _cluster_id(client: Client) -> str | None:
    """None while it loads its data; until then it does not tell."""
    try:
        return client.text("CLUSTER", "MYID")
    except RedisError as error:
        if error.code == "LOADING":
            return None
        raise
