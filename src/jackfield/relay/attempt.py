"""One connection to a target: made at once, under way, or impossible."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable

from jackfield.relay.dial import Dial, new_socket, waits
from jackfield.relay.login import Login
from jackfield.relay.loop import Loop
from jackfield.relay.outlets import Outlets, Ticket
from jackfield.relay.target import Target

Done = Callable[[socket.socket | None, int], None]
"""Takes the connected socket, or ``None`` and the error number."""

_BIND_WITHOUT_PORT = 24
"""``IP_BIND_ADDRESS_NO_PORT`` (Linux, in.h): the port is chosen by ``connect``, so ports do not run out so soon."""


class Attempt:
    """A connection that could not be made at once; ``done`` is called once, unless it is cancelled."""

    __slots__ = ("_dial", "_done", "_login", "_loop", "_target", "_ticket")

    def __init__(self, loop: Loop, target: Target, done: Done) -> None:
        self._loop = loop
        self._target = target
        self._done = done
        self._dial: Dial | None = None
        self._ticket: Ticket | None = None
        self._login: Login | None = None

    def wait_for_socket(self, outlets: Outlets) -> None:
        self._ticket = outlets.want(self._target.backend.vantage, self._opened)

    def wait_for_connection(self, sock: socket.socket, code: int) -> None:
        self._dial = Dial(self._loop, sock, self._target.address, code, self._dialled)

    def log_in(self, sock: socket.socket) -> None:
        """Goes on with a connection that its client gets logged in."""
        self._login = Login(self._loop, sock, self._target.backend.login, self._logged_in)

    def cancel(self) -> None:
        """Gives up; closes what was opened."""
        if self._login is not None:
            self._login.cancel()
            self._loop.close(self._login.sock)
            self._login = None
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
        if self._dial is not None:
            self._dial.cancel()
            self._loop.close(self._dial.sock)
            self._dial = None

    def _opened(self, sock: socket.socket | None, code: int) -> None:
        self._ticket = None
        if sock is None:
            self._done(None, code)
            return
        code = connect(sock, self._target)
        if waits(code):
            self.wait_for_connection(sock, code)
        elif code:
            sock.close()
            self._done(None, code)
        else:
            self._connected(sock)

    def _dialled(self, code: int) -> None:
        assert self._dial is not None
        sock, self._dial = self._dial.sock, None
        if code:
            self._loop.close(sock)
            self._done(None, code)
        else:
            self._connected(sock)

    def _connected(self, sock: socket.socket) -> None:
        if self._target.backend.login:
            self.log_in(sock)
        else:
            self._done(sock, 0)

    def _logged_in(self, code: int) -> None:
        assert self._login is not None
        sock, self._login = self._login.sock, None
        if code:
            self._loop.close(sock)
        self._done(None if code else sock, code)


def connect(sock: socket.socket, target: Target) -> int:
    """Begins to connect, from the source that the backend names; returns what ``connect_ex`` says."""
    source = target.backend.source
    if source:
        try:
            sock.setsockopt(socket.IPPROTO_IP, _BIND_WITHOUT_PORT, 1)
        except OSError as error:
            if error.errno != errno.ENOPROTOOPT:  # macOS: the port is chosen now
                return error.errno or errno.EIO
        try:
            sock.bind((source, 0))
        except OSError as error:
            return error.errno or errno.EIO
    return sock.connect_ex(target.address)


def attempt(loop: Loop, outlets: Outlets, target: Target, done: Done) -> socket.socket | Attempt | int:
    """Connects to a target.

    :return: the connected socket; or an attempt that will call ``done``, never before this returns; or an error number.
    """
    vantage = target.backend.vantage
    if vantage == "host":
        try:
            sock: socket.socket | None = new_socket(target.family)
        except OSError as error:
            return error.errno or errno.EIO
    else:
        sock = outlets.take(vantage)
    under_way = Attempt(loop, target, done)
    if sock is None:
        under_way.wait_for_socket(outlets)
        return under_way
    code = connect(sock, target)
    if not code:
        if not target.backend.login:
            return sock
        under_way.log_in(sock)
        return under_way
    if waits(code):
        under_way.wait_for_connection(sock, code)
        return under_way
    sock.close()
    return code
