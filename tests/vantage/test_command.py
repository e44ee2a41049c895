"""``jackfield exec --vpc`` as somebody types it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from jackfield.folder import Folder
from tests.users import User
from tests.vantage.holding import DIAL, Holding


@pytest.fixture(params=["self", "nobody"], scope="module")
def user(request: pytest.FixtureRequest) -> Iterator[User]:
    if sys.platform != "linux":
        pytest.skip("VPCs exist on Linux only")
    if request.param == "nobody" and os.geteuid():
        pytest.skip("only root can become nobody")
    with tempfile.TemporaryDirectory(prefix="jf-") as folder:
        os.chmod(folder, 0o755)
        found = User(request.param, Path(folder))
        told = found.start("-c", "from jackfield.vantage.probe import probe; print(*probe(network=True))").communicate()
        if told[0].strip() != "True":
            pytest.skip(told[0])
        yield found


@pytest.fixture
def folder(user: User) -> Folder:
    """As ``jackfield up`` leaves it."""
    script = "import sys; from jackfield.folder import *; Folder(Path(sys.argv[1])).create().lock.touch()"
    _, err = user.start("-c", script, str(user.data)).communicate(timeout=30)
    assert err == ""
    return Folder(user.data)


@pytest.fixture
def holding(user: User, folder: Folder) -> Iterator[Holding]:
    holding = Holding(user.start, user.home)
    holding.move_to(folder)
    with holding:
        yield holding


def test_a_program_runs_in_a_vpc(user: User, folder: Folder, holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379), db_test=("10.0.0.5",))
    data = ("--data", str(folder.root))
    with holding.serve("vpc-1", "10.0.0.5", 6379, "five"):
        for options, source in (((), "10.0.0.253"), (("--from", "192.0.2.7"), "192.0.2.7")):
            done = user.run("exec", *data, "--vpc", "vpc-1", *options, "--", user.python, "-c", DIAL, "db.test:6379")
            assert (done.returncode, done.stdout, done.stderr) == (0, f"db.test:6379 five {source}\n", "")
    assert user.run("exec", *data, "--vpc", "vpc-1", "--", "sh", "-c", "exit 37").returncode == 37
    assert user.run("exec", *data, "--vpc", "vpc-1", "--", "no-such-program").returncode == 127


@pytest.mark.parametrize(
    ("options", "status", "text"),
    [
        (["--vpc", "vpc-2"], 125, "there is no VPC vpc-2. Endpoints outside"),
        (["--vpc", "vpc-1", "--from", "10.0.0.5"], 125, "10.0.0.5 is the address of an endpoint. Endpoints outside"),
        (["--vpc", "vpc-1", "--from", "localhost"], 125, "'localhost' is no IPv4 address. Endpoints outside"),
        (["--from", "10.0.0.9"], 2, "--from is an address in a VPC: it needs --vpc ID"),
    ],
)
def test_what_can_not_be_entered(
    user: User, folder: Folder, holding: Holding, options: list[str], status: int, text: str
) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379))
    done = user.run("exec", "--data", str(folder.root), *options, "--", "true")
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith(f"jackfield: {text}")
    assert status == 2 or str(folder.hosts) in done.stderr
    assert done.stderr.count("\n") == 1


def test_nobody_answers(user: User, folder: Folder) -> None:
    done = user.run("exec", "--data", str(folder.root), "--vpc", "vpc-1", "--", "true")
    assert (done.returncode, done.stdout) == (125, "")
    assert done.stderr == (
        f"jackfield: nobody answers for the VPCs of {folder.root}; start it with 'jackfield up --data {folder.root}'. "
        f"Endpoints outside of VPCs can be used all the same, see {folder.hosts}.\n"
    )


def test_doctor_tells(user: User) -> None:
    done = user.run("doctor")
    assert "ok       VPCs: they can be network namespaces, for 'jackfield exec --vpc'\n" in done.stdout
