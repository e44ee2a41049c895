"""A database server process with accounts: what PostgreSQL, MySQL and seekdb have in common."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import msgspec

from jackfield.engines.engine import Node

SOCKET_LIMIT = 102 if sys.platform == "darwin" else 106
"""Bytes that the path of a node's socket may have: one fewer than the kernel allows, for :attr:`ServerNode.draft`."""
INTERNAL = "jackfield"
"""The user of this package's own connections; may do everything."""

REPLICATION = "jackfield_replication"
"""Who a replica comes as to the server it follows. It may read everything there, so nobody is told its password."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@#$-]{0,62}")
_RESERVED = frozenset(
    {INTERNAL, REPLICATION, "root", "postgres", "public", "none", "mariadb.sys", "mysql.sys", "mysql.session"}
)


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may log in. Its printed form does not hold the password.

    :param name: letters, digits and ``_ . @ # $ -``, 63 at most.
    :param password: in clear, printable ASCII.
    :param super: the vendor's privileged account: what the server allows short of reaching the machine below it.
    """

    name: str
    password: str
    super: bool = False

    def __repr__(self) -> str:
        return f"Account({self.name!r}, super={self.super})"


class Characters(msgspec.Struct, frozen=True, kw_only=True):
    """How a database keeps text; empty: as the server does of itself.

    :param charset: as the server calls it. :param collate: order of strings. :param ctype: PostgreSQL's classes.
    """

    charset: str = ""
    collate: str = ""
    ctype: str = ""


SERVERS_OWN = Characters()


class ServerNode(Node, frozen=True, kw_only=True):
    """``socket`` is a symbolic link into the folder, so neither the folder's path nor the server's own rules for the
    names of sockets matter. ``users`` and ``readers`` stay empty: these servers keep passwords in forms of their own.

    :param accounts: what ``set_users`` makes the server's accounts.
    :param settings: further settings of the server; they win over our own.
    """

    accounts: tuple[Account, ...] = ()
    settings: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The server's own files."""
        return self.folder / "data"

    @property
    def draft_data(self) -> Path:
        """Where ``data`` is made; what is found there is half-made."""
        return self.folder / "data.new"

    @property
    def log_file(self) -> Path:
        return self.folder / "server.log"

    @property
    def record_file(self) -> Path:
        """Which process serves the folder: a :class:`~jackfield.processes.ProcessId` as JSON."""
        return self.folder / "process.json"

    @property
    def lock_file(self) -> Path:
        """Locked (flock) by the server process for as long as it lives, by inheritance."""
        return self.folder / "lock"

    @property
    def accounts_file(self) -> Path:
        """Names of the accounts made through the engine, as against those that clients made with SQL."""
        return self.folder / "accounts.json"

    @property
    def draft(self) -> Path:
        """The link that ``socket`` becomes once clients may use it."""
        return self.socket.with_name(self.socket.name + "~")


def check(node: ServerNode) -> None:
    """
    :raises ValueError: the node can not be run as it is described.
    """
    if not node.folder.is_absolute() or not node.socket.is_absolute():
        raise ValueError("folder and socket of a node are absolute paths")
    if len(str(node.socket).encode()) > SOCKET_LIMIT:
        raise ValueError(f"the socket path {node.socket} has more than {SOCKET_LIMIT} bytes")
    if node.users or node.readers:
        raise ValueError("this engine takes accounts, not users")
    if not node.password:
        raise ValueError(f"node {node.id} has no password for the internal user")
    if not node.password.isascii() or not node.password.isprintable():
        raise ValueError(f"the internal password of node {node.id} is not printable ASCII")
    for name, value in node.settings.items():
        if not re.fullmatch(r"[A-Za-z0-9_.-]+", name) or "\n" in value:
            raise ValueError(f"{name!r} can not be set to {value!r}")
    for account in node.accounts:
        check_account(account.name, account.password)


def check_account(name: str, password: str = "any") -> None:
    """
    :raises ValueError: the server could not have such an account, or the name is one of its own.
    """
    if not _NAME.fullmatch(name) or name.lower() in _RESERVED or name.lower().startswith("pg_"):
        raise ValueError(f"{name!r} can not be the name of an account")
    # Other letters would have to be normalised as each client library does (SASLprep).
    if not password or not password.isascii() or not password.isprintable():
        raise ValueError(f"the password of account {name!r} is empty or not printable ASCII")


def check_database(name: str) -> None:
    """
    :raises ValueError: it is no name for a database.
    """
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_$-]{0,63}", name):
        raise ValueError(f"{name!r} can not be the name of a database")
