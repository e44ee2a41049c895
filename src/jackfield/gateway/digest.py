"""HTTP Digest (RFC 7616) as OceanBase Cloud's clients speak it: one challenge, ``qop=auth``, MD5 or SHA-256.

What was measured of clients decides the form: curl and httpx use the first challenge and requests the last, so there is
one; the Go client splits a list of qop without trimming it, so there is one; none does SHA-512-256 right.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from jackfield.gateway.digest_nonces import Freshness, NonceBook
from jackfield.identity.keys import Key

Algorithm = Literal["MD5", "SHA-256"]

REALM = "OceanBase Cloud"
"""Not documented; clients take whatever it is."""

LONGEST = 4096
"""Bytes of an Authorization header that are looked at."""

_HASHES: dict[Algorithm, Callable[[bytes], str]] = {
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
}
_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_parameter = re.compile(rf'[ \t]*({_TOKEN})[ \t]*=[ \t]*(?:({_TOKEN})|"((?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\.)*)")[ \t]*')
_escape = re.compile(r"\\(.)")
_count = re.compile(r"[0-9a-fA-F]{8}").fullmatch
_DECOY = b"-" * 30
"""What is hashed instead of the secret of a key that does not exist; as long as a secret is."""


class Malformed(Exception):
    """The header is no Digest answer to a challenge of this form; the text says why, for the log."""


class Answer(NamedTuple):
    """What an Authorization header says. ``algorithm`` is "MD5" where it says none. :param number: ``nc`` as such."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: str
    qop: str
    number: int
    cnonce: str
    opaque: str | None
    nc: str


class Verdict(NamedTuple):
    """:param key: that signed; ``None``: refused. :param stale: only the nonce is the reason. :param why: for logs."""

    key: Key | None
    stale: bool = False
    why: str = ""


class DigestAuth:
    """Challenges clients and verifies their answers.

    :param look_up: the active key of an id, or ``None``; costs the same for both.
    :param opaque: comes back unchanged from clients that send it at all.
    :param algorithm: the one that is challenged with; an answer with another is refused.
    """

    def __init__(
        self,
        look_up: Callable[[str], Key | None],
        nonces: NonceBook,
        *,
        opaque: str,
        realm: str = REALM,
        algorithm: Algorithm = "MD5",
    ) -> None:
        self._look_up = look_up
        self._nonces = nonces
        self._opaque = opaque
        self._realm = realm
        self._algorithm = algorithm
        self._hash = _HASHES[algorithm]

    def challenge(self, *, stale: bool = False) -> bytes:
        """The value of WWW-Authenticate, with a fresh nonce."""
        value = (
            f'Digest realm="{self._realm}", qop="auth", nonce="{self._nonces.make()}", '
            f'opaque="{self._opaque}", algorithm={self._algorithm}'
        )
        return f"{value}, stale=true".encode() if stale else value.encode()

    def verify(self, headers: Sequence[bytes], method: str, target: bytes) -> Verdict:
        """Judges a request by its head alone.

        An unknown user is refused after the same look-up, hashes and comparison as a wrong secret.

        :param headers: the values of all its Authorization headers.
        :param target: path and query exactly as they stood in the request line.
        """
        if len(headers) != 1:
            return Verdict(None, why="no Authorization header" if not headers else "several Authorization headers")
        try:
            answer = read_answer(headers[0])
            self._check_form(answer, target)
        except Malformed as error:
            return Verdict(None, why=str(error))
        key = self._look_up(answer.username)
        secret = key.secret if key is not None else _DECOY
        expected = self._response(answer, method, secret)
        if not hmac.compare_digest(expected.encode(), answer.response.encode("latin-1")) or key is None:
            return Verdict(None, why="wrong user or secret")
        freshness = self._nonces.spend(answer.nonce, answer.number)
        if freshness is Freshness.FRESH:
            return Verdict(key)
        return Verdict(None, freshness is Freshness.STALE, f"the nonce is {freshness.value}")

    def _check_form(self, answer: Answer, target: bytes) -> None:
        if answer.algorithm.upper() != self._algorithm:
            raise Malformed(f"algorithm {answer.algorithm[:20]!r} was not offered")
        if answer.realm != self._realm:
            raise Malformed("another realm")
        if answer.opaque is not None and answer.opaque != self._opaque:
            raise Malformed("opaque was changed")
        if not same_target(answer.uri, target):
            raise Malformed("uri is not what was requested")

    def _response(self, answer: Answer, method: str, secret: bytes) -> str:
        """Section 3.4.1, with qop."""
        user = f"{answer.username}:{self._realm}:".encode("latin-1")
        first = self._hash(user + secret)
        second = self._hash(f"{method}:{answer.uri}".encode("latin-1"))
        rest = f"{first}:{answer.nonce}:{answer.nc}:{answer.cnonce}:{answer.qop}:{second}"
        return self._hash(rest.encode("latin-1"))


def same_target(uri: str, target: bytes) -> bool:
    """Whether a digest's uri is the request target, octet for octet; an empty query may or may not have its ``?``."""
    given = uri.encode("latin-1")
    return given == target or (given == target + b"?" and b"?" not in target)


def read_answer(header: bytes) -> Answer:
    """Takes the value of an Authorization header apart.

    Values may be tokens or quoted strings, whichever the parameter: clients differ.

    :raises Malformed: it is no Digest answer with ``qop=auth``, or a parameter is missing, double or malformed.
    """
    if len(header) > LONGEST:
        raise Malformed("the header is too long")
    scheme, blank, rest = header.decode("latin-1").strip(" \t").partition(" ")
    if scheme.lower() != "digest" or not blank:
        raise Malformed("another scheme than Digest")
    found = read_parameters(rest)
    if "username*" in found or found.get("userhash", "false").lower() != "false":
        raise Malformed("neither username* nor userhash was offered")
    for name in ("username", "realm", "nonce", "uri", "response", "qop", "nc", "cnonce"):
        if not found.get(name):
            raise Malformed(f"{name} is missing")
    if found["qop"] != "auth":
        raise Malformed("qop was not offered")
    if _count(found["nc"]) is None:
        raise Malformed("nc is not eight hexadecimal digits")
    number = int(found["nc"], 16)
    if number == 0:
        raise Malformed("nc is zero")
    return Answer(
        username=found["username"],
        realm=found["realm"],
        nonce=found["nonce"],
        uri=found["uri"],
        response=found["response"],
        algorithm=found.get("algorithm", "MD5"),
        qop=found["qop"],
        number=number,
        cnonce=found["cnonce"],
        opaque=found.get("opaque"),
        nc=found["nc"],
    )


def read_parameters(text: str) -> dict[str, str]:
    """``a=1, b="2"`` by lower-case names; empty elements of the list are skipped (RFC 9110, section 5.6.1).

    :raises Malformed: something else, or a name twice.
    """
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        if text[at] in ", \t":
            at += 1
            continue
        match = _parameter.match(text, at)
        if match is None or (match.end() < len(text) and text[match.end()] != ","):
            raise Malformed("the parameters can not be read")
        name, token, quoted = match.groups()
        if name.lower() in found:
            raise Malformed(f"{name[:20]} is there twice")
        found[name.lower()] = token if token is not None else _escape.sub(r"\1", quoted)
        at = match.end()
    return found
