"""The two signatures that clients make: RPC v1 (HMAC-SHA1 over the parameters) and ACS3-HMAC-SHA256 (over the request).

Everything here is a pure function of bytes as received. Strings are built as the vendor documents them; where its SDKs
send a blank as ``+`` and sign ``%20``, parameters are decoded and encoded again, so both spellings verify.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from binascii import b2a_base64
from collections.abc import Mapping
from typing import NamedTuple

from jackfield.gateway.message import HttpRequest, Pairs

ACS3 = b"ACS3-HMAC-SHA256"
EMPTY_HASH = hashlib.sha256(b"").hexdigest().encode()

MUST_BE_SIGNED = frozenset(
    {b"host", b"x-acs-action", b"x-acs-version", b"x-acs-date", b"x-acs-signature-nonce", b"x-acs-content-sha256"}
)
"""Headers without which an ACS3 signature would leave the call open to change."""

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
_ENCODED = [chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in range(256)]
_reserved = re.compile(r"[^A-Za-z0-9_.~\-]").search


def encode(text: str) -> str:
    """Percent-encodes all but the unreserved characters of RFC 3986; surrogates give back the bytes they stand for."""
    if _reserved(text) is None:
        return text
    return "".join([_ENCODED[byte] for byte in text.encode("utf-8", "surrogateescape")])


def canonical_query(pairs: Pairs) -> str:
    """Parameters in the order of their names, encoded; repeated names keep the order in which they came."""
    return "&".join([f"{encode(name)}={encode(value)}" for name, value in sorted(pairs, key=_name)])


def _name(pair: tuple[str, str]) -> str:
    return pair[0]


def v1_string(method: str, path: str, pairs: Pairs) -> str:
    """StringToSign of RPC v1.

    :param pairs: all parameters of query and form; ``Signature`` is left out here.
    """
    query = canonical_query([pair for pair in pairs if pair[0] != "Signature"])
    # The query holds nothing but unreserved characters and these three, so three replacements encode it.
    encoded = query.replace("%", "%25").replace("=", "%3D").replace("&", "%26")
    return f"{method}&{encode(path)}&{encoded}"


def v1_signature(secret: bytes, string: str) -> bytes:
    """Base64 of the HMAC-SHA1, keyed with the secret and an ampersand."""
    return b2a_base64(hmac.digest(secret + b"&", string.encode("ascii"), "sha1"), newline=False)


class Acs3(NamedTuple):
    """The parts of an ACS3 Authorization header; empty where missing."""

    access_key: bytes
    signed: list[bytes]
    signature: bytes


_PARTS = (b"Credential", b"SignedHeaders", b"Signature")


def read_authorization(value: bytes) -> Acs3 | None:
    """Takes ``ACS3-HMAC-SHA256 Credential=…,SignedHeaders=a;b,Signature=…`` apart; ``None`` if it is something else."""
    scheme, blank, rest = value.strip(b" \t").partition(b" ")
    if scheme != ACS3 or not blank:
        return None
    found: dict[bytes, bytes] = {}
    for part in rest.split(b","):
        name, equals, text = part.strip(b" \t").partition(b"=")
        if not equals or name not in _PARTS or name in found:
            return None
        found[name] = text
    names = found.get(b"SignedHeaders", b"")
    return Acs3(
        access_key=found.get(b"Credential", b""),
        signed=sorted(names.split(b";")) if names else [],
        signature=found.get(b"Signature", b""),
    )


def body_hash(body: bytes) -> bytes:
    """SHA-256 in lower-case hexadecimal digits."""
    return hashlib.sha256(body).hexdigest().encode() if body else EMPTY_HASH


def acs3_canonical(
    request: HttpRequest, query: Pairs, headers: Mapping[bytes, bytes], signed: list[bytes], digest: bytes
) -> bytes:
    """The canonical request.

    :param headers: by name, values as received; a signed header that did not come counts as empty.
    :param signed: names in byte order.
    :param digest: of the body, see :func:`body_hash`.
    """
    value = headers.get
    return b"\n".join(
        [
            request.method.encode(),
            encode_path(request.path),
            canonical_query(query).encode("ascii"),
            *[name + b":" + value(name, b"").strip(b" \t") for name in signed],
            b"",
            b";".join(signed),
            digest,
        ]
    )


def encode_path(path: str) -> bytes:
    """The canonical URI: every segment encoded, slashes kept."""
    if path == "/":
        return b"/"
    return "/".join([encode(segment) for segment in path.split("/")]).encode("ascii")


def acs3_string(canonical: bytes) -> str:
    """StringToSign of ACS3."""
    return f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical).hexdigest()}"


def acs3_signature(secret: bytes, string: str) -> bytes:
    """The HMAC-SHA256 in lower-case hexadecimal digits, keyed with the plain secret."""
    return hmac.digest(secret, string.encode("ascii"), "sha256").hex().encode()


def same(expected: bytes, given: bytes) -> bool:
    """Compares in a time that tells nothing about where they differ."""
    return hmac.compare_digest(expected, given)
