"""What a route shows its clients: certificate and key, loaded once for all routes that have the same."""

from __future__ import annotations

import ssl
import weakref

from jackfield.relay.route import Tls

_known: weakref.WeakValueDictionary[Tls, ssl.SSLContext] = weakref.WeakValueDictionary()


def context_of(tls: Tls) -> ssl.SSLContext:
    """TLS 1.2 or later, with the route's certificate.

    :raises ValueError: its files can not be read, or do not belong together.
    """
    context = _known.get(tls)
    if context is None:
        context = _load(tls)
        _known[tls] = context
    return context


def _load(tls: Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    # A ticket is sent before the client has said anything. One that says its piece and closes without reading would
    # answer it with a reset, and what it said would be lost.
    context.num_tickets = 0
    if tls.protocol == "postgres":
        context.set_alpn_protocols(["postgresql"])  # libpq insists on it with sslnegotiation=direct
    try:
        context.load_cert_chain(tls.certificate, tls.key or None)
        if tls.mutual:
            context.load_verify_locations(tls.certificate)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise ValueError(f"certificate {tls.certificate}: {error}") from None
    return context
