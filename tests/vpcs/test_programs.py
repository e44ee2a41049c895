"""Programs that people have, inside a VPC: redis-cli, psql, and Python with redis-py."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_rds20140815 import models as rds
from alibabacloud_rds20140815.client import Client as RdsClient

from tests.nlb.conftest import Network, Nlb
from tests.running import PASSWORD, until
from tests.users import User
from tests.vpcs.inside import RunningAs

ACCOUNT = "alice"


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> User:
    """Whoever runs the tests: others may not have all these programs."""
    if sys.platform != "linux":
        pytest.skip("VPCs exist on Linux only")
    return User("self", Path(tmp_path_factory.mktemp("programs")))


@pytest.fixture(scope="module")
def running(user: User) -> Iterator[RunningAs]:
    with RunningAs(user) as running:
        yield running


@pytest.fixture(scope="module")
def network(running: RunningAs) -> Network:
    return Nlb(running).network("10.8")


@pytest.fixture(scope="module")
def cluster(running: RunningAs, network: Network) -> str:
    """A Tair cluster with a direct endpoint; its id."""
    zone, vswitch = next(iter(network.vswitches.items()))
    instance = running.create(2, vpc_id=network.vpc, v_switch_id=vswitch, zone_id=zone)
    running.allocate(instance)
    return instance


def test_redis_cli(running: RunningAs, network: Network, cluster: str) -> None:
    if shutil.which("redis-cli") is None:
        pytest.skip("there is no redis-cli on this machine")
    said = running.run_inside(network.vpc, "redis-cli", "-h", running.name(cluster), "-a", PASSWORD, "--no-auth-warning", "SET", "a", "1")  # fmt: skip  # noqa: E501
    assert (said.stdout.strip(), said.returncode) == ("OK", 0), said.stderr
    direct = running.name(cluster, "direct")
    said = running.run_inside(network.vpc, "redis-cli", "-c", "-h", direct, "-a", PASSWORD, "--no-auth-warning", "GET", "a")  # fmt: skip  # noqa: E501
    assert (said.stdout.strip(), said.returncode) == ("1", 0), said.stderr


def test_a_cluster_client_follows_the_shards(running: RunningAs, network: Network, cluster: str) -> None:
    """It learns the shards' addresses, which are there inside the VPC, too."""
    script = (
        "import sys, redis; client = redis.RedisCluster(host=sys.argv[1], password=sys.argv[2]);"
        "[client.set(f'k{n}', n) for n in range(200)];"
        "print(sum(client.get(f'k{n}') == b'%d' % n for n in range(200)), len(client.get_primaries()))"
    )
    said = running.run_inside(network.vpc, sys.executable, "-c", script, running.name(cluster, "direct"), PASSWORD)
    assert (said.stdout.split(), said.returncode) == (["200", "2"], 0), said.stderr


def test_psql(running: RunningAs, network: Network) -> None:
    if shutil.which("psql") is None:
        pytest.skip("there is no psql on this machine")
    name = _postgres(running, network)
    url = f"postgresql://{ACCOUNT}:{PASSWORD}@{name}:5432/postgres"
    said = running.run_inside(network.vpc, "psql", url, "-Atc", "select 40 + 2, inet_client_addr() is null")
    assert (said.stdout.strip(), said.returncode) == ("42|t", 0), said.stderr


def _postgres(running: RunningAs, network: Network) -> str:
    """A PostgreSQL instance in the VPC with an account; its connection string."""
    api = RdsClient(running.config())
    zone, vswitch = next(iter(network.vswitches.items()))
    instance: str = api.create_dbinstance(
        rds.CreateDBInstanceRequest(
            region_id="cn-hangzhou", engine="PostgreSQL", engine_version="15.0", dbinstance_class="rds.n2.small.1",
            dbinstance_storage=20, dbinstance_net_type="Intranet", security_iplist="10.8.0.0/16", pay_type="Postpaid",
            vpcid=network.vpc, v_switch_id=vswitch, zone_id=zone,
        )
    ).body.dbinstance_id  # fmt: skip

    def attribute() -> Any:
        request = rds.DescribeDBInstanceAttributeRequest(dbinstance_id=instance)
        return api.describe_dbinstance_attribute(request).body.items.dbinstance_attribute[0]

    until(f"{instance} Running", lambda: attribute().dbinstance_status == "Running", 60)
    api.create_account(
        rds.CreateAccountRequest(
            dbinstance_id=instance, account_name=ACCOUNT, account_password=PASSWORD, account_type="Super"
        )
    )

    def available() -> bool:
        found = api.describe_accounts(rds.DescribeAccountsRequest(dbinstance_id=instance)).body
        return bool(found.accounts.dbinstance_account[0].account_status == "Available")

    until("the account Available", available)
    name: str = attribute().connection_string
    return name
