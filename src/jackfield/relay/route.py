"""What the relay needs to know of one listening address.

A route is the whole truth about one listener: the control plane sends routes, never events, so sending
the same routes twice changes nothing. Routes are grouped by *owner* (an endpoint's id): one request
replaces all routes of an owner at once.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Mode = Literal["tcp", "resp"]
"""``tcp`` copies bytes to one backend; ``resp`` routes Redis commands over the shards of a cluster."""


class Backend(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One database server process behind a route.

    :param target: ``unix:/path/to.sock`` or ``tcp:HOST:PORT``.
    :param name: what the engine calls it; for a Redis cluster node its 40 digit node id.
    :param announced: ``ADDRESS:PORT`` under which the node appears in MOVED and ASK replies.
    """

    target: str
    name: str = ""
    announced: str = ""


class Route(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One listening address.

    :param key: unique among all routes, stable over restarts (``r-bp1…/direct/0``).
    :param owner: the endpoint the route belongs to; live connections are counted and cut by owner.
    :param address: IPv4 address to bind, on the vantage's loopback.
    :param port: TCP port to bind.
    :param backends: one for ``tcp``; the masters of the cluster for ``resp``.
    :param mode: see :data:`Mode`.
    :param vantage: ``host``, or the id of the VPC inside which the address listens.
    :param whitelist: CIDRs that may connect. Judged when a connection is accepted. ``127.0.0.1`` admits nobody.
    :param local_clients: ``allow`` admits clients of the host (127.0.0.0/8) whatever the whitelist says.
    :param max_connections: 0 means no limit.
    :param drain_seconds: how long live connections go on after the route was taken away, before they are reset.
    """

    key: str
    owner: str
    address: str
    port: int
    backends: tuple[Backend, ...]
    mode: Mode = "tcp"
    vantage: str = "host"
    whitelist: tuple[str, ...] = ()
    local_clients: Literal["whitelist", "allow"] = "whitelist"
    max_connections: int = 0
    drain_seconds: float = 0.0


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one route of a request.

    :param error: empty when the address listens; else ``EADDRINUSE`` and the like, and nothing listens there.
    """

    key: str
    address: str
    port: int
    error: str = ""


class Ack(msgspec.Struct, frozen=True, kw_only=True):
    """The data plane's acknowledgement; what it says is on the relay's disk before it is sent.

    :param owner: whose routes were replaced.
    :param bound: one entry a route asked for.
    :param closed: ``ADDRESS:PORT`` of listeners that this replacement closed (also when it happened before a restart).
    :param cut: connections this owner lost through the replacement, counted one by one as they were closed.
    :param live: connections of the owner that are still open (0 once an owner has no routes).
    :param lost: true when the relay died between taking the routes away and counting, so that ``cut`` is a lower bound.
    """

    owner: str
    bound: tuple[Bound, ...] = ()
    closed: tuple[str, ...] = ()
    cut: int = 0
    live: int = 0
    lost: bool = False


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """One live client connection.

    :param since: seconds since the epoch.
    :param received: bytes the client sent.
    :param sent: bytes the client was sent.
    """

    route: str
    owner: str
    client: str
    backend: str
    since: float
    received: int
    sent: int
