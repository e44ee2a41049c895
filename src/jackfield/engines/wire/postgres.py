"""A PostgreSQL client of a page: protocol 3.0, SCRAM-SHA-256, simple queries, everything as text."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from types import TracebackType

from jackfield.engines.wire.errors import ServerError, Unreachable
from jackfield.engines.wire.scram import Exchange
from jackfield.engines.wire.stream import Address, Stream

Row = tuple[str | None, ...]

_PROTOCOL = 3 << 16
# Invalid password, invalid authorization specification.
_DENIED = ("28P01", "28000")


class Client:
    """One connection.

    :param to: a Unix socket's path, host and port, or a connection that exists already and will be closed with this.
    :param timeout: seconds for the connection and for each answer.
    :raises Unreachable: nobody answers.
    :raises ServerError: the server refuses user, password or database, or is starting up (``57P03``).
    """

    def __init__(
        self, to: Address | Stream, user: str, password: str, database: str = "postgres", timeout: float = 2.0
    ) -> None:
        self._stream = to if isinstance(to, Stream) else Stream(to, timeout)
        try:
            self._log_in(user, password, database)
        except BaseException:
            self._stream.close()
            raise

    def query(self, sql: str) -> list[Row]:
        """Runs statements; those of one call are one transaction.

        :returns: the rows of all of them, NULL as None.
        :raises ServerError: one fails.
        :raises Unreachable: the connection broke.
        """
        self._send(b"Q", sql.encode() + b"\0")
        rows: list[Row] = []
        failure = None
        for kind, body in self._messages():
            if kind == b"D":
                rows.append(_row(body))
            elif kind == b"E":
                failure = _error(body)
            elif kind == b"Z":
                break
        if failure is not None:
            raise failure
        return rows

    def close(self) -> None:
        """Ends the connection; may be called twice."""
        self._stream.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _log_in(self, user: str, password: str, database: str) -> None:
        words = ("user", user, "database", database, "application_name", "jackfield", "")
        packet = struct.pack("!I", _PROTOCOL) + b"".join(word.encode() + b"\0" for word in words)
        self._stream.write(struct.pack("!I", len(packet) + 4) + packet)
        exchange = Exchange(password)
        try:
            for kind, body in self._messages():
                if kind == b"E":
                    raise _error(body)
                if kind == b"R":
                    self._authenticate(exchange, int.from_bytes(body[:4]), body[4:])
                elif kind == b"Z":
                    return
        except ValueError as error:
            raise Unreachable(f"the server's answer to the login is wrong: {error}") from error

    def _authenticate(self, exchange: Exchange, step: int, data: bytes) -> None:
        if step == 10:
            if b"SCRAM-SHA-256" not in data.split(b"\0"):
                raise ValueError(f"it offers {data!r}")
            self._send(b"p", b"SCRAM-SHA-256\0" + struct.pack("!I", len(exchange.first)) + exchange.first)
        elif step == 11:
            self._send(b"p", exchange.final(data))
        elif step == 12:
            exchange.verify(data)
        elif step != 0:
            raise ValueError(f"it asks for a password in a way that would give it away ({step})")

    def _send(self, kind: bytes, body: bytes) -> None:
        self._stream.write(kind + struct.pack("!I", len(body) + 4) + body)

    def _messages(self) -> Iterator[tuple[bytes, bytes]]:
        while True:
            head = self._stream.read(5)
            yield head[:1], self._stream.read(int.from_bytes(head[1:]) - 4)


def _row(body: bytes) -> Row:
    values: list[str | None] = []
    at = 2
    for _ in range(int.from_bytes(body[:2])):
        size = int.from_bytes(body[at : at + 4], signed=True)
        at += 4
        values.append(None if size < 0 else body[at : at + size].decode())
        at += max(size, 0)
    return tuple(values)


def _error(body: bytes) -> ServerError:
    fields = {field[:1]: field[1:].decode(errors="replace") for field in body.split(b"\0") if field}
    code = fields.get(b"C", "")
    return ServerError(code, fields.get(b"M", ""), code in _DENIED)
