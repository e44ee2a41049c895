"""RDS instances on real servers, shared by the tests of a file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from alibabacloud_rds20140815 import models as rds
from alibabacloud_rds20140815.client import Client

from jackfield.engines.mysql.find import ENVIRONMENT
from tests.rds.databases import ACCOUNT, PASSWORD, Database, database_of
from tests.running import Running, until

ENGINES = ("postgres", "mariadb", "seekdb")


class Rds:
    """The official client and what tests do with it over and over."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.api = Client(running.config())

    def create(self, engine: str, version: str, **more: Any) -> str:
        """A Running instance that admits everybody."""
        request = rds.CreateDBInstanceRequest(
            region_id="cn-hangzhou",
            engine=engine,
            engine_version=version,
            dbinstance_class="rds.n2.small.1",
            dbinstance_storage=20,
            dbinstance_net_type="Intranet",
            security_iplist="0.0.0.0/0",
            pay_type="Postpaid",
        )
        for name, value in more.items():
            setattr(request, name, value)
        instance: str = self.api.create_dbinstance(request).body.dbinstance_id
        self.wait_running(instance)
        return instance

    def status(self, instance: str) -> str:
        reply = self.api.describe_dbinstance_attribute(rds.DescribeDBInstanceAttributeRequest(dbinstance_id=instance))
        status: str = reply.body.items.dbinstance_attribute[0].dbinstance_status
        return status

    def wait_running(self, instance: str) -> None:
        self.wait_status(instance, "Running")

    def wait_status(self, instance: str, status: str) -> None:
        until(f"{instance} {status}", lambda: self.status(instance) == status, 60)

    def delete(self, instance: str) -> None:
        """Until nothing of it is left."""
        self.api.delete_dbinstance(rds.DeleteDBInstanceRequest(dbinstance_id=instance))
        until(
            f"{instance} gone",
            lambda: instance not in {one["id"] for one in self.running.ask("instances")["instances"]},
        )

    def accounts(self, instance: str) -> dict[str, str]:
        reply = self.api.describe_accounts(rds.DescribeAccountsRequest(dbinstance_id=instance))
        return {one.account_name: one.account_status for one in reply.body.accounts.dbinstance_account}

    def create_account(self, instance: str, name: str = ACCOUNT, password: str = PASSWORD, type: str = "Super") -> None:
        self.api.create_account(
            rds.CreateAccountRequest(
                dbinstance_id=instance, account_name=name, account_password=password, account_type=type
            )
        )
        self.wait_account(instance, name)

    def wait_account(self, instance: str, name: str = ACCOUNT) -> None:
        until(f"account {name} Available", lambda: self.accounts(instance).get(name) == "Available")

    def endpoints(self, instance: str) -> dict[str, dict[str, str]]:
        """IPType → the endpoint as DescribeDBInstanceNetInfo reports it."""
        reply = self.api.describe_dbinstance_net_info(rds.DescribeDBInstanceNetInfoRequest(dbinstance_id=instance))
        infos = reply.body.to_map()["DBInstanceNetInfos"]["DBInstanceNetInfo"]
        return {info["IPType"]: info for info in infos}

    def allocate(self, instance: str, prefix: str, port: int) -> str:
        """A public endpoint that serves; its connection string."""
        name: str = self.api.allocate_instance_public_connection(
            rds.AllocateInstancePublicConnectionRequest(
                dbinstance_id=instance, connection_string_prefix=prefix, port=str(port)
            )
        ).body.connection_string
        self.wait_running(instance)
        return name

    def release(self, instance: str, name: str, network: str = "0") -> None:
        self.api.release_instance_connection(
            rds.ReleaseInstanceConnectionRequest(
                dbinstance_id=instance, current_connection_string=name, instance_network_type=network
            )
        )


@pytest.fixture(scope="module", params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """An instance with an account, on each engine in turn; MySQL both on MariaDB and on seekdb."""
    engine: str = request.param
    if engine == "mariadb" and not shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin"):
        pytest.skip("mariadbd is not installed")
    before = os.environ.get(ENVIRONMENT)
    if engine == "seekdb":
        os.environ[ENVIRONMENT] = "seekdb"
    try:
        # The drain keeps a release of a used endpoint under way for a second: long enough to be seen on a busy machine.
        with Running(tmp_path_factory.mktemp(engine), "--drain", "1") as running:
            rds_ = Rds(running)
            instance = rds_.create(*(("PostgreSQL", "15.0") if engine == "postgres" else ("MySQL", "8.0")))
            rds_.create_account(instance)
            yield database_of(engine, rds_, instance)
    finally:
        if before is None:
            os.environ.pop(ENVIRONMENT, None)
        else:
            os.environ[ENVIRONMENT] = before
