"""Projects: whose instances a key sees, and what X-Ob-Project-Id says of them."""

from __future__ import annotations

import urllib.error
from collections.abc import Iterator

import pytest

from tests.oceanbase.cloud import INSTANCE, Cloud, project
from tests.running import Running


class AccountsKey(Cloud):
    """The root key of an account of its own."""

    def __init__(self, running: Running) -> None:
        made = running.ask("accounts", {"name": ""})
        super().__init__(running, made["access_key_id"], made["access_key_secret"])
        self.account_id: str = made["account_id"]

    def new_project(self) -> Cloud:
        return project(self.running, account=self.account_id)


@pytest.fixture
def account(without_engines: Running) -> Iterator[AccountsKey]:
    made = AccountsKey(without_engines)
    yield made
    made.close()


def test_a_projects_key_sees_its_project(without_engines: Running) -> None:
    mine, other = project(without_engines, "mine"), project(without_engines, "other")
    for cloud in (mine, other):
        cloud.project = ""
    made = mine.create_instance()
    assert mine.get(f"/instances/{made}")["instanceId"] == made
    assert [one["instanceId"] for one in mine.get("/instances")["dataList"]] == [made]
    assert other.get("/instances")["total"] == 0
    for method, path in (("GET", f"/instances/{made}"), ("GET", f"/instances/{made}/tenants")):
        assert other.call(method, path).refusal == (404, "E404J101")
    assert other.call("DELETE", "/instances", {"instanceId": made}).refusal == (404, "E404J101")
    assert other.call("POST", f"/instances/{made}/tenants", {"tenantName": "x1"}).refusal == (404, "E404J101")


def test_a_project_that_the_key_is_not_good_for(without_engines: Running, account: AccountsKey) -> None:
    """Another one, one of another account, one that does not exist: told alike, and nothing is done."""
    mine, other = project(without_engines, "mine"), project(without_engines, "other")
    own = mine.project
    for wrong in (other.project, "doesnotexist", "ü", "x" * 300):
        mine.project = wrong.encode().decode("latin-1")
        assert mine.call("GET", "/instances").refusal == (403, "E403J001")
        assert mine.call("POST", "/instances", INSTANCE).refusal == (403, "E403J001")
        account.project = mine.project
        assert account.call("GET", "/instances").refusal == (403, "E403J001")
    mine.project = own
    assert mine.get("/instances")["total"] == 0


def test_an_accounts_key_sees_all_its_projects(account: AccountsKey) -> None:
    first, second = account.new_project(), account.new_project()
    made = [cloud.create_instance() for cloud in (first, second)]
    assert [one["instanceId"] for one in account.get("/instances")["dataList"]] == made
    assert [account.get(f"/instances/{one}")["projectId"] for one in made] == [first.project, second.project]
    account.project = first.project
    assert [one["instanceId"] for one in account.get("/instances")["dataList"]] == [made[0]]
    assert account.get(f"/instances/{made[0]}")["projectId"] == first.project
    assert account.call("GET", f"/instances/{made[1]}").refusal == (403, "E403J101")
    assert account.call("DELETE", "/instances", {"instanceId": made[1]}).refusal == (403, "E403J101")


def test_the_project_passed_last_is_the_default(account: AccountsKey) -> None:
    """As the documents say of calls without the header; an account without a project gets one."""

    def created() -> str:
        instance = account.post("/instances", **INSTANCE)["instanceId"]
        return str(account.get(f"/instances/{instance}")["projectId"])

    first_of_all = created()
    made = [account.new_project().project for _ in range(2)]
    assert created() == first_of_all
    for passed in (made[0], made[1], made[0], first_of_all):
        account.project = passed
        assert account.call("GET", "/instances").status == 200
        account.project = ""
        assert created() == passed


def test_other_accounts_see_nothing(without_engines: Running, account: AccountsKey) -> None:
    mine = project(without_engines)
    made = mine.create_instance()
    assert account.get("/instances")["total"] == 0
    assert account.call("GET", f"/instances/{made}").refusal == (404, "E404J101")


@pytest.mark.parametrize(
    ("body", "status"),
    [({"account_id": "1"}, 404), ({}, 404), ({"account_id": 7}, 400), ({"account_id": "1", "name": "x" * 129}, 400)],
)
def test_a_project_needs_an_account(without_engines: Running, body: dict[str, object], status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        without_engines.ask("projects", body)
    assert caught.value.code == status
    caught.value.close()
