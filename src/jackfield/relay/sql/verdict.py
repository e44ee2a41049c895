"""What a statement means for where it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum


class Verdict(IntEnum):
    """The largest of several holds for all of them."""

    READ = 0
    """Any server may answer it."""

    LAST = 1
    """It asks about the statement before it, so it goes where that one went."""

    PRIMARY = 2
    """The primary alone may run it; afterwards reads may go elsewhere again."""

    PIN = 3
    """The primary runs it, and everything that follows: it leaves something behind in the session, or may do so."""


def of_statements(tokens: Sequence[str], judge: Callable[[list[str]], Verdict]) -> Verdict:
    """What holds for the statements between semicolons together; an empty text has an answer of the primary's own."""
    found: list[Verdict] = []
    statement: list[str] = []
    for token in (*tokens, ";"):
        if token != ";":
            statement.append(token)
        elif statement:
            found.append(judge(statement))
            statement = []
    return max(found, default=Verdict.PRIMARY)
