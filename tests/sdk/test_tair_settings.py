"""Settings of Tair instances: their effect on real clients, what Describe shows of them, and refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from alibabacloud_r_kvstore20150101 import models as tair

from tests.redis_once import ONCE
from tests.running import PASSWORD, Running, refused, until
from tests.sdk.clients import Account, owner

UNKNOWN = "r-bp1aaaaaaaaaaaaaa"
pytestmark = pytest.mark.usefixtures("resolving")


@pytest.fixture(scope="module")
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("settings"), "--pace", "instant") as running:
        yield running


@pytest.fixture(scope="module")
def me(jackfield: Running) -> Account:
    return owner(jackfield)


@pytest.fixture(scope="module")
def standard(jackfield: Running) -> str:
    return jackfield.create(0)


@pytest.fixture(scope="module")
def cluster(jackfield: Running) -> str:
    return jackfield.create(2)


def client(jackfield: Running, instance: str, **more: Any) -> redis.Redis:
    return redis.Redis(host=jackfield.name(instance), **{"password": PASSWORD, **more})


def attribute(jackfield: Running, instance: str) -> Any:
    request = tair.DescribeInstanceAttributeRequest(instance_id=instance)
    return jackfield.tair.describe_instance_attribute(request).body.instances.dbinstance_attribute[0]


@pytest.mark.parametrize("which", ["standard", "cluster"])
def test_settings_reach_every_server(jackfield: Running, which: str, request: pytest.FixtureRequest) -> None:
    """At once and after a restart; what is not named stays."""
    instance = request.getfixturevalue(which)
    with client(jackfield, instance) as before:
        assert before.config_get("maxmemory-policy") == {"maxmemory-policy": "volatile-lru"}
        wanted = json.dumps({"EvictionPolicy": "allkeys-lfu", "hash-max-ziplist-entries": 100})
        jackfield.tair.modify_instance_config(tair.ModifyInstanceConfigRequest(instance_id=instance, config=wanted))
        jackfield.wait_normal(instance)
        before.hset("hash", mapping={str(number): number for number in range(101)})
        assert before.object("ENCODING", "hash") == b"hashtable"
    config = json.loads(attribute(jackfield, instance).config)
    assert (config["EvictionPolicy"], config["hash-max-ziplist-entries"]) == ("allkeys-lfu", 100)
    assert config["zset-max-ziplist-value"] == 64
    described = jackfield.tair.describe_instance_config(tair.DescribeInstanceConfigRequest(instance_id=instance)).body
    assert json.loads(described.config) == config
    listed = jackfield.tair.describe_parameters(tair.DescribeParametersRequest(dbinstance_id=instance)).body
    running = {one.parameter_name: one.parameter_value for one in listed.running_parameters.parameter}
    assert running["maxmemory-policy"] == "allkeys-lfu"
    assert len(listed.config_parameters.parameter) == len(running)
    jackfield.tair.restart_instance(tair.RestartInstanceRequest(instance_id=instance))
    jackfield.wait_normal(instance)
    with client(jackfield, instance) as after:
        assert after.config_get("maxmemory-policy") == {"maxmemory-policy": "allkeys-lfu"}


@pytest.mark.parametrize(
    "config", ["", "[]", "{}", "no", '{"dir":"/tmp"}', '{"appendonly":"no"}', '{"timeout":"1 2"}', '{"timeout":-1}']
)
def test_settings_that_are_refused(jackfield: Running, standard: str, config: str) -> None:
    before = attribute(jackfield, standard).config
    with refused("InvalidParameters.Format", 400):
        jackfield.tair.modify_instance_config(tair.ModifyInstanceConfigRequest(instance_id=standard, config=config))
    assert attribute(jackfield, standard).config == before


@pytest.mark.parametrize("which", ["standard", "cluster"])
def test_nobody_writes_to_a_locked_instance(jackfield: Running, which: str, request: pytest.FixtureRequest) -> None:
    instance = request.getfixturevalue(which)
    jackfield.tair.create_account(
        tair.CreateAccountRequest(instance_id=instance, account_name="reader", account_password=PASSWORD,
                                  account_privilege="RoleReadOnly")
    )  # fmt: skip
    jackfield.wait_idle()
    with client(jackfield, instance) as writer, client(jackfield, instance, username="reader") as reader:
        writer.set("key", "before")
        locked = jackfield.tair.lock_dbinstance_write(
            tair.LockDBInstanceWriteRequest(dbinstance_id=instance, lock_reason="inventory")
        ).body
        assert (locked.dbinstance_name, locked.lock_reason) == (instance, "inventory")
        jackfield.wait_normal(instance)
        with pytest.raises(redis.ResponseError, match="permission"):
            writer.set("key", "after")
        with pytest.raises(redis.ResponseError):
            writer.eval("return redis.call('del', KEYS[1])", 1, "key")
        assert writer.get("key") == b"before"
        jackfield.tair.unlock_dbinstance_write(tair.UnlockDBInstanceWriteRequest(dbinstance_id=instance))
        jackfield.wait_normal(instance)
        assert writer.set("key", "after")
        assert reader.get("key") == b"after"
        with pytest.raises(redis.exceptions.NoPermissionError):
            reader.set("key", "reader")


def test_a_rebooted_proxy_cuts_its_clients(jackfield: Running, cluster: str, standard: str) -> None:
    """They may dial again at once; clients of the direct endpoint notice nothing."""
    jackfield.allocate(cluster)
    with (
        client(jackfield, cluster, retry=ONCE, single_connection_client=True) as through,
        redis.RedisCluster(host=jackfield.name(cluster, "direct"), password=PASSWORD) as direct,
    ):
        number = through.client_id()
        direct.set("key", "value")
        past = [node.redis_connection.client_id() for node in direct.get_primaries()]
        request = tair.RebootProxyRequest(instance_id=cluster)
        jackfield.tair.reboot_proxy(request)
        jackfield.wait_normal(cluster)
        with pytest.raises(redis.ConnectionError):
            through.execute_command("PING")
        assert through.client_id() != number
        assert [node.redis_connection.client_id() for node in direct.get_primaries()] == past
    topology = jackfield.tair.describe_logic_instance_topology(
        tair.DescribeLogicInstanceTopologyRequest(instance_id=cluster)
    ).body
    proxy = topology.redis_proxy_list.node_info[0].node_id.partition("#")[2]
    jackfield.tair.reboot_proxy(tair.RebootProxyRequest(instance_id=cluster, proxy_list=proxy, reboot_mode="rebuild"))
    jackfield.wait_normal(cluster)
    with refused("InvalidParameters.Format", 400):
        jackfield.tair.reboot_proxy(tair.RebootProxyRequest(instance_id=cluster, proxy_list="1"))
    with refused("InvalidParameters.Format", 400):
        jackfield.tair.reboot_proxy(tair.RebootProxyRequest(instance_id=cluster, reboot_mode="kick"))
    with refused("InvalidConnType", 400):
        jackfield.tair.reboot_proxy(tair.RebootProxyRequest(instance_id=standard))


def test_the_addresses_of_shards(jackfield: Running, cluster: str, standard: str) -> None:
    """They are what a cluster client is told, and dialled."""
    if not _vips(jackfield, cluster):
        jackfield.allocate(cluster)
    found = _vips(jackfield, cluster)
    with redis.RedisCluster(host=jackfield.name(cluster, "direct"), password=PASSWORD) as direct:
        assert {(one.vip, int(one.port)) for one in found} == {(node.host, node.port) for node in direct.get_nodes()}
    assert [one.node_id for one in found] == [f"{cluster}-db-0", f"{cluster}-db-1"]
    assert _vips(jackfield, standard) == []


def _vips(jackfield: Running, instance: str) -> list[Any]:
    request = tair.DescribeDBNodeDirectVipInfoRequest(instance_id=instance)
    return list(jackfield.tair.describe_dbnode_direct_vip_info(request).body.direct_vip_info.vip_info)


def test_roles_and_zones(jackfield: Running, cluster: str, standard: str) -> None:
    def ask(instance: str, **more: Any) -> Any:
        request = tair.DescribeRoleZoneInfoRequest(instance_id=instance, **more)
        return jackfield.tair.describe_role_zone_info(request).body

    servers = ask(cluster)
    assert [(one.role, one.zone_id) for one in servers.node.node_info] == [("master", "cn-hangzhou-h")] * 2
    assert [one.role for one in ask(cluster, query_type=1).node.node_info] == ["proxy"]
    assert ask(standard, query_type=1).total_count == 0
    assert ask(standard).node.node_info[0].ins_name == standard
    page = ask(cluster, page_size=5, page_number=2)
    assert (page.node.node_info, page.total_count, page.page_size) == ([], 2, 5)
    with refused("InvalidPageSize", 400):
        ask(cluster, page_size=7)


def test_an_account_gets_another_password(jackfield: Running, standard: str) -> None:
    new = f"{PASSWORD}-new"
    jackfield.tair.create_account(
        tair.CreateAccountRequest(instance_id=standard, account_name="worker", account_password=PASSWORD)
    )
    jackfield.wait_idle()

    def modify(name: str, old: str, password: str) -> None:
        jackfield.tair.modify_account_password(
            tair.ModifyAccountPasswordRequest(
                instance_id=standard, account_name=name, old_account_password=old, new_account_password=password
            )
        )

    with refused("InvalidAccountPassword.Format", 400):
        modify("worker", "wrong", new)
    with refused("InvalidAccountPassword.Format", 400):
        modify("worker", PASSWORD, "short")
    with refused("InvalidAccountName.NotFound", 404):
        modify("nobody", PASSWORD, new)
    modify("worker", PASSWORD, new)
    with refused("TaskExists", 400):
        modify("worker", PASSWORD, new)
    jackfield.wait_idle()
    with client(jackfield, standard, username="worker", password=new) as again:
        assert again.ping()
    with (
        client(jackfield, standard, username="worker", retry=ONCE) as old,
        pytest.raises(redis.AuthenticationError),
    ):
        old.ping()


def test_descriptions_of_accounts(jackfield: Running, standard: str) -> None:
    jackfield.tair.create_account(
        tair.CreateAccountRequest(instance_id=standard, account_name="described", account_password=PASSWORD)
    )

    def describe(name: str, text: str) -> None:
        jackfield.tair.modify_account_description(
            tair.ModifyAccountDescriptionRequest(instance_id=standard, account_name=name, account_description=text)
        )

    describe("described", "what it is for")
    request = tair.DescribeAccountsRequest(instance_id=standard, account_name="described")
    assert jackfield.tair.describe_accounts(request).body.accounts.account[0].account_description == "what it is for"
    with refused("InvalidAccountDescription.Format", 400):
        describe("described", "1")
    with refused("InvalidAccountName.NotFound", 404):
        describe("nobody", "what it is for")


def test_security_groups(jackfield: Running, me: Account, standard: str) -> None:
    def groups() -> list[tuple[str, str, str]]:
        request = tair.DescribeSecurityGroupConfigurationRequest(instance_id=standard)
        items = jackfield.tair.describe_security_group_configuration(request).body.items
        return [(one.security_group_id, one.region_id, one.net_type) for one in items.ecs_security_group_relation]

    def modify(ids: str, instance: str = standard) -> None:
        jackfield.tair.modify_security_group_configuration(
            tair.ModifySecurityGroupConfigurationRequest(dbinstance_id=instance, security_group_id=ids)
        )

    vpc = attribute(jackfield, standard).vpc_id
    made = [
        me.raw("ecs", "CreateSecurityGroup", RegionId="cn-hangzhou", VpcId=vpc).json["SecurityGroupId"] for _ in "ab"
    ]
    assert groups() == []
    modify(",".join(made))
    assert groups() == [(one, "cn-hangzhou", "vpc") for one in made]
    held = me.raw("ecs", "DeleteSecurityGroup", RegionId="cn-hangzhou", SecurityGroupId=made[0])
    assert (held.status, held.code) == (403, "DependencyViolation")
    with refused("InvalidParam", 400):
        modify("sg-bp1aaaaaaaaaaaaaaaaa")
    with refused("AssociatedEcsSecurityGroupId.QuotaExceed", 403):
        modify(",".join(f"sg-{number}" for number in range(11)))
    with refused("InvalidInstanceId.NotFound", 404):
        modify(made[0], UNKNOWN)
    modify(made[1])
    assert groups() == [(made[1], "cn-hangzhou", "vpc")]
    modify("0")
    assert groups() == []
    for one in made:
        assert me.raw("ecs", "DeleteSecurityGroup", RegionId="cn-hangzhou", SecurityGroupId=one).status == 200


def test_bandwidth_is_shown(jackfield: Running, cluster: str) -> None:
    def shown() -> int:
        request = tair.DescribeIntranetAttributeRequest(instance_id=cluster)
        body = jackfield.tair.describe_intranet_attribute(request).body
        assert body.expire_time == "0"
        assert attribute(jackfield, cluster).bandwidth == body.intranet_bandwidth
        return int(body.intranet_bandwidth)

    def more(**what: Any) -> None:
        jackfield.tair.modify_intranet_attribute(tair.ModifyIntranetAttributeRequest(instance_id=cluster, **what))

    def target(mbits: str) -> None:
        request = tair.ModifyInstanceBandwidthRequest(instance_id=cluster, target_intranet_bandwidth=mbits)
        assert jackfield.tair.modify_instance_bandwidth(request).body.order_id

    assert shown() == 192
    more(band_width=10, node_id=f"{cluster}-db-1")
    assert shown() == 202
    more(band_width=10)
    assert shown() == 212
    target("384")
    assert shown() == 384
    more(band_width=0)
    assert shown() == 192
    for what in ({"band_width": 97}, {"band_width": -1}, {"band_width": 1, "node_id": "r-other-db-0"}):
        with refused("InvalidParameters.Format", 400):
            more(**what)
    for mbits in ("193", "100", "386", "many"):
        with refused("InvalidParameters.Format", 400):
            target(mbits)


def test_maintenance_backup_and_audit(jackfield: Running, standard: str) -> None:
    api = jackfield.tair
    this = {"instance_id": standard}

    def window(start: str, end: str) -> None:
        api.modify_instance_maintain_time(
            tair.ModifyInstanceMaintainTimeRequest(maintain_start_time=start, maintain_end_time=end, **this)
        )

    window("23:30Z", "01:00Z")
    found = attribute(jackfield, standard)
    assert (found.maintain_start_time, found.maintain_end_time) == ("23:30Z", "01:00Z")
    for wrong in (("23:30Z", "24:00Z"), ("10:00Z", "10:30Z"), ("10", "12")):
        with refused("InvalidParameters.Format", 400):
            window(*wrong)

    def policy(days: str, time: str, **more: Any) -> None:
        api.modify_backup_policy(
            tair.ModifyBackupPolicyRequest(preferred_backup_period=days, preferred_backup_time=time, **more, **this)
        )

    policy("Friday,Monday", "23:00Z-00:00Z", backup_retention_period=30)
    kept = api.describe_backup_policy(tair.DescribeBackupPolicyRequest(**this)).body
    assert (kept.preferred_backup_period, kept.preferred_backup_time) == ("Monday,Friday", "23:00Z-00:00Z")
    assert kept.backup_retention_period == "30"
    for days, time, more in (
        ("Sometimes", "23:00Z-00:00Z", {}),
        ("Monday", "23:30Z-00:30Z", {}),
        ("Monday", "10:00Z-12:00Z", {}),
        ("Monday", "10:00Z", {}),
        ("Monday", "10:00Z-11:00Z", {"backup_retention_period": 6}),
        ("Monday", "10:00Z-11:00Z", {"enable_backup_log": 1}),
    ):
        with refused("InvalidParameters.Format", 400):
            policy(days, time, **more)

    def audit(**more: Any) -> tuple[str, str]:
        api.modify_audit_log_config(tair.ModifyAuditLogConfigRequest(**more, **this))
        request = tair.DescribeAuditLogConfigRequest(region_id="cn-hangzhou", **this)
        body = api.describe_audit_log_config(request).body
        return body.db_audit, body.retention

    assert audit(db_audit=True, retention=15) == ("true", "15")
    assert attribute(jackfield, standard).audit_log_retention == "15"
    assert audit(db_audit=False) == ("false", "0")
    with refused("InvalidParameters.Format", 400):
        audit(db_audit=True)
    with refused("InvalidParameters.Format", 400):
        audit(db_audit=True, retention=366)
    with refused("InvalidInstanceId.NotFound", 404):
        api.describe_audit_log_config(tair.DescribeAuditLogConfigRequest(region_id="cn-shanghai", **this))


def test_versions_orders_and_keys(jackfield: Running, standard: str) -> None:
    api = jackfield.tair

    def version() -> Any:
        return api.describe_engine_version(tair.DescribeEngineVersionRequest(instance_id=standard)).body

    assert (version().major_version, version().is_auto_upgrade_open, version().is_sslenable) == ("5.0", "0", "0")
    api.modify_dbinstance_auto_upgrade(tair.ModifyDBInstanceAutoUpgradeRequest(dbinstance_id=standard, value="1"))
    assert version().is_auto_upgrade_open == "1"
    with refused("InvalidParameters.Format", 400):
        api.modify_dbinstance_auto_upgrade(tair.ModifyDBInstanceAutoUpgradeRequest(dbinstance_id=standard, value="2"))

    def charge(method: str, **more: Any) -> Any:
        request = tair.TransformInstanceChargeTypeRequest(instance_id=standard, charge_type=method, **more)
        return api.transform_instance_charge_type(request).body

    with refused("MissingParameter", 400):
        charge("PrePaid")
    with refused("InvalidParameters.Format", 400):
        charge("PrePaid", period=10)
    assert charge("PrePaid", period=12).order_id
    assert attribute(jackfield, standard).charge_type == "PrePaid"

    def renewals(**more: Any) -> list[Any]:
        request = tair.DescribeInstanceAutoRenewalAttributeRequest(region_id="cn-hangzhou", **more)
        return list(api.describe_instance_auto_renewal_attribute(request).body.items.item)

    assert [(one.dbinstance_id, one.auto_renew) for one in renewals()] == [(standard, "false")]
    charge("PostPaid")
    assert renewals() == []
    assert len(renewals(dbinstance_id=standard)) == 1
    with refused("InvalidDbInstanceId.NotFound", 404):
        renewals(dbinstance_id=UNKNOWN)

    api.modify_resource_group(
        tair.ModifyResourceGroupRequest(
            instance_id=standard, region_id="cn-hangzhou", resource_group_id="rg-acfmyiu4ekp1234"
        )
    )
    assert attribute(jackfield, standard).resource_group_id == "rg-acfmyiu4ekp1234"
    status = api.describe_instance_tdestatus(tair.DescribeInstanceTDEStatusRequest(instance_id=standard))
    assert status.body.tdestatus == "Disabled"
    with refused("InstanceType.NotSupport", 400):
        api.describe_encryption_key(tair.DescribeEncryptionKeyRequest(instance_id=standard))


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("ModifyInstanceConfig", {"Config": '{"timeout":0}'}),
        ("LockDBInstanceWrite", {"LockReason": "a test"}),
        ("UnlockDBInstanceWrite", {}),
        ("ModifyInstanceBandwidth", {"TargetIntranetBandwidth": "100"}),
        ("ModifyIntranetAttribute", {"BandWidth": "1"}),
        ("RebootProxy", {}),
    ],
)
def test_unknown_and_busy_instances(
    jackfield: Running, me: Account, cluster: str, operation: str, parameters: dict[str, str]
) -> None:
    def ask(instance: str) -> tuple[int, str]:
        answer = me.raw("tair", operation, InstanceId=instance, DBInstanceId=instance, **parameters)
        return answer.status, answer.code

    assert ask(UNKNOWN) in ((404, "InvalidInstanceId.NotFound"), (404, "InvalidDbInstanceId.NotFound"))
    jackfield.tair.restart_instance(tair.RestartInstanceRequest(instance_id=cluster))
    assert ask(cluster) == (403, "InstanceStatus.NotSupport")
    until("Normal", lambda: jackfield.status(cluster) == "Normal")


def test_another_class(jackfield: Running, standard: str, cluster: str) -> None:
    """The servers get its memory while they run; sessions and data stay."""

    def modify(instance: str, wanted: str, **more: Any) -> None:
        request = tair.ModifyInstanceSpecRequest(instance_id=instance, instance_class=wanted, **more)
        assert jackfield.tair.modify_instance_spec(request).body.order_id

    with client(jackfield, standard) as session:
        session.set("key", "value")
        number = session.client_id()
        modify(standard, "redis.master.large.default")
        jackfield.wait_normal(standard)
        found = attribute(jackfield, standard)
        assert (found.real_instance_class, found.capacity, found.is_order_completed) == (
            "redis.master.large.default", 8192, True,
        )  # fmt: skip
        assert session.config_get("maxmemory") == {"maxmemory": str(8192 * 1024**2)}
        assert (session.get("key"), session.client_id()) == (b"value", number)
    with refused("InstanceClass.NotMatch", 400):
        modify(standard, "redis.logic.sharding.2g.2db.0rodb.4proxy.default")
    with refused("InstanceClass.NotMatch", 400):
        modify(standard, "memcached.small")
    with refused("InvalidShardInfo.Format", 400):
        modify(cluster, "redis.logic.sharding.2g.2db.0rodb.4proxy.default", shard_count=3)
    modify(cluster, "redis.logic.sharding.2g.2db.0rodb.4proxy.default", shard_count=2)
    jackfield.wait_normal(cluster)
    assert attribute(jackfield, cluster).capacity == 4096


def test_the_proxy_is_turned_off_and_on(jackfield: Running, standard: str) -> None:
    """Without it the ordinary address speaks the cluster's protocol and sends clients to the direct addresses."""
    cluster = jackfield.create(2)

    def switch(instance: str) -> None:
        jackfield.tair.switch_instance_proxy(tair.SwitchInstanceProxyRequest(instance_id=instance))

    with refused("InvalidConnType", 400):
        switch(standard)
    with refused("NetTypeNotExists", 400):
        switch(cluster)
    jackfield.allocate(cluster)
    name = jackfield.name(cluster)
    with client(jackfield, cluster) as through:
        assert through.mset({f"key:{number}": number for number in range(50)})
    switch(cluster)
    assert jackfield.status(cluster) == "NetworkModifying"
    jackfield.wait_normal(cluster)
    elsewhere = 0
    with client(jackfield, cluster) as plain:
        for number in range(50):
            try:
                assert plain.get(f"key:{number}") == str(number).encode()
            except redis.exceptions.MovedError:
                elsewhere += 1
    assert 0 < elsewhere < 50
    with redis.RedisCluster(host=name, password=PASSWORD) as follows:
        assert [follows.get(f"key:{number}") for number in range(50)] == [str(n).encode() for n in range(50)]
    with refused("InstanceStatus.NotSupport", 403):
        jackfield.release(cluster)
    with refused("InvalidConnType", 400):
        jackfield.tair.reboot_proxy(tair.RebootProxyRequest(instance_id=cluster))
    jackfield.tair.restart_instance(tair.RestartInstanceRequest(instance_id=cluster))
    jackfield.wait_normal(cluster)
    switch(cluster)
    jackfield.wait_normal(cluster)
    with client(jackfield, cluster) as through:
        assert through.mget([f"key:{number}" for number in range(50)]) == [str(n).encode() for n in range(50)]
    jackfield.release(cluster)
    jackfield.wait_normal(cluster)
