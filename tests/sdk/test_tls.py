"""TLS on Tair's endpoints, as clients see it who trust the authority that anybody may download."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from alibabacloud_r_kvstore20150101 import models as tair

from tests.redis_once import ONCE
from tests.running import PASSWORD, Running, refused


@pytest.fixture(scope="module")
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("tls"), "--pace", "instant") as running:
        yield running


def modify(jackfield: Running, instance: str, wanted: str) -> None:
    request = tair.ModifyInstanceSSLRequest(instance_id=instance, sslenabled=wanted)
    reply = jackfield.tair.modify_instance_ssl(request).body
    assert reply.instance_id == instance
    assert reply.task_id
    jackfield.wait_normal(instance)


def described(jackfield: Running, instance: str) -> Any:
    return jackfield.tair.describe_instance_ssl(tair.DescribeInstanceSSLRequest(instance_id=instance)).body


def serial(client: redis.Redis) -> str:
    connection: Any = client.connection_pool.get_connection()
    try:
        return str(connection._sock.getpeercert()["serialNumber"])
    finally:
        client.connection_pool.release(connection)


@pytest.mark.usefixtures("resolving")
@pytest.mark.parametrize("shards", [0, 2], ids=["standard", "cluster"])
def test_tls_is_turned_on_renewed_and_turned_off(jackfield: Running, tmp_path: Path, shards: int) -> None:
    instance = jackfield.create(shards)
    name = jackfield.name(instance)
    assert described(jackfield, instance).sslenabled == "Disable"

    plain = redis.Redis(host=name, password=PASSWORD)
    plain.set("key", "value")
    modify(jackfield, instance, "Enable")
    state = described(jackfield, instance)
    assert (state.sslenabled, state.cert_common_name) == ("Enable", name)
    with urllib.request.urlopen(state.cert_download_url) as reply:
        ca = tmp_path / "ca.pem"
        ca.write_bytes(reply.read())
    with redis.Redis(host=name, password=PASSWORD, ssl=True, ssl_ca_certs=str(ca)) as client:
        assert client.get("key") == b"value"
        first = serial(client)
    modify(jackfield, instance, "Enable")
    with redis.Redis(host=name, password=PASSWORD, ssl=True, ssl_ca_certs=str(ca)) as client:
        assert serial(client) == first
    modify(jackfield, instance, "Update")
    with redis.Redis(host=name, password=PASSWORD, ssl=True, ssl_ca_certs=str(ca)) as client:
        assert serial(client) != first
        modify(jackfield, instance, "Disable")
        assert client.get("key") == b"value"  # who is connected stays
    assert plain.get("key") == b"value"  # never cut
    with (
        redis.Redis(host=name, ssl=True, ssl_ca_certs=str(ca), socket_timeout=1, retry=ONCE) as client,
        pytest.raises(redis.RedisError),
    ):
        client.ping()
    state = described(jackfield, instance)
    assert (state.sslenabled, state.sslexpired_time) == ("Disable", "")
    plain.close()


@pytest.mark.usefixtures("resolving")
def test_every_shard_of_a_direct_endpoint_shows_its_certificate(jackfield: Running, tmp_path: Path) -> None:
    instance = jackfield.create(2)
    jackfield.allocate(instance)
    modify(jackfield, instance, "Enable")
    ca = tmp_path / "ca.pem"
    with urllib.request.urlopen(described(jackfield, instance).cert_download_url) as reply:
        ca.write_bytes(reply.read())
    options: dict[str, Any] = {"password": PASSWORD, "ssl": True, "ssl_ca_certs": str(ca)}
    with redis.RedisCluster(host=jackfield.name(instance, "direct"), **options) as cluster:
        for number in range(100):
            cluster.set(f"k{number}", number)
        assert len(cluster.get_primaries()) == 2
        assert sum(cluster.dbsize(target_nodes=node) for node in cluster.get_primaries()) == 100


def test_refusals(jackfield: Running) -> None:
    instance = jackfield.create(0, "")

    def ask(wanted: str, of: str) -> None:
        jackfield.tair.modify_instance_ssl(tair.ModifyInstanceSSLRequest(instance_id=of, sslenabled=wanted))

    with refused("InvalidInstanceId.NotFound", 404):
        ask("Enable", "r-bp1aaaaaaaaaaaaaa")
    with refused("InvalidInstanceId.NotFound", 404):
        described(jackfield, "r-bp1aaaaaaaaaaaaaa")
    with refused("InvalidParameters.Format", 400):
        ask("Perhaps", instance)
    with refused("InvalidParameters.Format", 400):
        ask("Update", instance)
    assert described(jackfield, instance).sslenabled == "Disable"
