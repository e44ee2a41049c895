"""SCRAM-SHA-256 (RFC 5802, 7677) with keys instead of a password.

A client's proof and what the server stores of its password give the client's key: ``ClientKey = ClientProof XOR
HMAC(StoredKey, AuthMessage)``. With it the same user can log in to a server that stores the same, and nowhere else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from typing import NamedTuple

MECHANISM = b"SCRAM-SHA-256"


class Wrong(ValueError):
    """An exchange that is not one, or whose other side does not know the password."""


class Keys(NamedTuple):
    """:param client: ClientKey. :param server: ServerKey."""

    client: bytes
    server: bytes


class Overheard:
    """A client's login as it passed by."""

    __slots__ = ("_bare", "_challenge", "_final")

    def __init__(self) -> None:
        self._bare = b""
        self._challenge = b""
        self._final = b""

    def client_said(self, data: bytes) -> None:
        """The body of a SASLInitialResponse or a SASLResponse."""
        if data.startswith(MECHANISM + b"\0"):
            first = data[len(MECHANISM) + 5 :]
            self._bare = first.split(b",", 2)[-1]
        elif self._challenge and not self._final:
            self._final = data

    def server_said(self, data: bytes) -> None:
        """The challenge."""
        self._challenge = data

    def keys(self, verifier: str) -> Keys | None:
        """The user's keys; ``None`` when this login was not one with the password behind ``verifier``.

        :param verifier: ``pg_authid.rolpassword``.
        """
        without_proof, found, proof = self._final.rpartition(b",p=")
        parts = verifier.replace("$", ":").split(":")
        if not found or not self._bare or len(parts) != 5 or parts[0] != MECHANISM.decode():
            return None
        try:
            stored, server = base64.b64decode(parts[3]), base64.b64decode(parts[4])
            shown = base64.b64decode(proof)
        except binascii.Error:
            return None
        signature = _mac(stored, b",".join((self._bare, self._challenge, without_proof)))
        if len(shown) != len(signature):
            return None
        key = _xor(shown, signature)
        return Keys(key, server) if hmac.compare_digest(hashlib.sha256(key).digest(), stored) else None


class Exchange:
    """One login.

    :param known: a password, or keys. :ivar first: what is sent first.
    """

    __slots__ = ("_bare", "_known", "_nonce", "_signature", "first")

    def __init__(self, known: str | Keys) -> None:
        self._known = known
        self._nonce = base64.b64encode(os.urandom(18))
        self._bare = b"n=,r=" + self._nonce
        self.first = b"n,," + self._bare
        self._signature = b""

    def final(self, challenge: bytes) -> bytes:
        """:raises Wrong: the challenge is malformed, or not for us."""
        try:
            parts = dict(part.split(b"=", 1) for part in challenge.split(b","))
            nonce, salt, rounds = parts[b"r"], base64.b64decode(parts[b"s"]), int(parts[b"i"])
        except (ValueError, KeyError) as error:
            raise Wrong("the server's challenge is malformed") from error
        if not nonce.startswith(self._nonce):
            raise Wrong("the server's challenge is not for us")
        keys = self._known if isinstance(self._known, Keys) else _derived(self._known, salt, rounds)
        without_proof = b"c=biws,r=" + nonce
        said = b",".join((self._bare, challenge, without_proof))
        proof = _xor(keys.client, _mac(hashlib.sha256(keys.client).digest(), said))
        self._signature = _mac(keys.server, said)
        return without_proof + b",p=" + base64.b64encode(proof)

    def verify(self, last: bytes) -> None:
        """:raises Wrong: the server does not know the password either."""
        if not hmac.compare_digest(last, b"v=" + base64.b64encode(self._signature)):
            raise Wrong("the server does not know the password")


def _derived(password: str, salt: bytes, rounds: int) -> Keys:
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    return Keys(_mac(salted, b"Client Key"), _mac(salted, b"Server Key"))


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(one, other, strict=True))
