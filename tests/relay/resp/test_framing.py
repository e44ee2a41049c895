"""Framing, slots and the command table, without a network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.crc import key_slot

from jackfield.relay.resp import framing
from jackfield.relay.resp.keys import keys_of
from jackfield.relay.resp.requests import ProtocolError, Reader, number, split_line
from jackfield.relay.resp.slots import SlotMap, slot_of
from jackfield.relay.resp.table import COMMANDS, HEADS
from tests.relay.resp.conftest import Cluster, packed


@given(st.binary(max_size=12) | st.text(alphabet="a{}", max_size=8).map(str.encode))
def test_slot_agrees_with_redis_py(key: bytes) -> None:
    assert slot_of(key) == key_slot(key)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=6), st.data())
def test_a_request_is_read_whole_however_it_is_cut(words: list[bytes], data: st.DataObject) -> None:
    raw = packed(*words)
    cut = data.draw(st.integers(0, len(raw) - 1))
    reader = Reader(0, True)
    buffer = bytearray(raw[:cut])
    if cut:
        assert reader.read(buffer) == 0
        assert reader.need > cut
    buffer += raw[cut:] + b"next"
    assert reader.read(buffer) == len(raw)
    assert reader.arguments == words


_REPLIES = [
    b"+OK\r\n", b"-ERR x\r\n", b":12\r\n", b"$-1\r\n", b"$0\r\n\r\n", b"$4\r\n\r\n\r\n\r\n", b"*-1\r\n", b"*0\r\n",
    b"_\r\n", b"#f\r\n",
    b"*2\r\n*1\r\n:1\r\n$1\r\na\r\n", b"%1\r\n+k\r\n*2\r\n:1\r\n:2\r\n", b"~1\r\n+a\r\n", b"#t\r\n", b",1.5\r\n",
    b"(123456789012345678901234567890\r\n", b"=5\r\ntxt:a\r\n", b"!3\r\nERR\r\n", b">2\r\n+x\r\n:1\r\n",
    b"|1\r\n+k\r\n:1\r\n*1\r\n:7\r\n",
]  # fmt: skip


@pytest.mark.parametrize("frame", _REPLIES)
def test_a_reply_is_found_whole_however_it_is_cut(frame: bytes) -> None:
    assert framing.scan(frame + b"+next\r\n", 0, 1) == (len(frame), 0)
    for cut in range(len(frame)):
        at, missing = framing.scan(bytearray(frame[:cut]), 0, 1)
        assert missing
        assert framing.scan(frame, at, missing) == (len(frame), 0)


@pytest.mark.parametrize("frame", [b"?x\r\n", b"$x\r\n", b"*1x\r\n"])
def test_what_is_no_reply_is_refused(frame: bytes) -> None:
    with pytest.raises(framing.MalformedError):
        framing.scan(frame, 0, 1)


@pytest.mark.parametrize(
    ("digits", "value"),
    [(b"0", 0), (b"-1", -1), (b"12", 12), (b"", None), (b"+1", None), (b"01", None), (b" 1", None), (b"1_0", None),
     (b"-", None), (b"-0", None), (b"9" * 30, None)],
)  # fmt: skip
def test_numbers_are_read_as_redis_reads_them(digits: bytes, value: int | None) -> None:
    assert number(digits) == value


@pytest.mark.parametrize(
    ("line", "words"),
    [(b"set a  b", [b"set", b"a", b"b"]), (b'get "a b\\x41\\n\\q"', [b"get", b"a bA\nq"]),
     (b"get 'a\\'b\\n'", [b"get", b"a'b\\n"]), (b"", []), (b'x ""', [b"x", b""])],
)  # fmt: skip
def test_inline_words(line: bytes, words: list[bytes]) -> None:
    assert split_line(line) == words


@pytest.mark.parametrize("line", [b'get "a', b"get 'a", b'get "a"b'])
def test_inline_quotes_must_close(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        split_line(line)


def test_slot_map_tells_who_lost() -> None:
    slots = SlotMap(3)
    assert slots.assign(0, 16383, 1) == {0, 2}
    assert slots.assign(5, 5, 1) == set()
    assert set(slots.owner) == {1}
    slots.disown(1, [0, 2])
    assert set(slots.owner) == {0, 2}


def test_arities_and_key_positions_are_those_of_the_server(cluster: Cluster) -> None:
    with cluster.nodes[0].client() as client:
        told = client.command()
        assert len(told) > 150
        for name, facts in told.items():
            if name in ("post", "host:"):  # Redis 6.2 lists what it answers browsers with
                continue
            ours = COMMANDS.get(name.encode())
            assert ours is not None, name
            if ours.way == "refused":
                continue
            assert ours.arity in (facts["arity"], -abs(facts["arity"])), name
            if ours.first and not ours.rule:
                assert (ours.first, ours.last, ours.step) == (
                    facts["first_key_pos"], facts["last_key_pos"], facts["step_count"],
                )  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "zunionstore d 2 a b weights 1 2", "zdiff 2 a b withscores", "eval return 2 a b c", "fcall f 1 a b",
        "lmpop 2 a b left", "blmpop 1 2 a b left", "sintercard 2 a b limit 1", "xread count 1 streams a b 0 0",
        "xreadgroup group g c streams a >", "sort a store b", "georadius a 1 2 3 m store b", "object encoding a",
        "memory usage a", "xgroup create a g $", "xinfo stream a", "bitop and d a b", "blpop a b 0", "mset a 1 b 2",
    ],
)  # fmt: skip
def test_keys_are_those_the_server_finds(cluster: Cluster, line: str) -> None:
    words = line.split()
    with cluster.nodes[0].client() as client:
        if words[0] not in client.command():
            pytest.skip("this server is older than the command")
        expected = client.command_getkeys(*words)
    assert sorted(keys_of(COMMANDS[words[0].encode()], [word.encode() for word in words])) == sorted(
        key.encode() for key in expected
    )


def test_heads_cover_the_common_shapes() -> None:
    assert HEADS[b"*2\r\n$3\r\nGET"] == 0
    assert HEADS[b"*3\r\n$3\r\nset"] == 1
    assert HEADS[b"*2\r\n$3\r\nDEL"] == 0
    assert b"*3\r\n$3\r\nDEL" not in HEADS
    assert b"*1\r\n$3\r\nGET" not in HEADS
    assert b"*3\r\n$3\r\nGET" not in HEADS
