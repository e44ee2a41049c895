"""The caller's security groups, and writing a change of their rules."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from jackfield.endpoints.uses import wake_users
from jackfield.products.ecs.resources import Rule, SecurityGroup, references_space
from jackfield.products.errors import ApiError
from jackfield.products.operation import Call
from jackfield.store.interface import Reader, Tx


def own_group(
    tx: Reader,
    call: Call,
    id: str,
    region: str,
    error: type[ApiError],
) -> SecurityGroup:
    """:raises ApiError: ``error``, when the caller has no such group in the region."""
    group = tx.get(SecurityGroup, id)
    if group is None or group.account != call.account or group.region != region:
        raise error
    return group


def put_rules(tx: Tx, group: SecurityGroup, rules: Iterable[Rule]) -> None:
    """Replaces a group's rules; everything that the group is attached to looks at once."""
    changed = msgspec.structs.replace(group, rules=tuple(rules))
    before, after = _peers(group), _peers(changed)
    tx.put(changed)
    for peer in after - before:
        tx.claim(references_space(peer), group.id, changed)
    for peer in before - after:
        tx.unclaim(references_space(peer), group.id, changed)
    wake_users(tx, group.id)


def _peers(group: SecurityGroup) -> set[str]:
    return {rule.peer_group for rule in group.rules if rule.peer_group}
