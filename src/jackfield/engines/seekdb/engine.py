"""seekdb: a real OceanBase engine that is reached by its Unix socket alone.

The server runs in its embedded mode. Otherwise it listens on a TCP port of every address of the machine, and for about
a second does so with a root user without a password. An embedded server has no port. It ends by itself when nobody
holds a lock on ``run/seekdb.clients``; it inherits a descriptor that does, so it goes on.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

from jackfield.engines.engine import NoSuchAccount
from jackfield.engines.launch import Launch
from jackfield.engines.mysql_family import MySqlFamilyEngine
from jackfield.engines.seekdb.find import SeekDbBinary, find
from jackfield.engines.seekdb.node import SeekDbNode
from jackfield.engines.server_node import INTERNAL, check_account
from jackfield.engines.wire import mysql_accounts as sql
from jackfield.engines.wire.errors import ServerError
from jackfield.engines.wire.mysql import Client, native_hash
from jackfield.engines.wire.mysql_accounts import Dialect

_PARAMETERS = {
    # The least with which it starts; an idle server takes 0.2 GB.
    "memory_budget": "1G",
    "log_disk_size": "2G",
    "datafile_size": "128M",
    # By default an idle server logs a megabyte a second.
    "syslog_level": "WARN",
    "enable_syslog_recycle": "True",
    "max_syslog_file_count": "2",
}


class SeekDbEngine(MySqlFamilyEngine[SeekDbNode]):
    """The engine.

    :param binary: the server to start nodes with; None: the one that this machine has, looked for when needed.
    """

    name = "seekdb"
    programs = ("seekdb",)

    def __init__(self, binary: SeekDbBinary | None = None) -> None:
        self._binary = binary

    def find(self) -> SeekDbBinary:
        """The server that new processes run.

        :raises EngineMissing: there is none.
        """
        return self._binary or find()

    def _prepare(self, node: SeekDbNode, lock: int) -> Launch:
        binary = self.find()
        # It makes its files itself. Until it has answered, what is there may be half-made.
        if node.data.exists() and not _finished(node).exists():
            shutil.rmtree(node.data)
        for folder in (node.data, node.clients_file.parent, node.folder / "files"):
            folder.mkdir(mode=0o700, exist_ok=True)
        argv = [binary.path, "--nodaemon", "--embedded", "--base-dir", str(node.data)]
        for name, value in (_PARAMETERS | node.settings).items():
            argv += ["--parameter", f"{name}={value}"]
        # Else it reports its start to its makers.
        return Launch(argv, env={"TELEMETRY_ENABLED": "false"}, pass_fds=(_hold(node.clients_file),))

    def rename_account(self, node: SeekDbNode, name: str, other: str) -> None:
        """Gives an account another name; its password and its privileges stay. May be repeated.

        :raises NoSuchAccount: there is neither of that name nor of the other. :raises EngineFailed: the server refuses.
        """
        check_account(name)
        check_account(other)
        with self._failing(f"account {name}"), self._connect(node) as client:
            if sql.exists(client, name):
                client.query(f"RENAME USER {sql.user(name)} TO {sql.user(other)}")
            elif not sql.exists(client, other):
                raise NoSuchAccount(f"there is no account {name}")
        self._remember(node, (self.managed(node) - {name}) | {other})

    def set_locked(self, node: SeekDbNode, name: str, locked: bool) -> bool:
        """Has the server refuse an account's logins, or admit them; its sessions stay.

        :return: what the server says of it then.
        :raises NoSuchAccount: there is none of that name. :raises EngineFailed: the server refuses.
        """
        check_account(name)
        with self._failing(f"account {name}"), self._connect(node) as client:
            if not sql.exists(client, name):
                raise NoSuchAccount(f"there is no account {name}")
            client.query(f"ALTER USER {sql.user(name)} ACCOUNT {'LOCK' if locked else 'UNLOCK'}")
            found = client.query(f"SELECT account_locked FROM mysql.user WHERE user = {sql.text(name)} AND host = '%'")
            return found == [("Y",)]

    def log_tail(self, node: SeekDbNode, lines: int = 5) -> str:
        """The last errors of the server's own log; what it writes to its standard output says nothing."""
        try:
            with open(node.data / "log" / "seekdb.log", errors="replace") as file:
                errors = [line.strip()[:300] for line in file if " ERROR " in line or " EDIAG " in line]
        except FileNotFoundError:
            errors = []
        return " / ".join(errors[-lines:]) or super().log_tail(node, lines)

    def _inner_socket(self, node: SeekDbNode) -> Path:
        return node.inner_socket

    def _first_link(self, node: SeekDbNode) -> Path:
        return node.socket if _finished(node).exists() else node.draft

    def _answers(self, node: SeekDbNode) -> bool:
        if not node.socket.is_symlink():
            _secure(node)
            _finished(node).touch(0o600)
            node.draft.rename(node.socket)
        return super()._answers(node)

    def _dialect(self, client: Client) -> Dialect:
        return "seekdb"


def _finished(node: SeekDbNode) -> Path:
    """A file that is there once the server has made its files and has its passwords."""
    return node.folder / "finished"


def _hold(path: Path) -> int:
    """A descriptor with a shared lock on the file."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(fd, fcntl.LOCK_SH)
    return fd


def _secure(node: SeekDbNode) -> None:
    """Makes the internal user and takes away the empty password of root, in this order: whoever is killed in between
    can begin again. Nobody knows the way to the socket before it is done.

    :raises ServerError, Unreachable: it can not be done yet.
    """
    hashed = sql.text(native_hash(node.password))
    me = sql.user(INTERNAL)
    try:
        with Client(node.draft, "root", "") as client:
            client.query(f"SET GLOBAL secure_file_priv = {sql.text(str(node.folder / 'files'))}")
            client.query(f"CREATE USER IF NOT EXISTS {me} IDENTIFIED BY PASSWORD {hashed}")
            client.query(f"GRANT ALL PRIVILEGES ON *.* TO {me} WITH GRANT OPTION")
            client.query(f"GRANT USAGE ON *.* TO {sql.user('root')} IDENTIFIED BY PASSWORD {hashed}")
    except ServerError as error:
        if not error.denied:
            raise
    with Client(node.draft, INTERNAL, node.password) as client:
        client.query("SELECT 1")
