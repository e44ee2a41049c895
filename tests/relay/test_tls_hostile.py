"""Clients that say anything: the relay stays, and gives nobody's descriptor away."""

from __future__ import annotations

import random
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from jackfield.relay.tls import session as tls_session

if TYPE_CHECKING:
    from tests.relay.conftest import Bench, Tlss, Tools

HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
GREETING = b"\x0a11.4\x00\x01\x00\x00\x00saltsalt\x00\xff\xf7" + bytes(30)


def greet(sock: socket.socket) -> None:
    sock.sendall(len(GREETING).to_bytes(3, "little") + b"\0" + GREETING)
    while sock.recv(65536):
        pass


FIRST = some.one_of(
    some.binary(max_size=100),
    some.binary(max_size=600).map(lambda rest: HELLO + rest),
    some.binary(max_size=600).map(lambda rest: SSL_REQUEST + HELLO + rest),
    some.binary(max_size=600).map(lambda rest: b"\x20\x00\x00\x01\x00\x0a\x00\x00" + bytes(28) + HELLO + rest),
)


@pytest.mark.parametrize("protocol", ["tls", "postgres", "mysql"])
def test_any_first_bytes_end_in_a_refusal_or_at_the_database(
    bench: Bench, tlss: Tlss, tools: Tools, protocol: Literal["tls", "postgres", "mysql"]
) -> None:
    route = tlss.listen(bench.serve(greet if protocol == "mysql" else tools.echo).target, protocol, required=True)
    descriptors = Path(f"/proc/{bench.relay.pid}/fd")

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(FIRST, some.integers(0, 40))
    def say(data: bytes, cut: int) -> None:
        with socket.create_connection((route.address, route.port), 20) as sock:
            try:
                sock.sendall(data[:cut])
                sock.sendall(data[cut:])
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(65536):
                    pass
            except (ConnectionResetError, BrokenPipeError, OSError):
                pass

    say()
    tools.until(lambda: not bench.client.connections())
    before = len(list(descriptors.iterdir()))
    say()
    tools.until(lambda: not bench.client.connections())
    tools.until(lambda: len(list(descriptors.iterdir())) <= before)
    assert "unexpected error" not in bench.relay.log.read_text()


def test_records_that_are_changed_on_their_way_end_the_connection(bench: Bench, tlss: Tlss, tools: Tools) -> None:
    route = tlss.listen(bench.serve().target)
    sock = tlss.dial(route)
    sock.sendall(b"hello")
    assert tools.receive(sock, 5) == b"hello"
    socket.socket.send(sock, b"\x17\x03\x03\x00\x40" + random.Random(1).randbytes(64))
    with pytest.raises(ConnectionResetError):
        socket.socket.recv(sock, 1)
    tools.until(lambda: not bench.client.connections())


def test_who_begins_and_says_no_more_is_refused_in_time(bench: Bench, tlss: Tlss, tools: Tools) -> None:
    assert tls_session.HANDSHAKE_SECONDS == 10.0
    route = tlss.listen(bench.serve().target)
    begun, silent = bench.dial(route), bench.dial(route)
    begun.sendall(HELLO)
    tools.until(lambda: tlss.reasons() == ["no TLS handshake within 10 s"])
    silent.sendall(b"plain")  # said nothing for longer than that, and may
    assert tools.receive(silent, 5) == b"plain"
