"""Connections that the relay logs in before their client has them, and connections that it cuts when it is told."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from jackfield.relay.route import Route

if TYPE_CHECKING:
    from tests.relay.conftest import Bench, Tools

PASSWORD = b"p4ss word"
QUESTION = b"*3\r\n$4\r\nAUTH\r\n$7\r\ndefault\r\n$9\r\np4ss word\r\n"


class Guard:
    """A server that wants exactly the login first, answers in two pieces, and then echoes."""

    def __init__(self, *, answer: bytes = b"+OK\r\n", waits: threading.Event | None = None) -> None:
        self.answer = answer
        self.waits = waits
        self.heard: list[bytes] = []

    def __call__(self, sock: socket.socket) -> None:
        heard = b""
        while len(heard) < len(QUESTION) and (more := sock.recv(len(QUESTION) - len(heard))):
            heard += more
        self.heard.append(heard)
        if self.waits is not None:
            self.waits.wait(10)
        sock.sendall(self.answer[:2])
        sock.sendall(self.answer[2:])
        while data := sock.recv(4096):
            sock.sendall(data)


def listen(bench: Bench, target: str, login: Path) -> Route:
    route = bench.listen(target)
    backends = tuple(msgspec.structs.replace(each, login=str(login)) for each in route.backends)
    route = msgspec.structs.replace(route, backends=backends)
    assert not bench.client.replace("o", [route]).bound[0].error
    return route


@pytest.fixture
def login(tmp_path: Path) -> Path:
    path = tmp_path / "login"
    path.write_bytes(PASSWORD)
    return path


@pytest.mark.parametrize("tcp", [False, True], ids=["unix", "tcp"])
def test_the_client_hears_nothing_of_the_login(bench: Bench, tools: Tools, login: Path, tcp: bool) -> None:
    """What it sends before the server has answered comes afterwards, whole."""
    answer = threading.Event()
    guard = Guard(waits=answer)
    route = listen(bench, bench.serve(guard, tcp=tcp).target, login)
    sock = bench.dial(route)
    sock.sendall(b"PING\r\n")
    answer.set()
    assert tools.receive(sock, 6) == b"PING\r\n"
    assert guard.heard == [QUESTION]


@pytest.mark.parametrize("answer", [b"-WRONGPASS no\r\n", b"+O!\r\n..", b"+OK\n\n"])
def test_a_login_that_fails_resets_the_client(bench: Bench, tools: Tools, login: Path, answer: bytes) -> None:
    route = listen(bench, bench.serve(Guard(answer=answer)).target, login)
    with socket.socket() as sock:
        assert tools.dials_reset(sock, route)
    assert "EACCES" in bench.client.refusals()[-1].reason


def test_a_login_file_that_is_gone(bench: Bench, tools: Tools, login: Path) -> None:
    route = listen(bench, bench.serve(Guard()).target, login)
    login.unlink()
    with socket.socket() as sock:
        assert tools.dials_reset(sock, route)
    assert "EACCES" in bench.client.refusals()[-1].reason


def test_a_client_that_leaves_during_the_login(bench: Bench, tools: Tools, login: Path) -> None:
    """Nothing of it is left."""
    answer = threading.Event()
    guard = Guard(waits=answer)
    route = listen(bench, bench.serve(guard).target, login)
    bench.dial(route).close()
    tools.until(lambda: bench.client.counts() == {"o": 1} or bool(guard.heard))
    answer.set()
    tools.until(lambda: bench.client.counts() == {"o": 0})


def test_connections_are_cut_and_the_address_stays(bench: Bench, tools: Tools) -> None:
    route = bench.listen(bench.serve().target)
    socks = [bench.dial(route) for _ in range(5)]
    for sock in socks:
        sock.sendall(b"x")
        assert tools.receive(sock, 1) == b"x"
    assert bench.client.cut("o") == 5
    assert all(tools.is_reset(sock) for sock in socks)
    again = bench.dial(route)
    again.sendall(b"y")
    assert tools.receive(again, 1) == b"y"
    assert bench.client.cut("nobody") == 0
