"""MySQL nodes, whoever serves them: MariaDB or MySQL where the machine has one, else seekdb."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from jackfield.engines.engine import EngineMissing, Health
from jackfield.engines.mysql.find import ENVIRONMENT, MySqlBinary
from jackfield.engines.mysql.native import NativeEngine
from jackfield.engines.mysql.node import MySqlNode
from jackfield.engines.mysql_family import MySqlFamilyEngine
from jackfield.engines.seekdb import SeekDbBinary, SeekDbEngine, SeekDbNode
from jackfield.engines.server_node import SERVERS_OWN, Account, Characters, check
from jackfield.engines.tenure import replace
from jackfield.processes import ProcessId


class MySqlEngine:
    """The engine. Who serves a node is decided when its first files are made and stays so; ``health`` tells who it is.

    :param native: MariaDB or MySQL.
    :param seekdb: what takes their place.
    """

    name = "mysql"

    def __init__(self, native: NativeEngine | None = None, seekdb: SeekDbEngine | None = None) -> None:
        self._native = native or NativeEngine()
        self._seekdb = seekdb or SeekDbEngine()

    def find(self) -> MySqlBinary | SeekDbBinary:
        """The server that new nodes run.

        :raises EngineMissing: there is none of either kind, or none where the environment says.
        """
        told = os.environ.get(ENVIRONMENT, "")
        if told == "seekdb":
            return self._seekdb.find()
        try:
            return self._native.find()
        except EngineMissing as missing:
            if told:
                raise
            try:
                return self._seekdb.find()
            except EngineMissing:
                raise missing from None

    def target(self, node: MySqlNode) -> str:
        """Where the relay finds the server."""
        return f"unix:{node.socket}"

    def start(self, node: MySqlNode) -> ProcessId:
        """See :meth:`jackfield.engines.server.ServerEngine.start`."""
        check(node)
        node.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not node.kind_file.exists() and isinstance(self.find(), SeekDbBinary):
            replace(node.kind_file, "seekdb")
        engine, its = self._of(node)
        return engine.start(its)

    def ready(self, node: MySqlNode) -> bool:
        """Whether clients may be sent to it."""
        engine, its = self._of(node)
        return engine.ready(its)

    def wait_ready(self, node: MySqlNode, timeout: float = 30.0) -> None:
        """Waits for :meth:`ready`.

        :raises EngineFailed: the process ended, or is not ready in time.
        """
        engine, its = self._of(node)
        engine.wait_ready(its, timeout)

    def stop(self, node: MySqlNode) -> None:
        """Ends the process; the data stay."""
        engine, its = self._of(node)
        engine.stop(its)

    def restart(self, node: MySqlNode) -> ProcessId:
        """Ends the process and starts one with what ``node`` says now."""
        self.stop(node)
        return self.start(node)

    def destroy(self, node: MySqlNode) -> None:
        """Ends the process and deletes its folder and socket."""
        engine, its = self._of(node)
        engine.destroy(its)

    def health(self, node: MySqlNode) -> Health:
        """Looks at it; ``version`` is what really runs."""
        engine, its = self._of(node)
        return engine.health(its)

    def create_account(self, node: MySqlNode, name: str, password: str, super: bool = False) -> None:
        """See :meth:`jackfield.engines.server.ServerEngine.create_account`."""
        engine, its = self._of(node)
        engine.create_account(its, name, password, super)

    def reset_password(self, node: MySqlNode, name: str, password: str) -> None:
        """See :meth:`jackfield.engines.server.ServerEngine.reset_password`."""
        engine, its = self._of(node)
        engine.reset_password(its, name, password)

    def drop_account(self, node: MySqlNode, name: str) -> None:
        """See :meth:`jackfield.engines.server.ServerEngine.drop_account`."""
        engine, its = self._of(node)
        engine.drop_account(its, name)

    def set_accounts(self, node: MySqlNode, accounts: Sequence[Account]) -> None:
        """See :meth:`jackfield.engines.server.ServerEngine.set_accounts`."""
        engine, its = self._of(node)
        engine.set_accounts(its, accounts)

    def set_users(self, node: MySqlNode) -> None:
        """:meth:`set_accounts` with those of ``node``."""
        self.set_accounts(node, node.accounts)

    def managed(self, node: MySqlNode) -> frozenset[str]:
        """Names of the accounts that were made through the engine."""
        engine, its = self._of(node)
        return engine.managed(its)

    def create_database(
        self, node: MySqlNode, name: str, *, owner: str = "", characters: Characters = SERVERS_OWN
    ) -> Characters:
        """See :meth:`jackfield.engines.server.ServerEngine.create_database`."""
        engine, its = self._of(node)
        return engine.create_database(its, name, owner=owner, characters=characters)

    def databases(self, node: MySqlNode) -> dict[str, Characters]:
        """See :meth:`jackfield.engines.server.ServerEngine.databases`."""
        engine, its = self._of(node)
        return engine.databases(its)

    def drop_database(self, node: MySqlNode, name: str) -> None:
        """See :meth:`jackfield.engines.server.ServerEngine.drop_database`."""
        engine, its = self._of(node)
        engine.drop_database(its, name)

    def set_grants(self, node: MySqlNode, account: str, grants: Mapping[str, str], databases: Sequence[str]) -> None:
        """See :meth:`jackfield.engines.server.ServerEngine.set_grants`."""
        engine, its = self._of(node)
        engine.set_grants(its, account, grants, databases)

    def kind(self, node: MySqlNode) -> str:
        """Who serves it: ``mariadb``, ``mysql`` or ``seekdb``; empty before its first start."""
        try:
            return node.kind_file.read_text()
        except (FileNotFoundError, NotADirectoryError):
            return ""

    def log_tail(self, node: MySqlNode, lines: int = 5) -> str:
        """The last lines that the server wrote to its log."""
        engine, its = self._of(node)
        return engine.log_tail(its, lines)

    def _of(self, node: MySqlNode) -> tuple[MySqlFamilyEngine[Any], MySqlNode | SeekDbNode]:
        """Who serves a node, and the node as that engine takes it."""
        if self.kind(node) != "seekdb":
            return self._native, node
        return self._seekdb, SeekDbNode(
            id=node.id,
            folder=node.folder,
            socket=node.socket,
            password=node.password,
            accounts=node.accounts,
            address=node.address,
            announce_port=node.announce_port,
        )
