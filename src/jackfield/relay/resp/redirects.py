"""Errors by which a shard says: not here, not now.

MOVED and ASK name shard addresses, so none may reach a client. A command that failed this way was not
executed, so it can be sent again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from jackfield.relay.resp import limits
from jackfield.relay.resp.call import AWAY, Call
from jackfield.relay.resp.framing import request

if TYPE_CHECKING:
    from jackfield.relay.resp.hub import Hub
    from jackfield.relay.resp.identity import Identity, Shard
    from jackfield.relay.resp.link import Link

ASKING = request(b"ASKING")
MOVING = b"-TRYAGAIN the slot of this command is being moved; try again\r\n"

Cause = Literal["moved", "ask", "again", "down"]

_CAUSES: dict[bytes, Cause] = {
    b"-MOVED": "moved",
    b"-ASK": "ask",
    b"-TRYAGAIN": "again",
    b"-CLUSTERDOWN": "down",
    b"-LOADING": "down",
    b"-MASTERDOWN": "down",
}


def cause_of(frame: bytes) -> Cause | None:
    """Why the shard did not execute the command; ``None`` for every other reply."""
    if frame[:1] != b"-":
        return None
    return _CAUSES.get(frame[:16].split(b" ", 1)[0])


def scrubbed(frame: bytes) -> bytes:
    """The reply without the address that MOVED and ASK carry."""
    return MOVING if cause_of(frame) in ("moved", "ask") else frame


class Redirects:
    """Follows redirections of the shared connections, and sends again what a shard asked to send later."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._later: list[tuple[Identity, Call]] = []
        self._timer = False

    def handles(self, link: Link, call: Call, frame: bytes) -> bool:
        """Whether the command goes on instead of failing with this error."""
        cause = cause_of(frame)
        if cause is None:
            return False
        if call.fixed:
            call.reply = call.owner.misplaced(frame)
            self._hub.rouse(call.owner)
            return True
        identity = link.identity
        call.owner.caution()
        if cause in ("moved", "ask"):
            call.hops += 1
            if call.hops > limits.MAX_HOPS:  # two shards that each name the other: soon one has heard
                call.hops = 0
                if self._is_late(call):
                    call.reply = MOVING
                    self._hub.rouse(call.owner)
                else:
                    self._postpone(identity, call)
                return True
            shard = self.target(identity, frame)
            if shard is None:  # a node that the route does not know yet
                self._postpone(identity, call)
            elif cause == "ask":
                self._hub.moved(link.shard.index, shard.index)
                beside = identity.links[shard.index]
                beside.put(Call(self._hub.nobody, ASKING, -1, fixed=True))
                beside.put(call)
            else:
                identity.links[shard.index].put(call)
            return True
        if cause == "again":
            call.tries += 1
            call.hops = 0  # Redis 6.2 says ASK first each time
            if call.tries > limits.MAX_TRIES_AGAIN:
                return False
        if self._is_late(call):
            if frame.startswith(b"-CLUSTERDOWN"):
                call.reply = AWAY
                self._hub.rouse(call.owner)
                return True
            return False
        self._postpone(identity, call)
        return True

    def _is_late(self, call: Call) -> bool:
        now = self._hub.now()
        call.deadline = call.deadline or now + limits.PATIENCE
        return call.deadline <= now

    def target(self, identity: Identity, frame: bytes) -> Shard | None:
        """The shard that a MOVED or ASK names; MOVED also teaches the slot map and asks for a fresh one."""
        words = frame[:-2].split(b" ")
        try:
            slot, announced = int(words[1]), words[2].decode("latin-1")
        except (IndexError, ValueError):
            return None
        shard = next((each for each in self._hub.shards if each.announced == announced and not each.gone), None)
        if words[0] == b"-MOVED":
            if shard is not None:
                self._hub.reassign(slot, slot, shard)
            self._hub.topology.refresh(identity)
        return shard

    def _postpone(self, identity: Identity, call: Call) -> None:
        self._later.append((identity, call))
        if not self._timer:
            self._timer = True
            self._hub.after(limits.RETRY, self._again)

    def _again(self) -> None:
        self._timer = False
        due, self._later = self._later, []
        for identity, call in due:
            self._hub.link_for(identity, call.slot).put(call)
