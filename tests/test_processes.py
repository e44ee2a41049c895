from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from jackfield.processes import ProcessId, alive, identify, send, spawn, terminate, wait_gone

SOURCES = str(Path(__file__).parent.parent / "src")
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def started() -> Iterator[list[ProcessId]]:
    """What is put in is killed in the end."""
    processes: list[ProcessId] = []
    yield processes
    for process_id in processes:
        send(process_id, signal.SIGKILL)


@pytest.fixture(params=["pidfd", "polling"])
def waiting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to watch a process: with pidfds, and as on a system that has none."""
    if request.param == "polling":

        def missing(pid: int) -> int:
            raise OSError(errno.ENOSYS, "no such call")

        monkeypatch.setattr(os, "pidfd_open", missing, raising=False)
    elif not hasattr(os, "pidfd_open"):
        pytest.skip("no pidfds here")
    return str(request.param)


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


def test_the_identity_of_a_process_is_stable_and_its_own() -> None:
    me, parent = identify(os.getpid()), identify(os.getppid())
    assert me is not None
    assert me == identify(os.getpid())
    assert alive(me)
    assert parent is not None
    assert (me.pid, parent.pid) == (os.getpid(), os.getppid())
    assert msgspec.json.decode(msgspec.json.encode(me), type=ProcessId) == me


@pytest.mark.parametrize("pid", [0, -1, 2**22 + 1])
def test_there_is_no_identity_without_a_process(pid: int) -> None:
    assert identify(pid) is None


def test_a_process_with_the_same_pid_and_another_start_is_another_one() -> None:
    me = identify(os.getpid())
    assert me is not None
    assert not alive(ProcessId(me.pid, me.started + "1"))


def test_a_zombie_is_dead() -> None:
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert identify(child.pid) is None
    assert child.wait() == 0


def test_a_foreign_process_is_never_signalled(started: list[ProcessId], tmp_path: Path, waiting: str) -> None:
    mine = spawn(["sleep", "60"], cwd=tmp_path, log=tmp_path / "log")
    started.append(mine)
    impostor = ProcessId(mine.pid, mine.started + "1")
    assert not send(impostor, signal.SIGKILL)
    assert terminate(impostor, 5)
    assert wait_gone(impostor, 5)
    assert alive(mine)


def test_terminate_waits_for_the_end(started: list[ProcessId], tmp_path: Path, waiting: str) -> None:
    process_id = spawn(["sleep", "60"], cwd=tmp_path, log=tmp_path / "log")
    started.append(process_id)
    assert not wait_gone(process_id, 0.01)
    assert terminate(process_id, 20)
    assert not alive(process_id)
    assert terminate(process_id, 20)


def test_terminate_kills_what_does_not_obey(started: list[ProcessId], tmp_path: Path, waiting: str) -> None:
    log = tmp_path / "log"
    script = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
    deaf = spawn([sys.executable, "-c", script], cwd=tmp_path, log=log)
    started.append(deaf)
    until(lambda: "deaf" in log.read_text(), "it never started")
    assert not terminate(deaf, 0.05)
    assert not alive(deaf)


@linux
def test_a_spawned_process_has_its_own_session_and_nothing_of_ours(started: list[ProcessId], tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    script = "import os; print(os.getsid(0), os.environ.get('ONLY'), sorted(os.listdir('/proc/self/fd')), os.getcwd());"
    script += "print(os.readlink('/proc/self/fd/0')); print(oct(os.umask(0)))"
    process_id = spawn([sys.executable, "-c", script], cwd=tmp_path, log=log, env={"ONLY": "this"})
    started.append(process_id)
    assert wait_gone(process_id, 20)
    os.close(reader)
    os.close(writer)
    before, line, stdin, umask = log.read_text().splitlines()
    assert before == "before"
    # 3 is the listing's own.
    assert line == f"{process_id.pid} this ['0', '1', '2', '3'] {tmp_path}"
    assert stdin == "/dev/null"
    assert umask == "0o77"


def test_the_log_is_for_its_owner_and_passed_descriptors_arrive(started: list[ProcessId], tmp_path: Path) -> None:
    reader, writer = os.pipe()
    process_id = spawn(
        [sys.executable, "-c", f"import os; os.write({writer}, b'through'); os.write(2, b'logged')"],
        cwd=tmp_path,
        log=tmp_path / "log",
        pass_fds=(writer,),
    )
    started.append(process_id)
    os.close(writer)
    with open(reader) as file:
        assert file.read() == "through"
    assert wait_gone(process_id, 20)
    assert (tmp_path / "log").read_text() == "logged"
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_a_program_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        spawn(["no-such-program"], cwd=tmp_path, log=tmp_path / "log")


@linux
def test_ended_children_leave_no_zombie_and_others_keep_theirs(started: list[ProcessId], tmp_path: Path) -> None:
    foreign = subprocess.Popen(["sh", "-c", "exit 7"])
    ended = [spawn(["true"], cwd=tmp_path, log=tmp_path / "log") for _ in range(5)]
    started += ended
    for process_id in ended:
        until(lambda path=f"/proc/{process_id.pid}/stat": not os.path.exists(path), "a zombie is left")  # type: ignore[misc]
    assert foreign.wait() == 7
    assert signal.getsignal(signal.SIGCHLD) is signal.SIG_DFL


@pytest.mark.parametrize("ending", ["os.kill(os.getpid(), 9)", "sys.exit(0)"])
def test_a_spawned_process_survives_its_parent(started: list[ProcessId], tmp_path: Path, ending: str) -> None:
    script = f"""
        import os, sys
        from pathlib import Path
        import msgspec
        from jackfield.processes import spawn
        here = Path({str(tmp_path)!r})
        process_id = spawn(["sleep", "60"], cwd=here, log=here / "log")
        print(msgspec.json.encode(process_id).decode(), flush=True)
        {ending}
    """
    starter = subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", textwrap.dedent(script)],
        env={**os.environ, "PYTHONPATH": SOURCES},
        capture_output=True,
        check=False,
    )
    process_id = msgspec.json.decode(starter.stdout, type=ProcessId)
    started.append(process_id)
    assert starter.stderr == b""
    assert alive(process_id)
    assert terminate(process_id, 20)
