"""Names of all operations of a vendor's product, so that an operation that is not built here can say so."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files


def known_operations(package: str) -> Callable[[], frozenset[str]]:
    """Reads ``known.txt`` of a product's package on first use (extracted from the vendor's SDK, one name a line)."""

    @cache
    def read() -> frozenset[str]:
        return frozenset(files(package).joinpath("known.txt").read_text().split())

    return read
