"""Names of databases, by engine."""

from __future__ import annotations

import re

from jackfield.products.rds.database_errors import DatabaseNameMalformed, InvalidDBNameForbid
from jackfield.products.rds.resources import Engine

_NAME = {
    "MySQL": re.compile(r"[a-z][a-z0-9_-]{0,62}[a-z0-9]"),
    "PostgreSQL": re.compile(r"[a-z][a-z0-9_-]{0,61}[a-z0-9]"),
}
OWN_DATABASES: dict[Engine, frozenset[str]] = {
    "MySQL": frozenset(
        (
            "mysql",
            "sys",
            "information_schema",
            "performance_schema",
            "test",
            "oceanbase",
            "jackfield",
            "sys_external_tbs",
        )
    ),
    "PostgreSQL": frozenset(("postgres", "template0", "template1", "rdsadmin", "jackfield")),
}
"""Databases that servers keep for themselves."""


def check_name(engine: Engine, name: str) -> None:
    """
    :raises DatabaseNameMalformed: it breaks the rule. :raises InvalidDBNameForbid: it is one of the server's own.
    """
    if not _NAME[engine].fullmatch(name):
        raise DatabaseNameMalformed
    if name in OWN_DATABASES[engine]:
        raise InvalidDBNameForbid


def is_database_name(engine: Engine, name: str) -> bool:
    """Whether CreateDatabase would take a name."""
    return bool(_NAME[engine].fullmatch(name)) and name not in OWN_DATABASES[engine]
