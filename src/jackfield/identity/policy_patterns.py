"""Patterns of policies: ``*`` stands for any number of characters, ``?`` for one.

A pattern is compiled once and then matches in time that grows with the product of both lengths at most, whatever it
looks like: who writes a policy must not be able to hold the gateway up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

Match = Callable[[str], object | None]
"""``None``: the text does not match."""

_stars = re.compile(r"\*+")


def text_pattern(*patterns: str) -> Match:
    """Matches a whole text by any of the patterns; upper and lower case differ."""
    return _whole(_expression(pattern, ".") for pattern in patterns)


def action_pattern(*patterns: str) -> Match:
    """Matches an action in lower case (``kvstore:describe*``); the patterns' own case does not count."""
    return text_pattern(*(pattern.lower() for pattern in patterns))


def resource_pattern(*patterns: str) -> Match | None:
    """Matches a resource's name; ``None`` if any name matches, as it does ``*``.

    In ``acs:service:region:account:id`` a wildcard stays within its part, and only the last part, the id, may hold
    colons. Takes names in lower case; the patterns' own case does not count: some services tell names apart whatever
    their case, and nobody is to get around a denial so.
    """
    return None if "*" in patterns else _whole(_parts(pattern.lower()) for pattern in patterns)


def _parts(pattern: str) -> str:
    parts = pattern.split(":", 4)
    return ":".join([*(_expression(part, "[^:]") for part in parts[:4]), _expression(parts[4], ".")])


def _whole(expressions: Iterable[str]) -> Match:
    return re.compile("|".join(f"(?:{one})" for one in expressions), re.DOTALL).fullmatch


def _expression(pattern: str, one: str) -> str:
    """:param one: the expression for what a wildcard may stand for, one character."""
    first, *rest = (
        "".join(one if letter == "?" else re.escape(letter) for letter in piece) for piece in _stars.split(pattern)
    )
    if not rest:
        return first
    # What lies between two stars is found at its first place and never tried at another (an atomic group): that is
    # enough to find a match where there is one, and nothing is gone through twice.
    middle = "".join(f"(?>{one}*?{piece})" for piece in rest[:-1])
    return f"{first}{middle}{one}*{rest[-1]}"
