"""A connection of the relay's own making: it dials a server and logs in, as itself or as one of its clients."""

from __future__ import annotations

import socket
from collections.abc import Callable

from jackfield.relay.attempt import Attempt, attempt
from jackfield.relay.dial import error_name
from jackfield.relay.loop import Loop, Timer
from jackfield.relay.outlets import NoOutlets
from jackfield.relay.sql.nodes import Node
from jackfield.relay.sql.wire import Wire

LOGIN_SECONDS = 5.0


class LoginFailed(Exception):
    """The server refuses, or says something that is no part of a login."""


class Login:
    """What every protocol's login shares.

    :param done: called once, with "" when the server is ready, else with why not; never before this returns.
    :ivar wire: the connection; from a successful end on it is the caller's.
    """

    def __init__(self, loop: Loop, node: Node, done: Callable[[str], None]) -> None:
        self.wire: Wire | None = None
        self._loop = loop
        self._done: Callable[[str], None] | None = done
        self._timer: Timer | None = loop.call_later(LOGIN_SECONDS, lambda: self._fail("no answer to the login"))
        self._attempt: Attempt | None = None
        opened = attempt(loop, NoOutlets(loop), node.target, self._dialled)
        if isinstance(opened, Attempt):
            self._attempt = opened
        elif isinstance(opened, int):
            loop.call_soon(lambda: self._fail(error_name(opened)))
        else:
            loop.call_soon(lambda: self._connected(opened))

    def cancel(self) -> None:
        """Gives up without calling ``done``; a login that has succeeded stays."""
        if self._done is not None:
            self._done = None
            self._rest()
            if self.wire is not None:
                self.wire.close()

    def opened(self) -> None:
        """The connection is made."""

    def take(self, data: bytes) -> None:
        """The server said something. :raises LoginFailed: it will not do."""
        raise NotImplementedError

    @property
    def over(self) -> bool:
        return self._done is None

    def succeed(self) -> None:
        done, self._done = self._done, None
        self._rest()
        if done is not None:
            done("")

    def _dialled(self, sock: socket.socket | None, code: int) -> None:
        self._attempt = None
        if sock is None:
            self._fail(error_name(code))
        else:
            self._connected(sock)

    def _connected(self, sock: socket.socket) -> None:
        if self._done is None:
            sock.close()
            return
        self.wire = Wire(self._loop, sock, self._received, lambda orderly: self._fail("the server closed"))
        self.opened()

    def _received(self, data: bytes) -> None:
        try:
            self.take(data)
        except (LoginFailed, ValueError, IndexError) as error:
            self._fail(str(error) or type(error).__name__)

    def _fail(self, why: str) -> None:
        done = self._done
        self.cancel()
        if done is not None:
            done(why)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._attempt is not None:
            self._attempt.cancel()
            self._attempt = None
