"""Patterns of policies: ``*`` stands for any number of characters, ``?`` for one.

A pattern is compiled once and then matches in time that grows with the product of both lengths at most, whatever it
looks like: who writes a policy must not be able to hold the gateway up.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Match = Callable[[str], bool]

_stars = re.compile(r"\*+")


def anything(text: str) -> bool:
    """The pattern ``*``."""
    return True


def text_pattern(pattern: str) -> Match:
    """Matches a whole text; upper and lower case differ."""
    return anything if not pattern.strip("*") and pattern else _whole(_expression(pattern, "."))


def action_pattern(pattern: str) -> Match:
    """Matches an action in lower case (``kvstore:describe*``); the pattern's own case does not count."""
    return text_pattern(pattern.lower())


def resource_pattern(pattern: str) -> Match:
    """Matches a resource's name. ``*`` alone is every resource; in ``acs:service:region:account:id`` a wildcard stays
    within its part, and only the last part, the id, may hold colons. Takes names in lower case; the pattern's own case
    does not count: some services tell names apart whatever their case, and nobody is to get around a denial so.
    """
    if pattern == "*":
        return anything
    parts = pattern.lower().split(":", 4)
    head = [_expression(part, "[^:]") for part in parts[:4]]
    return _whole(":".join([*head, _expression(parts[4], ".")]))


def _whole(expression: str) -> Match:
    match = re.compile(expression, re.DOTALL).fullmatch
    return lambda text: match(text) is not None


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
