"""A REPLAY, not Terraform: what its provider sends to change ``alicloud_kvstore_instance`` resources, and the whole
life of ``alicloud_kvstore_account``, ``alicloud_kvstore_backup_policy`` and ``alicloud_kvstore_audit_log_config``.

See test_terraform_replay.py. After each change the provider waits until the instance is Normal and reads everything.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.running import PASSWORD, Running, until
from tests.sdk.clients import Account, wait_available
from tests.sdk.test_terraform_replay import READ_AS_NUMBERS, READ_AS_STRINGS, READ_AS_SWITCHES, Provider

REGION = {"RegionId": "cn-hangzhou"}
UNKNOWN = "r-bp1aaaaaaaaaaaaaa"


@pytest.fixture
def provider(me: Account) -> Provider:
    return Provider(me)


@pytest.fixture(scope="module")
def instance(states: Running) -> str:
    return states.create(0, "")


class Instance:
    """One resource: changes it, waits, reads it."""

    def __init__(self, provider: Provider, id: str) -> None:
        self.provider = provider
        self.id = id

    def read(self, operation: str, **more: Any) -> dict[str, Any]:
        return self.provider.read("tair", operation, **more)

    @property
    def attribute(self) -> dict[str, Any]:
        """DescribeInstanceAttribute, with the type assertions that the provider makes without checking."""
        (found,) = self.read("DescribeInstanceAttribute", InstanceId=self.id)["Instances"]["DBInstanceAttribute"]
        assert {name: type(found[name]) for name in READ_AS_STRINGS} == dict.fromkeys(READ_AS_STRINGS, str)
        assert {name: type(found[name]) for name in READ_AS_NUMBERS} == dict.fromkeys(READ_AS_NUMBERS, int)
        assert {name: type(found[name]) for name in READ_AS_SWITCHES} == dict.fromkeys(READ_AS_SWITCHES, bool)
        assert isinstance(json.loads(found["Config"]), dict)
        assert isinstance(found["Tags"]["Tag"], list)
        return dict(found)

    def change(self, operation: str, **more: Any) -> None:
        self.read(operation, **more)
        until("Normal", lambda: self.attribute["InstanceStatus"] == "Normal")


@pytest.fixture
def resource(provider: Provider, instance: str) -> Instance:
    return Instance(provider, instance)


def test_attributes_of_the_instance(resource: Instance) -> None:
    resource.change("ModifyInstanceAttribute", InstanceId=resource.id, InstanceName="tf-renamed")
    resource.change("ModifyInstanceAttribute", InstanceId=resource.id, InstanceReleaseProtection="true")
    found = resource.attribute
    assert (found["InstanceName"], found["InstanceReleaseProtection"]) == ("tf-renamed", True)
    resource.change("ModifyInstanceAttribute", InstanceId=resource.id, InstanceReleaseProtection="false")
    resource.change("ModifyInstanceAttribute", InstanceId=resource.id, NewPassword=f"{PASSWORD}9")


def test_config(resource: Instance) -> None:
    """``config`` is a map of texts; the provider sends it as a JSON object and reads it back from ``Config``."""
    config = {"appendonly": "yes", "lazyfree-lazy-eviction": "yes", "EvictionPolicy": "volatile-lru"}
    resource.change("ModifyInstanceConfig", InstanceId=resource.id, Config=json.dumps(config))
    shown = json.loads(resource.attribute["Config"])
    assert {name: str(shown[name]) for name in config} == config


def test_security(resource: Instance, me: Account) -> None:
    vpc = resource.attribute["VpcId"]
    group = me.raw("ecs", "CreateSecurityGroup", RegionId="cn-hangzhou", VpcId=vpc).json["SecurityGroupId"]
    resource.change("ModifySecurityGroupConfiguration", DBInstanceId=resource.id, SecurityGroupId=group)
    items = resource.read("DescribeSecurityGroupConfiguration", InstanceId=resource.id)["Items"]
    assert [one["SecurityGroupId"] for one in items["EcsSecurityGroupRelation"]] == [group]
    resource.change(
        "ModifySecurityIps", InstanceId=resource.id, SecurityIps="10.0.0.0/8,192.168.1.1",
        SecurityIpGroupName="default", SecurityIpGroupAttribute="", **REGION,
    )  # fmt: skip
    groups = resource.read("DescribeSecurityIps", InstanceId=resource.id)["SecurityIpGroups"]["SecurityIpGroup"]
    assert [(one["SecurityIpGroupName"], one["SecurityIpList"]) for one in groups] == [
        ("default", "10.0.0.0/8,192.168.1.1")
    ]
    resource.change("ModifyInstanceVpcAuthMode", InstanceId=resource.id, VpcAuthMode="Close")
    assert resource.attribute["VpcAuthMode"] == "Close"
    resource.change("ModifyInstanceVpcAuthMode", InstanceId=resource.id, VpcAuthMode="Open")
    assert resource.attribute["VpcAuthMode"] == "Open"
    resource.change("ModifyInstanceSSL", InstanceId=resource.id, SSLEnabled="Enable")
    assert resource.read("DescribeInstanceSSL", InstanceId=resource.id)["SSLEnabled"] == "Enable"
    resource.change("ModifyInstanceSSL", InstanceId=resource.id, SSLEnabled="Disable")


def test_windows_groups_and_orders(resource: Instance) -> None:
    resource.change(
        "ModifyInstanceMaintainTime", InstanceId=resource.id, MaintainStartTime="02:00Z", MaintainEndTime="03:00Z"
    )
    resource.change("ModifyResourceGroup", InstanceId=resource.id, ResourceGroupId="rg-acfmyiu4ekp1234", **REGION)
    resource.change("ModifyInstanceBandwidth", InstanceId=resource.id, TargetIntranetBandwidth="100")
    resource.change("ModifyDBInstanceAutoUpgrade", DBInstanceId=resource.id, Value="1")
    found = resource.attribute
    assert (found["MaintainStartTime"], found["MaintainEndTime"]) == ("02:00Z", "03:00Z")
    assert (found["ResourceGroupId"], found["Bandwidth"]) == ("rg-acfmyiu4ekp1234", 100)
    assert resource.read("DescribeEngineVersion", InstanceId=resource.id)["IsAutoUpgradeOpen"] == "1"
    resource.change(
        "TransformInstanceChargeType", InstanceId=resource.id, ChargeType="PrePaid", Period="1", AutoPay="true"
    )
    assert resource.attribute["ChargeType"] == "PrePaid"
    item = resource.read("DescribeInstanceAutoRenewalAttribute", DBInstanceId=resource.id, **REGION)["Items"]["Item"][0]
    assert (item["DBInstanceId"], item["AutoRenew"], type(item["Duration"])) == (resource.id, "false", int)
    resource.change("TransformInstanceChargeType", InstanceId=resource.id, ChargeType="PostPaid")


def test_tags(resource: Instance) -> None:
    """The provider takes tags away before it adds, and reads them from the attributes."""
    common = {"ResourceType": "INSTANCE", "ResourceId.1": resource.id, **REGION}
    resource.read("TagResources", **common, **{"Tag.1.Key": "Created", "Tag.1.Value": "TF"})
    assert resource.attribute["Tags"]["Tag"] == [{"Key": "Created", "Value": "TF"}]
    resource.read("UntagResources", **common, **{"TagKey.1": "Created"})
    assert resource.attribute["Tags"]["Tag"] == []


def test_the_private_endpoint(resource: Instance) -> None:
    """``private_connection_prefix`` and ``private_connection_port``; ``enable_public`` on and off."""
    former = resource.attribute["ConnectionDomain"]
    resource.change(
        "ModifyDBInstanceConnectionString", DBInstanceId=resource.id, IPType="Private",
        CurrentConnectionString=former, NewConnectionString="tfprivateprefix", Port="4011", **REGION,
    )  # fmt: skip
    assert resource.attribute["ConnectionDomain"] == "tfprivateprefix.redis.rds.aliyuncs.com"
    assert resource.attribute["Port"] == 4011
    resource.change(
        "AllocateInstancePublicConnection", InstanceId=resource.id, ConnectionStringPrefix=f"{resource.id}public",
        Port="6379", **REGION,
    )  # fmt: skip
    items = resource.read("DescribeDBInstanceNetInfo", InstanceId=resource.id)["NetInfoItems"]["InstanceNetInfo"]
    assert {(one["DBInstanceNetType"], one["Port"]) for one in items} == {("0", "6379"), ("2", "4011")}
    (public,) = (one["ConnectionString"] for one in items if one["DBInstanceNetType"] == "0")
    resource.change("ReleaseInstancePublicConnection", InstanceId=resource.id, CurrentConnectionString=public)


def test_another_class(resource: Instance) -> None:
    """The provider waits for Normal, for the order and for the class that it asked for."""
    resource.change(
        "ModifyInstanceSpec", InstanceId=resource.id, InstanceClass="redis.master.mid.default", OrderType="UPGRADE",
        AutoPay="true", EffectiveTime="Immediately", ForceUpgrade="true", ClientToken="TF-ModifyInstanceSpec-1",
        **REGION,
    )  # fmt: skip
    found = resource.attribute
    assert (found["RealInstanceClass"], found["IsOrderCompleted"]) == ("redis.master.mid.default", True)
    assert found["Capacity"] == 2048


def test_another_zone(resource: Instance, me: Account) -> None:
    """``zone_id``, ``vswitch_id`` and ``secondary_zone_id`` of a resource that exists."""
    vpc = resource.attribute["VpcId"]
    zone = "cn-hangzhou-j"
    taken = [one["CidrBlock"] for one in me.raw("vpc", "DescribeVSwitches", VpcId=vpc).json["VSwitches"]["VSwitch"]]
    block = next(block for number in range(8, 16) if (block := f"172.31.{number * 16}.0/20") not in taken)
    vswitch = me.raw("vpc", "CreateVSwitch", VpcId=vpc, ZoneId=zone, CidrBlock=block).json["VSwitchId"]
    wait_available(me, vpc)
    resource.change(
        "MigrateToOtherZone", DBInstanceId=resource.id, ZoneId=zone, VSwitchId=vswitch, EffectiveTime="Immediately",
        SecondaryZoneId="cn-hangzhou-i",
    )  # fmt: skip
    found = resource.attribute
    assert (found["ZoneId"], found["VSwitchId"], found["SecondaryZoneId"]) == (zone, vswitch, "cn-hangzhou-i")


def test_account(resource: Instance, states: Running) -> None:
    """``alicloud_kvstore_account``: its id is the instance's and the name."""
    this = {"InstanceId": resource.id, "AccountName": "tftestaccount"}

    def account() -> list[dict[str, Any]]:
        return list(resource.read("DescribeAccounts", **this)["Accounts"]["Account"])

    def available() -> dict[str, Any]:
        found: dict[str, Any] = until(
            "Available", lambda: [one for one in account() if one["AccountStatus"] == "Available"]
        )[0]
        return found

    resource.read("CreateAccount", **this, AccountPassword=PASSWORD, AccountPrivilege="RoleReadWrite",
                  AccountType="Normal")  # fmt: skip
    found = available()
    assert found["DatabasePrivileges"]["DatabasePrivilege"][0]["AccountPrivilege"] == "RoleReadWrite"
    assert (found["AccountType"], type(found["AccountDescription"])) == ("Normal", str)
    resource.read("ModifyAccountDescription", **this, AccountDescription="from the provider")
    resource.read("ResetAccountPassword", **this, AccountPassword=f"{PASSWORD}9")
    available()
    resource.read("GrantAccountPrivilege", **this, AccountPrivilege="RoleReadOnly")
    found = available()
    assert found["AccountDescription"] == "from the provider"
    assert found["DatabasePrivileges"]["DatabasePrivilege"][0]["AccountPrivilege"] == "RoleReadOnly"
    resource.read("DeleteAccount", **this)
    until("gone", lambda: not account())
    answer = resource.provider.ask("tair", "DeleteAccount", **this)
    assert (answer.status, answer.code) == (404, "InvalidAccountName.NotFound")


def test_backup_policy(resource: Instance) -> None:
    resource.change(
        "ModifyBackupPolicy", InstanceId=resource.id, PreferredBackupPeriod="Tuesday,Wednesday",
        PreferredBackupTime="10:00Z-11:00Z", **REGION,
    )  # fmt: skip
    found = resource.read("DescribeBackupPolicy", InstanceId=resource.id)
    assert found["PreferredBackupPeriod"].split(",") == ["Tuesday", "Wednesday"]
    assert found["PreferredBackupTime"] == "10:00Z-11:00Z"


def test_audit_log_config(resource: Instance) -> None:
    """``db_audit`` is read as a text, ``retention`` as a text of a number."""
    for wanted, days in (("true", "30"), ("false", "")):
        more = {"Retention": days} if days else {}
        resource.change("ModifyAuditLogConfig", InstanceId=resource.id, DbAudit=wanted, **more, **REGION)
        found = resource.read("DescribeAuditLogConfig", InstanceId=resource.id, **REGION)
        assert (found["DbAudit"], found["Retention"]) == (wanted, days or "0")


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("DescribeInstanceAttribute", "InvalidInstanceId.NotFound"),
        ("DescribeDBInstanceNetInfo", "InvalidInstanceId.NotFound"),
        ("DescribeBackupPolicy", "InvalidInstanceId.NotFound"),
        ("DescribeSecurityGroupConfiguration", "InvalidInstanceId.NotFound"),
        ("DescribeSecurityIps", "InvalidInstanceId.NotFound"),
        ("DescribeInstanceSSL", "InvalidInstanceId.NotFound"),
        ("DescribeEngineVersion", "InvalidInstanceId.NotFound"),
        ("DescribeInstanceTDEStatus", "InvalidInstanceId.NotFound"),
        ("DescribeEncryptionKey", "InvalidInstanceId.NotFound"),
        ("DescribeAuditLogConfig", "InvalidInstanceId.NotFound"),
        ("DescribeAccounts", "InvalidInstanceId.NotFound"),
        ("DescribeInstanceAutoRenewalAttribute", "InvalidDbInstanceId.NotFound"),
    ],
)
def test_codes_of_what_is_gone(provider: Provider, operation: str, code: str) -> None:
    """Each is an HTTP 404, which the provider reads as gone whatever the code."""
    answer = provider.ask("tair", operation, InstanceId=UNKNOWN, DBInstanceId=UNKNOWN, **REGION)
    assert (answer.status, answer.code) == (404, code)
