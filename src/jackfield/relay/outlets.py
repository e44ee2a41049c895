"""Sockets to dial with: from this host, or from inside a VPC."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import Protocol

from jackfield.relay.loop import Loop

Opened = Callable[[socket.socket | None, int], None]
"""Takes an unconnected socket, or ``None`` and the error number."""


class Ticket(Protocol):
    """A wish that is not fulfilled yet."""

    def cancel(self) -> None:
        """Takes it back: nothing is called any more. Idempotent."""


class Outlets(Protocol):
    """Where unconnected TCP sockets that stand inside a VPC come from."""

    def take(self, vantage: str) -> socket.socket | None:
        """A non-blocking IPv4 socket that is at hand; the caller closes it."""

    def want(self, vantage: str, opened: Opened) -> Ticket:
        """Calls ``opened`` once, later, when there is a socket or there will be none."""

    def lend(self, vantage: str) -> None:
        """Somebody may dial from this VPC from now on: a few sockets are kept at hand."""

    def end(self, vantage: str) -> None:
        """Ends one :meth:`lend`; with the last one nothing is kept, so that the VPC can go."""


class NoOutlets:
    """For a relay that knows of no VPC: whoever wants a socket in one is told that there is none."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    def take(self, vantage: str) -> socket.socket | None:
        return None

    def want(self, vantage: str, opened: Opened) -> Ticket:
        return self._loop.call_later(0.0, lambda: opened(None, errno.EHOSTUNREACH))

    def lend(self, vantage: str) -> None:
        """There is nothing to keep."""

    def end(self, vantage: str) -> None:
        """There is nothing to give back."""
