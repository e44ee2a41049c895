"""Random pipelines against a dictionary."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.relay.resp.conftest import Relay, packed

_KEYS = st.sampled_from([b"a", b"b", b"c", b"{a}1", b"{b}2", b"k\r\n", b"", b"{", b"{}x"])
_VALUES = st.binary(max_size=20) | st.integers(0, 3000).map(lambda size: b"v" * size)
_COMMANDS = st.one_of(
    st.tuples(st.just(b"SET"), _KEYS, _VALUES),
    st.tuples(st.just(b"get"), _KEYS),
    st.tuples(st.just(b"APPEND"), _KEYS, _VALUES),
    st.tuples(st.just(b"STRLEN"), _KEYS),
    st.tuples(st.just(b"GETDEL"), _KEYS),
    st.lists(_KEYS, min_size=1, max_size=6).map(lambda keys: (b"MGET", *keys)),
    st.lists(_KEYS, min_size=1, max_size=6, unique=True).map(lambda keys: (b"DEL", *keys)),
    st.lists(_KEYS, min_size=1, max_size=6).map(lambda keys: (b"Exists", *keys)),
    st.lists(st.tuples(_KEYS, _VALUES), min_size=1, max_size=5, unique_by=lambda pair: pair[0]).map(
        lambda pairs: (b"MSET", *(word for pair in pairs for word in pair))
    ),
    st.tuples(st.just(b"ECHO"), _VALUES),
    st.tuples(st.just(b"NOSUCH")),
    st.tuples(st.just(b"MULTI+"), _KEYS, _VALUES),
)


def _bulk(value: bytes | None) -> bytes:
    return b"$-1\r\n" if value is None else b"$%d\r\n%b\r\n" % (len(value), value)


def _expected(model: dict[bytes, bytes], words: tuple[bytes, ...]) -> bytes:
    name, rest = words[0].upper(), words[1:]
    if name == b"SET":
        model[rest[0]] = rest[1]
        return b"+OK\r\n"
    if name == b"GET":
        return _bulk(model.get(rest[0]))
    if name == b"APPEND":
        model[rest[0]] = model.get(rest[0], b"") + rest[1]
        return b":%d\r\n" % len(model[rest[0]])
    if name == b"STRLEN":
        return b":%d\r\n" % len(model.get(rest[0], b""))
    if name == b"GETDEL":
        return _bulk(model.pop(rest[0], None))
    if name == b"MGET":
        return b"*%d\r\n" % len(rest) + b"".join(_bulk(model.get(key)) for key in rest)
    if name == b"DEL":
        return b":%d\r\n" % sum(model.pop(key, None) is not None for key in rest)
    if name == b"EXISTS":
        return b":%d\r\n" % sum(key in model for key in rest)
    if name == b"MSET":
        model.update(zip(rest[::2], rest[1::2], strict=True))
        return b"+OK\r\n"
    if name == b"ECHO":
        return _bulk(rest[0])
    if name == b"MULTI+":
        before = model.get(rest[0])
        model[rest[0]] = rest[1]
        return b"+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n" + _bulk(before) + b"+OK\r\n"
    return b"-ERR unknown command 'NOSUCH', with args beginning with: \r\n"


def _raw(words: tuple[bytes, ...]) -> bytes:
    if words[0] == b"MULTI+":
        return packed("MULTI") + packed("GET", words[1]) + packed("SET", *words[1:]) + packed("EXEC")
    return packed(*words)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pipelines=st.lists(st.lists(_COMMANDS, max_size=40), max_size=3), cut=st.integers(1, 5000))
def test_pipelines_answer_as_a_dictionary_would(
    relay: Relay, pipelines: list[list[tuple[bytes, ...]]], cut: int
) -> None:
    model: dict[bytes, bytes] = {}
    with relay.wire() as wire:
        assert wire.ask("FLUSHALL") == b"+OK\r\n"
        for pipeline in pipelines:
            raw = b"".join(_raw(words) for words in pipeline)
            expected = b"".join(_expected(model, words) for words in pipeline)
            wire.sock.sendall(raw[:cut])
            wire.sock.sendall(raw[cut:])
            assert wire.file.read(len(expected)) == expected
        assert wire.ask("DBSIZE") == b":%d\r\n" % len(model)
