"""Users of OceanBase tenants: what the store says of them is made so in the tenant's server."""

from __future__ import annotations

from typing import Any

import msgspec

from jackfield.engines.engine import NoSuchAccount
from jackfield.engines.wire.errors import ServerError, Unreachable
from jackfield.products.oceanbase.resources import Database, Tenant, User
from jackfield.products.oceanbase.states import LOCKED, ONLINE, PENDING_CREATE, PENDING_DELETE
from jackfield.reconcile.loop import Later
from jackfield.reconcile.oceanbase_servers import log_in, server_of
from jackfield.reconcile.turns import Turns
from jackfield.reconcile.world import World


class UserReconciler:
    """Users are made, changed or deleted in the server. ONLINE is said once the user logged in, where its password is
    at hand, and the server has its roles; LOCKED once the server says that it is.

    A server of the engine that runs here is one tenant and knows no others, so ``user@tenant``, as OceanBase's clients
    log in, is the whole name of the account. One that is to be changed, but was dropped with SQL, is forgotten: nobody
    has its password any more.

    :param turns: who works in a tenant's server does so alone.
    """

    kind = User.kind

    def __init__(self, world: World, turns: Turns) -> None:
        self._world = world
        self._turns = turns

    def step(self, id: str) -> float | None:
        """:raises Later: the server does not answer now."""
        with self._turns.alone(id.partition("/")[0]):
            self._work(id)
        return None

    def _work(self, id: str) -> None:
        with self._world.store.read() as view:
            user = view.get(User, id)
            tenant = view.get(Tenant, user.parent) if user else None
        if user is None or tenant is None or user.status in (ONLINE, LOCKED) or tenant.status != ONLINE:
            return  # users of a tenant that is being deleted go with it; a start schedules those of a stopped one
        real = self._world.real
        if real and not server_of(self._world, tenant).ready():
            raise Later(0.2, "the server does not answer")
        if user.status == PENDING_DELETE:
            self._delete(user, tenant, real)
            return
        try:
            evidence = self._make(user, tenant) if real else {"engines": "none"}
        except NoSuchAccount as error:
            self._remove(user, {"gone": str(error)})
        else:
            self._settle(user, evidence)

    def _make(self, user: User, tenant: Tenant) -> dict[str, Any]:
        server = server_of(self._world, tenant)
        password = self._world.keyring.unseal(user.secret, context=user.id) if user.secret else ""
        if user.status == PENDING_CREATE:
            server.create_account(user.login, password, super=user.admin)
        elif password:
            server.reset_password(user.login, password, super=user.admin)
        evidence: dict[str, Any] = {"roles": self._grant(user, tenant)}
        evidence["locked"] = server.set_locked(user.login, user.locked)
        if password and not user.locked:
            try:
                evidence |= {"logged_in": user.login, **log_in(self._world, tenant, user.login, password)}
            except (ServerError, Unreachable) as error:
                raise Later(0.1, str(error)) from error
        return evidence

    def _grant(self, user: User, tenant: Tenant) -> dict[str, str]:
        """Makes the server's privileges of a user those of its record; an ADMIN may do everything already."""
        if user.admin:
            return {}
        with self._world.store.read() as view:
            databases = [one.name for one in view.children(Database, tenant.id) if one.status == ONLINE]
        wanted: dict[str, str] = {one.database: one.privilege for one in user.grants if one.database in databases}
        if databases:
            server_of(self._world, tenant).set_grants(user.login, wanted, databases)
        return wanted

    def _settle(self, user: User, evidence: dict[str, Any]) -> None:
        settled = msgspec.structs.replace(user, status=LOCKED if user.locked else ONLINE, secret="")
        with self._world.store.write() as tx:
            if tx.get(User, user.id) == user:
                tx.put(settled, evidence=evidence)

    def _delete(self, user: User, tenant: Tenant, real: bool) -> None:
        if real:
            server_of(self._world, tenant).drop_account(user.login)
        self._remove(user, {"dropped": user.login} if real else {"engines": "none"})

    def _remove(self, user: User, evidence: dict[str, Any]) -> None:
        with self._world.store.write() as tx:
            if tx.get(User, user.id) == user:
                tx.remove(user, evidence=evidence)
