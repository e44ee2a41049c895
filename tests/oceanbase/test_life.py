"""Instances are stopped and started, tenants renamed and resized: what real clients see of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pymysql
import pytest

from jackfield.folder import read_process
from tests.oceanbase.cloud import (
    PASSWORD,
    Cloud,
    dialled_name,
    mysql,
    mysql_error,
    named,
    place_of,
    project,
    refuses,
    rows,
)
from tests.oceanbase.networks import REGION, Networks
from tests.running import Running, until


@pytest.fixture(scope="module")
def instance(cloud: Cloud) -> str:
    return cloud.create_instance()


@pytest.fixture(scope="module")
def tenant(cloud: Cloud, instance: str) -> str:
    """With an ADMIN, alice, a service and a connection, vpce-life."""
    path = cloud.create_tenant(instance)
    cloud.create_user(path)
    cloud.connect(path, cloud.create_service(path), "vpce-life")
    return path


@pytest.fixture
def link(cloud: Cloud, tenant: str) -> Iterator[dict[str, Any]]:
    """The connection; the instance runs before and after."""
    instance = tenant.split("/")[2]
    wait(cloud, f"/instances/{instance}", "ONLINE")
    [found] = cloud.get(f"{tenant}/privatelink")[0]["privateLinkList"]
    yield found
    if cloud.get(f"/instances/{instance}")["status"] == "STOPPED":
        assert change(cloud, instance, "startCluster") == (200, False)
        wait(cloud, f"/instances/{instance}", "ONLINE")


def change(cloud: Cloud, instance: str, what: str) -> tuple[int, bool]:
    """Status, and whether the reply has data: the documents show none."""
    reply = cloud.call("PUT", f"/instances/{instance}/{what}")
    return reply.status, "data" in reply.json


def wait(cloud: Cloud, path: str, status: str) -> None:
    until(f"{path} {status}", lambda: cloud.get(path)["status"] == status, 60)


def test_data_and_addresses_survive_a_stop(
    cloud: Cloud, instance: str, tenant: str, link: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    dialled_name(cloud, monkeypatch)
    place, domain = place_of(link), link["privateLinkDomain"]
    server = cloud.running.folder.engine_folder(tenant.rpartition("/")[2], 0) / "process.json"
    with closing(mysql((domain, 3306), "alice@shop")) as held, closing(mysql(place, "alice@shop")) as idle:
        rows(held, "CREATE DATABASE life")
        rows(held, "CREATE TABLE life.kept (id INT PRIMARY KEY)")
        rows(held, "INSERT INTO life.kept VALUES (1)")
        held.commit()
        rows(held, "INSERT INTO life.kept VALUES (2)")
        assert read_process(server) is not None

        assert change(cloud, instance, "stopCluster") == (200, False)
        assert (cloud.get(f"/instances/{instance}")["status"], cloud.get(tenant)["status"]) == ("PENDING_STOP",) * 2
        assert cloud.call("PUT", f"/instances/{instance}/stopCluster").refusal == (409, "E409J101")
        assert cloud.call("PUT", f"/instances/{instance}/startCluster").refusal == (409, "E409J101")
        assert cloud.call("DELETE", "/instances", {"instanceId": instance}).refusal == (409, "E409J101")
        assert cloud.call("DELETE", tenant).refusal == (409, "E409J102")
        wait(cloud, f"/instances/{instance}", "STOPPED")
        for client in (held, idle):
            with pytest.raises(pymysql.err.OperationalError):
                rows(client, "SELECT 1")
    assert cloud.get(tenant)["status"] == "STOPPED"
    assert refuses(place)
    assert named(cloud) == {}
    assert read_process(server) is None or not Path(f"/proc/{read_process(server).pid}").exists()  # type: ignore[union-attr]
    shown = cloud.get(f"{tenant}/privatelink")[0]
    assert shown["addressStatus"] == "STOPPED"
    assert shown["privateLinkList"] == [link | {"privateLinkStatus": "STOPPED"}]

    # the name and the address are nobody else's meanwhile
    second = cloud.create_tenant(cloud.create_instance(), "second")
    address = cloud.create_service(second)
    taken = {"endpointId": "vpce-other", "addressId": address, "userEndpointAddress": place[0]}
    assert cloud.call("POST", f"{second}/privatelink/connection", taken).refusal == (409, "E409J111")
    assert cloud.call("DELETE", second).status == 200

    assert change(cloud, instance, "startCluster") == (200, False)
    assert (cloud.get(f"/instances/{instance}")["status"], cloud.get(tenant)["status"]) == ("PENDING_START",) * 2
    assert cloud.call("PUT", f"/instances/{instance}/startCluster").refusal == (409, "E409J101")
    wait(cloud, f"/instances/{instance}", "ONLINE")
    assert cloud.get(f"{tenant}/privatelink")[0]["privateLinkList"] == [link]
    with closing(mysql((domain, 3306), "alice@shop")) as client, closing(mysql(place, "alice@shop")):
        assert rows(client, "SELECT id FROM life.kept") == [(1,)]


def test_a_stopped_instance_stays_stopped(tmp_path: Path) -> None:
    """Over an end of Jackfield, and of the API process; it starts when it is told to."""
    with Running(tmp_path, "--pace", "instant") as running, closing(project(running)) as cloud:
        instance = cloud.create_instance()
        tenant = cloud.create_tenant(instance, enablePublicLink=True)
        cloud.create_user(tenant)
        until("ONLINE", lambda: cloud.get(f"{tenant}/publicaddress")["addressStatus"] == "ONLINE")
        shown = cloud.get(f"{tenant}/publicaddress")
        place = shown["internetAddress"], shown["internetPort"]
        with closing(mysql(place, "alice@shop")) as client:
            rows(client, "CREATE DATABASE kept")
        assert change(cloud, instance, "stopCluster")[0] == 200
        wait(cloud, f"/instances/{instance}", "STOPPED")
        running.down()
        running.up()
        running.kill_api()
        running.wait_ready()
        until("nothing on its way", lambda: running.ask("health")["idle"])
        assert cloud.get(tenant)["status"] == "STOPPED"
        assert refuses(place)
        [seen] = [one for one in running.ask("instances")["instances"] if one["id"] == tenant.rpartition("/")[2]]
        assert [server["pid"] for server in seen["servers"]] == [0], seen["servers"]
        assert change(cloud, instance, "startCluster")[0] == 200
        wait(cloud, f"/instances/{instance}", "ONLINE")
        with closing(mysql(place, "alice@shop")) as client:
            assert ("kept",) in rows(client, "SHOW DATABASES")


REFUSED_OF_A_STOPPED: list[tuple[str, str, Any]] = [
    ("POST", "/privatelink/service", {"userAccount": "1"}), ("POST", "/privatelink/connection", {"endpointId": "v"}),
    ("POST", "/tenantUsers", {"userName": "bob", "password": PASSWORD}), ("POST", "/databases", {"databaseName": "db"}),
    ("PUT", "/tenantUsers/alice/password", {"userPassword": PASSWORD}), ("DELETE", "/tenantUsers", {"users": "alice"}),
    ("PUT", "/tenantUsers/alice/status", {"status": "LOCKED"}), ("DELETE", "/databases", {"databaseNames": "db"}),
    ("POST", "/tenantUsers/alice/authorization", {}), ("POST", "/databases/db/authorization", {}),
    ("PUT", "", {"cpu": 4}), ("PUT", "/tenantName", {"tenantName": "other"}),
    ("POST", "/securityIpGroups", {"securityIpGroupName": "more", "securityIps": "10.0.0.1"}),
    ("PUT", "/securityIpGroups", {"securityIpGroupName": "default", "securityIps": "10.0.0.1"}),
    ("DELETE", "/securityIpGroups", {"securityIpGroupName": "default"}),
]  # fmt: skip


def test_what_a_stopped_one_allows(api: Cloud) -> None:
    instance = api.create_instance()
    tenant = api.create_tenant(instance)
    api.create_user(tenant)
    address = api.create_service(tenant)
    api.connect(tenant, address, "vpce-1")
    api.connect(tenant, address, "vpce-2")
    assert change(api, instance, "stopCluster")[0] == 200
    wait(api, f"/instances/{instance}", "STOPPED")
    for method, path, body in REFUSED_OF_A_STOPPED:
        assert api.call(method, f"{tenant}{path}", body).refusal == (409, "E409J102"), path
    assert api.call("POST", f"/instances/{instance}/tenants", {"tenantName": "x1"}).refusal == (409, "E409J101")
    confirmation = api.call("POST", f"{tenant}/privatelink/confirmation", {"endpointId": "vpce-1"})
    assert confirmation.refusal == (409, "E409J105")
    renamed = api.call("PUT", f"/instances/{instance}/instanceName", {"instanceName": "asleep"})
    assert (renamed.data, api.get(f"/instances/{instance}")["instanceName"]) == ({"instanceId": instance}, "asleep")
    assert api.call("PUT", f"{tenant}/tenantUsers/alice/description", {"description": "asleep"}).data == {}
    assert api.call("POST", f"{tenant}/privatelink/user", {"userAccount": "2"}).data == {}
    assert api.call("DELETE", f"{tenant}/privatelink", addressId=address, endpointId="vpce-2").data is True
    until("vpce-2 gone", lambda: len(api.address(tenant, address)["privateLinkList"]) == 1)
    assert api.call("DELETE", f"{tenant}/privatelink", addressId=address).data is True
    api.wait_gone(f"{tenant}/privatelink", addressId=address)
    assert change(api, instance, "startCluster")[0] == 200
    wait(api, f"/instances/{instance}", "ONLINE")
    assert api.create_service(tenant)
    assert change(api, instance, "stopCluster")[0] == 200
    wait(api, tenant, "STOPPED")
    assert api.call("DELETE", tenant).status == 200
    api.wait_gone(tenant)
    wait(api, f"/instances/{instance}", "STOPPED")
    api.delete_instance(instance)


def test_an_instance_that_cannot_be_stopped(api: Cloud, tmp_path: Path) -> None:
    """While a tenant is made; one that is deleted does not stand in the way."""
    assert api.call("PUT", "/instances/none/stopCluster").refusal == (404, "E404J101")
    assert api.call("PUT", "/instances/none/startCluster").refusal == (404, "E404J101")
    with Running(tmp_path, "--engines", "none", "--pace", "fast") as running, closing(project(running)) as slow:
        instance = slow.create_instance()
        assert slow.call("PUT", f"/instances/{instance}/startCluster").refusal == (409, "E409J101")
        made = slow.post(f"/instances/{instance}/tenants", tenantName="shop")["tenantId"]
        tenant = f"/instances/{instance}/tenants/{made}"
        assert slow.call("PUT", f"/instances/{instance}/stopCluster").refusal == (409, "E409J102")
        wait(slow, tenant, "ONLINE")
        address = slow.post(f"{tenant}/privatelink/service", userAccount="1")["addressId"]
        assert slow.call("PUT", f"/instances/{instance}/stopCluster").refusal == (409, "E409J104")
        assert slow.get(tenant)["status"] == "ONLINE"
        until("ONLINE", lambda: slow.address(tenant, address)["addressStatus"] == "ONLINE")
        assert slow.call("DELETE", tenant).status == 200
        assert change(slow, instance, "stopCluster")[0] == 200
        wait(slow, f"/instances/{instance}", "STOPPED")
        assert slow.get(f"/instances/{instance}/tenants")["total"] in (0, 1)
        slow.wait_gone(tenant)


def test_addresses_in_vpcs_stop_as_well(cloud: Cloud) -> None:
    """The vSwitch's address stays taken."""
    networks = Networks(cloud.running)
    network = networks.make()
    instance = cloud.create_instance(cloudProvider="ALIYUN", region=REGION, zones="cn-hangzhou-h")
    tenant = cloud.create_tenant(instance, "inside")
    cloud.create_user(tenant)
    body = {"userVpcId": network.vpc, "userVswitchId": network.vswitch, "vipServiceType": "OBPROXY_INTRANET"}
    made = cloud.post(f"{tenant}/tenantSingleTunnelSLBAddress", **body)["addressId"]

    def shown() -> dict[str, Any]:
        return dict(cloud.get(f"{tenant}/address", addressId=made))

    until("ONLINE", lambda: shown()["addressStatus"] == "ONLINE")
    before = shown()
    here = (named(cloud)[before["intranetDomain"]][0], 3306)
    assert mysql_error(here, "alice@inside") == 0
    assert change(cloud, instance, "stopCluster")[0] == 200
    wait(cloud, f"/instances/{instance}", "STOPPED")
    assert refuses(here)
    assert shown() == before | {"addressStatus": "STOPPED", "intranetAddressStatus": "STOPPED"}
    assert networks.free_addresses(network.vswitch) == 251
    assert change(cloud, instance, "startCluster")[0] == 200
    wait(cloud, f"/instances/{instance}", "ONLINE")
    assert shown() == before
    assert (named(cloud)[before["intranetDomain"]][0], 3306) == here
    assert mysql_error(here, "alice@inside") == 0
    cloud.delete_instance(instance)


def test_a_renamed_tenant(cloud: Cloud, tenant: str, link: dict[str, Any]) -> None:
    """Its users log in by the new name with the passwords and the roles that they had; sessions stay."""
    place = place_of(link)
    cloud.post(f"{tenant}/databases", databaseName="orders")
    until("ONLINE", lambda: cloud.get(f"{tenant}/databases")["dataList"][0]["status"] == "ONLINE")
    role = [{"database": "orders", "role": "readwrite"}]
    cloud.post(f"{tenant}/tenantUsers", userName="bob", password=PASSWORD, userType="NORMAL", roles=role)
    until("ONLINE", lambda: cloud.user(tenant, "bob")["userStatus"] == "ONLINE")
    with closing(mysql(place, "bob@shop")) as held:
        renamed = cloud.call("PUT", f"{tenant}/tenantName", {"tenantName": "market", "patternCheck": True})
        assert renamed.data == {"tenantId": tenant.rpartition("/")[2]}
        again = cloud.call("PUT", f"{tenant}/tenantName", {"tenantName": "other"})
        assert again.refusal == (409, "E409J102")
        wait(cloud, tenant, "ONLINE")
        assert cloud.get(tenant)["tenantName"] == "market"
        assert rows(held, "SELECT 1") == [(1,)]
    assert (mysql_error(place, "bob@shop"), mysql_error(place, "alice@shop")) == (1045, 1045)
    with closing(mysql(place, "bob@market")) as client:
        rows(client, "CREATE TABLE orders.items (id INT)")
    cloud.create_user(tenant, "carol")
    assert mysql_error(place, "carol@market") == 0
    cloud.call("PUT", f"{tenant}/tenantUsers/bob/status", {"userStatus": "LOCKED"})
    until("LOCKED", lambda: cloud.user(tenant, "bob")["userStatus"] == "LOCKED")
    assert mysql_error(place, "bob@market") == 3118
    assert cloud.call("PUT", f"{tenant}/tenantName", {"tenantName": "shop"}).status == 200
    wait(cloud, tenant, "ONLINE")
    assert mysql_error(place, "alice@shop") == 0


def test_names_of_tenants(api: Cloud) -> None:
    instance = api.create_instance()
    first, second = api.create_tenant(instance, "first"), api.create_tenant(instance, "second")
    for wrong, refusal in (("x", (400, "E400J106")), ("sys", (400, "E400J106")), ("second", (409, "E409J106"))):
        assert api.call("PUT", f"{first}/tenantName", {"tenantName": wrong}).refusal == refusal
    assert api.call("PUT", f"{first}/tenantName", {}).refusal == (400, "E400J003")
    assert api.get(first)["tenantName"] == "first"
    assert api.call("PUT", f"{first}/tenantName", {"tenantName": "third"}).status == 200
    assert api.call("PUT", f"{second}/tenantName", {"tenantName": "third"}).refusal == (409, "E409J106")


def test_a_resized_tenant(api: Cloud) -> None:
    tenant = api.create_tenant(api.create_instance(), cpu=2, memory=4)
    data = api.call("PUT", tenant, {"cpu": 3, "memory": 8, "unitNum": 2}).data
    assert data.keys() == {"tenantId", "jobKey"}
    wait(api, tenant, "ONLINE")
    shown = api.get(tenant)
    assert (shown["unitCpu"], shown["unitMem"], shown["unitNum"], shown["cpu"], shown["mem"]) == (3, 8, 2, 6, 16)
    assert api.call("PUT", tenant, {"cpu": 0}).refusal == (400, "E400J004")
    assert api.call("PUT", tenant, {}).status == 200
    wait(api, tenant, "ONLINE")
    assert api.get(tenant)["unitCpu"] == 3
