from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from jackfield.engines.engine import EngineFailed, EngineMissing
from jackfield.engines.mysql import MySqlEngine, find
from tests.engines.databases import Lab, laboratory


@pytest.fixture
def lab() -> Iterator[Lab]:
    with laboratory("mysql") as made:
        yield made


def test_there_is_no_user_but_ours(lab: Lab) -> None:
    client = lab.internal(lab.start())
    users = client.run("SELECT user, host, plugin FROM mysql.user WHERE user <> 'mariadb.sys'")
    assert users == [("jackfield", "localhost", "mysql_native_password")]
    assert client.run("SELECT count(*) FROM mysql.proxies_priv") == [(0,)]
    assert client.run("SELECT user()") == [("jackfield@localhost",)]
    assert client.refused("SELECT * FROM test.t")


def test_nobody_logs_in_by_the_name_of_a_process(lab: Lab) -> None:
    node = lab.start()
    client = lab.internal(node)
    state = client.run("SELECT plugin_status FROM information_schema.plugins WHERE plugin_name = 'unix_socket'")
    assert state == [("DISABLED",)]
    assert not lab.lets_in(node, "root", "")


@pytest.mark.parametrize(("strict", "setting"), [(False, 2), (True, 1)])
def test_durability_is_what_was_asked(lab: Lab, strict: bool, setting: int) -> None:
    client = lab.internal(lab.start(strict=strict))
    # A commit is in the log of what replicas read before it is in the tables: both have to be as safe.
    asked = "SELECT @@innodb_flush_log_at_trx_commit, @@log_bin, @@sync_binlog"
    assert client.run(asked) == [(setting, 1, int(strict))]


def test_files_are_read_and_written_in_one_folder(lab: Lab) -> None:
    node = lab.start()
    client = lab.internal(node)
    client.run(f"SELECT 'x' INTO OUTFILE '{node.files}/out'")
    assert client.run(f"SELECT load_file('{node.files}/out')") == [(b"x\n",)]
    assert client.run("SELECT load_file('/etc/passwd')") == [(None,)]
    assert client.refused(f"SELECT 'x' INTO OUTFILE '{lab.folder}/out'")


def test_files_of_another_kind_are_left_alone(lab: Lab) -> None:
    node = lab.start()
    lab.engine.stop(node)
    node.kind_file.write_text("mysql")
    with pytest.raises(EngineFailed, match="are of mysql"):
        lab.engine.start(node)
    node.kind_file.write_text("mariadb")
    lab.engine.start(node)
    lab.engine.wait_ready(node)


def test_who_serves_a_node_is_decided_once() -> None:
    with laboratory("mysql-by-seekdb") as lab:
        node = lab.start()
        assert "seekdb" in lab.engine.health(node).version
        lab.engine.create_database(node, "shop")
        lab.engine.stop(node)
        # Now a MariaDB may be there.
        later = MySqlEngine()
        later.start(node)
        later.wait_ready(node)
        assert "seekdb" in later.health(node).version
        assert lab.internal(node, "shop").alive


def test_the_environment_chooses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with laboratory("mysql-by-seekdb"):
        monkeypatch.setenv("JACKFIELD_MYSQL_SERVER", "seekdb")
        assert MySqlEngine().find().path.endswith("seekdb")
    monkeypatch.setenv("JACKFIELD_MYSQL_SERVER", str(tmp_path / "none"))
    with pytest.raises(EngineMissing, match="is no MySQL server that runs here") as error:
        MySqlEngine().find()
    assert "mariadb-server-core" in error.value.remedy


def test_a_server_that_can_not_be_used_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "mysqld"
    program.write_text("#!/bin/sh\necho 'mysqld  Ver 9.4.0 for Linux on x86_64 (MySQL Community Server - GPL)'\n")
    program.chmod(0o700)
    monkeypatch.setenv("JACKFIELD_MYSQL_SERVER", str(program))
    with pytest.raises(EngineMissing, match=r"mysqld 9\.4\.0"):
        find()
    program.write_text("#!/bin/sh\necho 'mysqld  Ver 8.0.40 for Linux on x86_64 (MySQL Community Server - GPL)'\n")
    other = tmp_path / "other"
    program.rename(other)
    monkeypatch.setenv("JACKFIELD_MYSQL_SERVER", str(other))
    assert (find().kind, find().version, find().number) == ("mysql", "8.0.40", (8, 0, 40))


def test_the_description_does_not_hold_the_password_when_printed(lab: Lab) -> None:
    node = lab.node()
    changed = msgspec.structs.replace(node, password="very-secret")
    assert "very-secret" not in f"{changed!r} {changed}"
