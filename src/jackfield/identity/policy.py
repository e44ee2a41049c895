"""Policy documents: read once, refused where they are malformed, and ready to judge with.

Two forms: what may be attached to users, groups and roles and sent as a session policy (``parse_policy``), and what
says who may assume a role (``parse_trust_policy``), which has principals instead of resources.

Source: ``api-surface.md`` section 7, ``api/ram-policy.json``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal, TypeVar

from jackfield.identity.policy_conditions import Condition, Facts, Unfit, compiled
from jackfield.identity.policy_patterns import action_pattern, resource_pattern

Effect = Literal["Allow", "Deny"]

VERSION = "1"

LARGEST = 64 * 1024
"""Characters that are looked at at all; the operations that take documents have smaller limits of their own."""

_action = re.compile(r"\*|[A-Za-z0-9*?_-]{1,64}:[A-Za-z0-9*?:/_.-]{1,256}").fullmatch
_resource = re.compile(r"\*|acs:[^:]{1,64}:[^:]{0,64}:[^:]{0,64}:.{1,1024}", re.DOTALL).fullmatch
_trusted = re.compile(r"acs:ram::(\d{16}):(root|user/[^*?]{1,128}|role/[^*?]{1,128})").fullmatch
_service = re.compile(r"[a-z0-9-]{1,64}(?:\.[a-z0-9-]{1,64}){1,8}|\d{16}@[a-z0-9.-]{1,200}").fullmatch
_provider = re.compile(r"acs:ram::\d{16}:(?:saml|oidc)-provider/[^*?]{1,128}").fullmatch


class PolicyMalformed(ValueError):
    """A document that is no policy; the text says what is wrong with it, for a message to who wrote it."""


class Statement:
    """One statement of a document.

    :ivar number: its place in the document, from 1.
    :ivar covers: matches a resource's name in lower case; ``None``: it is about all resources.
    :ivar resources: their patterns, as they are written.
    :ivar conditions: all of them must be met.
    """

    __slots__ = ("_actions", "_negated", "conditions", "covers", "effect", "number", "principals", "resources")

    def __init__(
        self,
        number: int,
        effect: Effect,
        actions: tuple[str, ...],
        negated: bool,
        resources: tuple[str, ...],
        conditions: tuple[Condition, ...],
        principals: tuple[str, ...],
    ) -> None:
        self.number = number
        self.effect = effect
        self.principals = principals
        self.resources = resources
        self.covers = resource_pattern(*resources) if resources else None
        self.conditions = conditions
        self._actions = action_pattern(*actions)
        self._negated = negated

    def speaks_of(self, action: str) -> bool:
        """Whether it is about an action. :param action: in lower case."""
        return (self._actions(action) is not None) is not self._negated

    def unmet(self, facts: Facts) -> Condition | None:
        """The first of its conditions that a call does not meet; ``None``: it applies."""
        for condition in self.conditions:
            if not condition.met(facts):
                return condition
        return None


class Document:
    """A whole policy."""

    __slots__ = ("statements",)

    def __init__(self, statements: tuple[Statement, ...]) -> None:
        self.statements = statements


@lru_cache(maxsize=1024)
def parse_policy(text: str) -> Document:
    """A policy for users, groups, roles and sessions. The same text is read once.

    :raises PolicyMalformed: it is none.
    """
    return _document(text, trust=False)


@lru_cache(maxsize=1024)
def parse_trust_policy(text: str) -> Document:
    """The policy of a role that says who may assume it (``AssumeRolePolicyDocument``).

    :raises PolicyMalformed: it is none.
    """
    return _document(text, trust=True)


def _document(text: str, *, trust: bool) -> Document:
    if len(text) > LARGEST:
        raise PolicyMalformed(f"the document is longer than {LARGEST} characters")
    try:
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise error if isinstance(error, PolicyMalformed) else PolicyMalformed("the document is not JSON") from None
    _keys(found, "the document", {"Version", "Statement"}, set())
    if found["Version"] != VERSION:
        raise PolicyMalformed(f'Version must be "{VERSION}"')
    statements = found["Statement"]
    if not isinstance(statements, list) or not statements:
        raise PolicyMalformed("Statement must be a list of at least one statement")
    return Document(tuple(_statement(number, one, trust) for number, one in enumerate(statements, 1)))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise PolicyMalformed("an object has the same key twice")
    return found


def _no_constant(name: str) -> Any:
    raise PolicyMalformed(f"{name} is not JSON")


def _keys(found: Any, what: str, needed: set[str], allowed: set[str]) -> None:
    if not isinstance(found, dict):
        raise PolicyMalformed(f"{what} must be an object")
    for key in sorted(needed - found.keys()):
        raise PolicyMalformed(f"{what} lacks {key}")
    for key in sorted(found.keys() - needed - allowed):
        raise PolicyMalformed(f"{what} has an unknown element {key[:64]!r}")


def _statement(number: int, found: Any, trust: bool) -> Statement:
    what = f"statement {number}"
    needed = {"Effect", "Principal"} if trust else {"Effect", "Resource"}
    _keys(found, what, needed, {"Action", "Condition"} if trust else {"Action", "NotAction", "Condition"})
    effect = found["Effect"]
    if effect not in ("Allow", "Deny"):
        raise PolicyMalformed(f"{what}: Effect must be Allow or Deny")
    if ("Action" in found) is ("NotAction" in found):
        raise PolicyMalformed(f"{what} needs exactly one of Action and NotAction")
    negated = "NotAction" in found
    actions = _texts(found["NotAction" if negated else "Action"], f"{what}: Action", _action)
    return Statement(
        number=number,
        effect=effect,
        actions=actions,
        negated=negated,
        resources=() if trust else _texts(found["Resource"], f"{what}: Resource", _resource),
        conditions=_conditions(found.get("Condition"), what) if "Condition" in found else (),
        principals=_principals(found["Principal"], what) if trust else (),
    )


T = TypeVar("T")


def _texts(found: Any, what: str, fits: Callable[[str], object | None]) -> tuple[str, ...]:
    """One text or a list of at least one."""
    values = found if isinstance(found, list) else [found]
    if not values or not all(isinstance(value, str) for value in values):
        raise PolicyMalformed(f"{what} must be text or a list of texts")
    for value in values:
        if fits(value) is None:
            raise PolicyMalformed(f"{what} cannot be {value[:128]!r}")
    return tuple(values)


def _conditions(found: Any, what: str) -> tuple[Condition, ...]:
    what = f"{what}: Condition"
    if not isinstance(found, dict):
        raise PolicyMalformed(f"{what} must be an object")
    block: dict[str, dict[str, tuple[str, ...]]] = {}
    for operator, keys in found.items():
        if not isinstance(keys, dict) or not keys:
            raise PolicyMalformed(f"{what} {operator[:64]!r} must be an object with at least one key")
        block[operator] = {
            key: _texts(values, f"{what} {operator[:64]!r}", lambda _: True) for key, values in keys.items()
        }
    try:
        return compiled(block)
    except Unfit as error:
        raise PolicyMalformed(f"{what}: {str(error)[:200]}") from None


_PRINCIPALS: dict[str, Callable[[str], object | None]] = {"RAM": _trusted, "Service": _service, "Federated": _provider}


def _principals(found: Any, what: str) -> tuple[str, ...]:
    what = f"{what}: Principal"
    _keys(found, what, set(), set(_PRINCIPALS))
    if not found:
        raise PolicyMalformed(f"{what} names nobody")
    return tuple(
        value for kind, values in found.items() for value in _texts(values, f"{what}: {kind}", _PRINCIPALS[kind])
    )
