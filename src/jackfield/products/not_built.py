"""Why an operation of the vendor's is not built: data beside each product, by group (``not_built.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from importlib.resources import files
from typing import NamedTuple


class Group(NamedTuple):
    """Operations that are not built for the same reason.

    :ivar patterns: their names; ``*`` stands for any characters.
    """

    name: str
    why: str
    patterns: tuple[str, ...]

    def fits(self, operation: str) -> bool:
        return any(fnmatchcase(operation, pattern) for pattern in self.patterns)


def groups_of(package: str) -> tuple[Group, ...]:
    """The groups of a product's package, in their order."""
    read = tomllib.loads(files(package).joinpath("not_built.toml").read_text())
    return tuple(Group(one["name"], one["why"], tuple(one["operations"].split())) for one in read.get("group", ()))


def grouped(groups: Iterable[Group], operations: Iterable[str]) -> Mapping[Group | None, list[str]]:
    """The operations by the first group that each fits, sorted; ``None`` holds those that fit none."""
    groups = tuple(groups)
    found: dict[Group | None, list[str]] = {}
    for operation in sorted(operations):
        found.setdefault(next((group for group in groups if group.fits(operation)), None), []).append(operation)
    return {group: found[group] for group in (*groups, None) if group in found}
