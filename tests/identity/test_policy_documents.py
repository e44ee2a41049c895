"""Which policy documents are accepted, and what is said of the others."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.identity.policy import LARGEST, PolicyMalformed, parse_policy, parse_trust_policy
from jackfield.identity.policy_conditions import OPERATORS

FULL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": "acs:ram::1234567890123456:root"}}


def document(*statements: Any, **more: Any) -> str:
    return json.dumps({"Version": "1", "Statement": list(statements), **more})


def with_condition(block: Any) -> str:
    return document({**FULL, "Condition": block})


@pytest.mark.parametrize(
    "statement",
    [
        FULL,
        {**FULL, "Effect": "Deny"},
        {"Effect": "Allow", "NotAction": ["ram:*", "sts:*"], "Resource": ["*"]},
        {**FULL, "Action": ["kvstore:Describe*", "rds:?elete*"]},
        {**FULL, "Action": "*:*"},
        {**FULL, "Resource": "acs:kvstore:*:1234567890123456:instance/r-bp1*"},
        {**FULL, "Resource": ["acs:ram::1234567890123456:user/alice", "acs:*:*:*:*"]},
        {**FULL, "Condition": {}},
        {**FULL, "Condition": {"IpAddress": {"acs:SourceIp": ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"]}}},
        {**FULL, "Condition": {"Bool": {"acs:MFAPresent": "true"}, "StringLike": {"acs:ResourceTag/a b": ["*"]}}},
        {**FULL, "Condition": {"DateLessThan": {"acs:CurrentTime": "2026-01-01T00:00:00+08:00"}}},
        {**FULL, "Condition": {"NumericLessThan": {"oss:MaxKeys": "10.5"}}},
    ],
)
def test_well_formed(statement: dict[str, Any]) -> None:
    (found,) = parse_policy(document(statement)).statements
    assert found.effect == statement["Effect"]


def test_every_operator_of_the_documents_and_no_other() -> None:
    values = {"Numeric": "1", "Date": "2026-01-01T00:00:00Z", "Bool": "true", "Ip": "10.0.0.1", "NotIp": "10.0.0.1"}
    for operator in OPERATORS:
        value = next((value for start, value in values.items() if operator.startswith(start)), "text")
        parse_policy(with_condition({operator: {"acs:Some": value}}))
        with pytest.raises(PolicyMalformed, match=f"{operator}IfExists is no condition operator"):
            parse_policy(with_condition({f"{operator}IfExists": {"acs:Some": value}}))
    assert len(OPERATORS) == 21


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("nonsense", "not JSON"),
        ("[" * 30_000, "not JSON"),
        ('{"Version":"1","Statement":[NaN]}', "NaN is not JSON"),
        ('{"Version":"1","Version":"1","Statement":[]}', "same key twice"),
        (" " * LARGEST + "{}", "longer than"),
        ("[]", "the document must be an object"),
        ("null", "the document must be an object"),
        ("{}", "lacks Statement"),
        ('{"Statement":[]}', "lacks Version"),
        ('{"Version":1,"Statement":[]}', "Version must be"),
        ('{"Version":"2012-10-17","Statement":[]}', "Version must be"),
        (document(), "at least one statement"),
        (json.dumps({"Version": "1", "Statement": FULL}), "must be a list"),
        (document(FULL, Id="x"), "unknown element 'Id'"),
        (document("Allow"), "statement 1 must be an object"),
        (document(FULL, {}), "statement 2 lacks Effect"),
        (document({**FULL, "Effect": "allow"}), "Effect must be Allow or Deny"),
        (document({**FULL, "Effect": ["Allow"]}), "Effect must be Allow or Deny"),
        (document({**FULL, "NotAction": "*"}), "exactly one of Action and NotAction"),
        (document({"Effect": "Allow", "Resource": "*"}), "exactly one of Action and NotAction"),
        (document({"Effect": "Allow", "Action": "*"}), "lacks Resource"),
        (document({**FULL, "Sid": "x"}), "unknown element 'Sid'"),
        (document({**FULL, "NotResource": "*"}), "unknown element 'NotResource'"),
        (document({**FULL, "Principal": {"RAM": "*"}}), "unknown element 'Principal'"),
        (document({**FULL, "Action": []}), "text or a list of texts"),
        (document({**FULL, "Action": [1]}), "text or a list of texts"),
        (document({**FULL, "Action": {"a": "b"}}), "text or a list of texts"),
        (document({**FULL, "Action": "DescribeInstances"}), "Action cannot be 'DescribeInstances'"),
        (document({**FULL, "Action": "kvstore:"}), "Action cannot be"),
        (document({**FULL, "Action": ""}), "Action cannot be"),
        (document({**FULL, "Resource": ""}), "Resource cannot be"),
        (document({**FULL, "Resource": "r-bp1"}), "Resource cannot be"),
        (document({**FULL, "Resource": "acs:kvstore:*:*"}), "Resource cannot be"),
        (document({**FULL, "Resource": "arn:kvstore:*:*:*"}), "Resource cannot be"),
        (with_condition([]), "Condition must be an object"),
        (with_condition(None), "Condition must be an object"),
        (with_condition({"Bool": {}}), "at least one key"),
        (with_condition({"Bool": "true"}), "at least one key"),
        (with_condition({"Bool": {"acs:MFAPresent": True}}), "text or a list of texts"),
        (with_condition({"Bool": {"acs:MFAPresent": []}}), "text or a list of texts"),
        (with_condition({"Null": {"acs:MFAPresent": "true"}}), "Null is no condition operator"),
        (with_condition({"StringEqualsIfExists": {"acs:a": "b"}}), "no condition operator"),
        (with_condition({"ForAllValues:StringEquals": {"acs:a": "b"}}), "no condition operator"),
        (with_condition({"Bool": {"MFAPresent": "true"}}), "MFAPresent is no condition key"),
        (with_condition({"Bool": {"acs:MFAPresent": "yes"}}), "'yes' is no value"),
        (with_condition({"IpAddress": {"acs:SourceIp": "10.0.0.0/33"}}), "no value"),
        (with_condition({"NotIpAddress": {"acs:SourceIp": "localhost"}}), "no value"),
        (with_condition({"NumericEquals": {"acs:a": "one"}}), "no value"),
        (with_condition({"NumericEquals": {"acs:a": "nan"}}), "no value"),
        (with_condition({"DateLessThan": {"acs:CurrentTime": "tomorrow"}}), "no value"),
        (with_condition({"DateLessThan": {"acs:CurrentTime": "2026-02-30T00:00:00Z"}}), "no value"),
        (with_condition({"DateLessThan": {"acs:CurrentTime": "2026-01-01T00:00:00"}}), "no value"),
    ],
)
def test_malformed(text: str, said: str) -> None:
    with pytest.raises(PolicyMalformed, match=said):
        parse_policy(text)


@pytest.mark.parametrize(
    "principal",
    [
        {"RAM": "acs:ram::1234567890123456:root"},
        {"RAM": ["acs:ram::1234567890123456:user/alice", "acs:ram::1234567890123456:role/r"]},
        {"Service": "ecs.aliyuncs.com"},
        {"Federated": ["acs:ram::1234567890123456:saml-provider/p"], "Service": ["1234567890123456@rds.aliyuncs.com"]},
    ],
)
def test_principals(principal: dict[str, Any]) -> None:
    (found,) = parse_trust_policy(document({**TRUST, "Principal": principal})).statements
    assert set(found.principals) == {
        one for values in principal.values() for one in ([values] if isinstance(values, str) else values)
    }


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ({**TRUST, "Resource": "*"}, "unknown element 'Resource'"),
        ({"Effect": "Allow", "Action": "sts:AssumeRole"}, "lacks Principal"),
        ({**TRUST, "Principal": "*"}, "Principal must be an object"),
        ({**TRUST, "Principal": {}}, "names nobody"),
        ({**TRUST, "Principal": {"AWS": "*"}}, "unknown element 'AWS'"),
        ({**TRUST, "Principal": {"RAM": "*"}}, "RAM cannot be"),
        ({**TRUST, "Principal": {"RAM": []}}, "text or a list of texts"),
        ({**TRUST, "Principal": {"RAM": "acs:ram::12:root"}}, "RAM cannot be"),
        ({**TRUST, "Principal": {"RAM": "acs:ram::1234567890123456:user/a*"}}, "RAM cannot be"),
        ({**TRUST, "Principal": {"Service": "everybody"}}, "Service cannot be"),
        ({**TRUST, "Principal": {"Federated": "acs:ram::1234567890123456:user/a"}}, "Federated cannot be"),
        ({**TRUST, "NotAction": "sts:AssumeRole"}, "unknown element 'NotAction'"),
    ],
)
def test_malformed_trust(statement: dict[str, Any], said: str) -> None:
    with pytest.raises(PolicyMalformed, match=said):
        parse_trust_policy(document(statement))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["1", "Allow", "*"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Version", "Statement", "Effect", "Action", "Resource", "Condition", "Bool", "acs:a"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(st.text() | JSON.map(json.dumps) | st.lists(JSON, max_size=2).map(lambda found: document(*found)))
def test_nothing_but_malformed_is_said(text: str) -> None:
    for parse in (parse_policy, parse_trust_policy):
        with contextlib.suppress(PolicyMalformed):
            assert parse(text).statements
