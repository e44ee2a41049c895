"""Processes that outlive the one that starts them, and how they are known again.

A pid alone says nothing: the kernel hands it out again. A :class:`ProcessId` adds the moment at which the kernel
started the process, so that a process recorded on disk can be told from a later one with the same number, also
after a reboot. Nothing here signals a process whose start does not match.

Children are waited for by a thread each, with ``waitpid`` of that one pid, so that no zombie stays, no SIGCHLD
handler is needed and nobody else's child is reaped.
"""

from __future__ import annotations

import functools
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

_KILL_PATIENCE = 10.0


class ProcessId(msgspec.Struct, frozen=True):
    """One process, for ever.

    :param pid: its number.
    :param started: when the kernel started it, opaque: equal texts mean the same moment. On Linux boot id and clock
        ticks since boot (``/proc/PID/stat`` field 22), elsewhere what ``ps -o lstart=`` prints (whole seconds).
    """

    pid: int
    started: str


def identify(pid: int) -> ProcessId | None:
    """The identity of a running process; None when there is none with that pid or it is a zombie."""
    seen = _look(pid)
    if seen is None or seen[0] in "ZXx":
        return None
    return ProcessId(pid, seen[1])


def alive(process_id: ProcessId) -> bool:
    """Whether that very process still runs. A zombie does not."""
    return identify(process_id.pid) == process_id


def spawn(
    argv: Sequence[str],
    *,
    cwd: Path,
    log: Path,
    env: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> ProcessId:
    """Starts a process that survives us.

    It leads a session of its own (neither our death nor Ctrl-C in our terminal reaches it), reads from /dev/null,
    appends standard output and error to ``log`` (made with mode 600), makes its files with umask 077 and inherits no
    descriptor.

    :param argv: program, found on PATH when it holds no slash, and its arguments.
    :param cwd: its working folder.
    :param env: its whole environment; None means ours.
    :param pass_fds: descriptors that it does inherit, under the same numbers.
    :raises OSError: the program can not be executed.
    """
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        child = subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=None if env is None else dict(env),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            umask=0o077,
            pass_fds=pass_fds,
        )
    finally:
        os.close(out)
    # Looked at before anybody waits for it: until then even a child that has ended is there, as a zombie.
    seen = _look(child.pid)
    threading.Thread(target=child.wait, name=f"reaper-{child.pid}", daemon=True).start()
    return ProcessId(child.pid, seen[1] if seen else "unknown")


def send(process_id: ProcessId, number: signal.Signals) -> bool:
    """Signals that very process and no other.

    :returns: False when it no longer runs.
    :raises PermissionError: it belongs to somebody else.
    """
    handle = _open_handle(process_id.pid)
    try:
        # With a handle the pid can not change hands between this look and the signal.
        if not alive(process_id):
            return False
        if handle is not None and sys.platform == "linux":
            signal.pidfd_send_signal(handle, number)
        else:
            os.kill(process_id.pid, number)
    except ProcessLookupError:
        return False
    finally:
        if handle is not None:
            os.close(handle)
    return True


def wait_gone(process_id: ProcessId, timeout: float) -> bool:
    """Waits until the process has ended, a child of ours or not.

    :param timeout: seconds.
    :returns: whether it has ended.
    """
    deadline = time.monotonic() + timeout
    handle = _open_handle(process_id.pid)
    if handle is not None:
        try:
            if not alive(process_id):
                return True
            poller = select.poll()
            poller.register(handle, select.POLLIN)
            return bool(poller.poll(max(0.0, timeout) * 1000)) or not alive(process_id)
        finally:
            os.close(handle)
    pause = 0.002
    while alive(process_id):
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(pause, left))
        pause = min(pause * 2, 0.05)
    return True


def terminate(process_id: ProcessId, grace: float = 5.0) -> bool:
    """Ends a process: SIGTERM, ``grace`` seconds to obey, SIGKILL. Returns when it is gone.

    :returns: False when SIGKILL was needed, True otherwise, also when it was gone before.
    :raises PermissionError: it belongs to somebody else.
    :raises TimeoutError: it is still there 10 s after SIGKILL (stuck in the kernel).
    """
    if not send(process_id, signal.SIGTERM) or wait_gone(process_id, grace):
        return True
    kill(process_id)
    return False


def kill(process_id: ProcessId) -> None:
    """Ends a process by SIGKILL. Returns when it is gone.

    :raises PermissionError, TimeoutError: as :func:`terminate`.
    """
    send(process_id, signal.SIGKILL)
    if not wait_gone(process_id, _KILL_PATIENCE):
        raise TimeoutError(f"process {process_id.pid} does not die of SIGKILL")


def _look(pid: int) -> tuple[str, str] | None:
    """State letter and start of a process, zombies included."""
    if pid <= 0:
        return None
    return _look_in_proc(pid) if sys.platform == "linux" else _ask_ps(pid)


def _look_in_proc(pid: int) -> tuple[str, str] | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field is the program's name in brackets and may itself hold blanks and brackets.
    fields = stat[stat.rindex(b")") + 2 :].split()
    return fields[0].decode(), f"{_boot_id()}:{fields[19].decode()}"


@functools.cache
def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _ask_ps(pid: int) -> tuple[str, str] | None:
    # LC_ALL: the date is otherwise in the user's language, which may differ between two callers; TZ likewise.
    ps = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C", "TZ": "UTC0"},
    )
    words = ps.stdout.split()
    return (words[0][0], " ".join(words[1:])) if len(words) > 1 else None


def _open_handle(pid: int) -> int | None:
    """A pidfd, or None where there are none or the process is gone."""
    if sys.platform != "linux":
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None
