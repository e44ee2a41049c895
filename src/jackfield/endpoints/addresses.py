"""Choosing addresses: of this machine for listeners, of a vSwitch for what the API reports."""

from __future__ import annotations

import ipaddress
import random
import secrets

from jackfield.endpoints.resources import ADDRESSES, vswitch_space
from jackfield.store.interface import Reader, Tx
from jackfield.store.resource import Resource

LOOPBACK_POOL = ipaddress.IPv4Network("127.64.0.0/10")
"""Where data folders take their own /20 from: far from 127.0.0.1 and from what distributions use."""

_POOL = "address-pool"


class PoolExhausted(Exception):
    """No address is left in a pool. ``pool`` names it."""

    def __init__(self, pool: str) -> None:
        super().__init__(f"no address is left in {pool}")
        self.pool = pool


def ensure_pool(tx: Tx, cidr: str = "") -> ipaddress.IPv4Network:
    """The data folder's own block of addresses, chosen at random and stored when the folder is new.

    Two data folders on one machine thereby rarely meet; where they do, the second bind fails and another address is
    chosen.

    :param cidr: another block (addresses of a container network, say); kept for later starts.
    """
    stored = tx.meta(_POOL)
    if cidr and cidr != stored:
        stored = str(ipaddress.IPv4Network(cidr))
        tx.set_meta(_POOL, stored)
    if stored is None:
        blocks = list(LOOPBACK_POOL.subnets(new_prefix=20))
        stored = str(secrets.choice(blocks))
        tx.set_meta(_POOL, stored)
    return ipaddress.IPv4Network(stored)


def pool(tx: Reader) -> ipaddress.IPv4Network:
    """The data folder's block of addresses."""
    stored = tx.meta(_POOL)
    if stored is None:
        raise PoolExhausted("the data folder: it has no address pool yet")
    return ipaddress.IPv4Network(stored)


def take_host_address(tx: Tx, resource: Resource, *, avoid: frozenset[str] = frozenset()) -> str:
    """Claims a free address of the pool for ``resource``.

    :param avoid: addresses that somebody else on this machine turned out to use.
    :raises PoolExhausted: none is left.
    """
    network = pool(tx)
    return _take(tx, resource, network, ADDRESSES, avoid, first=1, last=network.num_addresses - 2)


def take_vswitch_address(tx: Tx, resource: Resource, *, vswitch_id: str, cidr: str, wanted: str = "") -> str:
    """Claims an address of a vSwitch's block.

    The first and the last three addresses of a block are the vendor's own (VPC documents, CreateVSwitch).

    :param wanted: the caller's own choice.
    :raises ClaimTaken: the wanted address is in use.
    :raises PoolExhausted: the block has no free address, or ``wanted`` is none of it.
    """
    network = ipaddress.IPv4Network(cidr)
    if wanted:
        position = int(ipaddress.IPv4Address(wanted)) - int(network.network_address)
        if not 1 <= position <= network.num_addresses - 4:
            raise PoolExhausted(cidr)
        tx.claim(vswitch_space(vswitch_id), wanted, resource)
        return wanted
    return _take(tx, resource, network, vswitch_space(vswitch_id), frozenset(), first=1, last=network.num_addresses - 4)


def _take(
    tx: Tx,
    resource: Resource,
    network: ipaddress.IPv4Network,
    space: str,
    avoid: frozenset[str],
    *,
    first: int,
    last: int,
) -> str:
    """Looks from a random position on, a run of candidates at a time: a nearly full block costs few look-ups."""
    span = last - first + 1
    if span <= 0:
        raise PoolExhausted(str(network))
    start = random.randrange(span)
    base = int(network.network_address)
    for run in range(0, span, 64):
        candidates = [
            str(ipaddress.IPv4Address(base + first + (start + run + step) % span))
            for step in range(min(64, span - run))
        ]
        taken = tx.claimed(space, candidates) | avoid
        for candidate in candidates:
            if candidate not in taken:
                tx.claim(space, candidate, resource)
                return candidate
    raise PoolExhausted(str(network))
