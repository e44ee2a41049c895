"""The vendor's tables of the operations that are built here, reduced to what is compared.

``data/*.json`` holds facts from the vendor's API metadata: names, types, required flags (as its gateway enforces them),
access levels and documented errors. Parameters that every operation takes (``OwnerId`` and the like) are left out.
"""

from __future__ import annotations

import json
import types
import typing
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from jackfield.products.operation import Operation, Param
from jackfield.products.registry import Products

DATA = Path(__file__).parent / "data"
_NAMES = {str: "string", int: "integer", bool: "boolean", float: "number"}


class Built(NamedTuple):
    """An operation and the vendor's table of it; ``None`` for a product whose metadata the vendor does not publish."""

    operation: Operation[Any, Any]
    table: dict[str, Any] | None

    @property
    def name(self) -> str:
        return f"{self.operation.product.code}.{self.operation.name}"


@cache
def built() -> tuple[Built, ...]:
    """Every operation of the registry."""
    files = [json.loads(path.read_text()) for path in DATA.glob("*.json")]
    by_version: dict[str, dict[str, Any]] = {}
    for file in files:
        by_version.setdefault(file["version"], {}).update(file["operations"])
    found = []
    for version, product in Products().items():
        tables = by_version.get(version)
        for name, operation in product.operations.items():
            found.append(Built(operation, None if tables is None else tables.get(name, {})))
    return tuple(found)


def bare(hint: Any) -> tuple[Any, Param | None]:
    """A field's type without ``Annotated``, ``| None`` and ``| UnsetType``, and its :class:`Param` if it has one."""
    param: Param | None = None
    while True:
        if typing.get_origin(hint) is typing.Annotated:
            param = next((extra for extra in hint.__metadata__ if isinstance(extra, Param)), param)
            hint = hint.__origin__
        elif typing.get_origin(hint) in (typing.Union, types.UnionType):
            (hint,) = (
                one for one in typing.get_args(hint) if getattr(one, "__name__", "") not in ("NoneType", "UnsetType")
            )
        else:
            return hint, param


def fields_of(struct: type[msgspec.Struct]) -> dict[str, tuple[msgspec.structs.FieldInfo, Any]]:
    """Wire name → field and annotation."""
    hints = typing.get_type_hints(struct, include_extras=True)
    return {info.encode_name: (info, hints[info.name]) for info in msgspec.structs.fields(struct)}


def item_of(hint: Any) -> Any:
    """What a list holds; ``None`` if the type is no list."""
    return typing.get_args(hint)[0] if typing.get_origin(hint) in (tuple, list) else None


def type_name(hint: Any) -> str:
    """The JSON type: ``string``, ``integer``, ``boolean``, ``number``, ``array`` or ``object``."""
    if item_of(hint) is not None:
        return "array"
    return _NAMES.get(hint, "object")
