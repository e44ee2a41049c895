"""What a client without any cleverness sees at an address."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Iterable, Iterator

from tests.running import PASSWORD

Place = tuple[str, int]


def logged_in(place: Place) -> socket.socket:
    """A connection that a database has admitted."""
    connection = socket.create_connection(place, timeout=10)
    try:
        assert ask(connection, b"AUTH %s" % PASSWORD.encode()) == b"+OK\r\n"
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def holding(places: Iterable[Place]) -> Iterator[list[socket.socket]]:
    """A connection to each place, that a database has admitted, held open."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(logged_in(place)) for place in places]


def ask(connection: socket.socket, command: bytes) -> bytes:
    """A short command's reply."""
    connection.sendall(command + b"\r\n")
    reply = connection.recv(4096)
    if reply.startswith(b"$"):
        size = int(reply[1 : reply.index(b"\r\n")])
        reply = reply[reply.index(b"\r\n") + 2 :]
        while len(reply) < size + 2:
            reply += connection.recv(4096)
        reply = reply[:size]
    return reply


def shard_at(place: Place) -> str:
    """The cluster node id of the shard that a fresh connection leads to."""
    with logged_in(place) as connection:
        return ask(connection, b"CLUSTER MYID").decode()


def pings(connection: socket.socket) -> bool:
    """Whether a connection that is held leads to its database still."""
    try:
        return ask(connection, b"PING") == b"+PONG\r\n"
    except OSError:
        return False


def is_closed(connection: socket.socket) -> bool:
    """Whether the connection is over, as far as this end knows without waiting."""
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def refuses(place: Place) -> bool:
    """Whether a dial is refused."""
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex(place) == errno.ECONNREFUSED


def accepts(place: Place) -> bool:
    """Whether a dial is accepted."""
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex(place) == 0
