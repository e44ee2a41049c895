"""What a database says to somebody who has no account: enough to know that one is there, and of which kind."""

from __future__ import annotations

import struct
from typing import Literal

from jackfield.engines.wire.errors import ServerError, Unreachable
from jackfield.engines.wire.mysql import greeting
from jackfield.engines.wire.stream import Stream

Protocol = Literal["mysql", "postgres", "redis"]

_SSL_REQUEST = struct.pack("!II", 8, 80877103)


def ask(stream: Stream, protocol: Protocol) -> str:
    """Gives the server's version, empty where it tells none before a login (PostgreSQL, Redis).

    :raises Unreachable: it does not answer as such a server does.
    :raises ServerError: it is one and refuses the connection.
    """
    if protocol == "mysql":
        return _mysql(stream)
    if protocol == "postgres":
        # Every server answers S or N, whether it has TLS or not, before it knows who asks.
        stream.write(_SSL_REQUEST)
        if stream.read(1) not in (b"S", b"N"):
            raise Unreachable("the server does not speak PostgreSQL's protocol")
        return ""
    stream.write(b"*1\r\n$4\r\nPING\r\n")
    answer = stream.read(5)
    if answer != b"+PONG" and not answer.startswith(b"-"):
        raise Unreachable("the server does not speak Redis's protocol")
    if answer == b"-LOAD":
        raise ServerError("LOADING", "it is still loading its data")
    return ""


def _mysql(stream: Stream) -> str:
    head = stream.read(4)
    if head[3] != 0:
        raise Unreachable("the server does not speak MySQL's protocol")
    packet = stream.read(int.from_bytes(head[:3], "little"))
    if packet[:1] == b"\xff":
        # Too many connections, host is blocked …
        number = int.from_bytes(packet[1:3], "little")
        raise ServerError(str(number), packet[3:].decode(errors="replace"))
    version, _ = greeting(packet)
    return version
