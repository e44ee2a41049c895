"""Watching a backend: it is dialled now and then, and must neither refuse nor reset.

A server that accepts and then resets does not want us (a whitelist, say): an accepted dial alone proves nothing.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

from jackfield.relay.attempt import Attempt, attempt
from jackfield.relay.descriptors import reset
from jackfield.relay.dial import error_name
from jackfield.relay.loop import Loop, Timer
from jackfield.relay.outlets import Outlets
from jackfield.relay.route import HealthCheck
from jackfield.relay.target import Target

GLANCE_SECONDS = 0.05
"""How long an accepted connection is looked at: a relay that turns it away does so within a few milliseconds."""


_SOON_SECONDS = 0.2
_STARTING_SECONDS = 30.0


class Watch:
    """Looks at one target until it is closed. The first look decides alone; later ones count as the check says."""

    __slots__ = ("_attempt", "_begun", "_check", "_in_a_row", "_loop", "_outlets", "_sock", "_timer", "target")

    def __init__(self, loop: Loop, outlets: Outlets, target: Target, check: HealthCheck) -> None:
        self.target = target
        self._loop = loop
        self._outlets = outlets
        self._check = check
        self._begun = time.monotonic()
        self._in_a_row = 0  # looks that contradict the verdict
        self._attempt: Attempt | None = None
        self._sock: socket.socket | None = None
        self._timer: Timer | None = loop.call_later(0.0, self._look)

    def update(self, check: HealthCheck) -> None:
        """Other intervals and thresholds, from the next look on."""
        self._check = check

    def suspect(self) -> None:
        """A client's connection failed: looks at once instead of at the end of the interval."""
        if self._attempt is None and self._sock is None:
            self._wait(0.0, self._look)

    def close(self) -> None:
        """Looks no more."""
        self._rest()
        if self._attempt is not None:
            self._attempt.cancel()
            self._attempt = None
        self._drop()

    def on_event(self, events: int) -> None:
        """The server said something, closed, or reset."""
        assert self._sock is not None
        code = self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if not code:
            try:
                self._sock.recv(1)
            except OSError as error:
                code = error.errno or 0
        self._verdict(not code, f"accepted, then {error_name(code)}" if code else "accepts")

    def _look(self) -> None:
        opened = attempt(self._loop, self._outlets, self.target, self._dialled)
        if isinstance(opened, Attempt):
            self._attempt = opened
            self._wait(self._check.timeout, self._too_late)
        elif isinstance(opened, int):
            self._verdict(False, error_name(opened))
        else:
            self._dialled(opened, 0)

    def _dialled(self, sock: socket.socket | None, code: int) -> None:
        self._attempt = None
        if sock is None:
            self._verdict(False, error_name(code))
            return
        self._sock = sock
        self._loop.register(sock.fileno(), self)
        self._wait(GLANCE_SECONDS, lambda: self._verdict(True, "accepts"))

    def _too_late(self) -> None:
        if self._attempt is not None:
            self._attempt.cancel()
            self._attempt = None
        self._verdict(False, f"no answer within {self._check.timeout:g} s")

    def _verdict(self, healthy: bool, reason: str) -> None:
        self._drop()
        target = self.target
        if target.healthy is None or healthy is target.healthy:
            self._in_a_row = 0
            target.judge(healthy, reason)
        else:
            self._in_a_row += 1
            if self._in_a_row >= (self._check.rise if healthy else self._check.fall):
                self._in_a_row = 0
                target.judge(healthy, reason)
        self._wait(self._pause(), self._look)

    def _pause(self) -> float:
        """Seconds until the next look.

        What contradicts the verdict is looked into soon: neither a dead server nor one that is back is to cost clients
        whole intervals. So is a server that has not answered yet: it may only be starting, as we did.
        """
        starting = not self.target.healthy and time.monotonic() - self._begun < _STARTING_SECONDS
        return min(self._check.interval, _SOON_SECONDS) if self._in_a_row or starting else self._check.interval

    def _drop(self) -> None:
        if self._sock is not None:
            sock, self._sock = self._sock, None
            reset(sock)
            self._loop.close(sock)

    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        self._rest()
        self._timer = self._loop.call_later(seconds, then)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
