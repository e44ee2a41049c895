from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jackfield.engines.engine import EngineFailed
from jackfield.engines.external import ExternalEngine, ExternalNode, Protocol
from tests.engines.databases import laboratory

engine = ExternalEngine()


def at(port: int, protocol: Protocol, host: str = "127.0.0.1") -> ExternalNode:
    return ExternalNode(id="rm-1", host=host, port=port, protocol=protocol)


@contextlib.contextmanager
def saying(words: bytes) -> Iterator[int]:
    """The port of something that says that to everybody, and waits for them to go."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                with peer, contextlib.suppress(OSError):
                    peer.sendall(words)
                    while peer.recv(1000):
                        pass

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize(
    ("kind", "protocol", "version"),
    [("postgres", "postgres", ""), ("mysql", "mysql", "MariaDB"), ("seekdb", "mysql", ".")],
)
def test_a_database_that_runs_is_seen_and_left_alone(kind: str, protocol: Any, version: str) -> None:
    with laboratory(kind) as lab:
        node = lab.start()
        client = lab.internal(node)
        found = at(lab.port(node), protocol)
        assert engine.start(found).pid == 0
        health = engine.health(found)
        assert (health.running, health.answers, health.pid) == (True, True, 0)
        assert version in health.version
        assert engine.target(found) == f"tcp:127.0.0.1:{found.port}"
        engine.stop(found)
        engine.destroy(found)
        with pytest.raises(EngineFailed, match="not run by Jackfield"):
            engine.restart(found)
        assert client.alive
        lab.engine.stop(node)
        assert not engine.ready(found)


@pytest.mark.parametrize(
    ("protocol", "words", "answers"),
    [
        ("redis", b"+PONG\r\n-NOPERM this user has no permissions\r\n", True),
        ("redis", b"+PONG\r\n$41\r\nredis_version:7.0.15\r\nredis_mode:cluster\r\n\r\n", False),
        ("redis", b"-DENIED Redis is running in protected mode\r\n", False),
        ("redis", b"-NOAUTH Authentication required.\r\n", True),
        ("redis", b"-LOADING Redis is loading the dataset in memory\r\n", False),
        ("redis", b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
        ("postgres", b"S", True),
        ("postgres", b"N", True),
        ("postgres", b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
        ("mysql", b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
        ("mysql", b"\x17\0\0\0\xff\x10\x04Too many connections", False),
        ("mysql", b"\x05\0\0\0\x0a5.7\0", False),
    ],
)
def test_greetings(protocol: Any, words: bytes, answers: bool) -> None:
    with saying(words) as port:
        health = engine.health(at(port, protocol))
        assert (health.running, health.answers, bool(health.reason)) == (True, answers, not answers)
        if not answers:
            with pytest.raises(EngineFailed, match=r"127\.0\.0\.1"):
                engine.start(at(port, protocol))


def test_where_nobody_listens_nothing_runs() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        node = at(unheard.getsockname()[1], "mysql")
        health = engine.health(node)
        assert (health.running, health.answers) == (False, False)
        assert "refused" in health.reason
        with pytest.raises(EngineFailed, match="refused"):
            engine.start(node)


def test_one_that_is_silent_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jackfield.engines.external.engine.TIMEOUT", 0.05)
    with saying(b"") as port:
        health = engine.health(at(port, "mysql"))
    assert (health.running, health.answers) == (True, False)
    assert "timed out" in health.reason


def test_targets_are_addresses() -> None:
    assert engine.target(at(3306, "mysql", "localhost")) in ("tcp:127.0.0.1:3306", "tcp:[::1]:3306")
    assert engine.target(at(3306, "mysql", "::1")) == "tcp:[::1]:3306"
    with pytest.raises(EngineFailed, match="has no address"):
        engine.target(at(3306, "mysql", "no-such-host.invalid"))


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """The host db.example has these addresses, in this order; none: the name server is away."""
    system = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **more: Any) -> list[Any]:
        if host != "db.example":
            return system(host, port, *args, **more)
        if not addresses:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr("jackfield.engines.external.engine.socket.getaddrinfo", getaddrinfo)


def test_the_address_that_answers_is_found_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the order of a name's addresses is now; where none answers, it is told of the one that did."""
    with saying(b"-NOAUTH Authentication required.\r\n") as port:
        node = at(port, "redis", "db.example")
        here, nowhere = f"tcp:127.0.0.1:{port}", f"tcp:127.0.0.3:{port}"
        resolving(monkeypatch, "127.0.0.3", "127.0.0.1")
        assert engine.targets(node) == [nowhere, here]
        assert engine.find(node).target == here
        assert engine.find(node, known=nowhere).target == here
        resolving(monkeypatch)
        found = engine.find(node, known=here)
        assert (found.target, found.health.answers) == (here, True)
        assert engine.find(node).health.reason.startswith("db.example has no address")
        resolving(monkeypatch, "127.0.0.3")
        found = engine.find(node, known=here)
        assert (found.target, found.health.answers) == (nowhere, False)
    resolving(monkeypatch, "127.0.0.3", "127.0.0.1")
    assert engine.find(node, known=here).target == here


def test_addresses_where_it_may_not_be(monkeypatch: pytest.MonkeyPatch) -> None:
    with saying(b"-NOAUTH Authentication required.\r\n") as port:
        node = at(port, "redis", "db.example")
        own = ipaddress.IPv4Network("127.0.0.0/24")
        for address in ("127.0.0.1", "::ffff:127.0.0.1"):
            resolving(monkeypatch, address)
            health = engine.find(node, avoid=(own,), shun="it is ours").health
            assert (health.running, health.answers, health.reason) == (False, False, "it is ours")


def test_unix_sockets(tmp_path: Path) -> None:
    node = ExternalNode(id="rm-1", protocol="redis", socket=tmp_path / "db.sock")
    assert engine.targets(node) == [f"unix:{tmp_path}/db.sock"]
    assert not engine.health(node).running
    with pytest.raises(ValueError, match="Unix socket alone"):
        engine.start(ExternalNode(id="rm-1", protocol="redis", socket=tmp_path / "db.sock", port=6379))


def test_descriptions_that_can_not_be_are_refused() -> None:
    for node in (at(0, "mysql"), at(65536, "mysql"), at(3306, "mysql", "")):
        with pytest.raises(ValueError, match="is not a host and a port"):
            engine.start(node)


def test_its_users_are_its_owners() -> None:
    engine.set_users(at(3306, "mysql"))
    node = ExternalNode(id="rm-1", host="127.0.0.1", port=3306, protocol="mysql", users={"alice": "x"})
    with pytest.raises(EngineFailed, match="not managed"):
        engine.set_users(node)
