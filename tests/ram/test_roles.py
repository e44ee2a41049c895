"""Roles: made, read, changed, deleted."""

from __future__ import annotations

import re

import pytest

from tests.ram.people import People, allowing, trusting, unused
from tests.running import refused


def test_a_roles_life(people: People) -> None:
    name, trust = unused("Admin"), trusting(f"acs:ram::{people.account}:root")
    made = people.call("CreateRole", role_name=name, assume_role_policy_document=trust, description="all")["Role"]
    assert re.fullmatch(r"\d{18}", made["RoleId"])
    assert made["Arn"] == f"acs:ram::{people.account}:role/{name}"
    assert (made["MaxSessionDuration"], made["AssumeRolePolicyDocument"]) == (3600, trust)
    read = people.call("GetRole", role_name=name)["Role"]
    assert {**read, **made} == read
    assert read["IsServiceLinkedRole"] is False
    other = trusting(f"acs:ram::{people.account}:user/alice")
    changed = people.call(
        "UpdateRole", role_name=name, new_max_session_duration=7200, new_assume_role_policy_document=other,
        new_description="some",
    )["Role"]  # fmt: skip
    assert (changed["MaxSessionDuration"], changed["AssumeRolePolicyDocument"]) == (7200, other)
    assert people.call("GetRole", role_name=name)["Role"]["Description"] == "some"
    with refused("EntityAlreadyExists.Role", 409):
        people.call("CreateRole", role_name=name.lower(), assume_role_policy_document=trust)
    listed = people.call("ListRoles", max_items=1000)["Roles"]["Role"]
    (mine,) = (one for one in listed if one["RoleName"] == name)
    assert "AssumeRolePolicyDocument" not in mine
    people.call("DeleteRole", role_name=name)
    with refused("EntityNotExist.Role", 404):
        people.call("GetRole", role_name=name)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"role_name": None}, "MissingParameter"),
        ({"role_name": "a b"}, "InvalidParameter.RoleName.InvalidChars"),
        ({"role_name": "r" * 65}, "InvalidParameter.RoleName.Length"),
        ({"description": "d" * 1025}, "InvalidParameter.Description.Length"),
        ({"assume_role_policy_document": None}, "MissingParameter"),
        ({"assume_role_policy_document": "x"}, "MalformedPolicyDocument"),
        ({"assume_role_policy_document": allowing("sts:AssumeRole")}, "MalformedPolicyDocument"),
        ({"assume_role_policy_document": trusting("alice")}, "MalformedPolicyDocument"),
        ({"assume_role_policy_document": " " * 6145}, "InvalidParameter.AssumeRolePolicyDocument.Length"),
        ({"max_session_duration": 3599}, "InvalidParameter.MaxSessionDuration"),
        ({"max_session_duration": 43201}, "InvalidParameter.MaxSessionDuration"),
    ],
)
def test_bad_details(people: People, given: dict[str, object], code: str) -> None:
    name = unused("never")
    usual = {"role_name": name, "assume_role_policy_document": trusting(f"acs:ram::{people.account}:root")}
    with refused(code, 400):
        people.call("CreateRole", **{**usual, **given})
    with refused("EntityNotExist.Role", 404):
        people.call("GetRole", role_name=name)


def test_bad_changes(people: People) -> None:
    name = people.role()
    before = people.call("GetRole", role_name=name)["Role"]
    for given, code in (
        ({"new_assume_role_policy_document": "x"}, "MalformedPolicyDocument"),
        ({"new_max_session_duration": 1}, "InvalidParameter.NewMaxSessionDuration"),
        ({"new_description": "d" * 1025}, "InvalidParameter.NewDescription.Length"),
    ):
        with refused(code, 400):
            people.call("UpdateRole", role_name=name, **given)
    assert people.call("GetRole", role_name=name)["Role"] == before


def test_a_role_with_a_policy_stays(people: People) -> None:
    name = people.role()
    policy = {"policy_type": "System", "policy_name": "ReadOnlyAccess", "role_name": name}
    people.call("AttachPolicyToRole", **policy)
    with refused("DeleteConflict.Role.Policy", 409):
        people.call("DeleteRole", role_name=name)
    people.call("DetachPolicyFromRole", **policy)
    people.call("DeleteRole", role_name=name)


def test_pages_and_tags(people: People) -> None:
    name, trust = unused("tagged"), trusting(f"acs:ram::{people.account}:root")
    hand = people.hand()
    answer = hand.raw(
        "ram", "CreateRole", RoleName=name, AssumeRolePolicyDocument=trust, Tag='[{"Key":"team","Value":"dev"}]'
    )
    assert answer.status == 200, answer.body
    people.role()
    first = people.call("ListRoles", max_items=1)
    assert first["IsTruncated"] is True
    second = people.call("ListRoles", max_items=1, marker=first["Marker"])
    assert first["Roles"]["Role"] != second["Roles"]["Role"]
    found = hand.raw("ram", "ListRoles", Tag='[{"Key":"team","Value":"dev"}]').json["Roles"]["Role"]
    assert [(one["RoleName"], one["Tags"]["Tag"]) for one in found] == [(name, [{"TagKey": "team", "TagValue": "dev"}])]
