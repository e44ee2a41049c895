"""What people are told of who may do what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from jackfield.gateway.explaining import Explaining
from tests.gateway.people import People, told
from tests.identity.decisions import allow, deny, document

ONE = "acs:kvstore:cn-hangzhou:1:instance/r-one"


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    made = People(tmp_path_factory.mktemp("people"))
    developers = made.group("developers", document(allow("vpc:*", "*", IpAddress={"acs:SourceIp": "10.0.0.0/8"})))
    made.user(
        "alice",
        document(allow("kvstore:*", "acs:kvstore:*:*:instance/r-one"), deny("kvstore:Delete*")),
        groups=(developers,),
    )
    made.session("admin", document(allow("*")))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def explaining(people: People) -> Explaining:
    return Explaining(people.store, people.keyring, lambda: people.owner)


def simulate(explaining: Explaining, principal: str, action: str, resource: str = ONE, **more: Any) -> dict[str, Any]:
    return explaining.simulate({"principal": principal, "action": action, "resource": resource, **more})


def test_which_statement_of_which_policy(people: People, explaining: Explaining) -> None:
    found = simulate(explaining, "user/alice", "kvstore:ReleaseDirectConnection")
    assert found == {
        "principal": f"acs:ram::{people.owner}:user/alice",
        "action": "kvstore:ReleaseDirectConnection",
        "resource": ONE,
        "decision": "Allow",
        "reason": "statement 1 of custom policy alice-1 (of the user) allows it",
        "policy_type": "AccountLevelIdentityBasedPolicy",
        "policy": {"name": "alice-1", "type": "Custom", "via": "user"},
        "statement": 1,
        "others": [],
    }
    found = simulate(explaining, "user/alice", "kvstore:DeleteInstance")
    assert (found["decision"], found["statement"]) == ("ExplicitDeny", 2)
    assert found["reason"] == "statement 2 of custom policy alice-1 (of the user) denies it"
    found = simulate(explaining, "user/ALICE", "kvstore:DescribeInstances", "*")
    assert (found["decision"], found["reason"]) == ("ImplicitDeny", "no statement allows it")
    assert [(one["policy"]["name"], one["why"]) for one in found["others"]] == [
        ("alice-1", "it is about other resources")
    ]


def test_conditions(explaining: Explaining) -> None:
    asked = ("user/alice", "vpc:CreateVpc", "acs:vpc:cn-hangzhou:1:vpc/*")
    assert simulate(explaining, *asked, conditions={"acs:SourceIp": "10.0.0.1"})["decision"] == "Allow"
    found = simulate(explaining, *asked, conditions={"ACS:sourceip": "11.0.0.1"})
    assert found["decision"] == "ImplicitDeny"
    assert found["others"][0]["policy"] == {"name": "developers-1", "type": "Custom", "via": "group/developers"}
    assert found["others"][0]["why"].endswith("acs:SourceIp is 11.0.0.1")
    assert simulate(explaining, *asked)["others"][0]["why"].endswith("acs:SourceIp is not known of this call")


def test_roots_roles_and_open_operations(people: People, explaining: Explaining) -> None:
    assert simulate(explaining, "root", "rds:DeleteDBInstance")["decision"] == "Allow"
    assert simulate(explaining, "role/admin", "rds:DeleteDBInstance")["decision"] == "Allow"
    session = simulate(explaining, f"acs:ram::{people.owner}:role/admin/me", "rds:DeleteDBInstance")
    assert session["principal"] == f"acs:ram::{people.owner}:role/admin/me"
    assert simulate(explaining, "user/alice", "sts:GetCallerIdentity", "*")["decision"] == "Allow"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"principal": "user/bob"}, 404),
        ({"principal": "role/none"}, 404),
        ({"principal": "somebody"}, 404),
        ({"principal": "acs:ram::1111111111111111:user/alice"}, 404),
        ({"principal": 1}, 400),
        ({"action": ""}, 400),
        ({"resource": "r-one"}, 400),
        ({"resource": None}, 400),
        ({"conditions": []}, 400),
        ({"conditions": {"acs:SourceIp": 1}}, 400),
    ],
)
def test_what_cannot_be_simulated(explaining: Explaining, body: dict[str, Any], status: int) -> None:
    asked = {"principal": "user/alice", "action": "vpc:CreateVpc", "resource": "*", **body}
    with pytest.raises(HTTPException) as refused:
        explaining.simulate(asked)
    assert refused.value.status_code == status


def test_who(people: People, explaining: Explaining) -> None:
    found = explaining.who(people.signer.key_id)
    assert (found["arn"], found["active"], found["policies"]) == (f"acs:ram::{people.owner}:root", True, [])
    with pytest.raises(HTTPException):
        explaining.who("LTAI-nobody")


def test_diagnostic_messages(people: People, explaining: Explaining) -> None:
    nobody = people.user("nobody")
    answer = told(people.call(nobody, "2015-01-01", "DescribeInstances", RegionId="cn-hangzhou"))
    said = explaining.decode({"message": answer["AccessDeniedDetail"]["EncodedDiagnosticMessage"]})
    assert said == {
        "Resource": f"acs:kvstore:cn-hangzhou:{people.owner}:instance/*",
        "Reason": "no statement allows it",
        "RequestId": answer["RequestId"],
    }
    with pytest.raises(HTTPException):
        explaining.decode({"message": "nonsense ü"})
