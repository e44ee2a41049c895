"""Names of all operations of a vendor's product, so that an operation that is not built here can say so."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import NamedTuple


def known_operations(package: str) -> Callable[[], frozenset[str]]:
    """Reads ``known.txt`` of a product's package on first use (extracted from the vendor's SDK, one name a line)."""

    @cache
    def read() -> frozenset[str]:
        return frozenset(files(package).joinpath("known.txt").read_text().split())

    return read


class KnownPath(NamedTuple):
    """An operation that is called by method and path."""

    method: str
    path: str
    name: str


def known_paths(package: str) -> tuple[KnownPath, ...]:
    """Reads ``paths.txt`` of a product's package: method, path and name a line."""
    lines = files(package).joinpath("paths.txt").read_text().splitlines()
    return tuple(KnownPath(*line.split()) for line in lines if line)
