"""A MySQL server process as the engine sees it."""

from __future__ import annotations

from pathlib import Path

from jackfield.engines.server_node import ServerNode


class MySqlNode(ServerNode, frozen=True, kw_only=True):
    """``settings`` are lines of ``my.cnf``; seekdb, where it takes MariaDB's place, does not get them.

    :param strict: a committed transaction survives a power cut, too (``innodb_flush_log_at_trx_commit=1``). Without it
        a commit is always in the kernel, so the death of the server loses none, a power cut about 1 s.
    :param follower: the node is a replica, with this number among those that follow the same server; 0: it is none.
    """

    strict: bool = False
    follower: int = 0

    @property
    def inner_socket(self) -> Path:
        return self.data / "mysql.sock"

    @property
    def config_file(self) -> Path:
        return self.folder / "my.cnf"

    @property
    def kind_file(self) -> Path:
        """Whose files ``data`` are: ``mariadb``, ``mysql`` or ``seekdb``."""
        return self.folder / "kind"

    @property
    def files(self) -> Path:
        """The only folder out of which, and into which, SQL reads and writes files."""
        return self.folder / "files"
