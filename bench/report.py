"""What was measured, against the budgets, as a table and as JSON."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Unit = Literal["x", "s", "ms", "MB", "KB"]

_FORMATS: dict[Unit, str] = {"x": "{:.2f} x", "s": "{:.2f} s", "ms": "{:.1f} ms", "MB": "{:.0f} MB", "KB": "{:.2f} KB"}


class Bound(NamedTuple):
    """What a median has to keep. :param goal: a stricter one that is told when it is reached."""

    kind: Literal["least", "most"]
    limit: float
    goal: float | None = None

    def holds(self, value: float, limit: float) -> bool:
        return value >= limit if self.kind == "least" else value <= limit

    def verdict(self, value: float) -> str:
        if not self.holds(value, self.limit):
            return "missed"
        return "met, goal too" if self.goal is not None and self.holds(value, self.goal) else "met"

    def text(self, unit: Unit) -> str:
        sign = "≥" if self.kind == "least" else "≤"
        goal = "" if self.goal is None else f" (goal {self.goal:g})"
        return f"{sign} {self.limit:g}{'' if unit == 'x' else ' ' + unit}{goal}"


def least(limit: float, goal: float | None = None) -> Bound:
    return Bound("least", limit, goal)


def most(limit: float) -> Bound:
    return Bound("most", limit)


@dataclass(frozen=True)
class Row:
    """One line. :param values: one a round. :param bound: absent for what has no budget."""

    section: str
    what: str
    values: Sequence[float]
    unit: Unit = "x"
    bound: Bound | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def cells(self) -> tuple[str, ...]:
        show = _FORMATS[self.unit].format
        spread = f"{show(min(self.values)).split()[0]} – {show(max(self.values)).split()[0]}"
        bound = self.bound
        judged = ("", "") if bound is None else (bound.text(self.unit), bound.verdict(self.median))
        return (self.what, show(self.median), spread, str(len(self.values)), *judged)

    def plain(self) -> dict[str, Any]:
        return {
            "section": self.section,
            "what": self.what,
            "unit": self.unit,
            "median": self.median,
            "min": min(self.values),
            "max": max(self.values),
            "values": list(self.values),
            "budget": None if self.bound is None else self.bound.text(self.unit),
            "verdict": None if self.bound is None else self.bound.verdict(self.median),
        }


_HEAD = ("", "median", "min – max", "rounds", "budget", "")
_WIDTHS = (74, 10, 18, 6, 18, 0)


@dataclass
class Report:
    """Collects rows, and prints each section when it is complete.

    :ivar samples: what every figure was made of: section, contestant, measure, one value a round.
    :ivar missing: contestants that this machine does not have. :ivar broken: sections that did not come to their end.
    """

    rows: list[Row] = field(default_factory=list)
    samples: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def lacks(self, what: str) -> None:
        """Notes a contestant that cannot be compared with, once."""
        if what not in self.missing:
            self.missing.append(what)

    def show(self, section: str, notes: Sequence[str] = ()) -> None:
        """Prints a section."""
        self.rows = [row for row in self.rows if row.values]  # a figure that the system does not tell has no row
        rows = [row for row in self.rows if row.section == section]
        if rows:
            print(f"\n{section}")
            _line(_HEAD)
            for row in rows:
                _line(row.cells())
        for note in notes:
            print(f"  {note}")
        sys.stdout.flush()

    def close(self) -> None:
        """Prints what could not be compared, and the sum of the verdicts."""
        print()
        for what in self.missing:
            print(f"not compared: {what}")
        for what in self.broken:
            print(f"BROKEN: {what}")
        judged = [row for row in self.rows if row.bound is not None]
        missed = [row for row in judged if row.bound and row.bound.verdict(row.median) == "missed"]
        print(f"{len(judged) - len(missed)} of {len(judged)} budgets met")
        for row in missed:
            print(f"missed: {row.section}: {row.what}: {row.cells()[1]}, budget {row.cells()[4]}")


def _line(cells: Sequence[str]) -> None:
    print("  " + "  ".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip())


class Samples:
    """The values of one section: contestant, measure, one a round."""

    def __init__(self, report: Report, section: str) -> None:
        self.values: dict[str, dict[str, list[float]]] = report.samples.setdefault(section, {})

    def add(self, who: str, measure: str, value: float) -> None:
        self.values.setdefault(who, {}).setdefault(measure, []).append(value)

    def of(self, who: str, measure: str) -> list[float]:
        return self.values.get(who, {}).get(measure, [])

    def ratios(self, who: str, other: str, measure: str) -> list[float]:
        """Of each round; empty when one of both was not measured."""
        ours, theirs = self.of(who, measure), self.of(other, measure)
        return [one / another for one, another in zip(ours, theirs, strict=True)] if ours and theirs else []
