"""Who calls: finds the key that a request claims, and proves that the request was signed with it just now."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from jackfield.gateway import signatures
from jackfield.gateway.context import Context
from jackfield.gateway.errors import (
    AccessKeyInactive,
    AccessKeyNotFound,
    IncompleteSignature,
    InvalidParameterValue,
    InvalidSignatureMethod,
    MissingParameterValue,
    MissingSecurityToken,
    SecurityTokenExpired,
    SecurityTokenMalformed,
    SecurityTokenMismatch,
    SignatureDoesNotMatch,
    SignatureNonceUsed,
    TimestampExpired,
    TimestampMalformed,
)
from jackfield.gateway.nonces import NonceLog
from jackfield.identity.keys import Key, KeyCache
from jackfield.identity.sessions import PREFIX, MalformedToken

WINDOW = 900.0
"""Seconds that a time stamp may be away from this machine's clock, either way."""

_timestamp = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII).fullmatch
_key_id = re.compile(r"[A-Za-z0-9.]{1,128}").fullmatch
_nonce = re.compile(r"[!-~]{1,128}").fullmatch


class Claims(NamedTuple):
    """What a request says of itself, unproven."""

    access_key: str
    signature: bytes
    timestamp: str
    nonce: str
    signed: list[bytes]
    token: str = ""
    """SecurityToken; empty if there is none."""


class Authenticator:
    """The stage that lets only signed requests pass."""

    def __init__(self, keys: KeyCache, nonces: NonceLog) -> None:
        self._keys = keys
        self._nonces = nonces

    def __call__(self, context: Context) -> None:
        """Sets ``key`` and ``nonce``.

        :raises MissingParameterValue, InvalidParameterValue: a part of the signature is absent or malformed.
        :raises InvalidSignatureMethod, IncompleteSignature: signed in an unknown way, or not enough of it.
        :raises TimestampMalformed, TimestampExpired: 15 minutes are allowed for.
        :raises AccessKeyNotFound, AccessKeyInactive, SignatureDoesNotMatch, SignatureNonceUsed: as they say.
        :raises MissingSecurityToken, SecurityTokenMalformed, SecurityTokenMismatch, SecurityTokenExpired: as they say.
        """
        claims = acs3_claims(context) if context.acs3 else v1_claims(context)
        if abs(context.now - seconds(claims.timestamp)) > WINDOW:
            raise TimestampExpired
        key = self._find(claims.access_key, claims.token, context.now)
        if context.acs3:
            prove_acs3(context, claims, key)
        else:
            prove_v1(context, claims, key)
        context.key = context.found = key
        if _nonce(claims.nonce) is None:
            raise InvalidParameterValue(name="SignatureNonce")
        if not self._nonces.spend(claims.access_key, claims.nonce, context.now):
            raise SignatureNonceUsed
        context.nonce = claims.nonce

    def _find(self, key_id: str, token: str, now: float) -> Key:
        if token or key_id.startswith(PREFIX):
            return self._temporary(key_id, token, now)
        key = self._keys.find(key_id) if _key_id(key_id) else None
        if key is None or key.principal.project:  # keys of projects sign calls of OceanBase Cloud only
            raise AccessKeyNotFound
        if not key.active:
            raise AccessKeyInactive
        return key

    def _temporary(self, key_id: str, token: str, now: float) -> Key:
        if not token:
            raise MissingSecurityToken
        try:
            key = self._keys.session_key(token)
        except MalformedToken:
            raise SecurityTokenMalformed from None
        if key.principal.access_key != key_id:
            raise SecurityTokenMismatch
        if now >= key.expires:
            raise SecurityTokenExpired
        return key


@lru_cache(maxsize=64)
def seconds(timestamp: str) -> float:
    """Seconds since the epoch of ``yyyy-MM-ddTHH:mm:ssZ``; nothing else is a time stamp here.

    :raises TimestampMalformed: it is something else.
    """
    if _timestamp(timestamp) is None:
        raise TimestampMalformed
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except (ValueError, OverflowError):
        raise TimestampMalformed from None


def v1_claims(context: Context) -> Claims:
    """What the parameters of an RPC v1 request claim."""
    value = context.parameters.get
    for name in ("AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp"):
        if not value(name):
            raise MissingParameterValue(name=name)
    if value("SignatureMethod") != "HMAC-SHA1":
        raise InvalidSignatureMethod
    if value("SignatureVersion") != "1.0":
        raise InvalidParameterValue(name="SignatureVersion")
    if value("SignatureType"):  # BEARERTOKEN: a token instead of a signature
        raise InvalidParameterValue(name="SignatureType")
    return Claims(
        access_key=value("AccessKeyId", ""),
        signature=value("Signature", "").encode("utf-8", "surrogateescape"),
        timestamp=value("Timestamp", ""),
        nonce=value("SignatureNonce", ""),
        signed=[],
        token=value("SecurityToken", ""),
    )


def acs3_claims(context: Context) -> Claims:
    """What the headers of an ACS3 request claim; absent ones are told by the names of their v1 counterparts."""
    headers = context.headers
    value = headers[b"authorization"]
    parts = signatures.read_authorization(value)
    if parts is None:
        if value.split(None, 1)[0] != signatures.ACS3:
            raise InvalidSignatureMethod
        raise IncompleteSignature(string="")
    if not parts.access_key:
        raise MissingParameterValue(name="AccessKeyId")
    if not parts.signature:
        raise MissingParameterValue(name="Signature")
    timestamp, nonce = headers.get(b"x-acs-date"), headers.get(b"x-acs-signature-nonce")
    if not nonce:
        raise MissingParameterValue(name="SignatureNonce")
    if not timestamp:
        raise MissingParameterValue(name="Timestamp")
    return Claims(
        access_key=parts.access_key.decode("latin-1"),
        signature=parts.signature,
        timestamp=timestamp.decode("latin-1"),
        nonce=nonce.decode("latin-1"),
        signed=parts.signed,
        token=headers.get(b"x-acs-security-token", b"").decode("latin-1"),
    )


def prove_v1(context: Context, claims: Claims, key: Key) -> None:
    """:raises SignatureDoesNotMatch: the parameters were not signed with this key."""
    string = signatures.v1_string(context.request.method, context.request.path, context.query + context.form)
    if not signatures.same(signatures.v1_signature(key.secret, string), claims.signature):
        raise SignatureDoesNotMatch(string=string)


def prove_acs3(context: Context, claims: Claims, key: Key) -> None:
    """
    :raises IncompleteSignature: a header that must be signed is not.
    :raises SignatureDoesNotMatch: the request was not signed with this key, or its body is another one.
    """
    digest = signatures.body_hash(context.request.body)
    canonical = signatures.acs3_canonical(context.request, context.query, context.headers, claims.signed, digest)
    string = signatures.acs3_string(canonical)
    must = signatures.MUST_BE_SIGNED
    if claims.token:
        must = must | {b"x-acs-security-token"}
    if not must.issubset(claims.signed):
        raise IncompleteSignature(string=string)
    if not signatures.same(signatures.acs3_signature(key.secret, string), claims.signature) or not signatures.same(
        digest, context.headers.get(b"x-acs-content-sha256", b"")
    ):
        raise SignatureDoesNotMatch(string=string)
