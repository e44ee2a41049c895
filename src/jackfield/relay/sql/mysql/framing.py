"""Packets of MySQL's protocol (*MySQL Packets*, *Connection Phase Packets*, *Text Resultset*)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

LARGEST = 0xFFFFFF
"""A packet of this length is continued by the next one."""

COM_QUERY = 0x03
OK, ERR, EOF, LOCAL_FILE = 0x00, 0xFF, 0xFE, 0xFB
CLIENT_CONNECT_WITH_DB = 0x8
CLIENT_PROTOCOL_41 = 0x200
CLIENT_SECURE_CONNECTION = 0x8000
CLIENT_PLUGIN_AUTH = 0x80000
CLIENT_LENENC_AUTH = 0x200000

UNSUPPORTED = 0x20 | 0x800 | 0x800000 | 0x1000000 | 0x2000000 | 0x4000000 | 0x8000000
"""What would change how replies look: CLIENT_COMPRESS, SSL (ended before), SESSION_TRACK, DEPRECATE_EOF,
OPTIONAL_RESULTSET_METADATA, ZSTD_COMPRESSION, QUERY_ATTRIBUTES. Clients are not offered it.
"""

IN_TRANSACTION, AUTOCOMMIT, MORE_RESULTS, CURSOR, NO_BACKSLASH = 0x1, 0x2, 0x8, 0x40, 0x200
"""Server status flags."""

NATIVE = b"mysql_native_password"


class Malformed(ValueError):
    """What came is no packet."""


class Packets:
    """Cuts a stream into packets, their heads included."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What ``data`` completes."""
        buffer = self._buffer
        buffer += data
        at, size = 0, len(buffer)
        try:
            while size - at >= 4:
                end = at + 4 + int.from_bytes(buffer[at : at + 3], "little")
                if end > size:
                    return
                start, at = at, end
                yield bytes(buffer[start:end])
        finally:
            del buffer[:at]

    def rest(self) -> bytes:
        """What is left of an unfinished packet; the stream is cut elsewhere from now on."""
        left = bytes(self._buffer)
        self._buffer.clear()
        return left


def packet(sequence: int, body: bytes) -> bytes:
    """One packet; what is sent here is short."""
    return len(body).to_bytes(3, "little") + bytes((sequence & 255,)) + body


def is_whole(raw: bytes) -> bool:
    """Whether no packet continues this one."""
    return int.from_bytes(raw[:3], "little") < LARGEST


def error_code(raw: bytes) -> int:
    return int.from_bytes(raw[5:7], "little")


def number(data: bytes, at: int) -> tuple[int, int]:
    """A length-encoded integer, and where the next thing begins. :raises Malformed: it is none."""
    first = data[at]
    if first < 0xFB:
        return first, at + 1
    size = {0xFC: 2, 0xFD: 3, 0xFE: 8}.get(first)
    if size is None:
        raise Malformed(f"no length begins with {first}")
    return int.from_bytes(data[at + 1 : at + 1 + size], "little"), at + 1 + size


def row(raw: bytes, columns: int) -> tuple[str | None, ...]:
    """A row of the text protocol."""
    values: list[str | None] = []
    at = 4
    for _ in range(columns):
        if raw[at] == 0xFB:
            values.append(None)
            at += 1
            continue
        size, at = number(raw, at)
        values.append(raw[at : at + size].decode(errors="replace"))
        at += size
    return tuple(values)


class Greeting(NamedTuple):
    """What is needed of Protocol::HandshakeV10. :param flags_at: where its capabilities begin in the packet."""

    thread: int
    nonce: bytes
    plugin: bytes
    flags_at: int


def greeting(raw: bytes) -> Greeting:
    """:raises Malformed: it is none."""
    end = raw.find(b"\0", 5)
    if raw[4] != 10 or end < 0 or len(raw) < end + 32:
        raise Malformed("no greeting of protocol 10")
    first = raw[end + 5 : end + 13]
    length = raw[end + 21]
    second = raw[end + 32 : end + 32 + max(13, length - 8)]
    plugin = raw[end + 32 + len(second) :].partition(b"\0")[0]
    return Greeting(int.from_bytes(raw[end + 1 : end + 5], "little"), first + second[:12], plugin, end + 14)


def plain_greeting(raw: bytes) -> bytes:
    """The greeting without what is not supported, MariaDB's extensions included."""
    at = greeting(raw).flags_at
    out = bytearray(raw)
    low = int.from_bytes(out[at : at + 2], "little") & ~UNSUPPORTED & 0xFFFF
    high = int.from_bytes(out[at + 5 : at + 7], "little") & ~(UNSUPPORTED >> 16) & 0xFFFF
    out[at : at + 2] = low.to_bytes(2, "little")
    out[at + 5 : at + 7] = high.to_bytes(2, "little")
    out[at + 8 : at + 18] = bytes(10)
    return bytes(out)


class Hello(NamedTuple):
    """A client's Protocol::HandshakeResponse41."""

    flags: int
    charset: int
    user: bytes
    answer: bytes
    database: bytes
    plugin: bytes


def hello(raw: bytes) -> Hello:
    """:raises Malformed: it is none."""
    data = raw[4:]
    flags = int.from_bytes(data[:4], "little")
    if len(data) < 33 or not flags & CLIENT_PROTOCOL_41:
        raise Malformed("no handshake response of protocol 4.1")
    user, _, rest = data[32:].partition(b"\0")
    if flags & CLIENT_LENENC_AUTH:
        size, at = number(rest, 0)
    elif flags & CLIENT_SECURE_CONNECTION:
        size, at = rest[0], 1
    else:
        size, at = rest.index(0), 0
    answer, rest = rest[at : at + size], rest[at + size + (0 if at else 1) :]
    database = b""
    if flags & CLIENT_CONNECT_WITH_DB:
        database, _, rest = rest.partition(b"\0")
    plugin = rest.partition(b"\0")[0] if flags & CLIENT_PLUGIN_AUTH else NATIVE
    return Hello(flags, data[8], user, answer, database, plugin)


def plain_hello(raw: bytes) -> bytes:
    """The response without what is not supported: some clients ask for what they were not offered."""
    flags = int.from_bytes(raw[4:8], "little") & ~UNSUPPORTED
    # Behind the filler MariaDB's clients have their extensions.
    return raw[:4] + flags.to_bytes(4, "little") + raw[8:13] + bytes(23) + raw[36:]


class Reply:
    """Follows the reply to one command to its end.

    :param command: its first byte. :ivar status: the latest server status flags; ``None`` before there are any.
    """

    __slots__ = ("_columns", "_continued", "_ends", "_stage", "status")

    def __init__(self, command: int) -> None:
        self.status: int | None = None
        self._stage = {0x16: "prepare", 0x1C: "rows", 0x04: "fields", 0x09: "line"}.get(command, "first")
        self._columns = 0
        self._ends = 0  # EOFs that end a list of columns
        self._continued = False

    @property
    def wants_file(self) -> bool:
        """Whether the client is to send a file now (LOAD DATA LOCAL)."""
        return self._stage == "file"

    def take(self, raw: bytes) -> bool:
        """One packet of the server; whether the reply ends with it. :raises Malformed: it is none."""
        continued, self._continued = self._continued, not is_whole(raw)
        if continued or len(raw) < 5:
            return False
        first = raw[4]
        if first == ERR and self._stage != "columns":
            return True
        ends = first == EOF and len(raw) < 4 + 9
        if self._stage in ("first", "file"):
            return self._first(raw, first)
        if self._stage == "prepare":
            self._ends = sum(1 for at in (9, 11) if raw[at : at + 2] != b"\0\0")
            self._stage = "lists"
            return not self._ends
        if self._stage == "line":
            return True
        if not ends:
            return False
        self.status = int.from_bytes(raw[7:9], "little")
        if self._stage == "lists":
            self._ends -= 1
            return not self._ends
        if self._stage == "columns" and not self.status & CURSOR:
            self._stage = "rows"
            return False
        return self._more()

    def _first(self, raw: bytes, first: int) -> bool:
        if first == OK:
            _, at = number(raw, 5)
            _, at = number(raw, at)
            self.status = int.from_bytes(raw[at : at + 2], "little")
            return self._more()
        if first == EOF and len(raw) < 4 + 9:  # COM_SET_OPTION, COM_DEBUG
            self.status = int.from_bytes(raw[7:9], "little")
            return True
        if first == LOCAL_FILE:
            self._stage = "file"
            return False
        self._stage = "columns"
        return False

    def _more(self) -> bool:
        if self.status is not None and self.status & MORE_RESULTS:
            self._stage = "first"
            return False
        return True


def login_status(raw: bytes) -> int:
    """Server status flags of the OK that ends a login."""
    reply = Reply(COM_QUERY)
    reply.take(raw)
    return reply.status if reply.status is not None else AUTOCOMMIT
