"""The administration's routes that say who may do what, and why."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jackfield.gateway.authorisation import SEALED_FOR
from jackfield.gateway.facts import CallFacts
from jackfield.identity.keys import KeyCache
from jackfield.identity.simulation import Unknown, principal_of, simulated, told
from jackfield.products.asked import OPEN
from jackfield.store.interface import Store
from jackfield.store.secrets import KeyLost, KeyRing

Handler = Callable[[Request], Awaitable[Response]]

_LONGEST = 4_096


class Explaining:
    """:param root: gives the id of the account that Jackfield opened first."""

    def __init__(self, store: Store, keyring: KeyRing, root: Callable[[], str]) -> None:
        self._store = store
        self._keyring = keyring
        self._root = root

    def routes(
        self, guard: Callable[[Handler], Handler], body: Callable[[Request], Awaitable[dict[str, Any]]]
    ) -> list[Route]:
        """:param guard: lets only the administrator pass. :param body: reads a request's JSON object."""

        async def whoami(request: Request) -> Response:
            return _json(await run_in_threadpool(self.who, request.query_params.get("access_key_id", "")))

        async def simulate(request: Request) -> Response:
            return _json(await run_in_threadpool(self.simulate, await body(request)))

        async def decode(request: Request) -> Response:
            return _json(await run_in_threadpool(self.decode, await body(request)))

        return [
            Route("/_jackfield/whoami", guard(whoami), methods=["GET"]),
            Route("/_jackfield/policy/simulate", guard(simulate), methods=["POST"]),
            Route("/_jackfield/policy/decode", guard(decode), methods=["POST"]),
        ]

    def who(self, access_key: str) -> dict[str, Any]:
        """Whom an access key stands for."""
        key = KeyCache(self._store, self._keyring).find(access_key)  # as the store has it now
        if key is None:
            raise HTTPException(404, "there is no such access key")
        with self._store.read() as view:
            who = told(view, key.principal)
        if key.principal.project:
            who |= {"identity_type": "Project", "project_id": key.principal.project}
        return {**who, "access_key_id": access_key, "active": key.active}

    def simulate(self, body: dict[str, Any]) -> dict[str, Any]:
        """What would come of a call."""
        principal, action, resource = (_text(body, name) for name in ("principal", "action", "resource"))
        conditions = body.get("conditions", {})
        if not isinstance(conditions, dict) or not all(isinstance(one, str) for one in conditions.values()):
            raise HTTPException(400, "conditions is an object of texts")
        if resource != "*" and resource.count(":") < 4:
            raise HTTPException(400, "resource is acs:SERVICE:REGION:ACCOUNT:ID, or *")
        account = body.get("account_id") or self._root()
        with self._store.read() as view:
            try:
                who = principal_of(view, principal, str(account))
            except Unknown as unknown:
                raise HTTPException(404, str(unknown)) from None
            facts = CallFacts(view, who, {}, source="", secure=False).about(resource)
            found = simulated(view, who, action, resource, facts, conditions)
        if action in OPEN:
            found |= {"decision": "Allow", "reason": f"everybody may call it: {OPEN[action]}", "others": []}
        return found

    def decode(self, body: dict[str, Any]) -> dict[str, Any]:
        """What a refusal's EncodedDiagnosticMessage says."""
        try:
            opened = self._keyring.unseal(_text(body, "message"), context=SEALED_FOR)
        except KeyLost:
            raise HTTPException(400, "the message is none of this Jackfield's") from None
        found: dict[str, Any] = json.loads(opened)
        return found


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        raise HTTPException(400, f"{name} is text")
    return value


def _json(content: Any) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
