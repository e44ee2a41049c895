"""Telling what is seen, with times, and keeping the evidence for the table at the end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from jackfield.cli.table import print_table

T = TypeVar("T")


class NotSeen(Exception):
    """Something that had to be seen was not, in time."""


class Evidence(NamedTuple):
    """:ivar what: what has to be true. :ivar seen: figures. :ivar holds: whether it is."""

    what: str
    seen: str
    holds: bool


class Stage:
    """Prints each event with the seconds since the start.

    :param notes: a file in which the evidence is kept, so that a story may be told by several programs.
    :param begun: when it began, in seconds since the epoch.
    """

    def __init__(self, notes: Path, begun: float) -> None:
        self._notes = notes
        self._begun = begun
        self.evidence = [Evidence(*one) for one in json.loads(notes.read_text())] if notes.exists() else []

    def title(self, text: str) -> None:
        print(f"\n{text}", flush=True)

    def say(self, text: str) -> None:
        print(f"  {time.time() - self._begun:7.3f} s  {text}", flush=True)

    def show(self, what: str, holds: bool, seen: str = "") -> None:
        """Notes a piece of evidence and tells it."""
        self.evidence.append(Evidence(what, seen, holds))
        self._notes.write_text(json.dumps(self.evidence))
        self.say(f"{'seen' if holds else 'NOT SEEN'}: {what}{f' ({seen})' if seen else ''}")

    def wait(self, what: str, true: Callable[[], T | None], seconds: float = 20.0) -> T:
        """Waits until a look at the world says so; returns what it said.

        :raises NotSeen: not in time.
        """
        end = time.monotonic() + seconds
        while not (found := true()):
            if time.monotonic() > end:
                raise NotSeen(f"{what}: not within {seconds:.0f} s")
            time.sleep(0.005)
        return found

    def close(self) -> bool:
        """Prints the table; whether all of it holds."""
        self.title("What was seen")
        print()
        print_table(
            ("", "EVIDENCE", "FIGURES"), [("ok" if one.holds else "NO", one.what, one.seen) for one in self.evidence]
        )
        missing = [one.what for one in self.evidence if not one.holds]
        total = time.time() - self._begun
        print(f"\n{len(self.evidence) - len(missing)} of {len(self.evidence)} pieces of evidence, {total:.1f} s")
        return not missing
