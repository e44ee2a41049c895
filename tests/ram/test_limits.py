"""How many of everything an account may have, and somebody in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.ram.people import People, allowing, trusting
from tests.running import refused
from tests.sdk.clients import Account, stranger


@pytest.fixture(scope="module")
def other(people: People) -> Account:
    """An account of its own, to be filled."""
    return stranger(people.running)


@pytest.mark.parametrize(
    ("operation", "name", "more", "most"),
    [
        ("CreateUser", "UserName", lambda account: {}, 1000),
        ("CreateGroup", "GroupName", lambda account: {}, 50),
        (
            "CreateRole",
            "RoleName",
            lambda account: {"AssumeRolePolicyDocument": trusting(f"acs:ram::{account}:root")},
            100,
        ),
        ("CreatePolicy", "PolicyName", lambda account: {"PolicyDocument": allowing("x:*")}, 200),
    ],
)
def test_of_an_account(
    other: Account, operation: str, name: str, more: Callable[[str], dict[str, str]], most: int
) -> None:
    given = more(other.id)
    for number in range(most):
        assert other.raw("ram", operation, **{name: f"n{number}"}, **given).status == 200
    answer = other.raw("ram", operation, **{name: "one-more"}, **given)
    assert (answer.status, answer.code) == (409, f"LimitExceeded.{operation.removeprefix('Create')}")


def test_groups_of_a_user(people: People) -> None:
    user = people.user()
    for _ in range(5):
        people.call("AddUserToGroup", user_name=user, group_name=people.group())
    with refused("LimitExceeded.User.Group", 409):
        people.call("AddUserToGroup", user_name=user, group_name=people.group())


@pytest.mark.parametrize("entity", ["User", "Group", "Role"])
def test_policies_of_somebody(people: People, entity: str) -> None:
    made = {"User": people.user, "Group": people.group, "Role": people.role}[entity]()
    who = {f"{entity.lower()}_name": made}
    for _ in range(10):
        people.call(f"AttachPolicyTo{entity}", policy_type="Custom", policy_name=people.policy(), **who)
    with refused(f"LimitExceeded.{entity}.Policy", 409):
        people.call(f"AttachPolicyTo{entity}", policy_type="Custom", policy_name=people.policy(), **who)
    people.call(f"AttachPolicyTo{entity}", policy_type="System", policy_name="ReadOnlyAccess", **who)


def test_keys_of_the_root(people: People) -> None:
    other = stranger(people.running)
    for _ in range(4):
        assert other.raw("ram", "CreateAccessKey").status == 200
    answer = other.raw("ram", "CreateAccessKey")
    assert (answer.status, answer.code) == (409, "LimitExceeded.User.AccessKey")
