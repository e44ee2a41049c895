"""redis-cli, redis-benchmark and redis-py at the ordinary and the direct address of a cluster, with and without TLS."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import redis
import redis.asyncio
from alibabacloud_r_kvstore20150101 import models as tair

from tests.running import PASSWORD, Running

pytestmark = pytest.mark.usefixtures("resolving")

KEYS = [f"key:{number}" for number in range(60)]
WRITTEN = [key.encode() for key in KEYS]


class Doors(NamedTuple):
    """Names of a standard instance and of a cluster; :ivar ca: the authority's certificate."""

    standard: str
    proxy: str
    direct: str
    ca: Path


@pytest.fixture(scope="module")
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("tools"), "--pace", "instant") as running:
        yield running


@pytest.fixture(scope="module")
def doors(jackfield: Running, tmp_path_factory: pytest.TempPathFactory) -> Doors:
    standard, cluster = jackfield.create(0), jackfield.create(3)
    jackfield.allocate(cluster)
    for instance in (standard, cluster):
        jackfield.tair.modify_instance_ssl(tair.ModifyInstanceSSLRequest(instance_id=instance, sslenabled="Enable"))
        jackfield.wait_normal(instance)
    ca = tmp_path_factory.mktemp("ca") / "ca.pem"
    with urllib.request.urlopen(f"{jackfield.ready.api}/_jackfield/ca.pem") as reply:
        ca.write_bytes(reply.read())
    return Doors(jackfield.name(standard), jackfield.name(cluster), jackfield.name(cluster, "direct"), ca)


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def tls(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def options(doors: Doors, tls: bool) -> dict[str, Any]:
    return {"password": PASSWORD, **({"ssl": True, "ssl_ca_certs": str(doors.ca)} if tls else {})}


def run(jackfield: Running, doors: Doors, tls: bool, program: str, *arguments: str) -> str:
    """What a program says that was started by ``jackfield exec``, so that names resolve for it."""
    found = shutil.which(program)
    assert found is not None
    if tls and "--tls" not in subprocess.run([found, "--help"], capture_output=True, text=True).stdout:
        pytest.skip(f"this {program} has no TLS")
    argv = [sys.executable, "-m", "jackfield", "exec", "--data", str(jackfield.folder.root), "--", found,
            "-a", PASSWORD, *(["--tls", "--cacert", str(doors.ca)] if tls else []), *arguments]  # fmt: skip
    done = subprocess.run(argv, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("door", ["standard", "proxy"])
def test_plain_clients(doors: Doors, door: str, tls: bool) -> None:
    """Pipelines included; MGET over all shards."""
    with redis.Redis(host=getattr(doors, door), **options(doors, tls)) as client:
        pipeline = client.pipeline(transaction=False)
        for key in KEYS:
            pipeline.set(key, key)
        assert pipeline.execute() == [True] * len(KEYS)
        assert client.mget(KEYS) == WRITTEN


def test_cluster_clients(doors: Doors, tls: bool) -> None:
    with redis.RedisCluster(host=doors.direct, **options(doors, tls)) as client:
        for key in KEYS:
            client.set(key, key)
        assert [client.get(key) for key in KEYS] == WRITTEN
        assert client.mget_nonatomic(KEYS) == WRITTEN
        assert len(client.get_primaries()) == 3


def test_asyncio_clients(doors: Doors, tls: bool) -> None:
    async def use() -> None:
        for host in (doors.standard, doors.proxy):
            async with redis.asyncio.Redis(host=host, **options(doors, tls)) as plain:
                await asyncio.gather(*(plain.set(key, key) for key in KEYS))
                assert await asyncio.gather(*(plain.get(key) for key in KEYS)) == WRITTEN
        async with redis.asyncio.RedisCluster(host=doors.direct, **options(doors, tls)) as cluster:
            await asyncio.gather(*(cluster.set(key, key) for key in KEYS))
            assert await asyncio.gather(*(cluster.get(key) for key in KEYS)) == WRITTEN

    asyncio.run(use())


def test_both_addresses_at_once(doors: Doors, tls: bool) -> None:
    """What one client writes the other reads."""
    with (
        redis.Redis(host=doors.proxy, **options(doors, tls)) as plain,
        redis.RedisCluster(host=doors.direct, **options(doors, tls)) as cluster,
    ):
        for number, key in enumerate(KEYS):
            writer, reader = (plain, cluster) if number % 2 else (cluster, plain)
            writer.set(key, number)
            assert reader.get(key) == str(number).encode()
            assert reader.incr(key) == number + 1
            assert writer.get(key) == str(number + 1).encode()


@pytest.mark.parametrize("door", ["standard", "proxy", "direct"])
def test_redis_cli(jackfield: Running, doors: Doors, door: str, tls: bool) -> None:
    """With -c at the direct address, where it follows the shards' words over TLS as well."""
    follow = ["-c"] if door == "direct" else []

    def cli(*words: str) -> list[str]:
        host = getattr(doors, door)
        return run(jackfield, doors, tls, "redis-cli", "--no-auth-warning", *follow, "-h", host, *words).splitlines()

    for key in ("a", "b", "c"):
        assert cli("SET", key, f"<{key}>")[-1] == "OK"
    for key in ("a", "b", "c"):
        assert cli("GET", key)[-1] == f"<{key}>"


@pytest.mark.parametrize("door", ["standard", "proxy", "direct"])
def test_redis_benchmark(jackfield: Running, doors: Doors, door: str, tls: bool) -> None:
    """Every request is answered: it ends by itself and names a rate for each test."""
    follow = ["--cluster"] if door == "direct" else []
    told = run(
        jackfield, doors, tls, "redis-benchmark", *follow, "-h", getattr(doors, door), "-n", "3000", "-c", "20",
        "-P", "8", "-r", "100", "-t", "set,get,incr,lpush,rpop,hset,mset", "--csv",
    )  # fmt: skip
    rates = {
        line.split(",")[0].strip('"').split(" ")[0]: float(line.split(",")[1].strip('"'))
        for line in told.splitlines()
        if line.startswith('"') and not line.startswith('"test"')
    }
    assert set(rates) >= {"SET", "GET", "INCR", "LPUSH", "RPOP", "HSET"}
    assert all(rate > 0 for rate in rates.values())
    assert "rror" not in told
