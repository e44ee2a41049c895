"""AssumeRole, and what its temporary keys sign."""

from __future__ import annotations

import json
import time
import warnings
from typing import Any

import pytest
from alibabacloud_sts20150401 import models as sts_models

from tests.gateway.support import Signer
from tests.ram.people import Key, People, allowing, trusting, unused
from tests.running import refused, until
from tests.sdk.clients import VERSIONS, stranger

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from aliyunsdkcore.auth.credentials import StsTokenCredential
    from aliyunsdkcore.client import AcsClient
    from aliyunsdkcore.request import RpcRequest


@pytest.fixture(scope="module")
def alice(people: People) -> People:
    """A user who may assume any role that trusts her."""
    name = people.user("alice")
    people.call("AttachPolicyToUser", policy_type="System", policy_name="AliyunSTSAssumeRoleAccess", user_name=name)
    return people.by(people.access_key(name))


@pytest.fixture(scope="module")
def reader(people: People) -> str:
    """A role that may read RAM, which the account trusts."""
    name = people.role(max_session_duration=7200)
    people.call("AttachPolicyToRole", policy_type="System", policy_name="AliyunRAMReadOnlyAccess", role_name=name)
    return name


def test_a_session(people: People, alice: People, reader: str) -> None:
    before = time.time()
    reply = alice.sts.assume_role(
        sts_models.AssumeRoleRequest(role_arn=people.role_arn(reader), role_session_name="ci@build")
    ).body
    role = people.call("GetRole", role_name=reader)["Role"]
    assert reply.assumed_role_user.arn == f"{role['Arn']}/ci@build"
    assert reply.assumed_role_user.assumed_role_id == f"{role['RoleId']}:ci@build"
    assert reply.credentials.access_key_id.startswith("STS.")
    ends = time.mktime(time.strptime(reply.credentials.expiration, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert 3599 <= ends - before <= 3630
    made = reply.credentials
    session = people.by(Key(made.access_key_id, made.access_key_secret, made.security_token))
    assert {name: value for name, value in session.who().items() if name != "RequestId"} == {
        "AccountId": people.account, "Arn": f"{role['Arn']}/ci@build", "IdentityType": "AssumedRoleUser",
        "PrincipalId": f"{role['RoleId']}:ci@build", "RoleId": role["RoleId"],
    }  # fmt: skip
    assert session.call("GetRole", role_name=reader)["Role"]["RoleName"] == reader
    with refused("NoPermission", 403):
        session.call("CreateUser", user_name=unused("never"))


@pytest.mark.parametrize("form", ["v1", "acs3"])
def test_both_forms_by_hand(people: People, alice: People, reader: str, form: str) -> None:
    key = alice.assume(reader)
    assert send(people, key, form)[:2] == (200, "")
    other = alice.assume(reader)
    stranger_key = people.access_key(people.user())
    cases: list[tuple[Key, tuple[int, str]]] = [
        (key._replace(token=""), (400, "MissingSecurityToken")),
        (key._replace(token="x"), (400, "InvalidSecurityToken.Malformed")),
        (key._replace(token=key.token[:-2]), (400, "InvalidSecurityToken.Malformed")),
        (key._replace(token=other.token), (400, "InvalidSecurityToken.MismatchWithAccessKey")),
        (stranger_key._replace(token=key.token), (400, "InvalidSecurityToken.MismatchWithAccessKey")),
        (key._replace(secret=other.secret), (400, "SignatureDoesNotMatch")),
    ]
    for given, expected in cases:
        assert send(people, given, form)[:2] == expected


def test_the_older_sdk(people: People, alice: People, reader: str) -> None:
    key = alice.assume(reader)
    client = AcsClient(region_id="cn-hangzhou", credential=StsTokenCredential(*key))
    request = RpcRequest("Sts", VERSIONS["sts"], "GetCallerIdentity")
    request.set_endpoint(people.hand().host)
    request.set_protocol_type("http")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answer = client.do_action_with_exception(request)
    assert json.loads(answer)["IdentityType"] == "AssumedRoleUser"


def test_an_unsigned_token_is_refused(people: People, alice: People, reader: str) -> None:
    key = alice.assume(reader)
    signer = Signer(
        key.id, key.secret, host=people.hand().host, version=VERSIONS["sts"],
        extra={"x-acs-security-token": key.token},
    )  # fmt: skip
    answer = signer.acs3("GetCallerIdentity", unsigned="x-acs-security-token").send(people.hand().port)
    assert (answer.status, answer.code) == (400, "IncompleteSignature")


def test_a_session_ends_with_its_role(people: People, alice: People) -> None:
    name = people.role()
    session = people.by(alice.assume(name))
    assert session.who()["IdentityType"] == "AssumedRoleUser"
    people.call("DeleteRole", role_name=name)
    with refused("InvalidAccessKeyId.NotFound", 404):
        session.who()
    people.call("CreateRole", role_name=name, assume_role_policy_document=trusting(f"acs:ram::{people.account}:root"))
    with refused("InvalidAccessKeyId.NotFound", 404):
        session.who()


def test_a_session_policy_narrows(people: People, alice: People, reader: str) -> None:
    user = people.user()
    session = people.by(alice.assume(reader, policy=allowing("ram:GetUser", "ram:CreateUser")))
    assert session.call("GetUser", user_name=user)["User"]["UserName"] == user
    with refused("NoPermission", 403):  # the role allows it, the session does not
        session.call("ListUsers")
    with refused("NoPermission", 403):  # the session allows it, the role does not
        session.call("CreateUser", user_name=unused("never"))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"role_arn": "admin"}, "InvalidParameter.RoleArn"),
        ({"role_arn": "acs:ram::123:role/admin"}, "InvalidParameter.RoleArn"),
        ({"role_session_name": "x"}, "InvalidParameter.RoleSessionName"),
        ({"role_session_name": "a b"}, "InvalidParameter.RoleSessionName"),
        ({"role_session_name": "s" * 65}, "InvalidParameter.RoleSessionName"),
        ({"duration_seconds": 899}, "InvalidParameter.DurationSeconds"),
        ({"duration_seconds": 7201}, "InvalidParameter.DurationSeconds"),
        ({"external_id": "x"}, "InvalidParameter.ExternalId"),
        ({"external_id": "a b"}, "InvalidParameter.ExternalId"),
        ({"policy": "{"}, "InvalidParameter.PolicyGrammar"),
        ({"policy": allowing("x" * 2048)}, "InvalidParameter.PolicySize"),
    ],
)
def test_bad_parameters(people: People, reader: str, given: dict[str, Any], code: str) -> None:
    bob = people.user("bob")
    people.call("AttachPolicyToUser", policy_type="System", policy_name="AdministratorAccess", user_name=bob)
    usual = {"role_arn": people.role_arn(reader), "role_session_name": "session"}
    with refused(code, 400):
        people.by(people.access_key(bob)).sts.assume_role(sts_models.AssumeRoleRequest(**{**usual, **given}))


def test_durations(people: People, alice: People, reader: str) -> None:
    assert people.by(alice.assume(reader, duration_seconds=7200)).who()["IdentityType"] == "AssumedRoleUser"
    assert people.by(alice.assume(reader, duration_seconds=900)).who()["IdentityType"] == "AssumedRoleUser"


def test_who_may_not_assume(people: People, alice: People, reader: str) -> None:
    with refused("EntityNotExist.Role", 404):
        alice.assume("no-such-role")
    with refused("NoPermission", 403):
        people.assume(reader)  # the root of an account assumes none
    with refused("NoPermission", 403):
        people.by(people.access_key(people.user())).assume(reader)  # trusted, and not allowed to ask
    others = people.role(trusting(f"acs:ram::{people.account}:user/somebody-else"))
    with refused("NoPermission", 403):
        alice.assume(others)  # allowed to ask, and not trusted


def test_trust_in_one_user(people: People, alice: People) -> None:
    role = people.role(trusting(alice.who()["Arn"]))
    assert people.by(alice.assume(role)).who()["IdentityType"] == "AssumedRoleUser"


def test_an_external_id(people: People, alice: People) -> None:
    root = f"acs:ram::{people.account}:root"
    role = people.role(trusting(root, StringEquals={"sts:ExternalId": "secret-1"}))
    for given in ({}, {"external_id": "secret-2"}):
        with refused("NoPermission", 403):
            alice.assume(role, **given)
    alice.assume(role, external_id="secret-1")


def test_roles_of_another_account(people: People, alice: People) -> None:
    """A role that trusts another account is assumed from there; what the session sees is the role's account."""
    other = stranger(people.running)
    made = other.raw(
        "ram", "CreateRole", RoleName="visitors", AssumeRolePolicyDocument=trusting(f"acs:ram::{people.account}:root")
    )
    assert made.status == 200, made.body
    arn = f"acs:ram::{other.id}:role/visitors"
    reply = alice.sts.assume_role(sts_models.AssumeRoleRequest(role_arn=arn, role_session_name="visitor")).body
    key = reply.credentials
    session = people.by(Key(key.access_key_id, key.access_key_secret, key.security_token))
    assert (session.who()["AccountId"], session.who()["Arn"]) == (other.id, f"{arn}/visitor")
    closed = other.raw(
        "ram", "CreateRole", RoleName="closed", AssumeRolePolicyDocument=trusting(f"acs:ram::{other.id}:root")
    )
    assert closed.status == 200
    with refused("NoPermission", 403):
        alice.sts.assume_role(
            sts_models.AssumeRoleRequest(role_arn=f"acs:ram::{other.id}:role/closed", role_session_name="visitor")
        )


def test_a_session_assumes_for_an_hour_at_most(people: People, alice: People, reader: str) -> None:
    first = people.role()
    people.call("AttachPolicyToRole", policy_type="System", policy_name="AliyunSTSAssumeRoleAccess", role_name=first)
    session = people.by(alice.assume(first))
    second = people.role(trusting(people.role_arn(first)), max_session_duration=7200)
    assert people.by(session.assume(second)).who()["Arn"] == f"{people.role_arn(second)}/session"
    with refused("InvalidParameter.DurationSeconds", 400):
        session.assume(second, duration_seconds=3601)
    with refused("NoPermission", 403):
        alice.assume(second)


def test_sessions_survive_a_restart_of_the_api(people: People, alice: People, reader: str) -> None:
    session = people.by(alice.assume(reader))
    pid = people.running.ready.pid
    people.running.kill_api()
    until("the API is back", lambda: people.running.wait_ready().pid != pid)
    assert session.who()["IdentityType"] == "AssumedRoleUser"


def send(people: People, key: Key, form: str) -> tuple[int, str]:
    hand = people.hand()
    extra = {"v1": "SecurityToken", "acs3": "x-acs-security-token"}[form]
    signer = Signer(
        key.id, key.secret, host=hand.host, version=VERSIONS["sts"], extra={extra: key.token} if key.token else {}
    )
    answer = getattr(signer, form)("GetCallerIdentity").send(hand.port)
    return answer.status, answer.code
