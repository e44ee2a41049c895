"""Applications behind paths: made on their first request, and what they may do to a connection."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from jackfield.gateway.connection import Limits
from tests.gateway.support import Http, World, dialled, read_answer, receive, until_closed

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Gate:
    """A mounted application whose answers wait until it is opened."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._opened = threading.Event()

    def __enter__(self) -> Gate:
        return self

    def __exit__(self, *_: object) -> None:
        self.open()

    def open(self) -> None:
        self._opened.set()

    def application(self) -> Any:
        async def app(scope: dict[str, Any], receive: Any, send: Send) -> None:
            self.reached.set()
            await asyncio.to_thread(self._opened.wait, 10)
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body"})

        return app


def test_mounted_applications(world: World) -> None:
    made: list[str] = []

    def make() -> Any:
        made.append("console")

        async def app(scope: dict[str, Any], receive: Any, send: Send) -> None:
            body = f"{scope['method']} {scope['path']}".encode()
            headers = [(b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        return app

    with world.served(console=make) as port:
        assert made == []
        with Http(port) as connection:
            for path in ("/console", "/console/", "/console/a/b?c=d"):
                connection.request("GET", path)
                assert read_answer(connection).body == f"GET {path.partition('?')[0]}".encode()
        assert made == ["console"]
        for path in ("/consoles", "/nowhere", "/favicon.ico"):
            with Http(port) as connection:
                connection.request("DELETE", path)
                answer = read_answer(connection)
            assert answer.status == 404
            assert answer.headers["content-type"] == "application/json;charset=utf-8"
            assert answer.code == "InvalidApi.NotFound"


def test_nobody_who_is_being_served_is_pushed_out(world: World) -> None:
    with Gate() as gate, world.served(Limits(connections=1), gate=gate.application) as port, dialled(port) as served:
        served.sendall(world.signer.acs3("WhoAmI").raw() + b"GET /gate HTTP/1.1\r\nhost: a\r\n\r\n")
        assert gate.reached.wait(10)
        with dialled(port) as newcomer:
            assert until_closed(newcomer) == b""
        gate.open()
        assert [status for status, _, _ in receive(served, 2)] == [200, 200]
        with dialled(port) as newcomer:
            newcomer.sendall(world.signer.acs3("WhoAmI").raw())
            assert receive(newcomer)[0][0] == 200


def test_body_that_ends_after_the_answer(world: World) -> None:
    with Gate() as gate, world.served(Limits(idle=0.3), gate=gate.application) as port, dialled(port) as connection:
        gate.open()
        connection.sendall(b"POST /gate HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n")
        assert receive(connection)[0][0] == 200
        connection.sendall(b"later")
        assert until_closed(connection) == b""
