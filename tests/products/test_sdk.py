"""Every operation of a product with an official SDK, called by that SDK as it is installed.

What differs from the SDK's models on purpose stands in sdk_differences.py with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from tests.products.differences import WITHOUT_EFFECT
from tests.products.from_sdk import tables
from tests.products.packages import PACKAGES
from tests.products.sdk_calls import (
    REQUEST_ID,
    Catcher,
    catching,
    filled,
    of_table,
    reply_body,
    request_model,
    sent_as_text,
)
from tests.products.sdk_differences import LEFT_OUT, NESTED_WITHOUT_EFFECT
from tests.products.tables import Built, bare, built, fields_of, item_of
from tests.sdk.clients import check_types

EVERY = [pytest.param(one, id=one.name) for one in built() if one.operation.product.code in PACKAGES]


@pytest.fixture(scope="module")
def catcher() -> Iterator[Catcher]:
    with catching() as running:
        yield running


@pytest.mark.parametrize("one", EVERY)
def test_requests(one: Built, catcher: Catcher) -> None:
    """Each parameter is understood where the SDK puts it (query or body, flat, repeated or JSON), with its type."""
    values = _parameters(one)
    model = request_model(one.operation)
    if model is None:
        assert values == {}
    else:
        check_types(model().from_map(values))
    catcher.answer = b'{"RequestId": "1"}'
    catcher.call(one.operation, values)
    decoded = json.loads(msgspec.json.encode(catcher.decoded(one.operation)))
    for name, style in sent_as_text(one.operation).items():
        if name in decoded:
            decoded[name] = json.loads(decoded[name]) if style == "json" else decoded[name].split(",")
    assert decoded == values


@pytest.mark.parametrize("one", EVERY)
def test_replies(one: Built, catcher: Catcher) -> None:
    """The SDK's model takes every field of a full reply from its place, and each value has the type it declares."""
    values = filled(one.operation.reply_type)
    catcher.answer = reply_body(one.operation, values)
    body = catcher.call(one.operation, _parameters(one))
    assert json.loads(catcher.answer) == {**values, "RequestId": REQUEST_ID}
    assert _without_empty_lists(body.to_map()) == json.loads(catcher.answer)
    check_types(body)


@pytest.mark.parametrize("one", EVERY)
def test_nothing_of_the_sdks_is_forgotten(one: Built) -> None:
    """Each field of the SDK's models, however deep, is declared or listed with the reason for leaving it out."""
    table = _table(one)
    for name in sent_as_text(one.operation):
        table["in"][name] = {"type": "string"}
    requests = set(_missing(one.operation.request_type, table["in"], ""))
    without_effect = {name for operation, name in WITHOUT_EFFECT if operation == one.name}
    assert {name for name in requests if "." not in name} <= without_effect
    assert {name for name in requests if "." in name} == _listed(NESTED_WITHOUT_EFFECT, one)
    assert set(_missing(one.operation.reply_type, table["out"], "")) - {"RequestId"} == _listed(LEFT_OUT, one)


def test_lists_are_about_what_is_built() -> None:
    names = {one.name for one in built()}
    assert {operation for operation, _ in (*LEFT_OUT, *NESTED_WITHOUT_EFFECT)} <= names


def _table(one: Built) -> dict[str, Any]:
    table: dict[str, Any] = tables(PACKAGES[one.operation.product.code], [one.operation.name])["operations"]
    return dict(table[one.operation.name])


def _parameters(one: Built) -> dict[str, Any]:
    """All of the operation, each as the SDK's model takes it."""
    values = filled(one.operation.request_type)
    table = _table(one)["in"]
    for name in sent_as_text(one.operation).keys() & values.keys():
        values[name] = of_table(table[name])
    return values


def _missing(struct: type[msgspec.Struct], table: dict[str, Any], path: str) -> Iterator[str]:
    ours = fields_of(struct)
    for name, documented in table.items():
        if name not in ours:
            yield f"{path}{name}"
            continue
        hint, _ = bare(ours[name][1])
        while documented["type"] == "array":
            documented = documented["items"]
            hint, _ = bare(item_of(hint))
        if documented.get("fields"):
            yield from _missing(hint, documented["fields"], f"{path}{name}.")


def _without_empty_lists(value: Any) -> Any:
    """A model shows an empty list for one that was not sent."""
    if isinstance(value, list):
        return [_without_empty_lists(one) for one in value]
    if isinstance(value, dict):
        return {name: _without_empty_lists(one) for name, one in value.items() if one != []}
    return value


def _listed(table: dict[tuple[str, str], str], one: Built) -> set[str]:
    return {path for operation, path in table if operation == one.name}
