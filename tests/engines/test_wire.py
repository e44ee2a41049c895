from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jackfield.engines.engine import Engine
from jackfield.engines.external import ExternalEngine, ExternalNode
from jackfield.engines.mysql import MySqlEngine, MySqlNode
from jackfield.engines.postgres import PostgresEngine, PostgresNode
from jackfield.engines.seekdb import SeekDbEngine, SeekDbNode
from jackfield.engines.wire import mysql, postgres
from jackfield.engines.wire.errors import ServerError, Unreachable
from jackfield.engines.wire.scram import Exchange, verifier
from jackfield.engines.wire.stream import Stream
from tests.engines.databases import laboratory

# Checked by mypy: all fit what the reconcilers need.
ENGINES: tuple[Engine[PostgresNode], Engine[MySqlNode], Engine[SeekDbNode], Engine[ExternalNode]] = (
    PostgresEngine(),
    MySqlEngine(),
    SeekDbEngine(),
    ExternalEngine(),
)

Open = Callable[[Path], postgres.Client | mysql.Client]
CLIENTS: dict[str, Open] = {
    "postgres": lambda path: postgres.Client(path, "u", "p", timeout=0.1),
    "mysql": lambda path: mysql.Client(path, "u", "p", timeout=0.1),
}


@contextlib.contextmanager
def saying(path: Path, words: bytes, then_silent: bool) -> Iterator[None]:
    """Says that to one client, and then nothing or that it is gone."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        over = threading.Event()

        def serve() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.sendall(words)
                if then_silent:
                    over.wait()

        thread = threading.Thread(target=serve)
        thread.start()
        yield
        over.set()
        thread.join()


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize(("words", "why"), [(b"", "closed|reset|Broken"), (b"R\0\0\0", "closed|reset|Broken")])
def test_a_connection_that_ends_is_noticed(kind: str, words: bytes, why: str, tmp_path: Path) -> None:
    with saying(tmp_path / "s", words, False), pytest.raises(Unreachable, match=why):
        CLIENTS[kind](tmp_path / "s")


@pytest.mark.parametrize("kind", CLIENTS)
def test_a_silent_server_is_told_from_a_missing_one(kind: str, tmp_path: Path) -> None:
    with saying(tmp_path / "s", b"", True), pytest.raises(Unreachable, match="timed out"):
        CLIENTS[kind](tmp_path / "s")
    with pytest.raises(Unreachable, match="No such file"):
        CLIENTS[kind](tmp_path / "none")


def test_no_password_is_given_to_who_asks_for_it_in_clear(tmp_path: Path) -> None:
    with saying(tmp_path / "s", b"R\0\0\0\x08\0\0\0\x03", True), pytest.raises(Unreachable, match="give it away"):
        postgres.Client(tmp_path / "s", "u", "p")


def test_a_server_that_does_not_know_the_password_is_no_server() -> None:
    exchange = Exchange("pw")
    nonce = exchange.first.decode().partition("r=")[2]
    exchange.final(f"r={nonce}more,s=c2FsdHNhbHQ=,i=4096".encode())
    with pytest.raises(ValueError, match="does not know"):
        exchange.verify(b"v=" + b"A" * 44)
    with pytest.raises(ValueError, match="not for us"):
        exchange.final(b"r=another,s=c2FsdHNhbHQ=,i=4096")


def test_stored_forms_hold_no_password_and_are_salted_where_the_server_can() -> None:
    assert verifier("pencil") != verifier("pencil")
    assert "pencil" not in verifier("pencil")
    # The published value of PASSWORD('password').
    assert mysql.native_hash("password") == "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19"


@pytest.mark.parametrize("kind", ["postgres", "mysql", "seekdb"])
def test_answers_of_every_size_and_errors(kind: str) -> None:
    with laboratory(kind) as lab:
        node = lab.start()
        with socket.socket(socket.AF_UNIX) as connected:
            connected.connect(str(node.socket))
            stream = Stream.over(connected)
            client: postgres.Client | mysql.Client
            client = (postgres if lab.family == "postgres" else mysql).Client(stream, "jackfield", node.password)
            with client:
                assert client.query("SELECT 'é', NULL, '', 7") == [("é", None, "", "7")]
                for size in (250, 251, 70_000):
                    assert client.query(f"SELECT repeat('x', {size})") == [("x" * size,)]
                with pytest.raises(ServerError, match="nosuch"):
                    client.query("SELECT * FROM information_schema.nosuch")
                assert client.query("SELECT 1 WHERE 1 = 0") == []
                assert client.query("SELECT 1 UNION ALL SELECT 2 ORDER BY 1") == [("1",), ("2",)]
