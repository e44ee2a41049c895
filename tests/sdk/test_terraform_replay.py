"""A REPLAY, not Terraform: the calls of its provider for ``alicloud_kvstore_instance``,
``alicloud_kvstore_connection`` and ``alicloud_db_connection``, in its order and its wire form.

Written from what the provider's source sends and reads (create, read, update, delete), since the provider's binary is
not at hand. Its waits of minutes are left out. Updates of instances stand in test_terraform_tair.py.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.gateway.support import Answer
from tests.running import PASSWORD, Running, until
from tests.sdk.clients import Account, wait_available

GONE = ("InvalidInstanceId.NotFound",)
READ_AS_STRINGS = (
    "InstanceId", "ConnectionDomain", "InstanceName", "EndTime", "EngineVersion", "RealInstanceClass", "InstanceType",
    "MaintainStartTime", "MaintainEndTime", "NodeType", "ChargeType", "PrivateIp", "ResourceGroupId", "InstanceStatus",
    "VSwitchId", "VpcAuthMode", "ZoneId", "SecondaryZoneId",
)  # fmt: skip
READ_AS_NUMBERS = (
    "Bandwidth", "Capacity", "QPS", "ShardCount", "ReadOnlyCount", "SlaveReadOnlyCount", "ReplicaCount",
)  # fmt: skip
READ_AS_SWITCHES = ("InstanceReleaseProtection", "IsSupportTDE", "IsOrderCompleted")


class Provider:
    """Calls as the provider makes them: common parameters in the query, its own in a form, signature version 1."""

    def __init__(self, me: Account) -> None:
        self._me = me

    def ask(self, product: str, action: str, **parameters: Any) -> Answer:
        form = {name: str(value) for name, value in parameters.items()}
        return (
            self._me.signer(product).v1(action, {"SourceIp": "", "SecureTransport": "true"}, form).send(self._me.port)
        )

    def read(self, product: str, action: str, **parameters: Any) -> dict[str, Any]:
        answer = self.ask(product, action, **parameters)
        assert answer.status == 200, answer.body
        # A success with such fields at its top would be an error to the provider.
        assert "Code" not in answer.json
        assert "Message" not in answer.json
        return answer.json


@pytest.fixture
def provider(me: Account) -> Provider:
    return Provider(me)


@pytest.fixture
def network(me: Account) -> tuple[str, str]:
    vpc = me.raw("vpc", "CreateVpc", RegionId="cn-hangzhou", CidrBlock="172.16.0.0/16").json["VpcId"]
    wait_available(me, vpc)
    made = me.raw("vpc", "CreateVSwitch", VpcId=vpc, ZoneId="cn-hangzhou-h", CidrBlock="172.16.0.0/24").json
    wait_available(me, vpc)
    return vpc, made["VSwitchId"]


def test_replay_of_kvstore_instance(states: Running, provider: Provider, network: tuple[str, str]) -> None:
    instance = _create(provider, *network)
    _wait_normal(provider, instance)
    _read(provider, instance, network[1])
    provider.read(
        "tair", "ModifySecurityIps", InstanceId=instance, SecurityIps="10.0.0.0/8", SecurityIpGroupName="default",
        SecurityIpGroupAttribute="", RegionId="cn-hangzhou",
    )  # fmt: skip
    groups = provider.read("tair", "DescribeSecurityIps", InstanceId=instance)["SecurityIpGroups"]["SecurityIpGroup"]
    assert [group["SecurityIpList"] for group in groups] == ["10.0.0.0/8"]
    _delete(provider, instance)


def test_replay_of_kvstore_connection(provider: Provider, network: tuple[str, str]) -> None:
    """The resource of a public endpoint: created, read, renamed to another port, deleted."""
    instance = _create(provider, *network)
    _wait_normal(provider, instance)
    common = {"RegionId": "cn-hangzhou"}
    provider.read(
        "tair", "AllocateInstancePublicConnection", InstanceId=instance, ConnectionStringPrefix="allocatetest",
        Port="6370", **common,
    )  # fmt: skip
    _wait_normal(provider, instance)
    assert _public(provider, instance) == [("allocatetest.redis.rds.aliyuncs.com", "6370")]
    provider.read(
        "tair", "ModifyDBInstanceConnectionString", DBInstanceId=instance, IPType="Public", Port="6371",
        CurrentConnectionString="allocatetest.redis.rds.aliyuncs.com", NewConnectionString="allocatetestupdate",
        **common,
    )  # fmt: skip
    _wait_normal(provider, instance)
    (found,) = _public(provider, instance)
    assert found == ("allocatetestupdate.redis.rds.aliyuncs.com", "6371")
    provider.read("tair", "ReleaseInstancePublicConnection", InstanceId=instance, CurrentConnectionString=found[0])
    _wait_normal(provider, instance)
    assert _public(provider, instance) == []
    _delete(provider, instance)
    answer = provider.ask(
        "tair", "ReleaseInstancePublicConnection", InstanceId=instance, CurrentConnectionString=found[0]
    )
    assert (answer.status, answer.code in GONE) == (404, True)


def test_replay_of_db_connection(provider: Provider, network: tuple[str, str]) -> None:
    """The prefix is the instance's id and tf; a change of it is a new resource, that of the port an update."""
    instance = provider.read(
        "rds", "CreateDBInstance", RegionId="cn-hangzhou", Engine="MySQL", EngineVersion="8.0", PayType="Postpaid",
        DBInstanceClass="rds.mysql.t1.small", DBInstanceStorage=20, DBInstanceNetType="Intranet",
        InstanceNetworkType="VPC", VPCId=network[0], VSwitchId=network[1], SecurityIPList="127.0.0.1",
        ClientToken=f"Terraform-Alicloud-{network[0]}",
    )["DBInstanceId"]  # fmt: skip
    _wait_running(provider, instance)
    prefix = f"{instance}tf"
    provider.read(
        "rds", "AllocateInstancePublicConnection", RegionId="cn-hangzhou", DBInstanceId=instance,
        ConnectionStringPrefix=prefix, Port="3306",
    )  # fmt: skip
    until("the item with the prefix", lambda: _with_prefix(provider, instance, prefix))
    _wait_running(provider, instance)
    (found,) = _with_prefix(provider, instance, prefix)
    assert (found["Port"], found["IPType"], type(found["IPAddress"])) == ("3306", "Public", str)
    provider.read(
        "rds", "ModifyDBInstanceConnectionString", RegionId="cn-hangzhou", DBInstanceId=instance, Port="3333",
        CurrentConnectionString=found["ConnectionString"], ConnectionStringPrefix=prefix,
    )  # fmt: skip
    _wait_running(provider, instance)
    (found,) = _with_prefix(provider, instance, prefix)
    assert (found["Port"], found["ConnectionString"]) == ("3333", f"{prefix}.mysql.rds.aliyuncs.com")
    release = {"DBInstanceId": instance, "CurrentConnectionString": found["ConnectionString"]}
    provider.read("rds", "ReleaseInstancePublicConnection", **release)
    until("the item is gone", lambda: not _with_prefix(provider, instance, prefix))
    _wait_running(provider, instance)
    provider.read("rds", "DeleteDBInstance", DBInstanceId=instance)


def _wait_running(provider: Provider, instance: str) -> None:
    def running() -> bool:
        reply = provider.read("rds", "DescribeDBInstanceAttribute", DBInstanceId=instance)
        return bool(reply["Items"]["DBInstanceAttribute"][0]["DBInstanceStatus"].lower() == "running")

    until("Running", running)


def _with_prefix(provider: Provider, instance: str, prefix: str) -> list[dict[str, Any]]:
    """The endpoints whose name starts with a prefix: that is how the provider finds its own."""
    infos = provider.read("rds", "DescribeDBInstanceNetInfo", DBInstanceId=instance)["DBInstanceNetInfos"]
    return [one for one in infos["DBInstanceNetInfo"] if one["ConnectionString"].startswith(prefix)]


def _public(provider: Provider, instance: str) -> list[tuple[str, str]]:
    """What the provider takes for the public endpoint; it wants some item to be there always."""
    items = provider.read("tair", "DescribeDBInstanceNetInfo", InstanceId=instance)["NetInfoItems"]["InstanceNetInfo"]
    assert items
    return [(item["ConnectionString"], item["Port"]) for item in items if item["DBInstanceNetType"] == "0"]


def _create(provider: Provider, vpc: str, vswitch: str) -> str:
    """The provider looks the vSwitch up, and takes VPC and zone from it."""
    found = provider.read("vpc", "DescribeVSwitchAttributes", VSwitchId=vswitch, RegionId="cn-hangzhou")
    assert (found["VSwitchId"], found["VpcId"], found["ZoneId"]) == (vswitch, vpc, "cn-hangzhou-h")
    asked = {
        "RegionId": "cn-hangzhou", "Token": f"TF-CreateInstance-{vpc}", "NetworkType": "VPC",
        "VpcId": found["VpcId"], "VSwitchId": vswitch, "ZoneId": found["ZoneId"], "SecondaryZoneId": "",
        "InstanceClass": "redis.master.large.default", "InstanceType": "Redis", "EngineVersion": "5.0",
        "InstanceName": "tf-testacc", "Password": PASSWORD, "ChargeType": "PostPaid", "ResourceGroupId": "",
        "PrivateIpAddress": "172.16.0.10",
    }  # fmt: skip
    made = provider.read("tair", "CreateInstance", **asked)["InstanceId"]
    assert provider.read("tair", "CreateInstance", **asked)["InstanceId"] == made
    return str(made)


def _wait_normal(provider: Provider, instance: str) -> None:
    def normal() -> bool:
        reply = provider.read("tair", "DescribeInstanceAttribute", InstanceId=instance)
        return bool(reply["Instances"]["DBInstanceAttribute"][0]["InstanceStatus"] == "Normal")

    until("Normal", normal)


def _read(provider: Provider, instance: str, vswitch: str) -> None:
    """Every field that the provider reads without checking is there, with the type that it asserts."""
    attributes = provider.read("tair", "DescribeInstanceAttribute", InstanceId=instance)["Instances"]
    (found,) = attributes["DBInstanceAttribute"]
    assert found["InstanceId"] == instance
    assert {name: type(found[name]) for name in READ_AS_STRINGS} == dict.fromkeys(READ_AS_STRINGS, str)
    assert {name: type(found[name]) for name in READ_AS_NUMBERS} == dict.fromkeys(READ_AS_NUMBERS, int)
    assert {name: type(found[name]) for name in READ_AS_SWITCHES} == dict.fromkeys(READ_AS_SWITCHES, bool)
    assert isinstance(json.loads(found["Config"]), dict)
    assert found["Tags"] == {"Tag": []}
    assert (found["VSwitchId"], found["PrivateIp"]) == (vswitch, "172.16.0.10")
    items = provider.read("tair", "DescribeDBInstanceNetInfo", InstanceId=instance)["NetInfoItems"]["InstanceNetInfo"]
    assert [(item["DBInstanceNetType"], item["Port"]) for item in items] == [("2", "6379")]
    assert "IsSlaveProxy" not in items[0]
    groups = provider.read("tair", "DescribeSecurityIps", InstanceId=instance)["SecurityIpGroups"]["SecurityIpGroup"]
    assert [group["SecurityIpGroupName"] for group in groups] == ["default"]
    assert provider.read("tair", "DescribeInstanceSSL", InstanceId=instance)["SSLEnabled"] == "Disable"
    policy = provider.read("tair", "DescribeBackupPolicy", InstanceId=instance)
    assert (type(policy["PreferredBackupPeriod"]), type(policy["PreferredBackupTime"])) == (str, str)
    groups = provider.read("tair", "DescribeSecurityGroupConfiguration", InstanceId=instance)["Items"]
    assert groups == {"EcsSecurityGroupRelation": []}
    assert provider.read("tair", "DescribeEngineVersion", InstanceId=instance)["IsAutoUpgradeOpen"] in ("0", "1")
    assert found["IsSupportTDE"] is False  # so it asks neither DescribeInstanceTDEStatus nor DescribeEncryptionKey


def _delete(provider: Provider, instance: str) -> None:
    """Deletion is over when the attributes are not found."""
    provider.read("tair", "DescribeInstanceAttribute", InstanceId=instance)
    provider.read("tair", "DeleteInstance", InstanceId=instance)

    def gone() -> bool:
        answer = provider.ask("tair", "DescribeInstanceAttribute", InstanceId=instance)
        if answer.status == 200:
            assert answer.json["Instances"]["DBInstanceAttribute"][0]["InstanceStatus"] in ("Changing", "Released")
            return False
        return (answer.status, answer.code in GONE) == (404, True)

    until("gone", gone)
    answer = provider.ask("tair", "DeleteInstance", InstanceId=instance)
    assert (answer.status, answer.code) == (404, "InvalidInstanceId.NotFound")


def test_replay_of_the_data_source(states: Running, provider: Provider) -> None:
    """It asks for pages of 50 until one is shorter."""
    for _ in range(3):
        states.create(0, "")
    reply = provider.read("tair", "DescribeInstances", RegionId="cn-hangzhou", PageNumber=1, PageSize=50)
    assert len(reply["Instances"]["KVStoreInstance"]) == reply["TotalCount"] == 3
    for found in reply["Instances"]["KVStoreInstance"]:
        assert type(found["Port"]) is int
        assert type(found["HasRenewChangeOrder"]) is bool
        assert found["Tags"] == {"Tag": []}
