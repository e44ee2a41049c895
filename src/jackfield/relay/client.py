"""How the control plane talks to a relay: blocking calls over its control socket."""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Iterable
from types import TracebackType
from typing import TypeVar

import msgspec

from jackfield.relay import messages
from jackfield.relay.messages import BackendHealth, Greeting, Page, Refusal
from jackfield.relay.route import Ack, Connection, Route
from jackfield.unix_sockets import Idle

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(messages.Reply).decode


class RelayDown(Exception):
    """The relay can not be reached, or did not answer in time. What was asked may or may not have happened:
    ask again, every operation may be repeated."""


class RelayError(Exception):
    """The relay refused a request, and changed nothing. The text says why."""


class _Closed(Exception):
    """The connection ended before the reply."""


class RelayClient:
    """Calls one relay. Usable from several threads at once: each call in progress has a connection of its own.

    :param path: the control socket.
    :param timeout: seconds a call may take. :meth:`replace` and :meth:`hold` take their own.
    """

    def __init__(self, path: str | os.PathLike[str], timeout: float = 5.0) -> None:
        self.path = os.fspath(path)
        self.timeout = timeout
        self._idle = Idle(self.path)
        self._ids = itertools.count(1)

    def hello(self) -> Greeting:
        """Which process answers, since when, and how much it has to do."""
        return self._call(messages.Hello(id=next(self._ids)), Greeting)

    def replace(self, owner: str, routes: Iterable[Route], timeout: float | None = None) -> Ack:
        """Makes ``routes`` the whole truth about ``owner``; returns when it is, drain included.

        :param timeout: seconds; must cover the drain of the routes that are taken away. Default: that of the client.
        :raises RelayDown: also when the drain takes longer; the same call again joins the drain.
        :raises RelayError: when a route can not be served at all (an address in use is told in the ``Ack`` instead).
        """
        return self._call(messages.Replace(id=next(self._ids), owner=owner, routes=tuple(routes)), Ack, timeout)

    def forget(self, owner: str) -> bool:
        """Drops the figures remembered for an owner without routes; false when there were none.

        :raises RelayError: while the owner has routes or drains.
        """
        return self._call(messages.Forget(id=next(self._ids), owner=owner), bool)

    def owners(self) -> dict[str, list[str]]:
        """The keys of every owner's routes."""
        return self._call(messages.Owners(id=next(self._ids)), dict[str, list[str]])

    def routes(self, owner: str | None = None) -> list[Route]:
        """The routes on the relay's disk, of one owner or all."""
        return self._call(messages.Routes(id=next(self._ids), owner=owner), list[Route])

    def connections(self, owner: str | None = None) -> list[Connection]:
        """Every live connection, of one owner or all."""
        return self.page(owner).connections

    def page(self, owner: str | None = None, limit: int | None = None, offset: int = 0) -> Page:
        """Some of the live connections and their total number. Their order is only stable while none comes or goes."""
        request = messages.Connections(id=next(self._ids), owner=owner, limit=limit, offset=offset)
        return self._call(request, Page)

    def counts(self) -> dict[str, int]:
        """The number of live connections of every owner."""
        return self._call(messages.Counts(id=next(self._ids)), dict[str, int])

    def health(self, owner: str | None = None) -> list[BackendHealth]:
        """What is known of the backends of the plain routes of one owner, or all."""
        return self._call(messages.Health(id=next(self._ids), owner=owner), list[BackendHealth])

    def expect(self, route: str, source: str, seconds: float = 10.0) -> None:
        """Lets the next connection to ``route`` from exactly ``source`` (``ADDRESS:PORT``) in, once.

        Bind a local port first, announce it here, then dial from it.

        :raises RelayError: when the route does not listen.
        """
        self._call(messages.Expect(id=next(self._ids), route=route, source=source, seconds=seconds), bool)

    def hold(self, owner: str, seconds: float = 30.0, timeout: float | None = None) -> bool:
        """Stops new commands to the owner's databases, for at most ``seconds``.

        :returns: true when nothing is in flight any more, false when the hold ended before that.
        """
        wait = timeout if timeout is not None else seconds + self.timeout
        return self._call(messages.Hold(id=next(self._ids), owner=owner, seconds=seconds), bool, wait)

    def resume(self, owner: str) -> bool:
        """Ends :meth:`hold`; false when there was none."""
        return self._call(messages.Resume(id=next(self._ids), owner=owner), bool)

    def end_strays(self, owner: str) -> int:
        """Ends the owner's connections to databases that its plain routes name no more; how many there were.

        They are closed when this returns.
        """
        return self._call(messages.Strays(id=next(self._ids), owner=owner), int)

    def cut(self, owner: str) -> int:
        """Resets every connection of the owner; how many there were. Its addresses go on accepting."""
        return self._call(messages.Cut(id=next(self._ids), owner=owner), int)

    def refusals(self) -> list[Refusal]:
        """The latest clients that were turned away, oldest first."""
        return self._call(messages.Refusals(id=next(self._ids)), list[Refusal])

    def stop(self) -> None:
        """Ends the relay. Its clients are reset; its routes stay on disk."""
        self._call(messages.Stop(id=next(self._ids)), bool)

    def close(self) -> None:
        """Closes idle connections; a later call opens a new one."""
        self._idle.close()

    def __enter__(self) -> RelayClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, request: messages.Request, kind: type[T], timeout: float | None = None) -> T:
        seconds = self.timeout if timeout is None else timeout
        line = _encode(request) + b"\n"
        while True:
            try:
                sock, fresh = self._idle.take(seconds)
            except OSError as error:
                raise RelayDown(f"{self.path}: {error}") from None
            try:
                reply = _exchange(sock, line)
            except _Closed:
                sock.close()
                if fresh:
                    raise RelayDown(f"{self.path}: the relay closed the connection without an answer") from None
                continue  # an idle connection from before a restart of the relay: try another
            except TimeoutError:
                sock.close()
                raise RelayDown(f"{self.path}: no answer within {seconds} s") from None
            except BaseException:
                sock.close()
                raise
            self._idle.give_back(sock)
            if reply.error:
                raise RelayError(reply.error)
            return msgspec.json.decode(reply.result, type=kind)


def _exchange(sock: socket.socket, line: bytes) -> messages.Reply:
    """Sends one request and reads its reply. A connection carries one request at a time, so ids need no matching."""
    try:
        sock.sendall(line)
        received = bytearray()
        while not received.endswith(b"\n"):
            data = sock.recv(1 << 20)
            if not data:
                raise _Closed
            received += data
    except TimeoutError:
        raise
    except OSError:
        raise _Closed from None
    return _decode(received)
