"""What the figures were taken on."""

from __future__ import annotations

import os
import platform
from typing import Any


def describe() -> dict[str, Any]:
    return {
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "load": load(),
    }


def load() -> float:
    """Processes that wanted to run during the last minute, on average."""
    return round(os.getloadavg()[0], 2)


def line(machine: dict[str, Any]) -> str:
    return "{system}, {processors} processors, Python {python}, load average {load}".format(**machine)
