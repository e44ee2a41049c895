"""What operations on addresses refuse, and that a refusal changes nothing; addresses of all tenants, in pages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oceanbase.cloud import Cloud
from tests.running import until


@pytest.fixture
def tenant(api: Cloud) -> str:
    """With a public address and a service."""
    path = api.create_tenant(api.create_instance(), enablePublicLink=True)
    until("ONLINE", lambda: api.get(f"{path}/publicaddress")["addressStatus"] == "ONLINE")
    api.create_service(path)
    return path


@pytest.mark.parametrize(
    ("kind", "refusal"),
    [
        ("OBPROXY_INTRANET_PEERING", (400, "E400J115")), ("OBPROXY", (400, "E400J115")), ("", (400, "E400J003")),
        ("obproxy_internet", (400, "E400J115")), ("OBPROXY_INTERNET", (409, "E409J120")),
    ],
)  # fmt: skip
def test_address_that_cannot_be(api: Cloud, tenant: str, kind: str, refusal: tuple[int, str]) -> None:
    assert api.call("POST", f"{tenant}/address", {"vipServiceType": kind}).refusal == refusal
    assert len(api.get(tenant)["tenantConnections"]) == 2


@pytest.mark.parametrize("kind", ["OBPROXY_INTRANET", "OBPROXY_READONLY", "OBPROXY_READWRITE"])
def test_alibaba_cloud_has_its_own_private_addresses(api: Cloud, kind: str) -> None:
    tenant = api.create_tenant(api.create_instance(cloudProvider="ALIYUN"))
    assert api.call("POST", f"{tenant}/address", {"vipServiceType": kind}).refusal == (400, "E400J123")
    assert api.call("POST", f"{tenant}/address", {"vipServiceType": "OBPROXY_INTERNET"}).status == 200
    for path in ("readonly", "information"):
        body = {"userAccount": "1", "endpointId": "vpce-1", "userEndpointAddress": "10.0.0.1"}
        assert api.call("POST", f"{tenant}/privatelink/{path}", body).refusal == (400, "E400J101")


def test_several_of_some_types(api: Cloud, tenant: str) -> None:
    for _ in range(10):
        assert api.call("POST", f"{tenant}/address", {"vipServiceType": "OBPROXY_READWRITE"}).status == 200
        assert api.call("POST", f"{tenant}/privatelink/readonly", {"userAccount": "1"}).status == 200
    more = api.call("POST", f"{tenant}/address", {"vipServiceType": "OBPROXY_READWRITE"})
    assert more.refusal == (409, "E409J121")
    more = api.call("POST", f"{tenant}/privatelink/readonly", {"userAccount": "1"})
    assert more.refusal == (409, "E409J121")


def test_a_read_only_service_in_strange_zones(api: Cloud, tenant: str) -> None:
    body = {"userAccount": "1", "zoneIdList": ["elsewhere"]}
    assert api.call("POST", f"{tenant}/privatelink/readonly", body).refusal == (400, "E400J111")
    assert api.call("POST", f"{tenant}/privatelink/readonly", {"zoneIdList": []}).refusal == (400, "E400J003")


CHANGES: list[tuple[str, dict[str, Any], tuple[int, str]]] = [
    ("addressPort", {"port": 80}, (400, "E400J004")), ("addressPort", {"port": 70000}, (400, "E400J004")),
    ("addressPort", {"port": None}, (400, "E400J003")), ("addressPort", {"addressId": "rs-none"}, (404, "E404J104")),
    ("addressPort", {"proxyClusterId": "proxy-none"}, (404, "E404J110")),
    ("addressPort", {"serviceType": "OBPROXY_INTRANET"}, (400, "E400J124")),
    ("domainPrefix", {"domainPrefix": "x"}, (400, "E400J106")),
    ("domainPrefix", {"domainPrefix": "A-b"}, (400, "E400J106")),
    ("domainPrefix", {"domainPrefix": "a.b.c"}, (400, "E400J106")),
    ("domainPrefix", {"domainPrefix": ""}, (400, "E400J003")),
    ("domainPrefix", {"domainPrefix": "a" * 41}, (400, "E400J106")),
    ("domainPrefix", {"addressId": "rs-none"}, (404, "E404J104")),
    ("domainPrefix", {"proxyClusterId": "proxy-none"}, (404, "E404J110")),
    ("domainPrefix", {"serviceType": "x"}, (400, "E400J124")),
]  # fmt: skip


@pytest.mark.parametrize(("what", "change", "refusal"), CHANGES)
def test_change_that_cannot_be(
    api: Cloud, tenant: str, what: str, change: dict[str, Any], refusal: tuple[int, str]
) -> None:
    shown = api.get(f"{tenant}/publicaddress")
    body = {name: shown[name] for name in ("addressId", "proxyClusterId", "serviceType")}
    body |= {"port": 3307, "domainPrefix": "shop"} | change
    assert api.call("PUT", f"{tenant}/{what}", body).refusal == refusal
    assert api.get(f"{tenant}/publicaddress") == shown


def test_a_name_that_is_taken(api: Cloud, tenant: str) -> None:
    second = api.create_tenant(tenant.split("/")[2], "second", enablePublicLink=True)
    until("ONLINE", lambda: api.get(f"{second}/publicaddress")["addressStatus"] == "ONLINE")
    for path, status in ((tenant, 200), (second, 409)):
        shown = api.get(f"{path}/publicaddress")
        body = {name: shown[name] for name in ("addressId", "proxyClusterId", "serviceType")}
        reply = api.call("PUT", f"{path}/domainPrefix", body | {"domainPrefix": "shop"})
        assert reply.status == status
    assert reply.refusal == (409, "E409J119")


INFORMATION: list[tuple[dict[str, str], tuple[int, str]]] = [
    ({"endpointId": "none"}, (404, "E404J105")), ({"addressId": "obe-none"}, (404, "E404J104")),
    ({"userEndpointAddress": "10.0.0"}, (400, "E400J110")), ({"userEndpointAddress": ""}, (400, "E400J003")),
    ({"userEndpointAddress": "127.0.0.1"}, (400, "E400J110")), ({"endpointId": ""}, (400, "E400J003")),
    ({"userEndpointAddress": "10.1.1.2"}, (409, "E409J111")),
]  # fmt: skip


def test_information_that_cannot_be(api: Cloud, tenant: str) -> None:
    [service] = api.get(f"{tenant}/privatelink")
    for number in ("1", "2"):
        api.connect(tenant, service["addressId"], f"vpce-info-{number}", userEndpointAddress=f"10.1.1.{number}")
    before = api.address(tenant, service["addressId"])
    for change, refusal in INFORMATION:
        body = {"endpointId": "vpce-info-1", "userEndpointAddress": "10.1.1.9"} | change
        assert api.call("POST", f"{tenant}/privatelink/information", body).refusal == refusal, change
    assert api.address(tenant, service["addressId"]) == before
    body = {"endpointId": "vpce-info-1", "userEndpointAddress": "10.1.1.9"}
    assert api.call("POST", f"{tenant}/privatelink/information", body).data == {}
    body["endpointId"] = "vpce-info-2"
    assert api.call("POST", f"{tenant}/privatelink/information", body | {"userEndpointAddress": "10.1.1.1"}).data == {}
    shown = [link["intranetAddress"] for link in api.address(tenant, service["addressId"])["privateLinkList"]]
    assert shown == ["10.1.1.9", "10.1.1.1"]
    for here in ("127.9.8.7", "127.9.8.6"):
        assert api.call("POST", f"{tenant}/privatelink/information", body | {"userEndpointAddress": here}).data == {}
        until("ONLINE", lambda: api.address(tenant, service["addressId"])["addressStatus"] == "ONLINE")
        shown = [link["intranetAddress"] for link in api.address(tenant, service["addressId"])["privateLinkList"]]
        assert shown == ["10.1.1.9", here]
    again = {"endpointId": "vpce-info-1", "userEndpointAddress": "127.9.8.7"}  # given back
    assert api.call("POST", f"{tenant}/privatelink/information", again).data == {}


def test_addresses_of_all_tenants(api: Cloud, tenant: str) -> None:
    instance = tenant.split("/")[2]
    for name in ("second", "third"):
        api.create_tenant(instance, name)
    path = f"/instances/{instance}/address/info"
    everything = api.get(path)
    assert (everything["total"], everything["hasMore"]) == (3, False)
    assert [len(one["tenantConnections"]) for one in everything["dataList"]] == [2, 0, 0]
    ids = [one["tenantId"] for one in everything["dataList"]]
    page = api.get(path, pageNumber="2", pageSize="2")
    assert ([one["tenantId"] for one in page["dataList"]], page["hasMore"]) == (ids[2:], False)
    for text in (f"{ids[0]},{ids[2]}", f'["{ids[0]}", "{ids[2]}"]'):
        assert [one["tenantId"] for one in api.get(path, tenantIds=text)["dataList"]] == [ids[0], ids[2]]
    assert api.get(path, tenantIds="none")["total"] == 0
    assert api.call("GET", "/instances/none/address/info").refusal == (404, "E404J101")
