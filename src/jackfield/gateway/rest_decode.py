"""Path, query and JSON body to request structs.

Every field is looked for by its wire name in the path, then in the body, then in the query: the documents and real
clients disagree about where some parameters stand.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec

from jackfield.gateway.convert import Converter, Unfit, for_type, text
from jackfield.gateway.rest_errors import BodyNotJson, InvalidParameter, MissingParameter
from jackfield.products.errors import ApiError
from jackfield.products.json_text import JsonText
from jackfield.products.operation import Param, Request

R = TypeVar("R", bound=Request)

MOST_ITEMS = 100
"""Of a list in a body."""

_PLAIN = Param(text="")
_Read = Callable[[Any], Any]
""":raises Unfit: for a value that does not fit."""


class Source(NamedTuple):
    """Where the parameters of a call stand."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]

    def get(self, name: str) -> Any:
        """``None`` where it is absent, null or an empty text, which clients send for what they do not mean."""
        for place in (self.path, self.body, self.query):
            value = place.get(name)
            if value is not None and value != "":
                return value
        return None


class _Field(NamedTuple):
    name: str
    wire: str
    read: _Read
    mandatory: bool
    param: Param


def parse_body(data: bytes) -> Mapping[str, Any]:
    """A JSON object, whatever its Content-Type says: the documents' own examples send it as a form. Empty is ``{}``.

    :raises BodyNotJson: it is something else.
    """
    if not data.strip():
        return {}
    try:
        return msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise BodyNotJson from None


def decode(request_type: type[R], source: Source) -> R:
    """Makes the request; parameters that the type does not have are ignored.

    :raises ApiError: the field's own :class:`Param` ``missing`` or ``invalid``, else the gateway's.
    """
    values: dict[str, Any] = {}
    for name, wire, read, mandatory, param in _fields(request_type):
        value = source.get(wire)
        if value is None:
            if mandatory:
                raise _error(param.missing or MissingParameter, wire)
            continue
        try:
            values[name] = read(value)
        except Unfit:
            raise _error(param.invalid or InvalidParameter, wire) from None
    return request_type(**values)


@cache
def _fields(struct: type[msgspec.Struct]) -> tuple[_Field, ...]:
    """:raises TypeError: the type has fields that no parameter can be made into."""
    hints = typing.get_type_hints(struct, include_extras=True)
    return tuple(
        _Field(
            name=info.name,
            wire=info.encode_name,
            read=_reader(*_bare(hints[info.name])),
            mandatory=info.required,
            param=_bare(hints[info.name])[1],
        )
        for info in msgspec.structs.fields(struct)
    )


def _bare(hint: Any) -> tuple[Any, Param]:
    param = _PLAIN
    if typing.get_origin(hint) is Annotated:
        param = next((extra for extra in hint.__metadata__ if isinstance(extra, Param)), param)
        hint = hint.__origin__
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        raise TypeError(f"a parameter has one type, not {hint}")
    return hint, param


def _reader(hint: Any, param: Param) -> _Read:
    if hint is JsonText:
        return _json_text
    if typing.get_origin(hint) is tuple:
        return _list_reader(for_type(typing.get_args(hint)[0], param), typing.get_args(hint)[0])
    if typing.get_origin(hint) is dict:
        return _texts
    convert = for_type(hint, param)
    return lambda value: convert(_text_of(value, hint))


def _text_of(value: Any, hint: Any) -> str:
    """The text that a value would be in a query; only a text is a text, and only a number may be a number."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        if hint is bool:
            return "true" if value else "false"
    elif isinstance(value, int) and hint in (int, float) and abs(value) < 10**18:
        return str(value)
    elif isinstance(value, float) and hint in (int, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 10**18 else repr(value)
    raise Unfit


def _list_reader(convert: Converter, hint: Any) -> _Read:
    def read(value: Any) -> Any:
        if not isinstance(value, list) or len(value) > MOST_ITEMS:
            raise Unfit
        return tuple(convert(_text_of(item, hint)) for item in value)

    return read


def _json_text(value: Any) -> str:
    if isinstance(value, list | dict):
        return text(msgspec.json.encode(value).decode())
    return text(_text_of(value, str))


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > MOST_ITEMS:
        raise Unfit
    return {text(name): text(_text_of(item, str)) for name, item in value.items()}


def _error(error: type[ApiError], name: str) -> ApiError:
    return error(name=name)
