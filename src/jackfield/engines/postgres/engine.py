"""PostgreSQL: servers whose only door is a Unix socket that asks everybody for a password."""

from __future__ import annotations

import os
import pwd
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from jackfield.engines import tenure
from jackfield.engines.engine import EngineFailed
from jackfield.engines.launch import AsRoot, Launch, initialise
from jackfield.engines.postgres import accounts, config, groups, replication
from jackfield.engines.postgres.find import PostgresBinaries, find
from jackfield.engines.postgres.node import PostgresNode
from jackfield.engines.postgres.segment import remove_segment
from jackfield.engines.server import LOOK_TIMEOUT, WORK_TIMEOUT, ServerEngine
from jackfield.engines.server_node import INTERNAL, Account, Characters
from jackfield.engines.wire.postgres import Client


class PostgresEngine(ServerEngine[PostgresNode]):
    """The engine.

    :param binaries: the server to start nodes with; None: the one that this machine has, looked for when needed, of the
        version that a node's files are of.
    :param as_root: how root, or a user without a name, runs a program that refuses it: see
        :mod:`jackfield.engines.gate`.
    """

    name = "postgres"
    programs = ("postgres",)
    # SIGTERM would wait for clients to leave. These end them: in order, then at once with recovery at the next start.
    endings = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0))

    def __init__(self, binaries: PostgresBinaries | None = None, as_root: AsRoot = "auto") -> None:
        self._binaries = binaries
        self._as_root = as_root

    def find(self, major: int | None = None) -> PostgresBinaries:
        """The server that new processes run.

        :param major: of this major version.
        :raises EngineMissing: there is none.
        """
        return self._binaries or find(major)

    def _prepare(self, node: PostgresNode, lock: int) -> Launch:
        upstream = node.upstream
        major = _major(node.data) or (_major(upstream.folder / "data") if upstream else None)
        binaries = self.find(major)
        if major not in (None, binaries.major):
            raise EngineFailed(f"the data in {node.data} are of PostgreSQL {major}, not {binaries.version}")
        how = self._how()
        if upstream is not None:
            replication.lead(node, upstream)
        if not node.data.exists():
            if upstream is None:
                _initialise(node, binaries, how, lock)
            else:
                replication.copy(node, upstream, binaries, how, lock)
        remove_segment(node.data)
        tenure.replace(node.data / "postgresql.conf", config.render(node))
        tenure.replace(node.data / "pg_hba.conf", config.ACCESS)
        return Launch([binaries.postgres, "-D", str(node.data)], how)

    def _how(self) -> AsRoot:
        if os.geteuid() == 0:
            return self._as_root
        try:
            pwd.getpwuid(os.geteuid())
        except KeyError:
            return "namespace"
        return "plain"

    def _inner_socket(self, node: PostgresNode) -> Path:
        return node.inner_socket

    def _tidy(self, node: PostgresNode) -> None:
        super()._tidy(node)
        node.inner_socket.with_name(node.inner_socket.name + ".lock").unlink(missing_ok=True)
        node.upstream_link.unlink(missing_ok=True)
        remove_segment(node.data)
        (node.data / "postmaster.pid").unlink(missing_ok=True)

    def _connect(self, node: PostgresNode, database: str = "postgres", timeout: float = WORK_TIMEOUT) -> Client:
        return Client(node.socket, INTERNAL, node.password, database, timeout)

    def _answers(self, node: PostgresNode) -> bool:
        with self._connect(node, timeout=LOOK_TIMEOUT) as client:
            return client.query("SELECT 1") == [("1",)]

    def _facts(self, node: PostgresNode) -> tuple[str, int, int]:
        with self._connect(node, timeout=LOOK_TIMEOUT) as client:
            (row,) = client.query(
                "SELECT current_setting('server_version'),"
                " extract(epoch FROM now() - pg_postmaster_start_time())::int,"
                " (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')"
            )
        version, uptime, clients = (str(value) for value in row)
        # Distributions append their package's version.
        return version.split()[0], int(uptime), int(clients)

    def _put_account(self, node: PostgresNode, account: Account) -> None:
        with self._connect(node) as client:
            accounts.put_account(client, account)

    def _put_password(self, node: PostgresNode, name: str, password: str) -> None:
        with self._connect(node) as client:
            accounts.put_password(client, name, password)

    def _drop_account(self, node: PostgresNode, name: str) -> None:
        accounts.drop_account(lambda database: self._connect(node, database), name)

    def _put_database(self, node: PostgresNode, name: str, owner: str, characters: Characters) -> Characters:
        with self._connect(node) as client:
            found = accounts.put_database(client, name, owner, characters)
        with self._connect(node, name) as inside:
            groups.prepare(inside, name, sorted(self.managed(node)))
        return found

    def _databases(self, node: PostgresNode) -> dict[str, Characters]:
        with self._connect(node) as client:
            return accounts.databases(client)

    def _put_grants(
        self, node: PostgresNode, account: str, grants: Mapping[str, str], databases: Sequence[str]
    ) -> None:
        there = self._databases(node)
        for database in databases:
            if database not in there and database not in grants:
                continue  # its groups went with it
            with self._connect(node, database) as inside:
                groups.prepare(inside, database, sorted(self.managed(node)))
                groups.grant(inside, database, account, grants.get(database, ""))

    def _drop_database(self, node: PostgresNode, name: str) -> None:
        with self._connect(node) as client:
            accounts.drop_database(client, name)
            groups.drop(client, name)


def _major(data: Path) -> int | None:
    """The version that the files are of; None when there are none."""
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def _initialise(node: PostgresNode, binaries: PostgresBinaries, how: AsRoot, lock: int) -> None:
    """Made beside their place and moved there when they are whole."""
    ours, theirs = os.pipe()
    # Out of a pipe: the password is in no file and no list of processes.
    os.write(theirs, node.password.encode() + b"\n")
    os.close(theirs)
    argv = [binaries.initdb, "-D", str(node.draft_data), "-U", INTERNAL, f"--pwfile=/dev/fd/{ours}"]
    argv += ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C"]
    initialise(Launch(argv, how, pass_fds=(ours,)), node, lock)
    node.draft_data.rename(node.data)
