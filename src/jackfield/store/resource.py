"""What the store keeps: resources, the states they may be in, and what happened to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import msgspec

Evidence = Mapping[str, Any]
"""What was seen that makes a settled state true: acknowledgements, connections cut, replies of a database."""


class IllegalTransition(Exception):
    """A write tried to change a state in a way that the resource's :class:`States` do not allow."""


class States:
    """The states of one kind of resource and the ways between them.

    There are two kinds of steps. An *intent* (``Normal`` → ``NetworkModifying``) is recorded by an operation and
    promises work. A *settlement* (``NetworkModifying`` → ``Normal``) says that the work is done: it needs evidence,
    which the store writes into the change feed. A step that is not declared is refused, so a status cannot be
    flipped by a timer or by accident.

    :param initial: the states a new resource may have.
    :param intents: pairs of states that an operation may record without evidence.
    :param settlements: pairs of states that only a reconciler may record, with evidence. A pair ``(state, "")``
        is the removal of the resource.
    """

    def __init__(
        self, *, initial: Iterable[str], intents: Iterable[tuple[str, str]], settlements: Iterable[tuple[str, str]]
    ) -> None:
        self.initial = frozenset(initial)
        self.intents = frozenset(intents)
        self.settlements = frozenset(settlements)

    def check(self, before: str, after: str, evidence: Evidence | None) -> None:
        """Raises :class:`IllegalTransition` unless the step is declared and has the evidence it needs.

        :param before: empty for a new resource. :param after: empty for a removal.
        """
        step = (before, after)
        if before == after or step in self.intents or (not before and after in self.initial):
            return
        if step not in self.settlements:
            raise IllegalTransition(f"no step from {before or '(new)'} to {after or '(removed)'} is declared")
        if not evidence:
            raise IllegalTransition(f"the step from {before} to {after or '(removed)'} needs evidence")


FREE = States(initial=("",), intents=(), settlements=())
"""For resources without a status; they come and go without evidence."""


class Resource(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The base of everything the store keeps; subclasses set ``kind`` and ``states``.

    :param id: unique within the kind.
    :param account: owner, 16 digits.
    :param region: empty for what belongs to no region.
    :param parent: id of what it belongs to (an endpoint's instance, a vSwitch's VPC); indexed.
    :param status: one of the kind's states; empty for kinds without.
    :param created: seconds since the epoch.
    """

    kind: ClassVar[str]
    states: ClassVar[States] = FREE

    id: str
    account: str
    region: str = ""
    parent: str = ""
    status: str = ""
    created: float = 0.0


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """Something a reconciler is due to look at.

    :param due: seconds since the epoch. :param attempt: failures in a row.
    """

    kind: str
    id: str
    due: float
    attempt: int = 0
    error: str = ""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the change feed.

    :param seq: grows by one a change, never reused.
    :param request: id of the API request that caused it; empty for a reconciler.
    """

    seq: int
    at: float
    kind: str
    id: str
    account: str
    before: str
    after: str
    evidence: dict[str, Any]
    request: str
