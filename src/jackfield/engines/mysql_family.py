"""What the engines whose servers speak MySQL's protocol do alike."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import cast

from jackfield.engines.engine import NoSuchAccount
from jackfield.engines.server import LOOK_TIMEOUT, WORK_TIMEOUT, ServerEngine, ServerNodeT
from jackfield.engines.server_node import INTERNAL, Account, Characters
from jackfield.engines.wire import mysql_accounts as sql
from jackfield.engines.wire.mysql import Client
from jackfield.engines.wire.mysql_accounts import Dialect, Privilege


class MySqlFamilyEngine(ServerEngine[ServerNodeT]):
    """Accounts, databases and health by SQL."""

    @abstractmethod
    def _dialect(self, client: Client) -> Dialect:
        """Whose SQL the server at the other end takes."""

    def _connect(self, node: ServerNodeT, timeout: float = WORK_TIMEOUT) -> Client:
        return Client(node.socket, INTERNAL, node.password, timeout)

    def _answers(self, node: ServerNodeT) -> bool:
        with self._connect(node, LOOK_TIMEOUT) as client:
            return client.query("SELECT 1") == [("1",)]

    def _facts(self, node: ServerNodeT) -> tuple[str, int, int]:
        with self._connect(node, LOOK_TIMEOUT) as client:
            # The greeting has another version where clients would not understand this one.
            ((version,),) = client.query("SELECT version()")
            rows = client.query("SHOW GLOBAL STATUS WHERE variable_name IN ('Uptime', 'Threads_connected')")
            facts = {name: int(value or 0) for name, value in rows}
            return str(version), facts["Uptime"], facts["Threads_connected"]

    def _put_account(self, node: ServerNodeT, account: Account) -> None:
        with self._connect(node) as client:
            sql.put_account(client, self._dialect(client), account)

    def _put_password(self, node: ServerNodeT, name: str, password: str) -> None:
        with self._connect(node) as client:
            sql.put_password(client, self._dialect(client), name, password)

    def _drop_account(self, node: ServerNodeT, name: str) -> None:
        with self._connect(node) as client:
            sql.drop_account(client, name)

    def _put_database(self, node: ServerNodeT, name: str, owner: str, characters: Characters) -> Characters:
        with self._connect(node) as client:
            return sql.put_database(client, name, owner, characters)

    def _databases(self, node: ServerNodeT) -> dict[str, Characters]:
        with self._connect(node) as client:
            return sql.databases(client)

    def _put_grants(self, node: ServerNodeT, account: str, grants: Mapping[str, str], databases: Sequence[str]) -> None:
        with self._connect(node) as client:
            if not sql.exists(client, account):
                raise NoSuchAccount(f"there is no account {account}")
            for database in databases:
                if database in grants:
                    sql.grant(client, account, database, cast(Privilege, grants[database]))
                else:
                    sql.revoke(client, account, database)

    def _drop_database(self, node: ServerNodeT, name: str) -> None:
        with self._connect(node) as client:
            sql.drop_database(client, name)
