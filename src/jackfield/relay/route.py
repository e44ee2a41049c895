"""What the relay needs to know of one listening address.

A route is the whole truth about one listener: the control plane sends routes, never events, so sending
the same routes twice changes nothing. Routes are grouped by *owner* (an endpoint's id): one request
replaces all routes of an owner at once.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

Mode = Literal["tcp", "resp", "sql"]
"""``tcp`` copies bytes to one backend; ``resp`` routes Redis commands over the shards of a cluster; ``sql`` sends reads
to replicas and everything else to the primary.
"""

Role = Literal["tcp", "resp"]
"""The relay process that serves a route: what only copies, and what reads protocols."""


def role_of(mode: Mode) -> Role:
    """Who serves routes of a mode."""
    return "tcp" if mode == "tcp" else "resp"


Balance = Literal["turns", "fewest", "source"]
"""See :class:`Route`."""


class Place(NamedTuple):
    """Where something listens; as text ``ADDRESS:PORT``, with ``in VPC`` behind it inside one."""

    vantage: str
    address: str
    port: int

    def __str__(self) -> str:
        here = f"{self.address}:{self.port}"
        return here if self.vantage == "host" else f"{here} in {self.vantage}"


class Backend(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One database server process behind a route.

    :param target: ``unix:/path/to.sock`` or ``tcp:HOST:PORT``.
    :param name: what the engine calls it; for a Redis cluster node its 40 digit node id.
    :param announced: ``ADDRESS:PORT`` under which the node appears in MOVED and ASK replies.
    :param vantage: from where a TCP target is dialled: ``host``, or the id of the VPC in which it lies.
    :param source: the address that the target sees; empty leaves it to the system.
    :param weight: its share of new connections among the backends of a balanced route; of
        reads in mode ``sql``; 0 gets none.
    :param login: path of a file, readable by the relay alone, with the password of the server's user ``default``:
        connections are logged in before their client has them. Empty: clients log in themselves.
    """

    target: str
    name: str = ""
    announced: str = ""
    vantage: str = "host"
    source: str = ""
    weight: int = 100
    login: str = ""


class HealthCheck(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the backends of a balanced route are watched: they are dialled, and must neither refuse nor reset.

    :param interval: seconds between two looks. :param timeout: seconds a dial may take.
    :param rise: looks in a row that make a backend healthy. :param fall: that make it unhealthy.
    """

    interval: float = 5.0
    timeout: float = 5.0
    rise: int = 2
    fall: int = 2


class Tls(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How clients of a route may encrypt; the databases behind it are spoken to in plain.

    :param protocol: ``tls`` from the first byte on (Redis), or begun inside the database's own protocol: after an
        SSLRequest (``postgres``), or by CLIENT_SSL in the answer to the greeting (``mysql``).
    :param certificate: path of a PEM file, readable by the relay alone: the certificate and what leads to its CA.
    :param key: path of the PEM file with its key; empty where it is in the same file. What is under a path never
        changes: a renewed certificate has another path.
    :param required: clients that do not encrypt are refused.
    :param mutual: clients show a certificate too, of the CA whose own stands in ``certificate``; others are refused.
    """

    protocol: Literal["tls", "postgres", "mysql"]
    certificate: str
    key: str = ""
    required: bool = False
    mutual: bool = False


class Rate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How many bytes the connections of a route may carry.

    :param name: all routes that name the same link share its bytes, whoever owns them; the latest speed holds.
    :param bytes_per_second: in each direction; 0: any number.
    """

    name: str
    bytes_per_second: int = 0


class Splitting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a route of mode ``sql`` tells reads from writes.

    :param logins: path of a JSON file that only its owner reads: name of a backend → user and password with which the
        relay asks it how far it is, and the primary what it knows of a client's password. What is under a path never
        changes.
    :param max_delay: seconds that a replica may be behind and still be read from.
    :param read_only: of ``mysql``: sessions may not write. There is one backend, ``logins`` is empty.
    """

    protocol: Literal["postgres", "mysql"]
    logins: str
    max_delay: float = 30.0
    read_only: bool = False


class Route(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One listening address.

    :param key: unique among all routes, stable over restarts (``r-bp1…/direct/0:6379``).
    :param owner: the endpoint the route belongs to; live connections are counted and cut by owner.
    :param address: IPv4 address to bind, on the vantage's loopback.
    :param port: TCP port to bind.
    :param backends: one for ``tcp``, any number with ``balance``; the masters of the cluster for ``resp``; for ``sql``
        the primary, then its replicas, with the weight of each for reads.
    :param mode: see :data:`Mode`.
    :param vantage: ``host``, or the id of the VPC inside which the address listens.
    :param whitelist: CIDRs that may connect. Judged when a connection is accepted. ``127.0.0.1`` admits nobody.
    :param rules: when given, judged instead of ``whitelist``: ``accept CIDR`` or ``drop CIDR``, the first that covers
        the client counts, whom none covers is refused. An empty tuple refuses everybody.
    :param local_clients: ``allow`` admits clients of the host (127.0.0.0/8) whatever the whitelist says.
    :param max_connections: 0 means no limit.
    :param balance: how a plain route spreads new connections over its healthy backends: ``turns`` by weight,
        ``fewest`` to where the fewest are open in relation to the weight, ``source`` by the client's address; ``None``
        for a route with one backend that is dialled whatever its health.
    :param health: how the backends of a balanced route are watched; ``None`` takes all of them for healthy.
    :param drain_seconds: how long live connections go on after the route was taken away, before they are reset.
    :param tls: how clients may encrypt; ``None``: bytes are carried as they are.
    :param rate: of a plain route; ``None``: what the machine can carry. Whether there is one is settled when the
        listener is made, its speed may change.
    :param splitting: of mode ``sql``, and only there.
    """

    key: str
    owner: str
    address: str
    port: int
    backends: tuple[Backend, ...]
    mode: Mode = "tcp"
    vantage: str = "host"
    whitelist: tuple[str, ...] = ()
    rules: tuple[str, ...] | None = None
    local_clients: Literal["whitelist", "allow"] = "whitelist"
    max_connections: int = 0
    drain_seconds: float = 0.0
    balance: Balance | None = None
    health: HealthCheck | None = None
    tls: Tls | None = None
    rate: Rate | None = None
    splitting: Splitting | None = None

    @property
    def place(self) -> Place:
        """Where it listens."""
        return Place(self.vantage, self.address, self.port)


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
    :param closed: the :class:`Place` of each listener that this replacement closed, also before a restart.
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
