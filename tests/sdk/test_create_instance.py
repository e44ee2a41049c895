"""CreateInstance: what a class makes, where the instance lies, what its names and tokens do."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_r_kvstore20150101 import models as tair

from tests.naming import readable
from tests.running import PASSWORD, Running, refused
from tests.sdk.clients import Account, owner, stranger, wait_available

SMALL = "redis.master.small.default"


def _create(me: Account, **wanted: Any) -> Any:
    request = {"region_id": "cn-hangzhou", "instance_class": SMALL, "password": PASSWORD, **wanted}
    return me.tair.create_instance(tair.CreateInstanceRequest(**request)).body


def _attribute(me: Account, instance: str) -> Any:
    request = tair.DescribeInstanceAttributeRequest(instance_id=instance)
    (attribute,) = me.tair.describe_instance_attribute(request).body.instances.dbinstance_attribute
    return attribute


@pytest.mark.parametrize(
    ("wanted", "architecture", "shards", "capacity"),
    [
        ({"instance_class": SMALL}, "standard", 1, 1024),
        ({"instance_class": "redis.master.mid.default"}, "standard", 1, 2048),
        ({"instance_class": "redis.master.2xlarge.default"}, "standard", 1, 16384),
        ({"instance_class": SMALL, "shard_count": 1}, "standard", 1, 1024),
        ({"instance_class": SMALL, "shard_count": 3}, "cluster", 3, 3072),
        ({"instance_class": "redis.logic.sharding.2g.2db.0rodb.4proxy.default"}, "cluster", 2, 4096),
        ({"instance_class": "redis.logic.sharding.512m.3db.0rodb.4proxy.default"}, "cluster", 3, 1536),
        ({"instance_class": "redis.logic.sharding.drredissdb16g.8db.0rodb.8proxy.default"}, "cluster", 8, 131072),
        ({"instance_class": "redis.logic.sharding.1g.256db.0rodb.256proxy.default"}, "cluster", 256, 262144),
        ({"instance_class": "redis.logic.sharding.1g.8db.0rodb.4proxy.default", "shard_count": 5}, "cluster", 5, 5120),
        ({"instance_class": "redis.shard.small.ce", "shard_count": 4}, "cluster", 4, 4096),
        ({"instance_class": None, "capacity": 1024}, "standard", 1, 1024),
        ({"instance_class": None, "capacity": 5000}, "standard", 1, 8192),
        ({"instance_class": None, "capacity": 4096, "shard_count": 2}, "cluster", 2, 4096),
    ],
    ids=readable,
)
def test_classes(me: Account, wanted: dict[str, Any], architecture: str, shards: int, capacity: int) -> None:
    made = _create(me, **wanted)
    assert made.capacity == capacity
    attribute = _attribute(me, made.instance_id)
    assert (attribute.architecture_type, attribute.shard_count, attribute.capacity) == (architecture, shards, capacity)
    if wanted["instance_class"]:
        assert (attribute.instance_class, attribute.real_instance_class) == (wanted["instance_class"],) * 2


def test_what_is_said_is_what_is_shown(states: Running, me: Account) -> None:
    """The reply of the creation, the attributes and the endpoint list agree."""
    made = _create(me, instance_name="agrees", port="6390", zone_id="cn-hangzhou-k", engine_version="7.0")
    assert made.instance_status == "Creating"
    states.wait_normal(made.instance_id)
    attribute = _attribute(me, made.instance_id)
    for name in ("instance_id", "instance_name", "connection_domain", "port", "zone_id", "vpc_id", "v_switch_id",
                 "node_type", "capacity", "bandwidth", "connections", "qps", "charge_type", "config", "network_type",
                 "region_id", "end_time"):  # fmt: skip
        assert getattr(attribute, name) == getattr(made, name), name
    assert attribute.private_ip == made.private_ip_addr
    request = tair.DescribeDBInstanceNetInfoRequest(instance_id=made.instance_id)
    (info,) = me.tair.describe_dbinstance_net_info(request).body.net_info_items.instance_net_info
    assert (info.connection_string, info.port, info.ipaddress) == (made.connection_domain, "6390", made.private_ip_addr)
    assert (info.dbinstance_net_type, info.direct_connection, info.vpcid) == ("2", 0, made.vpc_id)
    assert made.connection_domain == f"{made.instance_id}.redis.rds.aliyuncs.com"


def test_the_default_network(me: Account) -> None:
    """Instances that name no VPC share their region's default one, with a vSwitch a zone."""
    first, second = _create(me), _create(me)
    other = _create(me, zone_id="cn-hangzhou-j")
    assert first.vpc_id == second.vpc_id == other.vpc_id
    assert first.v_switch_id == second.v_switch_id != other.v_switch_id
    assert len({one.private_ip_addr for one in (first, second, other)}) == 3
    for one in (first, other):
        vswitch = me.raw("vpc", "DescribeVSwitchAttributes", VSwitchId=one.v_switch_id).json
        assert ipaddress.ip_address(one.private_ip_addr) in ipaddress.ip_network(vswitch["CidrBlock"])
        assert (vswitch["IsDefault"], vswitch["ZoneId"]) == (True, one.zone_id)


def test_a_chosen_address(states: Running, me: Account) -> None:
    """It is the instance's until the instance is gone; the last one that can be chosen is the fourth from the end."""
    vpc = me.raw("vpc", "CreateVpc", RegionId="cn-hangzhou").json["VpcId"]
    wait_available(me, vpc)
    vswitch = me.raw("vpc", "CreateVSwitch", VpcId=vpc, ZoneId="cn-hangzhou-i", CidrBlock="172.16.5.0/28").json
    wait_available(me, vpc)
    inside = {"vpc_id": vpc, "v_switch_id": vswitch["VSwitchId"]}
    for address in ("172.16.5.1", "172.16.5.12"):
        made = _create(me, **inside, private_ip_address=address)
        assert (made.private_ip_addr, made.zone_id) == (address, "cn-hangzhou-i")
    with refused("InvalidIPNotInSubnet", 400):
        _create(me, **inside, private_ip_address="172.16.5.12")
    states.wait_normal(made.instance_id)
    me.tair.delete_instance(tair.DeleteInstanceRequest(instance_id=made.instance_id))
    states.wait_idle()
    assert _create(me, **inside, private_ip_address="172.16.5.12").private_ip_addr == "172.16.5.12"


def test_a_token_makes_one_instance(states: Running, me: Account) -> None:
    """The same call again is answered alike; another one with the token is refused; a used-up answer stays."""
    before = me.tair.describe_instances(tair.DescribeInstancesRequest()).body.total_count
    first = _create(me, token="once", instance_name="once")
    again = _create(me, token="once", instance_name="once")
    assert {**again.to_map(), "RequestId": ""} == {**first.to_map(), "RequestId": ""}
    assert again.request_id != first.request_id
    with refused("IdempotentParameterMismatch", 400):
        _create(me, token="once", instance_name="twice")
    assert me.tair.describe_instances(tair.DescribeInstancesRequest()).body.total_count == before + 1
    assert _create(stranger(states), token="once", instance_name="once").instance_id != first.instance_id


def test_a_refused_call_leaves_its_token_free(me: Account) -> None:
    with refused("InvalidPassword.Malformed", 400):
        _create(me, token="later", password="weak")
    assert _create(me, token="later").instance_id


def test_prefixes_are_taken_over_all_accounts_and_regions(states: Running, me: Account) -> None:
    """A name is nobody else's while its instance lives; the same prefix makes another name in another country."""
    made = _create(me, connection_string_prefix="only-one-of-it")
    assert made.connection_domain == "only-one-of-it.redis.rds.aliyuncs.com"
    other = stranger(states)
    for region in ("cn-hangzhou", "cn-shanghai"):
        with refused("ConnectionStringAlreadyExists", 400):
            _create(other, region_id=region, connection_string_prefix="only-one-of-it")
    far = _create(other, region_id="ap-southeast-1", connection_string_prefix="only-one-of-it")
    assert far.connection_domain == "only-one-of-it.redis.singapore.rds.aliyuncs.com"
    states.wait_normal(made.instance_id)
    me.tair.delete_instance(tair.DeleteInstanceRequest(instance_id=made.instance_id))
    states.wait_idle()
    assert _create(other, connection_string_prefix="only-one-of-it").connection_domain == made.connection_domain


def test_a_direct_name_is_taken_too(states: Running, me: Account) -> None:
    cluster = _create(me, shard_count=2).instance_id
    states.wait_normal(cluster)
    states.allocate(cluster, connection_string="direct-name1")
    with refused("ConnectionStringAlreadyExists", 400):
        _create(stranger(states), connection_string_prefix="direct-name1")
    request = tair.DescribeDBInstanceNetInfoRequest(instance_id=cluster)
    ordinary, direct = me.tair.describe_dbinstance_net_info(request).body.net_info_items.instance_net_info
    assert (ordinary.direct_connection, direct.direct_connection) == (0, 1)
    assert ordinary.ipaddress != direct.ipaddress
    request.net_type = "0"
    assert me.tair.describe_dbinstance_net_info(request).body.net_info_items.instance_net_info == []


@pytest.mark.parametrize("prefix", ["eightchr", "a1234567", "with-a-hyphen", "x" * 40, "r-bp1likeanid00000"])
def test_prefixes_that_are_fine(me: Account, prefix: str) -> None:
    assert _create(me, connection_string_prefix=prefix).connection_domain == f"{prefix}.redis.rds.aliyuncs.com"


@pytest.mark.parametrize("port", ["1024", "6379", "10000", "65535"])
def test_ports_that_are_fine(me: Account, port: str) -> None:
    assert _create(me, port=port).port == int(port)


@pytest.mark.parametrize("password", ["Aa1!Aa1!", "abc123!@", "ABC123!@", "Abcdefg1", "Aa1!@#$%^&*()_+-=" + "x" * 15])
def test_passwords_that_are_fine(me: Account, password: str) -> None:
    assert 8 <= len(password) <= 32
    assert _create(me, password=password).instance_id


def test_a_dry_run_makes_nothing(me: Account) -> None:
    before = me.tair.describe_instances(tair.DescribeInstancesRequest()).body.total_count
    with refused("DryRunOperation", 400):
        _create(me, dry_run=True, connection_string_prefix="dry-run-name")
    assert me.tair.describe_instances(tair.DescribeInstancesRequest()).body.total_count == before
    assert _create(me, connection_string_prefix="dry-run-name").instance_id


def test_deletion_is_seen_through(states: Running, me: Account) -> None:
    """Gone from the list, its endpoints with it, and nothing about it can be asked any more."""
    instance = _create(me).instance_id
    states.wait_normal(instance)
    me.tair.delete_instance(tair.DeleteInstanceRequest(instance_id=instance))
    states.wait_idle()
    with refused("InvalidInstanceId.NotFound", 404):
        _attribute(me, instance)
    with refused("InvalidInstanceId.NotFound", 404):
        me.tair.delete_instance(tair.DeleteInstanceRequest(instance_id=instance))
    body = me.tair.describe_instances(tair.DescribeInstancesRequest(instance_ids=instance)).body
    assert (body.instances.kvstore_instance, body.total_count) == ([], 0)


def test_a_machine_without_redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The creation is refused and says what to do; everything else goes on."""
    monkeypatch.setenv("JACKFIELD_REDIS_SERVER", "/bin/false")
    with Running(tmp_path / "data") as running:
        someone = owner(running)
        with refused("ResourceNotAvailable", 400):
            _create(someone)
        answer = someone.raw("tair", "CreateInstance", RegionId="cn-hangzhou", InstanceClass=SMALL)
        assert answer.json["Message"] == "No Redis server is available on this machine: run 'jackfield doctor'."
        assert someone.raw("vpc", "CreateVpc", RegionId="cn-hangzhou").status == 200
