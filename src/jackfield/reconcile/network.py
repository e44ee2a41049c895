"""VPCs and vSwitches become available once nothing of theirs is outstanding."""

from __future__ import annotations

import ipaddress

import msgspec

from jackfield.products.vpc.resources import AVAILABLE, PENDING, Vpc, VSwitch
from jackfield.reconcile.loop import Later, wait_until
from jackfield.store.interface import Store


class NetworkReconciler:
    """Settles one kind of network. What makes it available is its block, which the store holds for it alone.

    A VPC is a block of addresses here: none of it is bound on this machine before an endpoint needs it.
    """

    def __init__(self, store: Store, type_: type[Vpc] | type[VSwitch]) -> None:
        self.kind = type_.kind
        self._type = type_
        self._store = store

    def step(self, id: str) -> float | None:
        """:raises Later: the pace is not over, or a vSwitch's VPC is not available yet."""
        with self._store.write() as tx:
            network = tx.get(self._type, id)
            if network is None or network.status != PENDING:
                return None
            wait_until(network.settle_at)
            evidence = {"cidr": network.cidr, "addresses": ipaddress.IPv4Network(network.cidr).num_addresses}
            if isinstance(network, VSwitch):
                vpc = tx.get(Vpc, network.parent)
                if vpc is not None and vpc.status == PENDING:
                    raise Later(0.05, f"{vpc.id} is {vpc.status}")
                evidence["vpc"] = network.parent
            tx.put(msgspec.structs.replace(network, status=AVAILABLE), evidence=evidence)
        return None
