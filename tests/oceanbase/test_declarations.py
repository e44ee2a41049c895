"""Every operation is declared with all that its page of the documents shows, and raises what it declares."""

from __future__ import annotations

import re
import typing
from typing import Any

import msgspec
import pytest

from jackfield.gateway import rest_errors
from jackfield.products import oceanbase
from jackfield.products.errors import ApiError
from jackfield.products.oceanbase import address_errors, content_errors, errors
from jackfield.products.oceanbase.product import known
from jackfield.products.operation import Operation
from tests.products.raised import errors_within
from tests.products.tables import bare, item_of

OPERATIONS = [pytest.param(one, id=one.name) for one in oceanbase.load().operations.values()]


def declared(module: Any) -> list[type[ApiError]]:
    found = vars(module).values()
    return [
        one
        for one in found
        if isinstance(one, type) and issubclass(one, ApiError) and one.__module__ == module.__name__
    ]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_raised_errors_are_declared(operation: Operation[Any, Any]) -> None:
    assert {one.__name__ for one in errors_within(operation)} == {one.__name__ for one in operation.errors}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_declaration_is_complete(operation: Operation[Any, Any]) -> None:
    assert operation.title
    assert not operation.title.endswith(".")
    assert operation.description.endswith(".")
    vendors = {(one.method, one.path): one.name for one in known()}
    assert vendors[operation.method, operation.path] == operation.name
    assert operation.writes == (operation.method != "GET")
    hints = typing.get_type_hints(operation.request_type, include_extras=True)
    names = {info.encode_name: info for info in msgspec.structs.fields(operation.request_type)}
    in_path = re.findall(r"{(\w+)}", operation.path)
    assert all(names[name].required for name in in_path)
    assert set(re.findall(r"{(\w+)}", operation.resource)) <= set(names)
    for info in names.values():
        _, param = bare(hints[info.name])
        assert param is not None, info.name
        assert param.text.endswith("."), info.name
        assert param.example, info.name
        assert not param.enum or param.example in param.enum
    assert list(typing.get_type_hints(operation.reply_type)) == ["data"]


def test_codes_are_of_one_family() -> None:
    """``E``, the status, ``J``, a number; none stands for two things. ``E001R000`` is the vendor's."""
    own = [one for module in (errors, content_errors, address_errors) for one in declared(module)]
    every = own + declared(rest_errors)
    codes = [one.code for one in every]
    assert len(set(codes)) == len(codes)
    for one in every:
        if one is not rest_errors.UnknownError:
            assert re.fullmatch(r"E\d{3}J\d{3}", one.code)
            assert int(one.code[1:4]) == one.status != 200
        assert one.__doc__
    used = {error for param in OPERATIONS for error in param.values[0].errors}  # type: ignore[union-attr]
    assert set(own) == used


def test_names_are_in_lower_camel_case() -> None:
    seen: set[type[msgspec.Struct]] = set()

    def look(struct: Any) -> None:
        inner, _ = bare(struct)
        inner = item_of(inner) or inner
        for part in (inner, *typing.get_args(inner)):
            part = typing.get_origin(part) or part
            if isinstance(part, type) and issubclass(part, msgspec.Struct) and part not in seen:
                seen.add(part)
                for info in msgspec.structs.fields(part):
                    assert re.fullmatch(r"[a-z]+([A-Z][a-z]*)*", info.encode_name), (part, info.encode_name)
                    look(info.type)

    for param in OPERATIONS:
        operation = typing.cast(Operation[Any, Any], param.values[0])
        look(operation.request_type)
        look(operation.reply_type)
    assert len(seen) > 40
