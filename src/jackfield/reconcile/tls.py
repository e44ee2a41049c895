"""Proving by a handshake that an address ends TLS with its certificate, or that it does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jackfield.reconcile.dialling import Dialler, NotProven
from jackfield.relay.route import Route

if TYPE_CHECKING:
    from jackfield.endpoints.certificates import Authority

_HELLO_OR_LINE = b"\x16\x03\x01\r\n"
"""The head of a TLS record (RFC 8446, 5.1) of 3,338 bytes, none of which follow."""

Prove = Callable[[Dialler, Route], Mapping[str, Any]]


def tls_prover(name: str, authority: Callable[[], Authority]) -> Prove:
    """What dials routes whose clients encrypt from the first byte on, as a client that knows them as ``name``."""

    def prove(dialler: Dialler, route: Route) -> Mapping[str, Any]:
        """:raises NotProven: the handshake fails, or the certificate is for something else."""
        import ssl

        context = ssl.create_default_context(cadata=authority().pem)
        with dialler.dialled(route) as sock:
            try:
                with context.wrap_socket(sock, server_hostname=name) as secure:
                    shown = secure.getpeercert() or {}
                    return {"tls": secure.version(), "serial": shown["serialNumber"], "until": shown["notAfter"]}
            except OSError as error:  # ssl.SSLError included
                raise NotProven(f"{route.place} shows no certificate for {name}: {error}") from error

    return prove


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
