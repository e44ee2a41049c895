"""How a program comes into a VPC, and what it is there."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jackfield.vantage import execute
from jackfield.vantage.client import Entrance, HolderRefused
from jackfield.vantage.execute import enter_vpc, files_first, run_in_vpc
from jackfield.vantage.forbidden import VantageForbidden
from jackfield.vantage.network import Network
from tests.vantage.holding import ENTER, Holding

if TYPE_CHECKING:
    from .conftest import Caller

# Before it enters: as on a system that is set up in a certain way.
CHANGED = (
    """
import os, sys
from pathlib import Path
from jackfield.vantage import execute, namespaces
from jackfield.vantage.client import HolderClient
from jackfield.vantage.forbidden import VantageForbidden
path, vpc, source, *command = sys.argv[1:]
execute.RESOLVER, execute.NSSWITCH, execute._NAME_CACHES = Path("resolv"), Path("nsswitch"), (Path("nscd"),)
"""
    "%s"
    """
with HolderClient(path) as holder:
    entrance = holder.enter(vpc, source)
try:
    execute.run_in_vpc(command, entrance)
except VantageForbidden as error:
    print(error)
"""
)


@pytest.fixture
def one(holding: Holding) -> Holding:
    holding.network("vpc-1", ("10.0.0.5", 6379))
    return holding


def test_the_program_takes_our_place(one: Holding) -> None:
    with one.popen(
        "vpc-1", "sh", "-c", "echo $$; id -u; id -g; pwd; cat; ls /proc/self/fd | wc -l; exit 37"
    ) as program:
        out, err = program.communicate("through\n")
    owner = str(one.data.stat().st_uid)
    assert (program.returncode, err) == (37, "")
    # ls has standard input, output, error and the folder open: nothing of ours came along.
    assert out.splitlines() == [str(program.pid), owner, owner, str(one.data.parent), "through", "4"]


def test_signals_are_its_own(one: Holding) -> None:
    assert one.run("vpc-1", "sh", "-c", "kill -TERM $$").returncode == -signal.SIGTERM
    told = one.run("vpc-1", "grep", "SigIgn", "/proc/self/status").stdout
    assert int(told.split()[1], 16) & (1 << signal.SIGPIPE - 1 | 1 << signal.SIGXFSZ - 1) == 0
    program = one.popen("vpc-1", "sh", "-c", "echo up; exec sleep 60")
    assert program.stdout is not None
    assert program.stdout.readline() == "up\n"
    program.send_signal(signal.SIGTERM)  # not SIGINT, which a shell's background jobs ignore, and so would it
    program.communicate(timeout=10)
    assert program.returncode == -signal.SIGTERM


@pytest.mark.parametrize(("command", "status"), [("no-such-program", 127), ("/dev/null/x", 127), ("/etc/hosts", 126)])
def test_programs_that_can_not_be_run(one: Holding, command: str, status: int) -> None:
    done = one.run("vpc-1", command)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith(f"jackfield exec: {command}: ")


def test_no_command_is_an_error() -> None:
    with pytest.raises(ValueError, match="no command"):
        run_in_vpc([], Entrance("10.0.0.1", -1, None))


def test_no_descriptor_is_left_after_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(execute, "RESOLVER", tmp_path / "none")
    read, write = os.pipe()
    with pytest.raises(VantageForbidden, match="does not exist"):
        enter_vpc(Entrance("10.0.0.1", read, write))
    for descriptor in (read, write):
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


def test_a_linked_resolver_file(one: Holding) -> None:
    """As where systemd keeps it: the file behind the link is the one that is covered."""
    setup = 'Path("real").write_text("nameserver 192.0.2.1\\n"); os.symlink("real", "resolv")'
    done = one.start("-c", CHANGED % setup, str(one.socket), "vpc-1", "", "cat", "resolv", "real")
    out, err = done.communicate(timeout=20)
    assert (out, err) == ("nameserver 127.0.0.53\noptions timeout:1 attempts:2\n" * 2, "")
    home = one.data.parent
    assert (home / "real").read_text() == "nameserver 192.0.2.1\n"
    assert sorted(path.name for path in home.iterdir() if "jackfield" in path.name) == []


@pytest.mark.parametrize("setup", ["", 'os.symlink("/none/resolv", "resolv")'])
def test_a_missing_resolver_file(one: Holding, setup: str) -> None:
    program = one.start("-c", CHANGED % setup, str(one.socket), "vpc-1", "", "true")
    out, err = program.communicate(timeout=20)
    leads = " (it leads to /none/resolv)" if setup else ""
    assert (out, err) == (f"resolv{leads} does not exist. Make one, an empty file will do.\n", "")


def test_other_sources_of_names_are_shut_out(one: Holding) -> None:
    setup = (
        'Path("resolv").touch(); Path("nscd").write_text("socket"); '
        'Path("nsswitch").write_text("passwd: files\\nhosts: files resolve [!UNAVAIL=return] dns\\n")'
    )
    program = one.start("-c", CHANGED % setup, str(one.socket), "vpc-1", "", "cat", "nsswitch", "nscd")
    assert program.communicate(timeout=20) == ("passwd: files\nhosts: files dns\n", "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("hosts: files dns\n", None),
        ("hosts: files resolve dns\n", "hosts: files dns\n"),
        ("hosts: files\n", "hosts: files dns\n"),
        ("hosts: files dns mymachines # all\n", "hosts: files dns\n"),
    ],
)
def test_names_come_from_files_and_dns_only(before: str, after: str | None) -> None:
    assert files_first(before, then_dns_only=True) == after


def test_who_is_inside_already(one: Holding) -> None:
    one.network("vpc-2", ("10.0.0.5", 6379))
    done = one.run("vpc-1", "python3", "-c", ENTER, str(one.socket), "vpc-2", "", "readlink", "/proc/self/ns/net")
    if one.data.stat().st_uid == 0:
        assert (done.stdout, done.stderr) == (one.run("vpc-2", "readlink", "/proc/self/ns/net").stdout, "")
    else:
        assert "VantageForbidden: This program stands in a VPC already. Start it outside of the VPC." in done.stderr


def test_root_may_use_the_vpcs_of_others(one: Holding) -> None:
    if os.geteuid():
        pytest.skip("only root may")
    arguments = [
        sys.executable,
        "-c",
        ENTER,
        str(one.socket),
        "vpc-1",
        "",
        "sh",
        "-c",
        "id -u; readlink /proc/self/ns/net",
    ]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout == "0\n" + one.run("vpc-1", "readlink", "/proc/self/ns/net").stdout


FILTERED = """
import ctypes, runpy, struct, sys
# Load the number of the call; unshare: return EPERM; anything else: allow.
number = {"x86_64": 272, "aarch64": 97}[sys.argv.pop(1)]
program = struct.pack("HBBIHBBIHBBIHBBI", 0x20, 0, 0, 0, 0x15, 0, 1, number, 6, 0, 0, 0x50001, 6, 0, 0, 0x7FFF0000)
code = ctypes.create_string_buffer(program)
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, struct.pack("HxxxxxxP", 4, ctypes.addressof(code)), 0, 0) == 0
runpy.run_module("jackfield.vantage.holder", run_name="__main__", alter_sys=True)
"""


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="numbers of system calls")
def test_a_holder_where_namespaces_are_forbidden(inside: Caller) -> None:
    """It answers, says why, and keeps what it was told before."""
    with Holding(inside.start, inside.home) as holding:
        network = holding.network("vpc-1", ("10.0.0.5", 6379))
        holding.kill_holder()
        options = holding.arguments("holder")[4:]
        filtered = inside.start("-c", FILTERED, platform.machine(), *options)
        holding.holder = filtered
        holding.wait_for(filtered)
        hello = holding.client.hello()
        assert "failed: EPERM" in hello.forbidden
        assert "seccomp=unconfined" in hello.remedy
        client = holding.client
        for attempt in (
            lambda: client.replace(Network("vpc-2", "10.0.0.253")),
            lambda: client.enter("vpc-1"),
            lambda: client.sockets("vpc-1", 1),
            lambda: client.listener("vpc-1", "10.0.0.5", 6379),
        ):
            with pytest.raises(HolderRefused, match="seccomp=unconfined") as refusal:
                attempt()
            assert refusal.value.kind == "forbidden"
        assert (client.networks(), client.clients(), hello.networks) == ([], [], 0)
        assert holding.end(filtered)[0] == 0
        holding.start_holder()
        assert client.networks() == [network]
