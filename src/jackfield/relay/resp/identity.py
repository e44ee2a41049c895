"""The shards of a route, and the connections to them that clients of one user share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jackfield.relay.resp import limits
from jackfield.relay.resp.framing import request
from jackfield.relay.resp.link import Link

if TYPE_CHECKING:
    from jackfield.relay.resp.hub import Hub


class Shard:
    """One master of the cluster.

    :ivar index: its place in the slot map; never given to another shard.
    :ivar up: whether the last attempt to connect succeeded.
    :ivar gone: true once the route does not name it any more.
    """

    __slots__ = ("announced", "gone", "index", "name", "target", "up")

    def __init__(self, index: int, name: str, announced: str, target: str) -> None:
        self.index = index
        self.name = name
        self.announced = announced
        self.target = target
        self.up = True
        self.gone = False


class Identity:
    """One way to be known to the shards: a user with a password, or nobody (the default user needs none).

    Only what a shard accepted becomes an identity. Clients of one identity share one connection a shard; for
    transactions and blocking commands they borrow connections of their own.

    :param credentials: user and password; ``None`` for nobody.
    :param protocol: 2 or 3, which replies come in.
    """

    def __init__(self, hub: Hub, credentials: tuple[bytes, bytes] | None, protocol: int) -> None:
        self._hub = hub
        self.credentials = credentials
        self.protocol = protocol
        self.users = 0
        self.greeting: list[bytes] = []
        if credentials is not None:
            self.greeting.append(request(b"AUTH", *credentials))
        if protocol == 3:
            self.greeting.append(request(b"HELLO", b"3"))
        self.links: list[Link] = []
        self._spare: dict[int, list[Link]] = {}
        self._lent: set[Link] = set()
        self.grow()

    @property
    def user(self) -> str:
        return "default" if self.credentials is None else self.credentials[0].decode("utf-8", "replace")

    def grow(self) -> None:
        """Makes a link for each shard that has none yet; it connects when it is first needed."""
        for shard in self._hub.shards[len(self.links) :]:
            self.links.append(Link(self._hub, self, shard))

    def borrow(self, shard: Shard) -> Link:
        """A connection for one client alone, until :meth:`give_back`."""
        spare = self._spare.get(shard.index, [])
        while spare:
            link = spare.pop()
            if link.ready and not link.dead:
                break
        else:
            link = Link(self._hub, self, shard, dedicated=True)
        self._lent.add(link)
        return link

    def give_back(self, link: Link, *, clean: bool) -> None:
        """Ends a loan.

        :param clean: the connection is in no transaction, watches nothing and owes no reply.
        """
        self._lent.discard(link)
        spare = self._spare.setdefault(link.shard.index, [])
        if clean and link.ready and not link.shard.gone and self.users and len(spare) < limits.SPARE:
            spare.append(link)
        else:
            link.close()

    def all_links(self) -> list[Link]:
        return [*self.links, *self._lent, *(link for spare in self._spare.values() for link in spare)]

    def forget_spares(self, shard: Shard) -> None:
        """Closes the idle connections to a shard that moved or left."""
        for link in self._spare.pop(shard.index, []):
            link.close()

    def close(self) -> None:
        for link in self.all_links():
            link.close()
        self._spare.clear()
        self._lent.clear()
