"""The ASGI application: RPC calls on ``/``, everything else by its path's first part."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, TypeAlias

from jackfield.gateway.errors import ApiNotFound, InvalidContentType, RequestTooLarge, UnsupportedHttpMethod
from jackfield.gateway.message import HttpRequest, HttpResponse
from jackfield.gateway.pipeline import Pipeline
from jackfield.products.errors import ApiError

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_BODY = 1024 * 1024
"""Bytes."""

FORM = b"application/x-www-form-urlencoded"


class ClientGone(Exception):
    """The client closed the connection before its request was complete."""


class RpcApp:
    """Everything that one port serves.

    :param mounts: makers of the applications behind paths (``/console``), called on the first request to them. A
        mounted application gets the whole path, and reads and bounds request bodies itself.
    """

    def __init__(self, pipeline: Pipeline, mounts: Mapping[str, Callable[[], ASGIApp]] | None = None) -> None:
        self._pipeline = pipeline
        self._mounts = {f"/{prefix.strip('/')}": make for prefix, make in (mounts or {}).items()}
        self._made: dict[str, ASGIApp] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"no {scope['type']} here")
        if scope["path"] == "/":
            await self._rpc(scope, receive, send)
            return
        mounted = self._mounted(scope["path"])
        if mounted is not None:
            await mounted(scope, receive, send)
        else:
            await self._refuse(scope, ApiNotFound(), send, json=True)

    def _mounted(self, path: str) -> ASGIApp | None:
        for prefix in sorted(self._mounts, key=len, reverse=True):
            if path == prefix or path.startswith(f"{prefix}/"):
                if prefix not in self._made:
                    self._made[prefix] = self._mounts[prefix]()
                return self._made[prefix]
        return None

    async def _rpc(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        if scope["method"] not in ("GET", "POST"):
            await self._refuse(scope, UnsupportedHttpMethod(), send)
            return
        for name, value in scope["headers"]:
            if name in (b"content-length", b"transfer-encoding") and value != b"0":
                try:
                    body = await read_body(scope, receive, LARGEST_BODY)
                except ClientGone:
                    return
                except RequestTooLarge as error:
                    await self._refuse(scope, error, send)
                    return
                if body and not _is_form(scope["headers"]):
                    await self._refuse(scope, InvalidContentType(), send)
                    return
                break
        await respond(self._pipeline.handle(_request(scope, body)), send)

    async def _refuse(self, scope: Scope, error: ApiError, send: Send, *, json: bool = False) -> None:
        request = _request(scope, b"")
        if json:
            request = request._replace(query=b"Format=JSON")
        # What is left of the body is not read: the connection cannot go on.
        await respond(self._pipeline.refuse(request, error, close=True), send)


async def read_body(scope: Scope, receive: Receive, most: int) -> bytes:
    """The whole body, whether its length was announced or not.

    :param most: bytes.
    :raises RequestTooLarge: it is longer; no more than that was read of it.
    :raises ClientGone: the client left before its end.
    """
    for name, value in scope["headers"]:
        if name == b"content-length" and int(value) > most:
            raise RequestTooLarge(most=most)
    parts: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        part = message.get("body", b"")
        length += len(part)
        if length > most:
            raise RequestTooLarge(most=most)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


async def respond(response: HttpResponse, send: Send) -> None:
    """Sends a complete answer."""
    headers = [
        (b"content-type", response.content_type),
        (b"content-length", str(len(response.body)).encode()),
        (b"x-acs-request-id", response.request_id.encode()),
    ]
    if response.close:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


def _request(scope: Scope, body: bytes) -> HttpRequest:
    client = scope.get("client")
    return HttpRequest(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"],
        headers=scope["headers"],
        body=body,
        source=client[0] if client else "",
        secure=scope.get("scheme") == "https",
    )


def _is_form(headers: list[tuple[bytes, bytes]]) -> bool:
    """A body without a type counts as a form: clients that send one leave it out."""
    types = [value.partition(b";")[0].strip().lower() for name, value in headers if name == b"content-type"]
    return types in ([], [b""], [FORM])
