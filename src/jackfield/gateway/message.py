"""Requests and responses between the HTTP server and the pipeline, and the parameters inside requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias
from urllib.parse import unquote_to_bytes

from jackfield.gateway.errors import RequestHasTooManyParameters

Pairs: TypeAlias = list[tuple[str, str]]
"""Parameters in order, names repeated where they were; bytes that are no UTF-8 are surrogates."""

MOST_PARAMETERS = 5_000


class HttpRequest(NamedTuple):
    """A request as received: nothing decoded, nothing normalised.

    :param path: of the request target, without the query.
    :param query: what follows the ``?``.
    :param headers: names in lower case, in order, repeated where they were.
    :param source: address of the client; empty if unknown.
    :param secure: it came by HTTPS.
    """

    method: str
    path: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes
    source: str = ""
    secure: bool = False


class HttpResponse(NamedTuple):
    """An answer, complete.

    :param close: the connection ends after it, since what follows on it cannot be trusted.
    """

    status: int
    content_type: bytes
    body: bytes
    request_id: str
    close: bool = False


def joined_headers(headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Headers by name; the values of a repeated one are joined by commas, as RFC 9110 section 5.3 has it."""
    names = dict(headers)
    if len(names) != len(headers):
        names.clear()
        for name, value in headers:
            names[name] = names[name] + b"," + value if name in names else value
    return names


def parse_pairs(data: bytes) -> Pairs:
    """Parameters of a query string or a form.

    :raises RequestHasTooManyParameters: more than ``MOST_PARAMETERS``.
    """
    if not data:
        return []
    if data.count(b"&") >= MOST_PARAMETERS:
        raise RequestHasTooManyParameters(most=MOST_PARAMETERS)
    pairs: Pairs = []
    for part in data.split(b"&"):
        if not part:
            continue
        name, _, value = part.partition(b"=")
        if b"+" in part or b"%" in part:
            name = unquote_to_bytes(name.replace(b"+", b" "))
            value = unquote_to_bytes(value.replace(b"+", b" "))
        pairs.append((name.decode("utf-8", "surrogateescape"), value.decode("utf-8", "surrogateescape")))
    return pairs


def first_values(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Parameters by name; of a repeated name the first value counts."""
    values: dict[str, str] = {}
    for name, value in pairs:
        values.setdefault(name, value)
    return values
