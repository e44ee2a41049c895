from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from jackfield.engines.engine import EngineMissing
from jackfield.engines.seekdb import find
from jackfield.engines.wire.errors import ServerError
from jackfield.engines.wire.mysql import Client
from tests.engines.databases import Lab, laboratory


@pytest.fixture
def lab() -> Iterator[Lab]:
    with laboratory("seekdb") as made:
        yield made


def test_a_tenant_is_part_of_the_name(lab: Lab) -> None:
    node = lab.start()
    lab.engine.create_account(node, "alice", "pw")
    lab.engine.create_account(node, "bob@my_tenant", "pw")
    admitted = {
        name: lab.lets_in(node, name, "pw")
        for name in ("alice", "alice@sys", "alice@my_tenant", "bob", "bob@my_tenant", "bob@other", "bob@my_tenant#c")
    }
    assert [name for name, yes in admitted.items() if yes] == ["alice", "alice@sys", "bob@my_tenant"]


def test_nobody_knows_the_socket_before_it_asks_for_passwords(lab: Lab) -> None:
    node = lab.node()
    lab.engine.start(node)
    while not lab.engine.ready(node):
        assert not node.socket.is_symlink()
    for user in ("root", "root@sys"):
        with pytest.raises(ServerError, match="Access denied") as error:
            Client(node.socket, user, "")
        assert error.value.denied


def test_a_server_that_was_killed_before_it_had_passwords_gets_them(lab: Lab) -> None:
    node = lab.start()
    lab.engine.stop(node)
    # As if its starter had been killed between the answer and the mark.
    (node.folder / "finished").unlink()
    lab.engine.start(node)
    lab.engine.wait_ready(node)
    assert lab.internal(node).alive
    assert not lab.lets_in(node, "root", "")


def test_it_runs_on_without_clients_and_reports_to_nobody(lab: Lab) -> None:
    node = lab.start()
    with open(node.clients_file) as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    environment = Path(f"/proc/{lab.engine.start(node).pid}/environ").read_bytes().split(b"\0")
    assert b"TELEMETRY_ENABLED=false" in environment
    assert json.loads((node.data / "run" / "telemetry.json").read_text())["sent"] is False


def test_sql_reaches_no_file(lab: Lab) -> None:
    node = lab.start()
    assert lab.internal(node).run("SELECT @@global.secure_file_priv") == [(f"{node.folder}/files",)]


def test_a_missing_server_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JACKFIELD_SEEKDB_SERVER", str(tmp_path))
    with pytest.raises(EngineMissing, match="is no seekdb server") as error:
        find()
    assert "pip install pylibseekdb" in error.value.remedy
