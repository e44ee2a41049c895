"""The System V segment by which PostgreSQL knows that a data folder is in use.

A server that was killed leaves it. The next start on the same folder takes it over, but a folder that is deleted would
leave it until the machine is restarted.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

_IPC_RMID = 0


def remove_segment(data: Path) -> bool:
    """Removes what ``postmaster.pid`` names, when it is that server's and nobody uses it. Only on Linux.

    :param data: a folder on which no server runs.
    :returns: whether there was one.
    """
    if sys.platform != "linux":
        return False
    try:
        lines = (data / "postmaster.pid").read_text().split("\n")
        # Pid, data folder, start, port, socket folder, address, then key and id of the segment.
        pid, (key, number) = lines[0].strip(), lines[6].split()
        segments = [line.split() for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]]
    except (OSError, IndexError, ValueError):
        return False
    for segment in segments:
        # Key, id, mode, size, creator's pid, last pid, attached …
        if (segment[0], segment[1], segment[4], segment[6]) == (key, number, pid, "0"):
            return bool(ctypes.CDLL(None).shmctl(int(number), _IPC_RMID, None) == 0)
    return False
