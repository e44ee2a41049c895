"""Databases, and what users may do in them, as replies show them; names are the vendor's Terraform provider's."""

from __future__ import annotations

import time

from jackfield.products.oceanbase.resources import Database, User
from jackfield.products.oceanbase.roles import privileges_of, role_of
from jackfield.products.oceanbase.shapes import RestShape
from jackfield.store.interface import Reader


class DatabaseUserView(RestShape):
    user_name: str
    role: str
    user_type: str


class DatabaseView(RestShape):
    """:param required_size: GB; servers are not asked for it."""

    tenant_id: str
    database_name: str
    gmt_create: str
    encoding: str
    collation: str
    status: str
    description: str
    db_type: str
    required_size: float
    users: tuple[DatabaseUserView, ...]
    tables: tuple[str, ...] = ()


class RoleView(RestShape):
    """What a user may do in one database. :param with_grant: 0 or 1."""

    database: str
    table: str
    role: str
    privileges: str
    with_grant: int


def database(tx: Reader, one: Database) -> DatabaseView:
    """:param one: as the store has it."""
    users = tuple(
        DatabaseUserView(user_name=user.name, role=role_of(grant), user_type=user.type)
        for user in tx.children(User, one.parent)
        for grant in user.grants
        if grant.database == one.name
    )
    return DatabaseView(
        tenant_id=one.parent,
        database_name=one.name,
        gmt_create=time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(one.created)),
        encoding=one.encoding,
        collation=one.collation,
        status=one.status,
        description=one.description,
        db_type="MySQL",
        required_size=0.0,
        users=users,
    )


def roles(user: User) -> tuple[RoleView, ...]:
    """All of a user's, of which an ADMIN has none of its own."""
    return tuple(
        RoleView(database=grant.database, table="", role=role_of(grant), privileges=privileges_of(grant), with_grant=0)
        for grant in user.grants
    )
