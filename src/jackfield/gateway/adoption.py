"""The administration's routes for databases that run already: they are adopted and given up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response


class Refused(Exception):
    """:param status: of the HTTP reply. :param text: for people."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class Adoption(Protocol):
    """What adopts; the API process knows how."""

    def adopt(self, body: dict[str, Any]) -> dict[str, Any]:
        """Makes an instance of a database that runs; what was made. :raises Refused: it can not be."""

    def end(self, id: str) -> None:
        """Deletes such an instance, not the database. :raises Refused: there is none, or it can not be now."""


Handler = Callable[[Request], Awaitable[Response]]


def adopting(adoption: Adoption, body: Callable[[Request], Awaitable[dict[str, Any]]]) -> tuple[Handler, Handler]:
    """What answers ``POST /_jackfield/instances`` and ``DELETE /_jackfield/instances/{id}``.

    :param body: reads a request's JSON object.
    """

    async def adopt(request: Request) -> Response:
        try:
            made = await run_in_threadpool(adoption.adopt, await body(request))
        except Refused as refused:
            raise HTTPException(refused.status, refused.text) from None
        return Response(msgspec.json.encode(made), 201, media_type="application/json")

    async def end(request: Request) -> Response:
        try:
            await run_in_threadpool(adoption.end, request.path_params["id"])
        except Refused as refused:
            raise HTTPException(refused.status, refused.text) from None
        return Response(b"{}", 202, media_type="application/json")

    return adopt, end
