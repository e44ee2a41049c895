"""Judging calls by policies: explicit deny over allow over implicit deny.

A call is allowed when a statement of the principal's own policies allows it, no statement denies it, and, for a
session with a policy of its own, that policy allows it as well. A denial tells which statement of which policy made
it; a decision never depends on the order of policies.

Source: ``api/ram-policy.json``, "evaluation".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from jackfield.identity.policy import Document, Statement
from jackfield.identity.policy_conditions import Facts

Outcome = Literal["Allow", "ExplicitDeny", "ImplicitDeny"]

PolicyType = Literal["AccountLevelIdentityBasedPolicy", "SessionPolicy", "AssumeRolePolicy"]

_somebody = re.compile(r"acs:ram::\d{16}:(?:user|role)/.+", re.DOTALL).fullmatch

_REMEMBERED = 2_000
"""Actions whose statements are kept at hand."""


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


_Found = tuple[Source, Statement]


class Policies:
    """Documents of one level, with the statements about an action at hand."""

    def __init__(self, documents: Iterable[tuple[Source, Document]], level: PolicyType) -> None:
        self._level = level
        statements = [(source, one) for source, document in documents for one in document.statements]
        # Denials first: the first statement that applies then decides.
        self._statements = sorted(statements, key=lambda found: found[1].effect != "Deny")
        self._about: dict[str, list[_Found]] = {}
        self._implicit = Decision("ImplicitDeny", level)

    def judge(self, action: str, resource: str, facts: Facts) -> Decision:
        """Never raises, as long as ``facts`` does not.

        :param action: ``kvstore:ReleaseDirectConnection``, in any case.
        """
        lower = resource.lower()
        for source, statement in self.about(action):
            if statement.covers(lower) and statement.unmet(facts) is None:
                outcome: Outcome = "Allow" if statement.effect == "Allow" else "ExplicitDeny"
                return Decision(outcome, self._level, source, statement.number)
        return self._implicit

    def about(self, action: str) -> list[_Found]:
        """The statements about an action, denials first."""
        found = self._about.get(action)
        if found is None:
            lower = action.lower()
            found = [(source, one) for source, one in self._statements if one.speaks_of(lower)]
            if len(self._about) < _REMEMBERED:
                self._about[action] = found
        return found

    def misses(self, action: str, resource: str, facts: Facts) -> Iterator[Miss]:
        """The statements about the action that do not apply, and why not."""
        for source, one in self.about(action):
            if not one.covers(resource.lower()):
                yield Miss(source, one.number, one.effect, "it is about other resources")
            elif (unmet := one.unmet(facts)) is not None:
                value = facts(unmet.key)
                has = "is not known of this call" if value is None else f"is {value}"
                yield Miss(source, one.number, one.effect, f"condition {unmet}: {unmet.written} {has}")


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
