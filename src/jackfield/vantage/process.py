"""What holder and keeper have in common as processes: command line, lock, log, limits, signals."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import logging
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from jackfield.vantage.loop import Loop

EXIT_FAILED = 2
EXIT_LOCKED = 3
"""Exit status when another process of the same role serves the same data folder."""

log = logging.getLogger("jackfield.vantage")


def main(role: str, serve: Callable[[argparse.Namespace, Loop], None], arguments: Sequence[str] | None) -> int:
    """Runs until SIGTERM or ``stop``; returns the exit status. SIGINT and SIGHUP are ignored: they are meant for the
    terminal in which somebody else was started.

    ``--data DIR --socket PATH [--keeper PATH] [--lock FD] [--log PATH]``

    :param serve: runs the loop.
    :returns: 0 after an orderly end, 2 when it could not start, 3 when the data folder is served already.
    """
    parser = argparse.ArgumentParser(prog=f"python -m jackfield.vantage.{role}")
    parser.add_argument("--data", required=True, type=Path, help="the data folder; networks are kept in its vpcs/")
    parser.add_argument("--socket", required=True, help="path of the socket for requests")
    if role == "holder":
        parser.add_argument("--keeper", required=True, help="path of the keeper's socket")
    parser.add_argument("--lock", type=int, help="inherited descriptor that holds the lock already")
    parser.add_argument("--log", help="append the log here instead of writing to stderr")
    options = parser.parse_args(arguments)
    os.umask(0o077)
    options.data = options.data.absolute()
    try:
        logging.raiseExceptions = False  # whoever read our stderr may be gone
        layout = "%(asctime)s %(levelname)s %(name)s %(message)s"
        logging.basicConfig(filename=options.log, level=logging.INFO, format=layout)
        folder = options.data / "vpcs"
        folder.mkdir(parents=True, exist_ok=True)
        lock = options.lock if options.lock is not None else _lock(folder / f"{role}.lock")
        if lock is None:
            print(f"another {role} serves {options.data}", file=sys.stderr)
            return EXIT_LOCKED
        _raise_limit()
        loop = Loop()
        with _signals(loop):
            serve(options, loop)
        log.info("stopped role=%s", role)
    except OSError as error:
        log.error("could not start: %s", error)
        return EXIT_FAILED
    return 0


def started_at() -> float:
    """When this process started, in seconds since the epoch, as the system tells it to others.

    Linux: field 22 of ``/proc/self/stat`` (clock ticks since boot) plus ``btime`` of ``/proc/stat``. Elsewhere: now.
    """
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        stat = Path("/proc/stat").read_text()
        boot = next(int(line.split()[1]) for line in stat.splitlines() if line.startswith("btime "))
        return boot + ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, StopIteration):
        return time.time()


def _lock(path: Path) -> int | None:
    """Holds an exclusive lock until the process ends; ``None`` when another process has it."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    return fd


def _raise_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (hard, 65536, 10240):  # macOS says "unlimited" and then refuses it
        if soft != resource.RLIM_INFINITY and (wanted == resource.RLIM_INFINITY or wanted > soft):
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
                return


@contextlib.contextmanager
def _signals(loop: Loop) -> Iterator[None]:
    end, write = socket.socketpair()
    end.setblocking(False)
    write.setblocking(False)

    def arrived() -> None:
        if signal.SIGTERM in end.recv(64):
            loop.stop()

    signal.signal(signal.SIGTERM, lambda number, frame: None)  # without a handler nothing is written
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    before = signal.set_wakeup_fd(write.fileno(), warn_on_full_buffer=False)
    loop.watch(end, arrived, lambda: None)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        loop.close()
        end.close()
        write.close()
