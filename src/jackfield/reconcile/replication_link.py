"""The way from a replica to its primary where the engine follows over TCP only and servers have no port (MariaDB).

The relay carries it: at an address of this machine, which the replica claims, it leads to the primary's socket. There
it ends TLS and admits who shows the replica's own certificate and nobody else, so that it is no way around the
primary's whitelist; the primary then asks for the password of the user that may replicate and nothing else.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from jackfield.endpoints.addresses import take_host_address
from jackfield.endpoints.resources import ADDRESSES
from jackfield.products.rds.resources import DBInstance
from jackfield.reconcile.loop import Later
from jackfield.reconcile.world import World
from jackfield.relay.client import RelayDown
from jackfield.relay.route import Ack, Backend, Route, Tls

PORT = 3306
_TIMEOUT = 10.0


class ReplicationLinks:
    """Opens and closes these ways. Each step may be repeated."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._told: dict[str, Route] = {}

    def open(self, replica: DBInstance, target: str) -> tuple[str, Path]:
        """Makes the way to the server at ``target``; its address, and the file that the replica shows there.

        :raises Later: the relay is away, or the address turned out to be somebody else's and another one is tried.
        """
        address = replica.link_address or self._choose(replica, frozenset())
        authority = self._world.authority()
        owner = _owner(replica)
        certificate = authority.certify([owner], [address], since=replica.created)
        route = Route(
            key=f"{owner}/0:{PORT}",
            owner=owner,
            address=address,
            port=PORT,
            backends=(Backend(target=target, name=replica.parent),),
            local_clients="allow",
            tls=Tls(protocol="mysql", certificate=str(certificate.path), required=True, mutual=True),
        )
        if self._told.get(replica.id) != route:
            if any(bound.error for bound in self._replace(owner, (route,)).bound):
                self._choose(replica, frozenset((address,)))
                raise Later(0.0, f"{address}:{PORT} is in use")
            self._told[replica.id] = route
        return address, authority.certify_client(owner, since=replica.created)

    def close(self, replica: DBInstance) -> None:
        """Takes the way away.

        :raises Later: the relay is away.
        """
        owner = _owner(replica)
        self._told.pop(replica.id, None)
        self._replace(owner, ())
        self._world.relays["tcp"].forget(owner)

    def _choose(self, replica: DBInstance, avoid: frozenset[str]) -> str:
        with self._world.store.write() as tx:
            current = tx.get(DBInstance, replica.id)
            if current is None:
                raise Later(0.0, f"{replica.id} is gone")
            address = take_host_address(tx, current, avoid=avoid)
            for taken in avoid:
                tx.unclaim(ADDRESSES, taken, current)
            tx.put(msgspec.structs.replace(current, link_address=address))
        return address

    def _replace(self, owner: str, routes: tuple[Route, ...]) -> Ack:
        try:
            return self._world.relays["tcp"].replace(owner, routes, timeout=_TIMEOUT)
        except RelayDown as error:
            raise Later(0.05, str(error)) from error


def _owner(replica: DBInstance) -> str:
    return f"{replica.id}/replication"
