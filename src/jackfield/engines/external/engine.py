"""Databases that run already."""

from __future__ import annotations

import socket

from jackfield.engines.engine import EngineFailed, Health
from jackfield.engines.external.greeting import ask
from jackfield.engines.external.node import ExternalNode, check
from jackfield.engines.wire.errors import ServerError, Unreachable
from jackfield.engines.wire.stream import Stream
from jackfield.processes import ProcessId

TIMEOUT = 3.0
"""Seconds for the connection and for the greeting."""


class ExternalEngine:
    """The engine. Accounts and databases are their owner's business."""

    name = "external"

    def target(self, node: ExternalNode) -> str:
        """Where the relay finds the server. A name is looked up now; the relay takes addresses only.

        :raises EngineFailed: the name has no address.
        """
        try:
            family, *_, address = socket.getaddrinfo(node.host, node.port, type=socket.SOCK_STREAM)[0]
        except OSError as error:
            raise EngineFailed(f"{node.host} has no address: {error}") from error
        host = f"[{address[0]}]" if family == socket.AF_INET6 else address[0]
        return f"tcp:{host}:{node.port}"

    def start(self, node: ExternalNode) -> ProcessId:
        """Looks whether it is there.

        :returns: a process that is none: pid 0.
        :raises ValueError: the node's description is wrong.
        :raises EngineFailed: it does not answer.
        """
        check(node)
        health = self.health(node)
        if not health.answers:
            raise EngineFailed(f"the database at {node.host}:{node.port}: {health.reason}")
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
        raise EngineFailed(f"the database at {node.host}:{node.port} is not run by Jackfield and can not be restarted")

    def destroy(self, node: ExternalNode) -> None:
        """Does nothing: it is not ours."""

    def health(self, node: ExternalNode) -> Health:
        """Dials it and reads its greeting; 6 s at most. ``running``: somebody accepts connections there."""
        try:
            stream = Stream((node.host, node.port), TIMEOUT)
        except Unreachable as error:
            return Health(running=False, answers=False, reason=str(error))
        try:
            version = ask(stream, node.protocol)
        except (Unreachable, ServerError) as error:
            return Health(running=True, answers=False, reason=str(error))
        finally:
            stream.close()
        return Health(running=True, answers=True, version=version)

    def set_users(self, node: ExternalNode) -> None:
        """
        :raises EngineFailed: the node names users; they can only be made by the database's owner.
        """
        if node.users:
            raise EngineFailed(f"the accounts of {node.host}:{node.port} are not managed by Jackfield")
