"""Redis servers to put something in front of: one, or a cluster of three."""

from __future__ import annotations

import hashlib
import socket
from binascii import crc_hqx
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.children import Child, free_port
from jackfield.engines.redis.find import find

BUS = 10_000
"""The cluster's own port is that many above a server's."""
SLOTS = 16384


@dataclass(frozen=True)
class Node:
    """:param first: its first slot. :param last: its last one; a lone server has all."""

    name: str
    port: int
    socket: Path
    first: int = 0
    last: int = SLOTS - 1


def slot_of(key: bytes) -> int:
    """The slot of a key without braces."""
    return crc_hqx(key, 0) % SLOTS


@contextmanager
def server(folder: Path) -> Iterator[Node]:
    """One server, which keeps nothing on disk."""
    with ExitStack() as stack:
        node = Node("lone", free_port(), folder / "redis.sock")
        folder.mkdir(parents=True, exist_ok=True)
        _start(stack, node, folder, ())
        yield node


@contextmanager
def cluster(folder: Path, shards: int = 3) -> Iterator[tuple[Node, ...]]:
    """Masters that share the slots evenly and know each other from their files on."""
    bounds = [index * SLOTS // shards for index in range(shards + 1)]
    nodes: list[Node] = []
    for index in range(shards):
        port = free_port(BUS)
        while any(port == node.port for node in nodes):
            port = free_port(BUS)
        name = hashlib.sha1(f"bench {index}".encode()).hexdigest()
        nodes.append(Node(name, port, folder / f"{index}.sock", bounds[index], bounds[index + 1] - 1))
    with ExitStack() as stack:
        for index, node in enumerate(nodes):
            home = folder / str(index)
            home.mkdir(parents=True)
            (home / "nodes.conf").write_text(_nodes_file(nodes, node))
            _start(stack, node, home, ("cluster-enabled yes", "cluster-config-file nodes.conf"))
        yield tuple(nodes)


def _nodes_file(nodes: Sequence[Node], own: Node) -> str:
    lines = [
        f"{node.name} 127.0.0.1:{node.port}@{node.port + BUS} {'myself,' if node is own else ''}master - 0 0 {epoch} "
        f"connected {node.first}-{node.last}"
        for epoch, node in enumerate(nodes, 1)
    ]
    return "\n".join([*lines, f"vars currentEpoch {len(nodes)} lastVoteEpoch 0", ""])


def _start(stack: ExitStack, node: Node, folder: Path, more: Sequence[str]) -> None:
    lines = [
        "bind 127.0.0.1",
        f"port {node.port}",
        f"unixsocket {node.socket}",
        "tcp-backlog 4096",
        "maxclients 12000",
        'save ""',
        "appendonly no",
        f"dir {folder}",
        *more,
    ]
    (folder / "redis.conf").write_text("\n".join(lines) + "\n")
    child = stack.enter_context(Child("redis", [find().path, str(folder / "redis.conf")], folder / "log"))
    child.ready("PONG", lambda: serves(node.port) if not more else _is_whole(node.port))


def command(*words: bytes) -> bytes:
    """A request as bytes."""
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)


def say(port: int, request: bytes) -> bytes:
    """The beginning of a server's reply; empty when there is none."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
            sock.sendall(request)
            return sock.recv(4096)
    except OSError:
        return b""


def serves(port: int) -> bool:
    """Whether a Redis server, or what stands before one, answers there."""
    return say(port, command(b"PING")).startswith(b"+PONG")


def finds(port: int, keys: Sequence[bytes]) -> bool:
    """Whether every one of these keys can be read there, whatever its value."""
    return all(say(port, command(b"GET", key)).startswith(b"$") for key in keys)


def _is_whole(port: int) -> bool:
    return b"cluster_state:ok" in say(port, command(b"CLUSTER", b"INFO"))
