"""Judging calls by policies: explicit deny over allow over implicit deny.

A call is allowed when a statement of the principal's own policies allows it, no statement denies it, and, for a
session with a policy of its own, that policy allows it as well. A denial tells which statement of which policy made
it; a decision never depends on the order of policies.

Source: ``api/ram-policy.json``, "evaluation".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec

from jackfield.identity.policy import Document, Statement
from jackfield.identity.policy_conditions import Facts
from jackfield.identity.policy_patterns import Match, resource_pattern

Outcome = Literal["Allow", "ExplicitDeny", "ImplicitDeny"]

PolicyType = Literal["AccountLevelIdentityBasedPolicy", "SessionPolicy", "AssumeRolePolicy"]

_somebody = re.compile(r"acs:ram::\d{16}:(?:user|role)/.+", re.DOTALL).fullmatch

_REMEMBERED = 500
"""Actions whose statements are kept at hand, and sets of facts."""


class Source(msgspec.Struct, frozen=True):
    """Where a document comes from.

    :param name: of the policy; a session's name for a session policy. :param type: of the policy.
    :param via: by whom the principal comes by it: ``user``, ``group/<name>``, ``role`` or ``session``.
    """

    name: str
    type: Literal["System", "Custom", "Session", "Trust"] = "Custom"
    via: str = ""

    def __str__(self) -> str:
        if self.type in ("Session", "Trust"):
            return f"the {self.type.lower()} policy"
        return f"{self.type.lower()} policy {self.name}" + (f" (of the {self.via})" if self.via else "")


class Decision(msgspec.Struct, frozen=True):
    """What came of judging one action on one resource.

    :param level: the kind of policies that decided.
    :param source: the policy; ``None`` where no statement applied. :param statement: its statement, from 1; 0: none.
    """

    outcome: Outcome
    level: PolicyType
    source: Source | None = None
    statement: int = 0

    @property
    def allowed(self) -> bool:
        return self.outcome == "Allow"

    @property
    def reason(self) -> str:
        """One sentence, for people."""
        if self.source is None:
            which = "no statement of the session policy" if self.level == "SessionPolicy" else "no statement"
            return f"{which} allows it"
        return f"statement {self.statement} of {self.source} {'allows' if self.allowed else 'denies'} it"


class Miss(msgspec.Struct, frozen=True):
    """A statement about the action that did not apply. :param why: what did not fit."""

    source: Source
    statement: int
    effect: str
    why: str


class _Row(NamedTuple):
    """A statement about an action, and what comes of it when it applies."""

    source: Source
    statement: Statement
    decision: Decision


class _About(NamedTuple):
    """All statements about an action, denials first, so that the first one that applies decides.

    :ivar keys: the condition keys that they look at.
    :ivar named: matches every resource that one of them names; ``None``: they are about all resources.
    """

    rows: list[_Row]
    keys: tuple[str, ...]
    named: Match | None


class _Live(NamedTuple):
    """The statements about an action whose conditions are met.

    :ivar rows: in the order in which they decide: their resources, and what comes of them.
    :ivar general: what comes of those that are about all resources.
    """

    rows: list[tuple[Match | None, Decision]]
    general: Decision


class Policies:
    """Documents of one level, with the statements about an action at hand.

    Which conditions are met follows from the facts that they look at; for the same facts it is worked out once, and
    what is left to do for a call is to match its resource.
    """

    def __init__(self, documents: Iterable[tuple[Source, Document]], level: PolicyType) -> None:
        self._level = level
        self._statements = [(source, one) for source, document in documents for one in document.statements]
        self._about: dict[str, _About] = {}
        self._live: dict[tuple[str | None, ...], _Live] = {}
        self._implicit = Decision("ImplicitDeny", level)

    def judge(self, action: str, resource: str, facts: Facts) -> Decision:
        """Never raises, as long as ``facts`` does not.

        :param action: ``kvstore:ReleaseDirectConnection``, in any case.
        """
        about = self.about(action)
        asked = (action, *[facts(key) for key in about.keys])
        live = self._live.get(asked)
        if live is None:
            if len(self._live) >= _REMEMBERED:
                self._live.clear()
            live = self._live[asked] = self._met(about, facts)
        resource = resource.lower()
        if about.named is None or about.named(resource) is None:
            return live.general
        for covers, decision in live.rows:
            if covers is None or covers(resource) is not None:
                return decision
        return self._implicit

    def about(self, action: str) -> _About:
        """The statements about an action."""
        about = self._about.get(action)
        if about is None:
            lower = action.lower()
            found = [(source, one) for source, one in self._statements if one.speaks_of(lower)]
            found.sort(key=lambda one: one[1].effect != "Deny")
            keys = dict.fromkeys(condition.key for _, one in found for condition in one.conditions)
            named = [pattern for _, one in found if one.covers is not None for pattern in one.resources]
            about = _About(
                [self._row(source, one) for source, one in found],
                tuple(keys),
                resource_pattern(*named) if named else None,
            )
            if len(self._about) >= _REMEMBERED:
                self._about.clear()
            self._about[action] = about
        return about

    def misses(self, action: str, resource: str, facts: Facts) -> Iterator[Miss]:
        """The statements about the action that do not apply, and why not."""
        for source, one, _ in self.about(action).rows:
            if one.covers is not None and one.covers(resource.lower()) is None:
                yield Miss(source, one.number, one.effect, "it is about other resources")
            elif (unmet := one.unmet(facts)) is not None:
                value = facts(unmet.key)
                has = "is not known of this call" if value is None else f"is {value}"
                yield Miss(source, one.number, one.effect, f"condition {unmet}: {unmet.written} {has}")

    def _row(self, source: Source, one: Statement) -> _Row:
        outcome: Outcome = "Allow" if one.effect == "Allow" else "ExplicitDeny"
        return _Row(source, one, Decision(outcome, self._level, source, one.number))

    def _met(self, about: _About, facts: Facts) -> _Live:
        rows = [(one.covers, decision) for _, one, decision in about.rows if one.unmet(facts) is None]
        general = (decision for covers, decision in rows if covers is None)
        return _Live(rows, next(general, self._implicit))


class Permissions:
    """All that a principal's calls are judged by.

    :param own: attached to the user, its groups or the role.
    :param session: the policy that was sent when the role was assumed; ``None``: none was.
    """

    def __init__(self, own: Iterable[tuple[Source, Document]], session: tuple[Source, Document] | None = None) -> None:
        self._own = Policies(own, "AccountLevelIdentityBasedPolicy")
        self._session = None if session is None else Policies([session], "SessionPolicy")

    def judge(self, action: str, resource: str, facts: Facts) -> Decision:
        """See :meth:`Policies.judge`."""
        own = self._own.judge(action, resource, facts)
        if self._session is None:
            return own
        session = self._session.judge(action, resource, facts)
        if session.outcome == "ExplicitDeny" or (not session.allowed and own.outcome != "ExplicitDeny"):
            return session
        return own

    def misses(self, action: str, resource: str, facts: Facts) -> list[Miss]:
        """See :meth:`Policies.misses`."""
        levels = [self._own] if self._session is None else [self._session, self._own]
        return [miss for level in levels for miss in level.misses(action, resource, facts)]


def trusts(document: Document, principal: str, facts: Facts, action: str = "sts:AssumeRole") -> Decision:
    """Whether a role's trust policy lets somebody assume it.

    :param principal: ``acs:ram::<account>:root``, ``…:user/<name>`` or ``…:role/<name>``, the name of a service or the
        ARN of an identity provider. Trust in an account's root is trust in everybody of that account.
    """
    lower = action.lower()
    names = {principal}
    if _somebody(principal) is not None:
        names.add(f"{principal[:25]}:root")
    source = Source("", "Trust")
    allowed: Decision | None = None
    for one in document.statements:
        if not names.isdisjoint(one.principals) and one.speaks_of(lower) and one.unmet(facts) is None:
            if one.effect == "Deny":
                return Decision("ExplicitDeny", "AssumeRolePolicy", source, one.number)
            allowed = allowed or Decision("Allow", "AssumeRolePolicy", source, one.number)
    return allowed or Decision("ImplicitDeny", "AssumeRolePolicy")
