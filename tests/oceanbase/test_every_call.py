"""Every operation, called by each of the clients that people have, and in each state of a tenant."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from requests.auth import HTTPDigestAuth

from jackfield.gateway.rest_paths import Paths
from jackfield.products import oceanbase
from jackfield.products.oceanbase.product import known
from tests.oceanbase.cloud import INSTANCE, PASSWORD, Cloud, project
from tests.oceanbase.networks import REGION, Network, Networks
from tests.running import Running, until

Send = Callable[[Cloud, str, str, Any], tuple[int, dict[str, Any]]]


def by_curl(api: Cloud, method: str, path: str, body: Any) -> tuple[int, dict[str, Any]]:
    data = [] if body is None else ["--data", json.dumps(body)]
    command = ["curl", "--silent", "--digest", "-u", f"{api.key_id}:{api.secret}", "-w", "\n%{http_code}"]
    command += ["--request", method, "-H", f"X-Ob-Project-Id: {api.project}", *data, api.url(path)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout
    text, _, status = said.rpartition("\n")
    return int(status), json.loads(text)


def by_requests(api: Cloud, method: str, path: str, body: Any) -> tuple[int, dict[str, Any]]:
    auth = HTTPDigestAuth(api.key_id, api.secret)
    answer = requests.request(method, api.url(path), json=body, auth=auth, timeout=20)
    return answer.status_code, answer.json()


def by_httpx(api: Cloud, method: str, path: str, body: Any) -> tuple[int, dict[str, Any]]:
    auth = httpx.DigestAuth(api.key_id, api.secret)
    answer = httpx.request(method, api.url(path), json=body, auth=auth, timeout=20, trust_env=False)
    return answer.status_code, answer.json()


class Caller:
    """Calls by one client, and remembers which operations were answered."""

    def __init__(self, api: Cloud, send: Send) -> None:
        self._api, self._send = api, send
        self._paths = Paths(oceanbase.load().operations.values(), known())
        self.called: set[str] = set()

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        status, said = self._send(self._api, method, path, body)
        assert (status, said["success"]) == (200, True), (method, path, said)
        self.called.add(self._paths.find(method, f"/api/v2{path.partition('?')[0]}".encode()).operation.name)
        return said.get("data")

    def wait(self, path: str, status: str = "ONLINE", name: str = "status") -> Any:
        until(f"{path} {status}", lambda: self._first(path)[name] == status)
        return self._first(path)

    def _first(self, path: str) -> Any:
        data = self("GET", path)
        data = data["dataList"] if isinstance(data, dict) and "dataList" in data else data
        return data[0] if isinstance(data, list) else data


@pytest.mark.parametrize("send", [by_curl, by_requests, by_httpx])
def test_every_operation(api: Cloud, send: Send) -> None:
    call = Caller(api, send)
    _walk(call, call("POST", "/instances", INSTANCE)["instanceId"], send.__name__)
    _walk_in_a_vpc(call, Networks(api.running).make())
    assert call.called == set(oceanbase.load().operations)


def _walk(call: Caller, id: str, who: str) -> None:
    instance = f"/instances/{id}"
    call.wait(instance)
    call("GET", "/instances?pageNumber=1&pageSize=10")
    call("PUT", f"{instance}/instanceName", {"instanceName": "walked"})
    made = call("POST", f"{instance}/tenants", {"tenantName": "shop", "enablePublicLink": True})["tenantId"]
    tenant = f"{instance}/tenants/{made}"
    call.wait(tenant)
    call("GET", f"{instance}/tenants")
    call("PUT", tenant, {"cpu": 4, "memory": 8, "unitNum": 1})
    call.wait(tenant)
    call("PUT", f"{tenant}/tenantName", {"tenantName": "market"})
    call.wait(tenant)
    call("PUT", f"{tenant}/primaryZone", {"primaryZone": INSTANCE["zones"].partition(",")[0]})
    call.wait(tenant)
    for what, size in (("spec", {"instanceClass": "8C32GB", "diskSize": 400}), ("nodeNum", {"nodeNum": 6})):
        call("PUT", f"{instance}/{what}", size)
        call.wait(instance)
    call("POST", f"{tenant}/databases", {"databaseName": "orders", "encoding": "utf8mb4"})
    call.wait(f"{tenant}/databases")
    call("PUT", f"{tenant}/databases/orders/description", {"description": "text"})
    call("POST", f"{tenant}/tenantUsers", {"userName": "bob", "password": PASSWORD, "userType": "NORMAL"})
    for method, what, body in (
        ("PUT", "description", {"description": "text"}), ("PUT", "password", {"userPassword": PASSWORD}),
        ("PUT", "status", {"userStatus": "LOCKED"}), ("PUT", "status", {"userStatus": "ONLINE"}),
        ("POST", "authorization", {"modifyType": "UPDATE", "database": "orders", "role": "dml"}),
    ):  # fmt: skip
        settled = "LOCKED" if body == {"userStatus": "ONLINE"} else "ONLINE"
        call.wait(f"{tenant}/tenantUsers", settled, "userStatus")
        call(method, f"{tenant}/tenantUsers/bob/{what}", body)
    call.wait(f"{tenant}/tenantUsers", "ONLINE", "userStatus")
    roles = {"userRoles": [{"userName": "bob", "roles": ["readwrite"]}]}
    call("POST", f"{tenant}/databases/orders/authorization", roles)
    call.wait(f"{tenant}/tenantUsers", "ONLINE", "userStatus")
    for method in ("POST", "PUT", "DELETE"):
        group = {"securityIpGroupName": "more", "securityIps": "10.0.0.1"}
        call(method, f"{tenant}/securityIpGroups", group)
    call("GET", f"{tenant}/securityIpGroups")
    public = call.wait(f"{tenant}/publicaddress", "ONLINE", "addressStatus")
    door = {name: public[name] for name in ("addressId", "proxyClusterId", "serviceType")}
    for what, value in (("addressPort", {"port": 2883}), ("domainPrefix", {"domainPrefix": who.replace("_", "-")})):
        call("PUT", f"{tenant}/{what}", door | value)
        call.wait(f"{tenant}/publicaddress", "ONLINE", "addressStatus")
    private = call("POST", f"{tenant}/address", {"vipServiceType": "OBPROXY_READONLY"})["addressId"]
    call.wait(f"{tenant}/address?addressId={private}", "ONLINE", "addressStatus")
    call("DELETE", f"{tenant}/address?addressId={private}")
    call("GET", f"{instance}/address/info?pageSize=5")
    link = f"{tenant}/privatelink"
    call("POST", f"{link}/readonly", {"userAccount": "1", "zoneIdList": []})
    call("POST", f"{link}/service", {"userAccount": "1"})
    call.wait(link, "ONLINE", "addressStatus")
    call("POST", f"{link}/user", {"userAccount": "2"})
    endpoint = {"endpointId": f"vpce-{who}"}
    call("POST", f"{link}/connection", endpoint)
    call.wait(link, f"vpce-{who}", "privateLinkEndpointId")
    call("POST", f"{link}/confirmation", endpoint)
    call("POST", f"{link}/information", endpoint | {"userEndpointAddress": "10.1.2.3"})
    call("DELETE", link)
    until("the service gone", lambda: call("GET", link) == [])
    call("PUT", f"{instance}/stopCluster")
    call.wait(instance, "STOPPED")
    call("PUT", f"{instance}/startCluster")
    call.wait(instance)
    call("DELETE", f"{tenant}/databases", {"databaseNames": '["orders"]'})
    call("DELETE", f"{tenant}/tenantUsers", {"users": '["bob"]'})
    call("DELETE", tenant)
    call("DELETE", "/instances", {"instanceId": id})


def _walk_in_a_vpc(call: Caller, network: Network) -> None:
    made = call("POST", "/instances", INSTANCE | {"cloudProvider": "ALIYUN", "region": REGION, "zones": "a"})
    instance = f"/instances/{made['instanceId']}"
    call.wait(instance)
    tenant = f"{instance}/tenants/{call('POST', f'{instance}/tenants', {'tenantName': 'shop'})['tenantId']}"
    call.wait(tenant)
    place = {"userVpcId": network.vpc, "userVswitchId": network.vswitch, "vipServiceType": "OBPROXY_INTRANET"}
    address = call("POST", f"{tenant}/tenantSingleTunnelSLBAddress", place)["addressId"]
    call.wait(f"{tenant}/address?addressId={address}", "ONLINE", "addressStatus")


WRITES: list[tuple[str, str, Any]] = [
    ("PUT", "", {"cpu": 4}), ("PUT", "/tenantName", {"tenantName": "other"}),
    ("PUT", "/primaryZone", {"primaryZone": "RANDOM"}),
    ("POST", "/databases", {"databaseName": "more"}), ("DELETE", "/databases", {"databaseNames": "orders"}),
    ("POST", "/databases/orders/authorization", {"users": [{"userName": "bob", "role": "dml"}]}),
    ("POST", "/tenantUsers", {"userName": "more", "password": PASSWORD}), ("DELETE", "/tenantUsers", {"users": "bob"}),
    ("PUT", "/tenantUsers/bob/password", {"userPassword": PASSWORD}),
    ("PUT", "/tenantUsers/bob/status", {"status": "LOCKED"}),
    ("POST", "/tenantUsers/bob/authorization", {"database": "orders", "role": "dml"}),
    ("POST", "/securityIpGroups", {"securityIpGroupName": "more", "securityIps": "10.0.0.1"}),
    ("PUT", "/securityIpGroups", {"securityIpGroupName": "default", "securityIps": "10.0.0.1"}),
    ("DELETE", "/securityIpGroups", {"securityIpGroupName": "default"}),
    ("POST", "/address", {"vipServiceType": "OBPROXY_INTRANET"}),
    ("PUT", "/addressPort", {"addressId": "x", "proxyClusterId": "x", "serviceType": "x", "port": 3307}),
    ("PUT", "/domainPrefix", {"addressId": "x", "proxyClusterId": "x", "serviceType": "x", "domainPrefix": "shop"}),
    ("POST", "/privatelink/service", {"userAccount": "1"}), ("POST", "/privatelink/readonly", {"userAccount": "1"}),
    ("POST", "/privatelink/connection", {"endpointId": "v"}),
    ("POST", "/privatelink/information", {"endpointId": "v", "userEndpointAddress": "10.0.0.1"}),
]  # fmt: skip
READS = ("", "/databases", "/tenantUsers", "/securityIpGroups", "/publicaddress", "/privatelink")


def make_tenant(cloud: Cloud) -> tuple[str, str]:
    """Paths of an instance and of its tenant, with a database, a user and a public address, all ONLINE."""
    instance = cloud.create_instance()
    tenant = cloud.create_tenant(instance, enablePublicLink=True)
    cloud.create_user(tenant, "bob", "NORMAL")
    cloud.post(f"{tenant}/databases", databaseName="orders")
    call = Caller(cloud, by_requests)
    call.wait(f"{tenant}/databases")
    call.wait(f"{tenant}/publicaddress", "ONLINE", "addressStatus")
    return f"/instances/{instance}", tenant


def check(cloud: Cloud, tenant: str, status: str, *, deletable: bool) -> None:
    """Writes are refused and change nothing; reads are answered."""
    for method, path, body in WRITES:
        assert cloud.call(method, f"{tenant}{path}", body).refusal == (409, "E409J102"), (status, path)
    if not deletable:
        assert cloud.call("DELETE", tenant).refusal == (409, "E409J102"), status
    for path in READS:
        assert cloud.call("GET", f"{tenant}{path}").status == 200, (status, path)
    shown = cloud.get(tenant)
    assert (shown["status"], shown["tenantName"], len(shown["tenantConnections"])) == (status, "shop", 1)


def test_every_state_of_a_tenant(tmp_path: Path) -> None:
    """A tenant takes writes while it is ONLINE, and can be read at any time."""
    with Running(tmp_path, "--engines", "none", "--pace", "instant") as running, closing(project(running)) as cloud:
        (_, updated), (stopping, stopped), (starting, started), (_, deleted) = [make_tenant(cloud) for _ in range(4)]
        assert cloud.call("PUT", f"{starting}/stopCluster").status == 200
        Caller(cloud, by_requests).wait(starting, "STOPPED")
        running.down()
        running.options = (*running.options, "--pace", "cloud")
        running.up()

        check(cloud, started, "STOPPED", deletable=True)
        assert cloud.call("PUT", updated, {"cpu": 4}).status == 200
        check(cloud, updated, "PENDING_UPDATE", deletable=True)
        assert cloud.call("PUT", f"{stopping}/stopCluster").status == 200
        check(cloud, stopped, "PENDING_STOP", deletable=False)
        assert cloud.call("PUT", f"{starting}/startCluster").status == 200
        check(cloud, started, "PENDING_START", deletable=False)
        assert cloud.call("DELETE", deleted).status == 200
        check(cloud, deleted, "PENDING_DELETE", deletable=False)
        for instance in (stopping, starting):
            for what in ("stopCluster", "startCluster"):
                assert cloud.call("PUT", f"{instance}/{what}").refusal == (409, "E409J101")
            id = {"instanceId": instance.rpartition("/")[2]}
            assert cloud.call("DELETE", "/instances", id).refusal == (409, "E409J101")
        of_updated = updated.rpartition("/tenants")[0]
        assert cloud.call("PUT", f"{of_updated}/stopCluster").refusal == (409, "E409J102")
        assert cloud.call("DELETE", updated).status == 200
