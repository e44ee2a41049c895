"""How everybody else talks to the holder: blocking calls over its socket."""

from __future__ import annotations

import os
import socket
from types import TracebackType
from typing import Any, NamedTuple

from jackfield.unix_sockets import Idle
from jackfield.vantage.caller import call
from jackfield.vantage.channel import close_all
from jackfield.vantage.network import Network
from jackfield.vantage.server import Refused


class HolderDown(Exception):
    """The holder can not be reached, or did not answer in time. What was asked may or may not have happened: ask again,
    every operation may be repeated."""


class HolderRefused(Exception):
    """The holder refused a request.

    :ivar kind: ``not-there`` (no such VPC or listener), ``bad-source``, ``forbidden`` (the system allows no
        namespaces), ``bad-request``, or ``failed`` (the kernel or the disk refused).
    """

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Hello(NamedTuple):
    """
    :ivar started: when the process started, in seconds since the epoch.
    :ivar data: the data folder.
    :ivar forbidden: why there can be no VPCs here; empty when there can.
    :ivar remedy: what to do about it.
    :ivar networks: how many there are.
    """

    pid: int
    started: float
    data: str
    version: str
    forbidden: str
    remedy: str
    networks: int


class Replaced(NamedTuple):
    """
    :ivar namespace: inode of the VPC's core namespace.
    :ivar listening: addresses and ports that listen now.
    :ivar failed: ``address:port`` of those that do not, to the name of an errno.
    """

    namespace: int
    listening: list[tuple[str, int]]
    failed: dict[str, str]


class Entrance(NamedTuple):
    """What a program needs to enter a VPC. Descriptors are the caller's to close.

    :ivar source: the address from which it will dial.
    :ivar network: descriptor of the network namespace.
    :ivar user: descriptor of the user namespace that owns it, ``None`` when that is everybody's.
    """

    source: str
    network: int
    user: int | None


class HolderClient:
    """Calls one holder. Usable from several threads at once: each call in progress has a connection of its own.

    :param path: its socket.
    :param timeout: seconds a call may take.
    :raises HolderDown: from every method. :raises HolderRefused: from those that say so.
    """

    def __init__(self, path: str | os.PathLike[str], timeout: float = 5.0) -> None:
        self.path = os.fspath(path)
        self.timeout = timeout
        self._idle = Idle(self.path)

    def hello(self) -> Hello:
        """Which process answers, and whether it can do anything."""
        return Hello(**self._call("hello")[0])

    def replace(self, network: Network) -> Replaced:
        """Makes ``network`` the whole truth about its VPC, now and after every restart. Idempotent.

        A listener that is not in it any more refuses at once; its address stays routed for connections that live.

        :raises HolderRefused: ``forbidden``, ``failed``.
        """
        told = self._call("replace", network=network.to_json())[0]
        listening = [(address, port) for address, port in told["listening"]]
        return Replaced(told["namespace"], listening, told["failed"])

    def remove(self, vpc: str) -> bool:
        """Ends a VPC: from now on nothing in it can be reached; ``False`` when there is none."""
        return bool(self._call("remove", vpc=vpc)[0])

    def networks(self) -> list[Network]:
        """All VPCs, as they were told."""
        return [Network.from_json(value) for value in self._call("networks")[0]]

    def clients(self) -> list[tuple[str, str]]:
        """VPC and source of each place from which somebody dials or dialled."""
        return [(vpc, source) for vpc, source in self._call("clients")[0]]

    def listener(self, vpc: str, address: str, port: int) -> socket.socket:
        """A duplicate of a listening socket, non-blocking.

        :raises HolderRefused: ``not-there``, ``forbidden``.
        """
        return _socket(self._call("listener", vpc=vpc, address=address, port=port)[1][0])

    def sockets(self, vpc: str, count: int) -> list[socket.socket]:
        """New TCP sockets that stand in the VPC, non-blocking: bind each to an endpoint's address before connecting.

        :param count: 1 to 64.
        :raises HolderRefused: ``not-there``, ``forbidden``.
        """
        return [_socket(descriptor) for descriptor in self._call("sockets", vpc=vpc, count=count)[1]]

    def enter(self, vpc: str, source: str = "") -> Entrance:
        """The way into a VPC.

        :param source: the address to dial from; empty for the VPC's own.
        :raises HolderRefused: ``not-there``, ``bad-source``, ``forbidden``.
        """
        told, descriptors = self._call("enter", vpc=vpc, source=source)
        return Entrance(told["source"], descriptors[-1], descriptors[0] if told["user"] else None)

    def stop(self) -> None:
        """Ends the holder, and with it all VPCs; they come back with the next one."""
        self._call("stop")

    def close(self) -> None:
        """Closes idle connections; a later call opens a new one."""
        self._idle.close()

    def __enter__(self) -> HolderClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, operation: str, **fields: Any) -> tuple[Any, list[int]]:
        request = {"id": 1, "op": operation, **fields}
        while True:
            try:
                sock, fresh = self._idle.take(self.timeout)
            except OSError as error:
                raise HolderDown(f"{self.path}: {error}") from None
            try:
                result = call(sock, request)
            except Refused as refusal:
                self._idle.give_back(sock)
                raise HolderRefused(refusal.kind, str(refusal)) from None
            except TimeoutError:
                sock.close()
                raise HolderDown(f"{self.path}: no answer within {self.timeout} s") from None
            except OSError as error:
                sock.close()
                if fresh:
                    raise HolderDown(f"{self.path}: {error}") from None
                continue  # an idle connection from before a restart of the holder: try another
            except BaseException:
                sock.close()
                raise
            self._idle.give_back(sock)
            return result


def close_entrance(entrance: Entrance) -> None:
    """Closes its descriptors."""
    close_all([entrance.network] if entrance.user is None else [entrance.network, entrance.user])


def _socket(descriptor: int) -> socket.socket:
    sock = socket.socket(fileno=descriptor)
    sock.setblocking(False)  # as the kernel has it already; Python does not look
    return sock
