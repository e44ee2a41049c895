"""What a process has open, as the kernel tells it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def links(pid: int) -> set[str]:
    """Where its descriptors lead; one that it closes meanwhile is left out."""
    found = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.add(os.readlink(entry))
    return found
