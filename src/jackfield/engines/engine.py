"""What the reconcilers need of an engine, whichever database it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from jackfield.processes import ProcessId


class EngineError(Exception):
    """An engine could not do what it was asked; the text is for people."""


class EngineMissing(EngineError):
    """No server of that kind is on this machine.

    :param engine: its name.
    :param what: what was looked for and where.
    :param remedy: how to get it.
    """

    def __init__(self, engine: str, what: str, remedy: str) -> None:
        self.engine = engine
        self.what = what
        self.remedy = remedy
        super().__init__(f"{what} {remedy}")


class EngineFailed(EngineError):
    """A server did not start, does not answer, or is not the one that was expected."""


class NoSuchAccount(EngineError):
    """The server has no account of that name."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One server process. Its printed form holds no secret.

    :param id: its name; engines may ask for a certain form.
    :param folder: everything the server keeps; nobody else writes there. Made with mode 700.
    :param socket: path of its Unix socket, in a folder of mode 700; 107 bytes at most on Linux, 103 on macOS.
    :param password: of the internal user ``jackfield``, in clear; kept by the caller.
    :param users: further users: name to the SHA-256 of the password in hexadecimal. ``default`` among them is the
        user of an instance password; without it the default user is off.
    :param readers: those of ``users`` that may only read.
    :param address: the address that clients are told, and the only one that it may bind; empty: none.
    :param announce_port: the port that clients are told; 0: none.
    """

    id: str
    folder: Path
    socket: Path
    password: str
    users: dict[str, str] = msgspec.field(default_factory=dict)
    readers: tuple[str, ...] = ()
    address: str = ""
    announce_port: int = 0

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id!r}, {str(self.folder)!r})"


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of a node at one moment.

    :param running: its process is there.
    :param answers: it answered and serves commands.
    :param reason: why not, empty when it does.
    :param pid: 0 when not running.
    :param version: of the server that runs, empty when unknown.
    :param uptime: seconds.
    :param used_memory: bytes.
    :param connected_clients: connections, that of the question included.
    """

    running: bool
    answers: bool
    reason: str = ""
    pid: int = 0
    version: str = ""
    uptime: int = 0
    used_memory: int = 0
    connected_clients: int = 0

    def evidence(self) -> dict[str, Any]:
        """For the change feed."""
        return {
            "pid": self.pid,
            "version": self.version,
            "uptime": self.uptime,
            "used_memory": self.used_memory,
            "connected_clients": self.connected_clients,
        }


NodeT = TypeVar("NodeT", bound=Node, contravariant=True)


class Engine(Protocol[NodeT]):
    """Starts and supervises servers of one kind. Calls block, are bounded by their time-outs and may be repeated:
    each makes the world as asked and does nothing when it already is."""

    name: str

    def start(self, node: NodeT) -> ProcessId:
        """Adopts the node's process or starts one; does not wait until it is ready.

        :raises EngineMissing: there is no server to start.
        :raises EngineFailed: the folder is in the hands of another process, or was written by a later version.
        """

    def ready(self, node: NodeT) -> bool:
        """Whether clients may be sent to it."""

    def stop(self, node: NodeT) -> None:
        """Ends the process; the data stay."""

    def restart(self, node: NodeT) -> ProcessId:
        """Stop, then start with what ``node`` says now."""

    def destroy(self, node: NodeT) -> None:
        """Ends the process and deletes the folder."""

    def health(self, node: NodeT) -> Health:
        """Looks at it; never raises because of the node's state."""

    def set_users(self, node: NodeT) -> None:
        """Makes the server's users those of ``node``, at once and for later starts."""
