"""The VPCs as the relay sees them: sockets to dial with, and listening sockets, both made by the holder."""

from __future__ import annotations

import errno
import socket
from collections import Counter, deque
from collections.abc import Callable

from jackfield.relay.dial import CONNECT_SECONDS
from jackfield.relay.holder import HolderLine, Reply
from jackfield.relay.loop import Loop, Timer
from jackfield.relay.outlets import Opened
from jackfield.relay.route import Route

_BATCH = 16
_LOW = 8

_ERRORS = {"not-there": errno.EADDRNOTAVAIL, "forbidden": errno.EPERM}
"""What the holder's refusals are called where others have an error number."""

Door = Callable[[socket.socket | None, int], None]
"""Takes a listening socket, or ``None`` and the error number."""


class _Want:
    """Somebody who waits for a socket, for as long as a dial may take."""

    __slots__ = ("_timer", "opened")

    def __init__(self, loop: Loop, opened: Opened) -> None:
        self.opened: Opened | None = opened
        self._timer: Timer = loop.call_later(CONNECT_SECONDS, lambda: self.tell(None, errno.ETIMEDOUT))

    def tell(self, sock: socket.socket | None, code: int) -> None:
        opened = self.opened
        self.cancel()
        if opened is not None:
            opened(sock, code)
        elif sock is not None:
            sock.close()

    def cancel(self) -> None:
        self.opened = None
        self._timer.cancel()


class Vpcs:
    """Implements :class:`jackfield.relay.outlets.Outlets`; and hands out the doors of VPC routes.

    Sockets are kept at hand for VPCs from which somebody dials. A holder that is away is waited for.

    :param path: the holder's socket.
    :param on_back: called when the holder is there again after it was away: every door has to be asked for anew, for
        its namespaces may be others.
    """

    def __init__(self, loop: Loop, path: str, on_back: Callable[[], None]) -> None:
        self._loop = loop
        self._line = HolderLine(loop, path, self._on_broken, self._on_holder_back)
        self._on_back = on_back
        self._lent: Counter[str] = Counter()
        self._stock: dict[str, deque[socket.socket]] = {}
        self._wants: dict[str, deque[_Want]] = {}
        self._asking: set[str] = set()

    # -- doors -----------------------------------------------------------------------------------------------------

    def door(self, route: Route, answered: Door) -> None:
        """Asks for the listening socket of a VPC route."""

        def reply(reply: Reply | None, sockets: list[socket.socket]) -> None:
            if sockets:
                answered(sockets[0], 0)
            else:
                answered(None, _code(reply))

        self._line.ask("listener", reply, vpc=route.vantage, address=route.address, port=route.port)

    # -- outlets ---------------------------------------------------------------------------------------------------

    def take(self, vantage: str) -> socket.socket | None:
        stock = self._stock.get(vantage)
        if not stock:
            return None
        sock = stock.popleft()
        if len(stock) < _LOW:
            self._ask(vantage)
        return sock

    def want(self, vantage: str, opened: Opened) -> _Want:
        want = _Want(self._loop, opened)
        self._wants.setdefault(vantage, deque()).append(want)
        self._ask(vantage)
        return want

    def lend(self, vantage: str) -> None:
        self._lent[vantage] += 1
        if self._lent[vantage] == 1:
            self._ask(vantage)

    def end(self, vantage: str) -> None:
        self._lent[vantage] -= 1
        if self._lent[vantage] <= 0:
            del self._lent[vantage]
            for sock in self._stock.pop(vantage, ()):
                sock.close()  # never registered with the loop

    def close(self) -> None:
        """Gives everything back."""
        self._line.close()
        self._drop_stock()

    def _ask(self, vantage: str) -> None:
        if vantage in self._asking:
            return
        self._asking.add(vantage)
        wanting = len(self._wants.get(vantage, ()))

        def reply(reply: Reply | None, sockets: list[socket.socket]) -> None:
            self._asking.discard(vantage)
            self._arrived(vantage, reply, sockets)

        self._line.ask("sockets", reply, vpc=vantage, count=min(64, max(_BATCH, wanting)))

    def _arrived(self, vantage: str, reply: Reply | None, sockets: list[socket.socket]) -> None:
        wants = self._wants.get(vantage, deque())
        stock = self._stock.setdefault(vantage, deque()) if vantage in self._lent else None
        for sock in sockets:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while wants and wants[0].opened is None:
                wants.popleft()  # gave up
            if wants:
                wants.popleft().tell(sock, 0)
            elif stock is not None:
                stock.append(sock)
            else:
                sock.close()
        if reply is not None and reply.error is not None:
            while wants:
                wants.popleft().tell(None, errno.EHOSTUNREACH)
        if not any(want.opened for want in wants):
            self._wants.pop(vantage, None)
        elif reply is not None:
            self._ask(vantage)  # more waited than one reply carries; a broken line is asked when it is back

    def _on_broken(self) -> None:
        self._drop_stock()

    def _on_holder_back(self) -> None:
        for vantage in {*self._lent, *self._wants}:
            self._ask(vantage)
        self._on_back()

    def _drop_stock(self) -> None:
        stock, self._stock = self._stock, {}
        for sockets in stock.values():
            for sock in sockets:
                sock.close()


def _code(reply: Reply | None) -> int:
    if reply is None or reply.error is None:
        return errno.EHOSTDOWN
    return _ERRORS.get(reply.error.kind, errno.EIO)
