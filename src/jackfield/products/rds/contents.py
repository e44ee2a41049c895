"""What the store keeps of the databases in an instance, and of who may do what in them."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from jackfield.products.rds.states import DATABASE_STATES
from jackfield.store.resource import Resource, States

Privilege = Literal["ReadWrite", "ReadOnly", "DDLOnly", "DMLOnly", "DBOwner"]


class Grant(msgspec.Struct, frozen=True):
    """What an account may do in one database."""

    database: str
    privilege: Privilege


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


def granted(grants: tuple[Grant, ...], database: str, privilege: Privilege) -> tuple[Grant, ...]:
    """The same with one more; a database has one privilege for an account."""
    return (*without(grants, database), Grant(database, privilege))


def without(grants: tuple[Grant, ...], database: str) -> tuple[Grant, ...]:
    """Those in other databases."""
    return tuple(grant for grant in grants if grant.database != database)
