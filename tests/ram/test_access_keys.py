"""Access keys of RAM users: they sign in both forms, until they are switched off or deleted."""

from __future__ import annotations

from contextlib import closing

import pytest
from alibabacloud_r_kvstore20150101.models import DescribeInstancesRequest

from jackfield.store.sqlite import open_store
from tests.oceanbase.cloud import Cloud
from tests.ram.people import Key, People, unused
from tests.running import refused, until


def test_a_key_signs_as_its_user(people: People) -> None:
    name = people.user()
    user = people.call("GetUser", user_name=name)["User"]
    mine = people.by(people.access_key(name))
    expected = {
        "AccountId": people.account, "Arn": f"acs:ram::{people.account}:user/{name}", "IdentityType": "RAMUser",
        "PrincipalId": user["UserId"], "UserId": user["UserId"],
    }  # fmt: skip
    answer = mine.who()
    assert {key: answer[key] for key in answer if key != "RequestId"} == expected
    assert f"<UserId>{user['UserId']}</UserId>" in mine.hand().common("sts", "GetCallerIdentity", "XML")
    for wire in (
        mine.hand().signer("sts").v1("GetCallerIdentity"),
        mine.hand().signer("sts").acs3("GetCallerIdentity"),
    ):
        assert wire.send(mine.hand().port).json["Arn"] == expected["Arn"]


def test_root_is_root(people: People) -> None:
    answer = people.who()
    assert (answer["IdentityType"], answer["Arn"]) == ("Account", f"acs:ram::{people.account}:root")


def test_a_user_without_policies_is_refused(people: People) -> None:
    mine = people.by(people.access_key(people.user()))
    with refused("NoPermission", 403):
        mine.call("ListUsers")
    with refused("Forbidden.RAM", 403):
        mine.hand().tair.describe_instances(DescribeInstancesRequest(region_id="cn-hangzhou"))


def test_a_renamed_users_key(people: People) -> None:
    name, other = people.user(), unused("renamed")
    mine = people.by(people.access_key(name))
    assert mine.who()["Arn"].endswith(f":user/{name}")
    people.call("UpdateUser", user_name=name, new_user_name=other)
    assert mine.who()["Arn"].endswith(f":user/{other}")


def test_switched_off_and_on(people: People) -> None:
    name = people.user()
    mine = people.by(people.access_key(name))
    mine.who()
    change = {"user_name": name, "user_access_key_id": mine.key.id}
    people.call("UpdateAccessKey", **change, status="Inactive")
    for form in ("v1", "acs3"):
        answer = getattr(mine.hand().signer("sts"), form)("GetCallerIdentity").send(mine.hand().port)
        assert (answer.status, answer.code) == (400, "InvalidAccessKeyId.Inactive")
    people.call("UpdateAccessKey", **change, status="Inactive")
    people.call("UpdateAccessKey", **change, status="Active")
    assert mine.who()["IdentityType"] == "RAMUser"
    people.call("DeleteAccessKey", **change)
    with refused("InvalidAccessKeyId.NotFound", 404):
        mine.who()
    with refused("EntityNotExist.User.AccessKey", 404):
        people.call("DeleteAccessKey", **change)


def test_not_in_oceanbase_cloud(people: People) -> None:
    """There is no RAM: a user's key is none there, a session's neither; the account's own is."""
    user = people.user()
    policy = {"policy_type": "System", "policy_name": "AdministratorAccess"}
    people.call("AttachPolicyToUser", **policy, user_name=user)
    key = people.access_key(user)
    role = people.role()
    people.call("AttachPolicyToRole", **policy, role_name=role)
    session = people.by(key).assume(role)
    for given, status in ((people.key, 200), (key, 401), (session, 401)):
        with closing(Cloud(people.running, given.id, given.secret)) as cloud:
            assert cloud.call("GET", "/instances").status == status


def test_two_keys_a_user(people: People) -> None:
    name = people.user()
    keys = [people.access_key(name), people.access_key(name)]
    with refused("LimitExceeded.User.AccessKey", 409):
        people.access_key(name)
    listed = people.call("ListAccessKeys", user_name=name)["AccessKeys"]["AccessKey"]
    assert [(key["AccessKeyId"], key["Status"]) for key in listed] == [(key.id, "Active") for key in keys]
    assert all(set(key) == {"AccessKeyId", "Status", "CreateDate"} for key in listed)
    assert people.by(keys[1]).who()["Arn"].endswith(name)


def test_the_roots_own_keys(people: People) -> None:
    made = people.call("CreateAccessKey")["AccessKey"]
    key = Key(made["AccessKeyId"], made["AccessKeySecret"])
    assert people.by(key).who()["IdentityType"] == "Account"
    listed = people.call("ListAccessKeys")["AccessKeys"]["AccessKey"]
    assert {one["AccessKeyId"] for one in listed} == {people.key.id, key.id}
    people.call("DeleteAccessKey", user_access_key_id=key.id)
    with refused("InvalidAccessKeyId.NotFound", 404):
        people.by(key).who()


@pytest.mark.parametrize(
    ("operation", "given", "code", "status"),
    [
        ("UpdateAccessKey", {"status": "Inactive"}, "MissingParameter", 400),
        (
            "UpdateAccessKey",
            {"status": "Inactive", "user_access_key_id": "LTAI0"},
            "EntityNotExist.User.AccessKey",
            404,
        ),
        ("DeleteAccessKey", {"user_access_key_id": "LTAI0"}, "EntityNotExist.User.AccessKey", 404),
        ("GetAccessKeyLastUsed", {"user_access_key_id": "LTAI0"}, "EntityNotExist.User.AccessKey", 404),
        ("ListAccessKeys", {"user_name": "nobody"}, "EntityNotExist.User", 404),
        ("CreateAccessKey", {"user_name": "nobody"}, "EntityNotExist.User", 404),
        ("CreateAccessKey", {"user_name": "no body"}, "InvalidParameter.UserName.InvalidChars", 400),
    ],
)
def test_refusals(people: People, operation: str, given: dict[str, str], code: str, status: int) -> None:
    with refused(code, status):
        people.call(operation, **given)


def test_another_status_than_the_two(people: People) -> None:
    name = people.user()
    key = people.access_key(name)
    for status, code in (("Sleeping", "InvalidParameter.Status"), (None, "MissingParameter")):
        with refused(code, 400):
            people.call("UpdateAccessKey", user_name=name, user_access_key_id=key.id, status=status)
    other = people.user()
    with refused("EntityNotExist.User.AccessKey", 404):
        people.call("UpdateAccessKey", user_name=other, user_access_key_id=key.id, status="Inactive")
    assert people.by(key).who()["IdentityType"] == "RAMUser"


def test_last_used(people: People) -> None:
    name = people.user()
    key = people.access_key(name)
    ask = {"user_name": name, "user_access_key_id": key.id}
    assert people.call("GetAccessKeyLastUsed", **ask)["AccessKeyLastUsed"] == {}
    people.by(key).who()
    used = until(
        "the use is written down",
        lambda: people.call("GetAccessKeyLastUsed", **ask)["AccessKeyLastUsed"].get("LastUsedDate"),
    )
    assert used >= people.call("GetUser", user_name=name)["User"]["CreateDate"]


def test_secrets_are_nowhere_in_clear(people: People) -> None:
    name = people.user()
    key = people.access_key(name)
    people.by(key).who()
    with open_store(people.running.folder.store).read() as reader:
        assert all(key.secret not in str(change) for change in reader.changes(limit=10_000))
    for path in people.running.folder.root.rglob("*"):
        if path.is_file() and not path.is_symlink():
            assert key.secret.encode() not in path.read_bytes(), path
