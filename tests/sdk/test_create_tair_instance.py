"""CreateTairInstance: what a class and a type make, what is refused, and that a real server is behind it."""

from __future__ import annotations

from typing import Any

import pytest
import redis
from alibabacloud_r_kvstore20150101 import models as tair
from alibabacloud_r_kvstore20150101.client import Client

from tests.naming import readable
from tests.running import PASSWORD, Running, refused
from tests.sdk.clients import Account

ON_DISK = "tair.essd.standard.xlarge"
WANTED = {
    "region_id": "cn-hangzhou",
    "instance_class": "tair.rdb.2g",
    "instance_type": "tair_rdb",
    "charge_type": "PostPaid",
    "password": PASSWORD,
}


@pytest.fixture(scope="module")
def network(me: Account) -> dict[str, str]:
    return _network(me.tair)


def _network(client: Client) -> dict[str, str]:
    """A VPC and a vSwitch of it: those that the region has by itself."""
    request = tair.CreateInstanceRequest(region_id="cn-hangzhou", instance_class="redis.master.small.default")
    made = client.create_instance(request).body
    return {"vpc_id": made.vpc_id, "v_switch_id": made.v_switch_id}


def _create(client: Client, network: dict[str, str], **more: Any) -> Any:
    return client.create_tair_instance(tair.CreateTairInstanceRequest(**{**WANTED, **network, **more})).body


def _attribute(client: Client, instance: str) -> Any:
    request = tair.DescribeInstanceAttributeRequest(instance_id=instance)
    (attribute,) = client.describe_instance_attribute(request).body.instances.dbinstance_attribute
    return attribute


@pytest.mark.parametrize(
    ("wanted", "architecture", "shards", "capacity", "version", "domain"),
    [
        ({}, "standard", 1, 2048, "5.0", "redis"),
        ({"shard_count": 3}, "cluster", 3, 6144, "5.0", "redis"),
        ({"instance_class": "tair.rdb.with.proxy.1g", "engine_version": "7.0"}, "standard", 1, 1024, "7.0", "redis"),
        (
            {"instance_class": "tair.scm.standard.4m.32d", "instance_type": "tair_scm", "shard_count": 2},
            "cluster", 2, 65536, "1.0", "tairpena",
        ),
        (
            {"instance_class": ON_DISK, "instance_type": "tair_essd", "storage": 60,
             "storage_type": "essd_pl1"},
            "standard", 1, 61440, "1.0", "redis",
        ),
        (
            {"instance_class": "tair.localssd.c1m4.2", "instance_type": "tair_essd", "engine_version": "2.0"},
            "standard", 1, 1024, "2.0", "redis",
        ),
    ],
    ids=readable,
)  # fmt: skip
def test_classes(
    me: Account,
    network: dict[str, str],
    wanted: dict[str, Any],
    architecture: str,
    shards: int,
    capacity: int,
    version: str,
    domain: str,
) -> None:
    made = _create(me.tair, network, **wanted)
    shown = _attribute(me.tair, made.instance_id)
    assert (shown.architecture_type, shown.shard_count, shown.capacity) == (architecture, shards, capacity)
    assert (shown.engine_version, shown.instance_type) == (version, wanted.get("instance_type", "tair_rdb"))
    assert made.connection_domain == shown.connection_domain == f"{made.instance_id}.{domain}.rds.aliyuncs.com"
    storage = wanted.get("storage")
    assert shown.storage == (str(storage) if storage else "")
    for name in ("instance_name", "port", "zone_id", "region_id", "bandwidth", "connections", "qps", "charge_type",
                 "config"):  # fmt: skip
        assert getattr(shown, name) == getattr(made, name), name


def test_it_is_of_the_enterprise_edition(me: Account, network: dict[str, str]) -> None:
    made = _create(me.tair, network, shard_type="STAND_ALONE").instance_id
    for wanted, found in (({"edition_type": "Enterprise"}, True), ({"edition_type": "Community"}, False)):
        listed = me.tair.describe_instances(tair.DescribeInstancesRequest(page_size=1000, **wanted)).body.instances
        assert (made in {one.instance_id for one in listed.kvstore_instance}) is found
    for kind in ("tair_rdb", "Tair"):
        request = tair.DescribeInstancesRequest(instance_type=kind, node_type="STAND_ALONE")
        listed = me.tair.describe_instances(request).body.instances
        assert [(one.instance_id, one.edition_type) for one in listed.kvstore_instance] == [(made, "Enterprise")]


@pytest.mark.parametrize(
    ("wanted", "code", "status"),
    [
        ({"instance_class": "redis.master.small.default"}, "InstanceClass.NotMatch", 400),
        ({"instance_class": "tair.scm.standard.4m.32d"}, "InstanceClass.NotMatch", 400),
        ({"instance_class": "no class"}, "InstanceClass.NotMatch", 400),
        ({"instance_type": "tair_tape"}, "InvalidInstanceType", 400),
        ({"engine_version": "1.0"}, "InvalidEngineVersion.Malformed", 400),
        ({"shard_count": 0}, "InvalidShardInfo.Format", 400),
        ({"shard_count": 65}, "InvalidShardInfo.Format", 400),
        ({"instance_class": ON_DISK, "instance_type": "tair_essd"}, "InvalidCapacity.NotFound", 400),
        ({"instance_class": ON_DISK, "instance_type": "tair_essd", "shard_count": 2}, "InvalidShardInfo.Format", 400),
        ({"shard_type": "STAND_ALONE", "shard_count": 2}, "InstanceClass.NotMatch", 400),
        ({"shard_type": "STAND_ALONE", "secondary_zone_id": "cn-hangzhou-j"}, "InstanceClass.NotMatch", 400),
        ({"charge_type": None}, "MissingParameter", 400),
        ({"region_id": "cn-atlantis"}, "InvalidRegion.Format", 400),
        ({"zone_id": "cn-hangzhou-zz"}, "ZoneIdNotFound", 400),
        ({"vpc_id": "vpc-bp1doesnotexist0"}, "InvalidVPCId.NotFound", 400),
        ({"v_switch_id": "vsw-bp1doesnotexist0"}, "InvalidvSwitchId", 400),
        ({"zone_id": "cn-hangzhou-k"}, "InvalidvSwitchId", 404),
        ({"v_switch_id": None}, "MissingVSwitchId", 400),
        ({"private_ip_address": "10.11.12.13"}, "InvalidIPNotInSubnet", 400),
        ({"port": 80}, "InvalidPort", 400),
        ({"password": "short"}, "InvalidPassword.Malformed", 400),
        ({"instance_name": "1"}, "InvalidInstanceName.Malformed", 400),
        ({"connection_string_prefix": "A"}, "InvalidConnectionString.Format", 400),
        ({"maintain_start_time": "3:00"}, "InvalidMaintainStartTime", 400),
        ({"maintain_start_time": "21:30Z"}, "InvalidMaintainStartTime", 400),
        ({"client_token": "x" * 65}, "InvalidToken.Malformed", 400),
        ({"dry_run": True}, "DryRunOperation", 400),
    ],
    ids=readable,
)  # fmt: skip
def test_refusals(me: Account, network: dict[str, str], wanted: dict[str, Any], code: str, status: int) -> None:
    before = me.tair.describe_instances(tair.DescribeInstancesRequest()).body.total_count
    with refused(code, status):
        _create(me.tair, network, **wanted)
    assert me.tair.describe_instances(tair.DescribeInstancesRequest()).body.total_count == before


def test_the_maintenance_window(me: Account, network: dict[str, str]) -> None:
    """One end may be the usual one; over midnight is fine."""
    for given, shown in (
        ({"maintain_start_time": "23:30Z", "maintain_end_time": "02:00Z"}, ("23:30Z", "02:00Z")),
        ({"maintain_start_time": "20:00Z"}, ("20:00Z", "22:00Z")),
        ({}, ("18:00Z", "22:00Z")),
    ):
        found = _attribute(me.tair, _create(me.tair, network, **given).instance_id)
        assert (found.maintain_start_time, found.maintain_end_time) == shown


def test_another_class_of_the_same_type(me: Account, network: dict[str, str]) -> None:
    made = _create(me.tair, network, shard_count=2).instance_id
    me.running.wait_normal(made)
    request = tair.ModifyInstanceSpecRequest(instance_id=made, instance_class="tair.rdb.4g")
    me.tair.modify_instance_spec(request)
    me.running.wait_normal(made)
    assert _attribute(me.tair, made).capacity == 8192
    request = tair.ModifyInstanceSpecRequest(instance_id=made, instance_class="tair.scm.standard.4m.32d")
    with refused("InstanceClass.NotMatch", 400):
        me.tair.modify_instance_spec(request)


def test_a_name_is_taken_once_and_a_token_makes_one_instance(me: Account, network: dict[str, str]) -> None:
    first = _create(me.tair, network, client_token="tair-once", connection_string_prefix="tair-taken")
    again = _create(me.tair, network, client_token="tair-once", connection_string_prefix="tair-taken")
    assert (first.instance_id, first.connection_domain) == (again.instance_id, "tair-taken.redis.rds.aliyuncs.com")
    with refused("ConnectionStringAlreadyExists", 400):
        _create(me.tair, network, connection_string_prefix="tair-taken")


@pytest.mark.usefixtures("resolving")
def test_real_servers_are_behind_it(jackfield: Running) -> None:
    client = jackfield.tair
    made = _create(client, _network(client), shard_count=2, charge_type="PrePaid", period=1)
    jackfield.wait_normal(made.instance_id)
    client.modify_security_ips(tair.ModifySecurityIpsRequest(instance_id=made.instance_id, security_ips="0.0.0.0/0"))
    jackfield.wait_idle()
    with redis.Redis(host=made.connection_domain, port=made.port, password=PASSWORD) as one:
        assert one.mset({f"key:{number}": number for number in range(50)})
        assert one.mget([f"key:{number}" for number in range(50)]) == [b"%d" % number for number in range(50)]
