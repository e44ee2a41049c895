"""How a connection to a shard begins."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

from jackfield.relay.resp.call import Call

if TYPE_CHECKING:
    from jackfield.relay.resp.link import Link


def connect(target: str) -> tuple[socket.socket | None, int]:
    """Begins to connect.

    :param target: see :class:`jackfield.relay.route.Backend`.
    :returns: a non-blocking socket and 0 when it is connected, ``EINPROGRESS`` when it will be; or ``None`` and why.
    """
    kind, _, place = target.partition(":")
    if kind == "unix":
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        address: str | tuple[str, int] = place
    else:
        host, _, port = place.rpartition(":")
        sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        address = (host.strip("[]"), int(port))
    sock.setblocking(False)
    result = sock.connect_ex(address)
    if result in (0, errno.EINPROGRESS):
        return sock, result
    sock.close()
    return None, result


class Greeting:
    """Owner of the AUTH and HELLO that open a link."""

    def __init__(self, link: Link, commands: list[bytes]) -> None:
        self.calm = True
        self._link = link
        self.calls = [Call(self, raw, -1, fixed=True) for raw in commands]

    def settle(self) -> None:
        self.calm = True
        replies = [call.reply for call in self.calls if call.reply is not None]
        if len(replies) == len(self.calls):
            self._link.greeted(self, next((reply for reply in replies if reply.startswith(b"-")), b""))

    def caution(self) -> None:
        """Nothing follows."""

    def misplaced(self, frame: bytes) -> bytes:
        return frame
