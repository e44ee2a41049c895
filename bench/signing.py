"""Signed requests as bytes, made before the clock runs: each has a nonce of its own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from jackfield.gateway import signatures
from jackfield.gateway.message import HttpRequest

Scheme = Literal["v1", "acs3"]
"""``acs3`` is what the vendor's current SDKs send, ``v1`` what its older ones do."""

Address = tuple[str, int]


class Key(NamedTuple):
    """An access key."""

    id: str
    secret: str


class Call(NamedTuple):
    """What is asked. :param version: of the API, which names the product."""

    version: str
    action: str
    parameters: Mapping[str, str]


def sign(scheme: Scheme, key: Key, address: Address, call: Call) -> bytes:
    """A whole HTTP request."""
    return (_v1 if scheme == "v1" else _acs3)(key, f"{address[0]}:{address[1]}", call)


def _v1(key: Key, host: str, call: Call) -> bytes:
    pairs = [
        ("Format", "JSON"),
        ("Version", call.version),
        ("Action", call.action),
        ("AccessKeyId", key.id),
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureVersion", "1.0"),
        ("SignatureNonce", str(uuid.uuid4())),
        ("Timestamp", _now()),
        *call.parameters.items(),
    ]
    string = signatures.v1_string("GET", "/", pairs)
    pairs.append(("Signature", signatures.v1_signature(key.secret.encode(), string).decode()))
    query = signatures.canonical_query(pairs)
    return (
        f"GET /?{query} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: bench\r\nAccept-Encoding: identity\r\n"
        "Connection: keep-alive\r\n\r\n"
    ).encode()


def _acs3(key: Key, host: str, call: Call) -> bytes:
    headers = {
        b"host": host.encode(),
        b"x-acs-version": call.version.encode(),
        b"x-acs-action": call.action.encode(),
        b"x-acs-date": _now().encode(),
        b"x-acs-signature-nonce": uuid.uuid4().hex.encode(),
        b"x-acs-content-sha256": signatures.EMPTY_HASH,
    }
    pairs = list(call.parameters.items())
    signed = sorted(headers)
    request = HttpRequest("POST", "/", b"", [], b"")
    canonical = signatures.acs3_canonical(request, pairs, headers, signed, signatures.EMPTY_HASH)
    signature = signatures.acs3_signature(key.secret.encode(), signatures.acs3_string(canonical))
    authorization = b"ACS3-HMAC-SHA256 Credential=%b,SignedHeaders=%b,Signature=%b" % (
        key.id.encode(),
        b";".join(signed),
        signature,
    )
    lines = [b"POST /?%b HTTP/1.1" % signatures.canonical_query(pairs).encode()]
    lines += [name + b": " + value for name, value in headers.items()]
    lines += [b"authorization: " + authorization, b"accept: application/json", b"user-agent: bench"]
    lines += [b"content-length: 0", b"connection: keep-alive", b"", b""]
    return b"\r\n".join(lines)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
