"""Which process serves a node's folder, and the proof that it is the only one.

The server inherits a locked descriptor (flock) of the folder's lock file and holds it until it is gone. So whoever
gets the lock knows that no server runs there, whatever a record on disk says, and a starter that is killed at any
moment leaves either no server or one that the next starter finds: by the record, or, when it was killed before
writing that, by asking the server itself over its socket.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator

import msgspec

from jackfield.engines.engine import EngineFailed
from jackfield.engines.redis.client import Client, RedisError, Unreachable
from jackfield.engines.redis.config import replace
from jackfield.engines.redis.node import INTERNAL, RedisNode
from jackfield.processes import ProcessId, alive, identify

PAUSE = 0.01
"""Seconds between two looks at something that tells nobody when it changes."""


def connect(node: RedisNode, timeout: float = 2.0) -> Client:
    """A connection as the internal user.

    :raises Unreachable: nobody answers.
    :raises RedisError: the internal user is refused, or the server is still loading its data.
    """
    return Client(node.socket, INTERNAL, node.password, timeout)


def record(node: RedisNode, process_id: ProcessId) -> None:
    """Remembers on disk which process serves the folder."""
    replace(node.record_file, msgspec.json.encode(process_id).decode())


def recorded(node: RedisNode) -> ProcessId | None:
    """The recorded process, if it is alive."""
    try:
        process_id = msgspec.json.decode(node.record_file.read_bytes(), type=ProcessId)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return None
    return process_id if alive(process_id) else None


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


@contextlib.contextmanager
def try_lock(node: RedisNode) -> Iterator[int | None]:
    """The right to start a server on the folder, or to delete it; None while a server or another starter has it.

    Gives the descriptor that the server is to inherit.
    """
    fd = os.open(node.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield fd if _locked(fd, node) else None
    finally:
        os.close(fd)


def _locked(fd: int, node: RedisNode) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The folder may have been deleted, and made anew, since the file was opened: it must be that of today's.
        return os.path.samestat(os.fstat(fd), os.stat(node.lock_file))
    except (BlockingIOError, FileNotFoundError):
        return False


@contextlib.contextmanager
def lock(node: RedisNode, timeout: float) -> Iterator[int]:
    """:func:`try_lock`, waited for.

    :raises EngineFailed: it is still held by somebody after ``timeout`` seconds.
    """
    deadline = time.monotonic() + timeout
    while True:
        with try_lock(node) as fd:
            if fd is not None:
                yield fd
                return
        if time.monotonic() > deadline:
            raise EngineFailed(f"the folder {node.folder} is in use by another process")
        time.sleep(PAUSE)
