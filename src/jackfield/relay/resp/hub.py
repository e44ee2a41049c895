"""What the sessions of one route share: shards, slot map, identities, and the round that batches writes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from jackfield.relay.login import USER, password_of
from jackfield.relay.loop import Loop, Timer
from jackfield.relay.resp import limits
from jackfield.relay.resp.call import Nobody, Owner
from jackfield.relay.resp.feed import PubSub
from jackfield.relay.resp.gate import Gate
from jackfield.relay.resp.identity import Identity, Shard
from jackfield.relay.resp.link import Link
from jackfield.relay.resp.parking import Parking
from jackfield.relay.resp.redirects import Redirects
from jackfield.relay.resp.slots import SlotMap
from jackfield.relay.resp.topology import Topology
from jackfield.relay.route import Route

if TYPE_CHECKING:
    from jackfield.relay.resp.session import RespSession

_log = logging.getLogger(__name__)


def _login(route: Route) -> tuple[bytes, bytes] | None:
    """As whom clients come in that give no password; ``None``: they have to give one.

    :raises ValueError: the file with the login cannot be read.
    """
    path = route.backends[0].login if route.backends else ""
    return (USER, password_of(path)) if path else None


class Hub:
    """The middle of the router.

    During a batch of the loop's events, links that have something to send are *marked* and owners that got
    replies are *roused*. After the batch one *round* does one write for each of them.
    """

    def __init__(self, loop: Loop, route: Route) -> None:
        self.loop = loop
        self.route = route
        self.login = _login(route)
        self.held = False
        self.nobody = Nobody()
        self.shards = [
            Shard(index, each.name, each.announced, each.target) for index, each in enumerate(route.backends)
        ]
        self.slots = SlotMap(len(self.shards))
        self.moves_back = 0  # moves of slots to shards of a lower index
        self.sessions: set[RespSession] = set()
        self.redirects = Redirects(self)
        self.topology = Topology(self)
        self.gate = Gate(self)
        self.parking = Parking(self)
        self.pubsub = PubSub(self)
        self._identities: dict[tuple[tuple[bytes, bytes] | None, int], Identity] = {}
        self._open: set[Link] = set()
        self._marked: list[Link] = []
        self._roused: list[Owner] = []
        self._due = False
        self._idle: Callable[[], None] | None = None
        self._closed = False
        self._serial = 0

    # ---- rounds ----

    def mark(self, link: Link) -> None:
        """Has the link flushed in this round."""
        if link.calm:
            link.calm = False
            self._marked.append(link)
            if not self._due:
                self._due = True
                self.loop.call_soon(self._round)

    def rouse(self, owner: Owner) -> None:
        """Has the owner settled in this round."""
        if owner.calm:
            owner.calm = False
            self._roused.append(owner)
            if not self._due:
                self._due = True
                self.loop.call_soon(self._round)

    def _round(self) -> None:
        while self._marked or self._roused:
            links, self._marked = self._marked, []
            for link in links:
                self._guard(link.flush)
            owners, self._roused = self._roused, []
            for owner in owners:
                self._guard(owner.settle)
        self._due = False

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:  # one connection's trouble is never another's
            _log.exception("a connection failed inside the router")

    def after(self, seconds: float, work: Callable[[], None]) -> Timer:
        """Runs ``work`` later, unless the route was closed meanwhile."""
        return self.loop.call_later(seconds, lambda: None if self._closed else self._guard(work))

    def now(self) -> float:
        return time.monotonic()

    # ---- shards ----

    def link_for(self, identity: Identity, slot: int) -> Link:
        """The shared link for a slot, or to any shard for -1."""
        return identity.links[self.slots.owner[slot] if slot >= 0 else self.any_shard().index]

    def any_shard(self) -> Shard:
        present = self.present()
        return next((each for each in present if each.up), present[0] if present else self.shards[0])

    def present(self) -> list[Shard]:
        """The shards that the route names."""
        return [each for each in self.shards if not each.gone]

    def reassign(self, first: int, last: int, shard: Shard) -> None:
        """Gives slots to a shard. Clients with commands under way to the loser wait for them before they go on, else
        their next command could reach the new shard before the last one did."""
        for index in self.slots.assign(first, last, shard.index):
            self.moved(index, shard.index)
            for identity in self.identities():
                loser = identity.links[index]
                for call in (*loser.waiting, *loser.queue):
                    call.owner.caution()
                self._requeue(loser)

    def moved(self, source: int, target: int) -> None:
        """Keys moved from one shard to another, or may have."""
        self.moves_back += target < source

    def _requeue(self, link: Link) -> None:
        """Moves queued calls to the links of the shards which have their slots now, in their order.

        Not while commands are under way on the link: what is queued behind them has to follow them through MOVED.
        """
        if link.busy:
            return
        queue, link.queue = link.queue, []
        for call in queue:
            better = link if call.fixed else self.link_for(link.identity, call.slot)
            if better is link or (call.slot < 0 and not link.shard.gone):
                link.queue.append(call)
            else:
                better.put(call)

    def missed(self, link: Link) -> None:
        """A link found its shard away again: perhaps another shard knows who has its slots now."""
        self._requeue(link)
        if link.identity is not self.gate.asker and len(self.present()) > 1:
            self.topology.refresh(link.identity)

    # ---- identities ----

    def identity(self, credentials: tuple[bytes, bytes] | None, protocol: int) -> Identity:
        """The identity of clients that a shard let in with these credentials."""
        key = (credentials, protocol)
        found = self._identities.get(key)
        if found is None:
            found = self._identities[key] = Identity(self, credentials, protocol)
        return found

    def identities(self) -> list[Identity]:
        return [*self._identities.values(), self.gate.asker]

    def enter(self, identity: Identity) -> None:
        identity.users += 1

    def leave(self, identity: Identity) -> None:
        """One client less; the connections stay a while for the next one."""
        identity.users -= 1
        if not identity.users:
            self.after(limits.LINGER, lambda: self._forget(identity))

    def _forget(self, identity: Identity) -> None:
        key = (identity.credentials, identity.protocol)
        if not identity.users and self._identities.get(key) is identity:
            del self._identities[key]
            identity.close()

    def serial(self) -> int:
        """A number for CLIENT ID."""
        self._serial += 1
        return self._serial

    # ---- holding ----

    def opened(self, link: Link) -> None:
        self._open.add(link)

    def closed(self, link: Link) -> None:
        self._open.discard(link)

    @property
    def holding(self) -> bool:
        """Whether a hold has begun and is not done yet."""
        return self._idle is not None

    def hold(self, done: Callable[[], None]) -> None:
        self.held = True
        self._idle = done
        self.drained()
        if self.holding:
            self.parking.press()

    def resume(self) -> None:
        self.held = False
        self._idle = None
        for identity in self.identities():
            for link in identity.all_links():
                for call in link.queue:
                    call.deadline = 0.0
                if link.queue:
                    self.mark(link)

    def drained(self) -> None:
        """A link may have nothing under way any more: if none has, :meth:`hold` is done."""
        if self.held and self._idle is not None and not any(link.busy for link in self._open):
            idle, self._idle = self._idle, None
            self._guard(idle)

    # ---- changes ----

    def update(self, route: Route) -> None:
        """Takes over other backends: told apart by name, or by target where they have none."""
        self.route = route
        self.login = _login(route)
        known = {each.name or each.target: each for each in self.present()}
        kept: set[int] = set()
        for backend in route.backends:
            shard = known.get(backend.name or backend.target)
            if shard is None:
                shard = Shard(len(self.shards), backend.name, backend.announced, backend.target)
                self.shards.append(shard)
            elif shard.target != backend.target:
                shard.target = backend.target
                self._disconnect(shard)
            shard.announced = backend.announced
            kept.add(shard.index)
        gone = [each for each in self.present() if each.index not in kept]
        for shard in gone:
            shard.gone = True
            self.slots.disown(shard.index, sorted(kept))
            self.moves_back += 1
        for identity in self.identities():
            identity.grow()
        self.pubsub.widen()
        for shard in gone:
            self._disconnect(shard)
            for identity in self.identities():
                self._requeue(identity.links[shard.index])
        for identity in self._identities.values():
            if identity.users:
                self.topology.refresh(identity)
                break

    def _disconnect(self, shard: Shard) -> None:
        for identity in self.identities():
            identity.links[shard.index].retire()
            identity.forget_spares(shard)
        self.pubsub.part_from(shard)

    def close(self) -> None:
        self._closed = True
        for identity in self.identities():
            identity.close()
        self._identities.clear()
