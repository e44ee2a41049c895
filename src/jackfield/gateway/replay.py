"""Calls that repeat their ClientToken: done once, answered every time."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import msgspec

from jackfield.gateway.context import Context
from jackfield.gateway.decode import refusal
from jackfield.gateway.errors import IdempotentParameterMismatch

KEPT = 86_400.0
"""Seconds for which a reply is remembered."""

_token = re.compile(r"[\x20-\x7e]{1,64}").fullmatch
# What two tries of one call differ in, or may.
_NOT_COMPARED = frozenset(
    {
        "AccessKeyId", "Action", "Format", "SecureTransport", "SecurityToken", "Signature", "SignatureMethod",
        "SignatureNonce", "SignatureType", "SignatureVersion", "SourceIp", "Timestamp", "Version",
    }
)  # fmt: skip


def replay(context: Context) -> None:
    """Sets ``reply`` to what an earlier call with this token was answered, if there was one.

    :raises IdempotentParameterMismatch: it had other parameters.
    :raises ApiError: the token is longer than 64 characters or not ASCII; the parameter's own error.
    """
    token = _token_of(context)
    if token:
        earlier = context.tx.replayed(context.key.principal.account, context.operation.action, token)
        if earlier is not None:
            digest, reply = earlier
            if digest != _digest(context):
                raise IdempotentParameterMismatch
            context.reply = msgspec.json.decode(reply)


def remember(context: Context, reply: Any) -> None:
    """Keeps the reply for calls that repeat the token, in the transaction that made it true."""
    token = _token_of(context)
    if token:
        context.tx.remember(
            context.key.principal.account,
            context.operation.action,
            token,
            _digest(context),
            msgspec.json.encode(reply),
            context.tx.now + KEPT,
        )


def _token_of(context: Context) -> str:
    name = context.operation.token
    token = context.parameters.get(name, "") if name else ""
    if token and _token(token) is None:
        raise refusal(context.operation.request_type, name)
    return token


def _digest(context: Context) -> str:
    compared = sorted((name, value) for name, value in context.parameters.items() if name not in _NOT_COMPARED)
    text = repr((context.region, compared)).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()
