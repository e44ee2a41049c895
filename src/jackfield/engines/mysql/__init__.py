"""MySQL servers: MariaDB or MySQL where the machine has one, else seekdb, which speaks the same protocol.

::

    engine = MySqlEngine()
    node = MySqlNode(id="rm-1", folder=data / "rm-1", socket=sockets / "rm-1", password=secret)
    engine.start(node)
    engine.wait_ready(node)
    engine.create_account(node, "alice", "her password")
    engine.create_database(node, "shop", owner="alice")
"""

from __future__ import annotations

from jackfield.engines.mysql.engine import MySqlEngine
from jackfield.engines.mysql.find import MySqlBinary, find
from jackfield.engines.mysql.native import NativeEngine
from jackfield.engines.mysql.node import MySqlNode

__all__ = ["MySqlBinary", "MySqlEngine", "MySqlNode", "NativeEngine", "find"]
