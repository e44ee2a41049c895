"""The life of a PrivateLink connection, seen by its API and by real MySQL clients on a real OceanBase engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pymysql
import pytest

from jackfield.folder import read_process
from tests.oceanbase.cloud import (
    PASSWORD,
    TURNED_AWAY,
    Cloud,
    dialled_name,
    mysql,
    mysql_error,
    named,
    place_of,
    refuses,
    rows,
)
from tests.running import kill, until


@pytest.fixture(scope="module")
def instance(cloud: Cloud) -> str:
    return cloud.create_instance()


@pytest.fixture(scope="module")
def tenant(cloud: Cloud, instance: str) -> str:
    path = cloud.create_tenant(instance)
    cloud.create_user(path)
    return path


@pytest.fixture
def address(cloud: Cloud, tenant: str) -> Iterator[str]:
    """A service that is ONLINE; it is gone afterwards."""
    made = cloud.create_service(tenant)
    yield made
    if cloud.call("GET", f"{tenant}/privatelink", addressId=made).status == 200:
        if cloud.address(tenant, made)["addressStatus"] == "ONLINE":
            assert cloud.call("DELETE", f"{tenant}/privatelink", addressId=made).data is True
        cloud.wait_gone(f"{tenant}/privatelink", addressId=made)


def test_the_whole_life(cloud: Cloud, tenant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dialled_name(cloud, monkeypatch)
    assert cloud.get(f"{tenant}/privatelink") == []

    address = cloud.post(f"{tenant}/privatelink/service", userAccount="100012345678")["addressId"]
    [shown] = cloud.get(f"{tenant}/privatelink", addressId=address)
    assert (shown["addressStatus"], shown["privateLinkList"]) == ("PENDING_CREATE", [])
    assert cloud.call("POST", f"{tenant}/privatelink/service", {"userAccount": "1"}).refusal == (409, "E409J108")
    connection = {"endpointId": "vpce-1", "addressId": address, "userEndpointAddress": ""}
    assert cloud.call("POST", f"{tenant}/privatelink/connection", connection).refusal == (409, "E409J104")
    until("ONLINE", lambda: cloud.address(tenant, address)["addressStatus"] == "ONLINE")
    shown = cloud.address(tenant, address)
    assert shown["privateLinkServiceId"].startswith("vpcsvc-")
    assert (shown["privateLinkEndpointId"], shown["intranetAddress"], shown["intranetPort"]) == ("", "", 0)
    assert cloud.call("POST", f"{tenant}/privatelink/user", {"userAccount": "2000", "addressId": address}).data == {}
    assert cloud.call("POST", f"{tenant}/privatelink/user", {"userAccount": "2000"}).refusal == (409, "E409J109")

    assert cloud.call("POST", f"{tenant}/privatelink/connection", connection).data == {}
    [pending] = cloud.address(tenant, address)["privateLinkList"]
    assert (pending["privateLinkStatus"], pending["intranetAddress"]) == ("PENDING_CREATE", "")
    confirmation = {"endpointId": "vpce-1", "addressId": address}
    assert cloud.call("POST", f"{tenant}/privatelink/confirmation", confirmation).refusal == (409, "E409J105")
    link = until("the connection ONLINE", lambda: cloud.link(tenant, address, "vpce-1"))
    assert cloud.call("POST", f"{tenant}/privatelink/confirmation", confirmation).data is True
    shown = cloud.address(tenant, address)
    for name, value in link.items():
        if name != "privateLinkStatus":
            assert shown[name] == value, name
    assert link["privateLinkUserAccount"] == "100012345678,2000"
    assert cloud.get(f"{tenant}/privatelink") == [shown]
    assert cloud.get(tenant)["tenantConnections"] == [shown]

    place, domain = place_of(link), link["privateLinkDomain"]
    assert named(cloud) == {domain: [place[0]]}
    with closing(mysql(place, "alice@shop")) as client:
        rows(client, "CREATE DATABASE IF NOT EXISTS orders")
        rows(client, "CREATE TABLE orders.items (id INT PRIMARY KEY)")
        rows(client, "INSERT INTO orders.items VALUES (1)")
        client.commit()
    with closing(mysql((domain, 3306), "alice@shop")) as held, closing(mysql((domain, 3306), "alice@shop")) as idle:
        held.begin()
        rows(held, "INSERT INTO orders.items VALUES (2)")
        assert rows(held, "SELECT COUNT(*) FROM orders.items") == [(2,)]
        [seen] = {one["owner"] for one in cloud.running.ask(f"connections?endpoint={domain}")["connections"]}
        assert seen.endswith(f"/{address}/vpce-1")

        assert cloud.call("DELETE", f"{tenant}/privatelink", addressId=address).data is True
        assert cloud.address(tenant, address)["addressStatus"] == "PENDING_DELETE"
        assert cloud.call("DELETE", f"{tenant}/privatelink", addressId=address).refusal == (409, "E409J104")
        cloud.wait_gone(f"{tenant}/privatelink", addressId=address)
        for client in (held, idle):
            with pytest.raises(pymysql.err.OperationalError):
                rows(client, "SELECT 1")
    assert refuses(place)
    assert named(cloud) == {}
    with pytest.raises(pymysql.err.OperationalError, match="Name or service not known"):
        mysql((domain, 3306), "alice@shop")
    assert cloud.call("DELETE", f"{tenant}/privatelink", addressId=address).refusal == (404, "E404J104")
    assert cloud.call("DELETE", f"{tenant}/privatelink").refusal == (404, "E404J104")
    assert cloud.get(f"{tenant}/privatelink") == []
    assert cloud.get(tenant)["status"] == "ONLINE"

    again = cloud.create_service(tenant)
    with closing(mysql(place_of(cloud.connect(tenant, again)), "alice@shop")) as client:
        assert rows(client, "SELECT id FROM orders.items") == [(1,)]  # what was committed, and nothing else
    assert cloud.call("DELETE", f"{tenant}/privatelink").data is True
    cloud.wait_gone(f"{tenant}/privatelink", addressId=again)


def test_evidence(cloud: Cloud, tenant: str, address: str) -> None:
    """Each settled state of an address tells in the change feed what was seen."""
    link = cloud.connect(tenant, address)
    with closing(mysql(place_of(link), "alice@shop")):
        assert cloud.call("DELETE", f"{tenant}/privatelink", addressId=address).data is True
        cloud.wait_gone(f"{tenant}/privatelink", addressId=address)
    changes = cloud.running.ask(f"changes?kind=oceanbase_address&id={address}&limit=1000")["changes"]
    states = [(change["before"], change["after"]) for change in changes]
    assert states == [
        ("", "PENDING_CREATE"), ("PENDING_CREATE", "ONLINE"), ("ONLINE", "PENDING_DELETE"), ("PENDING_DELETE", ""),
    ]  # fmt: skip
    [(place, said)] = changes[1]["evidence"]["answered"].items()
    assert place.endswith(":3306")
    assert "OceanBase" in said["version"]
    gone = changes[3]["evidence"]
    assert gone["listening"] == []
    assert sum(one["cut"] for one in gone["released"].values()) == 1
    host, port = place_of(link)
    assert f"{host}:{port}" in [place for one in gone["released"].values() for place in one["refused"]]


def test_the_service_itself_admits_nobody(cloud: Cloud, tenant: str, address: str) -> None:
    """It listens, so ONLINE is true; clients come by connections, and the name of none leads to it."""
    own = [
        endpoint
        for instance in cloud.running.ask("instances")["instances"]
        if instance["product"] == "oceanbase"
        for endpoint in instance["endpoints"]
        if endpoint["id"].endswith(f"/{address}")
    ]
    assert [(endpoint["status"], endpoint["name"]) for endpoint in own] == [("Serving", "")]
    place = (own[0]["addresses"][0], own[0]["port"])
    assert not refuses(place)
    assert mysql_error(place, "alice@shop") in TURNED_AWAY
    assert named(cloud) == {}


def test_several_connections_end_one_by_one(cloud: Cloud, tenant: str, address: str) -> None:
    first = cloud.connect(tenant, address, "vpce-1")
    second = cloud.connect(tenant, address, "vpce-2")
    assert place_of(first) != place_of(second)
    assert cloud.call(
        "POST", f"{tenant}/privatelink/connection", {"endpointId": "vpce-2"}
    ).refusal == (409, "E409J110")  # fmt: skip
    with closing(mysql(place_of(first), "alice@shop")) as ends, closing(mysql(place_of(second), "alice@shop")) as stays:
        deleted = cloud.call("DELETE", f"{tenant}/privatelink", addressId=address, endpointId="vpce-1")
        assert deleted.data is True
        until("vpce-1 gone", lambda: len(cloud.address(tenant, address)["privateLinkList"]) == 1)
        with pytest.raises(pymysql.err.OperationalError):
            rows(ends, "SELECT 1")
        assert rows(stays, "SELECT 1") == [(1,)]
    assert refuses(place_of(first))
    shown = cloud.address(tenant, address)
    assert (shown["addressStatus"], shown["privateLinkEndpointId"]) == ("ONLINE", "vpce-2")
    again = cloud.call("DELETE", f"{tenant}/privatelink", addressId=address, endpointId="vpce-1")
    assert again.refusal == (404, "E404J105")
    assert mysql_error(place_of(cloud.connect(tenant, address, "vpce-1")), "alice@shop") == 0


def test_the_caller_chooses_the_address(cloud: Cloud, tenant: str, address: str) -> None:
    """An address of this machine is where it listens; a cloud's is shown, and the name leads to one of this machine."""
    chosen = ".".join([*place_of(cloud.connect(tenant, address, "vpce-0"))[0].split(".")[:3], "250"])
    here = cloud.connect(tenant, address, "vpce-1", userEndpointAddress=chosen)
    assert place_of(here) == (chosen, 3306)
    assert mysql_error((chosen, 3306), "alice@shop") == 0
    there = cloud.connect(tenant, address, "vpce-2", userEndpointAddress="10.20.30.40")
    assert place_of(there) == ("10.20.30.40", 3306)
    assert mysql_error((named(cloud)[there["privateLinkDomain"]][0], 3306), "alice@shop") == 0
    for taken in (chosen, "10.20.30.40"):
        body = {"endpointId": "vpce-3", "userEndpointAddress": taken}
        assert cloud.call("POST", f"{tenant}/privatelink/connection", body).refusal == (409, "E409J111")
    for wrong in ("10.20.30", "0.0.0.0", "224.0.0.1", "127.0.0.1", "::1", "a.b.c.d"):
        body = {"endpointId": "vpce-3", "userEndpointAddress": wrong}
        assert cloud.call("POST", f"{tenant}/privatelink/connection", body).refusal == (400, "E400J110")


def test_security_ip_groups_are_enforced(cloud: Cloud, tenant: str, address: str) -> None:
    place = place_of(cloud.connect(tenant, address))
    groups = f"{tenant}/securityIpGroups"
    [shown] = cloud.get(groups)["dataList"]
    assert (shown["securityIpGroupName"], shown["securityIps"]) == ("default", "0.0.0.0/0")
    with closing(mysql(place, "alice@shop")) as before:
        changed = cloud.call("PUT", groups, {"securityIpGroupName": "default", "securityIps": "10.0.0.0/8"})
        assert changed.data["securityIps"] == "10.0.0.0/8"
        until("nobody gets in", lambda: mysql_error(place, "alice@shop") in TURNED_AWAY)
        assert rows(before, "SELECT 1") == [(1,)]  # judged when it was opened
    body = {"securityIpGroupName": "host", "securityIps": "0.0.0.0/0"}
    assert cloud.call("POST", groups, body).data["securityIpGroupName"] == "host"
    until("the host gets in", lambda: mysql_error(place, "alice@shop") == 0)
    assert cloud.call("DELETE", groups, {"securityIpGroupName": "default"}).status == 200
    assert [one["securityIpGroupName"] for one in cloud.get(groups)["dataList"]] == ["host"]
    assert mysql_error(place, "alice@shop") == 0


def test_users_live_in_the_tenants_server(cloud: Cloud, tenant: str, address: str) -> None:
    place = place_of(cloud.connect(tenant, address))
    cloud.create_user(tenant, "bob", "NORMAL")
    assert mysql_error(place, "bob@shop") == 0
    for wrong in ("bob", "bob@other", "bob@sys", "carol@shop", "root", "root@sys"):
        assert mysql_error(place, wrong) == 1045, wrong
    assert mysql_error(place, "bob@shop", "wrong") == 1045
    with closing(mysql(place, "bob@shop")) as bob, pytest.raises(pymysql.err.MySQLError):
        rows(bob, "CREATE DATABASE of_bob")

    new = PASSWORD[::-1]
    changed = cloud.call("PUT", f"{tenant}/tenantUsers/bob/password", {"userPassword": new})
    assert changed.data == {}
    assert cloud.call("PUT", f"{tenant}/tenantUsers/bob/password", {"userPassword": new}).refusal == (409, "E409J103")
    until("ONLINE", lambda: cloud.user(tenant, "bob")["userStatus"] == "ONLINE")
    assert (mysql_error(place, "bob@shop"), mysql_error(place, "bob@shop", new)) == (1045, 0)

    with closing(mysql(place, "bob@shop", new)) as bob:
        assert cloud.call("DELETE", f"{tenant}/tenantUsers", {"users": '["bob"]'}).data == {}
        until("bob gone", lambda: cloud.get(f"{tenant}/tenantUsers", userName="bob")["total"] == 0)
        with pytest.raises(pymysql.err.MySQLError):
            rows(bob, "SELECT 1")
    assert mysql_error(place, "bob@shop", new) == 1045
    assert mysql_error(place, "alice@shop") == 0


def test_a_tenants_server_that_dies_comes_back_with_its_data(cloud: Cloud, tenant: str, address: str) -> None:
    place = place_of(cloud.connect(tenant, address))
    with closing(mysql(place, "alice@shop")) as client:
        rows(client, "CREATE DATABASE IF NOT EXISTS kept")
        rows(client, "CREATE TABLE kept.things (id INT PRIMARY KEY)")
        rows(client, "INSERT INTO kept.things VALUES (7)")
        client.commit()
    server = read_process(cloud.running.folder.engine_folder(tenant.rpartition("/")[2], 0) / "process.json")
    assert server is not None
    kill(server)
    until("it serves again", lambda: mysql_error(place, "alice@shop") == 0, 60)
    with closing(mysql(place, "alice@shop")) as client:
        assert rows(client, "SELECT id FROM kept.things") == [(7,)]


def test_connections_outlive_the_api(cloud: Cloud, tenant: str, address: str) -> None:
    """The client does not notice; nonces of the dead process are stale, which clients handle by themselves."""
    place = place_of(cloud.connect(tenant, address))
    with closing(mysql(place, "alice@shop")) as client:
        before = cloud.running.ready.pid
        cloud.running.kill_api()
        until("another API process", lambda: cloud.running.wait_ready().pid != before)
        assert rows(client, "SELECT 1") == [(1,)]
        assert cloud.address(tenant, address)["addressStatus"] == "ONLINE"
        assert mysql_error(place, "alice@shop") == 0


def test_deaths_of_the_api_leave_nothing_pending(cloud: Cloud, tenant: str) -> None:
    """Killed right after each call was answered: what was asked for comes true all the same."""

    def killed() -> None:
        before = cloud.running.ready.pid
        cloud.running.kill_api()
        until("another API process", lambda: cloud.running.wait_ready().pid != before)

    address = cloud.post(f"{tenant}/privatelink/service", userAccount="1")["addressId"]
    killed()
    until("ONLINE", lambda: cloud.address(tenant, address)["addressStatus"] == "ONLINE")
    cloud.post(f"{tenant}/privatelink/connection", endpointId="vpce-1")
    killed()
    link = until("connected", lambda: cloud.link(tenant, address, "vpce-1"))
    assert mysql_error(place_of(link), "alice@shop") == 0
    assert cloud.call("DELETE", f"{tenant}/privatelink").data is True
    killed()
    cloud.wait_gone(f"{tenant}/privatelink", addressId=address)
    assert refuses(place_of(link))


def test_tenants_are_apart_and_go_with_their_instance(cloud: Cloud, instance: str) -> None:
    """Each is a server of its own; a user of one is none of another; the instance takes all of it along."""
    second = cloud.create_tenant(instance, "second")
    cloud.create_user(second, "alice")
    place = place_of(cloud.connect(second, cloud.create_service(second), "vpce-second"))
    assert (mysql_error(place, "alice@second"), mysql_error(place, "alice@shop")) == (0, 1045)
    with closing(mysql(place, "alice@second")) as client:
        assert cloud.call("DELETE", "/instances", {"instanceId": instance}).data == {}
        assert cloud.get(f"/instances/{instance}")["status"] == "PENDING_DELETE"
        assert cloud.call("DELETE", second).refusal == (409, "E409J102")
        cloud.wait_gone(f"/instances/{instance}")
        with pytest.raises(pymysql.err.OperationalError):
            rows(client, "SELECT 1")
    assert refuses(place)
    assert named(cloud) == {}
    assert list(cloud.running.folder.engines.glob("*/*")) == []
    assert cloud.get("/instances")["total"] == 0
