"""SCRAM-SHA-256 (RFC 5802 and 7677), as PostgreSQL uses it: a client's part, and what a server stores.

Passwords are ASCII, so there is nothing to normalise.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

ITERATIONS = 4096


def verifier(password: str) -> str:
    """What PostgreSQL stores of a password and takes instead of one (``CREATE ROLE … PASSWORD``); random salt."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(_mac(salted, b"Client Key")).digest()
    server = _mac(salted, b"Server Key")
    return f"SCRAM-SHA-256${ITERATIONS}:{_text(salt)}${_text(stored)}:{_text(server)}"


class Exchange:
    """One login: :attr:`first` is sent, :meth:`final` answers the server's challenge, :meth:`verify` its last word."""

    def __init__(self, password: str) -> None:
        self._password = password
        self._nonce = _text(os.urandom(18))
        # The user's name is that of the start-up packet; PostgreSQL ignores this one.
        self._bare = f"n=,r={self._nonce}"
        self.first = f"n,,{self._bare}".encode()
        self._signature = b""

    def final(self, challenge: bytes) -> bytes:
        """
        :raises ValueError: the challenge is malformed or not for us.
        """
        parts = dict(part.split("=", 1) for part in challenge.decode().split(","))
        if not {"r", "s", "i"} <= parts.keys() or not parts["r"].startswith(self._nonce):
            raise ValueError("the server's challenge is not for us")
        salted = hashlib.pbkdf2_hmac("sha256", self._password.encode(), base64.b64decode(parts["s"]), int(parts["i"]))
        without_proof = f"c=biws,r={parts['r']}"
        message = f"{self._bare},{challenge.decode()},{without_proof}".encode()
        key = _mac(salted, b"Client Key")
        signature = _mac(hashlib.sha256(key).digest(), message)
        proof = bytes(one ^ other for one, other in zip(key, signature, strict=True))
        self._signature = _mac(_mac(salted, b"Server Key"), message)
        return f"{without_proof},p={_text(proof)}".encode()

    def verify(self, last: bytes) -> None:
        """
        :raises ValueError: the server does not know the password either.
        """
        if not hmac.compare_digest(last, b"v=" + _text(self._signature).encode()):
            raise ValueError("the server does not know the password")


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
