"""The name server's answers, as bytes and as programs in a VPC get them."""

from __future__ import annotations

import socket
import struct
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.vantage.dns import TCP_BYTES, answer
from tests.vantage.holding import Holding

NAMES = {
    "one.test": ["10.0.0.5"],
    "none.test": [],
    "many.test": [f"10.0.{high}.{low}" for high in range(1, 3) for low in range(1, 51)],
    "all.test": [f"10.{number >> 8}.{number & 255}.1" for number in range(5000)],
}
A, NS, AAAA, ANY = 1, 2, 28, 255
EDNS = b"\0" + struct.pack(">HHIH", 41, 1232, 0, 0)


def lookup(name: str, told: bool) -> Sequence[str] | None:
    return NAMES.get(name)


def query(
    name: str, kind: int = A, *, flags: int = 0x0100, family: int = 1, more: bytes = b"", counts: Sequence[int] = ()
) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label)
    header = struct.pack(">6H", 0x1234, flags, *(counts or (1, 0, 0, int(bool(more)))))
    return header + labels + b"\0" + struct.pack(">HH", kind, family) + more


def ask(asked: bytes, *, tcp: bool = False) -> tuple[int, list[str], bool]:
    """Code, addresses, truncated."""
    found = answer(asked, lookup, tcp=tcp)
    assert found is not None
    number, flags, questions, answers, authority, additional = struct.unpack_from(">6H", found)
    assert (number, flags & 0x8000, authority) == (0x1234, 0x8000, 0)
    if not questions:
        assert len(found) == 12
        return flags & 0xF, [], bool(flags & 0x0200)
    at = asked.index(b"\0", 12) + 5
    assert found[12:at] == asked[12:at]
    records = []
    for _ in range(answers):
        pointer, kind, family, seconds, length = struct.unpack_from(">HHHIH", found, at)
        assert (pointer, kind, family, seconds, length) == (0xC00C, A, 1, 0, 4)
        records.append(socket.inet_ntoa(found[at + 12 : at + 16]))
        at += 16
    assert len(found) == at + 11 * additional
    return flags & 0xF, records, bool(flags & 0x0200)


def test_known_and_unknown_names() -> None:
    assert ask(query("one.test")) == (0, ["10.0.0.5"], False)
    assert ask(query("ONE.Test")) == (0, ["10.0.0.5"], False)
    assert ask(query("one.test", ANY)) == (0, ["10.0.0.5"], False)
    for kind in (NS, AAAA, 65, 0):
        assert ask(query("one.test", kind)) == (0, [], False)
    assert ask(query("none.test")) == (0, [], False)
    for name in ("two.test", "test", "", "a.one.test", "www.alibabacloud.com"):
        assert ask(query(name)) == (3, [], False)
    assert ask(query("one.test", family=3)) == (5, [], False)


def test_names_that_no_host_has() -> None:
    header = query("")[:12]
    dotted = header + b"\x08one.test\0" + struct.pack(">HH", A, 1)
    assert ask(dotted) == (3, [], False)
    found = answer(header + b"\x03\xff\xfe\x00\x04test\0" + struct.pack(">HH", A, 1), lookup)
    assert found is not None
    assert found[3] & 0xF == 3


def test_what_does_not_fit_is_asked_again_by_tcp() -> None:
    code, addresses, truncated = ask(query("many.test"))
    assert (code, addresses, truncated) == (0, [], True)
    assert ask(query("many.test"), tcp=True) == (0, NAMES["many.test"], False)
    # 1232 bytes are offered: still too few for a hundred; 4096 are enough.
    assert ask(query("many.test", more=EDNS)) == (0, [], True)
    assert ask(query("many.test", more=b"\0" + struct.pack(">HHIH", 41, 4096, 0, 0))) == (0, NAMES["many.test"], False)
    assert ask(query("many.test", more=b"\0" + struct.pack(">HHIH", 41, 65535, 0, 0)))[2] is False
    assert ask(query("many.test", more=b"\0" + struct.pack(">HHIH", 41, 0, 0, 0)))[2] is True
    code, addresses, truncated = ask(query("all.test"), tcp=True)
    assert (code, len(addresses), truncated) == (0, (TCP_BYTES - 12 - 14) // 16, False)


def test_an_unknown_version_of_edns_is_told() -> None:
    found = answer(query("one.test", more=b"\0" + struct.pack(">HHIH", 41, 1232, 1 << 16, 0)), lookup)
    assert found is not None
    assert found[3] & 0xF == 0
    assert found[-11:] == b"\0" + struct.pack(">HHIH", 41, 4096, 1 << 24, 0)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (query("one.test", counts=(0, 0, 0, 0)), 1),
        (query("one.test", counts=(2, 0, 0, 0)), 1),
        (query("one.test")[:-1], 1),
        (query("one.test")[:14], 1),
        (query("one.test", counts=(1, 0, 0, 1)), 1),
        (query("one.test", more=EDNS * 2, counts=(1, 0, 0, 2)), 1),
        (query("one.test", more=EDNS[:-1] + b"\x09"), 1),
        (query("one.test")[:12] + b"\xc0\x0c\0\1\0\1", 1),
        (query("one.test")[:12] + b"\x3f" + b"a" * 63 + b"\x40", 1),
        (query("one.test")[:12] + (b"\x3f" + b"a" * 63) * 4 + b"\0\0\1\0\1", 1),
        (query("one.test", flags=0x2900), 4),
    ],
)
def test_what_can_not_be_read_is_told(asked: bytes, code: int) -> None:
    assert ask(asked)[0] == code


@pytest.mark.parametrize("asked", [b"", b"\0" * 11, query("one.test", flags=0x8100)])
def test_no_answer_is_due(asked: bytes) -> None:
    assert answer(asked, lookup) is None


def _check(asked: bytes, tcp: bool) -> None:
    found = answer(asked, lookup, tcp=tcp)
    if found is not None:
        assert found[:2] == asked[:2]
        assert found[2] & 0x80
        assert len(found) <= (TCP_BYTES if tcp else 4096)


@given(st.binary(max_size=600), st.booleans())
def test_any_bytes_are_answered_or_dropped(asked: bytes, tcp: bool) -> None:
    _check(asked, tcp)


@given(
    st.lists(st.binary(max_size=70), max_size=8),
    st.lists(st.integers(0, 3), min_size=4, max_size=4),
    st.binary(max_size=40),
    st.booleans(),
)
def test_anything_like_a_query_is_answered_or_dropped(
    labels: list[bytes], counts: list[int], rest: bytes, tcp: bool
) -> None:
    raw = b"".join(bytes([len(label) & 0xFF]) + label for label in labels)
    _check(struct.pack(">6H", 7, 0x0100, *counts) + raw + b"\0\0\1\0\1" + rest, tcp)


@given(st.sampled_from(sorted(NAMES)), st.integers(0, 40), st.integers(0, 255), st.booleans())
def test_a_changed_byte_is_survived(name: str, at: int, value: int, tcp: bool) -> None:
    changed = bytearray(query(name, more=EDNS))
    changed[at % len(changed)] = value
    _check(bytes(changed), tcp)


def test_names_inside_a_vpc(holding: Holding) -> None:
    holding.network(
        "vpc-1", ("10.0.0.5", 6379), one_test=("10.0.0.5",), two_test=("10.0.0.6", "10.0.0.7"), none_test=()
    )
    script = """
getent ahostsv4 one.test | head -1; getent hosts ONE.test; getent hosts unknown.test; echo $?; getent ahostsv6 one.test
"""
    done = holding.run("vpc-1", "sh", "-c", script)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0][:2] == ["10.0.0.5", "STREAM"]
    assert lines[1][0] == "10.0.0.5"
    assert lines[2] == ["2"]
    assert all("10.0.0.5" in line[0] for line in lines[3:])  # as ::ffff:10.0.0.5, by the C library's own doing
    script = """
import socket, time
begun = time.monotonic()
for name in ("two.test", "two.test"):
    print(*(found[4][0] for found in socket.getaddrinfo(name, 80, type=socket.SOCK_STREAM)))
for name in ("none.test", "unknown.test"):
    try:
        socket.getaddrinfo(name, 80)
    except socket.gaierror as error:
        print("no address")
assert time.monotonic() - begun < 1
"""
    done = holding.run("vpc-1", "python3", "-c", script)
    assert done.stderr == ""
    first, second, *others = done.stdout.splitlines()
    assert {first, second} == {"10.0.0.6 10.0.0.7", "10.0.0.7 10.0.0.6"}
    assert others == ["no address", "no address"]


def test_new_names_are_known_at_once(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379), one_test=("10.0.0.5",))
    script = "import socket\nwhile True: print(socket.gethostbyname(input()), flush=True)"
    program = holding.popen("vpc-1", "python3", "-c", script)
    with program:
        assert program.stdin is not None
        assert program.stdout is not None
        for name, address in (("one.test", "10.0.0.5"), ("new.test", "10.0.0.6"), ("new.test", "10.0.0.7")):
            holding.network("vpc-1", ("10.0.0.5", 6379), source="10.0.0.253", **{name.replace(".", "_"): (address,)})
            program.stdin.write(f"{name}\n")
            program.stdin.flush()
            assert program.stdout.readline() == f"{address}\n"
        program.kill()


def test_a_hundred_addresses_come_by_tcp(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379), many_test=tuple(NAMES["many.test"]))
    script = (
        "import socket; print(*sorted({found[4][0] for found in socket.getaddrinfo('many.test', 1, socket.AF_INET)}))"
    )
    done = holding.run("vpc-1", "python3", "-c", script)
    assert (done.stdout.split(), done.stderr) == (sorted(NAMES["many.test"]), "")


def test_raw_queries_by_both_ways(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379), one_test=("10.0.0.5",))
    script = f"""
import socket, struct
asked = {query("one.test")!r}
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.settimeout(5)
    for data in (b"", b"x", b"\\xff" * 600, asked):
        sock.sendto(data, ("127.0.0.53", 53))
    by_udp = sock.recv(4096)
with socket.create_connection(("127.0.0.53", 53), 5) as sock:
    # Two at once, and a part of one that never comes.
    sock.sendall((struct.pack(">H", len(asked)) + asked) * 2 + b"\\0")
    by_tcp = b""
    while len(by_tcp) < 2 * (len(by_udp) + 2):
        by_tcp += sock.recv(4096)
assert by_tcp == (struct.pack(">H", len(by_udp)) + by_udp) * 2
idle = [socket.create_connection(("127.0.0.53", 53), 5) for _ in range(70)]
assert idle[0].recv(1) == b""  # who waits longest has to go
idle[-1].sendall(struct.pack(">H", len(asked)) + asked)
assert idle[-1].recv(4096)[2:] == by_udp
print(by_udp.hex())
"""
    done = holding.run("vpc-1", "python3", "-W", "ignore", "-c", script)
    assert done.stderr == ""
    assert bytes.fromhex(done.stdout) == answer(query("one.test"), lookup)
