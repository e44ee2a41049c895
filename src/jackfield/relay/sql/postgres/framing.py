"""Messages of PostgreSQL's protocol 3 (*Message Formats*)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

STARTUP_3 = 3 << 16
CANCEL_REQUEST = 80877102
SSL_REQUEST = 80877103
GSS_REQUEST = 80877104
LONGEST_STARTUP = 10_000
"""MAX_STARTUP_PACKET_LENGTH in ``pqcomm.h``."""

_DATA = (ord("D"), ord("d"))  # rows, and data of COPY: handed on as they come, however long


class Malformed(ValueError):
    """What came is no message."""


class Messages:
    """Cuts a stream into messages.

    :param longest: a longer message is :class:`Malformed`.
    :param whole: rows and COPY data, too, come one by one; else in pieces of any size, several together, as kind ``D``.
    """

    __slots__ = ("_buffer", "_longest", "_passing", "_whole")

    def __init__(self, longest: int, *, whole: bool = False) -> None:
        self._whole = whole
        self._buffer = bytearray()
        self._passing = 0  # bytes of a row that are still to come
        self._longest = longest

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Kind and bytes, the head included, of what ``data`` completes.

        :raises Malformed: a length is impossible.
        """
        buffer = self._buffer
        buffer += data
        at = 0
        size = len(buffer)
        try:
            while at < size:
                start = at
                at = at if self._whole else self._run(buffer, at, size)
                if at > start:
                    yield _DATA[0], bytes(buffer[start:at])
                    continue
                if size - at < 5:
                    return
                length = int.from_bytes(buffer[at + 1 : at + 5]) + 1
                if length < 5 or length > self._longest:
                    raise Malformed(f"a message of {length} bytes")
                if size - at < length:
                    return
                at += length
                yield buffer[start], bytes(buffer[start:at])
        finally:
            del buffer[:at]

    def _run(self, buffer: bytearray, at: int, size: int) -> int:
        """Where the rows that begin at ``at`` end, as far as they are here."""
        while at < size:
            if not self._passing:
                if buffer[at] not in _DATA or size - at < 5:
                    return at
                self._passing = int.from_bytes(buffer[at + 1 : at + 5]) + 1
                if self._passing < 5:
                    raise Malformed("a row without a length")
            step = min(self._passing, size - at)
            self._passing -= step
            at += step
        return at

    def rest(self) -> bytes:
        """What is left of an unfinished message; the stream is cut elsewhere from now on."""
        left = bytes(self._buffer)
        self._buffer.clear()
        return left


def message(kind: bytes, body: bytes = b"") -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def text_at(raw: bytes, at: int) -> tuple[bytes, int]:
    """The string that begins at ``at``, and where the next thing begins.

    :raises Malformed: it has no end.
    """
    end = raw.find(b"\0", at)
    if end < 0:
        raise Malformed("a string without an end")
    return raw[at:end], end + 1


def error_code(raw: bytes) -> bytes:
    """SQLSTATE of an ErrorResponse."""
    for field in raw[5:].split(b"\0"):
        if field[:1] == b"C":
            return field[1:]
    return b""


def error(code: str, text: str) -> bytes:
    """A fatal ErrorResponse."""
    return message(b"E", f"SFATAL\0VFATAL\0C{code}\0M{text}\0\0".encode())


SYNC = message(b"S")


def query(sql: str) -> bytes:
    return message(b"Q", sql.encode() + b"\0")


def parse_of(raw: bytes) -> tuple[bytes, bytes]:
    """Name and text of a Parse. :raises Malformed: it has none."""
    name, at = text_at(raw, 5)
    sql, _ = text_at(raw, at)
    return name, sql


def statement_of(raw: bytes) -> bytes | None:
    """The prepared statement that a Bind, or a Describe or Close of one, names; ``None`` for a portal's.

    :raises Malformed: it has none.
    """
    if raw[0] == ord("B"):
        _, at = text_at(raw, 5)
        return text_at(raw, at)[0]
    return text_at(raw, 6)[0] if raw[5:6] == b"S" else None


def row(raw: bytes) -> tuple[str | None, ...]:
    """The columns of a DataRow, as text."""
    values: list[str | None] = []
    at = 7
    for _ in range(int.from_bytes(raw[5:7])):
        size = int.from_bytes(raw[at : at + 4], signed=True)
        at += 4
        values.append(None if size < 0 else raw[at : at + size].decode(errors="replace"))
        at += max(size, 0)
    return tuple(values)


def startup_parameters(packet: bytes) -> dict[bytes, bytes]:
    """Of a StartupMessage, its length included. :raises Malformed: it is cut off."""
    found: dict[bytes, bytes] = {}
    at = 8
    while at < len(packet) and packet[at] != 0:
        name, at = text_at(packet, at)
        found[name], at = text_at(packet, at)
    return found
