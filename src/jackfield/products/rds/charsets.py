"""Character sets and collations of databases, by engine."""

from __future__ import annotations

import re

from jackfield.products.rds.database_errors import DatabaseAddError
from jackfield.products.rds.resources import Engine

MYSQL = ("utf8", "gbk", "latin1", "utf8mb4")
POSTGRES = (
    *("UTF8", "SQL_ASCII", "EUC_CN", "EUC_JP", "EUC_KR", "EUC_TW", "EUC_JIS_2004", "KOI8R", "KOI8U", "MULE_INTERNAL"),
    *(f"LATIN{number}" for number in range(1, 11)),
    *(f"ISO_8859_{number}" for number in range(5, 9)),
    *("WIN866", "WIN874", *(f"WIN{number}" for number in range(1250, 1259))),
)
"""Encodings that a PostgreSQL server can have (its documents, *Character Set Support*)."""

_LOCALE = re.compile(r"C|POSIX|[a-z]{2,3}_[A-Z]{2}(\.[A-Za-z0-9-]+)?|C\.(UTF-8|utf8)")


def checked_characters(engine: Engine, character_set: str, collation: str) -> tuple[str, str, str]:
    """Character set, collate and ctype of what CreateDatabase is asked for; the last two may be empty.

    PostgreSQL takes all three in one parameter (``UTF8,C,en_US.utf8``).

    :raises DatabaseAddError: the engine has none of that name.
    """
    if engine == "MySQL":
        if character_set not in MYSQL or (collation and not re.fullmatch(rf"{character_set}(_[a-z0-9]+)+", collation)):
            raise DatabaseAddError
        return character_set, collation, ""
    found, _, locales = character_set.partition(",")
    collate, _, ctype = locales.partition(",")
    collate, ctype = collate or collation or "C", ctype or collate or collation or "C"
    if found.upper() not in POSTGRES or not _LOCALE.fullmatch(collate) or not _LOCALE.fullmatch(ctype):
        raise DatabaseAddError
    return found.upper(), collate, ctype
