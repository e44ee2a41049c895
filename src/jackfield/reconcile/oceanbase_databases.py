"""Databases of OceanBase tenants: what the store says of them is made so in the tenant's server."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import msgspec

from jackfield.engines.engine import NoSuchAccount
from jackfield.engines.server_node import Characters
from jackfield.products.grants import without
from jackfield.products.oceanbase.resources import Database, Instance, Tenant, User
from jackfield.products.oceanbase.states import LOCKED, ONLINE, PENDING_CREATE, PENDING_DELETE, STOPPED
from jackfield.reconcile.instances import Rest
from jackfield.reconcile.loop import Later, wait_until
from jackfield.reconcile.oceanbase_servers import server_of
from jackfield.reconcile.turns import Turns
from jackfield.reconcile.world import World

OCEANBASE_RESTS = (
    Rest(User, frozenset((ONLINE, LOCKED))),
    Rest(Database, frozenset((ONLINE,))),
    Rest(Instance, frozenset((ONLINE, STOPPED))),
)


class TenantDatabaseReconciler:
    """PENDING_CREATE: the server has it, ONLINE. PENDING_DELETE: the server has it no more, the record goes, and all
    roles in it.

    :param turns: who works in a tenant's server does so alone.
    """

    kind = Database.kind

    def __init__(self, world: World, turns: Turns) -> None:
        self._world = world
        self._turns = turns

    def step(self, id: str) -> float | None:
        """:raises Later: the server does not answer now, or the pace is not over."""
        with self._turns.alone(id.partition("/")[0]):
            self._work(id)
        return None

    def _work(self, id: str) -> None:
        with self._world.store.read() as view:
            database = view.get(Database, id)
            tenant = view.get(Tenant, database.parent) if database else None
        if database is None or tenant is None or database.status == ONLINE or tenant.status != ONLINE:
            return  # those of a tenant that is being deleted go with it; a start schedules those of a stopped one
        if self._world.real and not server_of(self._world, tenant).ready():
            raise Later(0.2, "the server does not answer")
        if database.status == PENDING_CREATE:
            self._create(database, tenant)
        else:
            self._delete(database, tenant)

    def _create(self, database: Database, tenant: Tenant) -> None:
        evidence: dict[str, Any] = {"engines": "none"}
        has = Characters(charset=database.encoding, collate=database.collation)
        if self._world.real:
            has = server_of(self._world, tenant).create_database(database.name, has)
            evidence = {"database": database.name, **msgspec.structs.asdict(has)}
        wait_until(database.settle_at)
        with self._world.store.write() as tx:
            current = tx.get(Database, database.id)
            if current is not None and current.status == PENDING_CREATE:
                made = msgspec.structs.replace(current, status=ONLINE, encoding=has.charset, collation=has.collate)
                tx.put(made, evidence=evidence)

    def _delete(self, database: Database, tenant: Tenant) -> None:
        """Privileges go first: a server keeps those in databases that are gone, for one that comes by the same name."""
        evidence: dict[str, Any] = {"engines": "none"}
        with self._world.store.read() as view:
            users = view.children(User, tenant.id)
        if self._world.real:
            server = server_of(self._world, tenant)
            for user in users:
                if any(grant.database == database.name for grant in user.grants):
                    with suppress(NoSuchAccount):
                        server.set_grants(user.login, {}, [database.name])
            server.drop_database(database.name)
            evidence = {"dropped": database.name}
        wait_until(database.settle_at)
        with self._world.store.write() as tx:
            for user in tx.children(User, tenant.id):
                left = without(user.grants, database.name)
                if left != user.grants:
                    tx.put(msgspec.structs.replace(user, grants=left))
            current = tx.get(Database, database.id)
            if current is not None and current.status == PENDING_DELETE:
                tx.remove(current, evidence=evidence)
