"""The text of a parameter to a value."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from jackfield.products.operation import Param


class Unfit(Exception):
    """The text is none that the parameter may have."""


Converter: TypeAlias = Callable[[str], Any]
""":raises Unfit: for a text that does not fit."""

_integer = re.compile(r"[+-]?[0-9]{1,19}").fullmatch
_float = re.compile(r"[+-]?(?:[0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300})(?:[eE][+-]?[0-9]{1,2})?").fullmatch
# Surrogates stand for bytes that are no UTF-8; a NUL ends strings in half of the databases behind us.
_unfit = re.compile("[\0\ud800-\udfff]").search


def for_type(hint: Any, param: Param) -> Converter:
    """The converter of a scalar type; ``enum`` and ``range`` are checked by it.

    :raises TypeError: the type is not ``str``, ``int``, ``bool``, ``float`` or a ``Literal`` of strings.
    """
    if hint is str:
        return _one_of(frozenset(param.enum)) if param.enum else text
    if hint is bool:
        return boolean
    if hint is int:
        return _integers(param)
    if hint is float:
        return _floats(param)
    if typing.get_origin(hint) is Literal and all(isinstance(value, str) for value in typing.get_args(hint)):
        return _one_of(frozenset(typing.get_args(hint)))
    raise TypeError(f"no parameter can be made into {hint}")


def text(value: str) -> str:
    """Text as it is."""
    if _unfit(value):
        raise Unfit
    return value


def boolean(value: str) -> bool:
    """``true`` and ``false`` in any case: Python's SDKs send ``True``, the others ``true``."""
    lower = value.lower()
    if lower == "true":
        return True
    if lower == "false":
        return False
    raise Unfit


def _one_of(accepted: frozenset[str]) -> Converter:
    def convert(value: str) -> str:
        if value not in accepted:
            raise Unfit
        return value

    return convert


def _integers(param: Param) -> Converter:
    low, high = param.range or (-(2**63), 2**63 - 1)
    accepted = frozenset(param.enum)

    def convert(value: str) -> int:
        if _integer(value) is None or (accepted and value not in accepted):
            raise Unfit
        number = int(value)
        if not low <= number <= high:
            raise Unfit
        return number

    return convert


def _floats(param: Param) -> Converter:
    def convert(value: str) -> float:
        if _float(value) is None:
            raise Unfit
        number = float(value)
        if number in (float("inf"), float("-inf")) or (
            param.range is not None and not param.range[0] <= number <= param.range[1]
        ):
            raise Unfit
        return number

    return convert
