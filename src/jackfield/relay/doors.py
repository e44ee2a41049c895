"""Listening sockets from inside VPCs, fetched before the board needs them.

The board binds addresses of the host itself, at once. What listens inside a VPC was made there by the holder of the
VPC's namespace and has to be asked for: a replacement with such routes waits for its sockets here, and whatever else
concerns its owner waits behind it, so that requests take effect in the order in which they came.
"""

from __future__ import annotations

import errno
import logging
import socket
import time
from collections import deque
from collections.abc import Sequence
from functools import partial

from jackfield.relay.board import Answer, Board, Found
from jackfield.relay.checks import check_routes
from jackfield.relay.loop import Loop, Timer
from jackfield.relay.route import Route
from jackfield.relay.vpcs import Vpcs

log = logging.getLogger(__name__)

_RETRY_SECONDS = 1.0


class _Request:
    """A replacement that waits for its sockets.

    :ivar missing: keys of routes whose sockets have not come.
    """

    __slots__ = ("answer", "found", "missing", "routes")

    def __init__(self, routes: Sequence[Route], answer: Answer) -> None:
        self.routes = routes
        self.answer = answer
        self.found: dict[str, Found] = {}
        self.missing: set[str] = set()


class Doors:
    """Stands before a board.

    :param vpcs: where sockets come from.
    """

    def __init__(self, loop: Loop, board: Board, vpcs: Vpcs) -> None:
        self._loop = loop
        self._board = board
        self._vpcs = vpcs
        self._queues: dict[str, deque[_Request]] = {}
        self._retry: Timer | None = None

    def replace(self, owner: str, routes: Sequence[Route], answer: Answer) -> None:
        """As :meth:`Board.replace`, with sockets from VPCs; called between two batches.

        :raises ValueError: as there.
        """
        check_routes(owner, routes)
        queue = self._queues.get(owner)
        if queue is None and not self._wanted(routes):
            self._board.replace(owner, routes, answer)
            return
        if queue is None:
            queue = self._queues[owner] = deque()
        queue.append(_Request(routes, answer))
        if len(queue) == 1:
            self._fetch(owner)

    def keep_trying(self) -> None:
        """Asks for what the board could not bind inside VPCs, each second until nothing is missing."""
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        missing = [route for route in self._board.routes() if route.vantage != "host" and not self._listens(route)]
        for route in missing:
            self._vpcs.door(route, partial(self._renewed, route))
        if missing:
            self._retry = self._loop.call_later(_RETRY_SECONDS, self.keep_trying)

    def renew(self) -> None:
        """The holder is back: every door is asked for anew, since its namespaces may be others than before."""
        for route in self._board.routes():
            if route.vantage != "host":
                self._vpcs.door(route, partial(self._renewed, route))
        self.keep_trying()

    def _renewed(self, route: Route, sock: socket.socket | None, code: int) -> None:
        if sock is not None:
            self._loop.call_soon(partial(self._board.renew, route, sock))

    def _wanted(self, routes: Sequence[Route]) -> list[Route]:
        return [route for route in routes if route.vantage != "host" and not self._listens(route)]

    def _listens(self, route: Route) -> bool:
        listener = self._board.listener(route.key)
        return listener is not None and listener.route.place == route.place

    def _fetch(self, owner: str) -> None:
        request = self._queues[owner][0]
        wanted = self._wanted(request.routes)
        if not wanted:
            self._serve(owner)
            return
        request.missing = {route.key for route in wanted}
        for route in wanted:
            self._vpcs.door(route, partial(self._arrived, owner, request, route.key))

    def _arrived(self, owner: str, request: _Request, key: str, sock: socket.socket | None, code: int) -> None:
        request.found[key] = sock if sock is not None else code
        request.missing.discard(key)
        if not request.missing:
            self._loop.call_soon(partial(self._serve, owner))

    def _serve(self, owner: str) -> None:
        queue = self._queues[owner]
        request = queue.popleft()
        try:
            self._board.replace(owner, request.routes, request.answer, request.found)
        except Exception as error:
            request.answer(error)
        if queue:
            self._fetch(owner)
        else:
            del self._queues[owner]


def fetch_now(path: str, routes: Sequence[Route], seconds: float) -> dict[str, Found]:
    """The sockets of VPC routes, blocking: for a start, before there is any traffic to hold up.

    :param path: the holder's socket.
    :param seconds: to wait for a holder that is only just starting.
    """
    # Only a relay that has such routes loads what it takes to ask for them.
    from jackfield.vantage.client import HolderClient, HolderDown, HolderRefused

    found: dict[str, Found] = {}
    deadline = time.monotonic() + seconds
    with HolderClient(path, timeout=max(0.1, seconds)) as holder:
        for route in routes:
            while route.key not in found:
                try:
                    found[route.key] = holder.listener(route.vantage, route.address, route.port)
                except HolderRefused as error:
                    log.warning("route=%s: %s", route.key, error)
                    found[route.key] = errno.EADDRNOTAVAIL
                except HolderDown:
                    if time.monotonic() > deadline:
                        return found
                    time.sleep(0.01)  # its socket does not exist yet, which cannot be waited for portably
    return found
