"""Holding an owner's databases still for a moment: no new command reaches them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from jackfield.relay.board import Board
from jackfield.relay.loop import Loop, Timer

log = logging.getLogger(__name__)

Outcome = Callable[[bool], None]
"""Told once: true when nothing is in flight any more, false when the hold ended before that."""


class _Hold:
    __slots__ = ("left", "outcome", "timer")

    def __init__(self, left: int, outcome: Outcome, timer: Timer) -> None:
        self.left = left
        self.outcome: Outcome | None = outcome
        self.timer = timer

    def tell(self, quiet: bool) -> None:
        outcome, self.outcome = self.outcome, None
        if outcome is not None:
            outcome(quiet)


class Holds:
    """The holds of one process, at most one an owner. Called between two batches of the loop, as the board is."""

    def __init__(self, loop: Loop, board: Board) -> None:
        self._loop = loop
        self._board = board
        self._holds: dict[str, _Hold] = {}

    def hold(self, owner: str, seconds: float, outcome: Outcome) -> None:
        """Stops new commands to the databases behind all of the owner's routes.

        A second hold of the same owner takes the place of the first, whose outcome is then false.

        :param seconds: after this the hold ends by itself: whoever asked for it may have died.
        """
        earlier = self._holds.pop(owner, None)
        if earlier is not None:
            earlier.timer.cancel()
            earlier.tell(False)
        listeners = list(self._board.listeners(owner))
        hold = _Hold(len(listeners), outcome, self._loop.call_later(seconds, partial(self._expire, owner)))
        self._holds[owner] = hold

        def one_less() -> None:
            hold.left -= 1
            if not hold.left:
                hold.tell(True)

        for listener in listeners:
            listener.upstream.hold(one_less)
        if not listeners:
            hold.tell(True)

    def _expire(self, owner: str) -> None:
        log.warning("hold of %s ended by itself", owner)
        self.resume(owner)

    def resume(self, owner: str) -> bool:
        """Ends the owner's hold; false when there was none."""
        hold = self._holds.pop(owner, None)
        if hold is None:
            return False
        hold.timer.cancel()
        for listener in self._board.listeners(owner):
            listener.upstream.resume()
        hold.tell(False)
        return True
