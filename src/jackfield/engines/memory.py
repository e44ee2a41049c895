"""How much memory a server takes."""

from __future__ import annotations

import sys
from pathlib import Path


def resident(pid: int) -> int:
    """Bytes in memory: all of a process's, and of its children's what they do not share. 0 where there is no /proc."""
    if sys.platform != "linux" or pid <= 0:
        return 0
    children = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            children += (task / "children").read_text().split()
    except OSError:
        pass
    return _field(pid, "VmRSS") + sum(_field(int(child), "RssAnon") for child in children)


def _field(pid: int, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")), 0)
