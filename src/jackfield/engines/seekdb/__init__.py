"""seekdb servers, the OceanBase engine of the ``pylibseekdb`` wheel, on Unix sockets.

::

    engine = SeekDbEngine()
    node = SeekDbNode(id="ob-1", folder=data / "ob-1", socket=sockets / "ob-1", password=secret)
    engine.start(node)
    engine.wait_ready(node)
    engine.create_account(node, "alice", "her password")
    engine.create_account(node, "alice@my_tenant", "her password")
"""

from __future__ import annotations

from jackfield.engines.seekdb.engine import SeekDbEngine
from jackfield.engines.seekdb.find import SeekDbBinary, find
from jackfield.engines.seekdb.node import SeekDbNode

__all__ = ["SeekDbBinary", "SeekDbEngine", "SeekDbNode", "find"]
