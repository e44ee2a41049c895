"""The table of decisions: what policies say, what is asked, what comes out, and why."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

ACCOUNT = "1234567890123456"
ME = f"acs:kvstore:cn-hangzhou:{ACCOUNT}:instance/r-one"
OTHER = f"acs:kvstore:cn-hangzhou:{ACCOUNT}:instance/r-two"
ANY = f"acs:kvstore:cn-hangzhou:{ACCOUNT}:instance/*"
RDS = f"acs:rds:cn-beijing:{ACCOUNT}:dbinstance/rm-one"
ALICE = f"acs:ram::{ACCOUNT}:user/alice"

Statement = dict[str, Any]


def allow(action: Any = "*", resource: Any = "*", **condition: Any) -> Statement:
    return _statement("Allow", {"Action": action}, resource, condition)


def deny(action: Any = "*", resource: Any = "*", **condition: Any) -> Statement:
    return _statement("Deny", {"Action": action}, resource, condition)


def allow_but(action: Any, resource: Any = "*", **condition: Any) -> Statement:
    return _statement("Allow", {"NotAction": action}, resource, condition)


def deny_but(action: Any, resource: Any = "*", **condition: Any) -> Statement:
    return _statement("Deny", {"NotAction": action}, resource, condition)


def _statement(effect: str, about: Statement, resource: Any, condition: Any) -> Statement:
    found = {"Effect": effect, **about, "Resource": resource}
    return {**found, "Condition": condition} if condition else found


def document(*statements: Statement) -> str:
    return json.dumps({"Version": "1", "Statement": statements})


class Row(NamedTuple):
    """:ivar policies: one tuple of statements a policy; they are called p1, p2, and so on.
    :ivar why: the reason that the decision gives, or what a statement that does not apply says of itself.
    """

    policies: tuple[tuple[Statement, ...], ...]
    action: str
    resource: str
    facts: dict[str, str]
    outcome: str
    why: str
    session: tuple[Statement, ...] | None = None


YES, NO, NEVER = "Allow", "ImplicitDeny", "ExplicitDeny"
NOTHING = "no statement allows it"
ELSEWHERE = "it is about other resources"
RELEASE = "kvstore:ReleaseDirectConnection"
SAYS = "statement 1 of custom policy p1 (of the user) allows it"
FORBIDS = "statement 1 of custom policy p1 (of the user) denies it"


def row(statement: Statement, action: str = RELEASE, resource: str = ME, why: str = "", /, **facts: str) -> Row:
    """One statement that decides: allows, or denies, or, with a reason, does not apply."""
    outcome = NO if why else YES if statement["Effect"] == "Allow" else NEVER
    return Row(((statement,),), action, resource, _facts(facts), outcome, why or (SAYS if outcome == YES else FORBIDS))


def _facts(facts: dict[str, str]) -> dict[str, str]:
    """``ip="…"`` and the like, to names that policies know."""
    return {_KEYS.get(name, name): value for name, value in facts.items()}


_KEYS = {
    "ip": "acs:sourceip",
    "now": "acs:currenttime",
    "tls": "acs:securetransport",
    "mfa": "acs:mfapresent",
    "who": "acs:principalarn",
    "env": "acs:resourcetag/env",
    "asked": "acs:requesttag/env",
    "keys": "oss:maxkeys",
}

ACTIONS = [
    row(allow("*")),
    row(allow("*:*")),
    row(allow("kvstore:*")),
    row(allow("kvstore:Release*")),
    row(allow("kvstore:*Connection")),
    row(allow("kvstore:*Direct*")),
    row(allow("kvstore:R*D*C*n")),
    row(allow("kvstore:ReleaseDirectConnectio?")),
    row(allow("kvstore:?eleaseDirectConnection")),
    row(allow("KVStore:releasedirectconnection")),
    row(allow(RELEASE), RELEASE.lower()),
    row(allow(RELEASE), RELEASE.upper()),
    row(allow(["rds:*", RELEASE])),
    row(allow("*:Release*")),
    row(allow("kv*:*")),
    row(allow("rds:*"), RELEASE, ME, NOTHING),
    row(allow("kvstore:Describe*"), RELEASE, ME, NOTHING),
    row(allow("kvstore:ReleaseDirectConnection?"), RELEASE, ME, NOTHING),
    row(allow("kvstore:Release"), RELEASE, ME, NOTHING),
    row(allow("kvstore:DirectConnection"), RELEASE, ME, NOTHING),
    row(allow("kvstore:*Release"), RELEASE, ME, NOTHING),
    row(allow("vstore:*"), RELEASE, ME, NOTHING),
    row(allow(["rds:*", "vpc:*", "ecs:*"]), RELEASE, ME, NOTHING),
    row(allow_but("ram:*")),
    row(allow_but(["ram:*", "sts:*"])),
    row(allow_but("kvstore:*"), RELEASE, ME, NOTHING),
    row(allow_but(["ram:*", "kvstore:Release*"]), RELEASE, ME, NOTHING),
    row(allow_but("kvstore:release*"), RELEASE, ME, NOTHING),
    row(allow_but("*"), RELEASE, ME, NOTHING),
    row(allow_but("kvstore:Describe*")),
    row(deny("*")),
    row(deny("kvstore:*")),
    row(deny("kvstore:Release*")),
    row(deny("rds:*"), RELEASE, ME, NOTHING),
    row(deny_but("rds:*")),
    row(deny_but("kvstore:*"), RELEASE, ME, NOTHING),
]

RESOURCES = [
    row(allow("*", ME)),
    row(allow("*", [RDS, ME])),
    row(allow("*", f"acs:kvstore:*:{ACCOUNT}:instance/r-one")),
    row(allow("*", "acs:kvstore:*:*:instance/r-one")),
    row(allow("*", "acs:kvstore:*:*:instance/*")),
    row(allow("*", "acs:kvstore:*:*:*")),
    row(allow("*", "acs:*:*:*:*")),
    row(allow("*", "acs:kvstore:cn-*:*:instance/r-*")),
    row(allow("*", "acs:kvstore:cn-hangzhou:*:instance/r-on?")),
    row(allow("*", "acs:kvstore:cn-????????:*:*/r-one")),
    row(allow("*", "acs:KVSTORE:*:*:Instance/R-One")),
    row(allow("*", "acs:kvstore:*:*:instance/*"), RELEASE, ANY),
    row(allow("*", "*"), RELEASE, ANY),
    row(allow("*", ANY), RELEASE, OTHER),
    row(allow("*", ME), RELEASE, OTHER, ELSEWHERE),
    row(allow("*", ME), RELEASE, ANY, ELSEWHERE),
    row(allow("*", RDS), RELEASE, ME, ELSEWHERE),
    row(allow("*", "acs:kvstore:cn-beijing:*:*"), RELEASE, ME, ELSEWHERE),
    row(allow("*", "acs:kvstore:cn-hangzhou:6543210987654321:*"), RELEASE, ME, ELSEWHERE),
    row(allow("*", "acs:kvstore:*:*:r-one"), RELEASE, ME, ELSEWHERE),
    row(allow("*", "acs:kvstore:*:*:instance/r-one/x"), RELEASE, ME, ELSEWHERE),
    row(allow("*", "acs:kvstore:*:*:instance/r-one?"), RELEASE, ME, ELSEWHERE),
    row(allow("*", "acs:*:instance/*:*:*"), RELEASE, ME, ELSEWHERE),
    row(allow("*", "acs:kvstore:cn-hang:*:*"), RELEASE, ME, ELSEWHERE),
    row(allow("*", "acs:kvstore:::instance/*"), RELEASE, ME, ELSEWHERE),
    row(allow("*", "acs:kvstor?:*:*:*")),
    row(allow("*", "acs:ram:*:*:user/*"), "ram:GetUser", ALICE),
    row(allow("*", f"acs:ram::{ACCOUNT}:user/alice"), "ram:GetUser", ALICE),
    row(allow("*", f"acs:ram::{ACCOUNT}:user/ALICE"), "ram:GetUser", ALICE),
    row(allow("*", f"acs:ram:cn-hangzhou:{ACCOUNT}:user/alice"), "ram:GetUser", ALICE, ELSEWHERE),
    row(allow("*", f"acs:ram::{ACCOUNT}:user/ali"), "ram:GetUser", ALICE, ELSEWHERE),
    row(allow("*", f"acs:ram::{ACCOUNT}:role/*"), "ram:GetUser", ALICE, ELSEWHERE),
    row(deny("*", ME)),
    row(deny("*", OTHER), RELEASE, ME, ELSEWHERE),
    row(deny("*", ME), RELEASE, OTHER, ELSEWHERE),
]


def when(operator: str, key: str, *values: str) -> dict[str, Any]:
    return {operator: {key: list(values)}}


def conditional(operator: str, key: str, values: str | tuple[str, ...], facts: dict[str, str], met: bool) -> list[Row]:
    """An allowance and a denial under the same condition."""
    wanted = (values,) if isinstance(values, str) else values
    condition = when(operator, key, *wanted)
    why = "" if met else f"condition {operator} {key} {', '.join(wanted)}: {key} "
    return [
        row(allow("*", "*", **condition), RELEASE, ME, why, **facts),
        row(deny("*", "*", **condition), RELEASE, ME, why, **facts),
    ]


def conditions(*lines: tuple[str, str, str | tuple[str, ...], dict[str, str], bool]) -> list[Row]:
    return [one for line in lines for one in conditional(*line)]


ENV, IP, NOW, MAX = "acs:ResourceTag/env", "acs:SourceIp", "acs:CurrentTime", "oss:MaxKeys"
AT = "2026-03-01T08:00:00Z"

CONDITIONS = conditions(
    ("StringEquals", ENV, "prod", {"env": "prod"}, True),
    ("StringEquals", ENV, ("dev", "prod"), {"env": "prod"}, True),
    ("StringEquals", ENV, "prod", {"env": "Prod"}, False),
    ("StringEquals", ENV, "prod", {"env": "dev"}, False),
    ("StringEquals", ENV, "prod", {}, False),
    ("StringEquals", "ACS:resourcetag/env", "prod", {"env": "prod"}, True),
    ("StringEquals", "acs:ResourceTag/Env", "prod", {"env": "prod"}, False),
    ("StringEquals", "acs:RequestTag/env", "prod", {"asked": "prod"}, True),
    ("StringEquals", "acs:RequestTag/env", "prod", {"env": "prod"}, False),
    ("StringNotEquals", ENV, "prod", {"env": "dev"}, True),
    ("StringNotEquals", ENV, "prod", {"env": "prod"}, False),
    ("StringNotEquals", ENV, ("dev", "prod"), {"env": "prod"}, False),
    ("StringNotEquals", ENV, "prod", {}, False),
    ("StringEqualsIgnoreCase", ENV, "PROD", {"env": "prod"}, True),
    ("StringEqualsIgnoreCase", ENV, "PROD", {"env": "dev"}, False),
    ("StringNotEqualsIgnoreCase", ENV, "PROD", {"env": "dev"}, True),
    ("StringNotEqualsIgnoreCase", ENV, "PROD", {"env": "prod"}, False),
    ("StringLike", ENV, "pr*", {"env": "prod"}, True),
    ("StringLike", ENV, "p??d", {"env": "prod"}, True),
    ("StringLike", ENV, "p?d", {"env": "prod"}, False),
    ("StringLike", ENV, "P*", {"env": "prod"}, False),
    ("StringNotLike", ENV, "pr*", {"env": "dev"}, True),
    ("StringNotLike", ENV, "pr*", {"env": "prod"}, False),
    ("StringLike", "acs:PrincipalARN", f"acs:ram::{ACCOUNT}:user/*", {"who": ALICE}, True),
    ("StringLike", "acs:PrincipalARN", f"acs:ram::{ACCOUNT}:role/*", {"who": ALICE}, False),
    ("NumericEquals", MAX, "10", {"keys": "10.0"}, True),
    ("NumericEquals", MAX, "10", {"keys": "11"}, False),
    ("NumericNotEquals", MAX, "10", {"keys": "11"}, True),
    ("NumericNotEquals", MAX, "10", {"keys": "10"}, False),
    ("NumericNotEquals", MAX, "10", {"keys": "many"}, False),
    ("NumericLessThan", MAX, "10", {"keys": "9"}, True),
    ("NumericLessThan", MAX, "10", {"keys": "10"}, False),
    ("NumericLessThanEquals", MAX, "10", {"keys": "10"}, True),
    ("NumericGreaterThan", MAX, "10", {"keys": "10"}, False),
    ("NumericGreaterThan", MAX, "-1", {"keys": "0"}, True),
    ("NumericGreaterThanEquals", MAX, "10", {"keys": "10"}, True),
    ("NumericGreaterThanEquals", MAX, "10", {"keys": "nan"}, False),
    ("DateEquals", NOW, AT, {"now": AT}, True),
    ("DateEquals", NOW, "2026-03-01T16:00:00+08:00", {"now": AT}, True),
    ("DateNotEquals", NOW, AT, {"now": AT}, False),
    ("DateNotEquals", NOW, AT, {"now": "2026-03-01T08:00:01Z"}, True),
    ("DateLessThan", NOW, "2026-03-01T08:00:01Z", {"now": AT}, True),
    ("DateLessThan", NOW, AT, {"now": AT}, False),
    ("DateLessThanEquals", NOW, AT, {"now": AT}, True),
    ("DateGreaterThan", NOW, "2025-12-31T23:59:59Z", {"now": AT}, True),
    ("DateGreaterThan", NOW, AT, {"now": AT}, False),
    ("DateGreaterThanEquals", NOW, AT, {"now": AT}, True),
    ("DateGreaterThanEquals", NOW, AT, {"now": "yesterday"}, False),
    ("Bool", "acs:MFAPresent", "true", {"mfa": "true"}, True),
    ("Bool", "acs:MFAPresent", "true", {"mfa": "false"}, False),
    ("Bool", "acs:MFAPresent", "false", {"mfa": "false"}, True),
    ("Bool", "acs:SecureTransport", "TRUE", {"tls": "true"}, True),
    ("Bool", "acs:SecureTransport", "true", {}, False),
    ("Bool", "acs:SecureTransport", "true", {"tls": "1"}, False),
    ("IpAddress", IP, "10.0.0.0/8", {"ip": "10.255.0.1"}, True),
    ("IpAddress", IP, ("192.0.2.1", "10.0.0.0/8"), {"ip": "192.0.2.1"}, True),
    ("IpAddress", IP, "10.0.0.0/8", {"ip": "11.0.0.1"}, False),
    ("IpAddress", IP, "10.0.0.1", {"ip": "10.0.0.2"}, False),
    ("IpAddress", IP, "10.0.0.0/8", {"ip": "::ffff:10.0.0.1"}, True),
    ("IpAddress", IP, "2001:db8::/32", {"ip": "2001:db8::1"}, True),
    ("IpAddress", IP, "2001:db8::/32", {"ip": "10.0.0.1"}, False),
    ("IpAddress", IP, "0.0.0.0/0", {"ip": "localhost"}, False),
    ("IpAddress", IP, "0.0.0.0/0", {}, False),
    ("NotIpAddress", IP, "10.0.0.0/8", {"ip": "11.0.0.1"}, True),
    ("NotIpAddress", IP, "10.0.0.0/8", {"ip": "10.0.0.1"}, False),
    ("NotIpAddress", IP, ("10.0.0.0/8", "11.0.0.0/8"), {"ip": "11.0.0.1"}, False),
    ("NotIpAddress", IP, "10.0.0.0/8", {}, False),
)

BOTH = {**when("StringEquals", ENV, "prod"), **when("IpAddress", IP, "10.0.0.0/8")}
TWO = {"StringEquals": {ENV: "prod", "acs:RequestTag/env": "prod"}}

SEVERAL = [
    row(allow("*", "*", **BOTH), RELEASE, ME, env="prod", ip="10.0.0.1"),
    row(allow("*", "*", **BOTH), RELEASE, ME, "condition IpAddress", env="prod", ip="11.0.0.1"),
    row(allow("*", "*", **BOTH), RELEASE, ME, "condition StringEquals", env="dev", ip="10.0.0.1"),
    row(allow("*", "*", **TWO), RELEASE, ME, env="prod", asked="prod"),
    row(allow("*", "*", **TWO), RELEASE, ME, "acs:RequestTag/env is dev", env="prod", asked="dev"),
    row(allow("*", "*", **TWO), RELEASE, ME, "acs:RequestTag/env is not known of this call", env="prod"),
    row(allow("kvstore:*", ME, **BOTH), RELEASE, OTHER, ELSEWHERE, env="prod", ip="10.0.0.1"),
    Row((), RELEASE, ME, {}, NO, NOTHING),
    Row(((allow(RELEASE, ME), deny("*", OTHER)),), RELEASE, ME, {}, YES, SAYS),
    Row(((allow(RELEASE, ME), deny("*", OTHER)),), RELEASE, OTHER, {}, NEVER, "statement 2 of custom policy p1"),
    Row(((deny(RELEASE), allow("*")),), RELEASE, ME, {}, NEVER, FORBIDS),
    Row(((allow("*"), deny(RELEASE)),), RELEASE, ME, {}, NEVER, "statement 2 of custom policy p1"),
    Row(((allow("*"),), (deny(RELEASE),)), RELEASE, ME, {}, NEVER, "statement 1 of custom policy p2"),
    Row(((deny(RELEASE),), (allow("*"),)), RELEASE, ME, {}, NEVER, FORBIDS),
    Row(((allow("rds:*"),), (allow("kvstore:*"),)), RELEASE, ME, {}, YES, "statement 1 of custom policy p2"),
    Row(((allow("rds:*"), allow("vpc:*")), (allow("ecs:*"),)), RELEASE, ME, {}, NO, NOTHING),
    Row(
        ((allow("*"), deny("*", "*", **when("NotIpAddress", IP, "10.0.0.0/8"))),), RELEASE, ME,
        {"acs:sourceip": "10.0.0.1"}, YES, SAYS,
    ),
    Row(
        ((allow("*"), deny("*", "*", **when("NotIpAddress", IP, "10.0.0.0/8"))),), RELEASE, ME,
        {"acs:sourceip": "192.0.2.1"}, NEVER, "statement 2 of custom policy p1",
    ),
    Row(((allow("*"), deny_but("kvstore:Describe*")),), "kvstore:DescribeInstances", ANY, {}, YES, SAYS),
    Row(((allow("*"), deny_but("kvstore:Describe*")),), RELEASE, ME, {}, NEVER, "statement 2 of custom policy p1"),
]  # fmt: skip

_SESSION = "no statement of the session policy allows it"
SESSIONS = [
    Row(((allow("*"),),), RELEASE, ME, {}, YES, SAYS, session=(allow("kvstore:*"),)),
    Row(((allow("*"),),), RELEASE, ME, {}, YES, SAYS, session=(allow("*"),)),
    Row(((allow("*"),),), RELEASE, ME, {}, NO, _SESSION, session=(allow("rds:*"),)),
    Row(((allow("*"),),), RELEASE, OTHER, {}, NO, _SESSION, session=(allow("*", ME),)),
    Row(((allow("*"),),), RELEASE, ME, {}, NEVER, "of the session policy denies it", session=(deny("*"),)),
    Row(((allow("rds:*"),),), RELEASE, ME, {}, NO, NOTHING, session=(allow("*"),)),
    Row(((allow("rds:*"),),), RELEASE, ME, {}, NO, _SESSION, session=(allow("vpc:*"),)),
    Row(((deny("*"),),), RELEASE, ME, {}, NEVER, FORBIDS, session=(allow("*"),)),
    Row(((deny("*"),),), RELEASE, ME, {}, NEVER, FORBIDS, session=(allow("rds:*"),)),
    Row(((deny("*"),),), RELEASE, ME, {}, NEVER, "of the session policy denies it", session=(deny("*"),)),
    Row((), RELEASE, ME, {}, NO, NOTHING, session=(allow("*"),)),
    Row(
        ((allow("*"),),), RELEASE, ME, {"acs:sourceip": "192.0.2.1"}, NO, "condition IpAddress",
        session=(allow("*", "*", **when("IpAddress", IP, "10.0.0.0/8")),),
    ),
]  # fmt: skip

TABLE = [*ACTIONS, *RESOURCES, *CONDITIONS, *SEVERAL, *SESSIONS]
