"""Calls of the official SDKs, caught on the wire: what a client sends for an operation, what it makes of the answer.

Values are made from the operations' own declarations, so that every field of a request or reply has one.
"""

from __future__ import annotations

import itertools
import re
import threading
import typing
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from inspect import getsource
from typing import Any

import msgspec
from alibabacloud_tea_openapi.models import Config
from darabonba.runtime import RuntimeOptions

from jackfield.gateway import envelopes
from jackfield.gateway.decode import decode
from jackfield.gateway.message import first_values, parse_pairs
from jackfield.products.operation import Operation
from tests.products.packages import PACKAGES
from tests.products.tables import bare, item_of

REQUEST_ID = "0C1F8A0D-7F5C-4B43-A3F5-6A6E52A1A0C1"

_METHOD = re.compile(r"    def (\w+_?with_options)\((.*?)action ?= ?'(\w+)',", re.DOTALL)
_AS_TEXT = re.compile(r"array_to_string_with_specified_style\([\w.]+, '([\w.]+)', '(\w+)'\)")


class Catcher:
    """An HTTP server that keeps what it was asked, and answers with what it was given.

    :ivar answer: the body of its answers. :ivar caught: method, query and body of the last request.
    """

    def __init__(self) -> None:
        self.answer = b"{}"
        self.caught: tuple[str, bytes, bytes] = ("", b"", b"")
        catcher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                catcher.caught = (self.command, self.path.partition("?")[2].encode(), body)
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(catcher.answer)))
                self.end_headers()
                self.wfile.write(catcher.answer)

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                """Nothing is logged."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)

    def call(self, operation: Operation[Any, Any], parameters: dict[str, Any]) -> Any:
        """The SDK's model of the answer to a call with these parameters, given as the vendor names them."""
        package = PACKAGES[operation.product.code]
        client = import_module(f"{package}.client").Client(
            Config(
                access_key_id="id",
                access_key_secret="secret",
                endpoint=f"127.0.0.1:{self.server.server_port}",
                protocol="http",
                region_id="cn-hangzhou",
            )
        )
        method = getattr(client, methods(package)[operation.name])
        request = request_model(operation)
        arguments = [] if request is None else [request().from_map(parameters)]
        return method(*arguments, RuntimeOptions()).body

    def decoded(self, operation: Operation[Any, Any]) -> Any:
        """The request that the gateway makes of what was caught."""
        _, query, body = self.caught
        return decode(operation.request_type, first_values(parse_pairs(query) + parse_pairs(body)))


@contextmanager
def catching() -> Iterator[Catcher]:
    """A server that runs."""
    catcher = Catcher()
    thread = threading.Thread(target=catcher.server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield catcher
    finally:
        catcher.server.shutdown()
        thread.join()
        catcher.server.server_close()


@cache
def methods(package: str) -> dict[str, str]:
    """Operation → the client's method that calls it."""
    return {action: method for method, _, action in _METHOD.findall(_client_source(package))}


@cache
def _client_source(package: str) -> str:
    return getsource(import_module(f"{package}.client"))


@cache
def _texts(package: str) -> dict[str, dict[str, str]]:
    return {action: dict(_AS_TEXT.findall(body)) for _, body, action in _METHOD.findall(_client_source(package))}


def sent_as_text(operation: Operation[Any, Any]) -> dict[str, str]:
    """Parameters that the client takes as lists or objects and sends as one text: name → ``json`` or ``simple``."""
    return _texts(PACKAGES[operation.product.code])[operation.name]


def request_model(operation: Operation[Any, Any]) -> Any:
    """The SDK's class of its requests; ``None`` for an operation without parameters."""
    models = import_module(f"{PACKAGES[operation.product.code]}.models")
    return getattr(models, f"{operation.name}Request", None)


def filled(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """A value for every field, in its JSON type; no two are the same where the field allows for it."""
    return _filled(struct, itertools.count(1))


def of_table(table: dict[str, Any]) -> Any:
    """A value of a type as from_sdk.py tells it."""
    if table["type"] == "array":
        return [of_table(table["items"])]
    if table["type"] == "object":
        return {name: of_table(inside) for name, inside in table["fields"].items()}
    return {"string": "text", "integer": 7, "boolean": True, "number": 7.5, "any": "text"}[table["type"]]


def reply_body(operation: Operation[Any, Any], values: dict[str, Any]) -> bytes:
    """The gateway's answer with these values."""
    return envelopes.json_reply(REQUEST_ID, msgspec.convert(values, operation.reply_type))


def _filled(struct: type[msgspec.Struct], numbers: Iterator[int]) -> dict[str, Any]:
    hints = typing.get_type_hints(struct, include_extras=True)
    return {info.encode_name: _value(hints[info.name], numbers) for info in msgspec.structs.fields(struct)}


def _value(hint: Any, numbers: Iterator[int]) -> Any:
    inner, param = bare(hint)
    item = item_of(inner)
    number = next(numbers)
    if item is not None:
        return [_value(item, numbers), _value(item, numbers)]
    if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
        return _filled(inner, numbers)
    if param is not None and param.enum:
        accepted = param.enum[number % len(param.enum)]
        return int(accepted) if inner is int else accepted
    if inner is int and param is not None and param.range is not None:
        low, high = param.range
        return low + number % (high - low + 1)
    return {str: f"text {number}", int: number, bool: True, float: number + 0.5}[inner]
