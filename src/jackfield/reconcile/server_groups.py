"""Server groups: settled once the relay has what was changed of them."""

from __future__ import annotations

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.endpoints.uses import users
from jackfield.products.nlb.resources import Listener, LoadBalancer, Server, ServerGroup
from jackfield.products.nlb.states import AVAILABLE, DELETING, REMOVING
from jackfield.reconcile.balancer_plan import NETWORK, planned
from jackfield.reconcile.loop import Later, wait_until
from jackfield.reconcile.world import World
from jackfield.relay.client import RelayDown
from jackfield.relay.route import Route
from jackfield.store.interface import Reader
from jackfield.store.resource import Evidence

_LOOK_SECONDS = 0.05


class ServerGroupReconciler:
    """Creating, Configuring: every listener with the group has its servers as they are now, which the routes on the
    relay's disk show; then the group is Available, and so are its servers. Deleting: the record goes.

    Telling the relay is the load balancers' reconciler's.
    """

    kind = ServerGroup.kind
    resource = ServerGroup
    settled = AVAILABLE

    def __init__(self, world: World) -> None:
        self._world = world

    def step(self, id: str) -> float | None:
        """:raises Later: the pace is not over, or the relay does not have it yet."""
        with self._world.store.read() as view:
            group = view.get(ServerGroup, id)
            plans = self._plans(view, group) if group is not None and self._world.real else {}
        if group is None:
            return None
        if group.status != AVAILABLE:
            wait_until(group.settle_at)
            self._settle(group, self._seen(plans))
        self._world.tended.note(id)
        return None

    def _plans(self, view: Reader, group: ServerGroup) -> dict[str, dict[str, Route]]:
        """Endpoint → the routes, by key, that lead to servers of the group."""
        found: dict[str, dict[str, Route]] = {}
        for _, id in users(view, group.id):
            load_balancer = view.get(LoadBalancer, id)
            if load_balancer is None:
                continue
            ports = {one.port for one in view.children(Listener, id) if one.group_id == group.id}
            for endpoint in view.children(Endpoint, id):
                if endpoint.status == "Serving":
                    plan = planned(self._world, view, NETWORK, load_balancer, endpoint)
                    found[endpoint.id] = {route.key: route for route in plan if route.port in ports}
        return found

    def _seen(self, plans: dict[str, dict[str, Route]]) -> Evidence:
        """:raises Later: the relay is down, or its routes are not the planned ones yet."""
        if not self._world.real:
            return {"engines": "none"}
        relay = self._world.relays["tcp"]
        try:
            for owner, plan in plans.items():
                recorded = {route.key: route for route in relay.routes(owner)}
                late = sorted(key for key, route in plan.items() if not _agree(recorded.get(key), route))
                if late:
                    raise Later(_LOOK_SECONDS, f"the relay has not {', '.join(late)} yet")
        except RelayDown as error:
            raise Later(_LOOK_SECONDS, str(error)) from error
        return {"routes": sorted(key for plan in plans.values() for key in plan)}

    def _settle(self, group: ServerGroup, evidence: Evidence) -> None:
        with self._world.store.write() as tx:
            current = tx.get(ServerGroup, group.id)
            if current is None or (current.status, current.change) != (group.status, group.change):
                return
            for server in tx.children(Server, group.id):
                if server.status == REMOVING:
                    tx.remove(server, evidence=evidence)
                elif server.status != AVAILABLE:
                    tx.put(msgspec.structs.replace(server, status=AVAILABLE), evidence=evidence)
            if current.status == DELETING:
                tx.remove(current, evidence=evidence)
            else:
                settled = msgspec.structs.replace(current, status=AVAILABLE, changed=current.change)
                tx.put(settled, evidence=evidence)


def _agree(recorded: Route | None, plan: Route) -> bool:
    """Whether the relay's route has what a server group says of it."""
    return recorded is not None and (
        (recorded.backends, recorded.balance, recorded.health) == (plan.backends, plan.balance, plan.health)
    )
