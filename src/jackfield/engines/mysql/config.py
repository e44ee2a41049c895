"""The configuration of a MariaDB or MySQL server, made from its node alone: the same node gives the same bytes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from jackfield.engines.mysql.node import MySqlNode

_MARIADB = {
    # No login by the name of the process at the other end: that is always the relay's.
    "unix-socket": "0",
    "innodb-log-file-size": "16M",
}
# Not every version knows each, hence "loose".
_MYSQL = {
    "skip-log-bin": "1",
    # A second protocol, on TCP.
    "loose-mysqlx": "0",
    "loose-mysql-native-password": "1",
    "loose-default-authentication-plugin": "mysql_native_password",
}


def render(node: MySqlNode, data: Path, kind: Literal["mariadb", "mysql"]) -> str:
    """The text of ``my.cnf``.

    :param data: the data folder, which is another while it is made.
    :param kind: for whom it is.
    """
    lines = {
        "datadir": str(data),
        # Relative to the data, so that the path may have any length.
        "socket": node.inner_socket.name,
        "pid-file": "mysqld.pid",
        "tmpdir": str(node.folder / "tmp"),
        "secure-file-priv": str(node.files),
        "skip-networking": "1",
        "skip-name-resolve": "1",
        "character-set-server": "utf8mb4",
        "max-connections": "500",
        "innodb-flush-log-at-trx-commit": "1" if node.strict else "2",
        "innodb-buffer-pool-size": "32M",
        "performance-schema": "0",
    }
    lines |= (_MARIADB | _replication(node)) if kind == "mariadb" else _MYSQL
    if os.geteuid() == 0:
        lines["user"] = "root"
    lines |= dict(sorted(node.settings.items()))
    return "[mysqld]\n" + "".join(f"{name} = {quoted(value)}\n" for name, value in lines.items())


def _replication(node: MySqlNode) -> dict[str, str]:
    """A replica's lines, or those of a server that may be followed: whether it logs what replicas read can not be
    changed while it runs.
    """
    if node.follower:
        return {
            "server-id": str(node.follower),
            "skip-log-bin": "1",
            "read-only": "1",
            "relay-log": "relay",
            "relay-log-recovery": "1",
        }
    return {
        "server-id": "1",
        "log-bin": "binlog",
        "binlog-format": "ROW",
        "max-binlog-size": "64M",
        # With the log, a commit is in it first: what holds for a commit has to hold for the log.
        "sync-binlog": "1" if node.strict else "0",
        # Else accounts without SUPER could make no functions and triggers.
        "log-bin-trust-function-creators": "1",
    }


def quoted(value: str) -> str:
    """As option files are read: escapes in double quotes."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
