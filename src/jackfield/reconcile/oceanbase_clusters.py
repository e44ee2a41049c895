"""OceanBase instances: what tenants are made in. They have no process of their own."""

from __future__ import annotations

from typing import Any

import msgspec

from jackfield.products.oceanbase.resources import Instance, Tenant
from jackfield.products.oceanbase.states import ONLINE, PENDING_CREATE, PENDING_DELETE
from jackfield.reconcile.loop import Later, wait_until
from jackfield.reconcile.oceanbase_servers import ENGINE
from jackfield.reconcile.world import World

_LOOK_SECONDS = 1.0


class ClusterReconciler:
    """PENDING_CREATE: this machine can start servers for tenants, ONLINE. PENDING_DELETE: the last tenant is gone, the
    record goes.
    """

    kind = Instance.kind

    def __init__(self, world: World) -> None:
        self._world = world

    def step(self, id: str) -> float | None:
        """:raises Later: the pace is not over, or tenants are left."""
        with self._world.store.read() as view:
            instance = view.get(Instance, id)
        if instance is None or instance.status == ONLINE:
            return None
        wait_until(instance.settle_at)
        evidence = self._facts()
        with self._world.store.write() as tx:
            current = tx.get(Instance, id)
            if current is None:
                return None
            if current.status == PENDING_CREATE:
                tx.put(msgspec.structs.replace(current, status=ONLINE), evidence=evidence)
            elif current.status == PENDING_DELETE:
                left = len(tx.children(Tenant, id))
                if left:
                    raise Later(_LOOK_SECONDS, f"{left} tenants are left")
                tx.remove(current, evidence={"tenants": 0})
        return None

    def _facts(self) -> dict[str, Any]:
        if not self._world.real:
            return {"engines": "none"}
        return {"engine": ENGINE.name, "version": ENGINE.find().version}
