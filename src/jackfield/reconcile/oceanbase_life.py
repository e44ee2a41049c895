"""The server of an OceanBase tenant is stopped, and the tenant renamed, as its state asks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.engines.engine import NoSuchAccount
from jackfield.products.oceanbase.resources import Database, Instance, Tenant, User
from jackfield.products.oceanbase.states import LOCKED, ONLINE, PENDING_STOP, STOPPED
from jackfield.reconcile.endpoints import EndpointWork
from jackfield.reconcile.loop import wait_until
from jackfield.reconcile.oceanbase_servers import server_of
from jackfield.reconcile.stopping import close_and_stop
from jackfield.reconcile.turns import Turns
from jackfield.reconcile.world import World
from jackfield.store.interface import Tx


class TenantLife:
    """Each step may be repeated. :param endpoints: those of the same reconciler: they know what is served."""

    def __init__(self, world: World, endpoints: EndpointWork, turns: Turns) -> None:
        self._world = world
        self._endpoints = endpoints
        self._turns = turns

    def stop(self, tenant: Tenant, endpoints: Sequence[Endpoint]) -> None:
        """Closes every address, ends the server, says STOPPED.

        :raises Later: a relay is away, an address still accepts, the server does not end, or the pace is not over.
        """
        with self._turns.alone(tenant.id):
            server = server_of(self._world, tenant) if self._world.real else None
            evidence = close_and_stop(self._endpoints, endpoints, server)
        wait_until(tenant.settle_at)
        with self._world.store.write() as tx:
            current = tx.get(Tenant, tenant.id)
            if current is not None and current.status == PENDING_STOP:
                tx.put(msgspec.structs.replace(current, status=STOPPED), evidence=evidence)
                wake_instance(tx, current)

    def rename(self, tenant: Tenant) -> dict[str, Any]:
        """Gives the users the names that go with the tenant's new one.

        :return: who is known by it.
        """
        if not tenant.next_name or not self._world.real:
            return {}
        server = server_of(self._world, tenant)
        renamed = []
        with self._turns.alone(tenant.id):
            with self._world.store.read() as view:
                users = view.children(User, tenant.id)
            for user in users:
                login = f"{user.name}@{tenant.next_name}"
                with suppress(NoSuchAccount):  # one that is still to be made, or was dropped with SQL
                    server.rename_account(user.login, login)
                    renamed.append(login)
        return {"renamed": renamed}


def wake_instance(tx: Tx, tenant: Tenant) -> None:
    """Schedules the instance, which may be waiting for the tenant."""
    instance = tx.get(Instance, tenant.parent)
    if instance is not None:
        tx.schedule(instance)


def wake_contents(tx: Tx, tenant: Tenant) -> None:
    """Has the users log in as the tenant is called now, and schedules what waited for its server."""
    for user in tx.children(User, tenant.id):
        login = f"{user.name}@{tenant.name}"
        if user.login != login:
            tx.put(msgspec.structs.replace(user, login=login))
        if user.status not in (ONLINE, LOCKED):
            tx.schedule(user)
    for database in tx.children(Database, tenant.id):
        if database.status != ONLINE:
            tx.schedule(database)
