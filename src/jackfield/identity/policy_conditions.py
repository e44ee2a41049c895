"""Conditions of policies: ``{operator: {key: value or values}}``, compiled to functions of a call's facts.

The values of a key are alternatives; keys and operators must all be met. A negative operator (``StringNotEquals``) is
met when none of its values is. A key that the call has nothing for meets no operator, neither positive nor negative:
the documents know no ``…IfExists`` and no ``Null``. The same holds for a value of the wrong type.

Source: ``api/ram-policy.json``, "condition_operators" and "condition_logic" of the vendor's policy elements.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, TypeVar

from jackfield.identity.policy_patterns import text_pattern

Facts = Callable[[str], str | None]
"""What is known of a call by the name of a condition key, as :func:`key_of` writes it; ``None``: nothing."""

T = TypeVar("T")

_key = re.compile(r"[A-Za-z][A-Za-z0-9-]*:[A-Za-z][A-Za-z0-9_-]*(?:/.{1,128})?", re.DOTALL).fullmatch
_number = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})", re.ASCII).fullmatch
_moment = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)", re.ASCII
).fullmatch  # fmt: skip


class Unfit(ValueError):
    """A part of a condition that the policy language does not allow; the text says which."""


class Condition:
    """One key under one operator."""

    __slots__ = ("_judge", "_negative", "_read", "key", "operator", "values", "written")

    def __init__(self, name: str, written: str, values: tuple[str, ...]) -> None:
        """:raises Unfit: the operator, the key or a value is none."""
        kind = _OPERATORS.get(name)
        if kind is None:
            raise Unfit(f"{name} is no condition operator")
        if _key(written) is None:
            raise Unfit(f"{written} is no condition key")
        self.operator = name
        self.written = written
        self.key = key_of(written)
        self.values = values
        self._read, judge_of, self._negative = kind
        self._judge = judge_of(values)

    def met(self, facts: Facts) -> bool:
        """Whether a call with these facts meets it."""
        text = facts(self.key)
        if text is None:
            return False
        value = self._read(text)
        return value is not None and self._judge(value) is not self._negative

    def __str__(self) -> str:
        return f"{self.operator} {self.written} {', '.join(self.values)}"


def key_of(written: str) -> str:
    """A condition key as facts have it: names in lower case, since policies spell them in either; the key of a tag,
    which follows the ``/``, as it is.
    """
    name, slash, tag = written.partition("/")
    return name.lower() + slash + tag


def compiled(block: Mapping[str, Mapping[str, tuple[str, ...]]]) -> tuple[Condition, ...]:
    """:raises Unfit: as :class:`Condition`."""
    return tuple(Condition(name, key, values) for name, keys in block.items() for key, values in keys.items())


def number(text: str) -> float | None:
    """A decimal number."""
    value = float(text) if _number(text) is not None else math.nan
    return value if math.isfinite(value) else None


@lru_cache(maxsize=256)
def moment(text: str) -> float | None:
    """Seconds since the epoch of an ISO 8601 time with its offset (``2026-03-01T08:00:00Z``)."""
    if _moment(text) is None:
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        return None


def switch(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.lower())


@lru_cache(maxsize=1024)
def address(text: str) -> tuple[int, int] | None:
    """The version and number of an address; one of IPv4 that is mapped into IPv6 is itself."""
    try:
        found: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    return found.version, int(found)


Block = tuple[int, int, int]
"""The version of a block of addresses, its first and its last."""


def _network(text: str) -> Block | None:
    try:
        found = ip_network(text, strict=False)
    except ValueError:
        return None
    return found.version, int(found.network_address), int(found.broadcast_address)


Judge = Callable[[Any], bool]


def _any(read: Callable[[str], T | None], compare: Callable[[Any, T], bool]) -> Callable[[tuple[str, ...]], Judge]:
    """Judges that are satisfied by one of the values. :param compare: takes the call's value and the policy's."""

    def judge_of(values: tuple[str, ...]) -> Judge:
        wanted = [_fit(read, value) for value in values]
        if len(wanted) == 1:
            only = wanted[0]
            return lambda found: compare(found, only)
        return lambda found: any(compare(found, value) for value in wanted)

    return judge_of


def _fit(read: Callable[[str], T | None], text: str) -> T:
    value = read(text)
    if value is None:
        raise Unfit(f"{text!r} is no value for this condition operator")
    return value


def _one_of(values: tuple[str, ...]) -> Judge:
    return frozenset(values).__contains__


def _like(values: tuple[str, ...]) -> Judge:
    match = text_pattern(*values)
    return lambda found: match(found) is not None


def _folded(values: tuple[str, ...]) -> Judge:
    return frozenset(value.casefold() for value in values).__contains__


def _in_network(found: Any, block: Block) -> bool:
    return bool(found[0] == block[0] and block[1] <= found[1] <= block[2])


def _same(found: Any, value: bool) -> bool:
    return found is value


def _equal(found: Any, value: float) -> bool:
    return bool(found == value)


Kind = tuple[Callable[[str], Any], Callable[[tuple[str, ...]], Judge], bool]

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}


def _ordered(prefix: str, read: Callable[[str], float | None]) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {prefix + name: (read, _any(read, order), False) for name, order in _ORDERS.items()}
    equal = _any(read, _equal)
    return kinds | {f"{prefix}Equals": (read, equal, False), f"{prefix}NotEquals": (read, equal, True)}


_OPERATORS: dict[str, Kind] = {
    "StringEquals": (str, _one_of, False),
    "StringNotEquals": (str, _one_of, True),
    "StringEqualsIgnoreCase": (str.casefold, _folded, False),
    "StringNotEqualsIgnoreCase": (str.casefold, _folded, True),
    "StringLike": (str, _like, False),
    "StringNotLike": (str, _like, True),
    **_ordered("Numeric", number),
    **_ordered("Date", moment),
    "Bool": (switch, _any(switch, _same), False),
    "IpAddress": (address, _any(_network, _in_network), False),
    "NotIpAddress": (address, _any(_network, _in_network), True),
}

OPERATORS = frozenset(_OPERATORS)
"""Of the language; there are no others."""
