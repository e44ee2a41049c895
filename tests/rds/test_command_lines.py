"""The command lines and the drivers of the databases at private and public addresses, with and without TLS."""

from __future__ import annotations

import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from alibabacloud_rds20140815 import models as rds

from tests.rds.databases import ACCOUNT, LOST, PASSWORD, Database, ask


@pytest.fixture(scope="module")
def public(database: Database) -> str:
    return database.rds.allocate(database.instance, f"lines{database.engine}", database.port)


@pytest.fixture(scope="module")
def private(database: Database) -> str:
    return database.rds.endpoints(database.instance)["Private"]["ConnectionString"]


@pytest.fixture
def ca(database: Database, public: str, tmp_path: Path) -> Iterator[Path]:
    """TLS is on while this is used, with a certificate for the public name; the authority's, as users get it."""
    _modify(database, public, sslenabled=1)
    state = database.rds.api.describe_dbinstance_ssl(
        rds.DescribeDBInstanceSSLRequest(dbinstance_id=database.instance)
    ).body
    path = tmp_path / "ca.pem"
    with urllib.request.urlopen(state.server_caurl) as reply:
        path.write_bytes(reply.read())
    yield path
    _modify(database, public, sslenabled=0)


def _modify(database: Database, name: str, **more: int | str) -> None:
    database.rds.api.modify_dbinstance_ssl(
        rds.ModifyDBInstanceSSLRequest(dbinstance_id=database.instance, connection_string=name, **more)
    )
    database.rds.wait_running(database.instance)


def line(database: Database, name: str, ca: Path | None) -> subprocess.CompletedProcess[str]:
    """The command line's answer to 6 * 7, and what it says of its connection."""
    program = "psql" if database.engine == "postgres" else "mysql"
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    if program == "psql":
        tls = f"sslmode=verify-full sslrootcert={ca}" if ca else "sslmode=disable"
        where = f"host={name} port={database.port} user={ACCOUNT} dbname=postgres {tls}"
        command = ["env", f"PGPASSWORD={PASSWORD}", program, where, "-At", "-c", "SELECT 6*7", "-c", "\\conninfo"]
    else:
        tls_options = [f"--ssl-ca={ca}", "--ssl-verify-server-cert"] if ca else ["--skip-ssl"]
        where_options = ["-h", name, "-P", str(database.port), "-u", ACCOUNT, f"-p{PASSWORD}"]
        command = [program, "--no-defaults", *where_options, *tls_options, "-N", "-e", "SELECT 6*7; \\s"]
    data = str(database.rds.running.folder.root)
    inside = [sys.executable, "-m", "jackfield", "exec", "--data", data, "--", *command]
    return subprocess.run(inside, capture_output=True, text=True, timeout=60, check=False)


def encrypted(done: subprocess.CompletedProcess[str]) -> bool:
    assert done.returncode == 0, done.stderr
    assert "42" in done.stdout
    return "SSL connection" in done.stdout or "Cipher in use" in done.stdout


def driven(database: Database, name: str, ca: Path | None) -> bool:
    """The same by the driver, to the address: the name is only checked where the certificate is."""
    if database.engine == "postgres":
        more = {"sslmode": "verify-ca", "sslrootcert": str(ca)} if ca else {"sslmode": "disable"}
        with database.connect(name, database.port, **more) as connection:
            assert ask(connection, "SELECT 6*7") == (42,)
            return bool(connection.pgconn.ssl_in_use)
    options = {"ssl": {"ca": str(ca), "check_hostname": False}} if ca else {"ssl_disabled": True}
    with database.connect(name, database.port, **options) as connection:
        assert ask(connection, "SELECT 6*7") == (42,)
        return bool(connection._secure)


def test_plain(database: Database, private: str, public: str) -> None:
    for name in (private, public):
        assert not driven(database, name, None)
        assert not encrypted(line(database, name, None))


def test_tls_beside_plain(database: Database, private: str, public: str, ca: Path) -> None:
    for name in (private, public):
        assert driven(database, name, ca)
        assert not driven(database, name, None)
    assert encrypted(line(database, public, ca))
    assert not encrypted(line(database, public, None))
    # The certificate is for the other name.
    assert line(database, private, ca).returncode != 0


def test_forced_tls_outlives_restart_stop_and_start(database: Database, private: str, public: str, ca: Path) -> None:
    _modify(database, public, force_encryption="1")
    api, instance = database.rds.api, database.instance
    for _ in range(2):
        assert encrypted(line(database, public, ca))
        assert line(database, public, None).returncode != 0
        with pytest.raises(LOST):
            driven(database, private, None)
        api.restart_dbinstance(rds.RestartDBInstanceRequest(dbinstance_id=instance))
        database.rds.wait_running(instance)
    api.stop_dbinstance(rds.StopDBInstanceRequest(dbinstance_id=instance, region_id="cn-hangzhou"))
    database.rds.wait_status(instance, "Stopped")
    assert line(database, public, ca).returncode != 0
    api.start_dbinstance(rds.StartDBInstanceRequest(dbinstance_id=instance))
    database.rds.wait_running(instance)
    assert encrypted(line(database, public, ca))
    assert driven(database, private, ca)
