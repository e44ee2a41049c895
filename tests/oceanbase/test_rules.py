"""What operations refuse, and that a refusal changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oceanbase.cloud import INSTANCE, PASSWORD, Cloud
from tests.running import until


@pytest.fixture
def tenant(api: Cloud) -> str:
    return api.create_tenant(api.create_instance())


def test_instance(api: Cloud) -> None:
    made = api.create_instance(instanceName="orders", obVersion="4.3.5", zones="a, b,a")
    shown = api.get(f"/instances/{made}")
    expected = INSTANCE | {"instanceName": "orders", "version": "4.3.5", "availableZones": ["a", "b"], "nodeNum": 2}
    assert {name: shown.get(name, value) for name, value in expected.items()} | {"zones": 0, "obVersion": 0} == (
        expected | {"zones": 0, "obVersion": 0}
    )
    assert shown["instanceType"].endswith("CLUSTER")  # Terraform takes no other
    assert shown["projectId"] == api.project
    assert api.get("/instances", instanceName="orders")["total"] == 1
    assert api.get("/instances", instanceId=made)["total"] == 1
    assert api.get("/instances", instanceName="other")["total"] == 0
    api.delete_instance(made)
    assert api.call("DELETE", "/instances", {"instanceId": made}).refusal == (404, "E404J101")


def test_dry_run_makes_nothing(api: Cloud) -> None:
    data = api.post("/instances", **INSTANCE, dryRun=True)
    assert data == {"orderId": "", "instanceId": "", "dryRun": True, "dryRunResult": True}
    assert api.get("/instances")["total"] == 0


def test_pages(api: Cloud) -> None:
    made = [api.post("/instances", **INSTANCE)["instanceId"] for _ in range(5)]
    pages = [api.get("/instances", pageSize="2", pageNumber=str(number)) for number in (1, 2, 3, 4)]
    assert [one["instanceId"] for page in pages for one in page["dataList"]] == made
    assert [(page["total"], page["hasMore"]) for page in pages] == [(5, True), (5, True), (5, False), (5, False)]
    for wrong in ({"pageNumber": "0"}, {"pageSize": "0"}, {"pageSize": "1001"}, {"pageNumber": "x"}):
        assert api.call("GET", "/instances", **wrong).refusal == (400, "E400J004")


@pytest.mark.parametrize("change", [{"region": "Nowhere"}, {"zones": ","}, {"zones": "a;b"}, {"region": "a" * 40}])
def test_places_of_an_instance(api: Cloud, change: dict[str, str]) -> None:
    assert api.call("POST", "/instances", INSTANCE | change).refusal == (400, "E400J111")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"tenantName": "x"}, (400, "E400J106")), ({"tenantName": "sys"}, (400, "E400J106")),
        ({"tenantName": "a-b"}, (400, "E400J106")), ({"tenantName": "a@b"}, (400, "E400J106")),
        ({"tenantMode": "Oracle"}, (400, "E400J103")), ({"tenantCompatibilityModeEnum": "HBase"}, (400, "E400J103")),
        ({"whitelist": "10.0.0.300"}, (400, "E400J108")),
        ({"whitelist": "10.0.0.1,10.0.0.1"}, (400, "E400J108")), ({"primaryZone": "elsewhere"}, (400, "E400J111")),
        ({"cpu": -1}, (400, "E400J004")),
    ],
)  # fmt: skip
def test_tenant_that_cannot_be(api: Cloud, change: dict[str, Any], refusal: tuple[int, str]) -> None:
    instance = api.create_instance()
    assert api.call("POST", f"/instances/{instance}/tenants", {"tenantName": "shop"} | change).refusal == refusal
    assert api.get(f"/instances/{instance}/tenants")["total"] == 0


def test_tenant(api: Cloud) -> None:
    instance = api.create_instance()
    path = api.create_tenant(
        instance, "shop", tenantMode="MYSQL", primaryZone="ap-beijing-5", cpu=2, memory=8, unitNum=2
    )
    shown = api.get(path)
    wanted = {"tenantName": "shop", "primaryZone": "ap-beijing-5", "unitCpu": 2, "unitMem": 8, "cpu": 4, "mem": 16}
    assert {name: shown[name] for name in wanted} == wanted
    assert [zone["role"] for zone in shown["tenantZones"]] == ["STANDBY", "PRIMARY"]
    assert shown["tenantConnections"] == []
    again = api.call("POST", f"/instances/{instance}/tenants", {"tenantName": "shop"})
    assert again.refusal == (409, "E409J106")
    assert api.get(f"/instances/{instance}/tenants", tenantName="shop")["dataList"] == [shown]
    other = api.create_instance()
    strange = path.replace(instance, other)
    assert api.call("GET", strange).refusal == (404, "E404J102")
    assert api.call("DELETE", strange).refusal == (404, "E404J102")
    assert api.call("DELETE", path).data["tenantId"] == shown["tenantId"]
    api.wait_gone(path)


def test_a_tenant_without_groups_admits_nobody(api: Cloud) -> None:
    path = api.create_tenant(api.create_instance(), whitelist="")
    assert [one["securityIps"] for one in api.get(f"{path}/securityIpGroups")["dataList"]] == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"userName": "root"}, (400, "E400J106")), ({"userName": "a"}, (400, "E400J106")),
        ({"userName": "a@b"}, (400, "E400J106")), ({"userName": "a'b"}, (400, "E400J106")),
        ({"password": "short1!A"}, (400, "E400J107")), ({"password": "a" * 12}, (400, "E400J107")),
        ({"password": "Abcdefgh12é"}, (400, "E400J107")), ({"password": "Aa1!" * 9}, (400, "E400J107")),
        ({"userType": "ReadonlyAccount"}, (400, "E400J113")), ({"roles": '[{"database":"a"}]'}, (400, "E400J118")),
        ({"roles": "{"}, (400, "E400J118")), ({"roles": '[{"database":"a","role":"readonly"}]'}, (404, "E404J109")),
        ({"roles": '[{"database":"a","role":"OTHER"}]'}, (400, "E400J119")),
        ({"roles": "[1]"}, (400, "E400J118")), ({"encryptionType": "RSA"}, (400, "E400J112")),
    ],
)  # fmt: skip
def test_user_that_cannot_be(api: Cloud, tenant: str, change: dict[str, str], refusal: tuple[int, str]) -> None:
    body = {"userName": "alice", "password": PASSWORD, "userType": "NORMAL", "roles": "[]"} | change
    assert api.call("POST", f"{tenant}/tenantUsers", body).refusal == refusal
    assert api.get(f"{tenant}/tenantUsers")["total"] == 0


def test_users(api: Cloud, tenant: str) -> None:
    api.create_user(tenant, "alice", "Admin")
    api.create_user(tenant, "bob", "normal")
    assert api.user(tenant, "alice") == {
        "userName": "alice", "userType": "Admin", "userStatus": "ONLINE", "description": "", "databases": [],
    }  # fmt: skip
    again = {"userName": "alice", "password": PASSWORD}
    assert api.call("POST", f"{tenant}/tenantUsers", again).refusal == (409, "E409J107")
    unknown = api.call("PUT", f"{tenant}/tenantUsers/carol/password", {"userPassword": PASSWORD})
    assert unknown.refusal == (404, "E404J103")
    weak = api.call("PUT", f"{tenant}/tenantUsers/bob/password", {"userPassword": "weak"})
    assert weak.refusal == (400, "E400J107")
    for wrong in ('["alice","carol"]', "[]", "[1]", '["alice"', "", "carol"):
        refusal = api.call("DELETE", f"{tenant}/tenantUsers", {"users": wrong}).refusal
        assert refusal == (404, "E404J103"), wrong
    assert api.get(f"{tenant}/tenantUsers")["total"] == 2
    assert api.call("DELETE", f"{tenant}/tenantUsers", {"users": '["alice","bob","alice"]'}).data == {}
    until("both gone", lambda: api.get(f"{tenant}/tenantUsers")["total"] == 0)


ALIYUN = [
    ("POST", "/service", {"userAccount": "1"}), ("GET", "", None), ("DELETE", "", None),
    ("POST", "/user", {"userAccount": "1", "addressId": "obe-1"}), ("POST", "/connection", {"endpointId": "vpce-1"}),
    ("POST", "/confirmation", {"endpointId": "vpce-1"}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), ALIYUN)
def test_not_for_alibaba_cloud(api: Cloud, method: str, path: str, body: Any) -> None:
    tenant = api.create_tenant(api.create_instance(cloudProvider="ALIYUN"))
    assert api.call(method, f"{tenant}/privatelink{path}", body).refusal == (400, "E400J101")


@pytest.mark.parametrize("provider", ["QCLOUD", "HUAWEI", "AWS", "GCP"])
def test_for_every_other_cloud(api: Cloud, provider: str) -> None:
    tenant = api.create_tenant(api.create_instance(cloudProvider=provider))
    address = api.create_service(tenant)
    assert api.connect(tenant, address)["privateLinkDomain"].endswith("-privatelink.oceanbase.cloud")


@pytest.mark.parametrize("wrong", ["a/b", "a b", "../x", "ä", "x" * 129, "-x", '"'])
def test_endpoint_ids(api: Cloud, tenant: str, wrong: str) -> None:
    api.create_service(tenant)
    reply = api.call("POST", f"{tenant}/privatelink/connection", {"endpointId": wrong})
    assert reply.refusal == (400, "E400J109")


def test_addresses(api: Cloud) -> None:
    instance = api.create_instance()
    tenant = api.create_tenant(instance)
    connection = {"endpointId": f"vpce-{instance}"}
    assert api.call("POST", f"{tenant}/privatelink/connection", connection).refusal == (404, "E404J104")
    assert api.call("GET", f"{tenant}/privatelink", addressId="obe-1").refusal == (404, "E404J104")
    assert api.call("DELETE", f"{tenant}/privatelink", addressId="obe-1").refusal == (404, "E404J104")
    address = api.create_service(tenant)
    unknown = api.call("POST", f"{tenant}/privatelink/confirmation", connection)
    assert unknown.refusal == (404, "E404J105")
    other = connection | {"addressId": "obe-1"}
    assert api.call("POST", f"{tenant}/privatelink/connection", other).refusal == (404, "E404J104")
    api.connect(tenant, address, connection["endpointId"])
    assert api.call("POST", f"{tenant}/privatelink/connection", connection).refusal == (409, "E409J110")
    second = api.create_tenant(instance, "second")
    api.create_service(second)
    assert api.call("POST", f"{second}/privatelink/connection", connection).refusal == (409, "E409J110")
    [shown] = api.get(f"{second}/privatelink")
    assert shown["privateLinkList"] == []


def test_security_ip_groups(api: Cloud, tenant: str) -> None:
    groups = f"{tenant}/securityIpGroups"
    assert api.call("PUT", groups, {"securityIpGroupName": "none", "securityIps": "10.0.0.1"}).refusal == (
        404,
        "E404J106",
    )
    assert api.call("POST", groups, {"securityIpGroupName": "default", "securityIps": "10.0.0.1"}).refusal == (
        409,
        "E409J112",
    )
    assert api.call("POST", groups, {"securityIpGroupName": "a-b", "securityIps": "10.0.0.1"}).refusal == (
        400,
        "E400J106",
    )
    assert api.call("POST", groups, {"securityIpGroupName": "more", "securityIps": "x"}).refusal == (400, "E400J108")
    assert api.call("DELETE", groups, {"securityIpGroupName": "none"}).refusal == (404, "E404J106")
    [unchanged] = api.get(groups)["dataList"]
    assert unchanged["securityIps"] == "0.0.0.0/0"
    for number in range(4):
        api.post(groups, securityIpGroupName=f"g{number}", securityIps=f"10.0.0.{number}")
    pages = [api.get(groups, pageSize="2", pageNumber=str(number)) for number in (1, 2, 3)]
    names = [one["securityIpGroupName"] for page in pages for one in page["dataList"]]
    assert names == ["default", "g0", "g1", "g2", "g3"]
    assert [(page["total"], page["hasMore"]) for page in pages] == [(5, True), (5, True), (5, False)]
    assert len(api.get(groups)["dataList"]) == 5
    assert api.call("DELETE", groups, {"securityIpGroupName": "g1"}).data["securityIps"] == "10.0.0.1"
    assert api.get(groups)["total"] == 4
