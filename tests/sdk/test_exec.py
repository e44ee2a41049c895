"""``jackfield exec`` with real programs, by whoever runs the tests and by nobody: names resolve while they serve."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from alibabacloud_r_kvstore20150101 import models as tair

from jackfield.folder import Folder
from tests.running import CLUSTER, PASSWORD, Running, until
from tests.users import User

RESOLVE = """
import socket, sys
for line in sys.stdin:
    try:
        found = sorted({place[4][0] for place in socket.getaddrinfo(line.strip(), 6379, socket.AF_INET)})
    except socket.gaierror:
        found = []
    print(" ".join(found), flush=True)
"""


class Started(NamedTuple):
    """A Jackfield that a user started, with a cluster and its direct endpoint."""

    user: User
    running: Running
    cluster: str
    ordinary: str
    direct: str


@pytest.fixture(scope="module", params=["self", "nobody"])
def started(request: pytest.FixtureRequest) -> Iterator[Started]:
    if sys.platform != "linux":
        pytest.skip("namespaces exist on Linux only")
    if request.param == "nobody" and os.geteuid() != 0:
        pytest.skip("only root can become nobody")
    with tempfile.TemporaryDirectory(prefix="jf-") as folder:
        os.chmod(folder, 0o755)
        user = User(request.param, Path(folder))
        findings = {one["subject"]: one for one in json.loads(user.run("doctor", "--json").stdout)}
        if findings["exec"]["state"] != "ok":
            pytest.skip(findings["exec"]["text"])
        up = user.run("up", "--detach", "--data", str(user.data), "--listen", "127.0.0.1:0", "--pace", "instant")
        try:
            assert up.returncode == 0, up.stderr
            running = Running(Folder(user.data).root)
            made = running.tair.create_instance(
                tair.CreateInstanceRequest(
                    region_id="cn-hangzhou", instance_class=CLUSTER.format(shards=2), password=PASSWORD
                )
            ).body
            running.wait_normal(made.instance_id)
            running.tair.modify_security_ips(
                tair.ModifySecurityIpsRequest(instance_id=made.instance_id, security_ips="0.0.0.0/0")
            )
            running.allocate(made.instance_id)
            running.wait_idle()
            direct = running.name(made.instance_id, "direct")
            yield Started(user, running, made.instance_id, made.connection_domain, direct)
        finally:
            down = user.run("down", "--data", str(user.data))
            assert down.returncode == 0, down.stderr


def _cli(started: Started, *arguments: str) -> str:
    command = ["exec", "--data", str(started.user.data), "--", "redis-cli", "--no-auth-warning", "-a", PASSWORD]
    done = started.user.run(*command, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_redis_cli_on_the_ordinary_name(started: Started) -> None:
    """Any key, without a word about shards."""
    for key in ("a", "b", "c"):
        assert _cli(started, "-h", started.ordinary, "SET", key, f"<{key}>") == "OK"
    assert _cli(started, "-h", started.ordinary, "MGET", "a", "b", "c").split() == ["<a>", "<b>", "<c>"]


def test_redis_cli_on_the_direct_name(started: Started) -> None:
    """With -c it follows the shards' words to addresses that it can dial; without, it is told them."""
    for key in ("a", "b", "c"):
        assert _cli(started, "-c", "-h", started.direct, "SET", key, f"({key})").splitlines()[-1] == "OK"
    for key in ("a", "b", "c"):
        assert _cli(started, "-c", "-h", started.direct, "GET", key).splitlines()[-1] == f"({key})"
    told = [_cli(started, "-h", started.direct, "GET", key) for key in ("a", "b")]  # on two shards
    (moved,) = [text for text in told if text.startswith("MOVED")]
    host, port = moved.split()[2].rsplit(":", 1)
    assert host in started.running.names()[started.direct]
    assert port == "6379"


def test_a_wrong_password(started: Started) -> None:
    done = started.user.run(
        "exec", "--data", str(started.user.data), "--", "redis-cli", "-a", "wrong", "-h", started.ordinary, "PING"
    )
    assert "NOAUTH" in done.stdout
    assert "WRONGPASS" in done.stderr


def test_names_go_while_a_program_runs(started: Started) -> None:
    """What was started before sees a released endpoint's name go, and come again; the ordinary one stays."""
    command = ["exec", "--data", str(started.user.data), "--", started.user.python, "-c", RESOLVE]
    with started.user.popen(*command, stdin=subprocess.PIPE) as program:
        assert program.stdin is not None
        assert program.stdout is not None

        def resolve(name: str) -> list[str]:
            print(name, file=program.stdin, flush=True)
            assert program.stdout is not None
            return program.stdout.readline().split()

        names = started.running.names()
        assert resolve(started.direct) == sorted(names[started.direct])
        assert resolve(started.ordinary) == names[started.ordinary]
        started.running.release(started.cluster)
        started.running.wait_normal(started.cluster)
        assert resolve(started.direct) == []
        assert resolve(started.ordinary) == names[started.ordinary]
        started.running.allocate(started.cluster)
        assert resolve(started.direct) == sorted(names[started.direct])
        assert resolve("nowhere.redis.rds.aliyuncs.com") == []
        program.stdin.close()
        until("the program ends", lambda: program.poll() is not None)


def test_status_and_output_are_the_programs_own(started: Started) -> None:
    done = started.user.run(
        "exec", "--data", str(started.user.data), "--", "sh", "-c", "echo out; echo err >&2; id -u; exit 7"
    )
    assert done.returncode == 7
    assert done.stderr == "err\n"
    assert done.stdout.split() == ["out", str(started.user.uid)]


def test_there_is_no_such_program(started: Started) -> None:
    done = started.user.run("exec", "--data", str(started.user.data), "--", "no-such-program")
    assert (done.returncode, done.stdout) == (127, "")
    assert done.stderr == "jackfield exec: no-such-program: command not found\n"
