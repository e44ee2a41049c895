"""A REPLAY, not Terraform: the calls of its provider for ``alicloud_db_read_write_splitting_connection``,
``alicloud_rds_db_proxy``, ``alicloud_rds_db_proxy_public``, ``alicloud_rds_db_instance_endpoint`` and
``alicloud_rds_db_instance_endpoint_address``, in its order and its wire form (signature version 1, form body).

Written from what the provider's source sends and reads, since the provider's binary is not at hand. Its waits of
minutes are left out.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.gateway.support import Answer
from tests.running import until
from tests.sdk.clients import Account


class Provider:
    """Calls as the provider makes them: common parameters in the query, its own in a form, signature version 1."""

    def __init__(self, me: Account) -> None:
        self._me = me

    def ask(self, action: str, **parameters: Any) -> Answer:
        form = {"RegionId": "cn-hangzhou", **{name: str(value) for name, value in parameters.items()}}
        common = {"SourceIp": "", "SecureTransport": "true"}
        return self._me.signer("rds").v1(action, common, form).send(self._me.port)

    def read(self, action: str, **parameters: Any) -> dict[str, Any]:
        answer = self.ask(action, **parameters)
        assert answer.status == 200, answer.body
        assert "Code" not in answer.json
        return answer.json

    def attribute(self, instance: str) -> dict[str, Any]:
        reply = self.read("DescribeDBInstanceAttribute", DBInstanceId=instance)
        found: dict[str, Any] = reply["Items"]["DBInstanceAttribute"][0]
        return found

    def wait(self, instance: str) -> None:
        until("Running", lambda: self.attribute(instance)["DBInstanceStatus"].lower() == "running")


@pytest.fixture
def provider(me: Account) -> Provider:
    return Provider(me)


@pytest.fixture
def pair(provider: Provider) -> tuple[str, str]:
    """A primary and its read-only instance."""
    primary = provider.read(
        "CreateDBInstance", Engine="PostgreSQL", EngineVersion="15.0", PayType="Postpaid", DBInstanceStorage=20,
        DBInstanceClass="pg.n2.small.1", DBInstanceNetType="Intranet", SecurityIPList="127.0.0.1",
    )["DBInstanceId"]  # fmt: skip
    provider.wait(primary)
    replica = provider.read(
        "CreateReadOnlyDBInstance", DBInstanceId=primary, ZoneId=provider.attribute(primary)["ZoneId"],
        EngineVersion="15.0", DBInstanceClass="pg.n2.small.1", DBInstanceStorage=20, PayType="Postpaid",
    )["DBInstanceId"]  # fmt: skip
    provider.wait(replica)
    return primary, replica


def splitting(provider: Provider, instance: str) -> list[dict[str, Any]]:
    """What the provider finds: the items of the type, each with a string for a connection string."""
    reply = provider.read(
        "DescribeDBInstanceNetInfo", DBInstanceId=instance, DBInstanceNetRWSplitType="ReadWriteSplitting"
    )
    items: list[dict[str, Any]] = reply["DBInstanceNetInfos"]["DBInstanceNetInfo"]
    return [one for one in items if one["ConnectionStringType"] == "ReadWriteSplitting"]


def test_replay_of_db_read_write_splitting_connection(provider: Provider, pair: tuple[str, str]) -> None:
    primary, replica = pair
    weight = json.dumps({primary: "500", replica: "1000"})
    provider.read(
        "AllocateReadWriteSplittingConnection", DBInstanceId=primary, MaxDelayTime="300",
        ConnectionStringPrefix="tf-rws-replay", DistributionType="Custom", Weight=weight,
    )  # fmt: skip
    until("the item", lambda: splitting(provider, primary))
    provider.wait(primary)
    [item] = splitting(provider, primary)
    assert item["ConnectionString"].partition(".")[0] == "tf-rws-replay"
    assert (item["MaxDelayTime"], item["DistributionType"], type(item["Port"])) == ("300", "Custom", str)
    weights = {one["DBInstanceId"]: one["Weight"] for one in item["DBInstanceWeights"]["DBInstanceWeight"]}
    assert weights == {primary: "500", replica: "1000"}
    assert {one["Availability"] for one in item["DBInstanceWeights"]["DBInstanceWeight"]} == {"Available"}
    provider.read(
        "ModifyReadWriteSplittingConnection", DBInstanceId=primary, MaxDelayTime="299", DistributionType="Standard"
    )
    provider.wait(primary)
    [item] = splitting(provider, primary)
    assert (item["MaxDelayTime"], item["DistributionType"]) == ("299", "Standard")
    provider.read("ReleaseReadWriteSplittingConnection", DBInstanceId=primary)
    until("it is gone", lambda: not splitting(provider, primary))
    provider.wait(primary)
    gone = provider.ask("ReleaseReadWriteSplittingConnection", DBInstanceId=primary)
    assert (gone.status, gone.code) == (404, "InvalidRwSplitNetType.NotFound")


def inner(provider: Provider, instance: str) -> list[dict[str, Any]]:
    """Without such an item the provider takes the proxy for gone."""
    reply = provider.read("DescribeDBProxy", DBInstanceId=instance)
    items = reply["DBProxyConnectStringItems"]["DBProxyConnectStringItems"]
    return [one for one in items if one["DBProxyConnectStringNetType"] == "InnerString"]


def test_replay_of_rds_db_proxy_and_its_public_address(provider: Provider, pair: tuple[str, str]) -> None:
    primary, replica = pair
    place = provider.attribute(primary)
    provider.read(
        "ModifyDBProxy", DBInstanceId=primary, ConfigDBProxyService="Startup", DBProxyInstanceNum="1",
        InstanceNetworkType="VPC", VPCId=place["VpcId"], VSwitchId=place["VSwitchId"], DBProxyInstanceType="common",
    )  # fmt: skip
    until(
        "the proxy runs",
        lambda: provider.read("DescribeDBProxy", DBInstanceId=primary)["DBProxyInstanceStatus"] == "Running",
    )
    provider.wait(primary)
    found = provider.read("DescribeDBProxy", DBInstanceId=primary)
    assert (found["DBProxyInstanceNum"], type(found["DBProxyInstanceType"])) == (1, str)
    [item] = inner(provider, primary)
    assert (item["DBProxyVpcId"], item["DBProxyVswitchId"]) == (place["VpcId"], place["VSwitchId"])
    id = item["DBProxyEndpointId"]
    provider.read(
        "ModifyDBProxyEndpoint", DBInstanceId=primary, DBProxyEndpointId=id, DbEndpointAliases="replay",
        DbEndpointReadWriteMode="ReadWrite", ReadOnlyInstanceMaxDelayTime="90", EffectiveTime="Immediate",
        ReadOnlyInstanceDistributionType="Custom", ReadOnlyInstanceWeight=json.dumps({primary: "100", replica: "500"}),
        ConfigDBProxyFeatures="ReadWriteSpliting:1",
    )  # fmt: skip
    provider.wait(primary)
    shown = provider.read("DescribeDBProxyEndpoint", DBInstanceId=primary, DBProxyEndpointId=id)
    for name in ("DBProxyConnectString", "DBProxyConnectStringPort", "ReadOnlyInstanceWeight", "DBProxyFeatures"):
        assert type(shown[name]) is str
    weights = {one["DBInstanceId"]: one["Weight"] for one in json.loads(shown["ReadOnlyInstanceWeight"])}
    assert weights == {primary: 100, replica: 500}
    assert provider.read("GetDbProxyInstanceSsl", DbInstanceId=primary)["DbProxyCertListItems"] == {
        "DbProxyCertListItems": []
    }
    provider.read(
        "CreateDBProxyEndpointAddress", DBInstanceId=primary, DBProxyEndpointId=id, DBProxyNewConnectStringPort="3306",
        ConnectionStringPrefix="tf-proxy-replay", DBProxyConnectStringNetType="Public",
    )  # fmt: skip
    provider.wait(primary)
    items = provider.read("DescribeDBProxy", DBInstanceId=primary)["DBProxyConnectStringItems"]
    [outer] = [one for one in items["DBProxyConnectStringItems"] if one["DBProxyConnectStringNetType"] == "OuterString"]
    assert outer["DBProxyConnectString"].startswith("tf-proxy-replay.")
    provider.read(
        "ModifyDBProxyEndpointAddress", DBInstanceId=primary, DBProxyEndpointId=id,
        DBProxyNewConnectString="tf-proxy-replay2", DBProxyNewConnectStringPort="3307",
        DBProxyConnectStringNetType="Public",
    )  # fmt: skip
    provider.wait(primary)
    provider.read(
        "DeleteDBProxyEndpointAddress", DBInstanceId=primary, DBProxyEndpointId=id, DBProxyConnectStringNetType="Public"
    )
    provider.wait(primary)
    provider.read(
        "ModifyDBProxyInstance", DBInstanceId=primary, DBProxyInstanceNum="2", DBProxyInstanceType="exclusive",
        EffectiveTime="Immediate",
    )  # fmt: skip
    provider.wait(primary)
    assert provider.read("DescribeDBProxy", DBInstanceId=primary)["DBProxyInstanceNum"] == 2
    provider.read("ModifyDBProxy", DBInstanceId=primary, ConfigDBProxyService="Shutdown")
    until("it is gone", lambda: not inner(provider, primary))
    provider.wait(primary)
    gone = provider.ask("DescribeDBProxyEndpoint", DBInstanceId=primary, DBProxyEndpointId=id)
    assert (gone.status, gone.code) == (404, "Maxscale.NotFound")


def test_replay_of_rds_db_instance_endpoint_and_its_address(provider: Provider, pair: tuple[str, str]) -> None:
    primary, replica = pair
    place = provider.attribute(primary)
    items = json.dumps([{"NodeId": replica, "Weight": 25, "DBInstanceId": primary}])
    data = provider.read(
        "CreateDBInstanceEndpoint", DBInstanceId=primary, VSwitchId=place["VSwitchId"], VpcId=place["VpcId"],
        ConnectionStringPrefix="tf-nodes-replay", Port="3306", DBInstanceEndpointDescription="replay",
        DBInstanceEndpointType="Readonly", NodeItems=items, ClientToken="tf-nodes-replay",
    )["Data"]  # fmt: skip
    id = data["DBInstanceEndpointId"]
    provider.wait(primary)

    def described() -> list[dict[str, Any]]:
        reply = provider.read("DescribeDBInstanceEndpoints", DBInstanceId=primary, DBInstanceEndpointId=id)
        found: list[dict[str, Any]] = reply["Data"]["DBInstanceEndpoints"]["DBInstanceEndpoint"]
        return found

    [shown] = described()
    assert (shown["EndpointType"], shown["EndpointDescription"]) == ("Readonly", "replay")
    assert [(one["NodeId"], one["Weight"]) for one in shown["NodeItems"]["NodeItem"]] == [(replica, 25)]
    [address] = shown["AddressItems"]["AddressItem"]
    assert address["ConnectionString"] == data["ConnectionString"]
    assert set(address) == {"IpType", "IpAddress", "Port", "ConnectionString", "VpcId", "VSwitchId"}
    provider.read(
        "ModifyDBInstanceEndpoint", DBInstanceId=primary, DBInstanceEndpointId=id,
        DBInstanceEndpointDescription="other", ClientToken="tf-nodes-replay2",
        NodeItems=json.dumps([{"NodeId": replica, "Weight": 30, "DBInstanceId": primary}]),
    )  # fmt: skip
    provider.wait(primary)
    assert described()[0]["NodeItems"]["NodeItem"][0]["Weight"] == 30
    wrong = provider.ask("ModifyDBInstanceEndpoint", DBInstanceId=primary, DBInstanceEndpointId=id, NodeItems="no JSON")
    assert (wrong.status, wrong.code) == (400, "InvalidNodeItems.JsonFormat")
    made = provider.read(
        "CreateDBInstanceEndpointAddress", DBInstanceId=primary, DBInstanceEndpointId=id, IpType="Public",
        ConnectionStringPrefix="tf-nodes-public", Port="3306", ClientToken="tf-nodes-replay3",
    )["Data"]  # fmt: skip
    provider.wait(primary)
    provider.read(
        "ModifyDBInstanceEndpointAddress", DBInstanceId=primary, DBInstanceEndpointId=id,
        ConnectionString=made["ConnectionString"], ConnectionStringPrefix="tf-nodes-public2", Port="3307",
        ClientToken="tf-nodes-replay4",
    )  # fmt: skip
    provider.wait(primary)
    public = [one for one in described()[0]["AddressItems"]["AddressItem"] if one["IpType"] == "Public"]
    assert [(one["ConnectionString"].partition(".")[0], one["Port"]) for one in public] == [
        ("tf-nodes-public2", "3307")
    ]
    provider.read(
        "DeleteDBInstanceEndpointAddress", DBInstanceId=primary, DBInstanceEndpointId=id,
        ConnectionString=public[0]["ConnectionString"], ClientToken="tf-nodes-replay5",
    )  # fmt: skip
    provider.wait(primary)
    provider.read(
        "DeleteDBInstanceEndpoint", DBInstanceId=primary, DBInstanceEndpointId=id, ClientToken="tf-nodes-replay6"
    )
    until("it is gone", lambda: not described())
    provider.wait(primary)
    gone = provider.ask("DeleteDBInstanceEndpoint", DBInstanceId=primary, DBInstanceEndpointId=id)
    assert (gone.status, gone.code) == (404, "Endpoint.NotFound")
