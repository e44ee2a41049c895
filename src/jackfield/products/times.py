"""Times as the vendor writes them."""

from __future__ import annotations

import time


def iso_minute(seconds: float) -> str:
    """``2026-11-22T05:00Z``."""
    return time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(seconds))


def iso_second(seconds: float) -> str:
    """``2026-11-22T05:00:42Z``."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
