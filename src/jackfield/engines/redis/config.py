"""A node's configuration file, made from its description alone: the same node gives the same bytes."""

from __future__ import annotations

from jackfield.engines.redis.node import BUS_PORT, RedisNode
from jackfield.engines.redis.users import rules
from jackfield.engines.tenure import replace


def render(node: RedisNode) -> str:
    """The text of ``redis.conf``. The only listening sockets are the Unix socket and, in a cluster, the bus."""
    lines = {
        "port": "0",
        "unixsocket": str(node.socket),
        "unixsocketperm": "700",
        "tcp-backlog": "4096",
        "protected-mode": "no",
        "daemonize": "no",
        "set-proc-title": "no",
        "dir": str(node.folder),
        "save": "",
        "appendonly": "yes",
        "appendfsync": node.fsync,
        "maxmemory": str(node.memory),
    }
    if node.cluster:
        lines |= {
            "bind": node.address,
            "cluster-enabled": "yes",
            "cluster-config-file": node.nodes_file.name,
            "cluster-require-full-coverage": "no",
            # A shard whose last slot moves away would become a replica of the shard that got it.
            "cluster-allow-replica-migration": "no",
            "cluster-announce-ip": node.address,
            "cluster-announce-port": str(node.announce_port),
            "cluster-announce-bus-port": str(BUS_PORT),
        }
    lines |= dict(sorted(node.settings.items()))
    text = [f"{name} {_quoted(value)}" for name, value in lines.items()]
    text += [f"user {name} {' '.join(words)}" for name, words in rules(node).items()]
    return "\n".join(text) + "\n"


def write(node: RedisNode) -> None:
    """Writes the configuration, for its owner only and whole or not at all."""
    replace(node.config_file, render(node))


def _quoted(value: str) -> str:
    """As Redis reads arguments (sds.c, sdssplitargs)."""
    special = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}
    return '"' + "".join(special.get(letter, letter) for letter in value) + '"'
