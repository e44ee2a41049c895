"""Replies and errors as JSON and XML.

The tea SDKs read XML only under exactly ``text/xml;charset=utf-8``, and lose the code of an error otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from jackfield.gateway.errors import AccessDenied
from jackfield.products.errors import ApiError

JSON = b"application/json;charset=utf-8"
XML = b"text/xml;charset=utf-8"

_DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>"
_encode = msgspec.json.Encoder().encode
_not_in_names = re.compile(r"[^A-Za-z0-9_.\-]")
# A bare carriage return would be read back as a line feed.
_ESCAPES: dict[int, str] = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
# What XML 1.0 (section 2.2) cannot hold, not even as a reference; surrogates are replaced before.
_ESCAPES |= {code: "�" for code in (*range(0x20), 0xFFFE, 0xFFFF) if chr(code) not in "\t\n\r"}


def json_reply(request_id: str, reply: Any) -> bytes:
    """A success: the reply's fields at the top level, after ``RequestId``.

    :param reply: a struct, or the mapping it was remembered as.
    """
    rest = _encode(reply)
    head = b'{"RequestId":"' + request_id.encode()
    return head + b'"}' if rest == b"{}" else head + b'",' + rest[1:]


def xml_reply(request_id: str, reply: Any, operation: str) -> bytes:
    """A success under the root ``<OperationResponse>``; list items repeat the element of their field."""
    parts = [_DECLARATION, f"<{operation}Response><RequestId>{request_id}</RequestId>"]
    _elements(parts, msgspec.to_builtins(reply))
    parts.append(f"</{operation}Response>")
    return "".join(parts).encode()


def error_fields(request_id: str, host: str, error: ApiError, product: str) -> dict[str, Any]:
    """What the client learns of an error, in the vendor's order.

    :param host: the Host header, told back as ``HostId``. :param product: the vendor's code of the product, if known.
    """
    code = _utf8(error.wire_code)
    recommend = f"https://api.aliyun.com/troubleshoot?q={quote(code)}&product={quote(product)}&requestId={request_id}"
    fields: dict[str, Any] = {
        "RequestId": request_id,
        "HostId": _utf8(host),
        "Code": code,
        "Message": _utf8(error.text),
        "Recommend": recommend,
    }
    if isinstance(error, AccessDenied):
        fields["AccessDeniedDetail"] = {name: _utf8(value) for name, value in error.denied.items()}
    return fields


def _utf8(text: str) -> str:
    """Text as far as UTF-8 can hold it: surrogates, which stand for a client's broken bytes, become question marks."""
    return text.encode("utf-8", "replace").decode()


def json_error(fields: Mapping[str, Any]) -> bytes:
    """See :func:`error_fields`."""
    return _encode(fields)


def xml_error(fields: Mapping[str, Any]) -> bytes:
    """The same under ``<Error>``; the address is CDATA, as the vendor writes it."""
    parts = [_DECLARATION, "<Error>"]
    _elements(parts, {name: value for name, value in fields.items() if name != "Recommend"})
    parts.append(f"<Recommend><![CDATA[{fields['Recommend']}]]></Recommend></Error>")
    return "".join(parts).encode()


def _elements(parts: list[str], fields: Mapping[Any, Any]) -> None:
    for name, value in fields.items():
        _element(parts, _element_name(str(name)), value)


def _element(parts: list[str], name: str, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, list | tuple):
        for item in value:
            _element(parts, name, item)
        return
    parts.append(f"<{name}>")
    if isinstance(value, dict):
        _elements(parts, value)
    elif isinstance(value, bool):
        parts.append("true" if value else "false")
    else:
        parts.append(str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace").translate(_ESCAPES))
    parts.append(f"</{name}>")


def _element_name(name: str) -> str:
    name = _not_in_names.sub("_", name)
    return name if name[:1].isalpha() or name[:1] == "_" else f"_{name}"
