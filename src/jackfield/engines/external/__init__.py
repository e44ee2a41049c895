"""Databases that run already, somebody else's: looked at, never started, stopped or deleted.

::

    engine = ExternalEngine()
    node = ExternalNode(id="rm-1", host="db.internal", port=3306, protocol="mysql")
    engine.health(node)
"""

from __future__ import annotations

from jackfield.engines.external.engine import ExternalEngine, Found
from jackfield.engines.external.greeting import Protocol, ask
from jackfield.engines.external.node import ExternalNode

__all__ = ["ExternalEngine", "ExternalNode", "Found", "Protocol", "ask"]
