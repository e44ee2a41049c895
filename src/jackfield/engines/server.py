"""What the engines for PostgreSQL, MySQL and seekdb do alike: start, adopt, end, delete, and remember accounts."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from jackfield.engines import tenure
from jackfield.engines.engine import EngineFailed, Health
from jackfield.engines.kept import KeptEngine, environment
from jackfield.engines.launch import Launch, gate_argv
from jackfield.engines.memory import resident
from jackfield.engines.server_node import (
    SERVERS_OWN,
    Account,
    Characters,
    ServerNode,
    check,
    check_account,
    check_database,
)
from jackfield.engines.wire.errors import ServerError, Unreachable
from jackfield.processes import ProcessId, send, spawn, wait_gone

LOOK_TIMEOUT = 2.0
"""Seconds that a server has for each answer to the question whether it is there."""
WORK_TIMEOUT = 60.0
"""Seconds that it has for each step in making accounts and databases."""

_KILL_PATIENCE = 10.0

ServerNodeT = TypeVar("ServerNodeT", bound=ServerNode)


class ServerEngine(KeptEngine[ServerNodeT]):
    """Holds no state: everything is in the nodes' folders, so any process may use it. Calls block."""

    busy_patience = 30.0
    programs: tuple[str, ...]
    """File names that the server's program may have."""
    endings: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 15.0),)
    """Signals that end the server, with the seconds it has to obey; SIGKILL comes after them."""

    def target(self, node: ServerNodeT) -> str:
        """Where the relay finds the server, in the form of :class:`jackfield.relay.route.Backend`."""
        return f"unix:{node.socket}"

    def start(self, node: ServerNodeT) -> ProcessId:
        """Adopts the process that serves the folder, as it is, or makes the folder's first files where they are
        missing or half-made (about a second) and starts one. Does not wait until it answers: see :meth:`ready`.

        :raises ValueError: the node's description is wrong.
        :raises EngineMissing: there is no server to start.
        :raises EngineFailed: the folder is in the hands of another process, its files can not be made or are of another
            version, the socket's path is somebody else's, or the server refuses the internal user.
        """
        check(node)
        for folder in (node.folder, node.socket.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        deadline = time.monotonic() + self.busy_patience
        while True:
            with tenure.try_lock(node) as fd:
                if fd is not None:
                    return self._launch(node, fd)
            running = tenure.recorded(node)
            if running is not None:
                self._check_password(node)
                return running
            self._wait_for_folder(node, deadline)

    def ready(self, node: ServerNodeT) -> bool:
        """Whether clients may be sent to it."""
        try:
            return self._answers(node)
        except (ServerError, Unreachable):
            return False

    def stop(self, node: ServerNodeT) -> None:
        """Ends the process and its children, politely first; does nothing when none runs. The data stay.

        :raises EngineFailed: another process has the folder and does not let go.
        """
        if not node.folder.is_dir():
            return
        deadline = time.monotonic() + self.busy_patience
        while True:
            with tenure.try_lock(node) as fd:
                if fd is not None:
                    self._tidy(node)
                    return
            running = tenure.recorded(node)
            if running is not None:
                self._end(running)
            else:
                self._wait_for_folder(node, deadline)

    def health(self, node: ServerNodeT) -> Health:
        """Asks the server for what the change feed shows of it; never raises because of the node's state."""
        running = tenure.recorded(node)
        if running is None:
            return Health(running=False, answers=False, reason="its process is gone")
        try:
            version, uptime, clients = self._facts(node)
        except (ServerError, Unreachable) as error:
            return Health(running=True, answers=False, reason=str(error), pid=running.pid)
        return Health(
            running=True,
            answers=True,
            pid=running.pid,
            version=version,
            uptime=uptime,
            used_memory=resident(running.pid),
            connected_clients=clients,
        )

    def create_account(self, node: ServerNodeT, name: str, password: str, super: bool = False) -> None:
        """Makes sure that there is such an account, with this password and these rights. What was granted to it in
        single databases stays.

        :raises ValueError: name or password can not be.
        :raises EngineFailed: the server does not run or refuses it.
        """
        check_account(name, password)
        self._remember(node, self.managed(node) | {name})
        with self._failing(f"account {name}"):
            self._put_account(node, Account(name=name, password=password, super=super))

    def reset_password(self, node: ServerNodeT, name: str, password: str) -> None:
        """Gives an account another password; who is logged in stays so.

        :raises NoSuchAccount: there is none of that name.
        :raises EngineFailed: as :meth:`create_account`.
        """
        check_account(name, password)
        with self._failing(f"account {name}"):
            self._put_password(node, name, password)

    def drop_account(self, node: ServerNodeT, name: str) -> None:
        """Cuts an account's connections and deletes it; does nothing when there is none. What it owned stays.

        :raises EngineFailed: as :meth:`create_account`.
        """
        check_account(name)
        with self._failing(f"account {name}"):
            self._drop_account(node, name)
        self._remember(node, self.managed(node) - {name})

    def set_accounts(self, node: ServerNodeT, accounts: Sequence[Account]) -> None:
        """Makes these the accounts: creates and changes, and drops what an earlier call made and this one does not
        name. Accounts that clients made with SQL stay.

        :raises ValueError, EngineFailed: as :meth:`create_account`.
        """
        for account in accounts:
            check_account(account.name, account.password)
        for name in sorted(self.managed(node) - {account.name for account in accounts}):
            self.drop_account(node, name)
        for account in accounts:
            self.create_account(node, account.name, account.password, account.super)

    def set_users(self, node: ServerNodeT) -> None:
        """:meth:`set_accounts` with those of ``node``."""
        self.set_accounts(node, node.accounts)

    def managed(self, node: ServerNodeT) -> frozenset[str]:
        """Names of the accounts that were made through the engine."""
        try:
            return frozenset(msgspec.json.decode(node.accounts_file.read_bytes(), type=list[str]))
        except FileNotFoundError:
            return frozenset()

    def create_database(
        self, node: ServerNodeT, name: str, *, owner: str = "", characters: Characters = SERVERS_OWN
    ) -> Characters:
        """Makes sure that there is such a database.

        :param owner: an account that may do everything in it; empty: none.
        :param characters: of a database that exists they are not changed. A collation that the server does not know is
            replaced by its own.
        :return: what it has.
        :raises ValueError: the name can not be.
        :raises EngineFailed: the server does not run or refuses it.
        """
        check_database(name)
        if owner:
            check_account(owner)
        with self._failing(f"database {name}"):
            return self._put_database(node, name, owner, characters)

    def set_grants(self, node: ServerNodeT, account: str, grants: Mapping[str, str], databases: Sequence[str]) -> None:
        """Makes these the privileges of an account, in databases that were made through the engine.

        :param grants: database to privilege, as RDS calls them. :param databases: all of them; in those that ``grants``
            does not name the account may do nothing of its own.
        :raises NoSuchAccount: there is none of that name.
        :raises EngineFailed: the server does not run or refuses it.
        """
        check_account(account)
        for database in databases:
            check_database(database)
        with self._failing(f"account {account}"):
            self._put_grants(node, account, grants, databases)

    def databases(self, node: ServerNodeT) -> dict[str, Characters]:
        """The databases that are there, whoever made them, but for the server's own.

        :raises EngineFailed: the server does not run or refuses it.
        """
        with self._failing("databases"):
            return self._databases(node)

    def drop_database(self, node: ServerNodeT, name: str) -> None:
        """Deletes a database, whoever uses it; does nothing when there is none.

        :raises EngineFailed: as :meth:`create_database`.
        """
        check_database(name)
        with self._failing(f"database {name}"):
            self._drop_database(node, name)

    @abstractmethod
    def _prepare(self, node: ServerNodeT, lock: int) -> Launch:
        """Makes the first files where they are missing, and the configuration; the lock is held.

        :raises EngineMissing, EngineFailed: as :meth:`start`.
        """

    @abstractmethod
    def _inner_socket(self, node: ServerNodeT) -> Path:
        """Where the server makes its socket."""

    @abstractmethod
    def _answers(self, node: ServerNodeT) -> bool:
        """:meth:`ready`, but errors may be raised."""

    @abstractmethod
    def _facts(self, node: ServerNodeT) -> tuple[str, int, int]:
        """Version, seconds since the start, connected clients."""

    @abstractmethod
    def _put_account(self, node: ServerNodeT, account: Account) -> None: ...

    @abstractmethod
    def _put_password(self, node: ServerNodeT, name: str, password: str) -> None: ...

    @abstractmethod
    def _drop_account(self, node: ServerNodeT, name: str) -> None: ...

    @abstractmethod
    def _put_database(self, node: ServerNodeT, name: str, owner: str, characters: Characters) -> Characters: ...

    @abstractmethod
    def _databases(self, node: ServerNodeT) -> dict[str, Characters]: ...

    @abstractmethod
    def _put_grants(
        self, node: ServerNodeT, account: str, grants: Mapping[str, str], databases: Sequence[str]
    ) -> None: ...

    @abstractmethod
    def _drop_database(self, node: ServerNodeT, name: str) -> None: ...

    def _launch(self, node: ServerNodeT, lock: int) -> ProcessId:
        self._tidy(node)
        if node.draft_data.exists():
            shutil.rmtree(node.draft_data)
        launch = self._prepare(node, lock)
        link = self._first_link(node)
        link.unlink(missing_ok=True)
        link.symlink_to(self._inner_socket(node))
        go, starter = os.pipe()
        try:
            started = spawn(
                [*gate_argv(launch.how, node.data, go), *launch.argv],
                cwd=node.folder,
                log=node.log_file,
                env=environment() | launch.env,
                pass_fds=(lock, go, *launch.pass_fds),
            )
            tenure.record(node, started)
            # Should it have died by now, that is told by wait_ready.
            with contextlib.suppress(BrokenPipeError):
                os.write(starter, b"!")
        finally:
            for fd in (go, starter, *launch.pass_fds):
                os.close(fd)
        return started

    def _first_link(self, node: ServerNodeT) -> Path:
        """The link to the server's socket that is there from the start."""
        return node.socket

    def _tidy(self, node: ServerNodeT) -> None:
        """Removes what a killed server leaves: with the lock in hand nobody listens there any more.

        :raises EngineFailed: the socket's path belongs to another node.
        """
        for link in (node.socket, node.draft):
            if not os.path.lexists(link):
                continue
            if not link.is_symlink() or os.readlink(link) != str(self._inner_socket(node)):
                raise EngineFailed(f"{link} is not the socket of node {node.id}")
            link.unlink()
        node.record_file.unlink(missing_ok=True)
        self._inner_socket(node).unlink(missing_ok=True)

    def _end(self, process_id: ProcessId) -> None:
        for number, grace in self.endings:
            if not send(process_id, number) or wait_gone(process_id, grace):
                return
        send(process_id, signal.SIGKILL)
        if not wait_gone(process_id, _KILL_PATIENCE):
            raise EngineFailed(f"process {process_id.pid} does not die of SIGKILL")

    def _wait_for_folder(self, node: ServerNodeT, deadline: float) -> None:
        if tenure.end_orphans(node, self.programs):
            return
        if time.monotonic() > deadline:
            raise EngineFailed(f"the folder {node.folder} is in use, but no server is on record for it")
        time.sleep(tenure.PAUSE)

    def _check_password(self, node: ServerNodeT) -> None:
        try:
            self._facts(node)
        except Unreachable:
            return
        except ServerError as error:
            # Until it is published a server may still have no internal user.
            if error.denied and node.socket.is_symlink():
                raise EngineFailed(f"the {self.name} server of node {node.id} refuses us: {error}") from error

    def _remember(self, node: ServerNodeT, names: frozenset[str]) -> None:
        if names != self.managed(node):
            tenure.replace(node.accounts_file, msgspec.json.encode(sorted(names)).decode())

    @contextlib.contextmanager
    def _failing(self, what: str) -> Iterator[None]:
        try:
            yield
        except ServerError as error:
            raise EngineFailed(f"{what}: {error}") from error
