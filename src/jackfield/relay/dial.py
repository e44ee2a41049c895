"""Connecting to a database without blocking: Unix and TCP, with a deadline."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import time
from collections.abc import Callable

from jackfield.relay.loop import WRITE, Loop, Timer

CONNECT_SECONDS = 5.0
"""How long a database may take to accept before its client is reset."""

_FIRST_RETRY_SECONDS = 0.001
_LAST_RETRY_SECONDS = 0.05
_STREAM = socket.SOCK_STREAM | getattr(socket, "SOCK_NONBLOCK", 0)  # saves a system call where there is one

Address = str | tuple[str, int]


def parse_target(target: str) -> tuple[socket.AddressFamily, Address]:
    """Splits ``unix:/path`` or ``tcp:HOST:PORT`` into what ``connect`` wants.

    :raises ValueError: for anything else, and for a host that is not an IP address: resolving a name would
        stop every other connection of the process.
    """
    scheme, _, rest = target.partition(":")
    if scheme == "unix" and rest.startswith("/"):
        return socket.AF_UNIX, rest
    host, colon, port = rest.rpartition(":")
    if scheme != "tcp" or not colon or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"backend {target!r} is neither unix:/PATH nor tcp:ADDRESS:PORT")
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        raise ValueError(f"backend {target!r}: {host!r} is not an IP address") from None
    return socket.AF_INET6 if address.version == 6 else socket.AF_INET, (str(address), int(port))


def new_socket(family: socket.AddressFamily) -> socket.socket:
    """A non-blocking stream socket, ``TCP_NODELAY`` set where that means something.

    :raises OSError: when the process is out of descriptors.
    """
    sock = socket.socket(family, _STREAM)
    if sock.gettimeout() != 0.0:
        sock.setblocking(False)
    if family != socket.AF_UNIX:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


class Dial:
    """A connection to a database that could not be made at once.

    A Unix socket whose queue is full answers EAGAIN and can not be waited for: it is tried again after a
    moment. A TCP socket becomes writable when its connection is made or has failed.

    :param sock: from :func:`new_socket`, after a first ``connect_ex``.
    :param code: what that ``connect_ex`` answered.
    :param done: called once with 0 or the error number. The socket is then no longer registered; closing it
        after an error is the caller's part.
    """

    __slots__ = ("_address", "_deadline", "_done", "_loop", "_pause", "_timer", "sock")

    def __init__(
        self, loop: Loop, sock: socket.socket, address: Address, code: int, done: Callable[[int], None]
    ) -> None:
        self.sock = sock
        self._loop = loop
        self._address = address
        self._done = done
        self._deadline = time.monotonic() + CONNECT_SECONDS
        self._pause = _FIRST_RETRY_SECONDS
        self._timer: Timer | None = None
        if code == errno.EINPROGRESS:
            loop.register(sock.fileno(), self, WRITE)
            self._timer = loop.call_later(CONNECT_SECONDS, self._too_late)
        else:
            self._timer = loop.call_later(self._pause, self._again)

    def cancel(self) -> None:
        """Gives up without calling ``done``; the caller closes the socket."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._loop.forget(self.sock.fileno())

    def on_event(self, events: int) -> None:
        code = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self.cancel()
        self._done(code)

    def _again(self) -> None:
        code = self.sock.connect_ex(self._address)
        if code == errno.EAGAIN and time.monotonic() < self._deadline:
            self._pause = min(self._pause * 2, _LAST_RETRY_SECONDS)
            self._timer = self._loop.call_later(self._pause, self._again)
            return
        self._done(code)

    def _too_late(self) -> None:
        self.cancel()
        self._done(errno.ETIMEDOUT)


def waits(code: int) -> bool:
    """Whether ``connect_ex`` answered that the connection may still come about."""
    return code in (errno.EINPROGRESS, errno.EAGAIN)


def error_name(code: int) -> str:
    """``ECONNREFUSED`` for 111."""
    return errno.errorcode.get(code, os.strerror(code))
