"""What a client and a database see of the copying between them."""

from __future__ import annotations

import hashlib
import os
import random
import resource
import signal
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.relay.conftest import Bench, Tools

MEGABYTE = 1 << 20


@pytest.mark.parametrize("tcp", [False, True], ids=["unix", "tcp"])
def test_bytes_of_any_size_arrive_intact_in_both_directions(bench: Bench, tools: Tools, tcp: bool) -> None:
    route = bench.listen(bench.serve(tcp=tcp).target)
    dice = random.Random(7)
    pieces = [dice.randbytes(dice.choice([1, 2, 100, 4096, 65536, 131072, 300_000])) for _ in range(120)]
    sent = b"".join(pieces)
    sock = bench.dial(route)

    def send() -> None:
        for piece in pieces:
            sock.sendall(piece)

    sender = threading.Thread(target=send)
    sender.start()
    received = tools.receive(sock, len(sent))
    sender.join()
    assert hashlib.sha256(received).digest() == hashlib.sha256(sent).digest()
    [connection] = bench.client.connections()
    assert (connection.received, connection.sent) == (len(sent), len(sent))
    assert connection.client == "{}:{}".format(*sock.getsockname())
    assert (connection.route, connection.owner) == (route.key, "o")
    assert connection.backend == route.backends[0].target


class Flood:
    """Sends random bytes until all are gone, and tells when the other side stopped taking them."""

    def __init__(self, size: int) -> None:
        self.data = os.urandom(size)
        self.sent = 0
        self.stalled = threading.Event()
        self.done = threading.Event()

    def send(self, sock: socket.socket) -> None:
        sock.settimeout(0.3)
        view = memoryview(self.data)
        while self.sent < len(view):
            try:
                self.sent += sock.send(view[self.sent : self.sent + 65536])
            except TimeoutError:
                self.stalled.set()
        sock.shutdown(socket.SHUT_WR)
        self.done.set()


def resident(pid: int) -> int:
    """Bytes of memory a process holds for itself."""
    pages = Path(f"/proc/{pid}/statm").read_text().split()
    return (int(pages[1]) - int(pages[2])) * resource.getpagesize()


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is read from /proc")
def test_a_client_that_does_not_read_stops_the_database_and_costs_one_buffer(bench: Bench, tools: Tools) -> None:
    flood = Flood(32 * MEGABYTE)
    route = bench.listen(bench.serve(flood.send).target)
    before = resident(bench.relay.pid)
    sock = bench.dial(route)
    assert flood.stalled.wait(20)
    assert flood.sent < len(flood.data)
    assert resident(bench.relay.pid) - before < MEGABYTE
    assert tools.receive(sock, len(flood.data) + 1) == flood.data


def test_a_database_that_does_not_read_stops_the_client(bench: Bench) -> None:
    flood = Flood(32 * MEGABYTE)
    go = threading.Event()
    received = bytearray()

    def slow(sock: socket.socket) -> None:
        go.wait()
        while data := sock.recv(65536):
            received.extend(data)
        sock.sendall(b"thanks")

    route = bench.listen(bench.serve(slow, tcp=True).target)
    sock = bench.dial(route)
    sender = threading.Thread(target=flood.send, args=(sock,))
    sender.start()
    try:
        assert flood.stalled.wait(20)
        assert flood.sent < len(flood.data)
    finally:
        go.set()
        sender.join()
    sock.settimeout(20)
    assert sock.recv(100) == b"thanks"
    assert sock.recv(100) == b""
    assert received == flood.data


@pytest.mark.parametrize("tcp", [False, True], ids=["unix", "tcp"])
def test_a_client_that_has_said_everything_still_gets_its_answer(bench: Bench, tcp: bool) -> None:
    def digest(sock: socket.socket) -> None:
        whole = hashlib.sha256()
        while data := sock.recv(65536):
            whole.update(data)
        sock.sendall(whole.digest())

    route = bench.listen(bench.serve(digest, tcp=tcp).target)
    question = os.urandom(3 * MEGABYTE)
    sock = bench.dial(route)
    sock.sendall(question)
    sock.shutdown(socket.SHUT_WR)
    assert sock.recv(100) == hashlib.sha256(question).digest()
    assert sock.recv(100) == b""


@pytest.mark.parametrize("tcp", [False, True], ids=["unix", "tcp"])
def test_a_database_that_has_said_everything_still_reads(bench: Bench, tools: Tools, tcp: bool) -> None:
    heard: list[bytes] = []

    def greet(sock: socket.socket) -> None:
        sock.sendall(b"hello")
        sock.shutdown(socket.SHUT_WR)
        heard.append(tools.receive(sock, 1 << 30))

    route = bench.listen(bench.serve(greet, tcp=tcp).target)
    sock = bench.dial(route)
    assert tools.receive(sock, 100) == b"hello"  # up to the end
    sock.sendall(b"good" * 100_000)
    sock.shutdown(socket.SHUT_WR)
    tools.until(lambda: heard == [b"good" * 100_000])
    tools.until(lambda: bench.client.counts() == {"o": 0})


@pytest.mark.parametrize("tcp", [False, True], ids=["unix", "tcp"])
def test_the_last_words_of_a_database_reach_a_client_that_was_still_talking(bench: Bench, tcp: bool) -> None:
    gone = threading.Event()

    def farewell(sock: socket.socket) -> None:
        assert sock.recv(4) == b"quit"
        sock.sendall(b"bye")
        sock.shutdown(socket.SHUT_WR)
        gone.set()
        while sock.recv(65536):
            pass

    route = bench.listen(bench.serve(farewell, tcp=tcp).target)
    sock = bench.dial(route)
    sock.sendall(b"quit")
    assert gone.wait(20)
    sock.sendall(b"one more thing")
    assert sock.recv(100) == b"bye"
    assert sock.recv(100) == b""


def test_the_last_words_of_a_database_that_closed_reach_a_client_that_was_still_talking(
    bench: Bench, tools: Tools
) -> None:
    words = os.urandom(150_000)  # more than is read at a time
    go, gone = threading.Event(), threading.Event()

    def farewell(sock: socket.socket) -> None:
        go.wait()
        sock.sendall(words)
        sock.close()
        gone.set()

    route = bench.listen(bench.serve(farewell).target)
    sock = bench.dial(route)
    tools.until(lambda: bench.client.counts() == {"o": 1})
    os.kill(bench.relay.pid, signal.SIGSTOP)  # so that the relay finds the end and the client's bytes together
    try:
        go.set()
        assert gone.wait(20)
        sock.sendall(b"one more thing")
    finally:
        os.kill(bench.relay.pid, signal.SIGCONT)
    assert tools.receive(sock, len(words)) == words
    assert not tools.is_reset(sock)
    tools.until(lambda: bench.client.counts() == {"o": 0})


@pytest.mark.parametrize("kind", ["unix", "tcp"])
def test_a_database_that_is_down_resets_the_client(bench: Bench, tools: Tools, kind: str) -> None:
    if kind == "unix":
        target = f"unix:{bench.relay.data}/nobody"
        code = "ENOENT"
    else:
        with socket.create_server(("127.0.0.1", 0)) as gone:
            target = f"tcp:127.0.0.1:{gone.getsockname()[1]}"
        code = "ECONNREFUSED"
    route = bench.listen(target)
    name = bench.turned_away(route)
    tools.until(lambda: bench.client.counts() == {"o": 0})
    [refusal] = bench.client.refusals()
    assert refusal.reason == f"database {target}: {code}"
    assert (refusal.route, refusal.client) == (route.key, name)


def test_a_database_that_resets_is_passed_on_as_a_reset(bench: Bench, tools: Tools) -> None:
    def slam(sock: socket.socket) -> None:
        sock.recv(10)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    route = bench.listen(bench.serve(slam, tcp=True).target)
    sock = bench.dial(route)
    sock.sendall(b"x")
    assert tools.is_reset(sock)


def test_a_client_that_resets_frees_its_database_connection(bench: Bench, tools: Tools) -> None:
    ended = threading.Event()

    def watch(sock: socket.socket) -> None:
        try:
            tools.echo(sock)
        finally:
            ended.set()

    route = bench.listen(bench.serve(watch, tcp=True).target)
    sock = bench.dial(route)
    sock.sendall(b"x")
    assert sock.recv(1) == b"x"
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    sock.close()
    assert ended.wait(20)
    tools.until(lambda: bench.client.counts() == {"o": 0})


def test_a_full_queue_of_a_unix_socket_is_waited_for(bench: Bench, tools: Tools, folder: Path) -> None:
    path = folder / "full"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(path))
        server.listen(0)  # room for one
        route = bench.listen(f"unix:{path}")
        socks = [bench.dial(route) for _ in range(5)]
        tools.until(lambda: bench.client.counts() == {"o": 5})
        for _ in socks:
            accepted, _ = server.accept()
            with accepted:
                accepted.sendall(b"welcome")
        assert [tools.receive(sock, 100) for sock in socks] == [b"welcome"] * 5


def test_while_held_nothing_new_reaches_the_database(bench: Bench, tools: Tools) -> None:
    server = bench.serve()
    route = bench.listen(server.target)
    old = bench.dial(route)
    old.sendall(b"before")
    assert tools.receive(old, 6) == b"before"
    assert bench.client.hold("o") is True
    old.sendall(b"during")
    new = bench.dial(route)
    new.sendall(b"first")
    tools.until(lambda: bench.client.counts() == {"o": 2})
    assert {connection.received for connection in bench.client.connections()} == {6, 0}
    assert server.accepted == 1
    assert bench.client.resume("o") is True
    assert tools.receive(old, 6) == b"during"
    assert tools.receive(new, 5) == b"first"
    assert bench.client.resume("o") is False


def test_a_forgotten_hold_ends_by_itself(bench: Bench, tools: Tools) -> None:
    route = bench.listen(bench.serve().target)
    sock = bench.dial(route)
    assert bench.client.hold("o", seconds=0.05) is True
    sock.sendall(b"x")
    assert tools.receive(sock, 1) == b"x"


def test_a_thousand_idle_connections_are_cheap_and_alive(bench: Bench, tools: Tools, redis_socket: str) -> None:
    route = bench.listen(f"unix:{redis_socket}")
    warm = [bench.dial(route) for _ in range(100)]
    tools.until(lambda: bench.client.counts() == {"o": 100})
    before = resident(bench.relay.pid) if os.path.exists("/proc/self/statm") else 0
    socks = warm + [bench.dial(route) for _ in range(1000)]
    tools.until(lambda: bench.client.counts() == {"o": 1100})
    if before:
        assert resident(bench.relay.pid) - before <= 1000 * 1024
    for sock in socks:
        sock.sendall(b"PING\r\n")
    assert {tools.receive(sock, 7) for sock in socks} == {b"+PONG\r\n"}
