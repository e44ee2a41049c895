"""The engines of this release, by the names that products and ``doctor`` use. Each is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

ENGINES = ("redis", "postgres", "mysql", "seekdb")


def find(engine: str) -> Any:
    """What new servers of an engine would be started with.

    :raises EngineMissing: there is nothing.
    """
    if engine == "postgres replicas":
        from jackfield.engines.postgres import find as find_postgres
        from jackfield.engines.postgres.replication import copier

        return copier(find_postgres())
    if engine == "mysql replicas":
        from jackfield.engines.mysql.replication import find_tools

        return find_tools()
    if engine == "mysql":  # MariaDB or MySQL, else seekdb
        from jackfield.engines.mysql import MySqlEngine

        return MySqlEngine().find()
    return import_module(f"jackfield.engines.{engine}").find()
