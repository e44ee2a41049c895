"""The prepared statements of a session: what each says, and who has it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from jackfield.relay.sql.postgres.classify import classify
from jackfield.relay.sql.postgres.framing import SYNC, message, parse_of, statement_of
from jackfield.relay.sql.verdict import Verdict

Unit = list[tuple[int, bytes]]
"""Messages up to the one that asks for answers."""

UNNAMED = b""


class Statement(NamedTuple):
    """:param parse: the Parse that made it."""

    parse: bytes
    verdict: Verdict


class Statements:
    """By name, as the client made them.

    The primary has each that has a name. What has none, and reads, is known only to whom it was sent; a server that
    lacks what it is to run is given it first.

    :ivar primary: what the primary has.
    """

    __slots__ = ("_known", "primary")

    def __init__(self) -> None:
        self._known: dict[bytes, Statement] = {}
        self.primary: dict[bytes, bytes] = {}

    def parsed(self, raw: bytes) -> tuple[bytes, Statement]:
        """Notes a Parse. :raises Malformed: it is none."""
        name, sql = parse_of(raw)
        statement = self._known[name] = Statement(raw, classify(sql))
        return name, statement

    def forget(self, name: bytes) -> None:
        self._known.pop(name, None)
        self.primary.pop(name, None)

    def clear(self) -> None:
        """What was prepared is not known any more (DEALLOCATE ALL): it is the primary's alone."""
        self._known.clear()
        self.primary.clear()

    def verdict(self, unit: Unit) -> Verdict:
        """What a batch of the extended protocol means; it runs nowhere yet. :raises Malformed: it is none."""
        worst, runs = Verdict.READ, False
        here: dict[bytes, Verdict] = {}
        for kind, raw in unit[:-1]:
            if kind == ord("P"):
                name, sql = parse_of(raw)
                here[name] = classify(sql)
                worst = max(worst, here[name], Verdict.READ if name == UNNAMED else Verdict.PRIMARY)
            elif kind == ord("C"):
                worst = max(worst, Verdict.READ if statement_of(raw) is None else Verdict.PRIMARY)
            elif kind == ord("E"):
                runs = True
            elif (name_or_none := statement_of(raw)) is not None:
                known = self._known.get(name_or_none)
                worst = max(worst, here.get(name_or_none, known.verdict if known else Verdict.PRIMARY))
        return worst if runs else max(worst, Verdict.PRIMARY)

    def missing(self, unit: Iterable[tuple[int, bytes]], has: dict[bytes, bytes]) -> tuple[bytes, int]:
        """What a server has to be told before a batch, and how many batches that is: the answer to each ends with a Z.

        :param has: what the server has; it is taken to have it from now on. :raises Malformed: a message is none.
        """
        out, count = b"", 0
        here: set[bytes] = set()
        for kind, raw in unit:
            if kind == ord("P"):
                here.add(parse_of(raw)[0])
                continue
            name = statement_of(raw) if kind in b"BD" else None
            known = self._known.get(name) if name is not None else None
            if name is None or known is None or name in here or has.get(name) == known.parse:
                continue
            out += message(b"C", b"S" + name + b"\0") + known.parse + SYNC
            has[name] = known.parse
            count += 1
        return out, count
