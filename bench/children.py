"""The processes that a run starts: each is stopped by its pid, whatever ends the run."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds for anything to begin or to end."""


class Broken(Exception):
    """A measurement cannot go on; the text says why."""


def until(what: str, found: Callable[[], T | None], seconds: float = PATIENCE, pause: float = 0.005) -> T:
    """Waits for something of another process; returns what was found.

    :raises Broken: it was not there in time.
    """
    end = time.monotonic() + seconds
    while not (result := found()):
        if time.monotonic() > end:
            raise Broken(f"not within {seconds:.0f} s: {what}")
        time.sleep(pause)
    return result


class Child:
    """A process in a session of its own, so that Ctrl-C reaches the run, which then ends the process.

    :param log: takes what it writes; its end is told when the process ends by itself.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.name, self._argv, self._log = name, list(argv), log
        self._env = None if env is None else {**os.environ, **env}
        self._pass_fds = pass_fds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Child:
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                self._argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._env,
                pass_fds=self._pass_fds,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
        if process.poll() is None:
            process.kill()
            process.wait()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def ready(self, what: str, found: Callable[[], T | None], pause: float = 0.005) -> T:
        """Waits for a sign of life. :raises Broken: there was none, or the process ended."""

        def look() -> T | None:
            assert self._process is not None
            if self._process.poll() is not None:
                raise Broken(f"{self.name} ended with {self._process.returncode}: {self.said()}")
            return found()

        return until(f"{self.name}: {what}", look, pause=pause)

    def said(self) -> str:
        """The end of its log."""
        return self._log.read_text(errors="replace")[-2000:].strip()


def module(name: str, *arguments: str) -> list[str]:
    """The command line of one of our own modules."""
    return [sys.executable, "-m", name, *arguments]


def free_port(also: int = 0) -> int:
    """A port of 127.0.0.1 that nobody uses now. :param also: the port that many further on is free as well."""
    for _ in range(200):
        with socket.create_server(("127.0.0.1", 0)) as one:
            port: int = one.getsockname()[1]
            if not also:
                return port
        if port + also < 65536:
            with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port + also)):
                return port
    # The ports that the system hands out lie too high: look below them.
    for port in range(20_000, 30_000, 7):
        with (
            contextlib.suppress(OSError),
            socket.create_server(("127.0.0.1", port)),
            socket.create_server(("127.0.0.1", port + also)),
        ):
            return port
    raise Broken(f"no two free ports {also} apart")


def accepts(port: int) -> bool:
    """Whether something listens on a port of 127.0.0.1."""
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def raise_file_limit() -> int:
    """Lets this process, and the children that come, open as many files as the system allows; returns how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hard if hard != resource.RLIM_INFINITY else max(soft, 65_536)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def resident(pid: int) -> float:
    """Memory of a process in MB, shared pages included."""
    return _status(pid, "VmRSS") / 1024


def own_memory(pid: int) -> float:
    """Memory of a process in KB that no other process has and no file backs; elsewhere than on Linux as resident."""
    return _status(pid, "RssAnon")


def processor_seconds(pid: int) -> float:
    """What the threads of a process have computed so far. :raises Broken: elsewhere than on Linux."""
    tasks = Path(f"/proc/{pid}/task")
    try:
        return sum(int(task.joinpath("schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9
    except OSError as error:
        raise Broken(f"the system does not tell the processor time of {pid}: {error}") from error


def tells_processor_seconds() -> bool:
    return Path("/proc/self/schedstat").exists()


def _status(pid: int, name: str) -> float:
    if sys.platform != "linux":
        ps = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
        return float(ps.stdout)
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return float(line.split()[1])
    raise Broken(f"/proc/{pid}/status has no {name}")
