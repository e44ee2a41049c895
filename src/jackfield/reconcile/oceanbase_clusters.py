"""OceanBase instances: what tenants are made in. They have no process of their own."""

from __future__ import annotations

from typing import Any

import msgspec

from jackfield.products.oceanbase.resources import Instance, Tenant
from jackfield.products.oceanbase.states import (
    ONLINE,
    PENDING_CREATE,
    PENDING_DELETE,
    PENDING_START,
    PENDING_STOP,
    PENDING_UPDATE,
    STOPPED,
)
from jackfield.reconcile.loop import Later, wait_until
from jackfield.reconcile.oceanbase_servers import ENGINE
from jackfield.reconcile.world import World

_LOOK_SECONDS = 1.0
_SETTLED = {PENDING_CREATE: ONLINE, PENDING_UPDATE: ONLINE, PENDING_STOP: STOPPED, PENDING_START: ONLINE}


class ClusterReconciler:
    """PENDING_CREATE and PENDING_UPDATE: this machine can start servers for tenants, ONLINE. PENDING_STOP: every tenant
    is STOPPED, so is it. PENDING_START: back again. PENDING_DELETE: the last tenant is gone, the record goes.
    """

    kind = Instance.kind

    def __init__(self, world: World) -> None:
        self._world = world

    def step(self, id: str) -> float | None:
        """:raises Later: the pace is not over, or tenants are left."""
        with self._world.store.read() as view:
            instance = view.get(Instance, id)
        if instance is None or instance.status in (ONLINE, STOPPED):
            return None
        wait_until(instance.settle_at)
        evidence = self._facts()
        with self._world.store.write() as tx:
            current = tx.get(Instance, id)
            if current is None:
                return None
            tenants = tx.children(Tenant, id)
            if current.status == PENDING_DELETE:
                _wait_for([one.id for one in tenants], "is left")
                tx.remove(current, evidence={"tenants": 0})
            elif current.status in _SETTLED:
                settled = _SETTLED[current.status]
                if current.status in (PENDING_STOP, PENDING_START):
                    others = [one.id for one in tenants if one.status not in (settled, PENDING_DELETE)]
                    _wait_for(others, f"is not {settled}")
                    evidence = {**evidence, "tenants": {one.id: one.status for one in tenants}}
                tx.put(msgspec.structs.replace(current, status=settled), evidence=evidence)
        return None

    def _facts(self) -> dict[str, Any]:
        if not self._world.real:
            return {"engines": "none"}
        return {"engine": ENGINE.name, "version": ENGINE.find().version}


def _wait_for(tenants: list[str], why: str) -> None:
    """:raises Later: there are any."""
    if tenants:
        raise Later(_LOOK_SECONDS, f"{', '.join(tenants)} {why}")
