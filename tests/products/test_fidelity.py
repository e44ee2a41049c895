"""Every operation against the vendor's tables: names, nesting, JSON types, required flags, access levels, errors.

What differs on purpose stands in differences.py with its reason. Tables from SDK packages (from_sdk.py) know neither
access levels nor accepted values or errors; of those operations the rest is compared.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.products.differences import (
    ALL_RESOURCES,
    NO_TABLE,
    NOT_RAISED,
    NOT_YET_COMPARED,
    OWN_TEXTS,
    REFUSED_VALUES,
    UNDOCUMENTED,
    WITHOUT_EFFECT,
)
from tests.products.raised import errors_within
from tests.products.tables import Built, bare, built, fields_of, item_of, type_name

COMPARED = [one for one in built() if one.operation.product.code not in NOT_YET_COMPARED]
EVERY = [pytest.param(one, id=one.name) for one in COMPARED]
WITH_TABLE = [pytest.param(one, id=one.name) for one in COMPARED if one.table is not None]
WITH_ACCESS = [pytest.param(one, id=one.name) for one in COMPARED if one.table and "access_level" in one.table]
WITH_ERRORS = [pytest.param(one, id=one.name) for one in COMPARED if one.table and "errors" in one.table]


@pytest.mark.parametrize("one", WITH_TABLE)
def test_parameters(one: Built) -> None:
    """Each exists at the vendor with its type and required flag; each of the vendor's is built or listed."""
    assert one.table, f"{one.name} is none of the vendor's"
    documented = one.table["in"]
    ours = fields_of(one.operation.request_type)
    assert set(ours) <= set(documented)
    listed = {parameter for name, parameter in WITHOUT_EFFECT if name == one.name}
    assert set(documented) - set(ours) == listed
    for name, (info, hint) in ours.items():
        inner, _ = bare(hint)
        assert type_name(inner) == documented[name]["type"], name
        assert info.required == documented[name]["required"], name
        item = item_of(inner)
        if item is not None:
            compare(item, documented[name]["items"], name)


@pytest.mark.parametrize("one", WITH_ACCESS)
def test_accepted_values(one: Built) -> None:
    """A list of accepted values is the vendor's, but for what is refused with a reason."""
    assert one.table
    for name, (_, hint) in fields_of(one.operation.request_type).items():
        inner, param = bare(hint)
        if param is None or not param.enum or inner is not str:
            continue
        refused = set(REFUSED_VALUES.get((one.name, name), {}))
        assert set(param.enum) == set(one.table["in"][name]["enum"]) - refused, name


@pytest.mark.parametrize("one", WITH_TABLE)
def test_reply(one: Built) -> None:
    """Each field has a name of the vendor's, in its place, with its JSON type."""
    assert one.table
    compare_fields(one.operation.reply_type, one.table["out"], "")


@pytest.mark.parametrize("one", WITH_ACCESS)
def test_access_and_action(one: Built) -> None:
    assert one.table
    assert (one.operation.access, one.operation.action) == (one.table["access_level"], one.table["ram_action"])


@pytest.mark.parametrize("one", WITH_ERRORS)
def test_declared_errors(one: Built) -> None:
    """Each is documented for the operation with that status and text, or listed."""
    assert one.table
    strange, reworded = set(), set()
    for error in one.operation.errors:
        text = one.table["errors"].get(str(error.status), {}).get(error.code)
        if text is None:
            strange.add((one.name, error.code, error.status))
        elif text.strip() != error.message:
            reworded.add((one.name, error.code, error.status))
    assert strange == {key for key in UNDOCUMENTED if key[0] == one.name}
    assert reworded == {key for key in OWN_TEXTS if key[0] == one.name}


@pytest.mark.parametrize("one", EVERY)
def test_raised_errors_are_declared(one: Built) -> None:
    """What the operation's code can raise, helpers and parameters included, is what it declares."""
    found = errors_within(one.operation)
    assert {error.__name__ for error in found} <= {error.__name__ for error in one.operation.errors}
    idle = {(one.name, error.__name__) for error in set(one.operation.errors) - found}
    assert idle == {key for key in NOT_RAISED if key[0] == one.name}


@pytest.mark.parametrize("one", EVERY)
def test_declaration_is_complete(one: Built) -> None:
    """Everything that the documents' page of an operation shows."""
    operation = one.operation
    assert operation.title
    assert not operation.title.endswith(".")
    assert operation.description
    assert operation.access in ("create", "delete", "update", "get", "list", "none")
    assert (operation.resource == "*") == (one.name in ALL_RESOURCES)
    for placeholder in _placeholders(operation.resource):
        assert placeholder in fields_of(operation.request_type)
    assert all(error.message and 400 <= error.status < 600 for error in operation.errors)
    if one.table and "errors" in one.table:
        assert operation.errors or not any(status < "500" for status in one.table["errors"])
    if operation.token:
        assert operation.token in fields_of(operation.request_type)
        assert operation.writes
    for name, (_, hint) in fields_of(operation.request_type).items():
        _documented(name, hint)


def test_every_product_is_compared() -> None:
    """Only products without published metadata have no table; no line of differences.py is about nothing."""
    assert {one.operation.product.code for one in built()} - {one.operation.product.code for one in COMPARED} == (
        NOT_YET_COMPARED
    )
    assert {one.operation.product.code for one in built() if one.table is None} == NO_TABLE
    names = {one.name for one in built()}
    listed = {
        key[0] for table in (WITHOUT_EFFECT, REFUSED_VALUES, UNDOCUMENTED, OWN_TEXTS, NOT_RAISED) for key in table
    }
    assert listed <= names
    assert names >= ALL_RESOURCES


def compare(hint: Any, documented: dict[str, Any], path: str) -> None:
    inner, _ = bare(hint)
    assert type_name(inner) == documented["type"], path
    if documented["type"] == "array":
        compare(item_of(inner), documented["items"], f"{path}[]")
    elif documented["type"] == "object":
        compare_fields(inner, documented["fields"], path)


def compare_fields(struct: type[msgspec.Struct], documented: dict[str, Any], path: str) -> None:
    for name, (_, hint) in fields_of(struct).items():
        assert name in documented, f"{path}.{name}"
        compare(hint, documented[name], f"{path}.{name}")


def _documented(path: str, hint: Any) -> None:
    """A text for every parameter, an example for every one that is a single value."""
    inner, param = bare(hint)
    assert param is not None, path
    assert param.text.endswith("."), path
    item = item_of(inner)
    if item is None:
        assert param.example, path
        if param.enum:
            assert param.example in param.enum, path
    elif isinstance(item, type) and issubclass(item, msgspec.Struct):
        for name, (_, inside) in fields_of(item).items():
            _documented(f"{path}.{name}", inside)


def _placeholders(resource: str) -> list[str]:
    return [part.partition("}")[0] for part in resource.split("{")[1:]]
