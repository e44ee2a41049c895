"""The server over real sockets: what clients may do to it, and what they may not."""

from __future__ import annotations

import json
import socket
from datetime import UTC
from email.utils import parsedate_to_datetime

import pytest

from jackfield.gateway.connection import Limits
from jackfield.gateway.rpc import LARGEST_BODY
from tests.gateway.support import Http, World, dialled, read_answer, receive, until_closed

WHO = "WhoAmI"


def ask(world: World) -> bytes:
    return world.signer.acs3(WHO, method="GET").raw()


def test_connection_is_kept_for_the_next_request(world: World, port: int) -> None:
    with dialled(port) as connection:
        for _ in range(3):
            connection.sendall(ask(world))
            [(status, headers, _)] = receive(connection)
            assert status == 200
            assert "connection" not in headers
            assert headers["server"] == "Jackfield"
            assert "date" in headers


def test_http_1_0_closes(world: World, port: int) -> None:
    with dialled(port) as connection:
        connection.sendall(ask(world).replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert b"200 OK" in until_closed(connection)


def test_pipelined_requests_are_answered_in_order(world: World, port: int) -> None:
    texts = [f"number {number}" for number in range(25)]
    with dialled(port) as connection:
        connection.sendall(b"".join(world.signer.acs3("Echo", {"Text": text}).raw() for text in texts))
        answers = receive(connection, len(texts))
    assert [json.loads(body)["Text"] for _, _, body in answers] == texts


def test_whole_requests_before_nonsense_are_answered(world: World, port: int) -> None:
    with dialled(port) as connection:
        connection.sendall(ask(world) + ask(world) + b"NONSENSE\r\n\r\n")
        received = until_closed(connection)
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert b"connection: close" in received


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", b"CONNECT a:1 HTTP/1.1\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nname\x00: value\r\n\r\n",
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_closed(port: int, nonsense: bytes) -> None:
    with dialled(port) as connection:
        connection.sendall(nonsense)
        received = until_closed(connection)
    assert received.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"Traceback" not in received
    assert b"uvicorn" not in received.lower()


def test_expect_100_continue(world: World, port: int) -> None:
    wire = world.signer.acs3("Echo", form={"Text": "a" * 5000})
    head, _, body = wire.raw().partition(b"\r\n\r\n")
    with dialled(port) as connection:
        connection.sendall(head + b"\r\nexpect: 100-continue\r\n\r\n")
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        [(status, _, answer)] = receive(connection)
    assert status == 200
    assert json.loads(answer)["Text"] == "a" * 5000


def test_expect_100_continue_of_too_large_a_body_is_refused_at_once(port: int) -> None:
    length = str(LARGEST_BODY + 1).encode()
    with dialled(port) as connection:
        connection.sendall(b"POST /?Format=JSON HTTP/1.1\r\nhost: a\r\ncontent-length: " + length)
        connection.sendall(b"\r\nexpect: 100-continue\r\n\r\n")
        received = until_closed(connection)
    assert received.startswith(b"HTTP/1.1 413 ")
    assert b'"Code":"JackfieldRequestTooLarge"' in received


@pytest.mark.parametrize("size", [1, 1000, LARGEST_BODY - 5])
def test_chunked_body(world: World, port: int, size: int) -> None:
    wire = world.signer.acs3("Echo", body=b"Text=" + b"x" * size)
    with Http(port) as connection:
        connection.request(
            wire.method, wire.target, iter([wire.body[:3], wire.body[3:]]), dict(wire.headers), encode_chunked=True
        )
        answer = read_answer(connection)
    assert answer.status == 200
    assert len(answer.json["Text"]) == size


def test_chunked_body_that_never_ends_is_refused(port: int) -> None:
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    with dialled(port) as connection:
        connection.sendall(b"POST /?Format=JSON HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n")
        for _ in range(LARGEST_BODY // 65536 + 1):
            connection.sendall(chunk)
        [(status, headers, body)] = receive(connection)
    assert status == 413
    assert headers["connection"] == "close"
    assert json.loads(body)["Code"] == "JackfieldRequestTooLarge"


def test_announced_body_that_is_too_large_is_not_read(port: int) -> None:
    with dialled(port) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999\r\n\r\n")
        received = until_closed(connection)
    assert received.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(("where", "expected"), [("head", 200), ("trailer", 400)])
def test_trailers_do_not_pass_for_headers(world: World, port: int, where: str, expected: int) -> None:
    wire = world.signer.acs3("Echo", body=b"Text=a")
    head = [f"{name}: {value}" for name, value in wire.headers]
    trailer = [head.pop()] if where == "trailer" else []
    lines = ["POST / HTTP/1.1", *head, "transfer-encoding: chunked", "", "6", "Text=a", "0", *trailer, "", ""]
    with dialled(port) as connection:
        connection.sendall("\r\n".join(lines).encode())
        [(status, _, _)] = receive(connection)
    assert status == expected


def test_many_headers_are_refused(port: int) -> None:
    few = "".join(f"x-{number}: a\r\n" for number in range(199))
    with dialled(port) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nhost: a\r\n{few}\r\n".encode())
        [(status, _, _)] = receive(connection)
        assert status == 400  # not signed, but read
        connection.sendall(f"GET / HTTP/1.1\r\nhost: a\r\n{few}one: more\r\n\r\n".encode())
        assert until_closed(connection).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("where", ["target", "header", "name"])
def test_large_head_is_refused_whole_or_not(port: int, where: str) -> None:
    filler = b"a" * 70_000
    start = {
        "target": b"GET /?" + filler,
        "header": b"GET / HTTP/1.1\r\na: " + filler,
        "name": b"GET / HTTP/1.1\r\n" + filler,
    }
    with dialled(port) as connection:
        connection.sendall(start[where] + (b" HTTP/1.1" if where == "target" else b": b" if where == "name" else b""))
        connection.sendall(b"\r\n\r\n")
        assert until_closed(connection).startswith(b"HTTP/1.1 431 ")
    with dialled(port) as connection:
        connection.sendall(start[where][:2000])
        answer = b""
        try:
            for _ in range(10_000):  # a line that never ends
                connection.sendall(b"a" * 1000)
            answer = until_closed(connection)
        except (BrokenPipeError, ConnectionResetError):
            answer = b"cut"
        assert answer == b"cut" or answer.startswith(b"HTTP/1.1 431 ")


def test_head_of_almost_the_limit_is_read(world: World, port: int) -> None:
    wire = world.signer.acs3("Echo", {"Text": "b" * 60_000}, method="GET")
    answer = wire.send(port)
    assert answer.status == 200
    assert len(answer.json["Text"]) == 60_000


def test_request_in_single_bytes(world: World, port: int) -> None:
    with dialled(port) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in ask(world):
            connection.sendall(bytes([at]))
        [(status, _, _)] = receive(connection)
    assert status == 200


def test_half_sent_requests_are_closed(world: World) -> None:
    parts = (b"G", b"GET / HT", b"GET / HTTP/1.1\r\nhost: a\r\n", b"POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\nab")
    with world.served(Limits(request=0.3, idle=60)) as port:
        for part in parts:
            with dialled(port) as connection:
                connection.sendall(part)
                assert until_closed(connection).startswith(b"HTTP/1.1 408 ")


def test_slow_bytes_do_not_prolong_a_request(world: World) -> None:
    with world.served(Limits(request=0.5, idle=60)) as port, dialled(port) as connection:
        connection.settimeout(0.05)
        received = b""
        connection.sendall(b"GET /?a=")
        for _ in range(200):  # ten seconds, if nobody closed
            try:
                connection.sendall(b"a")
                received = connection.recv(100)
            except TimeoutError:
                continue
            except (BrokenPipeError, ConnectionResetError):
                break
            if received:
                break
        else:
            pytest.fail("a byte at a time kept the connection open")
        assert received.startswith(b"HTTP/1.1 408 ")


def test_complete_request_ends_the_limit_of_its_time(world: World) -> None:
    with world.served(Limits(request=0.3, idle=60)) as port, dialled(port) as connection:
        request = ask(world)
        connection.sendall(request[:50])
        connection.sendall(request[50:])
        assert receive(connection)[0][0] == 200
        connection.settimeout(1)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(10)
        connection.sendall(ask(world))
        assert receive(connection)[0][0] == 200


def test_idle_connections_are_closed(world: World) -> None:
    with (
        world.served(Limits(idle=0.3)) as port,
        dialled(port) as silent,
        dialled(port) as served,
        dialled(port) as blank,
    ):
        served.sendall(ask(world))
        blank.sendall(b"\r\n")
        assert receive(served)[0][0] == 200
        for connection in (silent, served, blank):
            assert until_closed(connection) == b""


def test_newcomers_push_out_the_longest_idle(world: World) -> None:
    with (
        world.served(Limits(connections=3)) as port,
        dialled(port) as first,
        dialled(port) as second,
        dialled(port) as third,
    ):
        for connection in (second, third, first, second):
            connection.sendall(ask(world))
            assert receive(connection)[0][0] == 200
        with dialled(port) as fourth:
            fourth.sendall(ask(world))
            assert receive(fourth)[0][0] == 200
            assert until_closed(third) == b""
            for connection in (first, second):
                connection.sendall(ask(world))
                assert receive(connection)[0][0] == 200


def test_half_sent_requests_make_room_too(world: World) -> None:
    with world.served(Limits(connections=2)) as port, dialled(port) as first, dialled(port) as second:
        first.sendall(b"GET / HTTP/1.1\r\n")
        second.sendall(b"GET / HTTP/1.1\r\n")
        with dialled(port) as third:
            third.sendall(ask(world))
            assert receive(third)[0][0] == 200
            assert until_closed(first) == b""


def test_500_idle_connections_hinder_nobody(world: World) -> None:
    with world.served() as port:
        idle = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(500)]
        try:
            assert world.signer.acs3(WHO).send(port).status == 200
            idle[250].sendall(ask(world))
            assert receive(idle[250])[0][0] == 200
        finally:
            for connection in idle:
                connection.close()
        assert world.signer.acs3(WHO).send(port).status == 200


def test_client_that_leaves_in_the_middle_of_its_body(world: World, port: int) -> None:
    with dialled(port) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nabc")
    assert world.signer.acs3(WHO).send(port).status == 200


def test_upgrades_are_not_made(world: World, port: int) -> None:
    wire = world.signer.acs3(WHO, method="GET")
    wire.headers += [("connection", "Upgrade"), ("upgrade", "websocket"), ("sec-websocket-version", "13")]
    assert wire.send(port).status == 200


def test_stop_lets_the_port_go(world: World) -> None:
    with world.served() as port, dialled(port) as idle:
        address = ("127.0.0.1", port)
        idle.sendall(ask(world))
        assert receive(idle)[0][0] == 200
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=5)


def test_first_answer_has_the_standard_headers(world: World) -> None:
    with world.served() as port:
        headers = world.signer.acs3(WHO).send(port).headers
    assert headers["server"] == "Jackfield"
    assert parsedate_to_datetime(headers["date"]).tzinfo is UTC
