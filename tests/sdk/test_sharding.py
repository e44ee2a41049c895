"""Shards come and go under load; the API is killed while they do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import redis
from alibabacloud_r_kvstore20150101 import models as tair

from tests.running import PASSWORD, Running, until

pytestmark = pytest.mark.usefixtures("resolving")

KEYS = 2_000
PAUSE = 0.002
"""Seconds between a worker's rounds: the machine is to be busy, not full."""
WINDOW = 400
"""Keys of one worker that are written again and again."""


@pytest.fixture(scope="module")
def cluster(jackfield: Running) -> str:
    """Two shards, with a direct endpoint and something in them."""
    instance = jackfield.create(shards=2)
    jackfield.allocate(instance)
    (address,) = jackfield.names()[jackfield.name(instance)]
    with redis.Redis(host=address, password=PASSWORD) as client:
        client.mset({f"still:{number}": number for number in range(KEYS)})
        client.rpush("{big}list", *range(5_000))
        client.mset({f"{{big}}:{number}": "x" * 100 for number in range(1_000)})
    return instance


def add(jackfield: Running, instance: str, **more: Any) -> list[str]:
    request = tair.AddShardingNodeRequest(instance_id=instance, **more)
    found: list[str] = jackfield.tair.add_sharding_node(request).body.node_ids
    return found


def remove(jackfield: Running, instance: str, **more: Any) -> None:
    jackfield.tair.delete_sharding_node(tair.DeleteShardingNodeRequest(instance_id=instance, **more))


def shard_names(jackfield: Running, instance: str) -> list[str]:
    request = tair.DescribeClusterMemberInfoRequest(instance_id=instance)
    return [one.name for one in jackfield.tair.describe_cluster_member_info(request).body.cluster_children]


def attribute(jackfield: Running, instance: str) -> Any:
    request = tair.DescribeInstanceAttributeRequest(instance_id=instance)
    return jackfield.tair.describe_instance_attribute(request).body.instances.dbinstance_attribute[0]


class Worker(threading.Thread):
    """Writes and reads without a pause, knows what every reply must be, and keeps whatever else comes."""

    def __init__(self, name: str, connect: Callable[[], Any]) -> None:
        super().__init__(name=name, daemon=True)
        self._connect = connect
        self._ended = threading.Event()
        self.failures: list[str] = []
        self.last: dict[str, int] = {}
        self.rounds = 0

    def run(self) -> None:
        with self._connect() as client:
            while not self._ended.is_set():
                try:
                    self._round(client)
                except Exception as error:
                    self.failures.append(f"{self.name}, round {self.rounds}: {type(error).__name__}: {error}")
                    return
                self.rounds += 1
                self._ended.wait(PAUSE)

    def _round(self, client: Any) -> None:
        number = self.rounds
        key = f"{self.name}:{number % WINDOW}"
        expect(client.set(key, number), True)
        self.last[key] = number
        expect(client.get(key), b"%d" % number)
        expect(client.incr(f"{self.name}:count"), number + 1)
        together = [f"{{{self.name}:{number % 50}}}:{one}" for one in range(3)]
        expect(client.mset(dict.fromkeys(together, number)), True)
        expect(client.mget(together), [b"%d" % number] * 3)
        expect(client.delete(together[0]), 1)
        expect(client.mget(together), [None, b"%d" % number, b"%d" % number])
        expect(client.get(f"still:{number % KEYS}"), b"%d" % (number % KEYS))
        expect(client.rpush(f"{self.name}:queue:{number % 7}", number), 1)
        expect(client.blpop([f"{self.name}:queue:{number % 7}"], 5)[1], b"%d" % number)

    def stop(self) -> None:
        self._ended.set()
        self.join(20)


def expect(reply: Any, wanted: Any) -> None:
    if reply != wanted:
        raise AssertionError(f"{reply!r} instead of {wanted!r}")


def workers(jackfield: Running, instance: str) -> list[Worker]:
    ordinary, direct = jackfield.name(instance), jackfield.name(instance, "direct")
    return [
        Worker("proxy-0", lambda: redis.Redis(host=ordinary, password=PASSWORD)),
        Worker("proxy-1", lambda: redis.Redis(host=ordinary, password=PASSWORD)),
        Worker("direct-0", lambda: redis.RedisCluster(host=direct, port=6379, password=PASSWORD)),
        Worker("direct-1", lambda: redis.RedisCluster(host=direct, port=6379, password=PASSWORD)),
    ]


@pytest.mark.timeout(60)
def test_shards_come_and_go_under_load(jackfield: Running, cluster: str) -> None:
    """Nothing is lost or wrong, in either mode, and no client sees an error; afterwards all agree on what there is."""
    before = attribute(jackfield, cluster)
    load = workers(jackfield, cluster)
    for worker in load:
        worker.start()
    until("the load has begun", lambda: all(worker.rounds > 20 or worker.failures for worker in load))
    (name,) = add(jackfield, cluster)
    assert name == f"{cluster}-db-2"
    assert jackfield.status(cluster) == "Changing"
    jackfield.wait_normal(cluster)
    assert [failure for worker in load for failure in worker.failures] == []
    after = attribute(jackfield, cluster)
    assert (after.shard_count, after.capacity) == (3, before.capacity // 2 * 3)
    assert shard_names(jackfield, cluster) == [f"{cluster}-db-{index}" for index in range(3)]
    direct = jackfield.name(cluster, "direct")
    assert len(jackfield.names()[direct]) == 3
    assert slots_by_address(jackfield, cluster) == dict(zip(jackfield.names()[direct], (5462, 5461, 5461), strict=True))
    gone = jackfield.names()[direct][0]
    remove(jackfield, cluster, node_id=f"{cluster}-db-0")
    jackfield.wait_normal(cluster)
    begun = {worker.name: worker.rounds for worker in load}
    until("they go on", lambda: all(worker.rounds > begun[worker.name] + 20 or worker.failures for worker in load))
    for worker in load:
        worker.stop()
    assert [failure for worker in load for failure in worker.failures] == []
    assert attribute(jackfield, cluster).shard_count == 2
    assert shard_names(jackfield, cluster) == [f"{cluster}-db-1", f"{cluster}-db-2"]
    assert gone not in jackfield.names()[direct]
    with pytest.raises(redis.ConnectionError):
        redis.Redis(host=gone, port=6379, password=PASSWORD).ping()
    assert sum(slots_by_address(jackfield, cluster).values()) == 16384
    with (
        redis.Redis(host=jackfield.name(cluster), password=PASSWORD) as plain,
        redis.RedisCluster(host=direct, port=6379, password=PASSWORD) as shards,
    ):
        for client in (plain, shards):
            for worker in load:
                wanted = {**worker.last, f"{worker.name}:count": worker.rounds}
                assert {key: int(client.get(key)) for key in wanted} == wanted
        assert plain.mget([f"still:{number}" for number in range(KEYS)]) == [b"%d" % number for number in range(KEYS)]
        assert plain.lrange("{big}list", 0, -1) == [b"%d" % number for number in range(5_000)]
        assert len({*plain.scan_iter("{big}:*", count=500)}) == 1_000


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
