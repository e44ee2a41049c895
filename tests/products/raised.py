"""Which errors an operation's code can raise: read from its functions' code, without running them."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Iterator
from typing import Any

import msgspec

from jackfield.products.errors import ApiError, InternalError, InvalidParameterValue, MissingParameterValue
from jackfield.products.operation import Operation
from tests.products.tables import bare

GATEWAYS_OWN: frozenset[type[ApiError]] = frozenset(
    {ApiError, InternalError, InvalidParameterValue, MissingParameterValue}
)


def errors_within(operation: Operation[Any, Any]) -> set[type[ApiError]]:
    """Every error class that the operation, or a function of the products that it uses, names."""
    found: set[type[ApiError]] = set()
    seen: set[types.FunctionType] = set()
    todo: list[types.FunctionType] = [typing.cast(types.FunctionType, operation.run)]
    while todo:
        function = todo.pop()
        if function in seen:
            continue
        seen.add(function)
        for value in _named(function):
            if isinstance(value, type) and issubclass(value, ApiError):
                found.add(value)
            elif isinstance(value, types.FunctionType) and _is_ours(value.__module__):
                todo.append(value)
    for hint in typing.get_type_hints(operation.request_type, include_extras=True).values():
        _, param = bare(hint)
        if param is not None:
            found |= {error for error in (param.invalid, param.missing) if error is not None}
    return found - GATEWAYS_OWN


def _named(function: types.FunctionType) -> Iterator[Any]:
    """Globals that the function names, what they hold, and what it takes out of modules of ours."""
    names = set(_names(function.__code__))
    modules = []
    for name in names:
        value = function.__globals__.get(name)
        if isinstance(value, types.ModuleType) and _is_ours(value.__name__):
            modules.append(value)
        elif isinstance(value, msgspec.Struct):  # rules that carry the errors of a product
            yield from (_made(getattr(value, field)) for field in value.__struct_fields__)
        else:
            yield _made(value)
    for module in modules:
        yield from (getattr(module, name) for name in names if hasattr(module, name))


def _made(value: Any) -> Any:
    """What a partial call is of."""
    return value.func if isinstance(value, functools.partial) else value


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def _is_ours(module: str) -> bool:
    return module.startswith(("jackfield.products.", "jackfield.endpoints."))
