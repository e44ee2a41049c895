"""Shards come and go, and servers are switched, while clients go on."""

from __future__ import annotations

import contextlib
import secrets
import time
from typing import Any

import pytest
import redis
from alibabacloud_r_kvstore20150101 import models as tair

from jackfield.products.tair.resources import Instance
from jackfield.reconcile.tair_switching import seconds_until
from jackfield.store.sqlite import open_store
from tests.chaos.dialling import is_closed, logged_in
from tests.redis_once import ONCE
from tests.running import PASSWORD, Running, refused, until
from tests.sdk.clients import Account
from tests.shard_load import check, failures, fill, missed, working

pytestmark = pytest.mark.usefixtures("resolving")


@pytest.fixture(scope="module")
def cluster(jackfield: Running) -> str:
    """Two shards, with a direct endpoint and something in them."""
    instance = jackfield.create(shards=2)
    jackfield.allocate(instance)
    fill(jackfield.names()[jackfield.name(instance)][0])
    return instance


def add(jackfield: Running, instance: str, **more: Any) -> list[str]:
    request = tair.AddShardingNodeRequest(instance_id=instance, **more)
    found: list[str] = jackfield.tair.add_sharding_node(request).body.node_ids
    return found


def remove(jackfield: Running, instance: str, **more: Any) -> None:
    jackfield.tair.delete_sharding_node(tair.DeleteShardingNodeRequest(instance_id=instance, **more))


def switch(jackfield: Running, instance: str, **more: Any) -> None:
    jackfield.tair.switch_instance_ha(tair.SwitchInstanceHARequest(instance_id=instance, **more))


def shard_names(jackfield: Running, instance: str) -> list[str]:
    request = tair.DescribeClusterMemberInfoRequest(instance_id=instance)
    return [one.name for one in jackfield.tair.describe_cluster_member_info(request).body.cluster_children]


def attribute(jackfield: Running, instance: str) -> Any:
    request = tair.DescribeInstanceAttributeRequest(instance_id=instance)
    return jackfield.tair.describe_instance_attribute(request).body.instances.dbinstance_attribute[0]


def slots_by_address(jackfield: Running, instance: str) -> dict[str, int]:
    """What every shard says of every shard; the test fails when they differ."""
    found = []
    for address in jackfield.names()[jackfield.name(instance, "direct")]:
        with redis.Redis(host=address, port=6379, password=PASSWORD) as shard:
            slots: dict[str, int] = {}
            for low, high, master, *_ in shard.execute_command("CLUSTER SLOTS"):
                slots[master[0].decode()] = slots.get(master[0].decode(), 0) + high - low + 1
            found.append(slots)
    assert all(one == found[0] for one in found)
    return found[0]


def limits(jackfield: Running, instance: str) -> set[int]:
    """The MB of memory that shards may take."""
    found = set()
    for address in jackfield.names()[jackfield.name(instance, "direct")]:
        with redis.Redis(host=address, port=6379, password=PASSWORD) as shard:
            found.add(int(shard.config_get("maxmemory")["maxmemory"]) >> 20)
    return found


@pytest.mark.timeout(120)
def test_shards_come_and_go_under_load(jackfield: Running, cluster: str) -> None:
    """Nothing is lost or wrong, in either mode, and no client sees an error; afterwards all agree on what there is."""
    before = attribute(jackfield, cluster)
    direct = jackfield.name(cluster, "direct")
    gone = jackfield.names()[direct][0]
    with working(jackfield, cluster) as load:
        until("the load has begun", lambda: all(worker.rounds > 2 for worker in load) or failures(load))
        assert add(jackfield, cluster) == [f"{cluster}-db-2"]
        assert jackfield.status(cluster) == "Changing"
        assert attribute(jackfield, cluster).shard_count == 2
        jackfield.wait_normal(cluster)
        assert failures(load) == []
        assert missed(load) == 0
        after = attribute(jackfield, cluster)
        assert (after.shard_count, after.capacity) == (3, before.capacity // 2 * 3)
        assert shard_names(jackfield, cluster) == [f"{cluster}-db-{index}" for index in range(3)]
        parts = dict(zip(jackfield.names()[direct], (5462, 5461, 5461), strict=True))
        assert slots_by_address(jackfield, cluster) == parts
        assert limits(jackfield, cluster) == {before.capacity // 2}
        remove(jackfield, cluster, node_id=f"{cluster}-db-0")
        jackfield.wait_normal(cluster)
        begun = {worker.name: worker.rounds for worker in load}
        until("they go on", lambda: all(one.rounds > begun[one.name] + 2 for one in load) or failures(load))
    assert failures(load) == []
    assert missed(load) <= 3
    assert attribute(jackfield, cluster).shard_count == 2
    assert shard_names(jackfield, cluster) == [f"{cluster}-db-1", f"{cluster}-db-2"]
    assert gone not in jackfield.names()[direct]
    with pytest.raises(redis.ConnectionError):
        redis.Redis(host=gone, port=6379, password=PASSWORD, retry=ONCE).ping()
    assert sorted(slots_by_address(jackfield, cluster).values()) == [8192, 8192]
    assert limits(jackfield, cluster) == {before.capacity // 2}
    check(jackfield, cluster, load)


def test_a_switch_loses_no_acknowledged_write(jackfield: Running, cluster: str) -> None:
    """Another process serves the shard, its direct connections are cut, clients of the router notice nothing."""
    name = shard_names(jackfield, cluster)[0]
    addresses = jackfield.names()[jackfield.name(cluster, "direct")]
    with (
        redis.Redis(host=jackfield.name(cluster), password=PASSWORD) as plain,
        redis.Redis(host=addresses[0], port=6379, password=PASSWORD) as switched,
        redis.Redis(host=addresses[1], port=6379, password=PASSWORD) as other,
    ):
        before = [client.info("server")["process_id"] for client in (switched, other)]
        values = {f"switch:{number}": secrets.token_hex(4) for number in range(500)}
        plain.mset(values)
        switch(jackfield, cluster, node_id=name, switch_type="ReliabilityPriority", switch_mode=0)
        assert jackfield.status(cluster) == "HASwitching"
        for number in range(200):
            assert plain.set(f"meanwhile:{number}", number)
        jackfield.wait_normal(cluster)
        after = [client.info("server")["process_id"] for client in (switched, other)]
        assert [old == new for old, new in zip(before, after, strict=True)] == [False, True]
        assert plain.mget(list(values)) == [value.encode() for value in values.values()]
        assert plain.mget([f"meanwhile:{number}" for number in range(200)]) == [b"%d" % one for one in range(200)]


def test_a_standard_instance_switches(jackfield: Running) -> None:
    """Its clients are cut, as it has no router; its data stay."""
    instance = jackfield.create(shards=0)
    (address,) = jackfield.names()[jackfield.name(instance)]
    with redis.Redis(host=address, password=PASSWORD) as client, logged_in((address, 6379)) as held:
        before = client.info("server")["process_id"]
        client.set("kept", "yes")
        switch(jackfield, instance)
        jackfield.wait_normal(instance)
        assert is_closed(held)
        assert (client.get("kept"), client.info("server")["process_id"] == before) == (b"yes", False)


def test_shards_by_number_and_from_the_end(me: Account) -> None:
    """Every text that a reply shows of a node names it; ShardCount takes the last ones; indexes are not given twice."""
    running = me.running
    instance = running.create(3, "")
    assert add(running, instance, shard_count=2) == [f"{instance}-db-3", f"{instance}-db-4"]
    running.wait_normal(instance)
    request = tair.DescribeLogicInstanceTopologyRequest(instance_id=instance)
    shown = running.tair.describe_logic_instance_topology(request).body.redis_shard_list.node_info
    assert len(shown) == 5
    number = shown[1].node_id.partition("#")[2]
    remove(running, instance, node_id=f"{shown[0].node_id},{number}", shard_count=1)
    running.wait_normal(instance)
    assert shard_names(running, instance) == [f"{instance}-db-{index}" for index in (2, 3, 4)]
    remove(running, instance, shard_count=1)
    running.wait_normal(instance)
    assert shard_names(running, instance) == [f"{instance}-db-{index}" for index in (2, 3)]


def test_refusals(me: Account) -> None:
    running = me.running
    standard, cluster = running.create(0, ""), running.create(2, "")
    with refused("InvalidInstanceId.NotFound", 404):
        add(running, "r-bp1doesnotexist0")
    with refused("InvalidInstanceId.NotFound", 404):
        remove(running, "r-bp1doesnotexist0", shard_count=1)
    with refused("InvalidInstanceId.NotFound", 404):
        switch(running, "r-bp1doesnotexist0")
    for call in (add, remove):
        with refused("IncorrectCharacterType", 403):
            call(running, standard, shard_count=1)
    for count in (0, 65, 255):
        with refused("InvalidShardInfo.Format", 400):
            add(running, cluster, shard_count=count)
    with refused("InvalidvSwitchId", 400):
        add(running, cluster, v_switch_id="vsw-bp1doesnotexist0")
    with refused("MissingNodeId", 400):
        remove(running, cluster)
    for more in ({"shard_count": 1}, {"shard_count": 9}, {"node_id": f"{cluster}-db-1"}):
        with refused("InvalidShardInfo.Format", 400):
            remove(running, cluster, **more)
    for text in (f"{cluster}-db-7", f"{cluster}-db-0,{cluster}-db-0", "all", ","):
        with refused("InvalidNodeId", 400):
            remove(running, cluster, node_id=text)
    with refused("MissingNodeId", 400):
        switch(running, cluster)
    with refused("InvalidNodeId", 400):
        switch(running, cluster, node_id="52717408")
    with refused("InvalidTargetShardName", 400):
        switch(running, cluster, node_id="all", target_shard_name=f"{standard}-db-0")
    with refused("InvalidNodeId", 400):
        switch(running, cluster, node_id=f"{cluster}-db-0", target_shard_name=f"{cluster}-db-1")
    with refused("InvalidSwitchMode", 400):
        switch(running, cluster, node_id="all", switch_mode=2)
    with refused("InvalidSwitchType", 400):
        switch(running, cluster, node_id="all", switch_type="Fastest")
    assert len(shard_names(running, cluster)) == 2


def test_a_switch_waits_for_its_window(me: Account) -> None:
    """The instance is Normal until then; it begins once the window is there, as it is set by then."""
    running = me.running
    instance = running.create(2, "")

    def window(begins_in: float) -> None:
        start = time.gmtime(time.time() + begins_in)
        end = time.gmtime(time.time() + begins_in + 3600)
        running.tair.modify_instance_maintain_time(
            tair.ModifyInstanceMaintainTimeRequest(
                instance_id=instance,
                maintain_start_time=time.strftime("%H:%MZ", start),
                maintain_end_time=time.strftime("%H:%MZ", end),
            )
        )

    window(2 * 3600)
    switch(running, instance, node_id="all", switch_mode=1)
    running.wait_idle()
    assert (running.status(instance), switches(running, instance)) == ("Normal", 0)
    window(-600)
    until("the switch", lambda: switches(running, instance) == 1)
    running.wait_normal(instance)


def switches(running: Running, instance: str) -> int:
    """How often the instance was HASwitching, by the change feed."""
    with contextlib.closing(open_store(running.folder.store)) as store, store.read() as view:
        changes = view.changes(kind=Instance.kind, id=instance, limit=1_000)
    return sum(one.after == "HASwitching" != one.before for one in changes)


def test_windows() -> None:
    """Seconds until a daily window begins."""
    assert seconds_until(86_400 * 5 + 3_600, "01:00Z", "02:00Z") == 0
    assert seconds_until(86_400 * 5 + 7_200, "01:00Z", "02:00Z") == 23 * 3_600
    assert seconds_until(86_400 * 5 + 60, "01:00Z", "02:00Z") == 3_540
    assert seconds_until(86_400 * 5 + 60, "23:30Z", "00:30Z") == 0
    assert seconds_until(86_400 * 5 + 86_100, "23:30Z", "00:30Z") == 0
    assert seconds_until(86_400 * 5 + 1_800, "23:30Z", "00:30Z") == 23 * 3_600


def test_one_change_at_a_time(jackfield: Running, cluster: str) -> None:
    switch(jackfield, cluster, node_id="all")
    with refused("InstanceStatus.NotSupport", 403):
        add(jackfield, cluster)
    with refused("InstanceStatus.NotSupport", 403):
        remove(jackfield, cluster, shard_count=1)
    with refused("InstanceStatus.NotSupport", 403):
        switch(jackfield, cluster, node_id="all")
    jackfield.wait_normal(cluster)
