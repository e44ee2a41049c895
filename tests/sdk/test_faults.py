"""MasterNodeShutDownFailOver: servers die and others take over; the proxy cuts its clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis
from alibabacloud_r_kvstore20150101 import models as tair

from tests.chaos.dialling import is_closed, logged_in
from tests.running import PASSWORD, Running, refused, until
from tests.sdk.clients import Account


@pytest.fixture(scope="module")
def cluster(jackfield: Running) -> str:
    instance = jackfield.create(shards=2)
    jackfield.allocate(instance)
    return instance


def fail(running: Running, instance: str | None, **more: Any) -> Any:
    request = tair.MasterNodeShutDownFailOverRequest(instance_id=instance, **more)
    return running.tair.master_node_shut_down_fail_over(request).body


def _shards(jackfield: Running, cluster: str) -> list[str]:
    return jackfield.names()[jackfield.name(cluster, "direct")]


@contextmanager
def _processes(jackfield: Running, cluster: str) -> Iterator[Callable[[], list[int]]]:
    """The servers that answer at the direct addresses."""
    clients = [redis.Redis(host=address, port=6379, password=PASSWORD) for address in _shards(jackfield, cluster)]

    def ask() -> list[int]:
        return [int(client.info("server")["process_id"]) for client in clients]

    yield ask
    for client in clients:
        client.close()


def test_servers_fail(jackfield: Running, cluster: str) -> None:
    """What was acknowledged is there afterwards; another process serves the shard, and only that one."""
    (ordinary,) = jackfield.names()[jackfield.name(cluster)]
    with redis.Redis(host=ordinary, password=PASSWORD) as client, _processes(jackfield, cluster) as processes:
        before = processes()
        client.mset({f"key:{number}": number for number in range(500)})
        made = fail(jackfield, cluster, fail_mode="Hard", dbfault_mode="Specify", dbnodes=f"{cluster}-db-1")
        assert made.dbinstance_id == cluster
        assert jackfield.status(cluster) == "HASwitching"
        with refused("InstanceStatus.NotSupport", 403):
            fail(jackfield, cluster, dbfault_mode="Random")
        jackfield.wait_normal(cluster)
        assert [old == new for old, new in zip(before, processes(), strict=True)] == [True, False]
        assert client.mget([f"key:{number}" for number in range(500)]) == [b"%d" % number for number in range(500)]


def test_a_quarter_fails_at_random(jackfield: Running, cluster: str) -> None:
    with _processes(jackfield, cluster) as processes:
        before = processes()
        fail(jackfield, cluster, dbfault_mode="Random")
        jackfield.wait_normal(cluster)
        assert sum(old != new for old, new in zip(before, processes(), strict=True)) == 1


def test_the_proxy_fails(jackfield: Running, cluster: str) -> None:
    """Its clients are cut; those of the direct addresses are not, and no server ends."""
    (ordinary,) = jackfield.names()[jackfield.name(cluster)]
    shard = _shards(jackfield, cluster)[0]
    with (
        logged_in((ordinary, 6379)) as through,
        logged_in((shard, 6379)) as straight,
        _processes(jackfield, cluster) as processes,
    ):
        before = processes()
        fail(jackfield, cluster, proxy_fault_mode="Random")
        jackfield.wait_normal(cluster)
        until("the client is cut", lambda: is_closed(through))
        assert not is_closed(straight)
        assert processes() == before
    with logged_in((ordinary, 6379)):
        pass


def test_refusals(me: Account) -> None:
    running = me.running
    standard, cluster = running.create(0, ""), running.create(2, "")
    with refused("MissingInstanceId", 400):
        fail(running, None, dbfault_mode="Random")
    with refused("InvalidInstanceId.NotFound", 404):
        fail(running, "r-bp1doesnotexist0", dbfault_mode="Random")
    for more, code in (
        ({}, "MissingDBFaultMode"),
        ({"dbfault_mode": "Specify"}, "MissingDBNodes"),
        ({"dbfault_mode": "All"}, "InvalidDBFaultMode"),
        ({"dbnodes": f"{standard}-db-0"}, "InvalidDBNodes"),
        ({"dbfault_mode": "Random", "category": "host"}, "InvalidCategory"),
        ({"dbfault_mode": "Random", "fail_mode": "Gentle"}, "InvalidFailMode"),
        ({"proxy_fault_mode": "Specify"}, "MissingProxyInstanceIds"),
        ({"proxy_instance_ids": "1"}, "InvalidProxyInstanceIds"),
    ):
        with refused(code, 400):
            fail(running, cluster, **more)
    with refused("InvalidProxyFaultMode", 400):
        fail(running, standard, proxy_fault_mode="Random")
    assert running.status(cluster) == "Normal"
