"""Running commands to their end."""

from __future__ import annotations

import os
import subprocess
import sys


def run(
    *arguments: str, environment: dict[str, str] | None = None, status: int | None = 0
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end; checks its exit status, and that it did not fall over."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "jackfield", *arguments],
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    assert status is None or done.returncode == status, (done.returncode, done.stderr)
    return done
