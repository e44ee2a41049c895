"""Bytes as they come: cut anywhere, far too many, hostile; and clients that do not read."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.relay.resp.conftest import PASSWORD, Relay, Wire, packed, until

_REQUESTS = [
    (packed("SET", "a", "1\r\n2"), b"+OK\r\n"),
    (packed("get", "a"), b"$4\r\n1\r\n2\r\n"),
    (packed("MGET", "a", "b", "c"), b"*3\r\n$4\r\n1\r\n2\r\n$-1\r\n$-1\r\n"),
    (b"EXISTS a a\r\n", b":2\r\n"),
    (b"\r\n*0\r\n*-1\r\nECHO 'x y'\n", b"$3\r\nx y\r\n"),
    (packed("MULTI") + packed("INCR", "n") + packed("EXEC"), b"+OK\r\n+QUEUED\r\n*1\r\n:1\r\n"),
]


def test_input_cut_at_every_byte(relay: Relay) -> None:
    whole = b"".join(raw for raw, _ in _REQUESTS) + packed("DEL", "n")
    expected = b"".join(reply for _, reply in _REQUESTS) + b":1\r\n"
    with relay.wire() as wire:
        wire.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        session = next(iter(relay.sessions))
        for cut in range(1, len(whole)):
            seen = session.received + cut
            wire.sock.sendall(whole[:cut])
            until(lambda seen=seen: session.received >= seen)  # type: ignore[misc]
            wire.sock.sendall(whole[cut:])
            assert wire.file.read(len(expected)) == expected


def test_input_byte_by_byte(relay: Relay) -> None:
    with relay.wire() as wire:
        wire.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for raw, reply in _REQUESTS:
            for at in range(len(raw)):
                wire.sock.sendall(raw[at : at + 1])
            assert wire.file.read(len(reply)) == reply


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"*1048577\r\n", "invalid multibulk length"),
        (b"*99999999999999999999\r\n", "invalid multibulk length"),
        (b"*x\r\n", "invalid multibulk length"),
        (b"*\r\n", "invalid multibulk length"),
        (b"*01\r\n", "invalid multibulk length"),
        (b"*2\r\n$3\r\nGET\r\n$-1\r\n", "invalid bulk length"),
        (b"*2\r\n$3\r\nGET\r\n$536870913\r\n", "invalid bulk length"),
        (b"*2\r\n$3\r\nGET\r\n$+1\r\na\r\n", "invalid bulk length"),
        (b"*2\r\n$3\r\nGET\r\n$01\r\na\r\n", "invalid bulk length"),
        (b"*2\r\n$3\r\nGET\r\n:1\r\n", "expected '$', got ':'"),
        (b"*2\r\n$3\r\nGET\r\n\r\n", "expected '$', got '\r'"),
        (b"*" + b"1" * 70000, "too big mbulk count string"),
        (b"*1\r\n$" + b"1" * 70000, "too big bulk count string"),
        (b"x" * 70000, "too big inline request"),
        (b'get "a\r\n', "unbalanced quotes in request"),
    ],
    ids=range(15),
)
def test_hostile_framing_is_refused_after_what_came_before(relay: Relay, raw: bytes, complaint: str) -> None:
    with relay.wire() as wire:
        wire.sock.sendall(packed("SET", "k", "v") + packed("GET", "k") + raw)
        assert wire.reply() == b"+OK\r\n"
        assert wire.reply() == b"$1\r\nv\r\n"
        expected = f"-ERR Protocol error: {complaint}\r\n".replace("'\r'", "' '").encode()
        assert wire.reply() == expected
        assert wire.reply() == b""
    until(lambda: not relay.sessions)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=30) | st.sampled_from([b"*1\r\n", b"$3\r\n", b"\r\n", b"*-5\r\n", b"$-1\r\n"])))
def test_garbage_harms_nobody_else(relay: Relay, pieces: list[bytes]) -> None:
    # a client that sends on after an error is reset by the system, and one that says POST by the router
    with relay.wire() as wire, suppress(OSError):
        wire.sock.sendall(b"".join(pieces))
        wire.sock.shutdown(socket.SHUT_WR)
        while wire.file.read(65536):
            pass
    with relay.wire() as other:
        assert other.ask("PING") == b"+PONG\r\n"


def test_big_values_whole_and_in_order(relay: Relay) -> None:
    big = os.urandom(12_000_000)
    with relay.wire() as wire:
        wire.send("SET", "big", big)
        wire.send("SET", "small", "s")
        assert wire.reply() == b"+OK\r\n"
        assert wire.reply() == b"+OK\r\n"
        for _ in range(2):
            wire.send("GET", "big")
            wire.send("GET", "small")
        for _ in range(2):
            assert wire.reply() == b"$12000000\r\n" + big + b"\r\n"
            assert wire.reply() == b"$1\r\ns\r\n"


def test_many_arguments_and_long_arrays(relay: Relay) -> None:
    with relay.wire() as wire:
        values = [f"value-{number}" for number in range(60_000)]
        assert wire.ask("RPUSH", "list", *values) == b":60000\r\n"
        assert wire.ask("LRANGE", "list", "0", "-1") == packed(*values)


def test_thousands_of_commands_outstanding(relay: Relay) -> None:
    count = 20_000
    with relay.wire() as wire:
        wire.sock.settimeout(30)
        pairs = (packed("SET", f"k{each}", str(each)) + packed("GET", f"k{each}") for each in range(count))
        raw = b"".join(pairs)
        sender = threading.Thread(target=wire.sock.sendall, args=(raw,))
        sender.start()
        for number in range(count):
            assert wire.reply() == b"+OK\r\n"
            value = str(number).encode()
            assert wire.reply() == b"$%d\r\n%b\r\n" % (len(value), value)
        sender.join(20)


def _resident() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def test_a_slow_reader_stalls_nobody_and_costs_little(relay: Relay) -> None:
    value = b"x" * 200_000
    wanted = 3_000
    with relay.wire() as other, relay.wire() as slow:
        assert other.ask("SET", "big", value) == b"+OK\r\n"
        before = _resident()
        slow.sock.sendall(packed("GET", "big") * wanted)  # 600 MB of replies
        session = next(each for each in relay.sessions if each.client.endswith(f":{slow.sock.getsockname()[1]}"))
        until(lambda: session.received > len(packed("GET", "big")) * 60)
        for number in range(500):
            assert other.ask("SET", f"k{number}", "v") == b"+OK\r\n"
            assert other.ask("GET", f"k{number}") == b"$1\r\nv\r\n"
        assert _resident() - before < 120_000_000
        for _ in range(wanted):
            assert len(slow.reply()) == len(value) + 11


def test_abort_resets_the_client(relay: Relay) -> None:
    with relay.wire() as wire:
        wire.ask("SET", "a", "1")
        session = next(iter(relay.sessions))
        assert session.received > 0
        assert session.sent > 0
        relay.do(session.abort)
        relay.do(session.abort)
        with pytest.raises(ConnectionResetError):
            wire.sock.recv(1)
        assert not relay.sessions


def test_replies_for_a_client_that_left_reach_nobody(relay: Relay) -> None:
    with relay.wire() as stays:
        for turn in range(30):
            leaves = Wire(relay.port, PASSWORD)
            leaves.sock.sendall(packed("SET", "k", "wrong") * 300)
            stays.sock.sendall(packed("ECHO", str(turn)) * 50)
            leaves.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            leaves.close()
            value = str(turn).encode()
            for _ in range(50):
                assert stays.reply() == b"$%d\r\n%b\r\n" % (len(value), value)
    until(lambda: not relay.sessions)
