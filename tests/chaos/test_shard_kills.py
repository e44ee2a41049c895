"""kill -9 of the API process while slots move: the next one goes on, and clients of the shards notice nothing."""

from __future__ import annotations

import contextlib
import random
import time
from pathlib import Path

import msgspec
import pytest
import redis
from alibabacloud_r_kvstore20150101 import models as tair

from jackfield.endpoints.resources import ADDRESSES
from jackfield.engines.redis import BUS_PORT
from jackfield.processes import ProcessId
from jackfield.products.tair.resources import Instance
from jackfield.reconcile.dialling import listening_ports
from jackfield.store.sqlite import open_store
from tests.conftest import resolve_with
from tests.running import PASSWORD, Running, kill, until
from tests.shard_load import check, failures, fill, working

pytestmark = pytest.mark.chaos

SEED = 20240518


@pytest.mark.timeout(120)
def test_a_move_goes_on_after_kills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(SEED)
    with Running(tmp_path, "--pace", "instant") as jackfield:
        resolve_with(jackfield.folder.hosts, monkeypatch)
        cluster = jackfield.create(shards=2)
        jackfield.allocate(cluster)
        fill(jackfield.names()[jackfield.name(cluster)][0])
        with working(jackfield, cluster) as load:
            until("the load has begun", lambda: all(worker.rounds > 2 for worker in load) or failures(load))
            jackfield.tair.add_sharding_node(tair.AddShardingNodeRequest(instance_id=cluster))
            _kill(jackfield, chance.uniform(0.0, 0.8), cluster)
            until("slots move", lambda: _owners(jackfield, cluster) == 3)
            _kill(jackfield, chance.uniform(0.0, 0.2), cluster)
            jackfield.wait_normal(cluster)
            jackfield.wait_idle()
            jackfield.tair.delete_sharding_node(
                tair.DeleteShardingNodeRequest(instance_id=cluster, node_id=f"{cluster}-db-1")
            )
            _kill(jackfield, chance.uniform(0.0, 0.4), cluster)
            jackfield.wait_normal(cluster)
            jackfield.wait_idle()
        assert failures(load) == []
        check(jackfield, cluster, load)
        _nothing_is_left(jackfield, cluster)


@pytest.mark.timeout(120)
def test_a_move_goes_on_after_a_server_died(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that gives keys away is killed, then one that gets them: each is started again and no key is lost."""
    with Running(tmp_path, "--pace", "instant") as jackfield:
        resolve_with(jackfield.folder.hosts, monkeypatch)
        cluster = jackfield.create(shards=2)
        jackfield.allocate(cluster)
        fill(jackfield.names()[jackfield.name(cluster)][0])
        jackfield.tair.add_sharding_node(tair.AddShardingNodeRequest(instance_id=cluster))
        until("slots move", lambda: _owners(jackfield, cluster) == 3)
        for index in (0, 2):
            assert jackfield.status(cluster) == "Changing"
            record = jackfield.folder.engine_folder(cluster, index) / "process.json"
            kill(msgspec.json.decode(record.read_bytes(), type=ProcessId))
        jackfield.wait_normal(cluster)
        jackfield.wait_idle()
        check(jackfield, cluster, [])
        assert _owners(jackfield, cluster) == 3


def _kill(jackfield: Running, delay: float, instance: str) -> None:
    """Kills the API at some moment of a change, and waits for the next one."""
    time.sleep(delay)
    assert jackfield.status(instance) == "Changing", f"after {delay:.3f} s of {SEED} the change is over"
    jackfield.kill_api()
    jackfield.wait_ready()


def _owners(jackfield: Running, cluster: str) -> int:
    """How many shards have slots, as a client sees it."""
    address = jackfield.names()[jackfield.name(cluster, "direct")][0]
    with redis.Redis(host=address, port=6379, password=PASSWORD) as shard:
        return len({master[2] for _, _, master, *_ in shard.execute_command("CLUSTER SLOTS")})


def _nothing_is_left(jackfield: Running, cluster: str) -> None:
    """The two shards have their addresses, servers and folders, and nobody else has any."""
    with contextlib.closing(open_store(jackfield.folder.store)) as store, store.read() as view:
        instance = view.get(Instance, cluster)
        assert instance is not None
        assert (instance.resharding, instance.change) == (None, "")
        addresses = {shard.address for shard in instance.shards}
        assert view.count_claims(ADDRESSES) == len(addresses) + 1, "a claim is left behind"
    assert [shard.index for shard in instance.shards] == [0, 2]
    assert set(jackfield.names()[jackfield.name(cluster, "direct")]) == addresses
    for address in addresses:
        assert listening_ports(address) == {BUS_PORT, 6379}, "a port that keys move by is still open"
    folders = [jackfield.folder.engine_folder(cluster, index).exists() for index in range(3)]
    assert folders == [True, False, True]
