"""Tags of roles and policies."""

from __future__ import annotations

from typing import Any

import pytest
from alibabacloud_ram20150501 import models

from tests.ram.people import People
from tests.running import refused


def tag(*pairs: tuple[str, str], kind: str = "TagResources") -> list[Any]:
    make = getattr(models, f"{kind}RequestTag")
    return [make(key=key, value=value) for key, value in pairs]


def tags_of(people: People, type: str, *names: str, **more: Any) -> list[tuple[str, str, str]]:
    found = people.call("ListTagResources", resource_type=type, resource_names=list(names) or None, **more)
    return [(one["ResourceName"], one["TagKey"], one["TagValue"]) for one in found["TagResources"]]


@pytest.mark.parametrize("type", ["role", "policy"])
def test_tags_come_and_go(people: People, type: str) -> None:
    make = {"role": people.role, "policy": people.policy}[type]
    one, two = make(), make()
    about = {"resource_type": type, "resource_names": [one, two]}
    people.call("TagResources", **about, tag=tag(("team", "dev"), ("stage", "test")))
    people.call("TagResources", resource_type=type, resource_names=[two], tag=tag(("team", "ops")))
    assert tags_of(people, type, one, two) == [
        (one, "team", "dev"), (one, "stage", "test"), (two, "team", "ops"), (two, "stage", "test"),
    ]  # fmt: skip
    wanted = tag(("team", "ops"), kind="ListTagResources")
    assert {line[0] for line in tags_of(people, type, tag=wanted)} == {two}
    people.call("UntagResources", **about, tag_keys=["team", "never"])
    assert tags_of(people, type, one, two) == [(one, "stage", "test"), (two, "stage", "test")]
    first = people.call("ListTagResources", **about, page_size=1)
    rest = people.call("ListTagResources", **about, page_size=1, next_token=first["NextToken"])
    assert [page["TagResources"][0]["ResourceName"] for page in (first, rest)] == [one, two]
    assert "NextToken" not in rest
    people.call("UntagResources", **about, all=True)
    assert tags_of(people, type, one, two) == []


@pytest.mark.parametrize(
    ("given", "code", "status"),
    [
        ({"resource_type": "role"}, "MissingParameter", 400),
        ({"resource_names": ["x"]}, "MissingParameter", 400),
        ({"resource_type": "user", "resource_names": ["x"]}, "InvalidParameter.ResourceType", 400),
        ({"resource_type": "role", "resource_names": ["a b"]}, "InvalidParameter.RoleName.InvalidChars", 400),
        ({"resource_type": "policy", "resource_names": ["p" * 129]}, "InvalidParameter.PolicyName.Length", 400),
        ({"resource_type": "role", "resource_names": ["no-such"]}, "EntityNotExist.Role", 404),
        ({"resource_type": "policy", "resource_names": ["no-such"]}, "EntityNotExist.Policy", 404),
        ({"resource_type": "policy", "resource_names": ["ReadOnlyAccess"]}, "EntityNotExist.Policy", 404),
    ],
)
def test_refusals(people: People, given: dict[str, Any], code: str, status: int) -> None:
    with refused(code, status):
        people.call("TagResources", **given, tag=tag(("team", "dev")))
    with refused(code, status):
        people.call("UntagResources", **given, tag_keys=["team"])
    if "resource_names" in given:
        with refused(code, status):
            people.call("ListTagResources", **given)


def test_lists_that_are_none(people: People) -> None:
    """Clients send lists as JSON."""
    name = people.role()
    for given in ({"ResourceNames": name}, {"ResourceNames": '["x", 1]'}, {"Tag": "team"}, {"TagKeys": "team"}):
        action = "UntagResources" if "TagKeys" in given else "TagResources"
        usual = {"ResourceType": "role", "ResourceNames": f'["{name}"]', "Tag": '[{"Key":"team"}]'}
        answer = people.hand().raw("ram", action, **{**usual, **given})
        assert (answer.status, answer.code) == (400, f"InvalidParameter.{next(iter(given))}")


def test_bad_tags(people: People) -> None:
    name = people.role()
    about = {"resource_type": "role", "resource_names": [name]}
    people.call("TagResources", **about, tag=tag(*[(f"k{number}", "v") for number in range(20)]))
    before = tags_of(people, "role", name)
    for given in ([("more", "v")], [("k" * 129, "v")], [("k", "v" * 129)], [("k", "1"), ("k", "2")]):
        with refused("InvalidParameter.Tag", 400):
            people.call("TagResources", **about, tag=tag(*given))
    for operation in ("TagResources", "UntagResources"):
        with refused("MissingParameter", 400):
            people.call(operation, **about)
    with refused("InvalidParameter.NextToken", 400):
        people.call("ListTagResources", **about, next_token="nobody's")
    assert tags_of(people, "role", name) == before
