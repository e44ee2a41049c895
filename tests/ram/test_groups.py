"""Groups and who is in them."""

from __future__ import annotations

import pytest

from tests.ram.people import People, unused
from tests.running import refused


def test_a_groups_life(people: People) -> None:
    name, other = unused("Dev"), unused("Ops")
    made = people.call("CreateGroup", group_name=name, comments="developers")["Group"]
    assert made["GroupId"].startswith("g-")
    read = people.call("GetGroup", group_name=name)["Group"]
    assert read == {**made, "UpdateDate": made["CreateDate"]}
    changed = people.call("UpdateGroup", group_name=name, new_group_name=other, new_comments="operators")["Group"]
    assert (changed["GroupId"], changed["GroupName"], changed["Comments"]) == (made["GroupId"], other, "operators")
    with refused("EntityNotExist.Group", 404):
        people.call("GetGroup", group_name=name)
    assert other in {group["GroupName"] for group in people.call("ListGroups")["Groups"]["Group"]}
    people.call("DeleteGroup", group_name=other)
    with refused("EntityNotExist.Group", 404):
        people.call("DeleteGroup", group_name=other)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "MissingParameter"),
        ({"group_name": "a/b"}, "InvalidParameter.GroupName.InvalidChars"),
        ({"group_name": "a" * 65}, "InvalidParameter.GroupName.Length"),
        ({"group_name": "x", "comments": "n" * 129}, "InvalidParameter.Comments.Length"),
    ],
)
def test_bad_details(people: People, given: dict[str, str], code: str) -> None:
    with refused(code, 400):
        people.call("CreateGroup", **given)


def test_members(people: People) -> None:
    group, second = people.group(), people.group()
    users = [people.user() for _ in range(3)]
    for user in users:
        people.call("AddUserToGroup", user_name=user, group_name=group)
    people.call("AddUserToGroup", user_name=users[0], group_name=second)
    with refused("EntityAlreadyExists.User.Group", 409):
        people.call("AddUserToGroup", user_name=users[0], group_name=group)
    joined = people.call("ListGroupsForUser", user_name=users[0])["Groups"]["Group"]
    assert [one["GroupName"] for one in joined] == [group, second]
    first = people.call("ListUsersForGroup", group_name=group, max_items=2)
    rest = people.call("ListUsersForGroup", group_name=group, max_items=2, marker=first["Marker"])
    listed = [one["UserName"] for page in (first, rest) for one in page["Users"]["User"]]
    assert sorted(listed) == sorted(users)
    assert (first["IsTruncated"], rest["IsTruncated"]) == (True, False)
    with refused("DeleteConflict.Group.User", 409):
        people.call("DeleteGroup", group_name=group)
    for user in users:
        people.call("RemoveUserFromGroup", user_name=user, group_name=group)
    with refused("EntityNotExist.User.Group", 404):
        people.call("RemoveUserFromGroup", user_name=users[0], group_name=group)
    people.call("DeleteGroup", group_name=group)


def test_what_is_not_there(people: People) -> None:
    user, group = people.user(), people.group()
    for operation in ("AddUserToGroup", "RemoveUserFromGroup"):
        with refused("EntityNotExist.User", 404):
            people.call(operation, user_name="nobody", group_name=group)
        with refused("EntityNotExist.Group", 404):
            people.call(operation, user_name=user, group_name="nothing")
    with refused("EntityAlreadyExists.Group", 409):
        people.call("CreateGroup", group_name=group.upper())
    with refused("EntityAlreadyExists.Group", 409):
        people.call("UpdateGroup", group_name=people.group(), new_group_name=group)


def test_a_group_with_a_policy_stays(people: People) -> None:
    group = people.group()
    policy = {"policy_type": "System", "policy_name": "ReadOnlyAccess", "group_name": group}
    people.call("AttachPolicyToGroup", **policy)
    with refused("DeleteConflict.Group.Policy", 409):
        people.call("DeleteGroup", group_name=group)
    people.call("DetachPolicyFromGroup", **policy)
    people.call("DeleteGroup", group_name=group)


def test_a_member_may_what_the_group_may(people: People) -> None:
    user, group = people.user(), people.group()
    mine = people.by(people.access_key(user))
    people.call("AttachPolicyToGroup", policy_type="System", policy_name="AliyunRAMReadOnlyAccess", group_name=group)
    with refused("NoPermission", 403):
        mine.call("ListUsers")
    people.call("AddUserToGroup", user_name=user, group_name=group)
    assert user in {one["UserName"] for one in mine.call("ListUsers", max_items=1000)["Users"]["User"]}
    with refused("NoPermission", 403):
        mine.call("CreateUser", user_name=unused("never"))
    people.call("RemoveUserFromGroup", user_name=user, group_name=group)
    with refused("NoPermission", 403):
        mine.call("ListUsers")
