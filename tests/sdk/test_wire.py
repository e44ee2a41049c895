"""Forms of the wire that other clients use, by hand; and how older clients find the API."""

from __future__ import annotations

import http.client
import json
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest

from tests.running import PASSWORD
from tests.sdk.clients import Account

CREATE = {
    "RegionId": "cn-hangzhou",
    "InstanceClass": "redis.master.small.default",
    "Password": PASSWORD,
    "InstanceName": "überall",
}


def test_a_form_in_chunks(me: Account) -> None:
    """Node's older client puts everything into the form of a POST, whose length it may not announce."""
    wire = me.signer("tair").v1("CreateInstance", CREATE, all_in_form=True)
    assert wire.target == "/"

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(wire.body), 7):
            yield wire.body[start : start + 7]

    connection = http.client.HTTPConnection("127.0.0.1", me.port, timeout=10)
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "Transfer-Encoding": "chunked"}
    connection.request("POST", "/", body=pieces(), headers=headers, encode_chunked=True)
    response = connection.getresponse()
    reply = json.loads(response.read())
    assert (response.status, reply["InstanceName"]) == (200, "überall")
    connection.request("GET", me.signer("tair").v1("DescribeInstances", {}, method="GET").target)
    assert json.loads(connection.getresponse().read())["TotalCount"] >= 1
    connection.close()


def test_common_parameters_in_the_query_and_the_rest_in_the_form(me: Account) -> None:
    """Terraform's way: signature version 1 over both. Parameters that nobody knows are ignored."""
    strange = {"SourceIp": "1.2.3.4", "SecureTransport": "true", "ClientToken": "t", "on": "DescribeInstances"}
    wire = me.signer("tair").v1("CreateInstance", None, {**CREATE, **strange, "Unheard.1.Of": "x"})
    assert "Password" not in unquote(wire.target)
    answer = wire.send(me.port)
    assert (answer.status, answer.json["InstanceStatus"]) == (200, "Creating")
    read = me.signer("tair").v1("DescribeInstances", None, {"InstanceIds": answer.json["InstanceId"], **strange})
    assert read.send(me.port).json["TotalCount"] == 1


def test_parameters_in_the_form_of_an_acs3_call(me: Account) -> None:
    answer = me.signer("tair").acs3("DescribeInstances", {"PageSize": "1"}, {"PageNumber": "2"}).send(me.port)
    assert (answer.json["PageSize"], answer.json["PageNumber"]) == (1, 2)


def test_any_method_any_case_of_switches(me: Account) -> None:
    """GET as well as POST; ``True`` as Python writes it."""
    for method in ("GET", "POST"):
        answer = me.signer("vpc").v1(
            "DescribeVpcs", {"RegionId": "cn-hangzhou", "IsDefault": "True"}, method=method
        ).send(me.port)  # fmt: skip
        assert answer.status == 200
        assert all(one["IsDefault"] for one in answer.json["Vpcs"]["Vpc"])


@pytest.mark.parametrize("product", ["r-kvstore", "vpc", "sts"])
def test_the_region_of_the_host_name(me: Account, product: str) -> None:
    """A request that came to a region's host name, through a proxy or a hosts file, is about that region."""
    signer = me.signer({"r-kvstore": "tair"}.get(product, product))
    signer.host = f"{product}.cn-shenzhen.aliyuncs.com"
    action = {"r-kvstore": "DescribeZones", "vpc": "DescribeVSwitches", "sts": "GetCallerIdentity"}[product]
    answer = signer.acs3(action).send(me.port)
    assert answer.status == 200
    if product == "r-kvstore":
        assert {one["RegionId"] for one in answer.json["Zones"]["KVStoreZone"]} == {"cn-shenzhen"}


def test_products_are_told_apart_by_version(me: Account) -> None:
    """DescribeRegions is Tair's or VPC's; an operation that is not built says so in a code of our own."""
    assert "RegionIds" in me.raw("tair", "DescribeRegions").json
    assert "Regions" in me.raw("vpc", "DescribeRegions").json
    unbuilt = me.raw("tair", "DescribeSlowLogRecords", InstanceId="r-1")
    assert (unbuilt.status, unbuilt.code) == (400, "JackfieldOperationNotBuilt")
    unknown = me.raw("tair", "MakeCoffee")
    assert (unknown.status, unknown.code) == (404, "InvalidAction.NotFound")


@pytest.fixture
def resolver(me: Account) -> Any:
    """The older SDK's own resolver; only the protocol is changed, which it sets to https itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from aliyunsdkcore.client import AcsClient
        from aliyunsdkcore.endpoint.location_service_endpoint_resolver import LocationServiceEndpointResolver

    class Plain(AcsClient):  # type: ignore[misc]
        def do_action_with_exception(self, request: Any) -> Any:
            request.set_protocol_type("http")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return super().do_action_with_exception(request)

    found = LocationServiceEndpointResolver(Plain(me.key_id, me.secret, "cn-hangzhou"))
    found.set_location_service_endpoint(me.host)
    return found


class _Wanted:
    """What a resolver asks of a request."""

    endpoint_type = "openAPI"

    def __init__(self, product: str, code: str, region: str) -> None:
        self.product_code = product
        self.product_code_lower = product.lower()
        self.location_service_code = code
        self.region_id = region


@pytest.mark.parametrize(("product", "code"), [("R-kvstore", "redisa"), ("Vpc", "vpc"), ("Sts", "sts")])
def test_the_location_service(me: Account, resolver: Any, product: str, code: str) -> None:
    """Every product is where the question itself was asked; there its calls are answered."""
    wanted = _Wanted(product, code, "cn-shanghai")
    assert resolver.resolve(wanted) == me.host
    assert resolver.is_product_code_valid(wanted)


def test_the_location_service_does_not_know(resolver: Any) -> None:
    """The SDK knows these refusals by code and text; any other answer it would raise."""
    nowhere, nothing = _Wanted("R-kvstore", "redisa", "cn-atlantis"), _Wanted("Mars", "mars", "cn-hangzhou")
    assert resolver.resolve(nowhere) is None
    assert resolver.resolve(nothing) is None
    assert not resolver.is_product_code_valid(nothing)


def test_the_location_service_by_hand(me: Account) -> None:
    """Fields as documented, the oldest spelling of the question included."""
    for name in ("ServiceCode", "SerivceCode"):
        asked = {"Id": "cn-hangzhou", "Type": "openAPI", name: "redisa"}
        reply = json.loads(me.common("location", "DescribeEndpoints", **asked))
        (found,) = reply["Endpoints"]["Endpoint"]
        assert (found["Endpoint"], found["Type"], found["SerivceCode"]) == (me.host, "openAPI", "redisa")
        assert (found["Id"], found["Protocols"], reply["Success"]) == ("cn-hangzhou", {"Protocols": ["HTTP"]}, True)
