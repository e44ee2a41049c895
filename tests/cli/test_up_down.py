"""``jackfield up`` and ``jackfield down``: starts that cannot be, ends of every kind."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from jackfield.folder import Folder
from jackfield.processes import identify
from jackfield.supervisor.shutdown import processes_of
from tests.cli.commands import run
from tests.naming import readable
from tests.running import Running, until


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("--listen", "nonsense"), 1, "'nonsense' is no HOST:PORT"),
        (("--listen", "127.0.0.1:99999"), 1, "'127.0.0.1:99999' is no HOST:PORT"),
        (("--listen", "203.0.113.1:0"), 1, "203.0.113.1:0 cannot be used for the API"),
        (("--listen", "no.such.host.invalid:0"), 1, "no.such.host.invalid:0 cannot be used for the API"),
        (("--addresses", "127.64.0.0/99"), 2, "--addresses: "),
        (("--addresses", "fd00::/64"), 2, "--addresses: "),
        (("--addresses", "here"), 2, "--addresses: "),
        (("--ready-file", "/proc/nowhere/ready.json"), 1, "/proc/nowhere/ready.json cannot be written"),
    ],
    ids=readable,
)
@pytest.mark.parametrize("detach", [(), ("--detach",)], ids=["foreground", "detached"])
def test_up_that_cannot_be(empty: str, arguments: tuple[str, ...], status: int, told: str, detach: tuple[str]) -> None:
    """It says why at once; nothing is left running."""
    # Another --listen comes later and wins.
    done = run("up", "--data", empty, "--listen", "127.0.0.1:0", *arguments, *detach, status=status)
    assert done.stderr.startswith("jackfield: ")
    assert told in done.stderr
    assert processes_of(Folder(Path(empty))) == []


def test_up_on_a_port_that_is_taken(empty: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        done = run("up", "--data", empty, "--listen", place, status=1)
    assert f"{place} cannot be used for the API: Address already in use" in done.stderr
    assert "--listen HOST:PORT" in done.stderr


def test_up_on_a_folder_that_is_taken(jackfield: Running) -> None:
    for detach in ((), ("--detach",)):
        done = run("up", "--data", str(jackfield.folder.root), "--listen", "127.0.0.1:0", *detach, status=1)
        assert f"runs on {jackfield.folder.root} already and answers at {jackfield.ready.api}" in done.stderr
        assert "jackfield down --data" in done.stderr


def test_down_twice(tmp_path: Path) -> None:
    """Once it ends what runs; then there is nothing to end; both are fine."""
    folder = str(tmp_path / "data")
    run("up", "--data", folder, "--listen", "127.0.0.1:0", "--engines", "none", "--detach")
    first = json.loads(run("down", "--data", folder, "--json").stdout)
    assert first["data"] == folder
    assert first["ended"] >= 4
    assert json.loads(run("down", "--data", folder, "--json").stdout) == {"data": folder, "ended": 0}
    assert "nothing ran on" in run("down", "--data", folder).stderr


def test_a_foreground_start_ends_with_sigterm(tmp_path: Path) -> None:
    """The ready file that was asked for is there while it runs, private, and gone afterwards."""
    ready = tmp_path / "ready.json"
    argv = [sys.executable, "-m", "jackfield", "up", "--data", str(tmp_path / "data"), "--listen", "127.0.0.1:0"]
    with subprocess.Popen(
        [*argv, "--engines", "none", "--ready-file", str(ready)], stderr=subprocess.PIPE, text=True
    ) as process:  # fmt: skip
        until("ready", ready.exists)
        assert ready.stat().st_mode & 0o777 == 0o600
        record = json.loads(ready.read_text())
        process.terminate()
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert not ready.exists()
    assert f"ready at {record['api']}" in err
    assert "Traceback" not in err
    assert all(identify(pid) is None for pid in (record["pid"], *record["relay_pids"]))
