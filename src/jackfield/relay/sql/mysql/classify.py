"""Telling MySQL's reads from everything else, without understanding them: see PostgreSQL's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from jackfield.relay.sql.mysql import words
from jackfield.relay.sql.verdict import Verdict, of_statements

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|\#[^\n]*|--(?=[\s\x00-\x1f]|$)[^\n]*)
    | (?P<special>/\*M?!)
    | (?P<comment>/\*.*?\*/)
    | (?P<string>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")
    | (?P<quoted>`(?:[^`]|``)*`)
    | (?P<variable>@@(?:[A-Za-z_]\w*\.)?[A-Za-z_]\w*)
    | (?P<own>@)
    | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?(?![\w$])|0x[0-9A-Fa-f]+)
    | (?P<word>[\w$\u0080-\U0010ffff]+)
    | (?P<mark>[^\s\w'"`@\#])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_QUOTED, _LITERAL = "`", "'"
_LONGEST = 64_000
_LONGEST_REMEMBERED = 4096
_NAMES = re.compile(
    rb"\s*set\s+names\s+'?([A-Za-z0-9_]+)'?(?:\s+collate\s+'?([A-Za-z0-9_]+)'?)?\s*;?\s*", re.IGNORECASE
)
_KILL = re.compile(rb"\s*kill\s+(?:hard\s+|soft\s+)?(?:query\s+|connection\s+)?(\d{1,18})\s*;?\s*", re.IGNORECASE)
_USE = re.compile(rb"\s*use\s+(?:`([^`]+)`|([A-Za-z0-9_$]+))\s*;?\s*", re.IGNORECASE)
_AUTOCOMMIT = re.compile(
    rb"\s*set\s+(?:session\s+|@@(?:session\.)?)?autocommit\s*:?=\s*(?:0|1|on|off|true|false)\s*;?\s*", re.IGNORECASE
)


_UNSAFE = (b"big5", b"sjis", b"gbk", b"gb18030", b"cp932")
"""Character sets in which a quote or a backslash may be half of a letter."""

UNSAFE_IDS = frozenset({1, 84, 13, 88, 28, 87, 248, 249, 250, 95, 96})
"""Their collations' numbers."""


class _Doubt(Exception):
    """The text can not be cut into words."""


def charset_set(sql: bytes) -> bool:
    """Whether it is a SET NAMES, which can be said to every server alike."""
    return bool(_NAMES.fullmatch(sql))


def killed_thread(sql: bytes) -> int:
    """The connection that a KILL names; 0 for anything else."""
    found = _KILL.fullmatch(sql)
    return int(found[1]) if found else 0


def used_database(sql: bytes) -> bytes:
    """The database of a USE; empty for anything else."""
    found = _USE.fullmatch(sql)
    return (found[1] or found[2]) if found else b""


def classify(sql: bytes) -> Verdict:
    """What a query means, of one or more statements; of several, the gravest of them."""
    names = _NAMES.fullmatch(sql)
    if names:
        return Verdict.PIN if names[1].lower() in _UNSAFE else Verdict.PRIMARY
    if _USE.fullmatch(sql) or _AUTOCOMMIT.fullmatch(sql):
        return Verdict.PRIMARY
    if len(sql) > _LONGEST:
        head = re.match(rb"\s*(insert|replace)\s", sql, re.IGNORECASE)
        return Verdict.PRIMARY if head and not re.search(rb"get_lock|:=|;\s*\w", sql, re.IGNORECASE) else Verdict.PIN
    try:
        text = sql.decode()
    except UnicodeDecodeError:
        return Verdict.PIN
    return _remembered(text) if len(sql) < _LONGEST_REMEMBERED else _classify(text)


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
    """Words in lower case, marks and ``@@variables``; of strings and names in quotes, only that they are there."""
    tokens: list[str] = []
    at = 0
    while at < len(sql):
        found = _TOKEN.match(sql, at)
        if found is None or found.lastgroup in ("special", "own"):  # code in a comment, or a variable of the session
            raise _Doubt
        kind, at = found.lastgroup, found.end()
        if kind == "string":
            tokens.append(_LITERAL)
        elif kind == "quoted":
            tokens.append(_QUOTED)
        elif kind == "variable":
            tokens.append("@@" + found.group().lower().removeprefix("@@").rpartition(".")[2])
        elif kind not in ("space", "comment"):
            tokens.append(found.group().lower())
    return tokens


def _statement(tokens: Sequence[str]) -> Verdict:
    first = next((token for token in tokens if token != "("), "")
    if first == "show" and _is_about_the_last(tokens):
        return Verdict.LAST
    if first not in words.PLAIN and first not in words.SELECTS:
        return Verdict.PIN
    if first == "begin" and tokens[1:2] == ["not"]:
        return Verdict.PIN
    if first == "create" and "temporary" in tokens[:4]:
        return Verdict.PIN
    calls = _calls(tokens) if first in words.SCANNED else Verdict.PRIMARY
    if calls is Verdict.PIN or ":" in tokens:  # := sets a variable of the session
        return Verdict.PIN
    if first not in words.SELECTS or _is_more(tokens):
        return Verdict.PRIMARY
    return max(calls, _variables(tokens))


def _is_about_the_last(tokens: Sequence[str]) -> bool:
    return tokens[1:2] in (["warnings"], ["errors"]) or list(tokens[1:3]) == ["count", "("]


def _is_more(tokens: Sequence[str]) -> bool:
    """Whether a query writes, locks, or asks about one server or session."""
    for token, behind in zip(tokens, (*tokens[1:], ""), strict=True):
        if token in words.WRITES and behind != "(":
            return True
        if token in words.OWN or token.startswith("innodb_") or (token == "next" and behind == "value"):
            return True
    return False


def _variables(tokens: Sequence[str]) -> Verdict:
    worst = Verdict.READ
    for token in tokens:
        if token.startswith("@@"):
            name = token[2:]
            if name in words.OWN_VARIABLES:
                return Verdict.PRIMARY
            if name in words.LAST_VARIABLES:
                worst = Verdict.LAST
    return worst


def _calls(tokens: Sequence[str]) -> Verdict:
    """The gravest of the functions that are called."""
    worst = Verdict.READ
    for at, token in enumerate(tokens[:-1]):
        if tokens[at + 1] != "(":
            continue
        if token == _LITERAL:  # a name, where quotes mean names (ANSI_QUOTES)
            return Verdict.PIN
        if not (token == _QUOTED or token[0].isalnum() or token[0] in "_$"):
            continue
        qualified = at >= 2 and tokens[at - 1] == "."
        before = tokens[at - 3] if qualified and at >= 3 else tokens[at - 1] if at and not qualified else ""
        if before in words.BEFORE_NAMES:
            continue
        if qualified or token == _QUOTED:
            return Verdict.PIN
        if token in words.NOT_CALLS or token in words.READING:
            continue
        if token in words.LAST:
            worst = max(worst, Verdict.LAST)
        elif token in words.PRIMARY:
            worst = max(worst, Verdict.PRIMARY)
        else:
            return Verdict.PIN
    return worst
