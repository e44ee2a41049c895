"""A REPLAY, not Terraform: the calls of its provider for ``alicloud_db_instance``, ``alicloud_db_account`` (and
``alicloud_rds_account``), ``alicloud_db_database``, ``alicloud_db_account_privilege`` and tags, in its order and its
wire form: common parameters in the query, its own in a form, signature version 1 over both.

Written from what the provider's source sends and reads, since the provider's binary is not at hand. Its waits of
minutes are left out. ``alicloud_db_connection`` is replayed in tests/sdk/test_terraform_replay.py.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.gateway.support import Answer
from tests.running import Running, until
from tests.sdk.clients import Account, owner, wait_available

PENDING = ("Processing", "Pending", "NoStart", "Failed", "Default")
"""Statuses of tasks that the provider takes for a deletion under way; any other is an error to it."""

STRINGS = (
    "ResourceGroupId", "SecurityIPMode", "Engine", "EngineVersion", "DBInstanceClass", "Port", "DBInstanceStorageType",
    "ZoneId", "PayType", "VSwitchId", "ConnectionString", "DBInstanceDescription", "MaintainTime", "kindCode",
    "AutoUpgradeMinorVersion", "CurrentKernelVersion", "DBInstanceStatus", "VpcId", "RegionId", "DBInstanceType",
)  # fmt: skip


class Provider:
    def __init__(self, me: Account) -> None:
        self._me = me

    def ask(self, action: str, product: str = "rds", **parameters: Any) -> Answer:
        form = {name: str(value) for name, value in parameters.items()}
        return (
            self._me.signer(product).v1(action, {"SourceIp": "", "SecureTransport": "true"}, form).send(self._me.port)
        )

    def read(self, action: str, product: str = "rds", **parameters: Any) -> dict[str, Any]:
        answer = self.ask(action, product, **parameters)
        assert answer.status == 200, answer.body
        # A success that has a Code other than these, or a Message without Success, would be an error to the provider.
        assert answer.json.get("Code", "200") == "200"
        assert not answer.json.get("Message")
        return answer.json

    def attribute(self, instance: str) -> dict[str, Any]:
        (found,) = self.read("DescribeDBInstanceAttribute", RegionId="cn-hangzhou", DBInstanceId=instance)["Items"][
            "DBInstanceAttribute"
        ]
        return dict(found)

    def wait_running(self, instance: str) -> None:
        until("Running", lambda: self.attribute(instance)["DBInstanceStatus"] == "Running")

    def account(self, instance: str, name: str) -> dict[str, Any] | None:
        listed = self.read("DescribeAccounts", RegionId="cn-hangzhou", DBInstanceId=instance, AccountName=name)
        found: list[dict[str, Any]] = listed["Accounts"]["DBInstanceAccount"]
        return found[0] if found else None

    def wait_account(self, instance: str, name: str) -> dict[str, Any]:
        def available() -> dict[str, Any] | None:
            found = self.account(instance, name)
            return found if found and found["AccountStatus"] == "Available" else None

        found: dict[str, Any] = until("Available", available)
        return found

    def database(self, instance: str, name: str) -> list[dict[str, Any]]:
        listed = self.read("DescribeDatabases", RegionId="cn-hangzhou", DBInstanceId=instance, DBName=name)
        found: list[dict[str, Any]] = listed["Databases"]["Database"]
        return found

    def wait_database(self, instance: str, name: str) -> None:
        until("Running", lambda: self.database(instance, name)[0]["DBStatus"] == "Running")

    def wait_no_database(self, instance: str, name: str) -> None:
        until("deleted", lambda: not self.database(instance, name))


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("none"), "--engines", "none") as running:
        yield running


@pytest.fixture(scope="module")
def provider(states: Running) -> Provider:
    return Provider(owner(states))


@pytest.fixture(scope="module")
def network(states: Running) -> tuple[str, str]:
    me = owner(states)
    vpc = me.raw("vpc", "CreateVpc", RegionId="cn-hangzhou", CidrBlock="172.16.0.0/16").json["VpcId"]
    wait_available(me, vpc)
    made = me.raw("vpc", "CreateVSwitch", VpcId=vpc, ZoneId="cn-hangzhou-h", CidrBlock="172.16.0.0/24").json
    wait_available(me, vpc)
    return vpc, made["VSwitchId"]


def create(provider: Provider, network: tuple[str, str], engine: str = "MySQL", version: str = "8.0") -> str:
    """The provider's create: Creating is the only other state that it bears."""
    instance: str = provider.read(
        "CreateDBInstance", RegionId="cn-hangzhou", Engine=engine, EngineVersion=version,
        DBInstanceClass="rds.n2.small.1",
        DBInstanceStorage=20, DBInstanceNetType="Intranet", DBInstanceDescription="tf", InstanceNetworkType="VPC",
        DBInstanceStorageType="cloud_essd", VPCId=network[0], VSwitchId=network[1], ZoneId="cn-hangzhou-h",
        PayType="Postpaid", SecurityIPList="127.0.0.1", ClientToken=f"Terraform-Alicloud-{uuid.uuid4()}",
    )["DBInstanceId"]  # fmt: skip
    assert provider.attribute(instance)["DBInstanceStatus"] in ("Creating", "Running")
    provider.wait_running(instance)
    return instance


def read(provider: Provider, instance: str) -> dict[str, Any]:
    """The provider's read, call by call; every access here is one that it does not check."""
    ask, common = provider.read, {"RegionId": "cn-hangzhou", "DBInstanceId": instance}
    attribute = provider.attribute(instance)
    for name in STRINGS:
        assert isinstance(attribute[name], str), name
    assert isinstance(attribute["DBInstanceStorage"], int)
    assert isinstance(attribute["DeletionProtection"], bool)
    assert isinstance(attribute["ServerlessConfig"], dict)
    assert isinstance(attribute["SlaveZones"]["SlaveZone"], list)
    assert isinstance(attribute["Extra"], dict)
    for group in ask("DescribeDBInstanceIPArrayList", **common)["Items"]["DBInstanceIPArray"]:
        assert isinstance(group["DBInstanceIPArrayName"], str)
        assert isinstance(group["SecurityIPList"], str)
    tags = {one["TagKey"]: one["TagValue"] for one in ask("DescribeTags", **common)["Items"]["TagInfos"]}
    assert int(ask("DescribeDBInstanceMonitor", **common)["Period"]) > 0
    assert ask("DescribeSQLCollectorPolicy", **common)["SQLCollectorStatus"] == "Disabled"
    assert int(ask("DescribeSQLCollectorRetention", **common)["ConfigValue"]) > 0
    infos = ask("DescribeDBInstanceNetInfo", **common)["DBInstanceNetInfos"]["DBInstanceNetInfo"]
    (private,) = [info for info in infos if info["IPType"] == "Private"]
    assert isinstance(private["IPAddress"], str)
    assert any(attribute["ConnectionString"].startswith(info["ConnectionString"]) for info in infos)
    if attribute["Engine"] == "PostgreSQL":
        assert ask("DescribeDBInstanceEncryptionKey", **common)["EncryptionKey"] == ""
        (rule,) = ask("DescribePGHbaConfig", **common)["RunningHbaItems"]["HbaItem"]
        assert (rule["Type"], rule["Method"], rule["PriorityId"]) == ("host", "scram-sha-256", 1)
    for node in ask("DescribeDBInstanceHAConfig", **common)["HostInstanceInfos"]["NodeInfo"]:
        assert node["NodeType"] in ("Master", "Slave")
        assert isinstance(node["NodeId"], str)
    parameters = ask("DescribeParameters", **common)
    assert isinstance(parameters["ParamGroupInfo"]["ParamGroupId"], str)
    for place in ("RunningParameters", "ConfigParameters"):
        assert isinstance(parameters[place]["DBInstanceParameter"], list)
    if attribute["PayType"] == "Prepaid":
        (renewal,) = ask("DescribeInstanceAutoRenewalAttribute", **common)["Items"]["Item"]
        assert renewal["AutoRenew"] == "False"
    assert ask("DescribeSecurityGroupConfiguration", **common)["Items"]["EcsSecurityGroupRelation"] == []
    assert isinstance(ask("DescribeDBInstanceSSL", **common)["RequireUpdate"], str)
    assert ask("DescribeDBInstanceTDE", **common)["TDEStatus"] == "Disabled"
    assert ask("DescribeHASwitchConfig", **common)["HAConfig"] == "Auto"
    assert ask("DescribeHADiagnoseConfig", **common)["TcpConnectionType"] == "SHORT"
    templates = ask("DescribeInstanceLinkedWhitelistTemplate", RegionId="cn-hangzhou", InsName=instance)
    assert templates["Data"]["Templates"] == []
    return {**attribute, "tags": tags}


def delete(provider: Provider, instance: str) -> None:
    """It ends when DescribeTasks itself fails with the one code that means gone."""
    provider.read("DeleteDBInstance", RegionId="cn-hangzhou", DBInstanceId=instance)

    def gone() -> bool:
        answer = provider.ask("DescribeTasks", RegionId="cn-hangzhou", DBInstanceId=instance)
        if answer.status != 200:
            assert answer.code == "InvalidDBInstanceId.NotFound"
            return True
        for task in answer.json["Items"]["TaskProgressInfo"]:
            assert task["Status"] in PENDING
            assert task["TaskAction"] == "DeleteDBInstance"
        return False

    until("gone", gone)
    for action in ("DescribeDBInstanceAttribute", "DescribeDBInstanceIPArrayList", "DescribeParameters"):
        answer = provider.ask(action, RegionId="cn-hangzhou", DBInstanceId=instance)
        assert answer.code == "InvalidDBInstanceId.NotFound"


@pytest.mark.parametrize(("engine", "version"), [("MySQL", "8.0"), ("PostgreSQL", "15.0")])
def test_replay_of_db_instance(provider: Provider, network: tuple[str, str], engine: str, version: str) -> None:
    instance = create(provider, network, engine, version)
    common = {"RegionId": "cn-hangzhou", "DBInstanceId": instance}
    assert read(provider, instance)["tags"] == {}
    provider.read(
        "TagResources",
        **{"RegionId": "cn-hangzhou", "ResourceType": "INSTANCE", "ResourceId.1": instance, "Tag.1.Key": "a",
           "Tag.1.Value": "1", "Tag.2.Key": "b", "Tag.2.Value": ""},
    )  # fmt: skip
    provider.read("ModifyDBInstanceDescription", DBInstanceDescription="tf again", **common)
    provider.read("ModifyDBInstanceDeletionProtection", DeletionProtection="true", **common)
    provider.read(
        "ModifySecurityIps", SecurityIps="10.0.0.0/8", DBInstanceIPArrayName="default", ModifyMode="Cover", **common
    )
    provider.read("ModifyDBInstanceSSL", SSLEnabled="1", ConnectionString=provider.attribute(instance)["ConnectionString"], **common)  # fmt: skip  # noqa: E501
    provider.wait_running(instance)
    shown = read_after_ssl(provider, instance)
    assert (shown["DBInstanceDescription"], shown["DeletionProtection"]) == ("tf again", True)
    assert shown["tags"] == {"a": "1", "b": ""}
    provider.read(
        "UntagResources",
        **{"RegionId": "cn-hangzhou", "ResourceType": "INSTANCE", "ResourceId.1": instance, "TagKey.1": "a"},
    )
    assert list(read_after_ssl(provider, instance)["tags"]) == ["b"]
    answer = provider.ask("DeleteDBInstance", **common)
    assert answer.code == "OperationDenied.DeletionProtection"
    provider.read("ModifyDBInstanceDeletionProtection", DeletionProtection="false", **common)
    delete(provider, instance)
    assert provider.ask("DeleteDBInstance", **common).status == 404


def read_after_ssl(provider: Provider, instance: str) -> dict[str, Any]:
    shown = provider.attribute(instance)
    tags = provider.read("DescribeTags", RegionId="cn-hangzhou", DBInstanceId=instance)["Items"]["TagInfos"]
    assert provider.read("DescribeDBInstanceSSL", DBInstanceId=instance)["SSLEnabled"] in ("Yes", "on")
    return {**shown, "tags": {one["TagKey"]: one["TagValue"] for one in tags}}


def test_replay_of_db_account(provider: Provider, network: tuple[str, str]) -> None:
    instance = create(provider, network)
    mine = {"DBInstanceId": instance, "AccountName": "tfaccount"}
    provider.read("CreateAccount", AccountPassword="Test12345", AccountDescription="from tf", **mine)
    provider.wait_account(instance, "tfaccount")
    provider.wait_running(instance)
    found = provider.account(instance, "tfaccount")
    assert found is not None
    assert (found["AccountDescription"], found["AccountType"]) == ("from tf", "Normal")
    provider.read("ModifyAccountDescription", AccountDescription="again", **mine)
    provider.wait_account(instance, "tfaccount")
    provider.read("ResetAccountPassword", AccountPassword="Other12345", **mine)
    assert provider.wait_account(instance, "tfaccount")["AccountDescription"] == "again"
    provider.read("DeleteAccount", **mine)
    until("deleted", lambda: provider.account(instance, "tfaccount") is None)
    answer = provider.ask("DeleteAccount", **mine)
    assert (answer.status, answer.code) == (404, "InvalidAccountName.NotFound")
    delete(provider, instance)
    answer = provider.ask("DescribeAccounts", RegionId="cn-hangzhou", **mine)
    assert (answer.status, answer.code) == (404, "InvalidDBInstanceName.NotFound")


def test_replay_of_db_database_and_account_privilege(provider: Provider, network: tuple[str, str]) -> None:
    instance = create(provider, network)
    mine = {"RegionId": "cn-hangzhou", "DBInstanceId": instance}
    for number in range(2):
        provider.read(
            "CreateDatabase", DBName=f"tfdb{number}", CharacterSetName="utf8", DBDescription="from tf", **mine
        )
        provider.wait_database(instance, f"tfdb{number}")
    (found,) = provider.database(instance, "tfdb0")
    assert (found["DBInstanceId"], found["DBName"], found["CharacterSetName"]) == (instance, "tfdb0", "utf8")
    provider.read("ModifyDBDescription", DBName="tfdb0", DBDescription="again", **mine)
    assert provider.database(instance, "tfdb0")[0]["DBDescription"] == "again"

    provider.read("CreateAccount", AccountName="tfaccount", AccountPassword="Test12345", **mine)
    provider.wait_account(instance, "tfaccount")
    for number in range(2):
        provider.read(
            "GrantAccountPrivilege",
            AccountName="tfaccount",
            DBName=f"tfdb{number}",
            AccountPrivilege="ReadOnly",
            **mine,
        )
        provider.wait_account(instance, "tfaccount")
    assert _privileges(provider, instance) == {"tfdb0": "ReadOnly", "tfdb1": "ReadOnly"}
    for number in range(2):
        provider.read("RevokeAccountPrivilege", AccountName="tfaccount", DBName=f"tfdb{number}", **mine)
        provider.wait_account(instance, "tfaccount")
    assert _privileges(provider, instance) == {}

    for number in range(2):
        provider.read("DeleteDatabase", DBName=f"tfdb{number}", **mine)
        provider.wait_no_database(instance, f"tfdb{number}")
    answer = provider.ask("DeleteDatabase", DBName="tfdb0", **mine)
    assert (answer.status, answer.code) == (404, "InvalidDBName.NotFound")
    delete(provider, instance)
    answer = provider.ask("DescribeDatabases", DBName="tfdb0", **mine)
    assert answer.code == "InvalidDBInstanceId.NotFound"


def _privileges(provider: Provider, instance: str) -> dict[str, str]:
    found = provider.account(instance, "tfaccount")
    assert found is not None
    return {one["DBName"]: one["AccountPrivilege"] for one in found["DatabasePrivileges"]["DatabasePrivilege"]}


def test_replay_of_a_postgres_database(provider: Provider, network: tuple[str, str]) -> None:
    """Character set, collate and ctype are one attribute; DBOwner is found in DescribeDatabases as well."""
    instance = create(provider, network, "PostgreSQL", "15.0")
    mine = {"RegionId": "cn-hangzhou", "DBInstanceId": instance}
    provider.read("CreateAccount", AccountName="tfowner", AccountPassword="Test12345", **mine)
    provider.wait_account(instance, "tfowner")
    provider.read("CreateDatabase", DBName="tfdb", CharacterSetName="UTF8,C,en_US.utf8", **mine)
    provider.wait_database(instance, "tfdb")
    (found,) = provider.database(instance, "tfdb")
    assert ",".join((found["CharacterSetName"], found["Collate"], found["Ctype"])) == "UTF8,C,en_US.utf8"
    provider.read("GrantAccountPrivilege", AccountName="tfowner", DBName="tfdb", AccountPrivilege="DBOwner", **mine)
    provider.wait_account(instance, "tfowner")
    ((holder,),) = [one["Accounts"]["AccountPrivilegeInfo"] for one in provider.database(instance, "tfdb")]
    assert (holder["Account"], holder["AccountPrivilege"]) == ("tfowner", "DBOwner")
    delete(provider, instance)


def test_replay_of_the_data_source(provider: Provider, network: tuple[str, str]) -> None:
    """db_instances: pages of 50 until one is short, and of each instance its further reads."""
    made = [create(provider, network), create(provider, network, "PostgreSQL", "15.0")]
    listed = provider.read("DescribeDBInstances", RegionId="cn-hangzhou", PageNumber=1, PageSize=50)
    found = {one["DBInstanceId"]: one for one in listed["Items"]["DBInstance"]}
    assert set(made) <= set(found)
    for instance in made:
        assert isinstance(found[instance]["ReadOnlyDBInstanceIds"]["ReadOnlyDBInstanceId"], list)
        for action in (
            "DescribeDBInstanceAttribute", "DescribeDBInstanceSSL", "DescribeDBInstanceEncryptionKey",
            "DescribeDBInstanceHAConfig",
        ):  # fmt: skip
            provider.read(action, RegionId="cn-hangzhou", DBInstanceId=instance)
    for instance in made:
        delete(provider, instance)
