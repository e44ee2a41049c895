"""Policies, their versions, and who has them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jackfield.identity.policy import parse_policy
from jackfield.identity.system_policies import SYSTEM_POLICIES
from tests.ram.people import People, allowing, trusting, unused
from tests.running import refused
from tests.sdk.clients import stranger

ROTATE = "DeleteOldestNonDefaultVersionWhenLimitExceeded"


def test_a_policys_life(people: People) -> None:
    name, document = unused("Policy"), allowing("oss:*")
    made = people.call("CreatePolicy", policy_name=name, policy_document=document, description="OSS")["Policy"]
    assert (made["DefaultVersion"], made["PolicyType"], made["Description"]) == ("v1", "Custom", "OSS")
    read = people.call("GetPolicy", policy_type="Custom", policy_name=name)
    assert read["DefaultPolicyVersion"] == {
        "VersionId": "v1", "IsDefaultVersion": True, "PolicyDocument": document, "CreateDate": made["CreateDate"],
    }  # fmt: skip
    assert read["Policy"] == {**made, "AttachmentCount": 0, "UpdateDate": made["CreateDate"]}
    changed = people.call("UpdatePolicyDescription", policy_name=name, new_description="all of OSS")["Policy"]
    assert changed["Description"] == "all of OSS"
    with refused("EntityAlreadyExists.Policy", 409):
        people.call("CreatePolicy", policy_name=name.lower(), policy_document=document)
    people.call("DeletePolicy", policy_name=name)
    with refused("EntityNotExist.Policy", 404):
        people.call("GetPolicy", policy_type="Custom", policy_name=name)


def test_at_most_five_versions(people: People) -> None:
    name = people.policy()
    for number in range(2, 6):
        document = allowing(f"oss:Get{number}")
        made = people.call("CreatePolicyVersion", policy_name=name, policy_document=document)["PolicyVersion"]
        assert (made["VersionId"], made["IsDefaultVersion"]) == (f"v{number}", False)
    with refused("LimitExceeded.Policy.Version", 409):
        people.call("CreatePolicyVersion", policy_name=name, policy_document=allowing("oss:*"))
    people.call("SetDefaultPolicyVersion", policy_name=name, version_id="v2")
    people.call("CreatePolicyVersion", policy_name=name, policy_document=allowing("oss:*"), rotate_strategy=ROTATE)
    assert versions(people, name) == {"v2": True, "v3": False, "v4": False, "v5": False, "v6": False}
    people.call("CreatePolicyVersion", policy_name=name, policy_document=allowing("oss:*"), rotate_strategy=ROTATE)
    assert versions(people, name) == {"v2": True, "v4": False, "v5": False, "v6": False, "v7": False}
    people.call("DeletePolicyVersion", policy_name=name, version_id="v4")
    made = people.call("CreatePolicyVersion", policy_name=name, policy_document=allowing("x:*"), set_as_default=True)
    assert (made["PolicyVersion"]["VersionId"], made["PolicyVersion"]["IsDefaultVersion"]) == ("v8", True)
    read = people.call("GetPolicy", policy_type="Custom", policy_name=name)
    assert read["Policy"]["DefaultVersion"] == "v8"
    assert read["DefaultPolicyVersion"]["PolicyDocument"] == allowing("x:*")
    one = people.call("GetPolicyVersion", policy_type="Custom", policy_name=name, version_id="v5")["PolicyVersion"]
    assert one["PolicyDocument"] == allowing("oss:Get5")


def test_what_versions_refuse(people: People) -> None:
    name = people.policy()
    with refused("DeleteConflict.Policy.Version.Default", 409):
        people.call("DeletePolicyVersion", policy_name=name, version_id="v1")
    for operation in ("DeletePolicyVersion", "SetDefaultPolicyVersion"):
        for version, code, status in (
            ("v9", "EntityNotExist.Policy.Version", 404),
            ("1", "InvalidParameter.VersionId.Format", 400),
            (None, "MissingParameter", 400),
        ):
            with refused(code, status):
                people.call(operation, policy_name=name, version_id=version)
    with refused("InvalidParameter.RotateStrategy", 400):
        people.call("CreatePolicyVersion", policy_name=name, policy_document=allowing("x:*"), rotate_strategy="All")
    people.call("CreatePolicyVersion", policy_name=name, policy_document=allowing("oss:*"))
    with refused("DeleteConflict.Policy.Version", 409):
        people.call("DeletePolicy", policy_name=name)
    people.call("DeletePolicy", policy_name=name, cascading_delete=True)
    again = people.call("CreatePolicy", policy_name=name, policy_document=allowing("x:*"))["Policy"]
    assert again["DefaultVersion"] == "v1"
    assert versions(people, name) == {"v1": True}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("", "MissingParameter"),
        ("{", "MalformedPolicyDocument"),
        ("[]", "MalformedPolicyDocument"),
        (json.dumps({"Version": "2", "Statement": []}), "MalformedPolicyDocument"),
        (json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Resource": "*"}]}), "MalformedPolicyDocument"),
        (trusting("acs:ram::1234567890123456:root"), "MalformedPolicyDocument"),
        (allowing("x" * 6144), "InvalidParameter.PolicyDocument.Length"),
    ],
)
def test_documents_that_are_none(people: People, document: str, code: str) -> None:
    name = unused("never")
    with refused(code, 400):
        people.call("CreatePolicy", policy_name=name, policy_document=document)
    with refused("EntityNotExist.Policy", 404):
        people.call("GetPolicy", policy_type="Custom", policy_name=name)
    kept = people.policy()
    with refused(code, 400):
        people.call("CreatePolicyVersion", policy_name=kept, policy_document=document)
    assert versions(people, kept) == {"v1": True}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "MissingParameter"),
        ({"policy_name": "a_b"}, "InvalidParameter.PolicyName.InvalidChars"),
        ({"policy_name": "a" * 129}, "InvalidParameter.PolicyName.Length"),
        ({"policy_name": "x", "description": "d" * 1025}, "InvalidParameter.Description.Length"),
        ({"policy_name": "x", "tag": "{"}, "InvalidParameter.Tag"),
        ({"policy_name": "x", "tag": '[{"Key":"a"},{"Key":"a"}]'}, "InvalidParameter.Tag"),
    ],
)
def test_bad_details(people: People, given: dict[str, str], code: str) -> None:
    answer = people.hand().raw("ram", "CreatePolicy", PolicyDocument=allowing("x:*"), **wire(given))
    assert (answer.status, answer.code) == (400, code)


def test_system_policies(people: People) -> None:
    everything = people.call("GetPolicy", policy_type="System", policy_name="AdministratorAccess")
    document = json.loads(everything["DefaultPolicyVersion"]["PolicyDocument"])
    assert document["Statement"] == [{"Effect": "Allow", "Action": ["*"], "Resource": "*"}]
    assert versions(people, "AdministratorAccess", "System") == {"v1": True}
    with refused("EntityNotExist.Policy.Version", 404):
        people.call("GetPolicyVersion", policy_type="System", policy_name="AdministratorAccess", version_id="v2")
    with refused("EntityAlreadyExists.Policy", 409):
        people.call("CreatePolicy", policy_name="AdministratorAccess", policy_document=allowing("x:*"))
    for operation in ("DeletePolicy", "UpdatePolicyDescription"):
        with refused("EntityNotExist.Policy", 404):
            people.call(operation, policy_name="AdministratorAccess")
    for name in ("AliyunKvstoreFullAccess", "AliyunRDSReadOnlyAccess", "AliyunPrivateLinkFullAccess"):
        assert people.call("GetPolicy", policy_type="System", policy_name=name)["Policy"]["PolicyType"] == "System"


@pytest.mark.parametrize("name", SYSTEM_POLICIES)
def test_system_policies_are_policies(name: str) -> None:
    assert parse_policy(SYSTEM_POLICIES[name].document).statements


@pytest.mark.parametrize(("type", "code"), [(None, "MissingParameter"), ("Mine", "InvalidParameter.PolicyType")])
def test_types_of_policies(people: People, type: str | None, code: str) -> None:
    name = people.policy()
    for operation in ("GetPolicy", "ListPolicyVersions", "ListEntitiesForPolicy"):
        with refused(code, 400):
            people.call(operation, policy_type=type, policy_name=name)
    if type is not None:
        with refused(code, 400):
            people.call("ListPolicies", policy_type=type)


def test_lists_by_type_and_page(people: People) -> None:
    mine = [people.policy() for _ in range(3)]
    seen: list[dict[str, Any]] = []
    marker = None
    while True:
        page = people.call("ListPolicies", max_items=7, marker=marker)
        seen += page["Policies"]["Policy"]
        if not page["IsTruncated"]:
            break
        marker = page["Marker"]
    names = [policy["PolicyName"] for policy in seen]
    assert names[: len(SYSTEM_POLICIES)] == list(SYSTEM_POLICIES)
    assert names[-3:] == mine
    assert len(set(names)) == len(names)
    custom = people.call("ListPolicies", policy_type="Custom", max_items=1000)["Policies"]["Policy"]
    assert [policy["PolicyName"] for policy in custom] == names[len(SYSTEM_POLICIES) :]
    system = people.call("ListPolicies", policy_type="System", max_items=1000)["Policies"]["Policy"]
    assert [policy["PolicyName"] for policy in system] == list(SYSTEM_POLICIES)


def test_tags_of_policies(people: People) -> None:
    name = unused("tagged")
    tags = '[{"Key":"team","Value":"dev"},{"Key":"stage","Value":"test"}]'
    hand = people.hand()
    answer = hand.raw("ram", "CreatePolicy", PolicyName=name, PolicyDocument=allowing("x:*"), Tag=tags)
    assert answer.status == 200, answer.body
    for wanted, found in (('[{"Key":"team"}]', True), ('[{"Key":"team","Value":"ops"}]', False)):
        listed = hand.raw("ram", "ListPolicies", PolicyType="Custom", Tag=wanted).json["Policies"]["Policy"]
        assert ([one["PolicyName"] for one in listed] == [name]) is found
    assert listed == []


@pytest.mark.parametrize("entity", ["User", "Group", "Role"])
def test_attaching(people: People, entity: str) -> None:
    preposition = {"User": people.user, "Group": people.group, "Role": people.role}
    who = {f"{entity.lower()}_name": preposition[entity]()}
    mine = people.policy()
    given = {"policy_type": "Custom", "policy_name": mine.upper(), **who}
    people.call(f"AttachPolicyTo{entity}", **given)
    people.call(f"AttachPolicyTo{entity}", policy_type="System", policy_name="ReadOnlyAccess", **who)
    with refused(f"EntityAlreadyExists.{entity}.Policy", 409):
        people.call(f"AttachPolicyTo{entity}", **given)
    listed = people.call(f"ListPoliciesFor{entity}", **who)["Policies"]["Policy"]
    assert [(one["PolicyType"], one["PolicyName"], one["DefaultVersion"]) for one in listed] == [
        ("Custom", mine, "v1"),
        ("System", "ReadOnlyAccess", "v1"),
    ]
    assert people.call("GetPolicy", policy_type="Custom", policy_name=mine)["Policy"]["AttachmentCount"] == 1
    entities = people.call("ListEntitiesForPolicy", policy_type="Custom", policy_name=mine)
    names = {kind: [one[f"{kind}Name"] for one in entities[f"{kind}s"][kind]] for kind in ("User", "Group", "Role")}
    assert names == {kind: list(who.values()) if kind == entity else [] for kind in names}
    with refused(f"DeleteConflict.Policy.{entity}", 409):
        people.call("DeletePolicy", policy_name=mine, cascading_delete=True)
    people.call(f"DetachPolicyFrom{entity}", **given)
    with refused(f"EntityNotExist.{entity}.Policy", 404):
        people.call(f"DetachPolicyFrom{entity}", **given)
    people.call("DeletePolicy", policy_name=mine)
    with refused("EntityNotExist.Policy", 404):
        people.call(f"AttachPolicyTo{entity}", **given)


@pytest.mark.parametrize("entity", ["User", "Group", "Role"])
def test_what_attaching_refuses(people: People, entity: str) -> None:
    who = f"{entity.lower()}_name"
    made = {"User": people.user, "Group": people.group, "Role": people.role}[entity]()
    policy = {"policy_type": "System", "policy_name": "ReadOnlyAccess"}
    for operation in (f"AttachPolicyTo{entity}", f"DetachPolicyFrom{entity}"):
        with refused(f"EntityNotExist.{entity}", 404):
            people.call(operation, **policy, **{who: "nobody"})
        with refused("EntityNotExist.Policy", 404):
            people.call(operation, policy_type="System", policy_name="NoSuchAccess", **{who: made})
        with refused("InvalidParameter.PolicyType", 400):
            people.call(operation, policy_type="custom", policy_name="ReadOnlyAccess", **{who: made})
        with refused("InvalidParameter.ResourceGroupId", 400):
            people.call(operation, **policy, resource_group_id="rg-1", **{who: made})
    assert people.call(f"ListPoliciesFor{entity}", **{who: made})["Policies"]["Policy"] == []
    people.call(f"AttachPolicyTo{entity}", **policy, resource_group_id=people.account, **{who: made})


def test_a_new_default_version_counts_at_once(people: People) -> None:
    name, user = people.policy(allowing("ram:GetUser")), people.user()
    mine = people.by(people.access_key(user))
    people.call("AttachPolicyToUser", policy_type="Custom", policy_name=name, user_name=user)
    assert mine.call("GetUser", user_name=user)["User"]["UserName"] == user
    people.call("CreatePolicyVersion", policy_name=name, policy_document=allowing("oss:*"), set_as_default=True)
    with refused("NoPermission", 403):
        mine.call("GetUser", user_name=user)
    people.call("SetDefaultPolicyVersion", policy_name=name, version_id="v1")
    mine.call("GetUser", user_name=user)
    people.call("DetachPolicyFromUser", policy_type="Custom", policy_name=name, user_name=user)
    with refused("NoPermission", 403):
        mine.call("GetUser", user_name=user)


def test_policies_of_another_account(people: People) -> None:
    name = people.policy()
    other = stranger(people.running)
    for action in ("GetPolicy", "ListPolicyVersions", "ListEntitiesForPolicy"):
        answer = other.raw("ram", action, PolicyType="Custom", PolicyName=name)
        assert (answer.status, answer.code) == (404, "EntityNotExist.Policy")
    answer = other.raw("ram", "DeletePolicy", PolicyName=name)
    assert (answer.status, answer.code) == (404, "EntityNotExist.Policy")


def versions(people: People, name: str, type: str = "Custom") -> dict[str, bool]:
    found = people.call("ListPolicyVersions", policy_type=type, policy_name=name)["PolicyVersions"]["PolicyVersion"]
    return {one["VersionId"]: one["IsDefaultVersion"] for one in found}


def wire(given: dict[str, str]) -> dict[str, str]:
    return {"".join(word.capitalize() for word in name.split("_")): value for name, value in given.items()}
