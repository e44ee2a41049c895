from __future__ import annotations

import errno
import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jackfield.vantage.execute import enter, run
from jackfield.vantage.forbidden import VantageForbidden, refused
from jackfield.vantage.probe import probe

if TYPE_CHECKING:
    from .conftest import Caller

SECCOMP = """
    import ctypes, struct, sys
    from pathlib import Path
    from jackfield.vantage.execute import enter
    from jackfield.vantage.forbidden import VantageForbidden
    from jackfield.vantage.probe import probe

    # Load the number of the call; unshare: return EPERM; anything else: allow.
    number = {"x86_64": 272, "aarch64": 97}[sys.argv[2]]
    program = struct.pack("HBBIHBBIHBBIHBBI", 0x20, 0, 0, 0, 0x15, 0, 1, number, 6, 0, 0, 0x50001, 6, 0, 0, 0x7FFF0000)
    code = ctypes.create_string_buffer(program)
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    filter = struct.pack("HxxxxxxP", 4, ctypes.addressof(code))
    assert libc.prctl(22, 2, filter, 0, 0) == 0
    print(probe())
    try:
        enter(Path(sys.argv[1]))
    except VantageForbidden as error:
        print(error.call, error)
"""

LIMIT = """
    from jackfield.vantage import namespaces
    from jackfield.vantage.forbidden import VantageForbidden
    namespaces.enter_user_namespace()
    for limit, enter in (
        ("mnt", namespaces.enter_mount_namespace),
        ("net", namespaces.enter_network_namespace),
        ("user", namespaces.enter_user_namespace),
    ):
        with open(f"/proc/sys/user/max_{limit}_namespaces", "w") as file:
            file.write("0")
        try:
            enter()
        except VantageForbidden as error:
            print(error.call, error.number, error)
"""

THREAD = """
    import os, threading
    from jackfield.vantage import namespaces
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        namespaces.enter_user_namespace()
    except RuntimeError as error:
        print(error)
    end.set()
    thread.join()
    while len(os.listdir("/proc/self/task")) > 1:  # join returns a moment before the kernel has let go of the thread
        pass
    namespaces.enter_user_namespace()
    print("entered")
"""

CHROOT = """
    import os, sys
    from jackfield.vantage import namespaces
    from jackfield.vantage.forbidden import VantageForbidden
    namespaces._libc()
    os.chroot(sys.argv[1])
    try:
        namespaces.enter_user_namespace()
    except VantageForbidden as error:
        print(error)
"""


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="numbers of system calls")
def test_a_seccomp_filter_is_told_with_its_remedy(inside: Caller) -> None:
    told = inside.run(SECCOMP, str(inside.hosts_file("")), platform.machine())
    call = "unshare(NEWNS)" if inside.is_root else "unshare(NEWUSER)"
    probed, entered = told.stdout.splitlines()
    assert probed.startswith(f"Probe(available=False, why='{call} failed: EPERM")
    assert entered.startswith(f"{call} {call} failed: EPERM (Operation not permitted). ")
    for text in (probed, entered):
        assert "--security-opt seccomp=unconfined" in text


def test_limits_are_told_by_name(inside: Caller) -> None:
    told = inside.run(LIMIT)
    lines = told.stdout.splitlines()
    assert len(lines) == 3, told.stderr
    for line, (call, limit) in zip(lines, (("NEWNS", "mnt"), ("NEWNET", "net"), ("NEWUSER", "user")), strict=True):
        assert line.startswith(f"unshare({call}) {errno.ENOSPC} unshare({call}) failed: ENOSPC ")
        assert f"Raise user.max_{limit}_namespaces (now 0;" in line


def test_threads_are_the_callers_mistake_and_not_the_systems(inside: Caller) -> None:
    assert inside.run(THREAD).stdout.splitlines() == [
        "a user namespace can be entered only before the first thread is started",
        "entered",
    ]


def test_a_chroot_is_named(inside: Caller) -> None:
    if not inside.is_root:
        pytest.skip("only root may chroot")
    told = inside.run(CHROOT, str(inside.home))
    assert told.stdout.startswith("unshare(NEWUSER) failed: EPERM")
    assert "chroot" in told.stdout


@pytest.mark.parametrize(
    ("call", "number", "remedy"),
    [
        ("write /proc/self/uid_map", errno.EPERM, "kernel.apparmor_restrict_unprivileged_userns=0"),
        ("write /proc/self/setgroups", errno.EACCES, "kernel.apparmor_restrict_unprivileged_userns=0"),
        ("mount(/, PRIVATE)", errno.EACCES, "apparmor"),
        ("unshare(NEWUSER)", errno.EINVAL, "CONFIG_USER_NS"),
        ("unshare(NEWNET)", errno.ENOSPC, "user.max_net_namespaces"),
    ],
)
def test_each_refusal_has_its_remedy(call: str, number: int, remedy: str) -> None:
    error = refused(call, number)
    assert str(error).startswith(f"{call} failed: {errno.errorcode[number]} ({os.strerror(number)}). ")
    assert remedy in error.remedy


def test_another_system_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(VantageForbidden, match="Linux only, this is darwin"):
        run(["true"], tmp_path / "hosts")
    with pytest.raises(VantageForbidden, match="Linux only"):
        enter(tmp_path / "hosts")
    for network in (False, True):
        assert probe(network=network).why == "Namespaces exist on Linux only, this is darwin"


def test_the_probe_agrees_with_what_then_works(caller: Caller) -> None:
    script = "from jackfield.vantage.probe import probe; import sys; print(*probe(network=bool(sys.argv[1])))"
    for network in ("", "yes"):
        words = caller.run(script, network).stdout.split()
        if words[0] == "True":
            assert words == ["True"]
        else:
            assert len(words) > 5
    works = caller.execute("127.64.7.7 r-1.redis.test\n", "true").returncode == 0
    assert works == (caller.run(script, "").stdout.split()[0] == "True")


def test_the_probe_changes_nothing_here() -> None:
    before = [os.readlink(f"/proc/self/ns/{kind}") for kind in ("user", "net", "mnt")]
    hosts = Path("/etc/hosts").read_bytes()
    probe(network=True)
    assert [os.readlink(f"/proc/self/ns/{kind}") for kind in ("user", "net", "mnt")] == before
    assert Path("/etc/hosts").read_bytes() == hosts
