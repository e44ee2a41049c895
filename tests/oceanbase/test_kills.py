"""kill -9 of the API process and the supervisor while a connection or an address in a VPC comes or goes."""

from __future__ import annotations

import random
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pymysql
import pytest
import requests

from tests.oceanbase.cloud import Cloud, mysql, named, place_of, project, refuses, rows
from tests.oceanbase.networks import REGION, Network, Networks
from tests.running import Running, until

pytestmark = pytest.mark.chaos

ROUNDS = 8
SEED = 20240518


@pytest.mark.timeout(240)
def test_connections_complete(tmp_path: Path) -> None:
    """After each kill the connection serves or is really gone; another one of the same tenant never notices."""
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    with Running(tmp_path, "--pace", "instant") as running, closing(project(running)) as cloud:
        tenant = cloud.create_tenant(cloud.create_instance())
        cloud.create_user(tenant)
        steady = mysql(place_of(cloud.connect(tenant, cloud.create_service(tenant))), "alice@shop")
        with closing(steady):
            for number in range(ROUNDS):
                _round(cloud, tenant, f"vpce-{number}", ("api", "both")[number % 2], chance)
                assert rows(steady, "SELECT 1") == [(1,)], number


@pytest.mark.timeout(240)
def test_vpc_addresses_complete(tmp_path: Path) -> None:
    """After each kill the address serves or is really gone; the one in another VPC never notices."""
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    with Running(tmp_path, "--pace", "instant") as running, closing(project(running)) as cloud:
        networks = Networks(running)
        instance = cloud.create_instance(cloudProvider="ALIYUN", region=REGION, zones="cn-hangzhou-h")
        tenant = cloud.create_tenant(instance)
        cloud.create_user(tenant)
        calm, shaken = networks.make(), networks.make()
        _create(cloud, tenant, calm)
        with closing(mysql(_place_in(cloud, tenant, calm), "alice@shop")) as steady:
            for number in range(ROUNDS):
                _vpc_round(cloud, tenant, shaken, ("api", "both")[number % 2], chance)
                assert rows(steady, "SELECT 1") == [(1,)], number
        assert networks.free_addresses(shaken.vswitch) == 252


def _vpc_round(cloud: Cloud, tenant: str, network: Network, kind: str, chance: random.Random) -> None:
    """Makes an address, then deletes it, each with a kill at a random moment."""
    _while_killed(cloud, kind, chance, lambda: _create(cloud, tenant, network))
    if not _address_in(cloud, tenant, network):
        _create(cloud, tenant, network)
    place = _place_in(cloud, tenant, network)
    with closing(mysql(place, "alice@shop")) as held:
        assert rows(held, "SELECT 2") == [(2,)]
        id = _address_in(cloud, tenant, network)["addressId"]
        _while_killed(cloud, kind, chance, lambda: cloud.call("DELETE", f"{tenant}/address", addressId=id))
        if _address_in(cloud, tenant, network).get("addressStatus") == "ONLINE":
            cloud.call("DELETE", f"{tenant}/address", addressId=id)
        until(f"{id} gone", lambda: not _address_in(cloud, tenant, network))
        with pytest.raises(pymysql.err.OperationalError):
            rows(held, "SELECT 3")
    assert refuses(place)


def _create(cloud: Cloud, tenant: str, network: Network) -> None:
    place = {"userVpcId": network.vpc, "userVswitchId": network.vswitch}
    cloud.post(f"{tenant}/tenantSingleTunnelSLBAddress", **place, vipServiceType="OBPROXY_INTRANET")


def _address_in(cloud: Cloud, tenant: str, network: Network) -> dict[str, Any]:
    """The tenant's address in a VPC; empty while it has none."""
    return next((one for one in cloud.get(tenant)["tenantConnections"] if one["vpcId"] == network.vpc), {})


def _place_in(cloud: Cloud, tenant: str, network: Network) -> tuple[str, int]:
    """Where that address's name leads to on this machine, once it is ONLINE."""
    until("ONLINE", lambda: _address_in(cloud, tenant, network)["addressStatus"] == "ONLINE")
    shown = _address_in(cloud, tenant, network)
    return named(cloud)[shown["intranetDomain"]][0], shown["intranetPort"]


def _round(cloud: Cloud, tenant: str, endpoint: str, kind: str, chance: random.Random) -> None:
    """Connects an endpoint, then deletes it, each with a kill at a random moment."""
    path = f"{tenant}/privatelink"
    address = cloud.get(path)[0]["addressId"]
    _while_killed(cloud, kind, chance, lambda: cloud.post(f"{path}/connection", endpointId=endpoint, addressId=address))
    if endpoint not in _endpoints(cloud, tenant, address):
        cloud.post(f"{path}/connection", endpointId=endpoint, addressId=address)
    link = until(f"{endpoint} ONLINE", lambda: cloud.link(tenant, address, endpoint))
    with closing(mysql(place_of(link), "alice@shop")) as held:
        assert rows(held, "SELECT 2") == [(2,)]
        ended = {"addressId": address, "endpointId": endpoint}
        _while_killed(cloud, kind, chance, lambda: cloud.call("DELETE", path, **ended))
        if cloud.link(tenant, address, endpoint):
            cloud.call("DELETE", path, **ended)
        until(f"{endpoint} gone", lambda: endpoint not in _endpoints(cloud, tenant, address))
        with pytest.raises(pymysql.err.OperationalError):
            rows(held, "SELECT 3")
    assert refuses(place_of(link))


def _endpoints(cloud: Cloud, tenant: str, address: str) -> list[str]:
    return [link["privateLinkEndpointId"] for link in cloud.address(tenant, address)["privateLinkList"]]


def _while_killed(cloud: Cloud, kind: str, chance: random.Random, call: Any) -> None:
    killer = threading.Timer(chance.uniform(0.0, 0.06), _kill, (cloud.running, kind))
    killer.start()
    try:
        call()
    except requests.RequestException:
        pass  # no answer came: it may or may not have happened
    finally:
        killer.join()
    cloud.running.wait_ready()


def _kill(running: Running, kind: str) -> None:
    if kind == "api":
        running.kill_api()
        return
    running.kill_supervisor()
    running.kill_api()
    running.up()
