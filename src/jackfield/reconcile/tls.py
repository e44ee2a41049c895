"""Proving by a handshake that an address ends TLS with its certificate, or that it does not."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jackfield.reconcile.dialling import Dialler, NotProven
from jackfield.relay.route import Route, Tls

if TYPE_CHECKING:
    from jackfield.endpoints.certificates import Authority

_POSTGRES_REQUEST = struct.pack("!II", 8, 80877103)
"""SSLRequest (PostgreSQL, *Message Formats*)."""

_CLIENT_SSL = 0x0800
_MYSQL_REQUEST = struct.pack("<IIIB23x", 32 | 1 << 24, 0x0200 | 0x8000 | _CLIENT_SSL, 1 << 24, 45)
"""Protocol::SSLRequest, packet 1: CLIENT_PROTOCOL_41, CLIENT_SECURE_CONNECTION, packets of 16 MB, utf8mb4."""

_HELLO_OR_LINE = b"\x16\x03\x01\r\n"
"""The head of a TLS record (RFC 8446, 5.1) of 3,338 bytes, none of which follow."""

Prove = Callable[[Dialler, Route], Mapping[str, Any]]


def tls_prover(name: str, authority: Callable[[], Authority]) -> Prove:
    """What dials routes that end TLS, as a client that knows them as ``name``."""

    def prove(dialler: Dialler, route: Route) -> Mapping[str, Any]:
        """:raises NotProven: the handshake fails, or the certificate is for something else."""
        import ssl

        context = ssl.create_default_context(cadata=authority().pem)
        with dialler.dialled(route) as sock:
            try:
                assert route.tls is not None
                _ask(sock, route.tls)
                with context.wrap_socket(sock, server_hostname=name) as secure:
                    shown = secure.getpeercert() or {}
                    return {"tls": secure.version(), "serial": shown["serialNumber"], "until": shown["notAfter"]}
            except (OSError, NotProven) as error:  # ssl.SSLError included
                raise NotProven(f"{route.place} shows no certificate for {name}: {error}") from error

    return prove


def _ask(sock: socket.socket, tls: Tls) -> None:
    """What a client says and hears before its hello.

    :raises NotProven: TLS is not offered. :raises OSError: the connection ended.
    """
    if tls.protocol == "postgres":
        sock.sendall(_POSTGRES_REQUEST)
        if sock.recv(1) != b"S":
            raise NotProven("SSLRequest is not answered with S")
    elif tls.protocol == "mysql":
        greeting = sock.recv(4096)  # comes in one piece: the relay sends it at once
        version_ends = greeting.find(b"\0", 5)
        flags = greeting[version_ends + 14 : version_ends + 16]
        if version_ends < 0 or len(flags) < 2 or not flags[1] & _CLIENT_SSL >> 8:
            raise NotProven("the greeting does not offer CLIENT_SSL")
        sock.sendall(_MYSQL_REQUEST)


def prove_no_tls(dialler: Dialler, route: Route) -> Mapping[str, Any]:
    """What begins as a client's hello is, to a plain Redis, one line that it does not understand, and answers.

    :raises NotProven: it waits for the rest of the hello, or is away.
    """
    with dialler.dialled(route) as sock:
        try:
            sock.sendall(_HELLO_OR_LINE)
            answer = sock.recv(256)
        except OSError as error:
            raise NotProven(f"{route.place} still ends TLS, or is away: {error}") from error
    if not answer.startswith(b"-"):
        raise NotProven(f"{route.place} answers {answer!r} to a line that no Redis understands")
    return {"tls": "none", "said": answer.decode(errors="replace").strip()}
