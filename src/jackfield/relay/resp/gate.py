"""Lets clients in: every password is verified by a shard, every time.

Nothing here remembers a verdict, so a password that was changed is refused from that moment on.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from jackfield.relay.resp import limits
from jackfield.relay.resp.call import AWAY, LOST, Call
from jackfield.relay.resp.framing import elements, request, text
from jackfield.relay.resp.identity import Identity

if TYPE_CHECKING:
    from jackfield.relay.resp.hub import Hub

_RESET = request(b"RESET")
_HELLO = request(b"HELLO")
_ECHO = request(b"ECHO", b"")  # unlike PING answered while loading

NO_AUTH = b"-NOAUTH Authentication required.\r\n"


class Gate:
    """Asks over a connection of its own, on which RESET (Redis 6.2) makes each question start as a stranger.

    :ivar server: what the shards call themselves, ``redis`` or ``valkey``.
    :ivar version: of the shard that answered last.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._asker = Identity(hub, None, 2)
        self._asker.users = 1  # stays as long as the route
        self.server = b"redis"
        self.version = b"7.0.0"

    @property
    def asker(self) -> Identity:
        return self._asker

    def verify(self, question: bytes) -> Generator[list[Call] | float, list[bytes], bytes]:
        """What a shard answers a stranger who says ``question`` (an AUTH): its reply's frame.

        A shard that cannot be reached, or does not answer within a second, passes the question to the next one.
        """
        shards = sorted((each for each in self._hub.shards if not each.gone), key=lambda each: not each.up)
        for shard in shards:
            link = self._asker.links[shard.index]
            last = shard is shards[-1]
            timer = None if last else self._hub.after(limits.ANSWER, link.give_up)
            calls = [link.ask(raw, patient=last) for raw in (_RESET, question, _HELLO)]
            _, verdict, hello = yield calls
            if timer is not None:
                timer.cancel()
            if verdict in (LOST, AWAY) and not last:
                continue
            if hello.startswith(b"*"):
                self._note(hello)
            return verdict
        return AWAY

    def admits_strangers(self) -> Generator[list[Call] | float, list[bytes], bytes]:
        """A bulk string when the default user needs no password, else the error."""
        return (yield from self.verify(_ECHO))

    def _note(self, hello: bytes) -> None:
        facts = [text(frame) for frame in elements(hello)[:4]]
        if len(facts) == 4:
            self.server, self.version = facts[1], facts[3]
