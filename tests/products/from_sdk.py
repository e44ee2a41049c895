"""Writes tables of operations from an official SDK package, for products whose metadata the vendor does not publish.

``python -m tests.products.from_sdk PACKAGE OPERATION… > tests/products/data/PRODUCT.json``

A package tells names, types, nesting and, in its models' comments, which parameters are documented as required. It
tells neither access levels nor RAM actions, accepted values or errors, so such tables have none of them. Without
operations, the names of all operations of the package are written, one a line: the product's ``known.txt``.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
import typing
from importlib import import_module
from types import ModuleType
from typing import Any

EVERYWHERE = frozenset({"OwnerId", "OwnerAccount", "ResourceOwnerId", "ResourceOwnerAccount", "SecurityToken"})
"""Parameters that every operation takes."""

_REQUIRED = "This parameter is required."
_NAMES = {str: "string", int: "integer", bool: "boolean", float: "number", Any: "any"}
_PACKAGE = re.compile(r"alibabacloud_(?P<product>[a-z_]+)(?P<version>\d{8})")


def operation_names(package: str) -> list[str]:
    """Every operation that the package's client calls, sorted."""
    source = inspect.getsource(import_module(f"{package}.client"))
    return sorted(set(re.findall(r"^\s+action ?= ?'(\w+)',$", source, re.MULTILINE)))


def tables(package: str, operations: typing.Sequence[str]) -> dict[str, Any]:
    """The file of a product in the shape of ``data/*.json``.

    :raises KeyError: the package has no such operation.
    """
    match = _PACKAGE.fullmatch(package)
    if match is None:
        raise ValueError(f"{package} is no package of an official SDK")
    date = match["version"]
    known = set(operation_names(package))
    models = import_module(f"{package}.models")
    found = {}
    for operation in sorted(operations):
        if operation not in known:
            raise KeyError(operation)
        found[operation] = {"in": _parameters(models, operation), "out": _reply(models, operation)}
    return {"product": match["product"], "version": f"{date[:4]}-{date[4:6]}-{date[6:]}", "operations": found}


def _parameters(models: ModuleType, operation: str) -> dict[str, Any]:
    model = getattr(models, f"{operation}Request", None)
    if model is None:
        return {}
    required = _required(model)
    return {
        name: {**_type(hint), "required": attribute in required}
        for attribute, name, hint in _fields(model)
        if name not in EVERYWHERE
    }


def _reply(models: ModuleType, operation: str) -> dict[str, Any]:
    return _nested(getattr(models, f"{operation}ResponseBody"))


def _nested(model: type) -> dict[str, Any]:
    return {name: _type(hint) for _, name, hint in _fields(model)}


def _type(hint: Any) -> dict[str, Any]:
    if typing.get_origin(hint) is list:
        return {"type": "array", "items": _type(typing.get_args(hint)[0])}
    if typing.get_origin(hint) is dict:
        return {"type": "object", "fields": {}}
    if hint in _NAMES:
        return {"type": _NAMES[hint]}
    return {"type": "object", "fields": _nested(hint)}


def _fields(model: type) -> list[tuple[str, str, Any]]:
    """(attribute, name on the wire, type) of each field, sorted by name."""
    module = sys.modules[model.__module__]
    hints = typing.get_type_hints(model.__init__, vars(module))  # type: ignore[misc]
    return sorted(
        ((attribute, _wire_name(model, attribute, hint), hint) for attribute, hint in hints.items()),
        key=lambda field: field[1],
    )


def _wire_name(model: Any, attribute: str, hint: Any) -> str:
    """What the model writes when only this field is set."""
    empty = model().to_map()
    (name,) = (name for name, value in model(**{attribute: _some(hint)}).to_map().items() if value != empty.get(name))
    return str(name)


def _some(hint: Any) -> Any:
    if typing.get_origin(hint) is list:
        return [_some(typing.get_args(hint)[0])]
    return {} if typing.get_origin(hint) is dict else "" if hint in _NAMES else hint()


def _required(model: type) -> set[str]:
    """Attributes whose comment in the model says that they are required."""
    found = set()
    comment = ""
    for line in inspect.getsource(model.__init__).splitlines():  # type: ignore[misc]
        text = line.strip()
        if text.startswith("#"):
            comment += text
        elif text.startswith("self."):
            if _REQUIRED in comment:
                found.add(text.removeprefix("self.").partition(" ")[0])
            comment = ""
    return found


def main(package: str, *operations: str) -> None:
    if operations:
        json.dump(tables(package, operations), sys.stdout, indent=1, sort_keys=True)
        sys.stdout.write("\n")
    else:
        sys.stdout.write("\n".join(operation_names(package)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
