"""What the processes have in common that outlive who starts them. Standard library only, and little of it."""

from __future__ import annotations

import fcntl
import os
import resource
import time
from pathlib import Path

EXIT_FAILED = 2
EXIT_LOCKED = 3
"""Exit status when another process of the same role serves the same data folder."""


def take_lock(path: Path) -> int | None:
    """Holds an exclusive lock until the process ends; ``None`` when another process has it."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    return fd


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


def raise_limit() -> int:
    """Raises the soft limit of open files to the hard one; returns what is allowed now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (hard, 65536, 10240):  # macOS says "unlimited" and then refuses it
        if soft != resource.RLIM_INFINITY and (wanted == resource.RLIM_INFINITY or wanted > soft):
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            except (ValueError, OSError):
                continue
            return wanted
    return soft
