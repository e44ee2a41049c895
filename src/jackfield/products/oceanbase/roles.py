"""What users may do in databases, as callers write it: roles by name, in JSON lists of several shapes.

The documents, the vendor's Terraform provider and the sibling product differ in spelling; all are read. The privileges
of a role are the engine's for RDS's privilege of the same meaning; the sibling product's CreateTenantUser lists the
same but for EXECUTE, INDEX and routines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from jackfield.products.grants import Grant, Privilege
from jackfield.products.oceanbase.content_errors import (
    AdminHasAll,
    DatabaseNotFound,
    DatabaseNotOnline,
    RolesMalformed,
    RoleUnknown,
)
from jackfield.products.oceanbase.resources import Database, Tenant, User, database_id
from jackfield.products.oceanbase.states import ONLINE
from jackfield.store.interface import Reader

_ROLES: dict[str, Privilege] = {
    "readwrite": "ReadWrite",
    "readonly": "ReadOnly",
    "ddl": "DDLOnly",
    "ddlonly": "DDLOnly",
    "dml": "DMLOnly",
    "dmlonly": "DMLOnly",
}
_SHOWN = {"ReadWrite": "readwrite", "ReadOnly": "readonly", "DDLOnly": "ddl", "DMLOnly": "dml"}
_PRIVILEGES = {
    "ReadWrite": "ALL PRIVILEGES",
    "ReadOnly": "SELECT,SHOW VIEW",
    "DDLOnly": "CREATE,DROP,INDEX,ALTER,CREATE VIEW,SHOW VIEW,CREATE ROUTINE,ALTER ROUTINE",
    "DMLOnly": "SELECT,INSERT,UPDATE,DELETE,EXECUTE,SHOW VIEW",
}


def role_of(grant: Grant) -> str:
    """As replies name it."""
    return _SHOWN[grant.privilege]


def privileges_of(grant: Grant) -> str:
    """What the server lets the user do, separated by commas."""
    return _PRIVILEGES[grant.privilege]


def parse_role(role: str) -> Privilege:
    """:raises RoleUnknown:"""
    found = _ROLES.get(role.lower().replace("_", ""))
    if found is None:
        raise RoleUnknown
    return found


def named_roles(text: str, name: str) -> list[tuple[str, Privilege]]:
    """Reads a JSON list of objects, each with a name and a role, which may stand in a list of its own.

    :param name: what the name is of, ``database`` or ``userName``; in any case.
    :raises RolesMalformed: it is something else, or names one twice. :raises RoleUnknown: as it says.
    """
    if not text:
        return []
    try:
        entries = msgspec.json.decode(text, type=list[dict[str, Any]])
    except (msgspec.DecodeError, RecursionError):
        raise RolesMalformed from None
    found = {}
    for entry in entries:
        lower = {key.lower(): value for key, value in entry.items()}
        who, role = lower.get(name.lower()), _role(lower)
        if not isinstance(who, str) or not who or who in found:
            raise RolesMalformed
        found[who] = parse_role(role)
    return list(found.items())


def grants(tx: Reader, tenant: Tenant, wanted: Sequence[tuple[str, Privilege]]) -> tuple[Grant, ...]:
    """
    :raises DatabaseNotFound, DatabaseNotOnline: as they say.
    """
    return tuple(Grant(online_database(tx, tenant, database).name, kind) for database, kind in wanted)


def check_no_admin(user: User) -> None:
    """:raises AdminHasAll:"""
    if user.admin:
        raise AdminHasAll


def own_database(tx: Reader, tenant: Tenant, name: str) -> Database:
    """:raises DatabaseNotFound: the tenant has none such that was made by this API."""
    found = tx.get(Database, database_id(tenant.id, name))
    if found is None:
        raise DatabaseNotFound
    return found


def online_database(tx: Reader, tenant: Tenant, name: str) -> Database:
    """:raises DatabaseNotOnline: it is being made or deleted. :raises DatabaseNotFound: as above."""
    found = own_database(tx, tenant, name)
    if found.status != ONLINE:
        raise DatabaseNotOnline
    return found


def _role(entry: Mapping[str, Any]) -> str:
    role = entry.get("role", entry.get("roles"))
    if isinstance(role, list) and len(role) == 1:
        role = role[0]
    if not isinstance(role, str):
        raise RolesMalformed
    return role
