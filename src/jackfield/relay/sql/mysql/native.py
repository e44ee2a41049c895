"""mysql_native_password, with the hash of a password instead of the password.

A client answers ``SHA1(password) XOR SHA1(nonce + SHA1(SHA1(password)))``, and servers store the double hash: together
they give the single one, with which the same user can log in to a server that stores the same, and nowhere else.
"""

from __future__ import annotations

import hashlib
import hmac


def key_of(password: str) -> bytes:
    return _sha1(password.encode())


def answer(key: bytes, nonce: bytes) -> bytes:
    """What a client that knows ``key`` says."""
    return _xor(key, _sha1(nonce + _sha1(key)))


def recover(said: bytes, nonce: bytes, stored: str) -> bytes | None:
    """The key of a client whose answer passed by; ``None`` when it was not one for ``stored`` (``*`` and 40 digits)."""
    if len(said) != 20 or len(stored) != 41:
        return None
    try:
        twice = bytes.fromhex(stored[1:])
    except ValueError:
        return None
    key = _xor(said, _sha1(nonce + twice))
    return key if hmac.compare_digest(_sha1(key), twice) else None


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data).digest()


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(one, other, strict=True))
