"""Tair instances get another network or zone: what clients on this machine and inside the VPC see of it."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
import redis
from alibabacloud_r_kvstore20150101 import models as tair
from redis.backoff import NoBackoff
from redis.retry import Retry

from jackfield.endpoints.resources import Endpoint
from jackfield.reconcile.dialling import is_free
from jackfield.store.sqlite import open_store
from tests.running import CLUSTER, PASSWORD, Running, refused, until
from tests.sdk.clients import Account, owner, wait_available

pytestmark = pytest.mark.usefixtures("resolving")

ONCE = Retry(NoBackoff(), 0)
UNKNOWN = "r-bp1aaaaaaaaaaaaaa"
REGION = "cn-hangzhou"


class Network(NamedTuple):
    """A VPC with a vSwitch in each of two zones, and another VPC with one in the first."""

    vpc: str
    h: str
    i: str
    other_vpc: str
    other_h: str


@pytest.fixture(scope="module")
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("networks")) as running:
        yield running


@pytest.fixture(scope="module")
def me(jackfield: Running) -> Account:
    return owner(jackfield)


@pytest.fixture(scope="module")
def network(me: Account) -> Network:
    def vpc(block: str) -> str:
        made: str = me.raw("vpc", "CreateVpc", RegionId=REGION, CidrBlock=f"{block}.0.0/16").json["VpcId"]
        wait_available(me, made)
        return made

    def vswitch(vpc: str, zone: str, block: str) -> str:
        made: str = me.raw("vpc", "CreateVSwitch", VpcId=vpc, ZoneId=zone, CidrBlock=block).json["VSwitchId"]
        return made

    one, other = vpc("10.1"), vpc("10.2")
    found = Network(
        one,
        vswitch(one, "cn-hangzhou-h", "10.1.1.0/24"),
        vswitch(one, "cn-hangzhou-i", "10.1.2.0/24"),
        other,
        vswitch(other, "cn-hangzhou-h", "10.2.1.0/24"),
    )
    wait_available(me, one)
    wait_available(me, other)
    return found


def attribute(jackfield: Running, instance: str) -> Any:
    request = tair.DescribeInstanceAttributeRequest(instance_id=instance)
    return jackfield.tair.describe_instance_attribute(request).body.instances.dbinstance_attribute[0]


def net_infos(jackfield: Running, instance: str) -> dict[str, Any]:
    """By type: "0" Internet, "1" classic, "2" VPC."""
    request = tair.DescribeDBInstanceNetInfoRequest(instance_id=instance)
    found = jackfield.tair.describe_dbinstance_net_info(request).body.net_info_items.instance_net_info
    assert len({one.dbinstance_net_type for one in found}) == len(found)
    return {one.dbinstance_net_type: one for one in found}


def connected(host: str) -> redis.Redis:
    """A client with one connection, which is open."""
    client = redis.Redis(host=host, password=PASSWORD, retry=ONCE, single_connection_client=True)
    assert client.ping()
    return client


def is_cut(client: redis.Redis) -> bool:
    try:
        client.ping()
    except redis.ConnectionError:
        return True
    finally:
        client.close()
    return False


def inside(jackfield: Running, vpc: str, host: str, *command: str) -> str:
    """What redis-cli says inside a VPC."""
    argv = [sys.executable, "-m", "jackfield", "exec", "--data", str(jackfield.folder.root), "--vpc", vpc, "--",
            "redis-cli", "--no-auth-warning", "-a", PASSWORD, "-h", host, *command]  # fmt: skip
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30)
    return (done.stdout + done.stderr).strip()


def settles(jackfield: Running, instance: str, shown: str) -> None:
    """It was seen in the transitional state, and becomes Normal."""
    assert jackfield.status(instance) == shown
    jackfield.wait_normal(instance)


@pytest.mark.parametrize("shards", [0, 2], ids=["standard", "cluster"])
def test_an_instance_migrates_to_another_zone(jackfield: Running, network: Network, shards: int) -> None:
    """The string leads to an address of the new vSwitch, from everywhere; the old address stops; data and the public
    address stay.
    """
    instance = jackfield.create(shards, vpc_id=network.vpc, v_switch_id=network.h, zone_id="cn-hangzhou-h", port="6380")
    jackfield.tair.allocate_instance_public_connection(
        tair.AllocateInstancePublicConnectionRequest(
            instance_id=instance, connection_string_prefix=f"migrates{shards}", port="6379"
        )
    )
    jackfield.wait_normal(instance)
    before = net_infos(jackfield, instance)
    name, public = before["2"].connection_string, before["0"].connection_string
    (old_host,) = jackfield.addresses(name)
    old = redis.Redis(host=name, port=6380, password=PASSWORD, retry=ONCE, single_connection_client=True)
    old.set("key", "value")
    stays = connected(public)

    migrate = tair.MigrateToOtherZoneRequest(
        dbinstance_id=instance, zone_id="cn-hangzhou-i", v_switch_id=network.i, secondary_zone_id="cn-hangzhou-j"
    )
    jackfield.tair.migrate_to_other_zone(migrate)
    settles(jackfield, instance, "Migrating")

    found = attribute(jackfield, instance)
    assert (found.zone_id, found.secondary_zone_id, found.v_switch_id) == ("cn-hangzhou-i", "cn-hangzhou-j", network.i)
    after = net_infos(jackfield, instance)
    assert (after["2"].connection_string, after["2"].port) == (name, "6380")
    assert after["2"].ipaddress.startswith("10.1.2.")
    assert found.private_ip == after["2"].ipaddress
    assert before["2"].ipaddress.startswith("10.1.1.")
    assert after["0"].to_map() == before["0"].to_map()
    assert jackfield.addresses(name) == [old_host]  # of this machine, which has no zones
    assert is_cut(old)
    assert stays.get("key") == b"value"
    stays.close()
    with redis.Redis(host=name, port=6380, password=PASSWORD) as client:
        assert client.get("key") == b"value"
    for host in (name, after["2"].ipaddress):
        assert inside(jackfield, network.vpc, host, "-p", "6380", "GET", "key") == "value"
    assert "Could not connect" in inside(jackfield, network.vpc, before["2"].ipaddress, "-p", "6380", "PING")

    with refused("InvalidIzNo.NotSupported", 400):
        jackfield.tair.migrate_to_other_zone(migrate)
    back = tair.MigrateToOtherZoneRequest(dbinstance_id=instance, zone_id="cn-hangzhou-h", v_switch_id=network.h)
    jackfield.tair.migrate_to_other_zone(back)
    settles(jackfield, instance, "Migrating")
    with redis.Redis(host=name, port=6380, password=PASSWORD) as client:
        assert client.get("key") == b"value"
    assert "Could not connect" in inside(jackfield, network.vpc, after["2"].ipaddress, "-p", "6380", "PING")


def test_only_the_secondary_zone_changes(jackfield: Running, network: Network) -> None:
    """Then no address changes, and nobody is cut."""
    instance = jackfield.create(0, vpc_id=network.vpc, v_switch_id=network.h, zone_id="cn-hangzhou-h")
    client = connected(jackfield.name(instance))
    request = tair.MigrateToOtherZoneRequest(
        dbinstance_id=instance, zone_id="cn-hangzhou-h", v_switch_id=network.h, secondary_zone_id="cn-hangzhou-i"
    )
    jackfield.tair.migrate_to_other_zone(request)
    settles(jackfield, instance, "Migrating")
    assert attribute(jackfield, instance).secondary_zone_id == "cn-hangzhou-i"
    assert client.ping()
    client.close()


def test_tls_after_a_migration(jackfield: Running, network: Network, tmp_path: Path) -> None:
    """The address in the other zone shows a certificate for the connection string from the start."""
    instance = jackfield.create(0, vpc_id=network.vpc, v_switch_id=network.h, zone_id="cn-hangzhou-h")
    jackfield.tair.modify_instance_ssl(tair.ModifyInstanceSSLRequest(instance_id=instance, sslenabled="Enable"))
    jackfield.wait_normal(instance)
    jackfield.tair.migrate_to_other_zone(
        tair.MigrateToOtherZoneRequest(dbinstance_id=instance, zone_id="cn-hangzhou-i", v_switch_id=network.i)
    )
    settles(jackfield, instance, "Migrating")
    ca = tmp_path / "ca.pem"
    with urllib.request.urlopen(f"{jackfield.ready.api}/_jackfield/ca.pem") as reply:
        ca.write_bytes(reply.read())
    with redis.Redis(
        host=jackfield.name(instance), password=PASSWORD, ssl=True, ssl_ca_certs=str(ca), ssl_check_hostname=True
    ) as client:
        assert client.ping()


def classic(jackfield: Running, shards: int = 0) -> str:
    instance = jackfield.create(shards, network_type="CLASSIC", zone_id="cn-hangzhou-h")
    found = attribute(jackfield, instance)
    assert (found.network_type, found.vpc_id, found.v_switch_id) == ("CLASSIC", "", "")
    return instance


@pytest.mark.parametrize("shards", [0, 2], ids=["standard", "cluster"])
def test_from_the_classic_network_into_a_vpc(jackfield: Running, network: Network, shards: int) -> None:
    """Nothing is retained: the string leads into the VPC, the classic address stops."""
    instance = classic(jackfield, shards)
    name = jackfield.name(instance)
    info = net_infos(jackfield, instance)
    assert list(info) == ["1"]
    assert (info["1"].iptype, info["1"].expired_time, info["1"].vpcid) == ("Inner", "0", "")
    (old_host,) = jackfield.addresses(name)
    assert info["1"].ipaddress == old_host
    old = connected(name)
    old.set("key", "value")
    jackfield.tair.switch_network(
        tair.SwitchNetworkRequest(instance_id=instance, vpc_id=network.vpc, v_switch_id=network.h)
    )
    settles(jackfield, instance, "NetworkModifying")
    info = net_infos(jackfield, instance)
    assert list(info) == ["2"]
    assert (info["2"].connection_string, info["2"].vpcid, info["2"].v_switch_id) == (name, network.vpc, network.h)
    found = attribute(jackfield, instance)
    assert (found.network_type, found.vpc_id, found.connection_domain) == ("VPC", network.vpc, name)
    assert is_cut(old)
    assert is_free(old_host, 6379)
    with redis.Redis(host=name, password=PASSWORD) as client:
        assert client.get("key") == b"value"
    assert inside(jackfield, network.vpc, name, "GET", "key") == "value"


def test_the_classic_address_is_kept_until_it_expires(jackfield: Running, network: Network) -> None:
    """In hybrid mode both serve. The seconds are counted; when they are over, the classic address really ends."""
    instance = classic(jackfield)
    name = jackfield.name(instance)
    (old_host,) = jackfield.addresses(name)
    old = connected(name)
    jackfield.tair.switch_network(
        tair.SwitchNetworkRequest(
            instance_id=instance, vpc_id=network.vpc, v_switch_id=network.h, retain_classic="True",
            classic_expired_days="14",
        )
    )  # fmt: skip
    settles(jackfield, instance, "NetworkModifying")
    info = net_infos(jackfield, instance)
    assert set(info) == {"1", "2"}
    assert info["1"].connection_string == name
    assert 14 * 86400 - 60 < int(info["1"].expired_time) <= 14 * 86400
    coming = info["2"].connection_string
    assert coming == f"{instance}-vpc.redis.rds.aliyuncs.com"
    assert info["2"].expired_time == "0"
    assert old.set("key", "value")  # not cut
    with redis.Redis(host=coming, password=PASSWORD) as client:
        assert client.get("key") == b"value"
    assert inside(jackfield, network.vpc, coming, "GET", "key") == "value"

    request = tair.ModifyInstanceNetExpireTimeRequest(
        instance_id=instance, connection_string=name, classic_expired_days=120
    )
    reply = jackfield.tair.modify_instance_net_expire_time(request).body
    (item,) = reply.net_info_items.net_info_item
    assert (item.connection_string, item.ipaddress, item.port) == (name, old_host, "6379")
    assert item.expired_time.startswith(time.strftime("%Y-%m-", time.gmtime(time.time() + 120 * 86400)))
    assert int(net_infos(jackfield, instance)["1"].expired_time) > 119 * 86400
    for days in (0, 15):
        with refused("ClassicExpiredDaysError", 400):
            jackfield.tair.modify_instance_net_expire_time(
                tair.ModifyInstanceNetExpireTimeRequest(
                    instance_id=instance, connection_string=name, classic_expired_days=days
                )
            )
    with refused("NetTypeNotExists", 400):
        jackfield.tair.modify_instance_net_expire_time(
            tair.ModifyInstanceNetExpireTimeRequest(
                instance_id=instance, connection_string=coming, classic_expired_days=14
            )
        )

    expire(jackfield, instance)
    until("the classic endpoint is gone", lambda: set(net_infos(jackfield, instance)) == {"2"})
    jackfield.wait_normal(instance)
    assert is_cut(old)
    assert is_free(old_host, 6379)
    assert jackfield.addresses(name) == []
    with redis.Redis(host=coming, password=PASSWORD) as client:
        assert client.get("key") == b"value"
    assert attribute(jackfield, instance).connection_domain == coming


def expire(jackfield: Running, instance: str) -> None:
    """Lets the days pass: what the store says of the end becomes now, while nobody works on it."""
    jackfield.wait_idle()
    with open_store(jackfield.folder.store).write() as tx:
        endpoint = tx.get(Endpoint, f"{instance}/classic")
        assert endpoint is not None
        tx.put(msgspec.structs.replace(endpoint, expires=time.time()))
    api = jackfield.ready.pid
    jackfield.kill_api()
    until("another API process", lambda: jackfield.wait_ready().pid != api)


def test_from_one_vpc_to_another(jackfield: Running, network: Network) -> None:
    instance = jackfield.create(0, vpc_id=network.vpc, v_switch_id=network.h, zone_id="cn-hangzhou-h")
    name = jackfield.name(instance)
    old = net_infos(jackfield, instance)["2"].ipaddress
    with redis.Redis(host=name, password=PASSWORD) as client:
        client.set("key", "value")
    jackfield.tair.switch_network(
        tair.SwitchNetworkRequest(instance_id=instance, vpc_id=network.other_vpc, v_switch_id=network.other_h)
    )
    settles(jackfield, instance, "NetworkModifying")
    assert inside(jackfield, network.other_vpc, name, "GET", "key") == "value"
    assert "not known" in inside(jackfield, network.vpc, name, "PING")
    assert "Could not connect" in inside(jackfield, network.vpc, old, "PING")
    assert attribute(jackfield, instance).vpc_id == network.other_vpc


def test_refusals_of_switch_network(jackfield: Running, me: Account, network: Network) -> None:
    instance = classic(jackfield)

    def switch(of: str = instance, vpc: str = network.vpc, vswitch: str = network.h, **more: Any) -> None:
        jackfield.tair.switch_network(
            tair.SwitchNetworkRequest(instance_id=of, vpc_id=vpc, v_switch_id=vswitch, **more)
        )

    with refused("InvalidInstanceId.NotFound", 404):
        switch(UNKNOWN)
    with refused("VpcVerifyError", 400):
        switch(vpc="vpc-bp1aaaaaaaaaaaaaaaaaa")
    with refused("VpcServiceError", 400):
        switch(vswitch="vsw-bp1aaaaaaaaaaaaaaaaaa")
    with refused("VpcServiceError", 400):
        switch(vswitch=network.other_h)
    with refused("IzNotSupportVpcError", 400):
        switch(vswitch=network.i)
    with refused("ClassicExpiredDaysError", 400):
        switch(retain_classic="True")
    with refused("ClassicExpiredDaysError", 400):
        switch(retain_classic="True", classic_expired_days="15")
    with refused("NetworkType.NotSupport", 400):
        jackfield.tair.migrate_to_other_zone(
            tair.MigrateToOtherZoneRequest(dbinstance_id=instance, zone_id="cn-hangzhou-i", v_switch_id=network.i)
        )
    full = me.raw(
        "vpc", "CreateVSwitch", VpcId=network.vpc, ZoneId="cn-hangzhou-h", CidrBlock="10.1.3.0/29"
    ).json["VSwitchId"]  # fmt: skip
    wait_available(me, network.vpc)
    for _ in range(4):
        jackfield.tair.create_instance(
            tair.CreateInstanceRequest(
                region_id=REGION, instance_class="redis.master.small.default", vpc_id=network.vpc, v_switch_id=full,
                zone_id="cn-hangzhou-h",
            )
        )  # fmt: skip
    with refused("InsufficientResourceCapacity", 403):
        switch(vswitch=full)
    assert jackfield.status(instance) == "Normal"
    switch()
    with refused("InstanceStatus.NotSupport", 403):
        switch()
    jackfield.wait_normal(instance)
    with refused("VpcAndVSwitchNotChange", 400):
        switch()


def test_refusals_of_migrate(jackfield: Running, network: Network) -> None:
    cluster = jackfield.create(2, vpc_id=network.vpc, v_switch_id=network.h, zone_id="cn-hangzhou-h")

    def migrate(of: str = cluster, zone: str = "cn-hangzhou-i", vswitch: str = network.i, **more: Any) -> None:
        jackfield.tair.migrate_to_other_zone(
            tair.MigrateToOtherZoneRequest(dbinstance_id=of, zone_id=zone, v_switch_id=vswitch, **more)
        )

    with refused("DBInstanceNotFound", 404):
        migrate(UNKNOWN)
    with refused("MissingSwitchId", 400):
        migrate(vswitch="")
    with refused("InvalidIzNo.NotSupported", 400):
        migrate(zone="cn-shanghai-b")
    with refused("InvalidIzNo.NotSupported", 400):
        migrate(secondary_zone_id="cn-shanghai-b")
    with refused("InvalidVSwitchId.Mismatch", 400):
        migrate(vswitch=network.h)
    with refused("InvalidVSwitchId.Mismatch", 400):
        migrate(zone="cn-hangzhou-h", vswitch=network.other_h)
    jackfield.allocate(cluster)
    with refused("ClusterNotSupport", 400):
        migrate()
    with refused("ResourceAlreadyExists", 403):
        jackfield.tair.switch_network(
            tair.SwitchNetworkRequest(instance_id=cluster, vpc_id=network.other_vpc, v_switch_id=network.other_h)
        )
    jackfield.release(cluster)
    with refused("InstanceStatus.NotSupport", 400):
        migrate()
    jackfield.wait_normal(cluster)


def test_a_classic_cluster_has_no_direct_endpoint(jackfield: Running) -> None:
    instance = classic(jackfield, 2)
    with refused("InvalidConnType", 400):
        jackfield.tair.allocate_direct_connection(tair.AllocateDirectConnectionRequest(instance_id=instance))
    with refused("InvalidNetworkType", 400):
        jackfield.tair.create_instance(
            tair.CreateInstanceRequest(
                region_id=REGION, instance_class=CLUSTER.format(shards=2), network_type="TOKENRING"
            )
        )


@pytest.mark.chaos
def test_a_migration_completes_whatever_is_killed(jackfield: Running, network: Network) -> None:
    """The API process dies at four moments of a migration: each completes, and one record is left."""
    instance = jackfield.create(0, vpc_id=network.vpc, v_switch_id=network.h, zone_id="cn-hangzhou-h")
    name = jackfield.name(instance)
    places = [("cn-hangzhou-i", network.i), ("cn-hangzhou-h", network.h)]
    for turn, delay in enumerate((0.0, 0.02, 0.05, 0.35)):
        zone, vswitch = places[turn % 2]
        jackfield.tair.migrate_to_other_zone(
            tair.MigrateToOtherZoneRequest(dbinstance_id=instance, zone_id=zone, v_switch_id=vswitch)
        )
        time.sleep(delay)
        jackfield.kill_api()
        jackfield.wait_ready()
        jackfield.wait_normal(instance)
        assert attribute(jackfield, instance).v_switch_id == vswitch
        assert len(jackfield.addresses(name)) == 1
        with redis.Redis(host=name, password=PASSWORD) as client:
            assert client.set("turn", turn)
        assert inside(jackfield, network.vpc, name, "GET", "turn") == str(turn)
        with open_store(jackfield.folder.store).read() as view:
            assert len(view.children(Endpoint, instance)) == 1
