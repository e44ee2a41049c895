"""Redis servers: found on the machine, run on Unix sockets, adopted by whoever comes next.

::

    engine = RedisEngine()
    node = RedisNode(id="r-1", folder=data / "r-1", socket=sockets / "r-1", password=secret,
                     users={"default": sha256("what clients give")})
    engine.start(node)
    engine.wait_ready(node)
"""

from __future__ import annotations

from jackfield.engines.redis.client import Client, RedisError, Unreachable
from jackfield.engines.redis.cluster import Announcement
from jackfield.engines.redis.engine import RedisEngine
from jackfield.engines.redis.find import RedisBinary, find
from jackfield.engines.redis.node import BUS_PORT, INTERNAL, SOCKET_LIMIT, Member, RedisNode
from jackfield.engines.redis.nodes_file import plan
from jackfield.engines.redis.users import sha256

__all__ = [
    "BUS_PORT",
    "INTERNAL",
    "SOCKET_LIMIT",
    "Announcement",
    "Client",
    "Member",
    "RedisBinary",
    "RedisEngine",
    "RedisError",
    "RedisNode",
    "Unreachable",
    "find",
    "plan",
    "sha256",
]
