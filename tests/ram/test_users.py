"""RAM users: made, read, changed, deleted; what is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.ram.people import People, unused
from tests.running import refused
from tests.sdk.clients import stranger

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def test_a_users_life(people: People) -> None:
    name = unused("Alice")
    details = {
        "display_name": "Alice", "email": "a@example.com", "mobile_phone": "86-18600000000", "comments": "an engineer",
    }  # fmt: skip
    made = people.call("CreateUser", user_name=name, **details)["User"]
    assert re.fullmatch(r"\d{18}", made["UserId"])
    assert DATE.fullmatch(made["CreateDate"])
    assert "UpdateDate" not in made
    read = people.call("GetUser", user_name=name)["User"]
    assert read == {**made, "UpdateDate": made["CreateDate"]}
    assert people.call("GetUser", user_name=name.upper())["User"] == read
    other = unused("bob")
    changed = people.call("UpdateUser", user_name=name, new_user_name=other, new_comments="")["User"]
    assert changed == {**read, "UserName": other, "Comments": "", "UpdateDate": changed["UpdateDate"]}
    with refused("EntityNotExist.User", 404):
        people.call("GetUser", user_name=name)
    again = people.call("CreateUser", user_name=name)["User"]
    assert (again["DisplayName"], again["UserId"] != made["UserId"]) == (name, True)
    for one in (name, other):
        people.call("DeleteUser", user_name=one)
    with refused("EntityNotExist.User", 404):
        people.call("DeleteUser", user_name=other)


def test_only_the_case_of_a_name_changes(people: People) -> None:
    name = people.user("carol")
    assert people.call("UpdateUser", user_name=name, new_user_name=name.upper())["User"]["UserName"] == name.upper()
    with refused("EntityAlreadyExists.User", 409):
        people.call("CreateUser", user_name=name)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "MissingParameter"),
        ({"user_name": "a b"}, "InvalidParameter.UserName.InvalidChars"),
        ({"user_name": "ünal"}, "InvalidParameter.UserName.InvalidChars"),
        ({"user_name": "a" * 65}, "InvalidParameter.UserName.Length"),
        ({"user_name": "x", "display_name": "n" * 129}, "InvalidParameter.DisplayName.Length"),
        ({"user_name": "x", "comments": "n" * 129}, "InvalidParameter.Comments.Length"),
        ({"user_name": "x", "mobile_phone": "12"}, "InvalidParameter.MobilePhone.Format"),
        ({"user_name": "x", "email": "nowhere"}, "InvalidParameter.Email.Format"),
    ],
)
def test_bad_details(people: People, given: dict[str, str], code: str) -> None:
    with refused(code, 400):
        people.call("CreateUser", **given)
    with refused("EntityNotExist.User", 404):
        people.call("GetUser", user_name="x")


def test_bad_changes(people: People) -> None:
    name, other = people.user(), people.user()
    before = people.call("GetUser", user_name=name)
    with refused("EntityAlreadyExists.User", 409):
        people.call("UpdateUser", user_name=name, new_user_name=other, new_comments="x")
    with refused("InvalidParameter.NewUserName.InvalidChars", 400):
        people.call("UpdateUser", user_name=name, new_user_name="a b")
    with refused("InvalidParameter.NewEmail.Format", 400):
        people.call("UpdateUser", user_name=name, new_email="x")
    assert without_request(people.call("GetUser", user_name=name)) == without_request(before)


def test_what_a_user_must_give_back_first(people: People) -> None:
    name, group = people.user(), people.group()
    people.call("AddUserToGroup", user_name=name, group_name=group)
    key = people.access_key(name)
    people.call("AttachPolicyToUser", policy_type="System", policy_name="ReadOnlyAccess", user_name=name)
    with refused("DeleteConflict.User.Group", 409):
        people.call("DeleteUser", user_name=name)
    people.call("RemoveUserFromGroup", user_name=name, group_name=group)
    with refused("DeleteConflict.User.AccessKey", 409):
        people.call("DeleteUser", user_name=name)
    people.call("DeleteAccessKey", user_name=name, user_access_key_id=key.id)
    with refused("DeleteConflict.User.Policy", 409):
        people.call("DeleteUser", user_name=name)
    people.call("DetachPolicyFromUser", policy_type="System", policy_name="ReadOnlyAccess", user_name=name)
    people.call("DeleteUser", user_name=name)


def test_pages(people: People) -> None:
    made = [people.user() for _ in range(5)]
    seen: list[str] = []
    marker = None
    while True:
        page = people.call("ListUsers", max_items=2, marker=marker)
        seen += [user["UserName"] for user in page["Users"]["User"]]
        assert page["IsTruncated"] == ("Marker" in page)
        if not page["IsTruncated"]:
            break
        assert len(page["Users"]["User"]) == 2
        marker = page["Marker"]
    assert seen[-5:] == made
    assert seen == [user["UserName"] for user in people.call("ListUsers", max_items=1000)["Users"]["User"]]
    with refused("InvalidParameter.Marker", 400):
        people.call("ListUsers", marker="nobody's")
    with refused("InvalidParameter.MaxItems", 400):
        people.call("ListUsers", max_items=1001)


def test_users_of_another_account(people: People) -> None:
    name = people.user()
    other = stranger(people.running)
    answer = other.raw("ram", "GetUser", UserName=name)
    assert (answer.status, answer.code) == (404, "EntityNotExist.User")
    assert other.raw("ram", "ListUsers").json["Users"]["User"] == []
    assert other.raw("ram", "CreateUser", UserName=name).status == 200


def without_request(reply: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in reply.items() if name != "RequestId"}
