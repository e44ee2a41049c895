"""A database that runs already, as the engine sees it."""

from __future__ import annotations

from pathlib import Path

from jackfield.engines.engine import Node
from jackfield.engines.external.greeting import Protocol


class ExternalNode(Node, frozen=True, kw_only=True):
    """Nothing of it is on disk: ``folder``, ``socket`` and ``password`` are not used.

    :param host: a name or an IP address.
    :param port: of its TCP listener.
    :param protocol: what it speaks.
    """

    host: str
    port: int
    protocol: Protocol
    folder: Path = Path()
    socket: Path = Path()
    password: str = ""

    def __repr__(self) -> str:
        return f"ExternalNode({self.id!r}, '{self.host}:{self.port}')"


def check(node: ExternalNode) -> None:
    """
    :raises ValueError: the node can not be as it is described.
    """
    if not node.host or not 0 < node.port < 65536:
        raise ValueError(f"{node.host}:{node.port} is not a host and a port")
