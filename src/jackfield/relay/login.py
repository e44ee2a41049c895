"""Connections to Redis that are logged in before their client has them: the client then needs no password."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from pathlib import Path

from jackfield.relay.dial import CONNECT_SECONDS
from jackfield.relay.loop import READ, Loop, Timer

USER = b"default"

_WELCOME = b"+OK\r\n"


def password_of(path: str) -> bytes:
    """What a login file holds.

    :raises ValueError: it cannot be read.
    """
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"the login {path}: {error.strerror}") from None


def question(path: str) -> bytes:
    """AUTH with what a login file holds. :raises ValueError: it cannot be read."""
    password = password_of(path)
    return b"*3\r\n$4\r\nAUTH\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n" % (len(USER), USER, len(password), password)


class Login:
    """One login under way.

    :param sock: connected; closed when the login fails.
    :param done: called once, later, with 0 or the error number, unless it is cancelled.
    """

    __slots__ = ("_done", "_heard", "_loop", "_timer", "sock")

    def __init__(self, loop: Loop, sock: socket.socket, path: str, done: Callable[[int], None]) -> None:
        self.sock = sock
        self._loop = loop
        self._done = done
        self._heard = b""
        loop.register(sock.fileno(), self, READ)
        self._timer: Timer | None = loop.call_later(CONNECT_SECONDS, lambda: self._end(errno.ETIMEDOUT))
        try:
            sock.send(question(path))  # a new connection takes a hundred bytes
        except (OSError, ValueError):
            self._timer.cancel()
            self._timer = loop.call_later(0.0, lambda: self._end(errno.EACCES))

    def cancel(self) -> None:
        """Gives up without calling ``done``; the caller closes the socket."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._loop.forget(self.sock.fileno())

    def on_event(self, events: int) -> None:
        try:
            data = self.sock.recv(len(_WELCOME) - len(self._heard))
        except BlockingIOError:
            return
        except OSError as error:
            self._end(error.errno or errno.EIO)
            return
        self._heard += data
        if self._heard == _WELCOME:
            self._end(0)
        elif not data or not _WELCOME.startswith(self._heard):
            self._end(errno.EACCES)

    def _end(self, code: int) -> None:
        if self._timer is None:
            return
        self.cancel()
        self._done(code)
