"""VPCs and vSwitches become available, and go, once nothing of theirs is outstanding."""

from __future__ import annotations

import ipaddress
from typing import Any

import msgspec

from jackfield.endpoints.resources import vpc_space, vswitch_space
from jackfield.endpoints.uses import users
from jackfield.products.vpc.resources import AVAILABLE, PENDING, Vpc, VSwitch
from jackfield.reconcile.loop import Later, wait_until
from jackfield.store.interface import Reader, Store


class NetworkReconciler:
    """Settles one kind of network. What makes it available is its block, which the store holds for it alone.

    A VPC is a block of addresses here: none of it is bound on this machine before an endpoint needs it.
    """

    def __init__(self, store: Store, type_: type[Vpc] | type[VSwitch]) -> None:
        self.kind = type_.kind
        self._type = type_
        self._store = store

    def step(self, id: str) -> float | None:
        """:raises Later: the pace is not over, or something has to be there (or gone) first."""
        with self._store.write() as tx:
            network = tx.get(self._type, id)
            if network is None or network.status != PENDING:
                return None
            wait_until(network.settle_at)
            if network.deleting:
                tx.remove(network, evidence=_nothing_left(tx, network))
            else:
                tx.put(msgspec.structs.replace(network, status=AVAILABLE), evidence=_block_held(tx, network))
        return None


def _block_held(tx: Reader, network: Vpc | VSwitch) -> dict[str, Any]:
    """:raises Later: a vSwitch's VPC is not available yet."""
    evidence: dict[str, Any] = {
        "cidr": network.cidr,
        "addresses": ipaddress.IPv4Network(network.cidr).num_addresses,
    }
    if isinstance(network, VSwitch):
        vpc = tx.get(Vpc, network.parent)
        if vpc is not None and vpc.status == PENDING:
            raise Later(0.05, f"{vpc.id} is {vpc.status}")
        evidence["vpc"] = network.parent
    return evidence


def _nothing_left(tx: Reader, network: Vpc | VSwitch) -> dict[str, Any]:
    """:raises Later: something is still in it."""
    left: dict[str, Any] = {"users": len(users(tx, network.id))}
    if isinstance(network, VSwitch):
        left["addresses"] = tx.count_claims(vswitch_space(network.id))
    else:
        left["vswitches"] = len(tx.children(VSwitch, network.id))
        left["endpoints"] = tx.count_claims(vpc_space(network.id))
    if any(left.values()):
        raise Later(0.5, f"{network.id} is not empty: {left}")
    return left
