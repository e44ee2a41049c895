"""Real Redis clients on the names and ports that the API reports."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import redis
import redis.asyncio
from alibabacloud_r_kvstore20150101 import models as tair
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.running import PASSWORD, Running

pytestmark = pytest.mark.usefixtures("resolving")

ONCE = Retry(NoBackoff(), 0)
KEYS = [f"key:{number}" for number in range(60)]


class Names(NamedTuple):
    standard: str
    standard_id: str
    cluster: str
    direct: str


@pytest.fixture(scope="module")
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("clients"), "--pace", "instant") as running:
        yield running


@pytest.fixture(scope="module")
def names(jackfield: Running) -> Names:
    standard, cluster = jackfield.create(0, port="6390"), jackfield.create(3)
    jackfield.allocate(cluster, port="6391")
    return Names(
        jackfield.name(standard), standard, jackfield.name(cluster), jackfield.name(cluster, "direct")
    )  # fmt: skip


def _use(client: Any) -> list[bytes]:
    """Writes and reads every key; one by one, since a cluster's keys lie on several shards."""
    for key in KEYS:
        client.set(key, key)
    return [client.get(key) for key in KEYS]


async def _use_async(client: Any) -> list[bytes]:
    for key in KEYS:
        await client.set(key, key)
    return [await client.get(key) for key in KEYS]


WRITTEN = [key.encode() for key in KEYS]


@pytest.fixture(params=[2, 3], ids=["RESP2", "RESP3"])
def protocol(request: pytest.FixtureRequest) -> int:
    version: int = request.param
    return version


@pytest.fixture(params=[None, "default", "the instance's id"])
def user(request: pytest.FixtureRequest, names: Names) -> str | None:
    named: str | None = request.param
    return names.standard_id if named and named.startswith("the") else named


def test_plain_client_on_a_standard_instance(names: Names, protocol: int, user: str | None) -> None:
    with redis.Redis(host=names.standard, port=6390, username=user, password=PASSWORD, protocol=protocol) as client:
        assert _use(client) == WRITTEN
        assert client.hset("hash", mapping={"a": 1, "b": 2}) in (0, 2)
        assert client.hgetall("hash") == {b"a": b"1", b"b": b"2"}


def test_plain_client_on_a_cluster(names: Names, protocol: int) -> None:
    """The ordinary address serves clients that know nothing of clusters, commands over many shards included."""
    with redis.Redis(host=names.cluster, password=PASSWORD, protocol=protocol) as client:
        assert _use(client) == WRITTEN
        assert client.mget(KEYS) == WRITTEN
        pipeline = client.pipeline(transaction=False)
        for key in KEYS:
            pipeline.get(key)
        assert pipeline.execute() == WRITTEN


def test_cluster_client(names: Names, protocol: int) -> None:
    with redis.RedisCluster(host=names.direct, port=6391, password=PASSWORD, protocol=protocol) as client:
        assert _use(client) == WRITTEN
        assert {node.port for node in client.get_nodes()} == {6391}


def test_asyncio_clients(names: Names, protocol: int) -> None:
    async def use() -> None:
        for name, port in ((names.standard, 6390), (names.cluster, 6379)):
            plain = redis.asyncio.Redis(host=name, port=port, password=PASSWORD, protocol=protocol)
            assert await _use_async(plain) == WRITTEN
            await plain.aclose()
        shards = redis.asyncio.RedisCluster(host=names.direct, port=6391, password=PASSWORD, protocol=protocol)
        assert await _use_async(shards) == WRITTEN
        await shards.aclose()

    asyncio.run(use())


def test_subscribers(names: Names) -> None:
    with redis.Redis(host=names.standard, port=6390, password=PASSWORD) as client, client.pubsub() as heard:
        heard.subscribe("news")
        assert heard.get_message(timeout=5) == {"type": "subscribe", "pattern": None, "channel": b"news", "data": 1}
        assert client.publish("news", "hello") == 1
        told = heard.get_message(timeout=5)
        assert told is not None
        assert told["data"] == b"hello"


def _places(jackfield: Running, names: Names) -> dict[str, tuple[str, int]]:
    found = jackfield.names()
    return {
        "standard": (found[names.standard][0], 6390),
        "cluster": (found[names.cluster][0], 6379),
        "direct": (found[names.direct][0], 6391),
    }


@pytest.mark.parametrize("door", ["standard", "cluster", "direct"])
def test_passwords(jackfield: Running, names: Names, door: str) -> None:
    """The right one in each of its forms; a wrong one again and again, also right after the right one."""
    id = names.standard_id if door == "standard" else names.cluster.partition(".")[0]
    with socket.create_connection(_places(jackfield, names)[door], timeout=5) as connection:
        replies = connection.makefile("rb")

        def say(*words: str) -> bytes:
            connection.sendall(" ".join(words).encode() + b"\r\n")
            return replies.readline()

        assert say("GET", "key:1").startswith(b"-NOAUTH ")
        assert say("AUTH", "wrong").startswith(b"-WRONGPASS ")
        assert say("AUTH", id, "wrong").startswith(b"-WRONGPASS ")
        assert say("AUTH", "somebody", PASSWORD).startswith(b"-WRONGPASS ")
        assert say("GET", "key:1").startswith(b"-NOAUTH ")
        for words in ((PASSWORD,), ("default", PASSWORD), (id, PASSWORD)):
            assert say("AUTH", *words) == b"+OK\r\n"
        assert say("PING") == b"+PONG\r\n"
        assert say("AUTH", f"{PASSWORD}x").startswith(b"-WRONGPASS ")
        replies.close()


@pytest.mark.parametrize("door", ["standard", "cluster", "direct"])
def test_a_wrong_password_is_told_to_the_client(jackfield: Running, names: Names, door: str) -> None:
    host, port = _places(jackfield, names)[door]
    with redis.Redis(host=host, port=port, password="Wrong!123456", retry=ONCE) as client:
        for _ in range(3):
            with pytest.raises(redis.AuthenticationError):
                client.ping()


def test_an_instance_without_a_password(jackfield: Running) -> None:
    """Nobody gets in: there is no password that would be the right one."""
    instance = jackfield.tair.create_instance(
        tair.CreateInstanceRequest(region_id="cn-hangzhou", instance_class="redis.master.small.default")
    ).body.instance_id
    jackfield.wait_normal(instance)
    jackfield.tair.modify_security_ips(tair.ModifySecurityIpsRequest(instance_id=instance, security_ips="0.0.0.0/0"))
    jackfield.wait_idle()
    address = jackfield.names()[jackfield.name(instance)][0]
    for password in (None, "x", instance):
        with (
            redis.Redis(host=address, password=password, retry=ONCE) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.ping()
