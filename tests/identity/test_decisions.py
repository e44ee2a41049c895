"""Who may do what: a table of decisions, each with its reason; and what holds whatever policies say."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.identity.policy import parse_policy, parse_trust_policy
from jackfield.identity.policy_judgement import Permissions, Source, trusts
from tests.identity.decisions import ACCOUNT, ALICE, ME, OTHER, RELEASE, TABLE, Row, Statement, document

NOTHING_KNOWN = dict[str, str]().get


def permissions(policies: Any, session: tuple[Statement, ...] | None = None) -> Permissions:
    return Permissions(
        [(Source(f"p{n}", "Custom", "user"), parse_policy(document(*one))) for n, one in enumerate(policies, 1) if one],
        None if session is None else (Source("s", "Session", "session"), parse_policy(document(*session))),
    )


def test_the_table_is_long_enough() -> None:
    assert len(TABLE) >= 150
    assert len({repr(one) for one in TABLE}) == len(TABLE)


@pytest.mark.parametrize("row", TABLE, ids=range(1, len(TABLE) + 1))
def test_decision(row: Row) -> None:
    policies = permissions(row.policies, row.session)
    decision = policies.judge(row.action, row.resource, row.facts.get)
    assert decision.outcome == row.outcome
    misses = [miss.why for miss in policies.misses(row.action, row.resource, row.facts.get)]
    assert any(row.why in said for said in (decision.reason, *misses)), (decision.reason, misses)
    level = "SessionPolicy" if "the session policy" in decision.reason else "AccountLevelIdentityBasedPolicy"
    assert decision.level == level


def trust(effect: str, *principals: str, action: Any = "sts:AssumeRole", **condition: Any) -> Statement:
    found: Statement = {"Effect": effect, "Action": action, "Principal": {"RAM": list(principals)}}
    return {**found, "Condition": condition} if condition else found


ROOT, BOB, ROLE = f"acs:ram::{ACCOUNT}:root", f"acs:ram::{ACCOUNT}:user/bob", f"acs:ram::{ACCOUNT}:role/r"
FOREIGN = "acs:ram::6543210987654321:user/alice"
EXTERNAL = {"StringEquals": {"sts:ExternalId": "secret"}}


@pytest.mark.parametrize(
    ("statements", "who", "facts", "outcome"),
    [
        ([trust("Allow", ROOT)], ROOT, {}, "Allow"),
        ([trust("Allow", ROOT)], ALICE, {}, "Allow"),
        ([trust("Allow", ROOT)], ROLE, {}, "Allow"),
        ([trust("Allow", ROOT)], FOREIGN, {}, "ImplicitDeny"),
        ([trust("Allow", ALICE)], ALICE, {}, "Allow"),
        ([trust("Allow", ALICE)], BOB, {}, "ImplicitDeny"),
        ([trust("Allow", ALICE)], ROOT, {}, "ImplicitDeny"),
        ([trust("Allow", ALICE, BOB)], BOB, {}, "Allow"),
        ([trust("Allow", ROLE)], ROLE, {}, "Allow"),
        ([trust("Allow", ROOT), trust("Deny", BOB)], BOB, {}, "ExplicitDeny"),
        ([trust("Deny", BOB), trust("Allow", ROOT)], BOB, {}, "ExplicitDeny"),
        ([trust("Allow", ROOT), trust("Deny", BOB)], ALICE, {}, "Allow"),
        ([trust("Allow", ROOT, action="sts:*")], ALICE, {}, "Allow"),
        ([trust("Allow", ROOT, action="*")], ALICE, {}, "Allow"),
        ([trust("Allow", ROOT, action="sts:TagSession")], ALICE, {}, "ImplicitDeny"),
        ([trust("Allow", ROOT, **EXTERNAL)], ALICE, {"sts:externalid": "secret"}, "Allow"),
        ([trust("Allow", ROOT, **EXTERNAL)], ALICE, {"sts:externalid": "Secret"}, "ImplicitDeny"),
        ([trust("Allow", ROOT, **EXTERNAL)], ALICE, {}, "ImplicitDeny"),
        ([trust("Allow", ROOT)], "ecs.aliyuncs.com", {}, "ImplicitDeny"),
    ],
)
def test_trust(statements: list[Statement], who: str, facts: dict[str, str], outcome: str) -> None:
    decision = trusts(parse_trust_policy(document(*statements)), who, facts.get)
    assert (decision.outcome, decision.level) == (outcome, "AssumeRolePolicy")
    assert decision.allowed is (outcome == "Allow")


def test_services_are_trusted_by_name() -> None:
    policy = json.dumps(
        {"Version": "1", "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs.aliyuncs.com"}}
        ]}
    )  # fmt: skip
    parsed = parse_trust_policy(policy)
    assert trusts(parsed, "ecs.aliyuncs.com", NOTHING_KNOWN).allowed
    assert not trusts(parsed, ROOT, NOTHING_KNOWN).allowed


ACTIONS = st.sampled_from([RELEASE, "rds:DescribeDBInstances", "ram:GetUser", "", ":", "x" * 50])
ARNS = st.sampled_from([ME, OTHER, ALICE, "*", "", "acs:::", "acs:kvstore:a:b:instance/\nr"]) | st.text(max_size=20)
PATTERN = st.text(st.sampled_from("*?ra1-k"), max_size=6)
OPERATORS = {
    "StringEquals": "a", "StringNotLike": "a*", "NumericLessThan": "5", "NumericNotEquals": "5", "Bool": "true",
    "DateGreaterThan": "2026-01-01T00:00:00Z", "IpAddress": "10.0.0.0/8", "NotIpAddress": "10.0.0.0/8",
}  # fmt: skip
KEYS = ("acs:sourceip", "acs:currenttime", "acs:mfapresent", "acs:resourcetag/a")
FACTS = st.dictionaries(
    st.sampled_from(KEYS),
    st.sampled_from(["a", "ab", "1", "9e999", "10.0.0.1", "::1", "true", "2026-02-02T00:00:00Z", "", "\ud800"])
    | st.text(max_size=8),
)  # fmt: skip
CONDITION = st.dictionaries(
    st.sampled_from(sorted(OPERATORS)), st.lists(st.sampled_from(KEYS), min_size=1, max_size=2), max_size=2
).map(lambda found: {operator: {key: OPERATORS[operator] for key in keys} for operator, keys in found.items()})
STATEMENTS = st.builds(
    lambda effect, about, action, resource, condition: {
        "Effect": effect, about: action, "Resource": resource, **({"Condition": condition} if condition else {})
    },
    st.sampled_from(["Allow", "Deny"]),
    st.sampled_from(["Action", "Action", "NotAction"]),
    st.sampled_from(["*", RELEASE, "kvstore:*", "rds:Describe*", "*:*e*"]) | PATTERN.map(lambda one: f"k*:{one}*"),
    st.sampled_from(["*", ME, OTHER, "acs:kvstore:*:*:instance/*"]) | PATTERN.map(lambda one: f"acs:*:*:*:{one}*"),
    CONDITION,
)  # fmt: skip
POLICIES = st.lists(st.lists(STATEMENTS, min_size=1, max_size=4).map(tuple), max_size=4)
SESSION = st.none() | st.lists(STATEMENTS, min_size=1, max_size=3).map(tuple)


@given(POLICIES, SESSION, ACTIONS, ARNS, FACTS)
def test_what_always_holds(policies: Any, session: Any, action: str, arn: str, facts: dict[str, str]) -> None:
    decision = permissions(policies, session).judge(action, arn, facts.get)

    # Deny always wins: over any allowance, in whatever place.
    everything = ({"Effect": "Allow", "Action": "*", "Resource": "*"},)
    nothing = ({"Effect": "Deny", "Action": "*", "Resource": "*"},)
    wider = permissions([everything, *policies, everything], session).judge(action, arn, facts.get)
    if decision.outcome == "ExplicitDeny":
        assert wider.outcome == "ExplicitDeny"
    assert permissions([*policies, nothing], session).judge(action, arn, facts.get).outcome == "ExplicitDeny"
    assert permissions([everything, *policies], nothing).judge(action, arn, facts.get).outcome == "ExplicitDeny"

    # Removing an allowance never grants; removing a denial never refuses what was allowed.
    for number, policy in enumerate(policies):
        for place, statement in enumerate(policy):
            rest = [*policies[:number], (*policy[:place], *policy[place + 1 :]), *policies[number + 1 :]]
            without = permissions(rest, session).judge(action, arn, facts.get)
            if statement["Effect"] == "Allow":
                assert not without.allowed or decision.allowed
            else:
                assert without.allowed or not decision.allowed

    # A session policy never widens; the order of policies does not matter.
    own = permissions(policies).judge(action, arn, facts.get)
    assert own.allowed or not decision.allowed
    assert permissions(policies[::-1], session).judge(action, arn, facts.get).outcome == decision.outcome
    if decision.allowed:
        assert decision.source is not None
    assert (decision.source is None) == (decision.outcome == "ImplicitDeny")


def test_every_fact_counts() -> None:
    """Decisions are remembered, each for the facts that made it: an empty one is another than none."""
    one = permissions(
        [({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"a:B": "*"}}},)]
    )
    for _ in range(2):
        for value, allowed in (("", True), (None, False), ("x", True)):
            assert one.judge(RELEASE, ME, {"a:b": value}.get).allowed is allowed


def test_patterns_cannot_hold_the_gateway_up() -> None:
    """What makes backtracking matchers take hours."""
    started = time.perf_counter()
    policy = permissions([({"Effect": "Allow", "Action": "*", "Resource": "acs:*:*:*:" + "a*" * 500 + "b"},)])
    assert not policy.judge(RELEASE, "acs:a:b:c:" + "a" * 5_000, NOTHING_KNOWN).allowed
    assert policy.judge(RELEASE, "acs:a:b:c:" + "a" * 5_000 + "b", NOTHING_KNOWN).allowed
    assert time.perf_counter() - started < 2
