"""Giving a cluster's shards addresses of this machine that are nobody else's.

Whoever uses an address shows it: a shard by its cluster bus, any other endpoint by its listener. Both look *after* they
have bound, so of two data folders that meet at an address at least one sees the other and moves on.
"""

from __future__ import annotations

import msgspec

from jackfield.endpoints.addresses import take_host_address
from jackfield.endpoints.resources import ADDRESSES
from jackfield.engines.redis import BUS_PORT
from jackfield.products.tair.resources import Instance, Shard
from jackfield.reconcile.dialling import is_free, listening_ports
from jackfield.store.interface import Store, Tx


def place(store: Store, instance: Instance, taken: frozenset[str] = frozenset()) -> Instance:
    """Chooses and stores addresses of the shards that have none, or one of ``taken``.

    :raises PoolExhausted: there are not enough.
    """
    with store.write() as tx:
        current = tx.get(Instance, instance.id)
        if current is None:
            return instance
        placed = tuple(
            shard
            if shard.address and shard.address not in taken
            else msgspec.structs.replace(shard, address=another(tx, current, taken))
            for shard in current.shards
        )
        for address in taken:
            tx.unclaim(ADDRESSES, address, current)
        current = msgspec.structs.replace(current, shards=placed)
        tx.put(current)
    return current


def is_shared(shard: Shard, *, running: bool) -> bool:
    """Whether somebody else uses a shard's address, which has no direct endpoint yet.

    :param running: the shard's server runs, so that the bus there is its own.
    """
    others = listening_ports(shard.address) - {BUS_PORT}
    return bool(others) or (not running and not is_free(shard.address, BUS_PORT))


def another(tx: Tx, instance: Instance, taken: frozenset[str]) -> str:
    """Claims an address for a shard that nobody else on this machine seems to use.

    :param taken: addresses that somebody turned out to use. :raises PoolExhausted: there is none.
    """
    avoid = set(taken)
    while True:
        address = take_host_address(tx, instance, avoid=frozenset(avoid))
        if is_free(address, BUS_PORT) and not listening_ports(address):
            return address
        avoid.add(address)
        tx.unclaim(ADDRESSES, address, instance)
