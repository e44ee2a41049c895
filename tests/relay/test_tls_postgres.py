"""TLS inside PostgreSQL's protocol, for real servers and libpq."""

from __future__ import annotations

import importlib
import socket
import struct
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.engines.databases import SECRET, Lab, laboratory

if TYPE_CHECKING:
    from jackfield.relay.route import Route
    from tests.relay.conftest import Bench, Tlss, Tools

SSL_REQUEST = struct.pack("!II", 8, 80877103)
GSS_REQUEST = struct.pack("!II", 8, 80877104)


@pytest.fixture(scope="module")
def target() -> Iterator[str]:
    """A server's, in which the internal user ``jackfield`` may log in."""
    with laboratory("postgres") as lab:
        yield lab.engine.target(ready(lab))


def ready(lab: Lab) -> Any:
    return lab.start()


def connect(route: Route, **options: Any) -> Any:
    psycopg = importlib.import_module("psycopg")
    given = {"user": "jackfield", "password": SECRET, "dbname": "postgres", "connect_timeout": 20, **options}
    return psycopg.connect(host=route.address, port=route.port, autocommit=True, **given)


@pytest.mark.parametrize(
    ("options", "encrypted"),
    [
        ({"sslmode": "verify-full"}, True),
        ({"sslmode": "prefer"}, True),
        ({"sslmode": "prefer", "gssencmode": "prefer"}, True),
        ({"sslmode": "require", "sslnegotiation": "direct"}, True),
        ({"sslmode": "disable"}, False),
    ],
    ids=["verify-full", "prefer", "gssencmode", "direct", "disable"],
)
def test_every_mode_of_libpq_works(target: str, tlss: Tlss, options: dict[str, str], encrypted: bool) -> None:
    psycopg = importlib.import_module("psycopg")
    if "sslnegotiation" in options and psycopg.pq.version() < 170000:
        pytest.skip("this libpq does not know sslnegotiation")
    if options["sslmode"] == "verify-full":
        options = {**options, "sslrootcert": str(tlss.ca)}
    route = tlss.listen(target, "postgres")
    with connect(route, **options) as connection:
        assert bool(connection.pgconn.ssl_in_use) is encrypted
        [text] = connection.execute("SELECT repeat('x', 300000)").fetchone()
        assert text == "x" * 300_000
        [length] = connection.execute("SELECT length(%s::text)", ["y" * 3_000_000]).fetchone()
        assert length == 3_000_000
    assert tlss.reasons() == []


def test_a_certificate_for_another_name_is_refused_by_the_client(target: str, bench: Bench, tlss: Tlss) -> None:
    psycopg = importlib.import_module("psycopg")
    plain = bench.route(target)
    other = msgspec.structs.replace(plain, tls=tlss.tls("postgres", "127.1.2.3"))
    bench.client.replace("o", [other])
    with pytest.raises(psycopg.OperationalError, match="does not match"):
        connect(other, sslmode="verify-full", sslrootcert=str(tlss.ca))


def test_who_does_not_encrypt_is_told_so_where_tls_is_required(target: str, tlss: Tlss) -> None:
    psycopg = importlib.import_module("psycopg")
    route = tlss.listen(target, "postgres", required=True)
    with pytest.raises(psycopg.OperationalError, match="without encryption"):
        connect(route, sslmode="disable")
    assert tlss.reasons() == ["TLS is required"]
    with connect(route, sslmode="require") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_wrong_password_is_told_inside_tls(target: str, tlss: Tlss) -> None:
    psycopg = importlib.import_module("psycopg")
    route = tlss.listen(target, "postgres", required=True)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(route, password="wrong")


@pytest.mark.parametrize("way", ["cancel", "cancel_safe"])
def test_a_query_is_cancelled_also_by_who_cancels_in_plain(target: str, tlss: Tlss, way: str) -> None:
    route = tlss.listen(target, "postgres", required=True)
    with connect(route, sslmode="require") as connection:
        begun = time.monotonic()
        connection.pgconn.send_query(b"SELECT pg_sleep(60)")
        getattr(connection, way)()
        while connection.pgconn.is_busy():
            connection.pgconn.consume_input()
        assert b"canceling statement" in connection.pgconn.get_result().error_message
        assert connection.pgconn.get_result() is None
        assert time.monotonic() - begun < 20


def test_the_hello_may_follow_the_request_at_once_and_the_request_byte_by_byte(
    target: str, bench: Bench, tlss: Tlss, tools: Tools
) -> None:
    route = tlss.listen(target, "postgres")
    for together in (True, False):
        sock = bench.dial(route)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in GSS_REQUEST:
            sock.sendall(bytes([byte]))
        assert tools.receive(sock, 1) == b"N"
        hello = client_hello(tlss)
        if together:
            sock.sendall(SSL_REQUEST + hello)
            assert tools.receive(sock, 1) == b"S"
        else:
            sock.sendall(SSL_REQUEST)
            assert tools.receive(sock, 1) == b"S"
            sock.sendall(hello)
        assert tools.receive(sock, 3)[0] == 0x16


def client_hello(tlss: Tlss) -> bytes:
    ssl = importlib.import_module("ssl")
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = tlss.context().wrap_bio(incoming, outgoing, server_hostname="x")
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return bytes(outgoing.read())


def test_a_client_that_ends_in_its_first_packet_is_refused(target: str, bench: Bench, tlss: Tlss, tools: Tools) -> None:
    route = tlss.listen(target, "postgres")
    sock = bench.dial(route)
    sock.sendall(SSL_REQUEST[:5])
    sock.shutdown(socket.SHUT_WR)
    tools.until(lambda: tlss.reasons() == ["the client ended in the middle of its first packet"])
