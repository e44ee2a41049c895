"""One command on its way to a shard, and who waits for its answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from jackfield.relay.resp.hub import Hub
    from jackfield.relay.resp.link import Link

_log = logging.getLogger(__name__)

LOST = b"-ERR the connection to the shard was lost; the command may have been executed\r\n"
AWAY = b"-ERR the shard that serves this command cannot be reached\r\n"


class Owner(Protocol):
    """Who waits for replies.

    :ivar calm: true until a reply came in this round; then :meth:`settle` is due at the round's end.
    """

    calm: bool

    def settle(self) -> None:
        """Takes the replies that are there. Called once a round, after ``calm`` became false."""

    def caution(self) -> None:
        """Commands of this owner are under way to a shard that lost slots: what they may overtake has to wait."""

    def misplaced(self, frame: bytes) -> bytes:
        """What to take for the reply to a command that stays at its shard, which says ``frame``: not here, not now."""


class Ear(Protocol):
    """Who takes what a shard pushes (RESP3); a link without one drops it."""

    def heard(self, link: Link, frame: bytes) -> None:
        """Takes one push; may answer the link's oldest call."""

    def lost(self, link: Link) -> None:
        """The connection ended after it was ready."""


class Call(msgspec.Struct, gc=False):
    """One command for a shard.

    Not tracked by the garbage collector, which would otherwise walk all commands under way again and again:
    whoever drops a call before its reply came clears its own collection of calls.

    :param owner: who waits.
    :param raw: the request as the client framed it.
    :param slot: where it goes; -1 for a command without a key.
    :param reply: the reply's frame, once it came.
    :param fixed: true when the owner follows MOVED and ASK itself (dedicated connections).
    :param patient: false to fail at once when the shard cannot be reached.
    :param hops: MOVED and ASK replies followed so far.
    :param tries: TRYAGAIN replies so far.
    :param deadline: monotonic time after which an unsent call fails; 0 while its shard was never found away.
    """

    owner: Owner
    raw: bytes
    slot: int
    reply: bytes | None = None
    fixed: bool = False
    patient: bool = True
    hops: int = 0
    tries: int = 0
    deadline: float = 0.0


Flow = Generator["list[Call] | float", list[bytes], bytes]
"""A command of several steps: yields calls and gets their replies, or yields seconds to pause; returns a reply."""


class Nobody:
    """Owner of calls whose reply does not matter."""

    def __init__(self) -> None:
        self.calm = False  # never roused: nothing to do

    def settle(self) -> None:
        self.calm = False

    def caution(self) -> None:
        """Nothing follows."""

    def misplaced(self, frame: bytes) -> bytes:
        return frame


class Task:
    """Runs a :data:`Flow`: it is the owner of the calls which the flow yields.

    :param done: gets the flow's reply. Not called after :meth:`cancel`.
    :param wary: called instead of :meth:`caution`, for the client behind the flow.
    """

    __slots__ = ("_calls", "_done", "_flow", "_hub", "_wary", "calm", "ended")

    def __init__(
        self, hub: Hub, flow: Flow, done: Callable[[bytes], None], wary: Callable[[], None] | None = None
    ) -> None:
        self.calm = True
        self.ended = False
        self._hub = hub
        self._flow = flow
        self._done = done
        self._wary = wary
        self._calls: list[Call] = []

    def start(self) -> None:
        self._step(None)

    def settle(self) -> None:
        self.calm = True
        replies = [call.reply for call in self._calls if call.reply is not None]
        if not self.ended and len(replies) == len(self._calls):
            self._calls = []
            self._step(replies)

    def caution(self) -> None:
        if self._wary is not None:
            self._wary()

    def misplaced(self, frame: bytes) -> bytes:
        """The flow follows it."""
        return frame

    def cancel(self) -> None:
        """Ends the flow where it stands (its ``finally`` blocks run); replies still to come are dropped."""
        if not self.ended:
            self.ended = True
            self._calls = []
            self._flow.close()

    def _step(self, replies: list[bytes] | None) -> None:
        try:
            wish = next(self._flow) if replies is None else self._flow.send(replies)
        except StopIteration as stop:
            self.ended = True
            self._done(stop.value)
            return
        except Exception:
            _log.exception("a command failed inside the router")
            self.ended = True
            self._done(b"-ERR internal error\r\n")
            return
        if isinstance(wish, float):
            self._hub.after(wish, self._wake)
            return
        self._calls = wish
        for call in wish:
            call.owner = self
        if not wish or all(call.reply is not None for call in wish):
            self._hub.rouse(self)

    def _wake(self) -> None:
        if not self.ended:
            self._step([])
