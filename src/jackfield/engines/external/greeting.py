"""What a database says to somebody who has no account: enough to know that one is there, and of which kind."""

from __future__ import annotations

import struct
from typing import Literal

from jackfield.engines.external import redis
from jackfield.engines.wire.errors import ServerError, Unreachable
from jackfield.engines.wire.mysql import greeting
from jackfield.engines.wire.stream import Stream

Protocol = Literal["mysql", "postgres", "redis"]

WHO = "jackfield"
"""The user for whom nobody logs in: what owners see in their logs."""

_SSL_REQUEST = struct.pack("!II", 8, 80877103)
_START = b"\0\3\0\0user\0" + WHO.encode() + b"\0database\0postgres\0application_name\0jackfield\0\0"
_NOT_SERVING = ("57P01", "57P02", "57P03", "53300")
"""SQLSTATEs: shutting down, starting up, too many clients."""

# Long password, protocol 4.1, secure connection, plugins.
_MYSQL_FLAGS = 0x1 | 0x200 | 0x8000 | 0x80000
_MYSQL_LOGIN = struct.pack("<IIB23x", _MYSQL_FLAGS, 1 << 24, 45) + WHO.encode() + b"\0\0mysql_native_password\0"


def ask(stream: Stream, protocol: Protocol) -> str:
    """Gives the server's version, empty where it tells none before a login (PostgreSQL, most Redis).

    PostgreSQL is asked what it answers, and logs, to nobody in particular.

    :raises Unreachable: it does not answer as such a server does.
    :raises ServerError: it is one and refuses the connection.
    """
    if protocol == "mysql":
        return _mysql(stream)
    if protocol == "redis":
        return redis.look(stream)
    # Every server answers S or N, whether it has TLS or not, before it knows who asks.
    stream.write(_SSL_REQUEST)
    if stream.read(1) not in (b"S", b"N"):
        raise Unreachable("the server does not speak PostgreSQL's protocol")
    return ""


def ask_behind(stream: Stream, protocol: Protocol) -> str:
    """As :func:`ask`, where something that ends TLS for the server lies between: it answers an SSLRequest by itself.

    PostgreSQL is asked for a login that is then not gone through with.
    """
    if protocol != "postgres":
        return ask(stream, protocol)
    stream.write(struct.pack("!I", len(_START) + 4) + _START)
    head = stream.read(5)
    if head[:1] not in (b"R", b"E"):
        raise Unreachable("the server does not speak PostgreSQL's protocol")
    if head[:1] == b"E":
        fields = {word[:1]: word[1:] for word in stream.read(int.from_bytes(head[1:]) - 4).split(b"\0")}
        code = fields.get(b"C", b"").decode()
        if code in _NOT_SERVING:
            raise ServerError(code, fields.get(b"M", b"").decode(errors="replace"))
    return ""


def _mysql(stream: Stream) -> str:
    """Reads the greeting, and leaves by a login that is refused.

    A server counts those who leave without a word as broken handshakes, and after 100 of them from one host
    (``max_connect_errors``) admits nobody from there; refused logins are not counted so.
    """
    number, packet = _packet(stream)
    if number != 0:
        raise Unreachable("the server does not speak MySQL's protocol")
    if packet[:1] == b"\xff":
        # Too many connections, host is blocked …
        code = int.from_bytes(packet[1:3], "little")
        raise ServerError(str(code), packet[3:].decode(errors="replace"))
    version, _ = greeting(packet)
    _say(stream, 1, _MYSQL_LOGIN)
    number, packet = _packet(stream)
    if packet[:1] == b"\xfe":  # it wants to hear it by way of another plugin: an empty password, there too
        _say(stream, number + 1, b"\0")
        number, packet = _packet(stream)
    if packet[:1] == b"\0":  # there is such a user, who has no password
        _say(stream, 0, b"\x01")
    return version


def _packet(stream: Stream) -> tuple[int, bytes]:
    head = stream.read(4)
    return head[3], stream.read(int.from_bytes(head[:3], "little"))


def _say(stream: Stream, number: int, body: bytes) -> None:
    stream.write(len(body).to_bytes(3, "little") + bytes((number,)) + body)
