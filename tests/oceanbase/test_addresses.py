"""Public, private and read-only addresses of tenants, and what changes of them: seen by real clients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pymysql
import pytest

from tests.oceanbase.cloud import (
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
from tests.oceanbase.networks import REGION, Networks
from tests.running import until


@pytest.fixture(scope="module")
def tenant(cloud: Cloud) -> str:
    """With an ADMIN, alice."""
    path = cloud.create_tenant(cloud.create_instance(), "doors")
    cloud.create_user(path)
    made = create(cloud, path, "OBPROXY_READWRITE")
    with closing(mysql(place_of(made), "alice@doors")) as client:
        rows(client, "CREATE DATABASE seen")
        rows(client, "CREATE TABLE seen.t (id INT)")
        rows(client, "INSERT INTO seen.t VALUES (1)")
        client.commit()
    delete(cloud, path, made["addressId"])
    return path


def show(cloud: Cloud, tenant: str, address: str) -> dict[str, Any]:
    return dict(cloud.get(f"{tenant}/address", addressId=address))


def wait_online(cloud: Cloud, tenant: str, address: str) -> dict[str, Any]:
    until(f"{address} ONLINE", lambda: show(cloud, tenant, address)["addressStatus"] == "ONLINE")
    return show(cloud, tenant, address)


def create(cloud: Cloud, tenant: str, kind: str) -> dict[str, Any]:
    """One that is ONLINE, as the query shows it."""
    return wait_online(cloud, tenant, cloud.post(f"{tenant}/address", vipServiceType=kind)["addressId"])


def delete(cloud: Cloud, tenant: str, address: str) -> None:
    assert cloud.call("DELETE", f"{tenant}/address", addressId=address).data is True
    cloud.wait_gone(f"{tenant}/address", addressId=address)


def internet_place(shown: dict[str, Any]) -> tuple[str, int]:
    return shown["internetAddress"], shown["internetPort"]


@pytest.fixture
def public(cloud: Cloud, tenant: str) -> Iterator[dict[str, Any]]:
    """A public address that is ONLINE; it is gone afterwards."""
    made = create(cloud, tenant, "OBPROXY_INTERNET")
    yield made
    if cloud.call("GET", f"{tenant}/publicaddress").status == 200:
        delete(cloud, tenant, made["addressId"])


@pytest.fixture
def service(cloud: Cloud, tenant: str) -> Iterator[str]:
    """A PrivateLink service that is ONLINE; it is gone afterwards."""
    made = cloud.create_service(tenant)
    yield made
    delete(cloud, tenant, made)


def changed(cloud: Cloud, tenant: str, what: str, shown: dict[str, Any], **more: Any) -> Any:
    names = ("addressId", "proxyClusterId", "serviceType")
    return cloud.call("PUT", f"{tenant}/{what}", {name: shown[name] for name in names} | more)


def test_a_public_address(cloud: Cloud, tenant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dialled_name(cloud, monkeypatch)
    assert cloud.call("GET", f"{tenant}/publicaddress").refusal == (404, "E404J104")
    id = cloud.call("PUT", f"{tenant}/address", {"vipServiceType": "OBPROXY_INTERNET"}).data["addressId"]  # older pages
    assert id.startswith("rs-private-internet-")
    pending = cloud.get(f"{tenant}/publicaddress")
    assert (pending["addressStatus"], pending["internetDomain"], pending["internetPort"]) == ("PENDING_CREATE", "", 0)
    again = cloud.call("POST", f"{tenant}/address", {"vipServiceType": "OBPROXY_INTERNET"})
    assert again.refusal == (409, "E409J120")
    shown = wait_online(cloud, tenant, id)
    assert shown == cloud.get(f"{tenant}/publicaddress")
    expected = {
        "addressType": "MASTER", "networkType": "INTERNET", "serviceType": "OBPROXY_INTERNET", "role": "READWRITE",
        "internetAddressStatus": "ONLINE", "internetPort": 3306, "intranetDomain": "", "intranetPort": 0,
        "useSSL": False, "proxyClusterId": f"proxy-{tenant.rpartition('/t')[2]}",
    }  # fmt: skip
    assert {name: shown[name] for name in expected} == expected
    assert cloud.get(tenant)["enableProxyPublicLink"] is True
    [listed] = cloud.get(f"/instances/{tenant.split('/')[2]}/address/info")["dataList"]
    assert listed["tenantConnections"] == [shown]
    place = internet_place(shown)
    with closing(mysql((shown["internetDomain"], 3306), "alice@doors")) as held:
        groups = {"securityIpGroupName": "default", "securityIps": "10.0.0.0/8"}
        assert cloud.call("PUT", f"{tenant}/securityIpGroups", groups).status == 200
        until("nobody gets in", lambda: mysql_error(place, "alice@doors") in TURNED_AWAY)
        groups["securityIps"] = "0.0.0.0/0"
        assert cloud.call("PUT", f"{tenant}/securityIpGroups", groups).status == 200
        until("the host gets in", lambda: mysql_error(place, "alice@doors") == 0)
        delete(cloud, tenant, id)
        with pytest.raises(pymysql.err.OperationalError):
            rows(held, "SELECT 1")
    assert refuses(place)
    assert shown["internetDomain"] not in named(cloud)
    assert cloud.get(tenant)["enableProxyPublicLink"] is False


def test_a_tenant_with_a_public_address_from_the_start(cloud: Cloud, tenant: str) -> None:
    instance = tenant.rpartition("/tenants")[0]
    second = cloud.create_tenant(instance.rpartition("/")[2], "open", enablePublicLink=True)
    until("ONLINE", lambda: cloud.get(f"{second}/publicaddress")["addressStatus"] == "ONLINE")
    cloud.create_user(second)
    place = internet_place(cloud.get(f"{second}/publicaddress"))
    assert mysql_error(place, "alice@open") == 0
    assert cloud.call("DELETE", second).status == 200
    cloud.wait_gone(second)
    assert refuses(place)


@pytest.mark.parametrize("kind", ["OBPROXY_INTRANET", "OBPROXY_READWRITE"])
def test_private_addresses(cloud: Cloud, tenant: str, kind: str) -> None:
    shown = create(cloud, tenant, kind)
    assert (shown["serviceType"], shown["networkType"], shown["role"]) == (kind, "INTRANET", "READWRITE")
    assert mysql_error(place_of(shown), "alice@doors") == 0
    delete(cloud, tenant, shown["addressId"])
    assert refuses(place_of(shown))


def test_another_port(cloud: Cloud, tenant: str, public: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    dialled_name(cloud, monkeypatch)
    old, domain, id = internet_place(public), public["internetDomain"], public["addressId"]
    with closing(mysql(old, "alice@doors")) as held:
        assert changed(cloud, tenant, "addressPort", public, port=13306).data == {"addressId": id}
        moving = show(cloud, tenant, id)
        assert moving["addressStatus"] == "PENDING_UPDATE"
        assert changed(cloud, tenant, "addressPort", public, port=13307).refusal == (409, "E409J104")
        assert cloud.call("DELETE", f"{tenant}/address", addressId=id).refusal == (409, "E409J104")
        assert cloud.call("DELETE", tenant).refusal == (409, "E409J104")
        shown = wait_online(cloud, tenant, id)
        with pytest.raises(pymysql.err.OperationalError):
            rows(held, "SELECT 1")
    assert shown == public | {"internetPort": 13306}
    assert refuses(old)
    with closing(mysql((domain, 13306), "alice@doors")) as client:
        assert changed(cloud, tenant, "addressPort", public, port=13306).status == 200
        assert show(cloud, tenant, id) == shown
        assert rows(client, "SELECT 1") == [(1,)]
    changes = cloud.running.ask(f"changes?kind=oceanbase_proxy_address&id={id}&limit=1000")["changes"]
    assert [(one["before"], one["after"]) for one in changes][-2:] == [
        ("ONLINE", "PENDING_UPDATE"), ("PENDING_UPDATE", "ONLINE"),
    ]  # fmt: skip
    [seen] = changes[-1]["evidence"]["serving"].values()
    assert [place.rpartition(":")[2] for place in seen["answered"]] == ["13306"]


def test_another_name(cloud: Cloud, tenant: str, public: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions stay; the old name leads nowhere and is anybody's again."""
    dialled_name(cloud, monkeypatch)
    old, id = public["internetDomain"], public["addressId"]
    with closing(mysql((old, 3306), "alice@doors")) as held:
        assert changed(cloud, tenant, "domainPrefix", public, domainPrefix="shop-front").data == {"addressId": id}
        shown = wait_online(cloud, tenant, id)
        assert shown == public | {"internetDomain": f"shop-front.{old.partition('.')[2]}"}
        assert rows(held, "SELECT 1") == [(1,)]
    assert mysql_error((shown["internetDomain"], 3306), "alice@doors") == 0
    assert old not in named(cloud)
    assert changed(cloud, tenant, "domainPrefix", shown, domainPrefix=old.partition(".")[0]).status == 200
    assert wait_online(cloud, tenant, id) == public
    assert mysql_error((old, 3306), "alice@doors") == 0


def test_a_service_takes_its_connections_to_another_port(cloud: Cloud, tenant: str, service: str) -> None:
    links = [cloud.connect(tenant, service, f"vpce-{number}") for number in (1, 2)]
    assert changed(cloud, tenant, "addressPort", show(cloud, tenant, service), port=2883).status == 200
    shown = wait_online(cloud, tenant, service)
    assert [link["intranetPort"] for link in shown["privateLinkList"]] == [2883, 2883]
    for link in links:
        assert refuses(place_of(link))
        assert mysql_error((link["intranetAddress"], 2883), "alice@doors") == 0
    third = cloud.connect(tenant, service, "vpce-3")
    assert place_of(third) == (third["intranetAddress"], 2883)
    assert mysql_error(place_of(third), "alice@doors") == 0
    prefix = changed(cloud, tenant, "domainPrefix", shown, domainPrefix="shop")
    assert prefix.refusal == (400, "E400J125")


def test_an_address_in_a_vpc_moves_there(cloud: Cloud) -> None:
    network = Networks(cloud.running).make()
    tenant = cloud.create_tenant(cloud.create_instance(cloudProvider="ALIYUN", region=REGION, zones="a"), "inside")
    cloud.create_user(tenant)
    body = {"userVpcId": network.vpc, "userVswitchId": network.vswitch, "vipServiceType": "OBPROXY_INTRANET"}
    id = cloud.post(f"{tenant}/tenantSingleTunnelSLBAddress", **body)["addressId"]
    before = wait_online(cloud, tenant, id)
    here = named(cloud)[before["intranetDomain"]][0]
    assert changed(cloud, tenant, "addressPort", before, port=2881).status == 200
    moved = wait_online(cloud, tenant, id)
    assert moved == before | {"intranetPort": 2881}
    assert refuses((here, 3306))
    assert mysql_error((here, 2881), "alice@inside") == 0
    assert changed(cloud, tenant, "domainPrefix", moved, domainPrefix="inner").status == 200
    assert wait_online(cloud, tenant, id)["intranetDomain"] == "inner.oceanbase.aliyuncs.com"
    assert named(cloud)["inner.oceanbase.aliyuncs.com"] == [here]
    intranet = cloud.call("POST", f"{tenant}/address", {"vipServiceType": "OBPROXY_INTRANET"})
    assert intranet.refusal == (400, "E400J123")
    assert mysql_error(internet_place(create(cloud, tenant, "OBPROXY_INTERNET")), "alice@inside") == 0


def test_the_address_of_a_connection(cloud: Cloud, tenant: str, service: str) -> None:
    """Of this machine: it moves there. Of a cloud's network: it is shown."""
    link = cloud.connect(tenant, service, "vpce-1")
    steady = cloud.connect(tenant, service, "vpce-2")
    old = place_of(link)
    coming = ".".join([*old[0].split(".")[:3], "249"])
    info = {"addressId": service, "endpointId": "vpce-1", "userEndpointAddress": coming}
    with closing(mysql(old, "alice@doors")) as held, closing(mysql(place_of(steady), "alice@doors")) as other:
        assert cloud.call("POST", f"{tenant}/privatelink/information", info).data == {}
        until("ONLINE", lambda: cloud.address(tenant, service)["addressStatus"] == "ONLINE")
        moved = cloud.link(tenant, service, "vpce-1")
        assert moved == link | {"intranetAddress": coming}
        with pytest.raises(pymysql.err.OperationalError):
            rows(held, "SELECT 1")
        assert rows(other, "SELECT 1") == [(1,)]
    assert refuses(old)
    assert named(cloud)[link["privateLinkDomain"]] == [coming]
    assert mysql_error((coming, 3306), "alice@doors") == 0
    info["userEndpointAddress"] = "10.9.8.7"
    assert cloud.call("POST", f"{tenant}/privatelink/information", info).data == {}
    shown = cloud.link(tenant, service, "vpce-1")
    assert shown is not None
    assert shown["intranetAddress"] == "10.9.8.7"
    assert mysql_error((coming, 3306), "alice@doors") == 0
    for taken in ("10.9.8.7", steady["intranetAddress"]):
        body = {"endpointId": "vpce-2", "userEndpointAddress": taken}
        answer = cloud.call("POST", f"{tenant}/privatelink/information", body)
        assert answer.status == (200 if taken == steady["intranetAddress"] else 409)
    info["userEndpointAddress"] = old[0]
    assert cloud.call("POST", f"{tenant}/privatelink/information", info).data == {}
    until("back", lambda: cloud.link(tenant, service, "vpce-1") == link)
    assert mysql_error(old, "alice@doors") == 0
    assert refuses((coming, 3306))


def test_read_only_services(cloud: Cloud, tenant: str, service: str) -> None:
    """Several, besides the primary one, which is meant where none is named; each goes alone."""
    made = [
        cloud.post(f"{tenant}/privatelink/readonly", userAccount="77", zoneIdList=zones)["addressId"]
        for zones in (["ap-beijing-4"], [])
    ]
    for id in made:
        until("ONLINE", lambda id=id: cloud.address(tenant, id)["addressStatus"] == "ONLINE")  # type: ignore[misc]
    shown = cloud.address(tenant, made[0])
    expected = {
        "addressType": "READONLY", "role": "READONLY", "serviceType": "OBPROXY_READONLY",
        "connectionZones": ["ap-beijing-4"], "privateLinkUserAccount": "77",
    }  # fmt: skip
    assert {name: shown[name] for name in expected} == expected
    assert [one["addressId"] for one in cloud.get(f"{tenant}/privatelink")] == [service]
    link = cloud.connect(tenant, made[0], "vpce-ro")
    check_reads_only(place_of(link))
    confirmed = {"endpointId": "vpce-ro", "addressId": made[0]}
    assert cloud.call("POST", f"{tenant}/privatelink/confirmation", confirmed).data is True
    for id in made:
        assert cloud.call("DELETE", f"{tenant}/privatelink", addressId=id).data is True
        cloud.wait_gone(f"{tenant}/privatelink", addressId=id)
    assert refuses(place_of(link))
    assert cloud.address(tenant, service)["addressStatus"] == "ONLINE"


def test_a_read_only_address(cloud: Cloud, tenant: str) -> None:
    shown = create(cloud, tenant, "OBPROXY_READONLY")
    assert (shown["role"], shown["addressType"]) == ("READONLY", "READONLY")
    check_reads_only(place_of(shown))
    assert changed(cloud, tenant, "addressPort", shown, port=2884).status == 200
    moved = wait_online(cloud, tenant, shown["addressId"])
    check_reads_only(place_of(moved))
    assert refuses(place_of(shown))
    groups = {"securityIpGroupName": "default", "securityIps": "10.0.0.0/8"}
    assert cloud.call("PUT", f"{tenant}/securityIpGroups", groups).status == 200
    until("nobody gets in", lambda: mysql_error(place_of(moved), "alice@doors") in TURNED_AWAY)
    assert cloud.call("PUT", f"{tenant}/securityIpGroups", groups | {"securityIps": "0.0.0.0/0"}).status == 200
    until("the host gets in", lambda: mysql_error(place_of(moved), "alice@doors") == 0)
    with closing(mysql(place_of(moved), "alice@doors")) as held:
        cloud.running.kill_api()
        cloud.running.wait_ready()
        assert rows(held, "SELECT id FROM seen.t") == [(1,)]
    check_reads_only(place_of(moved))
    delete(cloud, tenant, shown["addressId"])


WRITES = [
    "CREATE DATABASE other", "INSERT INTO seen.t VALUES (2)", "UPDATE seen.t SET id = 3", "DROP TABLE seen.t",
    "SET SESSION tx_read_only = 0", "SET @@session.`transaction_read_only` = OFF", "SET TRANSACTION READ WRITE",
    "/* x */ set session transaction read write", "START TRANSACTION READ WRITE", "/*!50000 SET tx_read_only = 0 */",
    "SELECT 1; SET SESSION tx_read_only = 0", "PREPARE s FROM 'SET tx_read_only = 0'", "CALL anything()",
    "SET GLOBAL tx_read_only = 0", "GRANT SELECT ON *.* TO 'alice@doors'", "DROP USER 'alice@doors'",
]  # fmt: skip


def check_reads_only(place: tuple[str, int]) -> None:
    """An ADMIN can read there, as drivers do it, and can change nothing."""
    with closing(mysql(place, "alice@doors")) as client:
        for sql in WRITES:
            with pytest.raises(pymysql.err.MySQLError) as refusal:
                rows(client, sql)
            assert refusal.value.args[0] == 1792, sql
        client.begin()
        assert rows(client, "SELECT id FROM seen.t -- ; x") == [(1,)]
        client.rollback()
        client.select_db("seen")
        assert rows(client, "SHOW TABLES") == [("t",)]
        client._execute_command(0x1F, b"")  # COM_RESET_CONNECTION
        client._read_ok_packet()
        with pytest.raises(pymysql.err.MySQLError):
            rows(client, "INSERT INTO seen.t VALUES (2)")
        client._execute_command(0x11, b"root\0")  # COM_CHANGE_USER
        with pytest.raises(pymysql.err.MySQLError):
            client._read_ok_packet()
        assert rows(client, "SELECT ';', id FROM seen.t") == [(";", 1)]
    assert mysql_error(place, "alice@doors", "wrong") == 1045
