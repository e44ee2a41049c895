"""Proving that an address leads where it should, and that it leads nowhere any more."""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jackfield.reconcile.vpcs import Vpcs
from jackfield.relay.client import RelayClient, RelayDown, RelayError
from jackfield.relay.route import Role, Route, role_of

_PATIENCE = 5.0
_GLANCE = 0.01
"""Seconds in which a connection that leads nowhere is cut."""
_REFUSED = (errno.ECONNREFUSED,)
_UNREACHABLE = (errno.ECONNREFUSED, errno.ENETUNREACH, errno.EHOSTUNREACH)
_TCP_TABLE = Path("/proc/net/tcp")
_LISTENING = "0A"
"""TCP_LISTEN in the kernel's include/net/tcp_states.h."""


class NotProven(Exception):
    """A dial did not show what it had to; the text says what it showed."""


class Dialler:
    """Dials routes from where their clients stand.

    :param relays: by what they serve. :param vpcs: where sockets inside VPCs come from.
    """

    def __init__(self, relays: Mapping[Role, RelayClient], vpcs: Vpcs) -> None:
        self._relays = relays
        self._vpcs = vpcs

    @contextmanager
    def dialled(self, route: Route) -> Iterator[socket.socket]:
        """A connection through a route's listener, whatever its whitelist says: the relay is told to expect it.

        :raises NotProven: nothing accepts there, or the relay is away.
        """
        with self._socket(route.vantage) as probe:
            probe.bind(("127.0.0.1" if route.vantage == "host" else route.address, 0))
            host, port = probe.getsockname()
            try:
                self._relays[role_of(route.mode)].expect(route.key, f"{host}:{port}", _PATIENCE)
                probe.connect((route.address, route.port))
            except (OSError, RelayDown, RelayError) as error:
                raise NotProven(f"{route.address}:{route.port} does not accept: {error}") from error
            yield probe

    def refuses(self, vantage: str, address: str, port: int) -> bool:
        """Whether a dial is refused, now; inside a VPC, whose addresses go, whether it leads nowhere."""
        with self._socket(vantage) as probe:
            return probe.connect_ex((address, port)) in (_REFUSED if vantage == "host" else _UNREACHABLE)

    def _socket(self, vantage: str) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM) if vantage == "host" else self._vpcs.socket(vantage)
        sock.settimeout(_PATIENCE)
        return sock

    def accepted(self, route: Route) -> Mapping[str, Any]:
        """Proves that a route's listener accepts, and says what became of the connection behind it.

        For routes to what speaks no protocol that is known here (a load balancer's servers, say).

        :raises NotProven: nothing accepts there.
        """
        with self.dialled(route) as sock:
            sock.settimeout(_GLANCE)
            try:
                greeting = sock.recv(64)
            except TimeoutError:
                return {"accepted": True}  # open, and silent: a server that waits to be spoken to
            except OSError as error:
                return {"accepted": True, "behind": f"cut: {error.strerror}"}
            return {"accepted": True, "behind": "greeted" if greeting else "closed"}


def is_free(address: str, port: int) -> bool:
    """Whether a server could bind there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def listening_ports(address: str) -> frozenset[int]:
    """The ports at which somebody listens on an IPv4 address of its own (not on all); empty where the system has no
    ``/proc/net/tcp``.
    """
    try:
        lines = _TCP_TABLE.read_text().splitlines()[1:]
    except OSError:
        return frozenset()
    wanted = f"{struct.unpack('=I', socket.inet_aton(address))[0]:08X}"
    rows = (line.split(maxsplit=4) for line in lines)
    places = (row[1].partition(":") for row in rows if row[3] == _LISTENING)
    return frozenset(int(port, 16) for host, _, port in places if host == wanted)
