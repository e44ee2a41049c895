"""MariaDB and MySQL: servers whose only door is a Unix socket that asks everybody for a password."""

from __future__ import annotations

from pathlib import Path

from jackfield.engines import tenure
from jackfield.engines.engine import EngineFailed
from jackfield.engines.launch import Launch
from jackfield.engines.mysql import config, initial
from jackfield.engines.mysql.find import MySqlBinary, find
from jackfield.engines.mysql.node import MySqlNode
from jackfield.engines.mysql_family import MySqlFamilyEngine
from jackfield.engines.wire.mysql import Client
from jackfield.engines.wire.mysql_accounts import Dialect


class NativeEngine(MySqlFamilyEngine[MySqlNode]):
    """The engine. MariaDB runs as root when we do (its ``user`` option); SQL reaches no file but those in a folder of
    the node's own (``secure_file_priv``).

    :param binary: the server to start nodes with; None: the one that this machine has, looked for when needed.
    """

    name = "mysql"
    programs = ("mariadbd", "mysqld")

    def __init__(self, binary: MySqlBinary | None = None) -> None:
        self._binary = binary

    def find(self) -> MySqlBinary:
        """The server that new processes run.

        :raises EngineMissing: there is none.
        """
        return self._binary or find()

    def _prepare(self, node: MySqlNode, lock: int) -> Launch:
        binary = self.find()
        for folder in (node.files, node.folder / "tmp"):
            folder.mkdir(mode=0o700, exist_ok=True)
        if node.data.is_dir():
            made_by = node.kind_file.read_text() if node.kind_file.exists() else binary.kind
            if made_by != binary.kind:
                raise EngineFailed(f"the data in {node.data} are of {made_by}, {binary.path} is {binary.kind}")
        else:
            tenure.replace(node.kind_file, binary.kind)
            initial.make(node, binary, lock)
        tenure.replace(node.config_file, config.render(node, node.data, binary.kind))
        return Launch([binary.path, f"--defaults-file={node.config_file}"], env=initial.MODES)

    def _inner_socket(self, node: MySqlNode) -> Path:
        return node.inner_socket

    def _dialect(self, client: Client) -> Dialect:
        return "mariadb" if "MariaDB" in client.version else "mysql"
