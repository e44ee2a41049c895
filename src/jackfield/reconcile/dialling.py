"""Proving that an address leads where it should, and that it leads nowhere any more."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from jackfield.relay.client import RelayClient
from jackfield.relay.route import Route

_PATIENCE = 5.0


class NotProven(Exception):
    """A dial did not show what it had to; the text says what it showed."""


@contextmanager
def dialled(relay: RelayClient, route: Route) -> Iterator[socket.socket]:
    """A connection through a route's listener, whatever its whitelist says: the relay is told to expect it.

    :raises NotProven: nothing accepts there.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PATIENCE)
        probe.bind(("127.0.0.1", 0))
        host, port = probe.getsockname()
        relay.expect(route.key, f"{host}:{port}", _PATIENCE)
        try:
            probe.connect((route.address, route.port))
        except OSError as error:
            raise NotProven(f"{route.address}:{route.port} does not accept: {error}") from error
        yield probe


def refuses(address: str, port: int) -> bool:
    """Whether a dial is refused, now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PATIENCE)
        return probe.connect_ex((address, port)) == errno.ECONNREFUSED


def is_free(address: str, port: int) -> bool:
    """Whether a server could bind there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
