"""Asking a server's program what it is."""

from __future__ import annotations

import subprocess


def told(*argv: str) -> subprocess.CompletedProcess[str] | None:
    """What a program prints when asked for its version.

    :returns: None when it is not there or does not run on this machine (another architecture, no execute bit).
    """
    try:
        return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
