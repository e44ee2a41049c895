"""One place to dial from: a network namespace for each VPC and source address."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable

from jackfield.vantage.loop import Loop
from jackfield.vantage.nameserver import Names, NameServer
from jackfield.vantage.netlink import Netlink, Route
from jackfield.vantage.spaces import Spaces
from jackfield.vantage.vault import Vault

_LINK = "vpc"
_NAME_SERVER = ("127.0.0.53", 53)
_BACKLOG = 128


class ClientSpace:
    """A namespace with one address, from which exactly a VPC's endpoints can be reached; everything else is unreachable
    at once. It hangs on the VPC's core by a pair of links.

    :param core: of the VPC's core.
    :param names: what the name server answers, read anew for each query.
    :raises VantageForbidden: the system refuses. :raises OSError: the kernel does.
    """

    def __init__(
        self, spaces: Spaces, vault: Vault, loop: Loop, vpc: str, source: str, core: Netlink, names: Names
    ) -> None:
        self.source = source
        self._vault = vault
        self._key = f"{vpc} {source}"
        self._spaces = spaces
        taken = vault.take(f"client {self._key}")
        self.descriptor = spaces.make() if taken is None else taken
        try:
            with spaces.inside(self.descriptor):
                self._netlink = Netlink()
        except BaseException:
            os.close(self.descriptor)
            raise
        self._servers: list[socket.socket] = []
        try:
            self.core_link = self._connect(core)
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                self._servers.append(self._server(kind, known=taken is not None))
        except BaseException:
            self._release()
            raise
        self._name_server = NameServer(loop, self._servers[0], self._servers[1], names)
        for name, descriptor in self.deposits().items():
            vault.put(name, descriptor)

    def deposits(self) -> dict[str, int]:
        """What the keeper is to have."""
        udp, tcp = self._servers
        key = self._key
        return {f"client {key}": self.descriptor, f"udp {key}": udp.fileno(), f"tcp {key}": tcp.fileno()}

    def reach(self, addresses: Iterable[str]) -> None:
        """Makes these the addresses that can be reached."""
        self._netlink.set_routes({Route(address, self._link, self.source) for address in addresses})

    def close(self) -> None:
        """Leaves the namespace to whoever is in it, with nothing to reach."""
        self.reach(())
        for name in self.deposits():
            self._vault.drop(name)
        self._name_server.close()
        self._release()

    def _connect(self, core: Netlink) -> int:
        """Makes what is missing of the links; returns the index of the core's end."""
        name = "c" + socket.inet_aton(self.source).hex()
        here, there = self._netlink.links(), core.links()
        if _LINK not in here:
            if name in there:  # of a namespace that is dying
                core.delete(there[name])
            core.connect(name, _LINK, self.descriptor)
            here, there = self._netlink.links(), core.links()
        self._link = here[_LINK]
        for netlink, link in ((core, there[name]), (self._netlink, self._link)):
            netlink.bring_up(link)
            netlink.route_loopback(link)
        self._netlink.add_address(self._link, self.source)
        core.add_routes({Route(self.source, there[name])})
        return there[name]

    def _server(self, kind: socket.SocketKind, *, known: bool) -> socket.socket:
        """:param known: the namespace is a predecessor's, and so may be its sockets."""
        taken = self._vault.take(f"{'udp' if kind == socket.SOCK_DGRAM else 'tcp'} {self._key}")
        if taken is not None:
            if known:
                return socket.socket(fileno=taken)
            os.close(taken)
        with self._spaces.inside(self.descriptor):
            sock = socket.socket(socket.AF_INET, kind)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(_NAME_SERVER)
            if kind == socket.SOCK_STREAM:
                sock.listen(_BACKLOG)
        except BaseException:
            sock.close()
            raise
        return sock

    def _release(self) -> None:
        for sock in self._servers:
            sock.close()
        self._netlink.close()
        os.close(self.descriptor)
