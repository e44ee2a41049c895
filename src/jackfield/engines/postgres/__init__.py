"""PostgreSQL servers: found on the machine, run on Unix sockets, adopted by whoever comes next.

::

    engine = PostgresEngine()
    node = PostgresNode(id="pgm-1", folder=data / "pgm-1", socket=sockets / "pgm-1", password=secret)
    engine.start(node)
    engine.wait_ready(node)
    engine.create_account(node, "alice", "her password", super=True)
    engine.create_database(node, "shop", owner="alice")
"""

from __future__ import annotations

from jackfield.engines.postgres.engine import PostgresEngine
from jackfield.engines.postgres.find import PostgresBinaries, find, find_all
from jackfield.engines.postgres.node import PostgresNode, Upstream

__all__ = ["PostgresBinaries", "PostgresEngine", "PostgresNode", "Upstream", "find", "find_all"]
