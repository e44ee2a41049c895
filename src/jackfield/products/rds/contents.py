"""What the store keeps of the databases in an instance, and of who may do what in them."""

from __future__ import annotations

from typing import ClassVar

from jackfield.products.grants import Grant, Privilege, granted, without
from jackfield.products.rds.states import DATABASE_STATES
from jackfield.store.resource import Resource, States

__all__ = ["DBDatabase", "Grant", "Privilege", "database_id", "granted", "without"]


class DBDatabase(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """A database in the server of an instance (the ``parent``), made by CreateDatabase.

    :param character_set: as asked for. :param collate, ctype: as asked for while it is Creating; then what the server
        has, which takes its own where it does not know the one it was asked for. Empty: the server's choice.
    :param settle_at: when what is under way may end at the earliest (the pace).
    """

    kind: ClassVar[str] = "rds_database"
    states: ClassVar[States] = DATABASE_STATES

    name: str
    character_set: str
    collate: str = ""
    ctype: str = ""
    description: str = ""
    settle_at: float = 0.0


def database_id(instance: str, name: str) -> str:
    return f"{instance}/{name}"
