"""What principals may do, at hand: policies are read and parsed when they change, not once a call."""

from __future__ import annotations

import secrets

from jackfield.identity.policies import policies_of
from jackfield.identity.policy import Document, parse_policy
from jackfield.identity.policy_judgement import Permissions, Source
from jackfield.identity.principal import Principal
from jackfield.store.interface import Reader, Tx

_LIMIT = 500
"""Principals whose permissions are kept at hand."""


def touch(tx: Tx, account: str) -> None:
    """Has to be called in every transaction that changes an account's users, groups, roles or policies: what was read
    of them before does not count any more.
    """
    tx.set_meta(_stamp(account), secrets.token_hex(8))


def read_permissions(reader: Reader, principal: Principal) -> Permissions:
    """The policies that apply to a principal.

    :raises PolicyMalformed: the store has a document that none of its operations accepts.
    """
    own: list[tuple[Source, Document]] = []
    session = None
    for one in policies_of(reader, principal):
        found = (Source(one.name, one.type, one.via), parse_policy(one.document))
        if one.type == "Session":
            session = found
        else:
            own.append(found)
    return Permissions(own, session)


class PermissionCache:
    """Permissions by principal, the latest that were read."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[str | None, Permissions]] = {}

    def of(self, reader: Reader, principal: Principal) -> Permissions:
        """What the principal may do as this transaction sees it; one look-up where nothing changed."""
        stamp = reader.meta(_stamp(principal.account))
        key = (principal.id, principal.session_policy)
        known = self._known.get(key)
        if known is not None and known[0] == stamp:
            return known[1]
        permissions = read_permissions(reader, principal)
        if len(self._known) >= _LIMIT:
            self._known.clear()
        self._known[key] = (stamp, permissions)
        return permissions


def _stamp(account: str) -> str:
    return f"ram_stamp:{account}"
