"""A PostgreSQL server process as the engine sees it."""

from __future__ import annotations

from pathlib import Path

from jackfield.engines.server_node import ServerNode


class PostgresNode(ServerNode, frozen=True, kw_only=True):
    """``settings`` are parameters of ``postgresql.conf``.

    A committed transaction survives the death of the server and a power cut: PostgreSQL's own defaults.
    """

    @property
    def inner_socket(self) -> Path:
        """PostgreSQL gives only the folder of its socket, and a port that goes into the name."""
        return self.folder / ".s.PGSQL.5432"
