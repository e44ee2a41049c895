"""A database server of an instance, whichever its engine, as reconcilers use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from jackfield.engines.engine import Health, NoSuchAccount
from jackfield.engines.server_node import INTERNAL, SERVERS_OWN, Characters, ServerNode
from jackfield.engines.wire import mysql, postgres
from jackfield.engines.wire.errors import ServerError, Unreachable
from jackfield.engines.wire.stream import Stream
from jackfield.processes import ProcessId
from jackfield.reconcile.dialling import Dialler, NotProven
from jackfield.relay.route import Route

NodeT = TypeVar("NodeT", bound=ServerNode)
AnyNode = TypeVar("AnyNode", bound=ServerNode, contravariant=True)

LogIn = Callable[[Stream, str, str], Mapping[str, Any]]
"""Logs in over a connection (user, password), and returns what the server said of itself.

Raises ServerError (refused) and Unreachable.
"""


def log_in_postgres(stream: Stream, user: str, password: str) -> Mapping[str, Any]:
    """See :data:`LogIn`."""
    with postgres.Client(stream, user, password) as client:
        return {"version": client.query("SHOW server_version")[0][0]}


def log_in_mysql(stream: Stream, user: str, password: str) -> Mapping[str, Any]:
    """See :data:`LogIn`."""
    with mysql.Client(stream, user, password) as client:
        return {"version": client.query("SELECT VERSION()")[0][0]}


class AccountEngine(Protocol[AnyNode]):
    """What is needed of an engine whose servers have accounts; ``jackfield.engines.server`` says how each behaves."""

    def target(self, node: AnyNode) -> str: ...
    def start(self, node: AnyNode) -> ProcessId: ...
    def ready(self, node: AnyNode) -> bool: ...
    def stop(self, node: AnyNode) -> None: ...
    def restart(self, node: AnyNode) -> ProcessId: ...
    def health(self, node: AnyNode) -> Health: ...
    def destroy(self, node: AnyNode) -> None: ...
    def create_account(self, node: AnyNode, name: str, password: str, super: bool = False) -> None: ...
    def reset_password(self, node: AnyNode, name: str, password: str) -> None: ...
    def drop_account(self, node: AnyNode, name: str) -> None: ...
    def set_grants(self, node: AnyNode, account: str, grants: Mapping[str, str], databases: Sequence[str]) -> None: ...
    def create_database(
        self, node: AnyNode, name: str, *, owner: str = "", characters: Characters = SERVERS_OWN
    ) -> Characters: ...
    def drop_database(self, node: AnyNode, name: str) -> None: ...
    def databases(self, node: AnyNode) -> dict[str, Characters]: ...


class Server(Generic[NodeT]):
    """One server: its engine, its node, and how to talk to it."""

    def __init__(self, engine: AccountEngine[NodeT], node: NodeT, log_in: LogIn) -> None:
        self._engine = engine
        self._node = node
        self._log_in = log_in

    @property
    def target(self) -> str:
        """Where the relay finds it."""
        return self._engine.target(self._node)

    def start(self) -> ProcessId:
        """Starts or adopts it."""
        return self._engine.start(self._node)

    def ready(self) -> bool:
        return self._engine.ready(self._node)

    def stop(self) -> None:
        """Ends it; its data stay."""
        self._engine.stop(self._node)

    def restart(self) -> ProcessId:
        """Ends it and starts another on its data."""
        return self._engine.restart(self._node)

    def health(self) -> Health:
        return self._engine.health(self._node)

    def destroy(self) -> None:
        """Ends it and deletes its data."""
        self._engine.destroy(self._node)

    def create_account(self, name: str, password: str, *, super: bool) -> None:
        self._engine.create_account(self._node, name, password, super)

    def reset_password(self, name: str, password: str, *, super: bool) -> None:
        """Gives an account another password, and makes it where somebody dropped it with SQL: it is to log in."""
        try:
            self._engine.reset_password(self._node, name, password)
        except NoSuchAccount:
            self._engine.create_account(self._node, name, password, super)

    def drop_account(self, name: str) -> None:
        self._engine.drop_account(self._node, name)

    def set_grants(self, account: str, grants: Mapping[str, str], databases: Sequence[str]) -> None:
        """Makes these the privileges of an account: database to privilege; in other ``databases`` it has none.

        :raises NoSuchAccount: somebody dropped it with SQL.
        """
        self._engine.set_grants(self._node, account, grants, databases)

    def create_database(self, name: str, characters: Characters) -> Characters:
        """Makes sure that there is such a database; returns what it has."""
        return self._engine.create_database(self._node, name, characters=characters)

    def databases(self) -> dict[str, Characters]:
        """Those that somebody made, through us or with SQL."""
        return self._engine.databases(self._node)

    def drop_database(self, name: str) -> None:
        self._engine.drop_database(self._node, name)

    def prove(self, dialler: Dialler, route: Route) -> Mapping[str, Any]:
        """Dials a route's address and logs in to the server behind it.

        :raises NotProven: it does not lead there.
        """
        return self.prove_login(dialler, route, INTERNAL, self._node.password)

    def prove_login(self, dialler: Dialler, route: Route, user: str, password: str) -> Mapping[str, Any]:
        """As :meth:`prove`, as an account: what a client of the endpoint does.

        :raises NotProven: it is refused, or nothing accepts.
        """
        try:
            with dialler.dialled(route) as sock:
                return self._log_in(Stream.over(sock), user, password)
        except (ServerError, Unreachable) as error:
            raise NotProven(f"{route.address}:{route.port}: {error}") from error
