"""TLS on RDS endpoints: what the API says, and what the drivers see."""

from __future__ import annotations

import importlib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_rds20140815 import models as rds

from tests.rds.conftest import Rds
from tests.rds.databases import ACCOUNT, PASSWORD
from tests.running import Running, refused


@pytest.fixture(scope="module")
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("tls"), "--pace", "instant") as running:
        yield running


@pytest.fixture(scope="module", params=["PostgreSQL", "MySQL"])
def made(request: pytest.FixtureRequest, jackfield: Running) -> tuple[Rds, str, str]:
    """The client, an instance with an account, and its engine."""
    found = Rds(jackfield)
    instance = found.create(request.param, "15.0" if request.param == "PostgreSQL" else "8.0")
    found.create_account(instance)
    return found, instance, request.param


def modify(found: Rds, instance: str, name: str, **more: Any) -> None:
    request = rds.ModifyDBInstanceSSLRequest(dbinstance_id=instance, connection_string=name, **more)
    found.api.modify_dbinstance_ssl(request)
    found.wait_running(instance)


def described(found: Rds, instance: str) -> dict[str, str]:
    request = rds.DescribeDBInstanceSSLRequest(dbinstance_id=instance)
    body: dict[str, str] = found.api.describe_dbinstance_ssl(request).body.to_map()
    return body


def log_in(engine: str, endpoint: dict[str, str], ca: Path | None) -> bool:
    """Logs in and asks something; returns whether the connection was encrypted."""
    name, port = endpoint["ConnectionString"], int(endpoint["Port"])
    if engine == "PostgreSQL":
        psycopg = importlib.import_module("psycopg")
        mode = {"sslmode": "verify-full", "sslrootcert": str(ca)} if ca else {"sslmode": "disable"}
        address = importlib.import_module("socket").getaddrinfo(name, port)[0][4][0]  # libpq asks the system itself
        with psycopg.connect(
            host=name, hostaddr=address, port=port, user=ACCOUNT, password=PASSWORD, dbname="postgres", **mode
        ) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
            return bool(connection.pgconn.ssl_in_use)
    pymysql = importlib.import_module("pymysql")
    ssl = {"ssl": {"ca": str(ca), "check_hostname": True}} if ca else {"ssl_disabled": True}
    connection = pymysql.connect(host=name, port=port, user=ACCOUNT, password=PASSWORD, **ssl)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
        return bool(connection._secure) and ca is not None
    finally:
        connection.close()


@pytest.mark.usefixtures("resolving")
def test_tls_is_turned_on_forced_and_turned_off(made: tuple[Rds, str, str], tmp_path: Path) -> None:
    found, instance, engine = made
    endpoint = found.endpoints(instance)["Private"]
    name = endpoint["ConnectionString"]
    on, off = ("on", "off") if engine == "PostgreSQL" else ("Yes", "No")
    assert described(found, instance)["SSLEnabled"] == off

    modify(found, instance, name, sslenabled=1)
    state = described(found, instance)
    assert (state["SSLEnabled"], state["ConnectionString"], state["ForceEncryption"]) == (on, name, "0")
    assert state["LastModifyStatus"] == "success"
    ca = tmp_path / "ca.pem"
    with urllib.request.urlopen(state["ServerCAUrl"]) as reply:
        ca.write_bytes(reply.read())
    assert log_in(engine, endpoint, ca)
    assert not log_in(engine, endpoint, None)

    modify(found, instance, name, force_encryption="1")
    assert described(found, instance)["SSLExpireTime"] == state["SSLExpireTime"]
    assert log_in(engine, endpoint, ca)
    with pytest.raises(Exception, match=r"encryption|insecure transport"):
        log_in(engine, endpoint, None)

    modify(found, instance, name, sslenabled=0)
    assert described(found, instance)["SSLEnabled"] == off
    assert not log_in(engine, endpoint, None)
    with pytest.raises(Exception, match="SSL"):
        log_in(engine, endpoint, ca)


def test_a_certificate_for_a_name_that_has_gone_wants_to_be_renewed(made: tuple[Rds, str, str]) -> None:
    found, instance, engine = made
    old = found.endpoints(instance)["Private"]["ConnectionString"]
    modify(found, instance, old, sslenabled=1)
    no, yes = ("0", "1") if engine == "PostgreSQL" else ("No", "Yes")
    assert described(found, instance)["RequireUpdate"] == no
    found.api.modify_dbinstance_connection_string(
        rds.ModifyDBInstanceConnectionStringRequest(
            dbinstance_id=instance,
            current_connection_string=old,
            connection_string_prefix=f"renamed{engine.lower()}",
            port="3400",
        )
    )
    found.wait_running(instance)
    assert described(found, instance)["RequireUpdate"] == yes
    new = found.endpoints(instance)["Private"]["ConnectionString"]
    modify(found, instance, new, sslenabled=1)
    state = described(found, instance)
    assert (state["RequireUpdate"], state["ConnectionString"]) == (no, new)
    modify(found, instance, new, sslenabled=0)


def test_refusals(made: tuple[Rds, str, str]) -> None:
    found, instance, _ = made
    name = found.endpoints(instance)["Private"]["ConnectionString"]
    with refused("InvalidDBInstanceName.NotFound", 404):
        modify(found, "rm-aaaaaaaaaaaaaaaaa", name, sslenabled=1)
    with refused("InvalidDBInstanceName.NotFound", 404):
        described(found, "rm-aaaaaaaaaaaaaaaaa")
    with refused("Endpoint.NotFound", 404):
        modify(found, instance, "other.mysql.rds.aliyuncs.com", sslenabled=1)
    with refused("InvalidSSLStatus", 400):
        modify(found, instance, name, sslenabled=2)
    with refused("IncorrectDBSslStatus", 400):
        modify(found, instance, name, sslenabled=0)
    with refused("IncorrectDBSslStatus", 400):
        modify(found, instance, name, force_encryption="1")
    with refused("InvalidCAType.NotFound", 400):
        modify(found, instance, name, sslenabled=1, catype="custom")
    assert described(found, instance)["SSLEnabled"] in ("off", "No")
