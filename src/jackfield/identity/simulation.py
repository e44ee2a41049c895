"""What a principal may do, asked by people instead of calls: the decision, and which statement of which policy."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from jackfield.identity.people import Role, User, named
from jackfield.identity.permissions import read_permissions
from jackfield.identity.policies import policies_of
from jackfield.identity.policy_conditions import Facts, key_of
from jackfield.identity.policy_judgement import Decision, Source
from jackfield.identity.principal import Principal
from jackfield.store.interface import Reader

_arn = re.compile(r"(?:acs:ram::(\d{16}):)?(root|user/([^/]+)|role/([^/]+)(?:/([^/]+))?)").fullmatch
_SESSION = "simulated"


class Unknown(LookupError):
    """There is no such principal; the text says which."""


def principal_of(reader: Reader, text: str, account: str) -> Principal:
    """The principal of a name.

    :param text: an ARN, or its end: ``user/alice``, ``role/admin``, ``role/admin/session``, ``root``.
    :param account: whose, where the text does not say.
    :raises Unknown: there is none.
    """
    match = _arn(text)
    if match is None:
        raise Unknown(f"{text} is no principal: root, user/NAME, role/NAME[/SESSION] or acs:ram::ACCOUNT:… of these")
    account = match[1] or account
    head = f"acs:ram::{account}"
    if match[2] == "root":
        return Principal(account=account, kind="Account", id=account, arn=f"{head}:root", access_key="")
    if match[3]:
        user = named(reader, User, account, match[3])
        if user is None:
            raise Unknown(f"account {account} has no RAM user {match[3]}")
        return Principal(account=account, kind="RAMUser", id=user.id, arn=user.arn, access_key="", name=user.name)
    role = named(reader, Role, account, match[4])
    if role is None:
        raise Unknown(f"account {account} has no role {match[4]}")
    session = match[5] or _SESSION
    return Principal(
        account=account, kind="AssumedRoleUser", id=f"{role.id}:{session}", arn=f"{role.arn}/{session}", access_key="",
        name=session, role=role.id,
    )  # fmt: skip


def told(reader: Reader, principal: Principal) -> dict[str, Any]:
    """Who a principal is and which policies apply to it, for people."""
    return {
        "arn": principal.arn,
        "identity_type": principal.kind,
        "account_id": principal.account,
        "principal_id": principal.id,
        "name": principal.name,
        "policies": [{"name": one.name, "type": one.type, "via": one.via} for one in policies_of(reader, principal)],
    }


def simulated(
    reader: Reader, principal: Principal, action: str, resource: str, facts: Facts, given: Mapping[str, str]
) -> dict[str, Any]:
    """What would come of a call, for people; no call is made.

    :param facts: of the call. :param given: values of condition keys that count instead.
    """
    values = {key_of(key): value for key, value in given.items()}
    asked = {"principal": principal.arn, "action": action, "resource": resource}
    if principal.kind == "Account":
        return {**asked, "decision": "Allow", "reason": "the root of an account may do everything in it", "others": []}
    known = _first(values.get, facts)
    permissions = read_permissions(reader, principal)
    decision = permissions.judge(action, resource, known)
    others = [
        {**_source(miss.source), "statement": miss.statement, "effect": miss.effect, "why": miss.why}
        for miss in permissions.misses(action, resource, known)
    ]
    return {**asked, **_decision(decision), "others": others}


def _decision(decision: Decision) -> dict[str, Any]:
    made: dict[str, Any] = {"decision": decision.outcome, "reason": decision.reason, "policy_type": decision.level}
    if decision.source is not None:
        made |= {**_source(decision.source), "statement": decision.statement}
    return made


def _source(source: Source) -> dict[str, Any]:
    return {"policy": msgspec.to_builtins(source)}


def _first(facts: Callable[[str], str | None], others: Facts) -> Facts:
    def fact(key: str) -> str | None:
        value = facts(key)
        return others(key) if value is None else value

    return fact
