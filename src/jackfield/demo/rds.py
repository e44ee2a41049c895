"""RDS: a public endpoint is released in the middle of a transaction."""

from __future__ import annotations

import time
from typing import Any

import psycopg
import pymysql
from alibabacloud_rds20140815 import models
from alibabacloud_rds20140815.client import Client

from jackfield.cli.client import ask
from jackfield.demo.clients import SqlLoad, refuses, resolve, resolves
from jackfield.demo.sdk import config
from jackfield.demo.stage import Stage
from jackfield.supervisor.ready import Ready

ACCOUNT = "alice"
PASSWORD = "Jackfield-2026"
LOST = (psycopg.OperationalError, pymysql.OperationalError, pymysql.InterfaceError)

SYSTEMS = (("PostgreSQL", "15.0", 5432), ("MySQL", "8.0", 3306))


class RdsStory:
    """The same life for each engine."""

    def __init__(self, stage: Stage, ready: Ready) -> None:
        self._stage = stage
        self._ready = ready
        self._api = Client(config(ready))

    def tell(self) -> None:
        """:raises NotSeen: a state did not come."""
        for engine, version, port in SYSTEMS:
            self._stage.title(f"RDS for {engine}")
            instance = self._create(engine, version)
            self._release(engine, instance, port)

    def _create(self, engine: str, version: str) -> str:
        stage = self._stage
        begun = time.monotonic()
        instance: str = self._api.create_dbinstance(
            models.CreateDBInstanceRequest(
                region_id=self._ready.region,
                engine=engine,
                engine_version=version,
                dbinstance_class="rds.n2.small.1",
                dbinstance_storage=20,
                dbinstance_net_type="Intranet",
                security_iplist="0.0.0.0/0",
                pay_type="Postpaid",
            )
        ).body.dbinstance_id
        stage.wait(f"{instance} Running", lambda: self._status(instance) == "Running", 60)
        runs = next(one for one in ask(self._ready, "instances")["instances"] if one["id"] == instance)
        version = runs["servers"][0]["version"]
        stage.show(f"{engine} instance Running on a real server", bool(version), f"{version}, {time.monotonic() - begun:.1f} s")  # fmt: skip  # noqa: E501
        self._api.create_account(
            models.CreateAccountRequest(
                dbinstance_id=instance, account_name=ACCOUNT, account_password=PASSWORD, account_type="Super"
            )
        )
        stage.wait("the account", lambda: self._account(instance) == "Available")
        stage.say(f"CreateAccount {ACCOUNT} → Available: it logged in through the private address")
        return instance

    def _release(self, engine: str, instance: str, port: int) -> None:
        stage = self._stage
        private = self._endpoints(instance)["Private"]["ConnectionString"]
        public: str = self._api.allocate_instance_public_connection(
            models.AllocateInstancePublicConnectionRequest(
                dbinstance_id=instance, connection_string_prefix=f"{instance}o", port=str(port)
            )
        ).body.connection_string
        stage.wait(f"{instance} Running", lambda: self._status(instance) == "Running")
        address = resolve(public)[0]
        stage.say(f"{public}:{port} → {address}")
        session = _connect(engine, public, port)
        _ask(session, "BEGIN" if engine == "MySQL" else "SELECT 1")
        load = SqlLoad(_connect(engine, private, port))
        load.start()
        wrong = [
            self._refusal(instance, name, network)
            for name, network in ((private, "0"), (public, "1"), ("no.such", "0"))
        ]
        unharmed = _ask(session, "SELECT 2") == (2,) and self._status(instance) == "Running"
        stage.show(
            f"{engine}: a wrong string or network type changes nothing",
            wrong == [("Endpoint.NotFound", 404)] * 3 and unharmed,
            "3 × 404 Endpoint.NotFound",
        )
        begun = time.monotonic()
        self._api.release_instance_connection(
            models.ReleaseInstanceConnectionRequest(
                dbinstance_id=instance, current_connection_string=public, instance_network_type="0"
            )
        )
        seen = self._status(instance)
        stage.wait(f"{instance} Running", lambda: self._status(instance) == "Running")
        took = time.monotonic() - begun
        try:
            _ask(session, "SELECT 3")
            cut = False
        except LOST:
            cut = True
        stage.show(f"{engine}: at Running the open transaction was cut", cut, f"{seen} → Running, {took:.2f} s")
        stage.show(
            f"{engine}: the public address refuses, its name is gone",
            refuses(address, port) and not resolves(public),
            address,
        )
        answered = load.answered
        stage.wait("the private address going on", lambda: load.answered > answered + 50)
        load.end()
        stage.show(
            f"{engine}: the private address missed no query",
            not load.failures,
            f"{load.answered} answered, {len(load.failures)} failed",
        )

    def _status(self, instance: str) -> str:
        reply = self._api.describe_dbinstance_attribute(
            models.DescribeDBInstanceAttributeRequest(dbinstance_id=instance)
        )
        return str(reply.body.items.dbinstance_attribute[0].dbinstance_status)

    def _account(self, instance: str) -> str:
        reply = self._api.describe_accounts(models.DescribeAccountsRequest(dbinstance_id=instance))
        return str(reply.body.accounts.dbinstance_account[0].account_status)

    def _endpoints(self, instance: str) -> dict[str, dict[str, str]]:
        reply = self._api.describe_dbinstance_net_info(models.DescribeDBInstanceNetInfoRequest(dbinstance_id=instance))
        infos = reply.body.to_map()["DBInstanceNetInfos"]["DBInstanceNetInfo"]
        return {info["IPType"]: info for info in infos}

    def _refusal(self, instance: str, name: str, network: str) -> tuple[str, int]:
        try:
            self._api.release_instance_connection(
                models.ReleaseInstanceConnectionRequest(
                    dbinstance_id=instance, current_connection_string=name, instance_network_type=network
                )
            )
        except Exception as error:
            return str(getattr(error, "code", "")), int(getattr(error, "status_code", 0) or 0)
        return "", 200


def _connect(engine: str, name: str, port: int) -> Any:
    if engine == "PostgreSQL":
        return psycopg.connect(host=name, port=port, user=ACCOUNT, password=PASSWORD, dbname="postgres")
    return pymysql.connect(host=name, port=port, user=ACCOUNT, password=PASSWORD)


def _ask(connection: Any, sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone() if cursor.description else None
