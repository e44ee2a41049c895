"""The main job through the official SDK, seen by real Redis clients."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import redis
from alibabacloud_r_kvstore20150101 import models as tair

from tests.redis_once import ONCE
from tests.running import PASSWORD, Running, refused, until

pytestmark = pytest.mark.usefixtures("resolving")


@pytest.fixture(scope="module")
def cluster(jackfield: Running) -> str:
    return jackfield.create(shards=3)


@pytest.fixture
def direct(jackfield: Running, cluster: str) -> Iterator[str]:
    """The direct endpoint's name; it is gone afterwards."""
    jackfield.allocate(cluster)
    yield jackfield.name(cluster, "direct")
    jackfield.wait_normal(cluster)
    try:
        jackfield.name(cluster, "direct")
    except LookupError:
        return
    jackfield.release(cluster)
    jackfield.wait_normal(cluster)


def test_cluster_clients_use_the_shards(jackfield: Running, cluster: str, direct: str) -> None:
    """Keys written past the router are read through it; every shard is dialled at an address of its own."""
    with redis.RedisCluster(host=direct, port=6379, password=PASSWORD) as shards:
        for number in range(300):
            shards.set(f"key:{number}", number)
        places = {(node.host, node.port) for node in shards.get_nodes()}
    assert len(places) == 3
    assert {host for host, _ in places} == set(jackfield.names()[direct])
    with redis.Redis(host=jackfield.name(cluster), password=PASSWORD) as plain:
        assert plain.mget([f"key:{number}" for number in range(300)]) == [b"%d" % number for number in range(300)]


def test_release_cuts_every_client_and_leaves_the_ordinary_address_alone(
    jackfield: Running, cluster: str, direct: str
) -> None:
    """When the status reads Normal, every held connection is closed, every shard refuses, the name is gone."""
    places = [(address, 6379) for address in jackfield.names()[direct]]
    held = [_logged_in(place) for place in places for _ in range(40)]
    load = _Load(jackfield.name(cluster))
    load.start()
    jackfield.release(cluster)
    assert jackfield.status(cluster) == "NetworkModifying"
    jackfield.wait_normal(cluster)
    assert [_is_closed(connection) for connection in held] == [True] * len(held)
    for place in places:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(place)
    assert direct not in jackfield.names()
    with pytest.raises(redis.ConnectionError):
        redis.Redis(host=direct, port=6379, password=PASSWORD, retry=ONCE).ping()
    served = load.served
    until("the ordinary address goes on", lambda: load.served > served + 100)
    assert load.stop() == []


def test_release_twice(jackfield: Running, cluster: str, direct: str) -> None:
    jackfield.release(cluster)
    with refused("InstanceStatus.NotSupport", 403):
        jackfield.release(cluster)
    with refused("InstanceStatus.NotSupport", 403):
        jackfield.tair.allocate_direct_connection(tair.AllocateDirectConnectionRequest(instance_id=cluster))
    jackfield.wait_normal(cluster)
    with refused("NetTypeNotExists", 400):
        jackfield.release(cluster)


def test_a_chosen_port_is_announced_by_every_shard(jackfield: Running, cluster: str) -> None:
    jackfield.allocate(cluster, connection_string="chosen1234", port="7379")
    name = jackfield.name(cluster, "direct")
    assert name == "chosen1234.redis.rds.aliyuncs.com"
    for address in jackfield.names()[name]:
        with redis.Redis(host=address, port=7379, password=PASSWORD) as shard:
            slots = shard.execute_command("CLUSTER SLOTS")
            assert {(entry[2][0].decode(), entry[2][1]) for entry in slots} == {
                (other, 7379) for other in jackfield.names()[name]
            }
    with redis.RedisCluster(host=name, port=7379, password=PASSWORD) as shards:
        assert shards.set("somewhere", 1)
    jackfield.release(cluster)
    jackfield.wait_normal(cluster)


def test_unknown_instance(jackfield: Running) -> None:
    with refused("InvalidDbInstanceId.NotFound", 404):
        jackfield.release("r-bp1doesnotexist0")


def _logged_in(place: tuple[str, int]) -> socket.socket:
    connection = socket.create_connection(place, timeout=5)
    connection.sendall(b"AUTH %s\r\n" % PASSWORD.encode())
    assert connection.recv(64) == b"+OK\r\n"
    return connection


def _is_closed(connection: socket.socket) -> bool:
    """Whether the connection is over, as far as this end knows without waiting."""
    with connection:
        connection.setblocking(False)
        try:
            return connection.recv(1) == b""
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True


class _Load(threading.Thread):
    """Reads and writes through an address without a pause; keeps every failure."""

    def __init__(self, name: str) -> None:
        super().__init__(daemon=True)
        self._name = name
        self._ended = threading.Event()
        self._failures: list[Exception] = []
        self.served = 0

    def run(self) -> None:
        with redis.Redis(host=self._name, password=PASSWORD) as client:
            while not self._ended.is_set():
                try:
                    client.set(f"load:{self.served % 50}", self.served)
                    assert int(client.get(f"load:{self.served % 50}")) == self.served
                except Exception as error:
                    self._failures.append(error)
                self.served += 1

    def stop(self) -> list[Exception]:
        self._ended.set()
        self.join(10)
        return self._failures
