"""A MySQL client of a page: handshake 10, native passwords, COM_QUERY, everything as text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from types import TracebackType

from jackfield.engines.wire.errors import ServerError, Unreachable
from jackfield.engines.wire.stream import Address, Stream

Row = tuple[str | None, ...]

# Long password, protocol 4.1, transactions, 20 byte scramble, plugins.
_CAPABILITIES = 0x1 | 0x200 | 0x2000 | 0x8000 | 0x80000
_UTF8MB4 = 45
_NATIVE = b"mysql_native_password"
# Access denied for user; access denied for user to database; access denied (no password asked).
_DENIED = (1044, 1045, 1698)


def native_hash(password: str) -> str:
    """What servers store of a native password, and take instead of one: ``*`` and 40 hexadecimal digits."""
    return "*" + hashlib.sha1(hashlib.sha1(password.encode()).digest()).hexdigest().upper()


class Client:
    """One connection, autocommit on.

    :param to: a Unix socket's path, host and port, or a connection that exists already and will be closed with this.
    :param timeout: seconds for the connection and for each answer.
    :raises Unreachable: nobody answers.
    :raises ServerError: the server refuses user or password.
    """

    def __init__(self, to: Address | Stream, user: str, password: str, timeout: float = 2.0) -> None:
        self._stream = to if isinstance(to, Stream) else Stream(to, timeout)
        self._sequence = 0
        self.version = ""
        """What the server says it is, such as ``10.11.19-MariaDB``."""
        try:
            self._log_in(user, password)
            self.query("SET autocommit = 1")
        except BaseException:
            self._stream.close()
            raise

    def query(self, sql: str) -> list[Row]:
        """Runs one statement.

        :returns: its rows, NULL as None; none for statements that have no rows.
        :raises ServerError: it fails.
        :raises Unreachable: the connection broke.
        """
        return self._ask(sql)[1]

    def table(self, sql: str) -> list[dict[str, str | None]]:
        """As :meth:`query`, with the columns' names, for statements whose columns differ from version to version."""
        names, rows = self._ask(sql)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _ask(self, sql: str) -> tuple[list[str], list[Row]]:
        self._sequence = 0
        self._send(b"\x03" + sql.encode())
        first = self._packet()
        if first[:1] == b"\x00":
            return [], []
        if first[:1] == b"\xfb":
            raise Unreachable("the server asks for a file of ours")
        # Catalogue, database, table as it is called and as it is, then the column's name.
        names = [_row(self._packet(), 5)[4] or "" for _ in range(_Reader(first).number())]
        self._packet()
        return names, [_row(packet, len(names)) for packet in self._rows()]

    def close(self) -> None:
        """Ends the connection; may be called twice."""
        self._stream.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            # Else servers count and log it as an aborted connection.
            self._sequence = 0
            self._send(b"\x01")
        except Unreachable:
            pass
        self.close()

    def _log_in(self, user: str, password: str) -> None:
        version, scramble = greeting(self._packet())
        self.version = version
        answer = _scrambled(password, scramble)
        self._send(
            _CAPABILITIES.to_bytes(4, "little")
            + (1 << 24).to_bytes(4, "little")
            + bytes((_UTF8MB4,))
            + bytes(23)
            + user.encode()
            + b"\0"
            + bytes((len(answer),))
            + answer
            + _NATIVE
            + b"\0"
        )
        reply = self._packet()
        if reply[:1] == b"\xfe":
            plugin, _, scramble = reply[1:].partition(b"\0")
            if plugin != _NATIVE:
                raise Unreachable(f"the server asks for the password by way of {plugin.decode()}")
            self._send(_scrambled(password, scramble[:20]))
            self._packet()

    def _rows(self) -> Iterator[bytes]:
        while True:
            packet = self._packet()
            if packet[:1] == b"\xfe" and len(packet) < 9:
                return
            yield packet

    def _packet(self) -> bytes:
        head = self._stream.read(4)
        self._sequence = head[3] + 1
        body = self._stream.read(int.from_bytes(head[:3], "little"))
        if body[:1] == b"\xff":
            number = int.from_bytes(body[1:3], "little")
            # The SQLSTATE behind # is missing before the login.
            text = body[9:] if body[3:4] == b"#" else body[3:]
            raise ServerError(str(number), text.decode(errors="replace"), number in _DENIED)
        return body

    def _send(self, body: bytes) -> None:
        self._stream.write(len(body).to_bytes(3, "little") + bytes((self._sequence & 255,)) + body)


def greeting(packet: bytes) -> tuple[str, bytes]:
    """Version and scramble of a server's first packet.

    :raises Unreachable: it is no such packet.
    """
    if packet[:1] != b"\x0a" or b"\0" not in packet[1:] or len(packet) < 40:
        raise Unreachable("the server does not speak MySQL's protocol")
    version, _, rest = packet[1:].partition(b"\0")
    # Thread id 4, scramble 8, filler, capabilities 2, charset, status 2, capabilities 2, length, 10 reserved.
    return version.decode(errors="replace"), rest[4:12] + rest[31:43]


def _scrambled(password: str, scramble: bytes) -> bytes:
    if not password:
        return b""
    once = hashlib.sha1(password.encode()).digest()
    mask = hashlib.sha1(scramble + hashlib.sha1(once).digest()).digest()
    return bytes(one ^ other for one, other in zip(once, mask, strict=True))


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self) -> int:
        first = self._take(1)[0]
        return first if first < 0xFB else int.from_bytes(self._take({0xFC: 2, 0xFD: 3, 0xFE: 8}[first]), "little")

    def text(self) -> str | None:
        if self._data[self._at] == 0xFB:
            self._at += 1
            return None
        return self._take(self.number()).decode(errors="replace")

    def _take(self, size: int) -> bytes:
        self._at += size
        return self._data[self._at - size : self._at]


def _row(packet: bytes, columns: int) -> Row:
    reader = _Reader(packet)
    return tuple(reader.text() for _ in range(columns))
