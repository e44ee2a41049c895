"""Redis clients: redis-benchmark for throughput; own ones for what it does not do."""

from __future__ import annotations

import csv
import selectors
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count

from bench.children import PATIENCE, Broken
from bench.redis_servers import Node, command, slot_of

KEYS = 10_000
"""How many there are."""

PLAIN = "key:__rand_int__"
"""Of any slot. redis-benchmark puts the digits in."""

_PING, _PONG = command(b"PING"), b"+PONG\r\n"
_BROAD = 50
"""Connections in use at the same time."""


def benchmark_installed() -> bool:
    return shutil.which("redis-benchmark") is not None


def tagged(node: Node) -> str:
    """Keys of one shard: their slot is that of what stands in braces."""
    tag = next(tag for tag in map(str, count()) if node.first <= slot_of(tag.encode()) <= node.last)
    return f"key:{{{tag}}}:__rand_int__"


def fill(port: int, key: str = PLAIN) -> None:
    """Gives nearly all of these keys a value of three bytes."""
    rate(port, ("SET", key, "xxx"), 10 * KEYS, 16)


def rate(port: int, words: Sequence[str], requests: int, pipeline: int) -> float:
    """Commands a second that redis-benchmark gets answered over 50 connections, with random keys.

    :param words: the command; ``__rand_int__`` stands for twelve digits.
    """
    return _benchmark([(port, words)], requests, pipeline)


def shards_rate(nodes: Sequence[Node], requests: int, pipeline: int) -> float:
    """The same of clients that ask each shard for its own keys: what a proxy is compared with.

    One redis-benchmark a shard, since ``--cluster`` tells times in steps of a quarter of a second.
    """
    return _benchmark([(node.port, ("GET", tagged(node))) for node in nodes], requests, pipeline)


def _benchmark(targets: Sequence[tuple[int, Sequence[str]]], requests: int, pipeline: int) -> float:
    """At the same time, with the connections and the requests divided evenly; the sum."""
    share, clients = requests // len(targets), _BROAD // len(targets)
    common = ["redis-benchmark", "-h", "127.0.0.1", "-c", str(clients), "-n", str(share), "-P", str(pipeline)]
    common += ["-r", str(KEYS), "--csv", "-p"]
    with ExitStack() as stack:
        running = []
        for port, words in targets:
            argv = [*common, str(port), *words]
            process = stack.enter_context(subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE))
            stack.callback(process.kill)
            running.append(process)
        return sum(_told(process, words[0]) for process, (_, words) in zip(running, targets, strict=True))


def _told(process: subprocess.Popen[bytes], command_name: str) -> float:
    output = process.communicate(timeout=120)[0].decode()
    for row in csv.reader(output.splitlines()):
        if row and row[0].startswith(command_name):
            return float(row[1])
    raise Broken(f"{process.args!r} ended with {process.returncode}: {output[-500:]}")


def churn(port: int, total: int) -> float:
    """Connections a second: each is opened, asks one PING, gets its answer and is closed; 50 at the same time."""
    selector = selectors.DefaultSelector()
    begun = time.perf_counter()
    started = done = 0
    try:
        while started < min(_BROAD, total):
            _ask_once(selector, port)
            started += 1
        while done < total:
            ready = selector.select(PATIENCE)
            if not ready:
                raise Broken(f"port {port}: no answer within {PATIENCE} s")
            for key, _ in ready:
                sock = key.fileobj
                assert isinstance(sock, socket.socket)
                reply = sock.recv(64)
                if reply != _PONG:
                    raise Broken(f"port {port} answered {reply!r} to PING")
                selector.unregister(sock)
                sock.close()
                done += 1
                if started < total:
                    _ask_once(selector, port)
                    started += 1
        return total / (time.perf_counter() - begun)
    finally:
        for left in list(selector.get_map().values()):
            assert isinstance(left.fileobj, socket.socket)
            left.fileobj.close()
        selector.close()


def _ask_once(selector: selectors.BaseSelector, port: int) -> None:
    sock = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    selector.register(sock, selectors.EVENT_READ)
    sock.sendall(_PING)


def pings(port: int, keys: Sequence[bytes], times: int) -> tuple[float, float]:
    """One plain client, one GET after the other: the median and the p99 of what each took, in milliseconds."""
    requests = [command(b"GET", key) for key in keys]
    taken = []
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(times + times // 10):
            begun = time.perf_counter()
            sock.sendall(requests[number % len(requests)])
            reply = sock.recv(4096)
            taken.append((time.perf_counter() - begun) * 1000)
            if not reply.startswith(b"$"):
                raise Broken(f"port {port} answered {reply!r} to GET")
    taken = sorted(taken[times // 10 :])  # the first ones find connections still to be opened behind a proxy
    return taken[len(taken) // 2], taken[int(len(taken) * 0.99)]


@contextmanager
def connections(addresses: Sequence[tuple[str, int]]) -> Iterator[list[socket.socket]]:
    """A connection to each address, over which a PING has been answered; they are closed at the end."""
    socks: list[socket.socket] = []
    try:
        for address in addresses:
            sock = socket.create_connection(address, timeout=PATIENCE)
            socks.append(sock)
            sock.sendall(_PING)
        for sock in socks:
            if sock.recv(64) != _PONG:
                raise Broken(f"{sock.getpeername()} does not answer PING")
        yield socks
    finally:
        for sock in socks:
            sock.close()


def seconds_until_closed(socks: Sequence[socket.socket], cut: Callable[[], object]) -> float:
    """Calls ``cut`` and waits until the last of these connections has ended; counts from before the call."""
    selector = selectors.DefaultSelector()
    for one in socks:
        selector.register(one, selectors.EVENT_READ)
    left = len(socks)
    begun = time.perf_counter()
    cut()
    try:
        while left:
            ready = selector.select(PATIENCE)
            if not ready:
                raise Broken(f"{left} of {len(socks)} connections are still open")
            for key, _ in ready:
                sock = key.fileobj
                assert isinstance(sock, socket.socket)
                try:
                    ended = not sock.recv(64)
                except ConnectionResetError:
                    ended = True
                if ended:
                    selector.unregister(sock)
                    left -= 1
        return time.perf_counter() - begun
    finally:
        selector.close()
