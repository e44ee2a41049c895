"""Names of parametrised cases: the same in every process, so that the cases can be spread over several."""

from __future__ import annotations

from typing import Any


def readable(value: Any) -> str:
    """A case's value without addresses of objects and without the order of sets."""
    if isinstance(value, dict):
        return ",".join(f"{key}={readable(one)}" for key, one in value.items())
    if isinstance(value, set | frozenset):
        return "+".join(sorted(map(str, value)))
    if isinstance(value, list | tuple):
        return ",".join(map(readable, value))
    to_map = getattr(value, "to_map", None)
    return readable(to_map()) if to_map else str(value)
