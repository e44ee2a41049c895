"""The control socket: where the control plane tells the relay its routes and asks what is going on.

A Unix stream socket, mode 0600, for the user of this process (and root) only. See
:mod:`jackfield.relay.messages` for what is said.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import math
import os
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from jackfield.relay import messages
from jackfield.relay.board import Board
from jackfield.relay.channel import Channel
from jackfield.relay.descriptors import RESERVE
from jackfield.relay.doors import Doors
from jackfield.relay.holds import Holds
from jackfield.relay.listener import Listener
from jackfield.relay.loop import Loop
from jackfield.relay.refusals import Refusals
from jackfield.relay.route import Ack, Connection
from jackfield.relay.session import Session
from jackfield.unix_sockets import listen, peer

log = logging.getLogger(__name__)

_PAUSE_SECONDS = 0.1  # before accepting again when there is no descriptor, not even the reserve
_CONNECTIONS_AT_A_TIME = 200  # about half a millisecond, then traffic has its turn

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(messages.Request).decode


class _Id(msgspec.Struct):
    id: int | str | None = None


class Control:
    """Serves the control socket within the relay's loop.

    :param path: where the socket is made; a socket left behind by a process that died is replaced.
    :param greet: makes the answer to ``hello``.
    :param stop: called after ``stop`` was answered.
    :raises OSError: when the socket can not be made, EEXIST when something else than a socket is at ``path``.
    """

    def __init__(
        self,
        loop: Loop,
        board: Board,
        doors: Doors,
        refusals: Refusals,
        path: str,
        greet: Callable[[], messages.Greeting],
        stop: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._board = board
        self._doors = doors
        self._holds = Holds(loop, board)
        self._refusals = refusals
        self._path = path
        self._greet = greet
        self._stop = stop
        self._channels: set[Channel] = set()
        self._operations: dict[type, Callable[[Channel, Any], None]] = {
            messages.Hello: self._hello,
            messages.Replace: self._replace,
            messages.Forget: self._forget,
            messages.Owners: self._owners,
            messages.Routes: self._routes,
            messages.Connections: self._connections,
            messages.Counts: self._counts,
            messages.Health: self._health,
            messages.Expect: self._expect,
            messages.Hold: self._hold,
            messages.Resume: self._resume,
            messages.Strays: self._strays,
            messages.Cut: self._cut,
            messages.Refusals: self._list_refusals,
            messages.Stop: self._end,
        }
        self._sock = listen(path)
        loop.register(self._sock.fileno(), self)

    def on_event(self, events: int) -> None:
        sock: socket.socket | None
        try:
            sock, _ = self._sock.accept()
        except BlockingIOError:
            return
        except OSError as error:
            sock = RESERVE.accept(self._sock)  # out of descriptors is when the control plane is needed most
            if sock is None:
                log.warning("control socket: accept failed: %s", error)
                self._loop.forget(self._sock.fileno())
                self._loop.call_later(_PAUSE_SECONDS, self._accept_again)
                return
        other = peer(sock)
        if other is not None and other[1] not in (0, os.geteuid()):
            log.warning("control socket: user %s was turned away", other[1])
            sock.close()
            return
        sock.setblocking(False)
        self._channels.add(Channel(self._loop, sock, self._on_line, self._left))

    def _accept_again(self) -> None:
        if self._sock.fileno() >= 0:
            self._loop.register(self._sock.fileno(), self)

    def _left(self, channel: Channel) -> None:
        self._channels.discard(channel)
        self._loop.call_soon(RESERVE.keep)

    def close(self) -> None:
        """Stops serving and removes the socket file."""
        for channel in list(self._channels):
            channel.close()
        self._loop.close(self._sock)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path)

    def _on_line(self, channel: Channel, line: bytes) -> None:
        # Between two batches: an operation may close descriptors and reuse their numbers at once.
        self._loop.call_soon(partial(self._serve, channel, line))

    def _serve(self, channel: Channel, line: bytes) -> None:
        try:
            request = _decode(line)
        except msgspec.DecodeError as error:  # ValidationError included
            _refuse(channel, _id_of(line), f"malformed request: {error}")
            return
        try:
            self._operations[type(request)](channel, request)
        except Exception as error:
            if not isinstance(error, ValueError):
                log.exception("%s failed", type(request).__name__)
            _refuse(channel, request.id, _text(error))

    # -- operations, in the order of messages.py ----------------------------------------------------------------

    def _hello(self, channel: Channel, request: messages.Hello) -> None:
        _reply(channel, request.id, self._greet())

    def _replace(self, channel: Channel, request: messages.Replace) -> None:
        def answer(outcome: Ack | Exception) -> None:
            if isinstance(outcome, Exception):
                _refuse(channel, request.id, _text(outcome))
            else:
                _reply(channel, request.id, outcome)

        self._doors.replace(request.owner, request.routes, answer)

    def _forget(self, channel: Channel, request: messages.Forget) -> None:
        _reply(channel, request.id, self._board.forget(request.owner))

    def _owners(self, channel: Channel, request: messages.Owners) -> None:
        _reply(channel, request.id, self._board.owners())

    def _routes(self, channel: Channel, request: messages.Routes) -> None:
        _reply(channel, request.id, self._board.routes(request.owner))

    def _connections(self, channel: Channel, request: messages.Connections) -> None:
        if request.offset < 0 or (request.limit is not None and request.limit < 0):
            raise ValueError("limit and offset must not be negative")
        sessions = self._board.sessions(request.owner)
        total = len(sessions)
        end = total if request.limit is None else min(total, request.offset + request.limit)
        parts: list[bytes] = []

        def some(start: int) -> None:
            # Seen when their turn comes: counters are fresh, and who has left meanwhile is left out.
            stop = min(start + _CONNECTIONS_AT_A_TIME, end)
            part = [
                _connection(listener, session)
                for listener, session in sessions[start:stop]
                if session in listener.sessions
            ]
            if part:
                parts.append(_encode(part)[1:-1])
            if stop < end:
                self._loop.call_later(0.0, partial(some, stop))
                return
            page = b'{"connections":[%b],"total":%d}' % (b",".join(parts), total)
            _reply(channel, request.id, msgspec.Raw(page))

        some(request.offset)

    def _counts(self, channel: Channel, request: messages.Counts) -> None:
        _reply(channel, request.id, self._board.counts())

    def _health(self, channel: Channel, request: messages.Health) -> None:
        found = [one for listener in self._board.listeners(request.owner) for one in listener.upstream.health()]
        _reply(channel, request.id, found)

    def _expect(self, channel: Channel, request: messages.Expect) -> None:
        listener = self._board.listener(request.route)
        if listener is None:
            raise ValueError(f"no route {request.route!r} listens")
        listener.expect(_source(request.source), _seconds(request.seconds))
        _reply(channel, request.id, True)

    def _hold(self, channel: Channel, request: messages.Hold) -> None:
        self._holds.hold(request.owner, _seconds(request.seconds), partial(_reply, channel, request.id))

    def _resume(self, channel: Channel, request: messages.Resume) -> None:
        _reply(channel, request.id, self._holds.resume(request.owner))

    def _strays(self, channel: Channel, request: messages.Strays) -> None:
        count = sum(listener.upstream.end_strays() for listener in self._board.listeners(request.owner))
        self._loop.call_soon(partial(_reply, channel, request.id, count))  # their sockets are closed by then

    def _cut(self, channel: Channel, request: messages.Cut) -> None:
        _reply(channel, request.id, sum(listener.cut() for listener in self._board.listeners(request.owner)))

    def _list_refusals(self, channel: Channel, request: messages.Refusals) -> None:
        _reply(channel, request.id, list(self._refusals.latest))

    def _end(self, channel: Channel, request: messages.Stop) -> None:
        _reply(channel, request.id, True)
        self._stop()


def _connection(listener: Listener, session: Session) -> Connection:
    return Connection(
        route=listener.route.key,
        owner=listener.route.owner,
        client=session.client,
        backend=session.backend,
        since=session.since,
        received=session.received,
        sent=session.sent,
    )


def _source(text: str) -> str:
    """``ADDRESS:PORT`` in the form in which the listener sees it."""
    address, _, port = text.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"source {text!r} is not ADDRESS:PORT")
    try:
        return f"{ipaddress.ip_address(address.strip('[]'))}:{int(port)}"
    except ValueError:
        raise ValueError(f"source {text!r} is not ADDRESS:PORT") from None


def _seconds(seconds: float) -> float:
    if not (math.isfinite(seconds) and 0 < seconds <= 3600):
        raise ValueError(f"seconds: {seconds} is not between 0 and 3600")
    return seconds


def _text(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"


def _id_of(line: bytes) -> int | str | None:
    try:
        return msgspec.json.decode(line, type=_Id).id
    except msgspec.DecodeError:
        return None


def _reply(channel: Channel, request_id: int | str, result: Any) -> None:
    channel.send(_encode({"id": request_id, "result": result}))


def _refuse(channel: Channel, request_id: int | str | None, error: str) -> None:
    channel.send(_encode({"id": request_id, "error": error}))
