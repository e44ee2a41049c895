"""One client connection: uvicorn's HTTP protocol, with bounds on what a client may cost.

This relies on internals of uvicorn's ``HttpToolsProtocol``: the parser's callbacks, ``cycle``, ``pipeline``, ``flow``
and the keep-alive timer. ``tests/gateway/test_server.py`` exercises every one of them over real sockets.
"""

from __future__ import annotations

import asyncio
from asyncio.events import TimerHandle
from typing import Any, ClassVar, NamedTuple

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Limits(NamedTuple):
    """What clients may cost.

    :param head: bytes of request line and headers. :param headers: how many headers.
    :param request: seconds from a request's first byte to its last.
    :param idle: seconds without a request. :param connections: at the same time.
    """

    head: int = 64 * 1024
    headers: int = 200
    request: float = 30.0
    idle: float = 75.0
    connections: int = 2_000


class _HeadTooLarge(Exception):
    """Ends the parser's run."""


_ANSWERS = {
    400: b"HTTP/1.1 400 Bad Request\r\n",
    408: b"HTTP/1.1 408 Request Timeout\r\n",
    431: b"HTTP/1.1 431 Request Header Fields Too Large\r\n",
}
_NO_BODY = b"server: Jackfield\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Connection(HttpToolsProtocol):
    """Base of the classes that :func:`connections` makes."""

    limits: ClassVar[Limits]
    waiting: ClassVar[dict[Connection, None]]
    """Connections that no answer is being made for, the longest waiting first."""

    _head = 0
    _count = 0
    _in_head = False
    _incomplete = False
    _messages = 0
    _deadline: TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.timeout_keep_alive = self.limits.idle  # type: ignore[assignment]
        if len(self.connections) > self.limits.connections:
            oldest = next(iter(self.waiting), None)
            if oldest is None:  # everybody is being served: the newcomer has to go
                transport.abort()
                return
            oldest.leave()
        self.waiting[self] = None
        self._wait()  # uvicorn arms this timer after an answer only; a client that never asks must not stay either

    def connection_lost(self, exc: Exception | None) -> None:
        self.waiting.pop(self, None)
        self._stop_deadline()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        began_in_head, messages = self._in_head, self._messages
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # no protocol to upgrade to; the request is answered as if it had not asked
        except httptools.HttpParserError as error:
            self._broken(431 if isinstance(error.__context__, _HeadTooLarge) else 400)
            return
        if self._in_head and began_in_head and messages == self._messages:
            # All of it belongs to a head whose current line is not complete yet; the parser tells of whole lines only.
            self._head += len(data)
            if self._head > self.limits.head:
                self._broken(431)
                return
        if not self._incomplete:
            self._stop_deadline()
            if self in self.waiting and self.timeout_keep_alive_task is None:
                self._wait()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.limits.request, self._too_slow)

    # Parser callbacks

    def on_message_begin(self) -> None:
        self._messages += 1
        self._head = self._count = 0
        self._in_head = self._incomplete = True
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._grow(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count += 1
        self._grow(len(name) + len(value) + 4)
        if self._in_head:  # what comes later are trailers: nobody here reads them, and they must not pass for headers
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        if not self.url.startswith(b"/") and self.url != b"*":
            self.url = _with_path(self.url)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._incomplete = False
        if not self.cycle.response_complete:
            self.waiting.pop(self, None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            self.waiting[self] = None

    # Endings

    def timeout_keep_alive_handler(self) -> None:
        self.leave()

    def leave(self) -> None:
        """Closes the connection, at once if the client does not take what was sent."""
        self.waiting.pop(self, None)
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def _wait(self) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def _grow(self, length: int) -> None:
        self._head += length
        if self._head > self.limits.head or self._count > self.limits.headers:
            raise _HeadTooLarge

    def _too_slow(self) -> None:
        self._deadline = None
        self._broken(408)

    def _broken(self, status: int) -> None:
        """Ends a connection whose bytes make no sense any more; answers to whole requests before are sent first."""
        self._stop_deadline()
        last = self.cycle  # of the latest request whose head was whole
        if last is not None and not last.response_complete and not last.more_body:
            last.keep_alive = False
            self.transport.pause_reading()
            return
        if last is None or last.response_complete or not (self.pipeline or last.response_started):
            self.transport.write(_ANSWERS[status] + _NO_BODY)
        self.transport.close()

    def _stop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _with_path(target: bytes) -> bytes:
    """An absolute-form target (``http://host?query``) may lack the path, which is ``/`` then."""
    scheme, separator, rest = target.partition(b"://")
    if not separator:
        return target
    ends = [at for at in (rest.find(b"/"), rest.find(b"?"), rest.find(b"#")) if at >= 0]
    end = min(ends, default=len(rest))
    return target if rest[end : end + 1] == b"/" else scheme + separator + rest[:end] + b"/" + rest[end:]


def connections(limits: Limits) -> type[Connection]:
    """A protocol class of one server, with its own limits and its own waiting connections."""
    members: dict[str, Any] = {"limits": limits, "waiting": {}}
    return type("ServedConnection", (Connection,), members)
