"""The command line as a user meets it: real processes, what they print, how they end. Never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from jackfield.processes import identify
from tests.cli.commands import run
from tests.naming import readable
from tests.running import PASSWORD, Running, kill, until
from tests.users import User

COMMANDS = ("up", "down", "ps", "adopt", "env", "whoami", "policy", "exec", "doctor", "demo")
NEEDS_A_FOLDER = ("down", "ps", "env", "whoami", "exec")


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A data folder on which nothing runs any more."""
    with Running(tmp_path_factory.mktemp("stopped"), "--engines", "none") as running:
        folder = str(running.folder.root)
    return folder


@pytest.fixture(scope="module")
def standard(jackfield: Running) -> str:
    return jackfield.create(0, instance_name="shown")


@pytest.mark.parametrize("command", COMMANDS)
def test_help(command: str) -> None:
    """Usage, what it is for, and a text for every option."""
    told = run(command, "--help").stdout
    assert told.startswith(f"usage: jackfield {command}")
    lines = told.splitlines()
    for number, line in enumerate(lines):
        words = line.split()
        if line.startswith("  -"):
            following = lines[number + 1] if number + 1 < len(lines) else ""
            assert len(words) > 2 or following.startswith("    "), line


def test_help_of_everything() -> None:
    told = run("--help").stdout
    for command in COMMANDS:
        assert f"    {command} " in told
    assert "first look" in told


def test_version() -> None:
    assert run("--version").stdout.startswith("jackfield ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "the following arguments are required: COMMAND"),
        (("fly",), "invalid choice: 'fly'"),
        (("ps", "--colour"), "unrecognized arguments: --colour"),
        (("up", "--pace", "slow"), "argument --pace: invalid choice: 'slow'"),
        (("up", "--engines", "some"), "argument --engines: invalid choice: 'some'"),
        (("up", "--local-clients", "maybe"), "argument --local-clients: invalid choice: 'maybe'"),
        (("up", "--durability", "loose"), "argument --durability: invalid choice: 'loose'"),
        (("up", "--drain", "-1"), "argument --drain: 0 to 3600 seconds"),
        (("up", "--drain", "3601"), "argument --drain: 0 to 3600 seconds"),
        (("up", "--drain", "nan"), "argument --drain: 0 to 3600 seconds"),
        (("up", "--drain", "soon"), "argument --drain: 0 to 3600 seconds"),
        (("env", "--format", "xml"), "argument --format: invalid choice: 'xml'"),
    ],
    ids=readable,
)
def test_bad_usage(arguments: tuple[str, ...], told: str) -> None:
    """Status 2, the usage, and what was wrong with it."""
    done = run(*arguments, status=2)
    assert done.stderr.startswith("usage: jackfield")
    assert told in done.stderr


@pytest.mark.parametrize("command", ["up", *NEEDS_A_FOLDER])
def test_a_folder_that_is_a_file(tmp_path: Path, command: str) -> None:
    file = tmp_path / "file"
    file.touch()
    done = run(command, "--data", str(file), *(["--", "true"] if command == "exec" else []), status=1)
    assert done.stderr.startswith("jackfield: ")
    assert str(file) in done.stderr


@pytest.mark.parametrize("command", NEEDS_A_FOLDER)
def test_an_unknown_folder(empty: str, command: str) -> None:
    """Given as an option or in the environment: it says what to do, and makes nothing."""
    rest = ["--", "true"] if command == "exec" else []
    told = f"jackfield: there is no Jackfield in {empty}; start one with 'jackfield up --data {empty}'\n"
    assert run(command, "--data", empty, *rest, status=1).stderr == told
    assert run(command, *rest, environment={"JACKFIELD_DATA": empty}, status=1).stderr == told
    assert not Path(empty).exists()


@pytest.mark.parametrize("command", ["ps", "env", "exec"])
def test_nothing_runs(stopped: str, command: str) -> None:
    done = run(command, "--data", stopped, *(["--", "true"] if command == "exec" else []), status=1)
    assert done.stderr == f"jackfield: nothing runs on {stopped}; start it with 'jackfield up --data {stopped}'\n"


def test_a_home_of_nobody() -> None:
    """A shell leaves ``~name`` alone when there is nobody of that name."""
    done = run("ps", "--data", "~nobody-of-that-name/data", status=1)
    assert done.stderr.startswith("jackfield: ")


@pytest.mark.parametrize("record", [b"", b"{", b"{}", b"\xff\xfe", b'{"api": 1}'])
def test_a_broken_ready_file(stopped: str, tmp_path: Path, record: bytes) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(stopped, copy, ignore=shutil.ignore_patterns("*.sock"))
    (copy / "ready.json").write_bytes(record)
    assert "nothing runs on" in run("ps", "--data", str(copy), status=1).stderr


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"])
def test_somebody_else_answers(jackfield: Running, tmp_path: Path, answer: bytes) -> None:
    """A ready file of a crashed Jackfield whose port belongs to another program now."""
    folder = tmp_path / "stale"
    folder.mkdir(mode=0o700)
    (folder / "lock").touch()
    with socket.create_server(("127.0.0.1", 0)) as other:
        record = json.loads(jackfield.folder.ready.read_bytes())
        record["api"] = f"http://127.0.0.1:{other.getsockname()[1]}"
        (folder / "ready.json").write_text(json.dumps(record))
        asking = subprocess.Popen(
            [sys.executable, "-m", "jackfield", "ps", "--data", str(folder)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        other.settimeout(20)
        connection, _ = other.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(answer)
        out, err = asking.communicate(timeout=20)
    assert (asking.returncode, out) == (1, "")
    assert err.startswith(f"jackfield: {record['api']} does not answer")
    assert "Traceback" not in err


def test_ps(jackfield: Running, standard: str) -> None:
    told = run("ps", "--data", str(jackfield.folder.root)).stdout
    lines = told.splitlines()
    assert lines[0] == f"{jackfield.ready.api}  ok"
    (instance,) = [line.split() for line in lines if line.startswith(standard) and "standard" in line]
    assert instance[1] == "Normal"
    name = jackfield.name(standard)
    (endpoint,) = [line.split() for line in lines if line.startswith(name)]
    assert endpoint[1:4] == ["private", "Serving", "6379"]
    assert endpoint[4] == jackfield.names()[name][0]


def test_ps_for_machines(jackfield: Running, standard: str) -> None:
    shown: dict[str, Any] = json.loads(run("ps", "--json", "--data", str(jackfield.folder.root)).stdout)
    (one,) = [one for one in shown["instances"] if one["id"] == standard]
    assert (one["name"], one["status"], one["product"]) == ("shown", "Normal", "tair")
    assert (one["asked_for"], one["kind"]) == ("redis 5.0", "standard")
    (server,) = one["servers"]
    assert server["running"]
    assert identify(server["pid"]) is not None
    assert server["version"]
    (endpoint,) = one["endpoints"]
    assert (endpoint["id"], endpoint["status"]) == (f"{standard}/private", "Serving")
    assert shown["health"]["status"] == "ok"


def test_ps_of_connections(jackfield: Running, standard: str) -> None:
    """Every live connection with its client; a program's reply, a person's table, and the count."""
    address = jackfield.names()[jackfield.name(standard)][0]
    folder = str(jackfield.folder.root)
    assert run("ps", "--connections", "--data", folder).stdout == "no connections\n"
    with socket.create_connection((address, 6379), source_address=("127.9.9.9", 0)) as held:
        held.sendall(b"PING\r\n")
        assert held.recv(64).startswith(b"-NOAUTH")
        client = f"127.9.9.9:{held.getsockname()[1]}"
        shown = json.loads(run("ps", "--connections", "--json", "--data", folder).stdout)["connections"]
        assert [(one["owner"], one["client"]) for one in shown] == [(f"{standard}/private", client)]
        assert shown[0]["received"] == 6
        head, line = run("ps", "--connections", "--data", folder).stdout.splitlines()
        assert head.split()[:2] == ["ENDPOINT", "CLIENT"]
        assert line.split()[:2] == [f"{standard}/private", client]
        table = run("ps", "--data", folder).stdout
        assert table.splitlines()[-1].split()[-1] == "1"


def test_env_for_a_shell(jackfield: Running) -> None:
    """What a shell makes of it is what SDKs read; nothing else is printed."""
    printed = run("env", "--data", str(jackfield.folder.root)).stdout
    assert all(line.startswith("export ") for line in printed.splitlines())
    script = (
        f'eval "$({sys.executable} -m jackfield env --data {jackfield.folder.root})"; exec {sys.executable} -c "$1"'
    )
    seen = json.loads(
        subprocess.run(
            ["sh", "-c", script, "sh", "import json, os; print(json.dumps(dict(os.environ)))"],
            check=True, capture_output=True, text=True, timeout=30,
        ).stdout
    )  # fmt: skip
    ready = jackfield.ready
    host = ready.api.removeprefix("http://")
    assert {name: seen[name] for name in ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY")} == {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": ready.access_key_id,
        "ALICLOUD_ACCESS_KEY": ready.access_key_id,
    }
    assert seen["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] == seen["ALICLOUD_SECRET_KEY"] == ready.access_key_secret
    assert seen["ALIBABA_CLOUD_ENDPOINT_R_KVSTORE"] == seen["R_KVSTORE_ENDPOINT"] == seen["JACKFIELD_ENDPOINT"] == host
    assert (
        json.loads(run("env", "--format", "json", "--data", str(jackfield.folder.root)).stdout).items() <= seen.items()
    )


def test_env_is_enough_for_an_sdk(jackfield: Running) -> None:
    """A program that knows nothing but its environment finds the API and is let in."""
    program = """
import os
from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_sts20150401.client import Client
from alibabacloud_tea_openapi.models import Config
config = Config(credential=Credentials(), endpoint=os.environ["STS_ENDPOINT"], protocol="http")
print(Client(config).get_caller_identity().body.account_id)
"""
    variables = json.loads(run("env", "--format", "json", "--data", str(jackfield.folder.root)).stdout)
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **variables}, capture_output=True, text=True, timeout=30,
        check=False,
    )  # fmt: skip
    assert done.stdout.strip() == jackfield.ready.account_id, done.stderr


def test_env_for_the_vendors_command(jackfield: Running) -> None:
    """A whole ~/.aliyun/config.json."""
    profile = json.loads(run("env", "--format", "aliyun-cli", "--data", str(jackfield.folder.root)).stdout)
    (one,) = profile["profiles"]
    assert profile["current"] == one["name"] == "jackfield"
    assert (one["mode"], one["region_id"]) == ("AK", "cn-hangzhou")
    assert (one["access_key_id"], one["access_key_secret"]) == (
        jackfield.ready.access_key_id, jackfield.ready.access_key_secret,
    )  # fmt: skip


def test_doctor() -> None:
    """Each finding has a state and a text; a remedy where something is missing."""
    done = run("doctor", "--json", status=None)
    findings = json.loads(done.stdout)
    assert {"Python", "Addresses", "exec", "Descriptors"} <= {one["subject"] for one in findings}
    assert any(one["subject"].startswith("Redis") for one in findings)
    assert all(one["state"] in ("ok", "note", "missing") and one["text"] for one in findings)
    assert all(one["remedy"] for one in findings if one["state"] == "missing")
    assert done.returncode == int(any(one["state"] == "missing" for one in findings))
    told = run("doctor", status=done.returncode)
    assert all(one["text"] in told.stdout for one in findings)


def test_doctor_without_redis() -> None:
    """What is missing, and how to get it; status 1."""
    done = run("doctor", "--json", environment={"JACKFIELD_REDIS_SERVER": "/bin/false"}, status=1)
    (finding,) = [one for one in json.loads(done.stdout) if one["subject"].startswith("Redis")]
    assert finding["state"] == "missing"
    assert "/bin/false" in finding["text"]
    assert finding["remedy"]


def test_exec_without_a_command(jackfield: Running) -> None:
    for rest in ((), ("--",)):
        done = run("exec", "--data", str(jackfield.folder.root), *rest, status=2)
        assert done.stderr == "jackfield: which command? jackfield exec -- COMMAND [ARGUMENT …]\n"


@pytest.mark.parametrize("arguments", [("doctor",), ("doctor", "--json"), ("--help",), ("ps", "--help")])
def test_a_reader_that_leaves(arguments: tuple[str, ...]) -> None:
    """``jackfield … | true`` ends quietly."""
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "jackfield", *arguments], stdout=write, stderr=subprocess.PIPE, text=True,
            timeout=60, check=False,
        )  # fmt: skip
    finally:
        os.close(write)
    assert done.stderr == ""


def test_ps_while_the_api_is_away(tmp_path: Path) -> None:
    """Its process is killed together with the supervisor, which would start it again: the ready file is stale."""
    with Running(tmp_path / "data", "--engines", "none") as running:
        running.kill_supervisor()
        running.kill_api()
        for command in (("ps",), ("ps", "--connections"), ("ps", "--json")):
            done = run(*command, "--data", str(running.folder.root), status=1)
            assert done.stderr.startswith(f"jackfield: {running.ready.api} does not answer")
            assert "jackfield up" in done.stderr


def test_what_really_runs(jackfield: Running, standard: str) -> None:
    """The pid that ps shows is the server that answers; after its death another one is shown."""
    address = jackfield.names()[jackfield.name(standard)][0]

    def server() -> dict[str, Any]:
        shown = json.loads(run("ps", "--json", "--data", str(jackfield.folder.root)).stdout)["instances"]
        (found,) = next(one["servers"] for one in shown if one["id"] == standard)
        one: dict[str, Any] = found
        return one

    before = server()
    with redis.Redis(host=address, password=PASSWORD) as client:
        assert int(client.info("server")["process_id"]) == before["pid"]
    process = identify(before["pid"])
    assert process is not None
    kill(process)
    after = until("another server", lambda: (now := server())["running"] and now["pid"] != before["pid"] and now)
    assert identify(after["pid"]) is not None


@pytest.fixture(scope="module")
def nobody() -> Iterator[User]:
    if os.geteuid() != 0:
        pytest.skip("only root can become nobody")
    with tempfile.TemporaryDirectory(prefix="jf-") as folder:
        os.chmod(folder, 0o755)
        yield User("nobody", Path(folder))


@pytest.mark.parametrize("command", ["up", *NEEDS_A_FOLDER])
def test_somebody_elses_folder(jackfield: Running, nobody: User, command: str) -> None:
    """Said in one line: nobody can look into the data folder of root."""
    rest = ["--", "true"] if command == "exec" else []
    done = nobody.run(command, "--data", str(jackfield.folder.root), *rest)
    assert done.returncode == 1
    assert done.stderr.startswith("jackfield: ")
    assert done.stderr.count("\n") == 1
