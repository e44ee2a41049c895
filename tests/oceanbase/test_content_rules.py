"""What operations on databases, users and their roles refuse, and that a refusal changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oceanbase.cloud import Cloud
from tests.running import until


@pytest.fixture
def tenant(api: Cloud) -> str:
    """With a database, an ADMIN and a user."""
    path = api.create_tenant(api.create_instance())
    api.create_user(path, "boss")
    api.create_user(path, "bob", "NORMAL")
    api.post(f"{path}/databases", databaseName="orders")
    until("ONLINE", lambda: api.get(f"{path}/databases")["dataList"][0]["status"] == "ONLINE")
    return path


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"databaseName": "a"}, (400, "E400J106")), ({"databaseName": "1a"}, (400, "E400J106")),
        ({"databaseName": "a-b"}, (400, "E400J106")), ({"databaseName": "a`b"}, (400, "E400J106")),
        ({"databaseName": "a" * 65}, (400, "E400J106")), ({"databaseName": "MySQL"}, (400, "E400J106")),
        ({"databaseName": "test"}, (400, "E400J106")), ({"databaseName": ""}, (400, "E400J003")),
        ({"encoding": "latin1"}, (400, "E400J117")), ({"encoding": "gbk"}, (400, "E400J117")),
        ({"collation": "binary"}, (400, "E400J117")), ({"databaseName": "ORDERS"}, (409, "E409J117")),
    ],
)  # fmt: skip
def test_database_that_cannot_be(api: Cloud, tenant: str, change: dict[str, str], refusal: tuple[int, str]) -> None:
    assert api.call("POST", f"{tenant}/databases", {"databaseName": "more"} | change).refusal == refusal
    assert api.get(f"{tenant}/databases")["total"] == 1


def test_pages(api: Cloud, tenant: str) -> None:
    for number in range(4):
        api.post(f"{tenant}/databases", databaseName=f"d{number}")
    pages = [api.get(f"{tenant}/databases", pageSize="2", pageNumber=str(number)) for number in (1, 2, 3)]
    names = [one["databaseName"] for page in pages for one in page["dataList"]]
    assert names == ["orders", "d0", "d1", "d2", "d3"]
    assert [(page["total"], page["hasMore"]) for page in pages] == [(5, True), (5, True), (5, False)]


@pytest.mark.parametrize("wrong", ["", "[]", "[1]", '["orders"', '["orders","none"]', "none"])
def test_deletion_of_what_is_not_there(api: Cloud, tenant: str, wrong: str) -> None:
    assert api.call("DELETE", f"{tenant}/databases", {"databaseNames": wrong}).refusal == (404, "E404J109")
    assert api.get(f"{tenant}/databases")["total"] == 1


USER_ROLES: list[tuple[Any, tuple[int, str]]] = [
    ({"database": "none", "role": "dml"}, (404, "E404J109")), ({"database": "orders", "role": "x"}, (400, "E400J119")),
    ({"database": "orders"}, (400, "E400J119")), ({"modifyType": "GRANT"}, (400, "E400J121")),
    ({"modifyType": "DELETE"}, (400, "E400J118")), ({"userRole": "x"}, (400, "E400J118")),
    ({"userRole": [{"database": "orders", "role": 1}]}, (400, "E400J118")),
    ({"userRole": [{"database": "orders", "role": "dml"}] * 2}, (400, "E400J118")),
    ({"userRole": {"database": "orders"}}, (400, "E400J118")), ({"userRole": 7}, (400, "E400J004")),
    ({"userRole": [{"role": "dml"}]}, (400, "E400J118")),
    ({"modifyType": "DELETE", "database": "none"}, (404, "E404J109")),
]  # fmt: skip


@pytest.mark.parametrize(("body", "refusal"), USER_ROLES)
def test_roles_that_cannot_be(api: Cloud, tenant: str, body: Any, refusal: tuple[int, str]) -> None:
    assert api.call("POST", f"{tenant}/tenantUsers/bob/authorization", body).refusal == refusal
    assert api.user(tenant, "bob")["userStatus"] == "ONLINE"


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, (400, "E400J118")), ({"users": "[]"}, (400, "E400J118")),
        ({"users": [{"userName": "none", "role": "dml"}]}, (404, "E404J103")),
        ({"users": [{"userName": "boss", "role": "dml"}]}, (400, "E400J120")),
        ({"users": [{"userName": "bob", "role": "dml"}, {"userName": "none", "role": "dml"}]}, (404, "E404J103")),
    ],
)  # fmt: skip
def test_roles_in_a_database_that_cannot_be(
    api: Cloud, tenant: str, body: dict[str, Any], refusal: tuple[int, str]
) -> None:
    assert api.call("POST", f"{tenant}/databases/orders/authorization", body).refusal == refusal
    assert api.get(f"{tenant}/databases")["dataList"][0]["users"] == []
    assert api.user(tenant, "bob")["userStatus"] == "ONLINE"


def test_users(api: Cloud, tenant: str) -> None:
    path = f"{tenant}/tenantUsers"
    for wrong in ("", "OPEN"):
        assert api.call("PUT", f"{path}/bob/status", {"status": wrong}).refusal == (400, "E400J122")
    for name in ("status", "description"):
        assert api.call("PUT", f"{path}/none/{name}", {"status": "LOCKED"}).refusal == (404, "E404J103")
    role = {"database": "orders", "role": "dml"}
    assert api.call("POST", f"{path}/none/authorization", role).refusal == (404, "E404J103")
    assert api.call("POST", f"{path}/boss/authorization", role).refusal == (400, "E400J120")
    admin = {"userName": "chief", "password": "!Cloud4Oceanbase", "userType": "ADMIN", "roles": [role]}
    assert api.call("POST", path, admin).refusal == (400, "E400J120")
    assert api.call("PUT", f"{tenant}/databases/none/description", {}).refusal == (404, "E404J109")
    assert api.call("POST", f"{tenant}/databases/none/authorization", {}).refusal == (404, "E404J109")
    assert api.call("PUT", f"{path}/bob/description", {"description": "it is Bob"}).data == {}
    assert api.user(tenant, "bob")["description"] == "it is Bob"
    assert api.call("PUT", f"{path}/boss/status", {"status": "LOCKED"}).status == 200
    until("LOCKED", lambda: api.user(tenant, "boss")["userStatus"] == "LOCKED")
    assert api.call("DELETE", path, {"users": ["boss"]}).data == {}
    until("boss gone", lambda: api.get(path)["total"] == 1)
