"""Ending, on every way there is: nothing of the folder is left, and what is wrong is said in a sentence."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alibabacloud_r_kvstore20150101 import models as tair

from tests.chaos.observing import listening, processes_naming
from tests.running import CLUSTER, PASSWORD, Running, until

pytestmark = pytest.mark.chaos


ALL = 4 + 2 * (sys.platform == "linux")
"""Supervisor, API, two relays; and the two that hold VPCs, where there are such."""


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder of which nothing runs after the test, whatever the test found."""
    yield tmp_path / "data"
    for pid in processes_naming(tmp_path / "data"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def jackfield(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """A command, run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "jackfield", *map(str, arguments)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def foreground(data: Path, *options: str) -> subprocess.Popen[str]:
    """``up`` in a process group of its own, as a shell starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", "jackfield", "up", "--data", str(data), "--listen", "127.0.0.1:0", *options],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0,
    )  # fmt: skip


@pytest.mark.parametrize("supervised", [True, False])
def test_down(data: Path, supervised: bool) -> None:
    with Running(data, "--pace", "instant") as running:
        running.create(shards=0)
        assert len(processes_naming(data)) == ALL + 1  # a database
        if not supervised:
            running.kill_supervisor()
            assert len(processes_naming(data)) == ALL
        ended = jackfield("down", "--data", data)
        assert (ended.returncode, processes_naming(data)) == (0, {})
        assert listening(running) == set()
        assert "Traceback" not in ended.stderr
        again = jackfield("down", "--data", data)
        assert (again.returncode, again.stderr) == (0, f"jackfield: nothing ran on {data}\n")


@pytest.mark.parametrize("killed", [False, True])
def test_down_in_the_middle_of_a_creation(data: Path, killed: bool) -> None:
    """Neither a database that is starting, nor one that its dead starter did not record, is left behind."""
    with Running(data, "--pace", "instant") as running:
        request = tair.CreateInstanceRequest(
            region_id="cn-hangzhou", instance_class=CLUSTER.format(shards=3), password=PASSWORD
        )
        running.tair.create_instance(request)
        until("servers start", lambda: len(processes_naming(data)) > ALL)
        if killed:
            running.kill_supervisor()
            running.kill_api()
            for record in data.glob("engines/*/*/process.json"):
                record.unlink()
        ended = jackfield("down", "--data", data)
        assert (ended.returncode, processes_naming(data)) == (0, {})


def test_down_after_a_start_that_was_killed(data: Path) -> None:
    """However early a start is killed, ``down`` finds what it had begun, and so does the next start."""
    seed = 5
    print(f"seed {seed}")
    chance = random.Random(seed)
    jackfield("up", "--data", data, "--listen", "127.0.0.1:0", "--detach")
    jackfield("down", "--data", data)
    for _ in range(4):
        starting = foreground(data)
        wanted = chance.randrange(2, ALL + 1)
        until("its children start", lambda wanted=wanted: len(processes_naming(data)) >= wanted)  # type: ignore[misc]
        with contextlib.suppress(subprocess.TimeoutExpired):
            starting.wait(chance.uniform(0, 0.3))
        starting.kill()
        starting.communicate()
        ended = jackfield("down", "--data", data)
        assert (ended.returncode, processes_naming(data)) == (0, {}), ended.stderr
    starting = foreground(data)
    until("its children start", lambda: len(processes_naming(data)) >= ALL)
    starting.kill()
    starting.communicate()
    with Running(data) as running:
        assert len(processes_naming(data)) == ALL
        assert running.ask("health")["status"] == "ok"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("early", [True, False])
def test_signals_end_everything(data: Path, number: signal.Signals, early: bool) -> None:
    """SIGINT goes to the whole process group, as Ctrl-C in a terminal does; SIGTERM to the one process.

    :param early: while it starts, else with a database running.
    """
    started = foreground(data, "--ready-file", str(data) + ".ready")
    if early:
        until("its children start", lambda: len(processes_naming(data)) >= 2)
    else:
        until("ready", lambda: Path(str(data) + ".ready").exists())
        Running(data).create(shards=0)
    os.kill(-started.pid if number == signal.SIGINT else started.pid, number)
    said, _ = started.communicate(timeout=60)
    assert (started.returncode, processes_naming(data)) == (0, {}), said
    assert "Traceback" not in said
    assert said.endswith("jackfield: ended; data and addresses are kept\n")
    assert not Path(str(data) + ".ready").exists()


def test_ctrl_c_with_clients_of_the_api(data: Path) -> None:
    """A client that keeps its connection open holds nothing up."""
    with Running(data) as running:
        host, port = running.ready.api.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
            ended = jackfield("down", "--data", data)
            assert (ended.returncode, processes_naming(data)) == (0, {})


@pytest.mark.parametrize("detach", [(), ("--detach",)])
def test_a_second_start_says_who_is_there(data: Path, detach: tuple[str, ...]) -> None:
    with Running(data) as running:
        before = processes_naming(data)
        second = jackfield("up", "--data", data, "--listen", "127.0.0.1:0", *detach)
        supervisor = running.folder.lock.read_text().strip()
        assert second.returncode == 1
        assert second.stderr == (
            f"jackfield: a Jackfield (pid {supervisor}) runs on {data} already and answers at {running.ready.api}. "
            f"End it with 'jackfield down --data {data}', or choose another folder with --data.\n"
        )
        assert processes_naming(data) == before
        assert running.ask("health")["status"] == "ok"


@pytest.mark.parametrize("detach", [(), ("--detach",)])
def test_a_port_that_is_taken(data: Path, detach: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        refused = jackfield("up", "--data", data, "--listen", place, *detach)
    assert refused.returncode == 1
    assert refused.stderr == (
        f"jackfield: {place} cannot be used for the API: Address already in use. "
        "Choose another with --listen HOST:PORT; port 0 takes a free one.\n"
    )
    assert processes_naming(data) == {}
