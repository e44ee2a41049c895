"""What an account may do in single databases: the form in which every product's accounts keep it."""

from __future__ import annotations

from typing import Literal

import msgspec

Privilege = Literal["ReadWrite", "ReadOnly", "DDLOnly", "DMLOnly", "DBOwner"]
"""As RDS calls them (GrantAccountPrivilege); the engines take these names, whichever product asks. ``DBOwner`` is of
PostgreSQL."""


class Grant(msgspec.Struct, frozen=True):
    """What an account may do in one database."""

    database: str
    privilege: Privilege


def granted(grants: tuple[Grant, ...], database: str, privilege: Privilege) -> tuple[Grant, ...]:
    """The same with one more; a database has one privilege for an account."""
    return (*without(grants, database), Grant(database, privilege))


def without(grants: tuple[Grant, ...], database: str) -> tuple[Grant, ...]:
    """Those in other databases."""
    return tuple(grant for grant in grants if grant.database != database)
