"""The demo's own clients: connections that are held, a load that never pauses, latencies."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Sequence
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

_BUFFER = 4096


def impatient(name: str, password: str) -> redis.Redis:
    """A client that fails at the first failure."""
    return redis.Redis(host=name, password=password, retry=Retry(NoBackoff(), 0))


class Held:
    """A connection that is logged in and then only kept; it knows when it was closed."""

    def __init__(self, address: str, port: int, password: str) -> None:
        self._socket = socket.create_connection((address, port), timeout=5)
        self._socket.sendall(f"AUTH {password}\r\n".encode())
        if self._socket.recv(_BUFFER) != b"+OK\r\n":
            raise ConnectionError("the password was refused")
        self._socket.setblocking(False)
        self.closed = False

    @property
    def source(self) -> str:
        """The address from which it came."""
        return str(self._socket.getsockname()[0])

    def look(self) -> bool:
        """Whether it is closed by now."""
        if not self.closed:
            try:
                self.closed = self._socket.recv(_BUFFER) == b""
            except BlockingIOError:
                pass
            except OSError:
                self.closed = True
        return self.closed

    def end(self) -> None:
        self._socket.close()


class Load(threading.Thread):
    """Writes and reads back without a pause; counts what was answered and keeps what failed."""

    def __init__(self, name: str, password: str) -> None:
        super().__init__(daemon=True, name="load")
        self._client = impatient(name, password)
        self._ended = threading.Event()
        self.answered = 0
        self.slowest = 0.0
        self.failures: list[str] = []

    def run(self) -> None:
        while not self._ended.is_set():
            begun = time.perf_counter()
            key = f"load:{self.answered % 100}"
            try:
                self._client.set(key, self.answered)
                if self._client.get(key) != b"%d" % self.answered:
                    self.failures.append(f"{key} has another value")
            except redis.RedisError as error:
                self.failures.append(str(error))
            self.answered += 2
            self.slowest = max(self.slowest, time.perf_counter() - begun)

    def end(self) -> None:
        self._ended.set()
        self.join(10)
        self._client.close()


class SqlLoad(threading.Thread):
    """Queries through one connection without a pause; counts what was answered and keeps what failed."""

    def __init__(self, connection: Any) -> None:
        super().__init__(daemon=True, name="sql-load")
        self._connection = connection
        self._ended = threading.Event()
        self.answered = 0
        self.failures: list[str] = []

    def run(self) -> None:
        while not self._ended.is_set() and not self.failures:
            try:
                with self._connection.cursor() as cursor:
                    cursor.execute("SELECT 41 + 1")
                    cursor.fetchone()
                self.answered += 1
            except Exception as error:  # whatever the driver raises is a query that failed
                self.failures.append(str(error))

    def end(self) -> None:
        self._ended.set()
        self.join(10)
        self._connection.close()


def resolve(name: str) -> list[str]:
    """The addresses of a name, in the order in which a client tries them."""
    return list(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(name, None, socket.AF_INET)))


def refuses(address: str, port: int) -> bool:
    """Whether a dial is refused."""
    try:
        socket.create_connection((address, port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return False


def resolves(name: str) -> bool:
    try:
        socket.getaddrinfo(name, None)
    except socket.gaierror:
        return False
    return True


def latencies(clients: Sequence[redis.Redis], key: str, rounds: int) -> list[float]:
    """Median microseconds of a GET by each client, taken in turn so that all meet the same machine."""
    taken: list[list[float]] = [[] for _ in clients]
    for _ in range(rounds):
        for client, times in zip(clients, taken, strict=True):
            begun = time.perf_counter()
            client.get(key)
            times.append(time.perf_counter() - begun)
    return [statistics.median(times) * 1e6 for times in taken]
