"""Jackfield's own administration under ``/_jackfield/``; needs the admin token, and no browser of another origin.

Only ``ca.pem``, the certificate of the authority that clients of databases have to trust, is for everybody.

Nothing here is the vendor's. Replies are JSON; errors are ``{"error": "…"}``.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jackfield.gateway.adoption import Adoption, adopting
from jackfield.gateway.explaining import Explaining
from jackfield.identity.accounts import create_account
from jackfield.identity.projects import create_project, create_project_key
from jackfield.identity.resources import Account
from jackfield.store.interface import Store
from jackfield.store.secrets import KeyRing

LARGEST_BODY = 64 * 1024


class Overview(Protocol):
    """What the administration can tell of the running system; the API process knows."""

    def health(self) -> dict[str, Any]:
        """``status`` (``ok`` or ``degraded``), why, and which processes run."""

    def instances(self, account: str) -> list[dict[str, Any]]:
        """Instances with their endpoints, what really runs, and live connections; of one account, or all."""

    def networks(self, account: str) -> list[dict[str, Any]]:
        """VPCs with everything that listens inside; of one account, or all."""

    def connections(self, endpoint: str) -> list[dict[str, Any]]:
        """Live connections; of one endpoint (id or connection string), or all."""

    def refusals(self) -> list[dict[str, Any]]:
        """The latest clients that a relay turned away, with the reason."""


Handler = Callable[[Request], Awaitable[Response]]


def administration(
    *,
    token: str,
    store: Store,
    keyring: KeyRing,
    overview: Overview,
    adoption: Adoption,
    ca: Callable[[], str],
    root: Callable[[], str],
) -> Starlette:
    """The application; mount it at ``/_jackfield``.

    :param ca: gives the authority's certificate, as PEM.
    :param root: gives the id of the account that Jackfield opened first.
    """

    async def authority(request: Request) -> Response:
        return Response(await run_in_threadpool(ca), media_type="application/x-pem-file")

    async def health(request: Request) -> Response:
        return _json(await run_in_threadpool(overview.health))

    async def instances(request: Request) -> Response:
        account = request.query_params.get("account", "")
        return _json({"instances": await run_in_threadpool(overview.instances, account)})

    async def networks(request: Request) -> Response:
        account = request.query_params.get("account", "")
        return _json({"vpcs": await run_in_threadpool(overview.networks, account)})

    async def connections(request: Request) -> Response:
        endpoint = request.query_params.get("endpoint", "")
        return _json({"connections": await run_in_threadpool(overview.connections, endpoint)})

    async def refusals(request: Request) -> Response:
        return _json({"refusals": await run_in_threadpool(overview.refusals)})

    async def changes(request: Request) -> Response:
        after = _number(request, "after", 0)
        limit = min(_number(request, "limit", 100), 1000)
        with store.read() as view:
            found = view.changes(
                after=after,
                kind=request.query_params.get("kind", ""),
                id=request.query_params.get("id", ""),
                limit=limit,
            )
        return _json({"changes": found})

    async def accounts(request: Request) -> Response:
        body = await _body(request)
        name = body.get("name", "")
        if not isinstance(name, str) or len(name) > 128:
            raise HTTPException(400, "name is text of up to 128 characters")
        with store.write() as tx:
            account, key_id, secret = create_account(tx, keyring, tx.now, name)
        return _json({"account_id": account.id, "access_key_id": key_id, "access_key_secret": secret}, 201)

    async def projects(request: Request) -> Response:
        body = await _body(request)
        name, account_id = body.get("name", ""), body.get("account_id", "")
        if not isinstance(name, str) or len(name) > 128 or not isinstance(account_id, str):
            raise HTTPException(400, "account_id is text, and name is text of up to 128 characters")
        with store.write() as tx:
            account = tx.get(Account, account_id)
            if account is None:
                raise HTTPException(404, "account_id is the 16 digits of an account; there is none such")
            project = create_project(tx, account, name)
            key_id, secret = create_project_key(tx, keyring, project)
        made = {"account_id": account.id, "project_id": project.id, "access_key_id": key_id}
        return _json({**made, "access_key_secret": secret}, 201)

    guard = _guard(token)
    adopt, give_up = adopting(adoption, _body)
    return Starlette(
        routes=[
            Route("/_jackfield/ca.pem", authority, methods=["GET"]),
            Route("/_jackfield/health", guard(health), methods=["GET"]),
            Route("/_jackfield/instances", guard(instances), methods=["GET"]),
            Route("/_jackfield/instances", guard(adopt), methods=["POST"]),
            Route("/_jackfield/instances/{id}", guard(give_up), methods=["DELETE"]),
            Route("/_jackfield/vpcs", guard(networks), methods=["GET"]),
            Route("/_jackfield/connections", guard(connections), methods=["GET"]),
            Route("/_jackfield/refusals", guard(refusals), methods=["GET"]),
            Route("/_jackfield/changes", guard(changes), methods=["GET"]),
            Route("/_jackfield/accounts", guard(accounts), methods=["POST"]),
            Route("/_jackfield/projects", guard(projects), methods=["POST"]),
            *Explaining(store, keyring, root).routes(guard, _body),
        ],
        exception_handlers={HTTPException: _refused, 404: _refused, 405: _refused, 500: _broken},
    )


def _guard(token: str) -> Callable[[Handler], Handler]:
    """Only who knows the token gets in. A page of another origin cannot know it, nor send it unseen."""
    expected = f"Bearer {token}".encode()

    def guard(handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, expected):
                raise HTTPException(401, "Authorization: Bearer <admin_token> is needed; the ready file has it")
            return await handler(request)

        return guarded

    return guard


async def _body(request: Request) -> dict[str, Any]:
    received = b""
    async for chunk in request.stream():
        received += chunk
        if len(received) > LARGEST_BODY:
            raise HTTPException(413, f"a body has at most {LARGEST_BODY} bytes")
    try:
        return msgspec.json.decode(received or b"{}", type=dict[str, Any])
    except msgspec.DecodeError:
        raise HTTPException(400, "the body is no JSON object") from None


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise HTTPException(400, f"{name} is a number")
    return int(text)


def _json(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(content), status, headers, "application/json")


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else ""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return _json({"error": detail}, status, headers)


async def _broken(request: Request, error: Exception) -> Response:
    return _json({"error": "something broke here; the log says what"}, 500)
