"""Which read-only instances follow which primary."""

from __future__ import annotations

from jackfield.products.rds.resources import DBInstance, Engine
from jackfield.store.interface import Reader

PREFIXES: dict[Engine, str] = {"MySQL": "rr", "PostgreSQL": "pgr"}
"""Of their ids (examples of the vendor's documents)."""

MAX_REPLICAS = 10
"""Of one primary; what the vendor's largest classes have."""


def replicas_of(tx: Reader, primary: str) -> list[DBInstance]:
    """The read-only instances of a primary in whatever state, oldest first; indexed."""
    return tx.children(DBInstance, primary)


def primary_of(tx: Reader, instance: DBInstance) -> DBInstance:
    """The instance that a read-only instance follows; any other instance is its own."""
    if not instance.read_only:
        return instance
    primary = tx.get(DBInstance, instance.parent)
    assert primary is not None, "a primary cannot be deleted before its read-only instances"
    return primary
