"""Endpoints that lead to a primary and its read-only instances: their routes, and the proof that they do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.engines.server_node import INTERNAL
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.router_routes import router_routes
from jackfield.products.rds.routers import Router, addresses_of, in_service
from jackfield.reconcile.dialling import Dialler, NotProven
from jackfield.reconcile.endpoints import Prove
from jackfield.reconcile.rds_servers import server_of
from jackfield.reconcile.world import World
from jackfield.relay.client import RelayDown
from jackfield.relay.route import Route, Tls, role_of
from jackfield.store.files import create_whole, private_folder
from jackfield.store.interface import Tx


class Routers:
    """What the reconciler of RDS instances asks about endpoints of routers."""

    def __init__(self, world: World) -> None:
        self._world = world

    def router(self, endpoint: Endpoint) -> Router | None:
        """Of an endpoint; ``None`` for other endpoints."""
        if not endpoint.router:
            return None
        with self._world.store.read() as view:
            return view.get(Router, endpoint.router)

    def plan(self, instance: DBInstance, endpoint: Endpoint, router: Router, tls: Tls | None) -> tuple[Route, ...]:
        """The routes of a router's endpoint."""
        with self._world.store.read() as view:
            replicas = in_service(view, instance.id)
        members = (instance, *replicas)
        return router_routes(
            router,
            instance,
            replicas,
            endpoint,
            {one.id: server_of(self._world, one).target for one in members},
            logins=self._logins(members),
            drain=self._world.settings.drain,
            local_clients=self._world.settings.local_clients,
            tls=tls,
        )

    def prover(self, endpoints: Sequence[Endpoint], prove: Prove) -> Prove:
        """Proves routes as ``prove`` does; of a new one, too, that it has somebody to read from."""
        fresh = {one.id for one in endpoints if one.router and one.status == "Creating"}

        def proven(dialler: Dialler, route: Route) -> Mapping[str, Any]:
            """:raises NotProven: nothing answers, or no read-only instance is fit yet."""
            said = prove(dialler, route)
            if route.mode != "sql":
                return said
            try:
                found = self._world.relays[role_of(route.mode)].health(route.owner)
            except RelayDown as error:
                raise NotProven(str(error)) from error
            wanted = {one.name for one in route.backends[1:] if one.weight}
            fit = sorted(wanted & {one.name for one in found if one.route == route.key and one.healthy})
            if route.owner in fresh and wanted and not fit:
                raise NotProven(f"{route.place}: no read-only instance is read from yet")
            return {**said, "read_from": fit}

        return proven

    def _logins(self, members: Sequence[DBInstance]) -> str:
        """The file that tells the relay how to ask servers; a read-only instance has its primary's passwords."""
        logins = {one.id: (INTERNAL, self._world.keyring.derive(f"rds {one.parent or one.id}")) for one in members}
        content = msgspec.json.encode(logins)
        folder = self._world.folder.root / "logins"
        path = folder / f"{hashlib.sha256(content).hexdigest()[:32]}.json"
        if not path.exists():
            private_folder(folder)
            create_whole(path, lambda empty: _fill(empty, content))
        return str(path)


def settle_routers(tx: Tx, instance: DBInstance) -> None:
    """Notes that the routers of an instance serve; removes those that have no endpoint any more."""
    for router in tx.children(Router, instance.id):
        if not addresses_of(tx, router):
            tx.remove(router)
        elif not router.settled:
            tx.put(msgspec.structs.replace(router, settled=True))


def _fill(path: Path, content: bytes) -> None:
    path.write_bytes(content)
