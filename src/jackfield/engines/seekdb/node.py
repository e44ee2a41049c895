"""A seekdb server process as the engine sees it."""

from __future__ import annotations

from pathlib import Path

from jackfield.engines.server_node import ServerNode


class SeekDbNode(ServerNode, frozen=True, kw_only=True):
    """``settings`` are the server's parameters (``--parameter``).

    One process is one tenant, and knows none: ``alice@sys`` logs in as ``alice``, ``alice@my_tenant`` is refused unless
    an account has exactly that name.
    """

    @property
    def inner_socket(self) -> Path:
        return self.data / "run" / "sql.sock"

    @property
    def clients_file(self) -> Path:
        """Locked (flock) by those for whom an embedded server runs; it ends when nobody is left."""
        return self.data / "run" / "seekdb.clients"
