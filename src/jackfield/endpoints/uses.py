"""Which resource uses which: what may not be deleted, and who is to look when the used one changes.

A use is a claim, so it ends with the user at the latest.
"""

from __future__ import annotations

from jackfield.store.interface import Reader, Tx
from jackfield.store.resource import Resource


def use(tx: Tx, used: str, user: Resource) -> None:
    """Notes that ``user`` uses the resource with the id ``used``."""
    tx.claim(_space(used), f"{type(user).kind}/{user.id}", user)


def end_use(tx: Tx, used: str, user: Resource) -> None:
    tx.unclaim(_space(used), f"{type(user).kind}/{user.id}", user)


def users(tx: Reader, used: str) -> list[tuple[str, str]]:
    """(kind, id) of everything that uses a resource."""
    return tx.holders(_space(used))


def wake_users(tx: Tx, used: str) -> None:
    """Has the reconcilers look at everything that uses a resource."""
    tx.wake(_space(used))


def _space(used: str) -> str:
    return f"use:{used}"
