"""An HTTP client that keeps connections busy: it runs in a process of its own and measures every answer."""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bench.children import Broken
from bench.signing import Address, Call, Key, Scheme, sign

_length = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE).search
_closes = re.compile(rb"\r\nconnection: *close", re.IGNORECASE).search


class Load(NamedTuple):
    """:param rate: answers a second. :param p50: milliseconds that half of the answers took. :param p99: likewise."""

    rate: float
    p50: float
    p99: float


class _Connection:
    def __init__(self, address: Address) -> None:
        self.address = address
        self.sock = socket.create_connection(address, timeout=30)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.began = 0.0


def signed_load(address: Address, scheme: Scheme, key: Key, calls: Sequence[Call], connections: int) -> Load:
    """Signs every call, then has them all answered, ``connections`` at a time.

    :raises Broken: an answer was not 200.
    """
    return load(address, [sign(scheme, key, address, call) for call in calls], connections)


def load(address: Address, requests: Iterable[bytes], connections: int) -> Load:
    """Has requests answered over connections that are kept, ``connections`` at a time.

    :raises Broken: an answer was not 200.
    """
    waiting = iter(requests)
    selector = selectors.DefaultSelector()
    busy = 0
    times: list[float] = []
    open_connections = [_Connection(address) for _ in range(connections)]
    clock = time.perf_counter
    begun = clock()
    try:
        for connection in open_connections:
            request = next(waiting, None)
            if request is None:
                break
            selector.register(connection.sock, selectors.EVENT_READ, connection)
            connection.began = clock()
            connection.sock.sendall(request)
            busy += 1
        while busy:
            for key, _ in selector.select(30):
                connection = key.data
                if not _complete(connection):
                    continue
                times.append(clock() - connection.began)
                if _closes(connection.received):
                    _renew(selector, connection)
                connection.received = b""
                request = next(waiting, None)
                if request is None:
                    busy -= 1
                    continue
                connection.began = clock()
                connection.sock.sendall(request)
        seconds = clock() - begun
    finally:
        selector.close()
        for connection in open_connections:
            connection.sock.close()
    times.sort()
    return Load(len(times) / seconds, times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000)


def _complete(connection: _Connection) -> bool:
    """Reads what came; whether the answer is whole."""
    data = connection.sock.recv(1 << 18)
    if not data:
        raise Broken(f"{connection.address} closed a connection in the middle: {connection.received[:300]!r}")
    connection.received = received = connection.received + data if connection.received else data
    head = received.find(b"\r\n\r\n")
    if head < 0:
        return False
    found = _length(received, 0, head + 2)
    if found is None:
        raise Broken(f"{connection.address} answered without a length: {received[:300]!r}")
    if len(received) < head + 4 + int(found[1]):
        return False
    if received[9:12] != b"200":
        raise Broken(f"{connection.address} answered {received[:1000]!r}")
    return True


def _renew(selector: selectors.BaseSelector, connection: _Connection) -> None:
    selector.unregister(connection.sock)
    connection.sock.close()
    connection.sock = socket.create_connection(connection.address, timeout=30)
    selector.register(connection.sock, selectors.EVENT_READ, connection)


def ask(address: Address, request: bytes) -> bytes:
    """One request on a connection of its own; the body of its answer.

    :raises Broken: it was not 200.
    """
    connection = _Connection(address)
    with connection.sock:
        connection.sock.sendall(request)
        while not _complete(connection):
            pass
    return connection.received.partition(b"\r\n\r\n")[2]
