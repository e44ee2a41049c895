"""A database that runs already, as the engine sees it."""

from __future__ import annotations

from pathlib import Path

from jackfield.engines.engine import Node
from jackfield.engines.external.greeting import Protocol

NO_PATH = Path()


class ExternalNode(Node, frozen=True, kw_only=True):
    """Nothing of it is on disk: ``folder`` is not used.

    :param host: a name or an IP address; empty where ``socket`` is given.
    :param port: of its TCP listener.
    :param protocol: what it speaks.
    :param socket: path of its Unix socket.
    :param user: who looks at it, with ``password``; both empty: only its greeting is looked at. Redis before 6 has a
        password and no user.
    """

    protocol: Protocol
    host: str = ""
    port: int = 0
    user: str = ""
    folder: Path = NO_PATH
    socket: Path = NO_PATH
    password: str = ""

    @property
    def place(self) -> str:
        """For people."""
        return str(self.socket) if self.socket != NO_PATH else f"{self.host}:{self.port}"

    def __repr__(self) -> str:
        return f"ExternalNode({self.id!r}, {self.place!r})"


def check(node: ExternalNode) -> None:
    """
    :raises ValueError: the node can not be as it is described.
    """
    if node.socket != NO_PATH:
        if node.host or node.port or not node.socket.is_absolute():
            raise ValueError(f"{node.socket} is not the absolute path of a Unix socket alone")
    elif not node.host or not 0 < node.port < 65536:
        raise ValueError(f"{node.host}:{node.port} is not a host and a port")
