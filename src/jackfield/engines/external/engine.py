"""Databases that run already."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from jackfield.engines.engine import EngineError, EngineFailed, Health
from jackfield.engines.external import redis
from jackfield.engines.external.greeting import ask, ask_behind
from jackfield.engines.external.node import NO_PATH, ExternalNode, check
from jackfield.engines.wire import mysql, postgres
from jackfield.engines.wire.errors import Unreachable
from jackfield.engines.wire.stream import Address, Stream
from jackfield.processes import ProcessId

TIMEOUT = 3.0
"""Seconds for the connection, and for each answer."""


class Found(NamedTuple):
    """:param target: where the relay finds it; empty where its host has no address."""

    target: str
    health: Health


class ExternalEngine:
    """The engine. Accounts and databases are their owner's business."""

    name = "external"

    def targets(self, node: ExternalNode) -> list[str]:
        """Where the relay may find the server: one for each address of its host, looked up now.

        The relay takes addresses only; a look-up would stop everybody else's connections.

        :raises EngineFailed: the name has no address.
        """
        if node.socket != NO_PATH:
            return [f"unix:{node.socket}"]
        try:
            entries = socket.getaddrinfo(node.host, node.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise EngineFailed(f"{node.host} has no address: {error}") from error
        found = [
            f"tcp:[{address[0]}]:{node.port}" if family == socket.AF_INET6 else f"tcp:{address[0]}:{node.port}"
            for family, *_, address in entries
        ]
        return list(dict.fromkeys(found))

    def target(self, node: ExternalNode) -> str:
        """The first of :meth:`targets`."""
        return self.targets(node)[0]

    def find(
        self, node: ExternalNode, *, known: str = "", avoid: Sequence[ipaddress.IPv4Network] = (), shun: str = ""
    ) -> Found:
        """Looks where it answers; 6 s at most for each of its addresses.

        :param known: the target at which it answered last; it stays that one while it answers.
        :param avoid: addresses at which it may not be. :param shun: why not.
        """
        try:
            targets = self.targets(node)
        except EngineFailed as error:
            if not known:
                return Found("", Health(running=False, answers=False, reason=str(error)))
            targets = [known]  # the name server is away, which does not end the database
        best: Found | None = None
        for target in sorted(targets, key=lambda one: one != known):
            health = _forbidden(target, avoid, shun) or self.look(node, target)
            if health.answers:
                return Found(target, health)
            best = best or Found(target, health)
        assert best is not None
        return best

    def look(self, node: ExternalNode, target: str) -> Health:
        """Dials it at one of its addresses, and logs in where the node says as whom; else reads its greeting.

        ``running``: somebody accepts connections there.
        """
        try:
            stream = Stream(_address(target), TIMEOUT)
        except Unreachable as error:
            return Health(running=False, answers=False, reason=str(error))
        try:
            version = self.speak(node, stream, behind=False)
        except EngineError as error:
            return Health(running=True, answers=False, reason=str(error))
        return Health(running=True, answers=True, version=version)

    def speak(self, node: ExternalNode, stream: Stream, *, behind: bool) -> str:
        """Does over a connection what :meth:`look` does, and closes it.

        :param behind: something that ends TLS may lie between.
        :return: its version; empty where it does not tell.
        :raises Unreachable, ServerError: it does not answer, or is no such server, or refuses the user.
        """
        try:
            if node.protocol == "redis":
                return redis.look(stream, node.user, node.password)
            if not node.user:
                return ask_behind(stream, node.protocol) if behind else ask(stream, node.protocol)
            if node.protocol == "mysql":
                with mysql.Client(stream, node.user, node.password) as client:
                    return client.version
            with postgres.Client(stream, node.user, node.password) as connection:
                return connection.query("SHOW server_version")[0][0] or ""
        finally:
            stream.close()

    def start(self, node: ExternalNode) -> ProcessId:
        """Looks whether it is there.

        :returns: a process that is none: pid 0.
        :raises ValueError: the node's description is wrong.
        :raises EngineFailed: it does not answer.
        """
        check(node)
        health = self.health(node)
        if not health.answers:
            raise EngineFailed(f"the database at {node.place}: {health.reason}")
        return ProcessId(0, "external")

    def ready(self, node: ExternalNode) -> bool:
        """Whether it answers."""
        return self.health(node).answers

    def stop(self, node: ExternalNode) -> None:
        """Does nothing: it is not ours."""

    def restart(self, node: ExternalNode) -> ProcessId:
        """
        :raises EngineFailed: always; it is not ours.
        """
        raise EngineFailed(f"the database at {node.place} is not run by Jackfield and can not be restarted")

    def destroy(self, node: ExternalNode) -> None:
        """Does nothing: it is not ours."""

    def health(self, node: ExternalNode) -> Health:
        """As :meth:`find`."""
        return self.find(node).health

    def set_users(self, node: ExternalNode) -> None:
        """
        :raises EngineFailed: the node names users; they can only be made by the database's owner.
        """
        if node.users:
            raise EngineFailed(f"the accounts of {node.place} are not managed by Jackfield")


def _address(target: str) -> Address:
    scheme, _, rest = target.partition(":")
    if scheme == "unix":
        return Path(rest)
    host, _, port = rest.rpartition(":")
    return host.strip("[]"), int(port)


def _forbidden(target: str, avoid: Sequence[ipaddress.IPv4Network], why: str) -> Health | None:
    address = _address(target)
    if isinstance(address, Path):
        return None
    number = ipaddress.ip_address(address[0].partition("%")[0])
    number = getattr(number, "ipv4_mapped", None) or number
    if any(number in network for network in avoid):
        return Health(running=False, answers=False, reason=why)
    return None
