"""Where values begin and end in RESP bytes, and the bytes of simple values.

Replies are forwarded as they came: nothing here decodes one. Lengths of up to 1,023 bytes are looked up
as raw bytes, because a dictionary costs less than ``int``.
"""

from __future__ import annotations

from collections.abc import Iterable

CRLF = b"\r\n"

HEADER_SIZES: dict[bytes, int] = {b"$%d" % size: size for size in range(1024)}
"""The length line of a bulk string, without its line end, and what it says."""

OK = b"+OK\r\n"
QUEUED = b"+QUEUED\r\n"

MINUS, DOLLAR, PUSH = b"-$>"
_BULKS = frozenset(b"$!=")
_LINES = frozenset(b"+-:_#,(")
_ARRAYS = frozenset(b"*~>")
_MAP = ord("%")
_ATTRIBUTE = ord("|")


class MalformedError(Exception):
    """A shard's bytes are not RESP."""


def scan(buffer: bytes | bytearray, at: int, missing: int) -> tuple[int, int]:
    """Moves over whole values.

    :param at: where to go on.
    :param missing: how many values are wanted from there; children of a collection count as values of their own,
        so that no stack is needed and the scan can go on later from what it returned.
    :returns: the new position, and how many values are still missing there.
    :raises MalformedError: for a type that RESP2 and RESP3 do not have.
    """
    find = buffer.find
    size = len(buffer)
    while missing:
        end = find(CRLF, at)
        if end < 0:
            break
        kind = buffer[at]
        if kind in _BULKS:
            length = _integer(buffer, at, end)
            if length >= 0:
                end += length + 2
                if end + 2 > size:
                    break
        elif kind in _ARRAYS:
            missing += max(_integer(buffer, at, end), 0)
        elif kind == _MAP:
            missing += max(_integer(buffer, at, end), 0) * 2
        elif kind == _ATTRIBUTE:
            missing += _integer(buffer, at, end) * 2 + 1
        elif kind not in _LINES:
            raise MalformedError(f"no RESP type {chr(kind)!r}")
        missing -= 1
        at = end + 2
    return at, missing


def _integer(buffer: bytes | bytearray, at: int, end: int) -> int:
    try:
        return int(buffer[at + 1 : end])
    except ValueError:
        raise MalformedError("a length that is no number") from None


def request(*arguments: bytes) -> bytes:
    """One command as an array of bulk strings."""
    return b"*%d\r\n" % len(arguments) + b"".join([b"$%d\r\n%b\r\n" % (len(each), each) for each in arguments])


def bulk(value: bytes | None) -> bytes:
    """A bulk string; ``None`` is RESP2's nil."""
    return b"$-1\r\n" if value is None else b"$%d\r\n%b\r\n" % (len(value), value)


def nil(protocol: int) -> bytes:
    return b"_\r\n" if protocol == 3 else b"$-1\r\n"


def array(frames: Iterable[bytes]) -> bytes:
    """An array of values that are framed already."""
    frames = list(frames)
    return b"*%d\r\n" % len(frames) + b"".join(frames)


def mapping(pairs: Iterable[tuple[bytes, bytes]], protocol: int) -> bytes:
    """A map of framed values: a map in RESP3, a flat array in RESP2."""
    pairs = list(pairs)
    head = b"%%%d\r\n" % len(pairs) if protocol == 3 else b"*%d\r\n" % (len(pairs) * 2)
    return head + b"".join([key + value for key, value in pairs])


def error(text: str) -> bytes:
    """An error reply; line ends in ``text`` become spaces, as in Redis."""
    line = text.encode("utf-8", "surrogateescape").replace(b"\r", b" ").replace(b"\n", b" ")
    return b"-%b\r\n" % line


def integer(value: int) -> bytes:
    return b":%d\r\n" % value


def elements(frame: bytes) -> list[bytes]:
    """The framed values inside an array, set or map reply; an empty list for a nil array."""
    end = frame.index(CRLF)
    count = int(frame[1:end])
    if frame[0] == _MAP:
        count *= 2
    at = end + 2
    found: list[bytes] = []
    for _ in range(count):
        stop, _ = scan(frame, at, 1)
        found.append(frame[at:stop])
        at = stop
    return found


def text(frame: bytes) -> bytes:
    """What a string, status, integer or verbatim string says, without its frame; empty for nil."""
    end = frame.index(CRLF)
    if frame[0] not in _BULKS:
        return frame[1:end]
    if frame[1:2] == b"-":
        return b""
    body = frame[end + 2 : -2]
    return body[4:] if frame[0] == ord("=") else body
