from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jackfield.vantage.execute import files_first
from jackfield.vantage.hosts import write

if TYPE_CHECKING:
    from .conftest import Caller

HOSTS = "127.64.7.7 r-1.redis.test\n127.0.0.1 localhost\n"
RESOLVE = "import socket, sys; print(socket.getaddrinfo(sys.argv[1], 6379, type=socket.SOCK_STREAM)[0][4])"


def test_names_resolve_inside_and_not_outside(inside: Caller) -> None:
    before = Path("/etc/hosts").read_bytes()
    told = inside.execute(HOSTS, inside.python, "-c", RESOLVE, "r-1.redis.test")
    assert (told.stdout, told.stderr) == ("('127.64.7.7', 6379)\n", "")
    assert inside.execute(HOSTS, "getent", "hosts", "r-1.redis.test").stdout.split() == ["127.64.7.7", "r-1.redis.test"]
    assert Path("/etc/hosts").read_bytes() == before


def test_later_names_are_seen_by_a_running_program(inside: Caller) -> None:
    hosts_file = inside.hosts_file(HOSTS)
    script = "getent hosts new.test; echo first $?; read line; getent hosts new.test; cat /etc/hosts"
    process = inside.popen(
        "import sys; from pathlib import Path; from jackfield.vantage.execute import run; "
        "run(['sh', '-c', sys.argv[2]], Path(sys.argv[1]))",
        str(hosts_file),
        script,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "first 2\n"
        text = "127.64.7.8 new.test\n"
        write(hosts_file, text)
        out, _ = process.communicate("go\n")
    assert out.splitlines()[0].split() == ["127.64.7.8", "new.test"]
    assert out.endswith(f"\n{text}")


def test_the_program_takes_our_place(inside: Caller) -> None:
    script = "echo $$; id -u; id -g; pwd; cat; exit 37"
    process = inside.popen(
        "import sys; from pathlib import Path; from jackfield.vantage.execute import run; "
        "print('before'); run(['sh', '-c', sys.argv[2]], Path(sys.argv[1]))",
        str(inside.hosts_file(HOSTS)),
        script,
    )
    with process:
        out, err = process.communicate("through\n")
    assert process.returncode == 37
    assert out.splitlines() == [
        "before",
        str(process.pid),
        str(inside.uid),
        str(inside.uid),
        str(inside.home),
        "through",
    ]
    assert err == ""


def test_death_by_signal_passes_through(inside: Caller) -> None:
    assert inside.execute(HOSTS, "sh", "-c", "kill -TERM $$").returncode == -signal.SIGTERM
    # Python ignores SIGPIPE; a program that inherits that would never end here.
    told = inside.execute(HOSTS, "sh", "-c", "grep SigIgn /proc/self/status")
    assert int(told.stdout.split()[1], 16) & (1 << signal.SIGPIPE - 1 | 1 << signal.SIGXFSZ - 1) == 0


def test_only_root_keeps_its_rights(inside: Caller) -> None:
    told = inside.execute(HOSTS, "sh", "-c", "grep -E '^Cap(Prm|Eff|Bnd|Amb)' /proc/self/status; mount -t tmpfs x /mnt")
    held = {line.split()[0]: int(line.split()[1], 16) for line in told.stdout.splitlines()}
    assert set(held) == {"CapPrm:", "CapEff:", "CapBnd:", "CapAmb:"}
    if inside.is_root:
        status = dict(line.split(":\t") for line in Path("/proc/self/status").read_text().splitlines() if "Cap" in line)
        assert held["CapEff:"] == int(status["CapEff"], 16)
        # Its mount stayed in its own namespace.
        assert " /mnt tmpfs " not in Path("/proc/self/mounts").read_text()
    else:
        assert set(held.values()) == {0}
        assert told.returncode != 0


@pytest.mark.parametrize("command", ["no-such-program", "./no-such-program", "/dev/null/x"])
def test_a_missing_program_is_127(inside: Caller, command: str) -> None:
    told = inside.execute(HOSTS, command)
    assert (told.returncode, told.stdout) == (127, "")
    assert told.stderr == f"jackfield exec: {command}: command not found\n"


def test_a_program_that_is_none_is_126(inside: Caller) -> None:
    (inside.home / "data").write_text("plain text")
    (inside.home / "data").chmod(0o644)
    told = inside.execute(HOSTS, "./data")
    assert (told.returncode, told.stdout) == (126, "")
    assert told.stderr == "jackfield exec: ./data: Permission denied\n"


def test_services_outside_are_not_asked(inside: Caller) -> None:
    script = """
        import sys
        from pathlib import Path
        from jackfield.vantage import execute, namespaces
        hosts_file, nsswitch = Path(sys.argv[1]), Path("nsswitch")
        nsswitch.write_text("passwd: files\\nhosts: mymachines resolve [!UNAVAIL=return] files dns\\n")
        # As on a system that is set up so.
        if not namespaces.privileged():
            namespaces.enter_user_namespace()
        namespaces.enter_mount_namespace()
        namespaces.bind(nsswitch, execute.NSSWITCH)
        execute.run(["cat", "/etc/nsswitch.conf"], hosts_file)
    """
    told = inside.run(script, str(inside.hosts_file(HOSTS)))
    assert (told.stdout, told.stderr) == ("passwd: files\nhosts: files dns\n", "")
    assert sorted(path.name for path in inside.home.iterdir()) == ["hosts", "nsswitch"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("hosts: files dns\n", None),
        ("hosts:\tfiles mdns4_minimal [NOTFOUND=return] dns\n", None),
        ("hosts: resolve files # hosts: files\nnetworks: files\n", "hosts: files dns\nnetworks: files\n"),
        ("# hosts: files\nhosts: dns files\n", "# hosts: files\nhosts: files dns\n"),
        ("passwd: files", "passwd: files\nhosts: files dns\n"),
    ],
)
def test_host_names_come_from_files_first(before: str, after: str | None) -> None:
    assert files_first(before) == after


def test_a_missing_hosts_file_and_no_command_are_errors(caller: Caller) -> None:
    told = caller.run(
        "from pathlib import Path; from jackfield.vantage.execute import run; run(['true'], Path('none'))"
    )
    assert "FileNotFoundError: there is no hosts file none" in told.stderr
    told = caller.run("from pathlib import Path; from jackfield.vantage.execute import run; run([], Path('none'))")
    assert "ValueError: there is no command to run" in told.stderr
