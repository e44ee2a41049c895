"""Telling PostgreSQL's reads from everything else, without understanding them.

Only what is known to be a read counts as one; only what is known to leave no state in its session does not pin it.
What is looked at are words: strings, comments and names in quotes can not pretend to be any.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from jackfield.relay.sql.postgres import words
from jackfield.relay.sql.verdict import Verdict, of_statements

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|--[^\r\n]*)
    | (?P<comment>/\*)
    | (?P<escaped>[eE]'(?:[^'\\]|\\.|'')*')
    | (?P<string>(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*')
    | (?P<dollar>\$(?:[A-Za-z_\u0080-\U0010ffff][\w\u0080-\U0010ffff]*)?\$)
    | (?P<quoted>(?:[uU]&)?"(?:[^"]|"")*")
    | (?P<word>[A-Za-z_\u0080-\U0010ffff][\w$\u0080-\U0010ffff]*)
    | (?P<number>\d[\w.]*|\.\d\w*|\$\d+)
    | (?P<mark>[();,.]|[^\s\w'"();,.])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_GOES_ON = re.compile(r"(\s|--[^\r\n]*)*'", re.ASCII)
"""A string behind a string is its second part, with the escapes of the first."""

_QUOTED = '"'
"""Stands for any name in quotes."""

_LITERAL = "'"
_LONGEST = 64_000
"""Letters of a statement that are looked at; a longer one is in doubt."""

_LONGEST_REMEMBERED = 4096


class _Doubt(Exception):
    """The text can not be cut into words."""


def classify(sql: bytes) -> Verdict:
    """What a query string of one or more statements means; of several, the gravest of them."""
    if len(sql) > _LONGEST:
        return _classify_head(sql)
    try:
        text = sql.decode()
    except UnicodeDecodeError:
        return Verdict.PIN
    return _remembered(text) if len(sql) < _LONGEST_REMEMBERED else _classify(text)


def _classify_head(sql: bytes) -> Verdict:
    """A long INSERT is nothing unusual, and leaves nothing behind unless it calls something."""
    if re.match(rb"\s*(insert|copy)\s", sql, re.IGNORECASE) and not _STATE.search(sql):
        return Verdict.PRIMARY
    return Verdict.PIN


_STATE = re.compile(rb"set_config|advisory|dblink|;\s*\w", re.IGNORECASE)


@lru_cache(maxsize=512)
def _remembered(sql: str) -> Verdict:
    return _classify(sql)


def _classify(sql: str) -> Verdict:
    try:
        tokens = _tokens(sql)
    except _Doubt:
        return Verdict.PIN
    return of_statements(tokens, _statement)


def _tokens(sql: str) -> list[str]:
    """Words in lower case and marks; of strings and names in quotes, only that they are there."""
    tokens: list[str] = []
    at = 0
    while at < len(sql):
        found = _TOKEN.match(sql, at)
        if found is None:
            raise _Doubt
        kind, at = found.lastgroup, found.end()
        if kind == "comment":
            at = _comment_end(sql, at)
        elif kind == "dollar":
            end = sql.find(found.group(), at)
            if end < 0:
                raise _Doubt
            at = end + len(found.group())
            tokens.append(_LITERAL)
        elif kind in ("string", "escaped"):
            if kind == "escaped" and _GOES_ON.match(sql, at):
                raise _Doubt
            tokens.append(_LITERAL)
        elif kind == "quoted":
            tokens.append(_QUOTED)
        elif kind != "space":
            tokens.append(found.group().lower())
    return tokens


def _comment_end(sql: str, at: int) -> int:
    """PostgreSQL's comments may hold comments."""
    depth = 1
    while depth:
        opens, closes = sql.find("/*", at), sql.find("*/", at)
        if closes < 0:
            raise _Doubt
        if 0 <= opens < closes:
            depth, at = depth + 1, opens + 2
        else:
            depth, at = depth - 1, closes + 2
    return at


def _statement(tokens: Sequence[str]) -> Verdict:
    first = next((token for token in tokens if token != "("), "")
    if first == "set":
        return Verdict.PRIMARY if tokens[1:2] and tokens[1] in ("local", "transaction", "constraints") else Verdict.PIN
    if first not in words.PLAIN and first not in words.SELECTS:
        return Verdict.PIN
    calls = _calls(tokens) if first in words.SCANNED else _known_only(tokens)
    if calls is Verdict.PIN or _leaves_state(first, tokens):
        return Verdict.PIN
    if first in words.SELECTS and calls is Verdict.READ and not _is_more(tokens):
        return Verdict.READ
    return Verdict.PRIMARY


def _leaves_state(first: str, tokens: Sequence[str]) -> bool:
    """Temporary tables, and cursors that outlive their transaction."""
    if any(token.startswith("pg_temp") for token in tokens):
        return True
    if first in ("create", "select", "with", "explain"):
        for before, token in zip(("", *tokens), tokens, strict=False):
            if token in ("temp", "temporary") and before in ("create", "local", "global", "replace", "into"):
                return True
    return first == "declare" and "hold" in tokens


def _is_more(tokens: Sequence[str]) -> bool:
    """Whether a query writes, locks, or asks about one server or session."""
    for before, token in zip(("", *tokens), tokens, strict=False):
        if token in words.WRITES or token in words.OWN or token.startswith("pg_stat"):
            return True
        if before == "for" and token in words.LOCKS:
            return True
    return False


def _calls(tokens: Sequence[str]) -> Verdict:
    """The gravest of the functions that are called."""
    worst = Verdict.READ
    for at, token in enumerate(tokens[:-1]):
        if tokens[at + 1] != "(" or not (token == _QUOTED or token[0].isalpha() or token[0] == "_"):
            continue
        qualified = at >= 2 and tokens[at - 1] == "."
        before = tokens[at - 3] if qualified and at >= 3 else tokens[at - 1] if at and not qualified else ""
        if before in ("as", "into"):  # AS names something, and INTO a table, with its columns
            continue
        if before in ("with", "recursive") and not qualified:
            continue
        if qualified and tokens[at - 2] != "pg_catalog":
            return Verdict.PIN
        if (token in words.NOT_CALLS and not qualified) or token in words.READING:
            continue
        if token not in words.PRIMARY:
            return Verdict.PIN
        worst = Verdict.PRIMARY
    return worst


def _known_only(tokens: Sequence[str]) -> Verdict:
    """Of statements in which names stand before parentheses that are no calls, only what is known to leave state."""
    return Verdict.PIN if any(token in words.PINNING for token in tokens) else Verdict.PRIMARY
