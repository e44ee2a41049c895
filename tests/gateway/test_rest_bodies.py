"""Bodies of REST calls: bounded, read only for those who are let in, and never in the way of the next request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.gateway.digest import Answer, Malformed, read_answer
from jackfield.gateway.rest import LARGEST_BODY
from tests.gateway.digesting import BODY, TARGET, Caller, header, rest_served
from tests.gateway.support import PATIENT, World, dialled, receive, until_closed


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    world = World(Path(tmp_path_factory.mktemp("rest")))
    with rest_served(world) as (port, _):
        yield Caller(port, world.signer.key_id, world.signer.secret)
    world.store.close()


def head(caller: Caller, *more: str, method: str = "POST", signed: bool = True) -> bytes:
    lines = [f"{method} {TARGET} HTTP/1.1", "host: a", *more]
    if signed:
        lines.append(f"authorization: {header(caller.fields(caller.challenge(), method))}")
    return "\r\n".join([*lines, "", ""]).encode()


def chunks(body: bytes, size: int) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


def test_chunked_body(caller: Caller) -> None:
    with dialled(caller.port) as connection:
        connection.sendall(head(caller, "transfer-encoding: chunked") + chunks(BODY, 7) + b"0\r\n\r\n")
        [(status, headers, body)] = receive(connection)
        assert (status, json.loads(body)["success"]) == (200, True)
        assert "connection" not in headers
        connection.sendall(head(caller, method="GET"))
        assert receive(connection)[0][0] == 200


def test_body_that_never_ends(caller: Caller) -> None:
    with dialled(caller.port) as connection:
        connection.sendall(head(caller, "transfer-encoding: chunked"))
        for _ in range(LARGEST_BODY // 65536 + 1):
            connection.sendall(chunks(b"a" * 65536, 65536))
        [(status, headers, body)] = receive(connection)
    assert (status, json.loads(body)["errorCode"], headers["connection"]) == (413, "E413J001", "close")


def test_body_that_is_announced_too_large(caller: Caller) -> None:
    with dialled(caller.port) as connection:
        connection.sendall(head(caller, f"content-length: {LARGEST_BODY + 1}", "expect: 100-continue"))
        received = until_closed(connection)
    assert received.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in received


def test_stranger_is_refused_before_the_body(caller: Caller) -> None:
    """Also one that never sends it; a small body that comes all the same does not disturb the next request."""
    with dialled(caller.port) as connection:
        connection.sendall(head(caller, f"content-length: {len(BODY)}", signed=False))
        [(status, headers, _)] = receive(connection)
        assert (status, headers["www-authenticate"].split()[0]) == (401, "Digest")
        connection.sendall(BODY + head(caller, method="GET"))
        assert receive(connection)[0][0] == 200
    for length in (f"content-length: {10 * LARGEST_BODY}", "transfer-encoding: chunked"):
        with dialled(caller.port) as connection:
            connection.sendall(head(caller, length, signed=False))
            received = until_closed(connection)
        assert received.startswith(b"HTTP/1.1 401 ")
        assert b"connection: close" in received


def test_unknown_path_is_refused_before_the_body(caller: Caller) -> None:
    with dialled(caller.port) as connection:
        made = header(caller.fields(caller.challenge(), "POST", "/api/v2/nothing"))
        connection.sendall(
            f"POST /api/v2/nothing HTTP/1.1\r\nhost: a\r\nauthorization: {made}\r\ncontent-length: 2\r\n\r\n".encode()
        )
        assert receive(connection)[0][0] == 404
        connection.sendall(b"{}" + head(caller, method="GET"))
        assert receive(connection)[0][0] == 200


def test_client_that_leaves_in_the_middle(caller: Caller) -> None:
    before = json.loads(caller.call("GET", TARGET).body)["data"]["total"]
    with dialled(caller.port) as connection:
        connection.sendall(head(caller, f"content-length: {len(BODY)}") + BODY[:-1])
    assert json.loads(caller.call("GET", TARGET).body)["data"]["total"] == before


PARAMETER = st.text(st.sampled_from('abcnu=",\\ \t;%*\x7f\xe4'), max_size=12)


@given(st.binary(max_size=200) | st.lists(PARAMETER).map(lambda parts: ("Digest " + ",".join(parts)).encode("latin-1")))
@PATIENT
def test_every_header_is_read_or_malformed(value: bytes) -> None:
    try:
        answer = read_answer(value)
    except Malformed:
        return
    assert isinstance(answer, Answer)
