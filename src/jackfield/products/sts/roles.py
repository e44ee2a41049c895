"""AssumeRole: a temporary key that may do what a role may."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import UNSET, UnsetType

from jackfield.identity.people import Role, named
from jackfield.identity.policy import PolicyMalformed, parse_policy
from jackfield.identity.sessions import begin
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.sts.errors import (
    AssumedByRoot,
    AssumeNotAllowed,
    InvalidDurationSeconds,
    InvalidExternalId,
    InvalidPolicyGrammar,
    InvalidPolicySize,
    InvalidRoleArn,
    InvalidRoleSessionName,
    RoleNotExist,
)
from jackfield.products.sts.product import STS
from jackfield.products.sts.trust import trust
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader

SHORTEST = 900
LONGEST_CHAINED = 3600
"""Seconds that a session may last that another session asked for (the vendor's documents, "role chaining")."""

LONGEST_POLICY = 2048

_arn = re.compile(r"acs:ram::([0-9]{16}):role/([A-Za-z0-9._\-]{1,64})").fullmatch
_session_name = re.compile(r"[A-Za-z0-9.@_\-]{2,64}").fullmatch
_external_id = re.compile(r"[A-Za-z0-9+=,.@:/_\-]{2,1224}").fullmatch


class AssumeRoleRequest(Request):
    role_arn: Annotated[
        str, Param("The role.", "acs:ram::1234567890123456:role/adminrole", invalid=InvalidRoleArn)
    ]  # fmt: skip
    role_session_name: Annotated[
        str, Param("The session's name: 2 to 64 letters, digits and .@-_ characters.", "alice")
    ]
    duration_seconds: Annotated[
        int, Param("How long the session lasts, in seconds.", "3600", invalid=InvalidDurationSeconds)
    ] = 3600
    policy: Annotated[str, Param("A policy that narrows what the role allows.", '{"Version":"1","Statement":[…]}')] = ""
    external_id: Annotated[str, Param("What the trust policy may ask for.", "abcd1234")] = ""
    source_identity: Annotated[str, Param("Who is behind it; told back.", "alice")] = ""


class Credentials(Shape):
    access_key_id: str
    access_key_secret: str
    security_token: str
    expiration: str


class AssumedRoleUser(Shape):
    arn: str
    assumed_role_id: str


class AssumeRoleReply(Reply):
    credentials: Credentials
    assumed_role_user: AssumedRoleUser
    source_identity: str | UnsetType = UNSET


@operation(
    STS, title="Assumes a role", access="get", resource="role/{RoleArn}",
    errors=(
        InvalidRoleArn, InvalidRoleSessionName, InvalidDurationSeconds, InvalidExternalId, InvalidPolicyGrammar,
        InvalidPolicySize, AssumedByRoot, AssumeNotAllowed, RoleNotExist,
    ),
)  # fmt: skip
def assume_role(tx: Reader, call: Call, request: AssumeRoleRequest) -> AssumeRoleReply:
    """Nothing is stored: the token holds the session. The role has to trust the caller, whichever account either is of,
    and the caller's own policies have to allow it: that is judged before.

    What the session may do is what both the role's policies and the session policy, if there is one, allow.
    """
    found = _arn(request.role_arn)
    if found is None:
        raise InvalidRoleArn
    if _session_name(request.role_session_name) is None:
        raise InvalidRoleSessionName
    if request.external_id and _external_id(request.external_id) is None:
        raise InvalidExternalId
    if request.duration_seconds < SHORTEST:
        raise InvalidDurationSeconds
    if len(request.policy.encode("utf-8", "replace")) > LONGEST_POLICY:
        raise InvalidPolicySize
    if request.policy:
        try:
            parse_policy(request.policy)
        except PolicyMalformed:
            raise InvalidPolicyGrammar from None
    if call.principal.kind == "Account":
        raise AssumedByRoot
    role = named(tx, Role, found[1], found[2])
    if role is None:
        raise RoleNotExist
    decision = trust(tx, call, role, request.external_id)
    if not decision.allowed:
        raise AssumeNotAllowed(
            f"{call.principal.arn} may not assume {role.arn}: {decision.reason}",
            denied={
                "AuthAction": "sts:AssumeRole",
                "AuthPrincipalDisplayName": call.principal.id,
                "AuthPrincipalOwnerId": call.account,
                "AuthPrincipalType": "AssumedRoleUser" if call.principal.role else "SubUser",
                "NoPermissionType": decision.outcome,
                "PolicyType": decision.level,
            },
        )
    chained = call.principal.kind == "AssumedRoleUser"
    if request.duration_seconds > (LONGEST_CHAINED if chained else role.longest):
        raise InvalidDurationSeconds
    expires = call.now + request.duration_seconds
    session, token = begin(
        call.seal,
        role,
        name=request.role_session_name,
        policy=request.policy,
        expires=expires,
        source=request.source_identity,
    )
    return AssumeRoleReply(
        credentials=Credentials(
            access_key_id=session.key_id,
            access_key_secret=session.secret,
            security_token=token,
            expiration=iso_second(expires),
        ),
        assumed_role_user=AssumedRoleUser(arn=session.arn, assumed_role_id=session.principal_id),
        source_identity=request.source_identity or UNSET,
    )
