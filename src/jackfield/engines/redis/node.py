"""A Redis server process as the engine sees it, and the files in its folder."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Literal

import msgspec

from jackfield.engines.engine import Node

BUS_PORT = 10000
"""Port of the cluster bus on every shard's address. No endpoint may use it."""
SOCKET_LIMIT = 103 if sys.platform == "darwin" else 107
"""Bytes that a Unix socket's path may have."""
INTERNAL = "jackfield"
"""The user of this package's own connections; may do everything."""

_USER = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CLUSTER_ID = re.compile(r"[0-9a-f]{40}")


class Member(msgspec.Struct, frozen=True):
    """A shard as the whole cluster knows it.

    :param id: 40 hexadecimal digits.
    :param address: an IP address of this machine.
    :param port: what clients are told.
    :param slots: ranges, both ends included.
    """

    id: str
    address: str
    port: int
    slots: tuple[tuple[int, int], ...]


class RedisNode(Node, frozen=True, kw_only=True):
    """A standalone server, or a shard when ``cluster`` names its members.

    A shard's ``id`` is its cluster node id, ``address`` and ``announce_port`` are what its clients are told.

    :param cluster: all members, this one included, as they are when the cluster is made; later only their addresses
        and ports are taken from here, while slots stay what the cluster itself recorded.
    :param spare: SHA-256 of one more password of the user ``default``, for who logs in on a client's behalf.
    :param memory: ``maxmemory`` in bytes, 0 without a limit.
    :param settings: further lines of the configuration, such as ``databases``; they win over our own.
    :param fsync: ``appendfsync``. ``no``: an acknowledged write is always in the kernel, so the death of the server
        loses none, a power cut about 30 s. ``everysec`` (default): a power cut loses 1 to 2 s, but while an fsync is
        under way Redis answers before it writes, for up to 2 s, and a kill -9 in that time loses what it answered
        (aof.c, flushAppendOnlyFile: ``aof_flush_postponed_start``). ``always`` loses nothing and is slow.
    """

    cluster: tuple[Member, ...] = ()
    spare: str = ""
    memory: int = 0
    settings: dict[str, str] = msgspec.field(default_factory=dict)
    fsync: Literal["everysec", "always", "no"] = "everysec"

    @property
    def config_file(self) -> Path:
        return self.folder / "redis.conf"

    @property
    def nodes_file(self) -> Path:
        return self.folder / "nodes.conf"

    @property
    def log_file(self) -> Path:
        return self.folder / "redis.log"

    @property
    def record_file(self) -> Path:
        """Which process serves the folder: a :class:`~jackfield.processes.ProcessId` as JSON."""
        return self.folder / "process.json"

    @property
    def lock_file(self) -> Path:
        """Locked (flock) by the server process for as long as it lives, by inheritance."""
        return self.folder / "lock"


def check(node: RedisNode) -> None:
    """
    :raises ValueError: the node can not be run as it is described.
    """
    if not node.folder.is_absolute() or not node.socket.is_absolute():
        raise ValueError("folder and socket of a node are absolute paths")
    if len(str(node.socket).encode()) > SOCKET_LIMIT:
        raise ValueError(f"the socket path {node.socket} has more than {SOCKET_LIMIT} bytes")
    for name, digest in node.users.items():
        if not _USER.fullmatch(name) or name == INTERNAL:
            raise ValueError(f"{name!r} can not be the name of a Redis user")
        if not _SHA256.fullmatch(digest):
            raise ValueError(f"the password of user {name!r} is not given as a SHA-256 in hexadecimal")
    if not node.cluster:
        return
    mine = [member for member in node.cluster if member.id == node.id]
    if len(mine) != 1 or not all(_CLUSTER_ID.fullmatch(member.id) for member in node.cluster):
        raise ValueError(f"{node.id!r} must be one of the cluster's members, each with an id of 40 hexadecimal digits")
    if (mine[0].address, mine[0].port) != (node.address, node.announce_port):
        raise ValueError(f"node {node.id} and the member of that id have different addresses")
