"""Answers to DNS queries (RFC 1035, EDNS0 of RFC 6891): bytes in, bytes out."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

PLAIN_BYTES = 512
"""What a UDP answer may take when the client offers nothing else."""
TCP_BYTES = 65535

Lookup = Callable[[str, bool], Sequence[str] | None]
"""The IPv4 addresses of a lower-case name without final dot, in the order of the answer; ``None`` when unknown. The
flag says whether they are going to be told: questions for other types only need to know whether there is the name."""

_HEADER = struct.Struct(">6H")
_A, _OPT, _ANY = 1, 41, 255
_IN = 1
_NOERROR, _FORMERR, _NXDOMAIN, _NOTIMP, _REFUSED = 0, 1, 3, 4, 5
_BADVERS = 16
_RESPONSE, _AUTHORITATIVE, _TRUNCATED, _WANTS_RECURSION, _RECURSION = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080
_UDP_BYTES = 4096  # what we offer and send at most over UDP


class _Malformed(Exception):
    """The query can not be read."""


class _Question(NamedTuple):
    """:ivar name: ``None`` when no host can be called so. :ivar raw: the bytes, to be repeated in the answer."""

    name: str | None
    kind: int
    family: int
    raw: bytes


class _Offer(NamedTuple):
    """EDNS0. :ivar size: bytes of UDP answer that the client takes."""

    size: int
    version: int


def answer(query: bytes, lookup: Lookup, *, tcp: bool = False) -> bytes | None:
    """The answer to a query, ``None`` when none is due (too short, or itself an answer).

    An unknown name gets NXDOMAIN, another type than A of a known one an empty answer. Over UDP, what does not fit is
    left out and marked as truncated, upon which clients ask by TCP. Addresses may be used for this one time only (TTL
    0). Never raises for what it reads, whatever it is.
    """
    if len(query) < _HEADER.size:
        return None
    number, flags, questions, *others = _HEADER.unpack_from(query)
    if flags & _RESPONSE:
        return None
    operation = flags >> 11 & 0xF
    kept = _RESPONSE | operation << 11 | flags & _WANTS_RECURSION | _RECURSION
    if operation:
        return _HEADER.pack(number, kept | _NOTIMP, 0, 0, 0, 0)
    try:
        if questions != 1:
            raise _Malformed
        question, at = _question(query)
        offer = _offer(query, at, sum(others))
    except _Malformed:
        return _HEADER.pack(number, kept | _FORMERR, 0, 0, 0, 0)
    code, addresses = _find(question, offer, lookup)
    option = b""
    if offer is not None:
        option = b"\0" + struct.pack(">HHIH", _OPT, _UDP_BYTES, code >> 4 << 24, 0)
    most = TCP_BYTES if tcp else min(max(offer.size, PLAIN_BYTES), _UDP_BYTES) if offer else PLAIN_BYTES
    fitting = (most - _HEADER.size - len(question.raw) - len(option)) // 16
    if len(addresses) > fitting:
        addresses = addresses[:fitting] if tcp else []
        kept |= 0 if tcp else _TRUNCATED
    kept |= _AUTHORITATIVE if code in (_NOERROR, _NXDOMAIN) else 0
    # 0xC00C points at the question's name.
    records = b"".join(
        struct.pack(">HHHIH", 0xC00C, _A, _IN, 0, 4) + socket.inet_aton(address) for address in addresses
    )
    header = _HEADER.pack(number, kept | code & 0xF, 1, len(addresses), 0, bool(option))
    return header + question.raw + records + option


def _find(question: _Question, offer: _Offer | None, lookup: Lookup) -> tuple[int, Sequence[str]]:
    if offer is not None and offer.version:
        return _BADVERS, []
    if question.family not in (_IN, _ANY):
        return _REFUSED, []
    told = question.kind in (_A, _ANY)
    found = None if question.name is None else lookup(question.name, told)
    if found is None:
        return _NXDOMAIN, []
    return _NOERROR, found if told else []


def _question(query: bytes) -> tuple[_Question, int]:
    labels = []
    at = _HEADER.size
    while True:
        length = _byte(query, at)
        if length > 63:  # a pointer has nothing to point at here
            raise _Malformed
        at += 1 + length
        if not length:
            break
        labels.append(query[at - length : at])
    if at - _HEADER.size > 255 or at + 4 > len(query):
        raise _Malformed
    kind, family = struct.unpack_from(">HH", query, at)
    return _Question(_name(labels), kind, family, query[_HEADER.size : at + 4]), at + 4


def _name(labels: list[bytes]) -> str | None:
    if any(b"." in label for label in labels):
        return None
    try:
        return b".".join(labels).decode("ascii").lower()
    except UnicodeDecodeError:
        return None


def _offer(query: bytes, at: int, records: int) -> _Offer | None:
    found = None
    for _ in range(records):
        at = _skip_name(query, at)
        if at + 10 > len(query):
            raise _Malformed
        kind, size, more, length = struct.unpack_from(">HHIH", query, at)
        at += 10 + length
        if at > len(query):
            raise _Malformed
        if kind == _OPT:
            if found is not None:
                raise _Malformed
            found = _Offer(size, more >> 16 & 0xFF)
    return found


def _skip_name(query: bytes, at: int) -> int:
    while True:
        length = _byte(query, at)
        if length >= 0xC0:
            return at + 2
        if length > 63:
            raise _Malformed
        at += 1 + length
        if not length:
            return at


def _byte(query: bytes, at: int) -> int:
    if at >= len(query):
        raise _Malformed
    return query[at]
