"""Users of OceanBase tenants: what the store says of them is made so in the tenant's server."""

from __future__ import annotations

from typing import Any

import msgspec

from jackfield.engines.wire.errors import ServerError, Unreachable
from jackfield.products.oceanbase.resources import Tenant, User
from jackfield.products.oceanbase.states import ONLINE, PENDING_DELETE, PENDING_UPDATE
from jackfield.reconcile.loop import Later
from jackfield.reconcile.oceanbase_servers import log_in, server_of
from jackfield.reconcile.world import World


class UserReconciler:
    """Users are made, changed or deleted in the server; ONLINE is said once the user logged in.

    A server of the engine that runs here is one tenant and knows no others, so ``user@tenant``, as OceanBase's clients
    log in, is the whole name of the account.
    """

    kind = User.kind

    def __init__(self, world: World) -> None:
        self._world = world

    def step(self, id: str) -> float | None:
        """:raises Later: the server does not answer now."""
        with self._world.store.read() as view:
            user = view.get(User, id)
            tenant = view.get(Tenant, user.parent) if user else None
        if user is None or tenant is None or user.status == ONLINE or tenant.status != ONLINE:
            return None  # users of a tenant that is being deleted go with it
        real = self._world.real
        if real and not server_of(self._world, tenant).ready():
            raise Later(0.2, "the server does not answer")
        if user.status == PENDING_DELETE:
            self._delete(user, tenant, real)
        else:
            self._settle(user, self._make(user, tenant) if real else {"engines": "none"})
        return None

    def _make(self, user: User, tenant: Tenant) -> dict[str, Any]:
        password = self._world.keyring.unseal(user.secret, context=user.id)
        server = server_of(self._world, tenant)
        if user.status == PENDING_UPDATE:
            server.reset_password(user.login, password, super=user.admin)
        else:
            server.create_account(user.login, password, super=user.admin)
        try:
            return {"logged_in": user.login, **log_in(self._world, tenant, user.login, password)}
        except (ServerError, Unreachable) as error:
            raise Later(0.1, str(error)) from error

    def _settle(self, user: User, evidence: dict[str, Any]) -> None:
        with self._world.store.write() as tx:
            if tx.get(User, user.id) == user:
                tx.put(msgspec.structs.replace(user, status=ONLINE, secret=""), evidence=evidence)

    def _delete(self, user: User, tenant: Tenant, real: bool) -> None:
        if real:
            server_of(self._world, tenant).drop_account(user.login)
        with self._world.store.write() as tx:
            if tx.get(User, user.id) == user:
                tx.remove(user, evidence={"dropped": user.login} if real else {"engines": "none"})
