"""One read at a replica."""

from __future__ import annotations

from jackfield.relay.sql.mysql.framing import COM_QUERY, Reply
from jackfield.relay.sql.nodes import Node


class Reading:
    """:param raw: the COM_QUERY. :ivar shown: a part of the answer went to the client, so nobody else can take over."""

    __slots__ = ("node", "raw", "reply", "shown")

    def __init__(self, node: Node, raw: bytes) -> None:
        self.node = node
        self.raw = raw
        self.reply = Reply(COM_QUERY)
        self.shown = False
