"""What is said on the control socket: one JSON object a line, each way.

A request is ``{"id": 7, "op": "counts"}`` with the operation's fields beside; the reply is
``{"id": 7, "result": …}`` or ``{"id": 7, "error": "…"}``. Replies may come in another order than their requests:
a replacement that drains for minutes does not hold up a question about connections.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from jackfield.relay.route import Connection, Route

VERSION = "1"
"""Version of this protocol, told by ``hello``. Changes when an older control plane would misread a reply."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A client that was turned away.

    :param time: seconds since the epoch.
    :param route: key of the route.
    :param client: ``ADDRESS:PORT``.
    :param reason: why, and what would admit it.
    """

    time: float
    route: str
    client: str
    reason: str


class Greeting(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to ``hello``: which process this is.

    :param pid: its process id.
    :param started: when the process started, seconds since the epoch; with ``pid`` it tells two processes apart.
    :param role: ``plain`` or ``resp``.
    :param data: the data folder it serves, absolute.
    :param version: :data:`VERSION` of the relay.
    :param listeners: addresses that listen now.
    :param connections: live connections, those being drained included.
    :param unbound: keys of recorded routes whose address could not be bound after a restart; they are retried.
    """

    pid: int
    started: float
    role: str
    data: str
    version: str
    listeners: int
    connections: int
    unbound: tuple[str, ...] = ()


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the live connections.

    :param connections: those asked for that were still open when their turn came.
    :param total: how many there were when the request arrived.
    """

    connections: list[Connection]
    total: int


class BackendHealth(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one backend of a plain route.

    :param name: as the route calls it. :param healthy: ``None`` while nobody has looked.
    :param reason: what the latest look showed. :param since: seconds since the epoch at which the verdict changed.
    :param connections: open to it now.
    """

    route: str
    target: str
    name: str
    healthy: bool | None
    reason: str
    since: float
    connections: int


class _Request(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, tag_field="op", tag=str.lower):
    id: int | str = 0


class Hello(_Request):
    """Which process is this? Answers a :class:`Greeting`."""


class Replace(_Request):
    """Makes ``routes`` the whole truth about ``owner``. Answers an :class:`~jackfield.relay.route.Ack`."""

    owner: str
    routes: tuple[Route, ...]


class Forget(_Request):
    """Drops what is remembered of the last replacement of an owner that has no routes. Answers true or false."""

    owner: str


class Owners(_Request):
    """Answers the keys of every owner's routes."""


class Routes(_Request):
    """Answers the recorded routes of ``owner``, or all."""

    owner: str | None = None


class Connections(_Request):
    """Answers a :class:`Page` of the live connections of ``owner``, or all; ``limit`` ``None`` means to the end."""

    owner: str | None = None
    limit: int | None = None
    offset: int = 0


class Counts(_Request):
    """Answers the number of live connections of every owner that has any or has routes."""


class Health(_Request):
    """Answers what is known of the backends of the plain routes of ``owner``, or all."""

    owner: str | None = None


class Expect(_Request):
    """Admits the next connection to ``route`` from exactly ``source`` whatever its whitelist and limit say.

    With it the control plane proves a path from end to end: it binds a local port, announces it here, and dials.
    """

    route: str
    source: str
    seconds: float = 10.0


class Hold(_Request):
    """Stops new commands to the owner's databases; answers when none is in flight.

    Ends by itself after ``seconds``, so that the death of whoever asked for it freezes nobody for good.
    """

    owner: str
    seconds: float = 30.0


class Resume(_Request):
    """Ends :class:`Hold`."""

    owner: str


class Strays(_Request):
    """Ends the owner's connections to databases that its plain routes name no more. Answers how many there were."""

    owner: str


class Cut(_Request):
    """Resets every connection of the owner; its listeners stay. Answers how many there were."""

    owner: str


class Refusals(_Request):
    """Answers the latest refusals, oldest first."""


class Stop(_Request):
    """Answers, then ends the process. The routes stay on disk."""


Request: TypeAlias = (
    Hello
    | Replace
    | Forget
    | Owners
    | Routes
    | Connections
    | Counts
    | Health
    | Expect
    | Hold
    | Resume
    | Strays
    | Cut
    | Refusals
    | Stop
)


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A reply as the client reads it; ``error`` is empty on success."""

    id: int | str | None = None
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: str = ""
