"""A PostgreSQL server process as the engine sees it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from jackfield.engines.server_node import ServerNode


class Upstream(msgspec.Struct, frozen=True, kw_only=True):
    """The server that a replica follows, on the same machine. Its printed form does not hold the password.

    :param folder: of its node.
    :param slot: its replication slot for this replica: it keeps what the replica does not have yet.
    :param password: of the user :data:`~jackfield.engines.server_node.REPLICATION`, in clear; kept by the caller.
    """

    folder: Path
    slot: str
    password: str

    def __repr__(self) -> str:
        return f"Upstream({str(self.folder)!r}, {self.slot!r})"


class PostgresNode(ServerNode, frozen=True, kw_only=True):
    """``settings`` are parameters of ``postgresql.conf``.

    A committed transaction survives the death of the server and a power cut: PostgreSQL's own defaults.

    :param upstream: the node is a replica of this server: a copy of its files is its first, accounts and all, and
        ``password`` is that of the other's internal user.
    """

    upstream: Upstream | None = None

    @property
    def inner_socket(self) -> Path:
        """PostgreSQL gives only the folder of its socket, and a port that goes into the name."""
        return self.folder / ".s.PGSQL.5432"

    @property
    def upstream_link(self) -> Path:
        """A link to the folder of the server that is followed: as the path to its socket, short enough for one."""
        return self.socket.with_name(hashlib.sha256(self.id.encode()).hexdigest()[:8])

    @property
    def passfile(self) -> Path:
        """The password for the server that is followed, in a file, for a setting could be read by SQL."""
        return self.folder / "upstream.pass"
