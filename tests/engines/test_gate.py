from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from jackfield.engines.launch import gate_argv

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
SHOW = [sys.executable, "-c", "import os; print(os.getpid(), os.geteuid(), os.getegid(), os.getgroups())"]


def passed(how: str, data: Path, program: list[str]) -> list[str]:
    done = subprocess.run([*gate_argv(how, data), *program], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("go", [b"!", b""])
def test_nothing_is_started_for_a_starter_that_died(tmp_path: Path, go: bytes) -> None:
    ours, theirs = os.pipe()
    child = subprocess.Popen(
        [*gate_argv("plain", tmp_path, ours), *SHOW], stdout=subprocess.PIPE, pass_fds=(ours,), text=True
    )
    os.close(ours)
    os.write(theirs, go)
    os.close(theirs)
    out, _ = child.communicate()
    assert (child.returncode, bool(out)) == ((0, True) if go else (1, False))
    if go:
        # The process that was put on record is the one that becomes the program.
        assert out.split()[0] == str(child.pid)


def test_plain_changes_nothing(tmp_path: Path) -> None:
    assert passed("plain", tmp_path, SHOW)[1:3] == [str(os.geteuid()), str(os.getegid())]


def test_in_a_namespace_it_seems_to_be_nobody_and_files_are_ours(tmp_path: Path) -> None:
    try:
        uid = passed("namespace", tmp_path, SHOW)[1]
    except subprocess.CalledProcessError as error:
        pytest.skip(f"user namespaces are forbidden here: {error.stderr}")
    assert int(uid) == pwd.getpwnam("nobody").pw_uid
    passed("namespace", tmp_path, ["/bin/sh", "-c", f"echo x > {tmp_path}/file"])
    assert (tmp_path / "file").stat().st_uid == os.geteuid()


@as_root
def test_as_nobody_it_owns_the_data_and_gets_through_folders_of_root(tmp_path: Path) -> None:
    data = tmp_path / "closed" / "data"
    data.mkdir(parents=True)
    (data / "inside").write_text("words")
    (data / "link").symlink_to("/etc/passwd")
    (tmp_path / "closed").chmod(0o700)
    before = Path("/etc/passwd").stat()
    _, uid, gid, groups = passed("user", data, SHOW)
    assert "0" not in (uid, gid)
    assert groups == "[]"
    assert passed("user", data, ["/bin/cat", str(data / "inside")]) == ["words"]
    assert {path.lstat().st_uid for path in (data, data / "inside", data / "link")} == {int(uid)}
    assert Path("/etc/passwd").stat() == before
    assert passed("auto", data, SHOW)[1] == uid


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [*gate_argv("plain", tmp_path), "/no/such/program"], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "No such file" in done.stderr
