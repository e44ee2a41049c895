"""Who may call what: the stage that judges RAM users and assumed roles by their policies.

The root of an account may do everything in it. A refusal tells the caller the action, who asked, and which kind of
policy refused; which statement of which policy it was stands in the log, and sealed in the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import msgspec

from jackfield.gateway.context import Context
from jackfield.gateway.errors import ForbiddenRam, NoPermission
from jackfield.gateway.facts import CallFacts
from jackfield.identity.permissions import PermissionCache, touch
from jackfield.identity.policy_judgement import Decision
from jackfield.identity.principal import Principal
from jackfield.products.asked import asked

_NEWER = frozenset({"ram", "sts", "nlb"})
"""Products that refuse with ``NoPermission``; the documents name RAM, STS and "newer products"."""

SEALED_FOR = "diagnostic"


class Authoriser:
    """The stage. :param seal: encrypts a text (first argument), see :class:`jackfield.products.operation.Call`."""

    def __init__(self, seal: Callable[[str, str], str]) -> None:
        self._permissions = PermissionCache()
        self._seal = seal

    def __call__(self, context: Context) -> None:
        """:raises AccessDenied: a policy forbids the call, or none allows it."""
        principal = context.key.principal
        if principal.kind == "Account":
            return
        wanted = asked(context.operation)
        if not wanted:
            return
        permissions = self._permissions.of(context.reader, principal)
        request = context.request
        facts = CallFacts(context.reader, principal, context.parameters, source=request.source, secure=request.secure)
        action = context.operation.action
        for one in wanted:
            for arn in one.arns(context.region, principal.account, context.parameters):
                decision = permissions.judge(action, arn, facts.about(arn))
                if not decision.allowed:
                    self._refuse(context, arn, decision)

    def _refuse(self, context: Context, arn: str, decision: Decision) -> NoReturn:
        principal, operation = context.key.principal, context.operation
        error = NoPermission if operation.product.ram_code in _NEWER else ForbiddenRam
        arn = arn.encode("utf-8", "replace").decode()  # a client's broken bytes
        said = {"Resource": arn, "Reason": decision.reason, "RequestId": context.request_id}
        raise error(
            f"{principal.arn} may not {operation.action} on {arn}: {decision.reason}",
            denied={
                "AuthAction": operation.action,
                **_told(principal),
                "EncodedDiagnosticMessage": self._seal(msgspec.json.encode(said).decode(), SEALED_FOR),
                "NoPermissionType": decision.outcome,
                "PolicyType": decision.level,
            },
        )


def stamp(context: Context) -> None:
    """After a write of RAM: what was read of the account's policies before does not count any more."""
    if context.operation.product.ram_code == "ram":
        touch(context.tx, context.key.principal.account)


def _told(principal: Principal) -> dict[str, str]:
    """Who asked: a RAM user by its id, a session by its role and name."""
    assumed = principal.kind == "AssumedRoleUser"
    return {
        "AuthPrincipalDisplayName": ":".join(principal.arn.split("/")[1:]) if assumed else principal.id,
        "AuthPrincipalOwnerId": principal.account,
        "AuthPrincipalType": "AssumedRoleUser" if assumed else "SubUser",
    }
