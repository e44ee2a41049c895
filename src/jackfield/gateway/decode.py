"""Flat parameters to request structs.

Clients flatten: a list is ``Name.1``, ``Name.2``, a list of objects ``Name.1.Field``, an object ``Name.Field``. How a
request type is read is worked out once, on its first use, from its annotations.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec

from jackfield.gateway.convert import Converter, Unfit, for_type
from jackfield.products.errors import ApiError, InvalidParameterValue, MissingParameterValue
from jackfield.products.operation import Param, Request

LARGEST_INDEX = 1_000
"""Highest number accepted in ``Name.N``."""

R = TypeVar("R", bound=Request)

_ABSENT = object()
_PLAIN = Param(text="")


class Node:
    """Parameters by the parts of their names: ``Zone.1.Id`` is leaf ``Id`` of branch ``1`` of branch ``Zone``."""

    __slots__ = ("branches", "leaves")

    def __init__(self, leaves: dict[str, str]) -> None:
        self.leaves = leaves
        self.branches: dict[str, Node] = {}


Reader = Callable[[Node, str, str], Any]
"""Takes what has a name out of a node; ``path`` is its full name, for errors. ``_ABSENT`` if it is not there."""


def decode(request_type: type[R], parameters: Mapping[str, str]) -> R:
    """Makes the request; parameters that the type does not have are ignored.

    :raises ApiError: the field's own :class:`Param` ``missing`` or ``invalid``, else the gateway's
        ``Missing<Name>`` or ``Invalid<Name>``.
    """
    plan = plan_of(request_type)
    root = _grow(parameters) if plan.nested else Node(dict(parameters))
    request: R = plan.make(root, "")
    return request


class Field(NamedTuple):
    """How one field is read. :param name: in the struct. :param wire: in the request."""

    name: str
    wire: str
    read: Reader
    mandatory: bool
    param: Param


class Plan:
    """How one type is read."""

    def __init__(self, struct: type[msgspec.Struct]) -> None:
        hints = typing.get_type_hints(struct, include_extras=True)
        self.struct = struct
        self.fields = [_field(field, hints[field.name]) for field in msgspec.structs.fields(struct)]
        self.nested = any(_is_nested(hints[field.name]) for field in self.fields)

    def make(self, node: Node, path: str) -> Any:
        """Builds the struct. :param path: what stands before its fields' names, ``Zone.1.``."""
        values: dict[str, Any] = {}
        for name, wire, read, mandatory, param in self.fields:
            value = read(node, wire, path + wire)
            if value is not _ABSENT:
                values[name] = value
            elif mandatory:
                raise _error(param.missing or MissingParameterValue, path + wire)
        return self.struct(**values)


@cache
def plan_of(struct: type[msgspec.Struct]) -> Plan:
    """:raises TypeError: the type has fields that no flat parameters can be made into."""
    return Plan(struct)


def _field(info: msgspec.structs.FieldInfo, hint: Any) -> Field:
    inner, param = _bare(hint)
    mandatory = info.default is msgspec.NODEFAULT and info.default_factory is msgspec.NODEFAULT
    return Field(info.name, info.encode_name, _reader(inner, param, mandatory), mandatory, param)


def _bare(hint: Any) -> tuple[Any, Param]:
    """The type without ``Annotated``, ``| None`` and ``| UnsetType``, and its :class:`Param`."""
    param = _PLAIN
    while True:
        if typing.get_origin(hint) is Annotated:
            param = next((extra for extra in hint.__metadata__ if isinstance(extra, Param)), param)
            hint = hint.__origin__
        elif typing.get_origin(hint) in (typing.Union, types.UnionType):
            members = [member for member in typing.get_args(hint) if member not in (types.NoneType, msgspec.UnsetType)]
            if len(members) != 1:
                raise TypeError(f"a parameter has one type, not {hint}")
            hint = members[0]
        else:
            return hint, param


def _item(hint: Any) -> Any:
    """What a list holds; ``None`` if the type is no list."""
    if typing.get_origin(hint) in (list, tuple):
        return typing.get_args(hint)[0]
    return None


def _is_struct(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, msgspec.Struct)


def _is_nested(hint: Any) -> bool:
    inner, _ = _bare(hint)
    return _item(inner) is not None or _is_struct(inner)


def _reader(hint: Any, param: Param, mandatory: bool) -> Reader:
    item = _item(hint)
    if item is not None:
        element, own = _bare(item)
        read_item = _reader(element, param if own is _PLAIN else own, True)
        return _list_reader(typing.get_origin(hint), param, read_item)
    if _is_struct(hint):
        return _struct_reader(hint)
    # An empty text is a value for optional text, and where it is said to be; a number, a switch or a choice that is
    # empty is not given.
    keep_empty = param.empty or (hint is str and not param.enum and not mandatory)
    return _scalar_reader(for_type(hint, param), param, keep_empty=keep_empty)


def _scalar_reader(convert: Converter, param: Param, *, keep_empty: bool) -> Reader:
    def read(node: Node, name: str, path: str) -> Any:
        text = node.leaves.get(name)
        if text is None or (not text and not keep_empty):
            return _ABSENT
        try:
            return convert(text)
        except Unfit:
            raise _error(param.invalid or InvalidParameterValue, path) from None

    return read


def _struct_reader(struct: type[msgspec.Struct]) -> Reader:
    def read(node: Node, name: str, path: str) -> Any:
        branch = node.branches.get(name)
        return _ABSENT if branch is None else plan_of(struct).make(branch, f"{path}.")

    return read


def _list_reader(kind: Any, param: Param, read_item: Reader) -> Reader:
    def read(node: Node, name: str, path: str) -> Any:
        branch = node.branches.get(name)
        if branch is None:
            return _ABSENT
        numbers: dict[int, str] = {}
        for index in (*branch.leaves, *branch.branches):
            if not (index.isascii() and index.isdigit() and len(index) <= 4 and int(index) <= LARGEST_INDEX):
                raise _error(param.invalid or InvalidParameterValue, path)
            numbers[int(index)] = index
        found = (read_item(branch, index, f"{path}.{index}") for _, index in sorted(numbers.items()))
        items = [item for item in found if item is not _ABSENT]
        return kind(items) if items else _ABSENT

    return read


_DEEPEST = 8


def _grow(parameters: Mapping[str, str]) -> Node:
    root = Node(dict(parameters))  # full names included, for fields that have a dot in theirs
    for name, text in parameters.items():
        if "." not in name:
            continue
        *parts, last = name.split(".", _DEEPEST)
        node = root
        for part in parts:
            branch = node.branches.get(part)
            if branch is None:
                branch = node.branches[part] = Node({})
            node = branch
        node.leaves[last] = text
    return root


def refusal(request_type: type[Request], wire: str) -> ApiError:
    """The error for a parameter whose value does not fit, for checks that are made before the request is decoded."""
    param = next((field.param for field in plan_of(request_type).fields if field.wire == wire), _PLAIN)
    return _error(param.invalid or InvalidParameterValue, wire)


def _error(error: type[ApiError], name: str) -> ApiError:
    if "{name}" in error.code or "{name}" in error.message:
        return error(name=name)
    return error()
