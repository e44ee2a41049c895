"""VPCs and vSwitches become available, and go, once nothing of theirs is outstanding."""

from __future__ import annotations

import ipaddress
from typing import Any

import msgspec

from jackfield.endpoints.resources import vpc_space, vswitch_space
from jackfield.endpoints.uses import users
from jackfield.products.vpc.resources import AVAILABLE, PENDING, Vpc, VSwitch
from jackfield.reconcile.loop import Later, wait_until
from jackfield.reconcile.vpcs import Vpcs
from jackfield.store.interface import Reader, Store


class NetworkReconciler:
    """Settles one kind of network.

    What makes it available is its block, which the store holds for it alone, and, for a VPC, its namespace where the
    system has them: from then on programs may stand in it.
    """

    def __init__(self, store: Store, vpcs: Vpcs, type_: type[Vpc] | type[VSwitch]) -> None:
        self.kind = type_.kind
        self._type = type_
        self._store = store
        self._vpcs = vpcs

    def step(self, id: str) -> float | None:
        """:raises Later: the pace is not over, or something has to be there (or gone) first."""
        with self._store.read() as view:
            network = view.get(self._type, id)
        if network is None or network.status != PENDING:
            return None
        wait_until(network.settle_at)
        namespace = self._namespace(network)
        with self._store.write() as tx:
            current = tx.get(self._type, id)
            if current != network:
                return 0.0
            if network.deleting:
                tx.remove(network, evidence={**_nothing_left(tx, network), **namespace})
            else:
                settled = msgspec.structs.replace(network, status=AVAILABLE)
                tx.put(settled, evidence={**_block_held(tx, network), **namespace})
        if isinstance(network, VSwitch):
            self._vpcs.publish(network.parent)  # clients of the VPC stand in its oldest vSwitch
        return None

    def _namespace(self, network: Vpc | VSwitch) -> dict[str, Any]:
        """Makes, or ends, the namespace of a VPC; vSwitches have none of their own."""
        if not isinstance(network, Vpc):
            return {}
        if not network.deleting:
            return {"namespace": self._vpcs.publish(network.id)}
        with self._store.read() as view:
            _nothing_left(view, network)
        return {"namespace_ended": self._vpcs.remove(network.id)}


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
