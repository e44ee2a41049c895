"""What holder and keeper make of requests that nobody should send."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jackfield.vantage.client import HolderDown
from jackfield.vantage.network import Network
from tests.running import until
from tests.vantage.holding import Holding

ENTER_AS = """
import os, socket, sys
os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
with socket.socket(socket.AF_UNIX) as sock:
    sock.settimeout(10)
    try:
        sock.connect(sys.argv[1])
        sock.sendall(b'{"id": 1, "op": "hello"}\\n')
        print(sock.recv(99))
    except OSError as error:
        print(type(error).__name__)
"""


def _ask(path: Any, *lines: bytes) -> list[dict[str, Any]]:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(10)
        sock.connect(str(path))
        sock.sendall(b"".join(line + b"\n" for line in lines))
        sock.shutdown(socket.SHUT_WR)
        with sock.makefile("rb") as file:
            answers = file.read()
    return [json.loads(line) for line in answers.splitlines()]


def _descriptors(process: subprocess.Popen[str]) -> int:
    return len(os.listdir(f"/proc/{process.pid}/fd"))


def _has(process: subprocess.Popen[str], count: int) -> bool:
    return _descriptors(process) == count


def _flood(sock: socket.socket, data: bytes) -> None:
    for _ in range(1000):
        sock.sendall(data)


def _network(**more: Any) -> bytes:
    network = {"vpc": "vpc-1", "source": "10.0.0.253", "listeners": [["10.0.0.5", 6379]], "names": {}, **more}
    return json.dumps({"id": 1, "op": "replace", "network": network}).encode()


MALFORMED = [
    b"hello",
    b"{",
    b"[]",
    b"7",
    b"null",
    b"\xff\xfe",
    b"[" * 200_000,
    b"1" * 10_000,
    b"{}",
    b'{"id": 1}',
    b'{"id": 1, "op": 7}',
    b'{"id": 1, "op": ["hello"]}',
    b'{"id": 1, "op": "__class__"}',
    b'{"id": 1, "op": "replace"}',
    b'{"id": 1, "op": "replace", "network": []}',
    b'{"id": 1, "op": "replace", "network": {}}',
    b'{"id": 1, "op": "remove"}',
    b'{"id": 1, "op": "remove", "vpc": ["vpc-1"]}',
    b'{"id": 1, "op": "enter", "vpc": "vpc-1", "source": 7}',
    b'{"id": 1, "op": "sockets", "vpc": "vpc-1"}',
    b'{"id": 1, "op": "sockets", "vpc": "vpc-1", "count": 0}',
    b'{"id": 1, "op": "sockets", "vpc": "vpc-1", "count": true}',
    b'{"id": 1, "op": "sockets", "vpc": "vpc-1", "count": 1e400}',
    b'{"id": 1, "op": "listener", "vpc": "vpc-1", "address": "10.0.0.5", "port": "6379"}',
    b'{"id": 1, "op": "listener", "vpc": "vpc-1", "address": null, "port": 6379}',
    _network(vpc="../vpc-1"),
    _network(vpc=""),
    _network(vpc="a" * 65),
    _network(vpc=None),
    _network(source="10.0.0"),
    _network(source="127.0.0.1"),
    _network(source="224.0.0.1"),
    _network(source=None),
    _network(listeners=None),
    _network(listeners=[["10.0.0.5"]]),
    _network(listeners=[["10.0.0.5", 0]]),
    _network(listeners=[["10.0.0.5", 65536]]),
    _network(listeners=[["10.0.0.5", True]]),
    _network(listeners=[["10.0.0.5", 6379.0]]),
    _network(listeners=[["fd00::1", 6379]]),
    _network(listeners=[["10.0.0.05", 6379]]),
    _network(listeners=[["0.0.0.0", 6379]]),
    _network(listeners=[["127.0.0.53", 53]]),
    _network(listeners=[["255.255.255.255", 1]]),
    _network(names={"a.test": "10.0.0.5"}),
    _network(names={"a.test": ["x"]}),
    _network(names={"a..test": []}),
    _network(names={"": []}),
    _network(names={"ä": []}),
    _network(names={"a" * 64: []}),
    _network(names=[]),
]


def test_malformed_requests_are_refused_and_change_nothing(holding: Holding) -> None:
    network = holding.network("vpc-1", ("10.0.0.5", 6379), db_test=("10.0.0.5",))
    pid = holding.client.hello().pid
    answers = _ask(holding.socket, *MALFORMED)
    kinds = [answer["error"]["kind"] for answer in answers]
    assert kinds == ["bad-request"] * len(MALFORMED)
    assert holding.client.networks() == [network]
    assert holding.client.hello().pid == pid
    assert holding.client.clients() == []
    folder = holding.data / "vpcs"
    assert sorted(os.listdir(folder)) == ["holder.lock", "keeper.lock", "vpc-1.json"]
    assert Network.from_json(json.loads((folder / "vpc-1.json").read_text())) == network


def test_the_keeper_refuses_as_well(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379))
    before = holding.kept()
    lines = [
        *MALFORMED[:13],
        b'{"id": 1, "op": "get", "names": ["none"]}',
        b'{"id": 1, "op": "get", "names": "core vpc-1"}',
        b'{"id": 1, "op": "drop", "names": [7]}',
        b'{"id": 1, "op": "retain"}',
        json.dumps({"id": 1, "op": "get", "names": ["core vpc-1"] * 2}).encode(),
        json.dumps({"id": 1, "op": "get", "names": [str(number) for number in range(65)]}).encode(),
    ]
    assert ["error" in answer for answer in _ask(holding.keeper_socket, *lines)] == [True] * len(lines)
    # Descriptors are announced and do not come: whatever comes later is not to be mistaken for them.
    assert _ask(holding.keeper_socket, b'{"id": 1, "op": "put", "names": ["x"]}', b'{"id": 2, "op": "list"}') == []
    assert holding.kept() == before


def test_descriptors_that_nobody_asked_for_are_closed(holding: Holding) -> None:
    assert holding.holder is not None
    assert holding.keeper is not None
    for path, process in ((holding.socket, holding.holder), (holding.keeper_socket, holding.keeper)):
        before = _descriptors(process)
        with socket.socket(socket.AF_UNIX) as sock, open(os.devnull) as something:
            sock.settimeout(10)
            sock.connect(str(path))
            socket.send_fds(sock, [b'{"id": 1, "op": "hello"}\n'], [something.fileno()] * 64)
            assert b'"pid"' in sock.recv(999)
            sock.shutdown(socket.SHUT_WR)
            assert sock.recv(1) == b""
        until("all are closed", partial(_has, process, before))


def test_a_line_without_end_is_cut_off(holding: Holding) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(20)
        sock.connect(str(holding.socket))
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            _flood(sock, b" " * 65536)
    assert holding.client.hello().networks == 0


def test_who_does_not_read_is_dropped(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379))
    assert holding.holder is not None
    before = _descriptors(holding.holder)
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(20)
        sock.connect(str(holding.socket))
        line = b'{"id": 1, "op": "sockets", "vpc": "vpc-1", "count": 1}\n'
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            _flood(sock, line * 100)
        assert holding.dial("vpc-1", "10.0.0.6:6379") == ["ENETUNREACH"]
    # Nothing of what it did not read is left, only the place from which was dialled (namespace, link, two sockets).
    until("all are closed", partial(_has, holding.holder, before + 4))


def test_other_users_are_turned_away(holding: Holding) -> None:
    if os.geteuid():
        pytest.skip("only root can become somebody else")
    owner = os.stat(holding.data).st_uid
    other = 65533
    for path in (holding.socket, holding.keeper_socket):
        assert path.stat().st_mode & 0o777 == 0o600
        # Even when somebody opens the door.
        path.chmod(0o777)
    home = holding.socket.parent
    home.chmod(0o755)
    os.chmod(home.parent, 0o755)
    for uid, expected in ((other, ("b''\n", "ConnectionResetError\n", "BrokenPipeError\n")), (owner, ())):
        for path in (holding.socket, holding.keeper_socket):
            told = _as_user(str(path), uid)
            assert told in expected if expected else '"pid"' in told, told


def _as_user(path: str, uid: int) -> str:
    done = subprocess.run(
        ["/usr/bin/python3", "-c", ENTER_AS, path, str(uid)], capture_output=True, text=True, check=False, cwd="/"
    )
    return done.stdout + done.stderr


def test_a_listener_that_can_not_be_made_does_not_disturb_others(holding: Holding) -> None:
    """Every port of the core is the holder's: only a second socket of its own can stand in the way, or the kernel."""
    holding.network("vpc-1", ("10.0.0.5", 6379))
    (sock,) = holding.client.sockets("vpc-1", 1)
    with sock:
        sock.bind(("10.0.0.5", 6380))
        told = holding.client.replace(
            Network("vpc-1", "10.0.0.253", (("10.0.0.5", 6379), ("10.0.0.5", 6380), ("10.0.0.6", 6380)))
        )
    assert told.listening == [("10.0.0.5", 6379), ("10.0.0.6", 6380)]
    assert told.failed == {"10.0.0.5:6380": "EADDRINUSE"}


def test_a_holder_that_ends_is_told_as_down(holding: Holding) -> None:
    holding.client.stop()
    assert holding.holder is not None
    holding.holder.communicate(timeout=20)
    with pytest.raises(HolderDown):
        holding.client.hello()


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_FIELDS = ("vpc", "source", "address", "port", "count", "network", "names", "listeners")
_REQUESTS = st.fixed_dictionaries(
    {"op": st.sampled_from(["hello", "replace", "remove", "networks", "clients", "listener", "sockets", "enter"])},
    optional={field: _VALUES | st.just("vpc-1") for field in _FIELDS if field != "vpc"} | {"vpc": _VALUES},
)


def test_any_request_is_answered(holding: Holding) -> None:
    """And as long as it does not name the VPC, the VPC is as it was."""
    network = holding.network("vpc-1", ("10.0.0.5", 6379))
    with socket.socket(socket.AF_UNIX) as sock, sock.makefile("rb") as lines:
        sock.settimeout(10)
        sock.connect(str(holding.socket))

        @settings(max_examples=300, deadline=None, database=None)
        @given(_REQUESTS)
        def ask(request: dict[str, Any]) -> None:
            sock.sendall(json.dumps({"id": 5, **request}).encode() + b"\n")
            answer = json.loads(lines.readline())
            assert answer["id"] == 5
            assert ("result" in answer) != ("error" in answer)
            assert "error" not in answer or answer["error"]["kind"] in ("bad-request", "not-there", "bad-source")

        ask()
    assert holding.client.networks() == [network]
