"""Serves the application over HTTP/1.1, on sockets that are given."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import uvicorn
from uvicorn.server import Server

from jackfield.gateway.connection import Limits, connections
from jackfield.gateway.rpc import ASGIApp

GRACE = 5
"""Seconds that calls on their way may take when the server is told to stop."""


class _Server(Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals are the business of whoever runs the process

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()


async def serve(
    app: ASGIApp,
    sockets: Sequence[socket.socket],
    *,
    on_ready: Callable[[], None],
    stop: asyncio.Event | None = None,
    limits: Limits | None = None,
) -> None:
    """Answers on bound sockets until ``stop`` is set, or the task is cancelled; closes them then.

    Installs no signal handlers. Calls that are being answered get ``GRACE`` seconds to end.

    :param on_ready: called once connections are accepted.
    """
    limits = limits or Limits()
    config = uvicorn.Config(
        _as_any(app),
        http=connections(limits),
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        headers=[("server", "Jackfield")],
        timeout_graceful_shutdown=GRACE,
        backlog=2048,
    )
    server = _Server(config, on_ready)
    stopper = asyncio.create_task(_stop(server, stop)) if stop is not None else None
    try:
        await server.serve(sockets=list(sockets))
    except asyncio.CancelledError:
        await server.shutdown(sockets=list(sockets))
        raise
    finally:
        if stopper is not None:
            stopper.cancel()


def run(main: Callable[[], Any]) -> None:
    """Runs an asynchronous main function on uvloop."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())


async def _stop(server: Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True


def _as_any(app: ASGIApp) -> Any:
    """uvicorn types the messages of an application one by one; ours are plain mappings."""
    return app
