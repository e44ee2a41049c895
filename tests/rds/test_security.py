"""Whitelist modes and security groups of RDS instances, by the official SDK; the modes judge real clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_rds20140815 import models as rds

from tests.rds.conftest import Rds
from tests.rds.databases import LOST, Database, ask, database_of
from tests.rds.networks import attribute
from tests.running import Running, refused

PUBLIC_PORT = 5433


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with Running(tmp_path_factory.mktemp("security")) as running:
        client = Rds(running)
        instance = client.create("PostgreSQL", "15.0")
        client.create_account(instance)
        client.allocate(instance, "security-public", PUBLIC_PORT)
        yield database_of("postgres", client, instance)


def admits(database: Database, name: str, port: int) -> bool:
    try:
        with database.connect(name, port) as connection:
            return bool(ask(connection, "SELECT 1") == (1,))
    except LOST:
        return False


def modify(database: Database, ips: str, **more: Any) -> None:
    request = rds.ModifySecurityIpsRequest(dbinstance_id=database.instance, security_ips=ips, **more)
    database.rds.api.modify_security_ips(request)
    database.rds.running.wait_idle()


def groups(database: Database, network: str | None = None) -> list[tuple[str, str]]:
    request = rds.DescribeDBInstanceIPArrayListRequest(dbinstance_id=database.instance, whitelist_network_type=network)
    found = database.rds.api.describe_dbinstance_iparray_list(request).body.items.dbinstance_iparray
    return [(one.dbinstance_iparray_name, one.security_iplist) for one in found]


def connectivity(database: Database, source: str) -> str:
    request = rds.DescribeDBInstanceConnectivityRequest(db_instance_name=database.instance, source_ip_address=source)
    return str(database.rds.api.describe_dbinstance_connectivity(request).body.conn_check_result)


def test_enhanced_mode_tells_networks_apart(database: Database) -> None:
    """Nobody gains or loses access by the change; then groups of VPCs judge the private endpoint alone, and groups of
    the classic network the public one.
    """
    client, instance = database.rds, database.instance
    endpoints = client.endpoints(instance)
    private = (endpoints["Private"]["ConnectionString"], database.port)
    public = (endpoints["Public"]["ConnectionString"], PUBLIC_PORT)
    modify(database, "10.1.0.0/16", dbinstance_iparray_name="office")
    assert groups(database, "MIX") == [("default", "0.0.0.0/0"), ("office", "10.1.0.0/16")]
    assert groups(database, "VPC") == groups(database, "Classic") == []
    assert attribute(client, instance)["SecurityIPMode"] == "normal"
    for _ in range(2):  # the second call changes nothing
        reply = client.api.migrate_security_ipmode(rds.MigrateSecurityIPModeRequest(dbinstance_id=instance)).body
        assert (reply.dbinstance_id, reply.security_ipmode) == (instance, "safety")
    client.running.wait_idle()
    both = [("default", "0.0.0.0/0"), ("office", "10.1.0.0/16")]
    assert (groups(database, "MIX"), groups(database, "VPC"), groups(database, "Classic")) == ([], both, both)
    assert groups(database) == [*both, *both]
    assert attribute(client, instance)["SecurityIPMode"] == "safety"
    shown = client.api.describe_dbinstance_net_info(rds.DescribeDBInstanceNetInfoRequest(dbinstance_id=instance)).body
    assert shown.security_ipmode == "safety"
    assert admits(database, *private)
    assert admits(database, *public)

    modify(database, "10.2.0.0/16", whitelist_network_type="Classic")
    assert (admits(database, *private), admits(database, *public)) == (True, False)
    assert connectivity(database, "1.2.3.4") == "Success"  # at the private endpoint
    modify(database, "10.3.0.0/16")  # where nothing is said, the instance's own network is meant
    assert groups(database, "VPC")[0] == ("default", "10.3.0.0/16")
    assert (admits(database, *private), admits(database, *public)) == (False, False)
    assert [connectivity(database, source) for source in ("1.2.3.4", "10.2.0.1", "10.3.0.1")] == [
        "Failed", "Success", "Success",
    ]  # fmt: skip
    modify(database, "0.0.0.0/0", whitelist_network_type="Classic", modify_mode="Append")
    assert (admits(database, *private), admits(database, *public)) == (False, True)
    with refused("InvalidWhitelistNetType.Malformed", 400):
        modify(database, "10.3.0.0/16", whitelist_network_type="MIX")
    with refused("InvalidDBInstanceName.NotFound", 404):
        client.api.migrate_security_ipmode(rds.MigrateSecurityIPModeRequest(dbinstance_id="rm-unknown"))
    modify(database, "0.0.0.0/0", whitelist_network_type="VPC")


def test_security_groups_are_kept(database: Database) -> None:
    """They are shown in the order given, and cannot be deleted while they are named."""
    client, instance = database.rds, database.instance
    networks = EcsClient(client.running.config())
    vpc = attribute(client, instance)["VpcId"]
    made = [
        networks.create_security_group(
            ecs.CreateSecurityGroupRequest(region_id="cn-hangzhou", vpc_id=vpc, security_group_name=f"group-{number}")
        ).body.security_group_id
        for number in range(11)
    ]

    def put(ids: str, id: str = instance) -> list[str]:
        reply = client.api.modify_security_group_configuration(
            rds.ModifySecurityGroupConfigurationRequest(dbinstance_id=id, security_group_id=ids)
        ).body
        assert reply.dbinstance_name == id
        return [one.security_group_id for one in reply.items.ecs_security_group_relation]

    def shown() -> list[tuple[str, str, str, str]]:
        reply = client.api.describe_security_group_configuration(
            rds.DescribeSecurityGroupConfigurationRequest(dbinstance_id=instance)
        ).body
        found = reply.items.ecs_security_group_relation
        return [(one.security_group_id, one.security_group_name, one.network_type, one.region_id) for one in found]

    assert shown() == []
    assert put(f"{made[1]},{made[0]}") == [made[1], made[0]]
    assert shown() == [
        (made[1], "group-1", "VPC", "cn-hangzhou"),
        (made[0], "group-0", "VPC", "cn-hangzhou"),
    ]
    delete = ecs.DeleteSecurityGroupRequest(region_id="cn-hangzhou", security_group_id=made[0])
    with refused("DependencyViolation", 403):
        networks.delete_security_group(delete)
    with refused("AssociatedEcsSecurityGroupIdQuotaExceed", 400):
        put(",".join(made))
    with refused("InvalidSecurityGroupId", 400):
        put("sg-unknown")
    with refused("InvalidDBInstanceName.NotFound", 404):
        put(made[0], "rm-unknown")
    with refused("InvalidDBInstanceName.NotFound", 404):
        client.api.describe_security_group_configuration(
            rds.DescribeSecurityGroupConfigurationRequest(dbinstance_id="rm-unknown")
        )
    assert put("") == []
    assert shown() == []
    networks.delete_security_group(delete)
    client.release(instance, client.endpoints(instance)["Public"]["ConnectionString"])
    for call in (
        lambda: put(made[1]),
        lambda: client.api.migrate_security_ipmode(rds.MigrateSecurityIPModeRequest(dbinstance_id=instance)),
    ):
        with refused("OperationDenied.DBInstanceStatus", 403):
            call()
    client.wait_running(instance)
