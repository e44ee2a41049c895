"""The life of a tenant's address in its owner's VPC, seen by its API and by real MySQL clients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pymysql
import pytest

from tests.oceanbase.cloud import (
    TURNED_AWAY,
    Cloud,
    Reply,
    dialled_name,
    mysql,
    mysql_error,
    named,
    project,
    refuses,
    rows,
)
from tests.oceanbase.networks import REGION, Network, Networks
from tests.running import Running, until

ALIYUN = {"cloudProvider": "ALIYUN", "region": REGION, "zones": "cn-hangzhou-h,cn-hangzhou-i"}


@pytest.fixture(scope="module")
def tenant(cloud: Cloud) -> str:
    """With an ADMIN, alice."""
    path = cloud.create_tenant(cloud.create_instance(**ALIYUN))
    cloud.create_user(path)
    return path


@pytest.fixture
def networks(cloud: Cloud) -> Networks:
    return Networks(cloud.running)


@pytest.fixture
def network(networks: Networks) -> Network:
    return networks.make()


@pytest.fixture
def address(cloud: Cloud, tenant: str, network: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """One that is ONLINE, whose name can be dialled; it is gone afterwards."""
    dialled_name(cloud, monkeypatch)
    made = create(cloud, tenant, network)
    yield made
    if cloud.call("GET", f"{tenant}/address", addressId=made["addressId"]).status == 200:
        assert cloud.call("DELETE", f"{tenant}/address", addressId=made["addressId"]).data is True
        cloud.wait_gone(f"{tenant}/address", addressId=made["addressId"])


def wanted(network: Network, **more: Any) -> dict[str, Any]:
    place = {"userVpcId": network.vpc, "userVswitchId": network.vswitch, "userVpcOwnerId": ""}
    return place | {"vipServiceType": "OBPROXY_INTRANET"} | more


def ask(cloud: Cloud, tenant: str, network: Network, **more: Any) -> Reply:
    return cloud.call("POST", f"{tenant}/tenantSingleTunnelSLBAddress", wanted(network, **more))


def create(cloud: Cloud, tenant: str, network: Network, **more: Any) -> dict[str, Any]:
    """One that is ONLINE, as the query shows it."""
    made = ask(cloud, tenant, network, **more).data["addressId"]
    return wait_online(cloud, tenant, made)


def wait_online(cloud: Cloud, tenant: str, address: str) -> dict[str, Any]:
    until(f"{address} ONLINE", lambda: show(cloud, tenant, address)["addressStatus"] == "ONLINE")
    return show(cloud, tenant, address)


def show(cloud: Cloud, tenant: str, address: str) -> dict[str, Any]:
    return dict(cloud.get(f"{tenant}/address", addressId=address))


def host_place(cloud: Cloud, address: dict[str, Any]) -> tuple[str, int]:
    """Where the name leads to on this machine."""
    return named(cloud)[address["intranetDomain"]][0], address["intranetPort"]


def place_of(address: dict[str, Any]) -> tuple[str, int]:
    """As clients dial it: the name."""
    return address["intranetDomain"], address["intranetPort"]


def kill_api(cloud: Cloud) -> None:
    before = cloud.running.ready.pid
    cloud.running.kill_api()
    until("another API process", lambda: cloud.running.wait_ready().pid != before)


def test_the_whole_life(
    cloud: Cloud, tenant: str, networks: Networks, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialled_name(cloud, monkeypatch)
    assert cloud.get(tenant)["tenantConnections"] == []
    free = networks.free_addresses(network.vswitch)

    id = ask(cloud, tenant, network).data["addressId"]
    tenant_id = tenant.rpartition("/")[2]
    assert id.startswith(f"rs-private-intranet-{network.vpc}-OBPROXY-INTRANET-{tenant_id}-")
    pending = show(cloud, tenant, id)
    assert (pending["addressStatus"], pending["intranetAddressStatus"]) == ("PENDING_CREATE", "PENDING_CREATE")
    assert (pending["intranetAddress"], pending["intranetPort"], pending["intranetDomain"]) == ("", 0, "")
    assert ask(cloud, tenant, network).refusal == (409, "E409J113")
    assert networks.free_addresses(network.vswitch) == free - 1

    shown = wait_online(cloud, tenant, id)
    expected = {
        "tenantId": tenant_id, "addressId": id, "addressStatus": "ONLINE", "addressType": "MASTER",
        "networkType": "INTRANET", "serviceType": "OBPROXY_INTRANET", "role": "READWRITE",
        "userNameFormat": "USER_AND_TENANT", "connectionZones": ["cn-hangzhou-h", "cn-hangzhou-i"],
        "vpcId": network.vpc, "vswitchId": network.vswitch, "userVpcOwnerId": cloud.running.ready.account_id,
        "intranetPort": 3306, "intranetAddressStatus": "ONLINE", "privateLinkServiceId": "", "privateLinkList": [],
    }  # fmt: skip
    assert {name: shown[name] for name in expected} == expected
    assert shown["intranetAddress"].startswith("10.7.0.")
    assert shown["tenantEndpointId"].startswith("obe-")
    assert cloud.get(tenant)["tenantConnections"] == [shown]
    [listed] = cloud.get(f"{tenant.rpartition('/')[0]}", tenantName="shop")["dataList"]
    assert listed["tenantConnections"] == [shown]

    here = host_place(cloud, shown)
    with closing(mysql(place_of(shown), "alice@shop")) as client:
        rows(client, "CREATE DATABASE IF NOT EXISTS orders")
        rows(client, "CREATE TABLE orders.items (id INT PRIMARY KEY)")
        rows(client, "INSERT INTO orders.items VALUES (1)")
        client.commit()
    with closing(mysql(place_of(shown), "alice@shop")) as held, closing(mysql(place_of(shown), "alice@shop")) as idle:
        held.begin()
        rows(held, "INSERT INTO orders.items VALUES (2)")
        assert rows(held, "SELECT COUNT(*) FROM orders.items") == [(2,)]

        assert cloud.call("DELETE", f"{tenant}/address", addressId=id).data is True
        ending = show(cloud, tenant, id)
        assert (ending["addressStatus"], ending["intranetDomain"]) == ("PENDING_DELETE", "")
        assert cloud.call("DELETE", f"{tenant}/address", addressId=id).refusal == (409, "E409J104")
        assert ask(cloud, tenant, network).refusal == (409, "E409J113")
        cloud.wait_gone(f"{tenant}/address", addressId=id)
        for client in (held, idle):
            with pytest.raises(pymysql.err.OperationalError):
                rows(client, "SELECT 1")
    assert refuses(here)
    assert named(cloud) == {}
    with pytest.raises(pymysql.err.OperationalError, match="Name or service not known"):
        mysql(place_of(shown), "alice@shop")
    assert cloud.call("DELETE", f"{tenant}/address", addressId=id).refusal == (404, "E404J104")
    assert (cloud.get(tenant)["status"], cloud.get(tenant)["tenantConnections"]) == ("ONLINE", [])
    assert networks.free_addresses(network.vswitch) == free

    again = create(cloud, tenant, network)
    assert again["intranetDomain"] != shown["intranetDomain"]
    with closing(mysql(place_of(again), "alice@shop")) as client:
        assert rows(client, "SELECT id FROM orders.items") == [(1,)]  # what was committed, and nothing else
    assert cloud.call("DELETE", f"{tenant}/address", addressId=again["addressId"]).data is True
    cloud.wait_gone(f"{tenant}/address", addressId=again["addressId"])


def test_evidence(cloud: Cloud, tenant: str, address: dict[str, Any]) -> None:
    """Each settled state tells in the change feed what was seen."""
    id, here = address["addressId"], host_place(cloud, address)
    with closing(mysql(place_of(address), "alice@shop")):
        assert cloud.call("DELETE", f"{tenant}/address", addressId=id).data is True
        cloud.wait_gone(f"{tenant}/address", addressId=id)
    changes = cloud.running.ask(f"changes?kind=oceanbase_vpc_address&id={id}&limit=1000")["changes"]
    assert [(change["before"], change["after"]) for change in changes] == [
        ("", "PENDING_CREATE"), ("PENDING_CREATE", "ONLINE"), ("ONLINE", "PENDING_DELETE"), ("PENDING_DELETE", ""),
    ]  # fmt: skip
    assert "OceanBase" in changes[1]["evidence"]["answered"][f"{here[0]}:{here[1]}"]["version"]
    gone = changes[3]["evidence"]
    assert gone["listening"] == []
    [listener] = gone["released"].values()
    assert listener["cut"] == 1
    assert f"{here[0]}:{here[1]}" in listener["refused"]


def test_security_ip_groups_are_enforced(cloud: Cloud, tenant: str, address: dict[str, Any]) -> None:
    place, groups = place_of(address), f"{tenant}/securityIpGroups"
    with closing(mysql(place, "alice@shop")) as before:
        changed = cloud.call("PUT", groups, {"securityIpGroupName": "default", "securityIps": "10.0.0.0/8"})
        assert changed.status == 200
        until("nobody gets in", lambda: mysql_error(place, "alice@shop") in TURNED_AWAY)
        assert rows(before, "SELECT 1") == [(1,)]  # judged when it was opened
    assert cloud.call("PUT", groups, {"securityIpGroupName": "default", "securityIps": "0.0.0.0/0"}).status == 200
    until("the host gets in", lambda: mysql_error(place, "alice@shop") == 0)


def test_addresses_in_several_vpcs_end_one_by_one(
    cloud: Cloud, tenant: str, networks: Networks, address: dict[str, Any]
) -> None:
    """Each VPC may have the same block; what ends in one is not felt in the other."""
    second = create(cloud, tenant, networks.make())
    assert host_place(cloud, second) != host_place(cloud, address)
    connections = [one["addressId"] for one in cloud.get(tenant)["tenantConnections"]]
    assert connections == [address["addressId"], second["addressId"]]
    with (
        closing(mysql(place_of(second), "alice@shop")) as ends,
        closing(mysql(place_of(address), "alice@shop")) as stays,
    ):
        assert cloud.call("DELETE", f"{tenant}/address", addressId=second["addressId"]).data is True
        cloud.wait_gone(f"{tenant}/address", addressId=second["addressId"])
        with pytest.raises(pymysql.err.OperationalError):
            rows(ends, "SELECT 1")
        assert rows(stays, "SELECT 1") == [(1,)]
    assert show(cloud, tenant, address["addressId"]) == address


def test_deaths_of_the_api_leave_nothing_pending(
    cloud: Cloud, tenant: str, networks: Networks, address: dict[str, Any]
) -> None:
    """Killed right after each call was answered: what was asked for comes true, and clients elsewhere do not notice."""
    network = networks.make()
    with closing(mysql(place_of(address), "alice@shop")) as steady:
        id = ask(cloud, tenant, network).data["addressId"]
        kill_api(cloud)
        made = wait_online(cloud, tenant, id)
        with closing(mysql(place_of(made), "alice@shop")) as held:
            here = host_place(cloud, made)
            kill_api(cloud)
            assert rows(held, "SELECT 1") == [(1,)]
            held.begin()
            assert cloud.call("DELETE", f"{tenant}/address", addressId=id).data is True
            kill_api(cloud)
            cloud.wait_gone(f"{tenant}/address", addressId=id)
            with pytest.raises(pymysql.err.OperationalError):
                rows(held, "SELECT 1")
        assert refuses(here)
        assert rows(steady, "SELECT 1") == [(1,)]
    assert networks.free_addresses(network.vswitch) == 252


def test_a_tenant_takes_its_addresses_along(
    cloud: Cloud, networks: Networks, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address that is still being made goes as well."""
    dialled_name(cloud, monkeypatch)
    tenant = cloud.create_tenant(cloud.create_instance(**ALIYUN), "second")
    cloud.create_user(tenant)
    made = create(cloud, tenant, network)
    here = host_place(cloud, made)
    with closing(mysql(place_of(made), "alice@second")) as client:
        assert ask(cloud, tenant, networks.make()).status == 200
        assert cloud.call("DELETE", tenant).status == 200
        assert {one["addressStatus"] for one in cloud.get(tenant)["tenantConnections"]} == {"PENDING_DELETE"}
        assert ask(cloud, tenant, network).refusal == (409, "E409J102")
        cloud.wait_gone(tenant)
        with pytest.raises(pymysql.err.OperationalError):
            rows(client, "SELECT 1")
    assert refuses(here)
    assert made["intranetDomain"] not in named(cloud)
    assert networks.free_addresses(network.vswitch) == 252


def test_an_address_that_is_ending_holds_up_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is shown as PENDING_DELETE for as long as the pace says, what is asked of the others happens."""
    with Running(tmp_path, "--pace", "instant") as running, closing(project(running)) as cloud:
        dialled_name(cloud, monkeypatch)
        tenant = cloud.create_tenant(cloud.create_instance(**ALIYUN))
        cloud.create_user(tenant)
        networks = Networks(running)
        ends, stays = create(cloud, tenant, networks.make()), create(cloud, tenant, networks.make())
        here = host_place(cloud, ends)
        running.kill_supervisor()
        running.kill_api()
        running.options = (*running.options, "--pace", "cloud")
        running.up()
        assert cloud.call("DELETE", f"{tenant}/address", addressId=ends["addressId"]).data is True
        until("it refuses", lambda: refuses(here), 10)
        closed = {"securityIpGroupName": "default", "securityIps": "10.0.0.0/8"}
        assert cloud.call("PUT", f"{tenant}/securityIpGroups", closed).status == 200
        until("nobody gets in", lambda: mysql_error(place_of(stays), "alice@shop") in TURNED_AWAY, 10)
        assert show(cloud, tenant, ends["addressId"])["addressStatus"] == "PENDING_DELETE"


@pytest.fixture
def quiet(api: Cloud) -> str:
    """A tenant at Alibaba Cloud, without engines."""
    return api.create_tenant(api.create_instance(**ALIYUN))


@pytest.fixture
def quiet_networks(api: Cloud) -> Networks:
    return Networks(api.running)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"vipServiceType": "OBPROXY_INTERNET"}, (400, "E400J115")),
        ({"vipServiceType": "OBPROXY_READONLY"}, (400, "E400J115")),
        ({"vipServiceType": "obproxy_intranet"}, (400, "E400J115")),
        ({"vipServiceType": ""}, (400, "E400J003")), ({"userVpcId": ""}, (400, "E400J003")),
        ({"userVswitchId": None}, (400, "E400J003")),
        ({"userVpcId": "vpc-none"}, (404, "E404J107")), ({"userVpcOwnerId": "1"}, (404, "E404J107")),
        ({"userVswitchId": "vsw-none"}, (404, "E404J108")),
        ({"zoneIdList": ["cn-hangzhou-k"]}, (400, "E400J111")), ({"zoneIdList": "cn-hangzhou-h"}, (400, "E400J004")),
    ],
)  # fmt: skip
def test_address_that_cannot_be(
    api: Cloud, quiet: str, quiet_networks: Networks, change: dict[str, Any], refusal: tuple[int, str]
) -> None:
    network = quiet_networks.make()
    assert ask(api, quiet, network, **change).refusal == refusal
    assert api.get(quiet)["tenantConnections"] == []
    assert quiet_networks.free_addresses(network.vswitch) == 252


def test_networks_that_cannot_be_used(api: Cloud, quiet: str, quiet_networks: Networks) -> None:
    """Another account's is not found, whoever is said to own it; so is a vSwitch of another VPC."""
    other = api.running.ask("accounts", {"name": ""})
    theirs = Networks(api.running, other["access_key_id"], other["access_key_secret"]).make()
    for owner in ("", other["account_id"], api.running.ready.account_id):
        assert ask(api, quiet, theirs, userVpcOwnerId=owner).refusal == (404, "E404J107")
    mine, second = quiet_networks.make(), quiet_networks.make()
    for vswitch in (theirs.vswitch, second.vswitch):
        assert ask(api, quiet, Network(mine.vpc, vswitch)).refusal == (404, "E404J108")
    elsewhere = quiet_networks.make(region="cn-shanghai")
    assert ask(api, quiet, elsewhere).refusal == (400, "E400J116")
    assert api.get(quiet)["tenantConnections"] == []
    assert ask(api, quiet, mine, userVpcOwnerId=api.running.ready.account_id).status == 200


def test_networks_that_are_being_made(tmp_path: Path) -> None:
    with Running(tmp_path, "--engines", "none", "--pace", "instant") as running, closing(project(running)) as api:
        tenant, made = api.create_tenant(api.create_instance(**ALIYUN)), Networks(running).make()
        running.down()
        running.options = (*running.options, "--pace", "cloud")
        running.up()
        pending = Networks(running).make_vswitch(made.vpc, "10.8.0.0/24")
        assert ask(api, tenant, Network(made.vpc, pending)).refusal == (409, "E409J114")
        assert api.get(tenant)["tenantConnections"] == []


def test_only_for_alibaba_cloud(api: Cloud, quiet_networks: Networks) -> None:
    tenant = api.create_tenant(api.create_instance(region=REGION))
    assert ask(api, tenant, quiet_networks.make()).refusal == (400, "E400J114")
    stranger = f"{tenant.rpartition('/')[0]}/tnone"
    assert ask(api, stranger, quiet_networks.make()).refusal == (400, "E400J114")


def test_tenants_and_addresses_that_are_not_there(api: Cloud, quiet: str, quiet_networks: Networks) -> None:
    network = quiet_networks.make()
    nobody = f"{quiet.rpartition('/')[0]}/tnone"
    assert ask(api, nobody, network).refusal == (404, "E404J102")
    assert ask(api, "/instances/none/tenants/tnone", network).refusal == (404, "E404J101")
    made = create(api, quiet, network)["addressId"]
    second = api.create_tenant(api.create_instance(**ALIYUN), "second")
    for method in ("GET", "DELETE"):
        assert api.call(method, f"{quiet}/address").refusal == (400, "E400J003")
        assert api.call(method, f"{quiet}/address", addressId="rs-none").refusal == (404, "E404J104")
        assert api.call(method, f"{second}/address", addressId=made).refusal == (404, "E404J104")
    stranger = project(api.running)
    with closing(stranger):
        assert stranger.call("GET", f"{quiet}/address", addressId=made).refusal[0] in (403, 404)
        assert ask(stranger, quiet, network).refusal[0] in (403, 404)
    assert show(api, quiet, made)["addressStatus"] == "ONLINE"


def test_a_vswitch_without_free_addresses(api: Cloud, quiet_networks: Networks) -> None:
    """A refusal leaves nothing behind; an address that goes makes room."""
    network = quiet_networks.make("10.7.0.0/29")
    instance = api.create_instance(**ALIYUN)
    *first, last = [api.create_tenant(instance, f"t{number}") for number in range(5)]
    made = [create(api, tenant, network) for tenant in first]
    assert sorted(one["intranetAddress"] for one in made) == [f"10.7.0.{number}" for number in (1, 2, 3, 4)]
    assert ask(api, last, network).refusal == (409, "E409J115")
    assert api.get(last)["tenantConnections"] == []
    assert api.call("DELETE", f"{first[2]}/address", addressId=made[2]["addressId"]).data is True
    api.wait_gone(f"{first[2]}/address", addressId=made[2]["addressId"])
    assert create(api, last, network)["intranetAddress"] == made[2]["intranetAddress"]


def test_zones(api: Cloud, quiet: str, quiet_networks: Networks) -> None:
    shown = create(api, quiet, quiet_networks.make(), zoneIdList=["cn-hangzhou-i", "cn-hangzhou-i"])
    assert shown["connectionZones"] == ["cn-hangzhou-i"]


def test_addresses_of_private_link(api: Cloud) -> None:
    """The general query shows what PrivateLink's own shows, and the general deletion deletes."""
    tenant = api.create_tenant(api.create_instance())
    made = api.create_service(tenant)
    api.connect(tenant, made)
    assert show(api, tenant, made) == api.address(tenant, made)
    assert api.call("DELETE", f"{tenant}/address", addressId=made).data is True
    api.wait_gone(f"{tenant}/address", addressId=made)
    assert api.get(f"{tenant}/privatelink") == []
