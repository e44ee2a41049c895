"""The first files of a MariaDB or MySQL server: with the internal user and no other, before anybody can connect."""

from __future__ import annotations

from jackfield.engines import tenure
from jackfield.engines.launch import Launch, initialise
from jackfield.engines.mysql import config
from jackfield.engines.mysql.find import MySqlBinary
from jackfield.engines.mysql.node import MySqlNode
from jackfield.engines.server_node import INTERNAL
from jackfield.engines.wire.mysql import native_hash

# As mariadb-install-db has it, which needs programs of two packages more.
_SYSTEM = ("mysql_system_tables", "mysql_performance_tables", "mysql_system_tables_data", "maria_add_gis_sp_bootstrap")

MODES = {"UMASK": "0600", "UMASK_DIR": "0700"}
"""Environment that makes the server's files their owner's alone."""


def make(node: MySqlNode, binary: MySqlBinary, lock: int) -> None:
    """Makes them beside their place and moves them there when they are whole."""
    tenure.replace(node.config_file, config.render(node, node.draft_data, binary.kind))
    node.draft_data.mkdir(mode=0o700)
    program = [binary.path, f"--defaults-file={node.config_file}"]
    if binary.kind == "mariadb":
        argv = [*program, "--bootstrap", "--log-warnings=0", "--max-allowed-packet=8M"]
        initialise(Launch(argv, env=MODES), node, lock, _mariadb(node, binary).encode())
    else:
        # It reads its statements from a file only; what is in it is a hash.
        start = node.folder / "first.sql"
        tenure.replace(start, _mysql(node))
        initialise(Launch([*program, "--initialize-insecure", f"--init-file={start}"], env=MODES), node, lock)
        start.unlink()
    node.draft_data.rename(node.data)


def _mariadb(node: MySqlNode, binary: MySqlBinary) -> str:
    parts = ["CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;"]
    for name in (*_SYSTEM, "mysql_sys_schema"):
        file = binary.share / f"{name}.sql"
        # Versions before 10.6 have no sys schema.
        if name in _SYSTEM or file.is_file():
            parts.append(file.read_text(encoding="utf-8"))
    hashed = native_hash(node.password)
    parts += [
        "DELETE FROM mysql.global_priv WHERE user <> 'mariadb.sys';",
        "DELETE FROM mysql.proxies_priv;",
        # Statements about users are refused until this has read the tables.
        "FLUSH PRIVILEGES;",
        f"CREATE USER '{INTERNAL}'@'localhost' IDENTIFIED BY PASSWORD '{hashed}';",
        f"GRANT ALL PRIVILEGES ON *.* TO '{INTERNAL}'@'localhost' WITH GRANT OPTION;",
    ]
    return "\n".join(parts) + "\n"


def _mysql(node: MySqlNode) -> str:
    hashed = native_hash(node.password)
    return (
        f"CREATE USER '{INTERNAL}'@'localhost' IDENTIFIED WITH mysql_native_password AS '{hashed}';\n"
        f"GRANT ALL PRIVILEGES ON *.* TO '{INTERNAL}'@'localhost' WITH GRANT OPTION;\n"
        "DROP USER 'root'@'localhost';\n"
    )
