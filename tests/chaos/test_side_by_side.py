"""Two Jackfields on one machine: what happens to one is none of the other's business."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis
from alibabacloud_r_kvstore20150101 import models as tair

from tests.chaos.dialling import Place
from tests.chaos.load import Load, ordinary_places
from tests.chaos.observing import listening_in, processes_naming
from tests.running import PASSWORD, Running

pytestmark = pytest.mark.chaos


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Running]:
    with Running(tmp_path / "first", "--pace", "instant") as running:
        yield running


def test_one_dies(first: Running, tmp_path: Path) -> None:
    with Load(ordinary_places(first, first.create(shards=0))) as load:
        running = processes_naming(first.folder.root)
        with Running(tmp_path / "second", "--pace", "instant") as second:
            assert second.ready.api != first.ready.api
            instance = second.create(shards=0)
            described = first.tair.describe_instances(tair.DescribeInstancesRequest(region_id="cn-hangzhou"))
            assert instance not in str(described.body.to_map())
            second.kill_all()
            load.check()
            second.up()
            second.down()
            load.check()
            second.up()
            assert second.status(instance) == "Normal"
        assert processes_naming(tmp_path / "second") == {}
        assert processes_naming(first.folder.root) == running
        load.check()


def test_the_same_pool(tmp_path: Path) -> None:
    """Fourteen addresses for both, ten of which are needed: they meet, and each moves on until it has its own."""
    network = _free_block()
    print(f"the pool {network}")
    options = ("--pace", "instant", "--addresses", str(network))
    with (
        Running(tmp_path / "first", *options) as first,
        Running(tmp_path / "second", *options) as second,
        ThreadPoolExecutor(6) as pool,
    ):
        both = (first, second)
        made = [[pool.submit(one.create, shards) for shards in (2, 0, 0)] for one in both]
        instances = [[instance.result() for instance in some] for some in made]
        for done in [pool.submit(one.allocate, some[0]) for one, some in zip(both, instances, strict=True)]:
            done.result()

        claimed = [_addresses(one) for one in both]
        assert [len(addresses) for addresses in claimed] == [5, 5]
        assert not claimed[0] & claimed[1], "an address belongs to both"
        assert listening_in(network) == {(address, 6379) for addresses in claimed for address in addresses}
        for one, some in zip(both, instances, strict=True):
            for instance in some:
                (place,) = ordinary_places(one, instance)
                _mark(place, instance)
        for one, some in zip(both, instances, strict=True):
            for instance in some:
                (place,) = ordinary_places(one, instance)
                assert _marks(place) == instance.encode()
            direct = one.names()[one.name(some[0], "direct")]
            with redis.RedisCluster(host=direct[0], port=6379, password=PASSWORD) as client:
                assert client.get("mark") == some[0].encode()


def _free_block() -> ipaddress.IPv4Network:
    """Sixteen addresses of this machine at which nobody listens."""
    while True:
        base = int(ipaddress.IPv4Address("127.48.0.0")) + random.SystemRandom().randrange(2**19 >> 4) * 16
        network = ipaddress.IPv4Network((base, 28))
        if not listening_in(network):
            return network


def _addresses(jackfield: Running) -> set[str]:
    return {address for addresses in jackfield.names().values() for address in addresses}


def _mark(place: Place, text: str) -> None:
    with redis.Redis(*place, password=PASSWORD) as client:
        assert client.set("mark", text) is True


def _marks(place: Place) -> object:
    with redis.Redis(*place, password=PASSWORD) as client:
        return client.get("mark")
