"""One VPC: a core namespace where its endpoints listen, and namespaces of those who dial."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import socket
import struct
import time
from pathlib import Path
from typing import NamedTuple

from jackfield.vantage.client_space import ClientSpace
from jackfield.vantage.forbidden import VantageForbidden
from jackfield.vantage.loop import Loop
from jackfield.vantage.netlink import LOOPBACK_INDEX, Netlink, Route
from jackfield.vantage.network import Network
from jackfield.vantage.spaces import Spaces
from jackfield.vantage.vault import Vault

log = logging.getLogger(__name__)

_BACKLOG = 4096
_SWEEP_SECONDS = 0.25
_SWEEP_SHARE = 0.02  # of the time, at most: ten thousand connections take a while to look through
_NO_CONNECTION = {"06", "07", "0A"}  # TIME_WAIT, CLOSE, LISTEN (net/tcp_states.h)

Listener = tuple[str, int]


class Outcome(NamedTuple):
    """What became of a network.

    :ivar namespace: inode of the core.
    :ivar listening: addresses and ports that listen.
    :ivar failed: ``address:port`` to the name of the errno that stood in its way.
    """

    namespace: int
    listening: list[Listener]
    failed: dict[str, str]


class Vpc:
    """Namespaces and sockets of one VPC. What a predecessor deposited is taken over.

    An address whose last listener has gone refuses new connections at once. It stays routed for as long as connections
    to it live, so that whoever serves them can let them end or reset them; without a route they would hang.

    :raises VantageForbidden: the system refuses. :raises OSError: the kernel does.
    """

    def __init__(self, spaces: Spaces, vault: Vault, loop: Loop, network: Network) -> None:
        self._spaces = spaces
        self._vault = vault
        self._loop = loop
        self.network = network
        self._id = network.vpc
        taken = vault.take(f"core {self._id}")
        self._core = spaces.make() if taken is None else taken
        try:
            with spaces.inside(self._core):
                self._netlink = Netlink()
        except BaseException:
            os.close(self._core)
            raise
        vault.put(f"core {self._id}", self._core)
        self._listeners: dict[Listener, socket.socket] = {}
        self._clients: dict[str, ClientSpace] = {}
        self._sweeping = False
        self._closed = False
        if taken is not None:  # otherwise what is left stands in a core that is lost
            self._take_over()

    @property
    def clients(self) -> list[str]:
        """The sources that somebody asked for."""
        return sorted(self._clients)

    def deposits(self) -> dict[str, int]:
        """What the keeper is to have."""
        found = {f"core {self._id}": self._core}
        found.update({self._key(listener): sock.fileno() for listener, sock in self._listeners.items()})
        for client in self._clients.values():
            found.update(client.deposits())
        return found

    def replace(self, network: Network) -> Outcome:
        """Makes ``network`` the whole truth; a listener that can not be made is told and does not disturb others."""
        self.network = network
        failed: dict[Listener, int] = {}
        wanted = list(network.listeners)
        for taken in {address for address, _ in wanted} & self._clients.keys():
            self._expel(taken)
        for listener in self._listeners.keys() - set(wanted):
            self._close(listener)
        self._netlink.add_routes({Route(address, LOOPBACK_INDEX) for address, _ in wanted})
        with self._spaces.inside(self._core):
            for listener in wanted:
                if listener not in self._listeners:
                    try:
                        self._listen(listener)
                    except OSError as error:
                        failed[listener] = error.errno or 0
        self._settle_routes()
        return Outcome(
            namespace=os.fstat(self._core).st_ino,
            listening=sorted(self._listeners),
            failed={f"{address}:{port}": _name(number) for (address, port), number in sorted(failed.items())},
        )

    def listener(self, listener: Listener) -> int | None:
        """A duplicate of a listening socket's descriptor."""
        sock = self._listeners.get(listener)
        return None if sock is None else os.dup(sock.fileno())

    def sockets(self, count: int) -> list[int]:
        """Descriptors of unconnected sockets in the core."""
        kind = socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC
        with self._spaces.inside(self._core), contextlib.ExitStack() as stack:
            made = [stack.enter_context(socket.socket(socket.AF_INET, kind)) for _ in range(count)]
            return [sock.detach() for sock in made]

    def enter(self, source: str) -> int:
        """A duplicate of the descriptor of the namespace that has ``source`` as its address.

        :raises ValueError: an endpoint has that address.
        """
        client = self._clients.get(source)
        if client is None:
            if source in self._routed():
                raise ValueError(f"{source} is the address of an endpoint")
            client = self._clients[source] = self._client(source)
            self._settle_routes()
        return os.dup(client.descriptor)

    def remove(self) -> None:
        """Ends everything: nothing can be reached any more, also not by programs that go on in the VPC."""
        self._closed = True
        for listener in list(self._listeners):
            self._close(listener)
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        self._vault.drop(f"core {self._id}")
        # Routes stay here as long as anybody holds the core: resets of connections take them.
        self._netlink.close()
        os.close(self._core)

    def _expel(self, source: str) -> None:
        """Takes an address from those who dial from it: what the API says can be dialled comes first."""
        log.warning("%s of %s becomes an endpoint's address; programs there reach nothing more", source, self._id)
        client = self._clients.pop(source)
        client.close()
        self._netlink.delete(client.core_link)

    def _take_over(self) -> None:
        for name in self._vault.names():
            kind, _, rest = name.partition(" ")
            vpc, _, what = rest.partition(" ")
            if vpc != self._id:
                continue
            if kind == "listener":
                taken = self._vault.take(name)
                assert taken is not None
                address, _, port = what.partition(" ")
                self._listeners[address, int(port)] = socket.socket(fileno=taken)
            elif kind == "client":
                try:
                    self._clients[what] = self._client(what)
                except (OSError, VantageForbidden) as error:
                    log.error("the namespace of %s in %s is lost: %s", what, vpc, error)

    def _client(self, source: str) -> ClientSpace:
        return ClientSpace(
            self._spaces, self._vault, self._loop, self._id, source, self._netlink, lambda: self.network.names
        )

    def _listen(self, listener: Listener) -> None:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.bind(listener)
            sock.listen(_BACKLOG)
        except BaseException:
            sock.close()
            raise
        self._listeners[listener] = sock
        self._vault.put(self._key(listener), sock.fileno())

    def _close(self, listener: Listener) -> None:
        sock = self._listeners.pop(listener)
        self._vault.drop(self._key(listener))
        # Ends the listening for all who have a duplicate.
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        sock.close()

    def _settle_routes(self) -> None:
        """Routes for what listens and for what is still connected."""
        begun = time.monotonic()
        ways_back = {Route(client.source, client.core_link) for client in self._clients.values()}
        local = {address for address, _ in self._listeners}
        going = self._routed() - local
        if going:
            going &= self._connected()
        for client in self._clients.values():
            client.reach(local | going)
        self._netlink.set_routes(ways_back | {Route(address, LOOPBACK_INDEX) for address in local | going})
        if going and not self._sweeping:
            self._sweeping = True
            taken = time.monotonic() - begun
            self._loop.later(max(_SWEEP_SECONDS, taken / _SWEEP_SHARE), self._sweep)

    def _sweep(self) -> None:
        self._sweeping = False
        if not self._closed:
            self._settle_routes()

    def _routed(self) -> set[str]:
        """The addresses of endpoints, present and former ones, to which there is a route."""
        return {route.address for route in self._netlink.routes() if route.link == LOOPBACK_INDEX}

    def _connected(self) -> set[str]:
        """The addresses of the core that have connections."""
        with self._spaces.inside(self._core):
            lines = Path("/proc/thread-self/net/tcp").read_text().splitlines()[1:]
        found = (line.split()[1:4] for line in lines)
        # An address is printed as a number in the machine's byte order.
        packed = {local.partition(":")[0] for local, _, state in found if state not in _NO_CONNECTION}
        return {socket.inet_ntoa(struct.pack("=I", int(number, 16))) for number in packed}

    def _key(self, listener: Listener) -> str:
        return f"listener {self._id} {listener[0]} {listener[1]}"


def _name(number: int) -> str:
    return errno.errorcode.get(number, str(number))
