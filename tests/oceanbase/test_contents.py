"""Databases of tenants and what users may do in them: made by the API, enforced by the server, seen by real clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pymysql
import pytest

from tests.oceanbase.cloud import PASSWORD, Cloud, mysql, mysql_error, place_of, rows
from tests.running import until

LOCKED_OUT = 3118


@pytest.fixture(scope="module")
def tenant(cloud: Cloud) -> str:
    """With an ADMIN, alice."""
    path = cloud.create_tenant(cloud.create_instance(), "market")
    cloud.create_user(path)
    return path


@pytest.fixture(scope="module")
def place(cloud: Cloud, tenant: str) -> tuple[str, int]:
    return place_of(cloud.connect(tenant, cloud.create_service(tenant)))


@pytest.fixture
def database(cloud: Cloud, tenant: str) -> Iterator[str]:
    """One that is ONLINE, with a table; it is gone afterwards."""
    create_database(cloud, tenant, "sms_pre")
    yield "sms_pre"
    if cloud.get(f"{tenant}/databases", databaseName="sms_pre")["total"]:
        delete_databases(cloud, tenant, "sms_pre")


def show(cloud: Cloud, tenant: str, name: str) -> dict[str, Any]:
    [found] = cloud.get(f"{tenant}/databases", databaseName=name)["dataList"]
    return dict(found)


def create_database(cloud: Cloud, tenant: str, name: str, **more: Any) -> None:
    assert cloud.post(f"{tenant}/databases", databaseName=name, **more) == {}
    until(f"{name} ONLINE", lambda: show(cloud, tenant, name)["status"] == "ONLINE")


def delete_databases(cloud: Cloud, tenant: str, *names: str) -> None:
    listed = ",".join(f'"{name}"' for name in names)
    path = f"{tenant}/databases"
    assert cloud.call("DELETE", path, {"databaseNames": f"[{listed}]", "force": True}).data == {}
    left = set(names)
    until(
        f"{names} gone", lambda: not left & {one["databaseName"] for one in cloud.get(path, pageSize="100")["dataList"]}
    )


def wait_user(cloud: Cloud, tenant: str, name: str, status: str = "ONLINE") -> dict[str, Any]:
    until(f"{name} {status}", lambda: cloud.user(tenant, name)["userStatus"] == status)
    return cloud.user(tenant, name)


def create_user(cloud: Cloud, tenant: str, name: str, **more: Any) -> dict[str, Any]:
    cloud.post(f"{tenant}/tenantUsers", userName=name, password=PASSWORD, userType="NORMAL", **more)
    return wait_user(cloud, tenant, name)


def delete_user(cloud: Cloud, tenant: str, name: str) -> None:
    assert cloud.call("DELETE", f"{tenant}/tenantUsers", {"users": [name]}).data == {}
    until(f"{name} gone", lambda: cloud.get(f"{tenant}/tenantUsers", userName=name)["total"] == 0)


def may(place: tuple[str, int], user: str, database: str) -> str:
    """What a user may do there, a letter each: Read, Insert, Create."""
    tries = {"R": "SELECT * FROM t", "I": "INSERT INTO t VALUES (2)", "C": "CREATE TABLE made (id INT)"}
    allowed = ""
    with closing(mysql(place, user)) as client:
        for letter, sql in tries.items():
            try:
                rows(client, sql.replace(" t", f" {database}.t").replace(" made", f" {database}.made"))
                allowed += letter
            except pymysql.err.MySQLError as error:
                assert error.args[0] in (1044, 1142), error  # noqa: PT017
    if "C" in allowed:
        with closing(mysql(place, "alice@market")) as client:
            rows(client, f"DROP TABLE {database}.made")
    return allowed


def fill(place: tuple[str, int], database: str) -> None:
    with closing(mysql(place, "alice@market")) as client:
        rows(client, f"CREATE TABLE {database}.t (id INT)")
        rows(client, f"INSERT INTO {database}.t VALUES (1)")
        client.commit()


def test_a_database(cloud: Cloud, tenant: str, place: tuple[str, int]) -> None:
    body = {"databaseName": "Orders_1", "encoding": "UTF8MB4", "collation": "utf8mb4_bin", "description": "first"}
    assert cloud.call("POST", f"{tenant}/databases", body).data == {}
    assert show(cloud, tenant, "Orders_1")["status"] == "PENDING_CREATE"
    for name in ("Orders_1", "orders_1"):
        again = cloud.call("POST", f"{tenant}/databases", {"databaseName": name})
        assert again.refusal == (409, "E409J117")
    until("ONLINE", lambda: show(cloud, tenant, "Orders_1")["status"] == "ONLINE")
    shown = show(cloud, tenant, "Orders_1")
    wanted = {
        "databaseName": "Orders_1", "encoding": "utf8mb4", "collation": "utf8mb4_bin", "description": "first",
        "dbType": "MySQL", "users": [], "requiredSize": 0.0, "tenantId": tenant.rpartition("/")[2],
    }  # fmt: skip
    assert {name: shown[name] for name in wanted} == wanted
    changed = cloud.call("PUT", f"{tenant}/databases/Orders_1/description", {"description": "second"})
    assert changed.data["description"] == "second"
    fill(place, "Orders_1")
    create_user(cloud, tenant, "frank", roles=[{"database": "Orders_1", "role": "readonly"}])
    assert may(place, "frank@market", "Orders_1") == "R"
    delete_user(cloud, tenant, "frank")
    with closing(mysql(place, "alice@market")) as client:
        charset = "SELECT default_collation_name FROM information_schema.schemata WHERE schema_name = 'Orders_1'"
        assert rows(client, charset) == [("utf8mb4_bin",)]
        rows(client, "USE Orders_1")
        assert cloud.call("DELETE", f"{tenant}/databases", {"databaseNames": '["Orders_1","none"]'}).refusal == (
            404,
            "E404J109",
        )
        assert rows(client, "SELECT DATABASE()") == [("orders_1",)]  # as servers keep names
        delete_databases(cloud, tenant, "Orders_1")
        with pytest.raises(pymysql.err.MySQLError):
            rows(client, "CREATE TABLE Orders_1.gone (id INT)")
    deleted = cloud.call("DELETE", f"{tenant}/databases", {"databaseName": "Orders_1"})
    assert deleted.refusal == (404, "E404J109")


ROLES = [("readwrite", "RIC"), ("READONLY", "R"), ("dml", "RI"), ("DDL", "C")]


@pytest.mark.parametrize(("role", "allowed"), ROLES)
def test_roles_are_enforced(
    cloud: Cloud, tenant: str, place: tuple[str, int], database: str, role: str, allowed: str
) -> None:
    """Given with the user, and taken away with the database."""
    fill(place, database)
    shown = create_user(cloud, tenant, "bob", roles=f'[{{"database":"{database}","role":"{role}","table":""}}]')
    [has] = shown["databases"]
    assert (has["database"], has["role"], has["withGrant"]) == (database, role.lower(), 0)
    assert show(cloud, tenant, database)["users"] == [
        {"userName": "bob", "role": role.lower(), "userType": "NORMAL"}
    ]  # fmt: skip
    assert may(place, "bob@market", database) == allowed
    delete_databases(cloud, tenant, database)
    assert cloud.user(tenant, "bob")["databases"] == []
    create_database(cloud, tenant, database)
    fill(place, database)
    assert may(place, "bob@market", database) == ""
    delete_user(cloud, tenant, "bob")


CHANGES: list[Callable[[Cloud, str], Any]] = [
    lambda cloud, tenant: cloud.call(
        "POST", f"{tenant}/databases/sms_pre/authorization",
        {"userRoles": [{"userName": "carol", "roles": ["readonly"]}]},
    ),
    lambda cloud, tenant: cloud.call(
        "POST", f"{tenant}/databases/sms_pre/authorization",
        {"users": '[{"UserName":"carol","Role":"ReadOnly"}]', "databaseName": "sms_pre"},
    ),
    lambda cloud, tenant: cloud.call(
        "POST", f"{tenant}/tenantUsers/carol/authorization",
        {"modifyType": "UPDATE", "database": "sms_pre", "role": "readonly"},
    ),
    lambda cloud, tenant: cloud.call(
        "POST", f"{tenant}/tenantUsers/carol/authorization", {"userRole": '[{"Database":"sms_pre","Role":"readonly"}]'}
    ),
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=["userRoles", "users", "modifyType", "userRole"])
def test_every_way_to_change_a_role(
    cloud: Cloud, tenant: str, place: tuple[str, int], database: str, change: Callable[[Cloud, str], Any]
) -> None:
    fill(place, database)
    create_user(cloud, tenant, "carol")
    assert may(place, "carol@market", database) == ""
    answer = change(cloud, tenant)
    assert answer.status == 200
    assert change(cloud, tenant).refusal == (409, "E409J103")
    wait_user(cloud, tenant, "carol")
    assert may(place, "carol@market", database) == "R"
    taken = {"modifyType": "DELETE", "database": database}
    assert cloud.call("POST", f"{tenant}/tenantUsers/carol/authorization", taken).data == {"dataList": []}
    wait_user(cloud, tenant, "carol")
    assert may(place, "carol@market", database) == ""
    delete_user(cloud, tenant, "carol")


def test_a_locked_user(cloud: Cloud, tenant: str, place: tuple[str, int], database: str) -> None:
    """Nobody logs in as it; who is in stays; roles may change meanwhile; an unlocked one is what it was."""
    create_user(cloud, tenant, "dave", roles=[{"database": database, "role": "readonly"}])
    fill(place, database)
    status, path = f"{tenant}/tenantUsers/dave/status", f"{tenant}/tenantUsers/dave"
    with closing(mysql(place, "dave@market")) as held:
        locked = cloud.call("PUT", status, {"userStatus": "LOCKED"})
        assert (locked.status, "data" in locked.json) == (200, False)
        wait_user(cloud, tenant, "dave", "LOCKED")
        assert mysql_error(place, "dave@market") == LOCKED_OUT
        assert rows(held, "SELECT 1") == [(1,)]
    assert cloud.call("PUT", status, {"status": "locked"}).status == 200
    assert cloud.user(tenant, "dave")["userStatus"] == "LOCKED"
    assert cloud.call("PUT", f"{path}/password", {"userPassword": PASSWORD}).refusal == (409, "E409J103")
    assert cloud.call("PUT", f"{path}/description", {"description": "on leave"}).data == {}
    role = {"modifyType": "UPDATE", "database": database, "role": "readwrite"}
    [shown] = cloud.post(f"{path}/authorization", **role)["dataList"]
    assert (shown["userName"], shown["privileges"]) == ("dave", "ALL PRIVILEGES")
    assert wait_user(cloud, tenant, "dave", "LOCKED")["description"] == "on leave"
    assert cloud.call("PUT", status, {"userStatus": "ONLINE"}).status == 200
    wait_user(cloud, tenant, "dave")
    assert may(place, "dave@market", database) == "RIC"
    delete_user(cloud, tenant, "dave")


def test_a_user_that_was_dropped_with_sql_is_forgotten(cloud: Cloud, tenant: str, place: tuple[str, int]) -> None:
    create_user(cloud, tenant, "erin")
    with closing(mysql(place, "alice@market")) as client:
        rows(client, "DROP USER 'erin@market'")
    assert cloud.call("PUT", f"{tenant}/tenantUsers/erin/status", {"status": "LOCKED"}).status == 200
    until("erin gone", lambda: cloud.get(f"{tenant}/tenantUsers", userName="erin")["total"] == 0)
