"""Learns from the shards which of them has which slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jackfield.relay.resp import limits
from jackfield.relay.resp.call import AWAY, LOST, Flow, Task
from jackfield.relay.resp.framing import elements, request, text

if TYPE_CHECKING:
    from jackfield.relay.resp.hub import Hub
    from jackfield.relay.resp.identity import Identity, Shard

_QUESTION = request(b"CLUSTER", b"SLOTS")


class Topology:
    """Asks ``CLUSTER SLOTS``, one question at a time, whoever and however many want to know.

    A user whose rules forbid the question still works: the map then starts as a guess and follows MOVED.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._task: Task | None = None
        self._wanted: Identity | None = None

    def refresh(self, identity: Identity) -> None:
        """Has the map fetched; requests that come while one is under way are one request."""
        if self._task is not None:
            self._wanted = identity
            return
        self._task = Task(self._hub, self.fetch(identity), self._fetched)
        self._task.start()

    def _fetched(self, _: bytes) -> None:
        self._hub.after(limits.RETRY, self._rest_over)

    def _rest_over(self) -> None:
        self._task = None
        if self._wanted is not None:
            identity, self._wanted = self._wanted, None
            self.refresh(identity)

    def fetch(self, identity: Identity) -> Flow:
        """Asks the shards in turn until one answers; returns nothing of use."""
        shards = sorted((each for each in self._hub.shards if not each.gone), key=lambda each: not each.up)
        for shard in shards:
            call = identity.links[shard.index].ask(_QUESTION, patient=False)
            (reply,) = yield [call]
            if reply not in (AWAY, LOST):
                if reply.startswith(b"*"):
                    self._learn(reply)
                self._hub.slots.known = True
                break
        return b""

    def _learn(self, reply: bytes) -> None:
        shards = [each for each in self._hub.shards if not each.gone]
        names = {each.name: each for each in shards if each.name}
        addresses = {each.announced: each for each in shards if each.announced}
        for entry in elements(reply):
            first, last, node, *_ = elements(entry)
            address, port, *more = [text(part) for part in elements(node)[:3]]
            name = more[0].decode("latin-1") if more else ""
            shard: Shard | None = names.get(name) or addresses.get(f"{address.decode('latin-1')}:{int(port)}")
            if shard is not None:
                self._hub.reassign(int(text(first)), int(text(last)), shard)
