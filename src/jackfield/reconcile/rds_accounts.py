"""RDS accounts: what the store says of them is made so in the database server."""

from __future__ import annotations

from typing import Any

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.products.rds.ordinary import ordinary_endpoint
from jackfield.products.rds.resources import DBAccount, DBInstance
from jackfield.products.rds.routes import routes
from jackfield.products.rds.states import AVAILABLE, STOPPED, UNAVAILABLE
from jackfield.reconcile.dialling import NotProven
from jackfield.reconcile.loop import Later
from jackfield.reconcile.rds_servers import server_of
from jackfield.reconcile.world import World


class AccountReconciler:
    """Unavailable accounts are made, changed or deleted in the server; Available is said once one logged in.

    The proof goes the way of a client: through the listener of the ordinary endpoint, with the account's own password.
    """

    kind = DBAccount.kind

    def __init__(self, world: World) -> None:
        self._world = world

    def step(self, id: str) -> float | None:
        """:raises Later: the server or its endpoint does not serve now."""
        with self._world.store.read() as view:
            account = view.get(DBAccount, id)
            instance = view.get(DBInstance, account.parent) if account else None
            endpoint = ordinary_endpoint(view, instance.id) if instance else None
        if account is None or instance is None or account.status != UNAVAILABLE or instance.status == STOPPED:
            return None  # the start of a stopped instance schedules its accounts
        if account.wish == "delete":
            self._delete(account, instance)
        else:
            self._settle(account, self._make(account, instance, endpoint))
        return None

    def _make(self, account: DBAccount, instance: DBInstance, endpoint: Endpoint | None) -> dict[str, Any]:
        if not self._world.real:
            return {"engines": "none"}
        password = self._world.keyring.unseal(account.secret, context=account.id)
        server = server_of(self._world, instance)
        if account.wish == "create":
            server.create_account(account.name, password, super=account.type == "Super")
        else:
            server.reset_password(account.name, password, super=account.type == "Super")
        if endpoint is None or endpoint.status != "Serving":
            raise Later(0.1, "the private endpoint does not serve")
        settings = self._world.settings
        found = routes(instance, endpoint, server.target, drain=settings.drain, local_clients=settings.local_clients)
        try:
            said = server.prove_login(self._world.dialler, found[0], account.name, password)
        except NotProven as error:
            raise Later(0.1, str(error)) from error
        return {"logged_in": f"{found[0].address}:{found[0].port}", **said}

    def _settle(self, account: DBAccount, evidence: dict[str, Any]) -> None:
        with self._world.store.write() as tx:
            current = tx.get(DBAccount, account.id)
            if current is not None and current == account:
                tx.put(msgspec.structs.replace(current, status=AVAILABLE, secret=""), evidence=evidence)

    def _delete(self, account: DBAccount, instance: DBInstance) -> None:
        evidence: dict[str, Any] = {"engines": "none"}
        if self._world.real:
            server_of(self._world, instance).drop_account(account.name)
            evidence = {"dropped": account.name}
        with self._world.store.write() as tx:
            current = tx.get(DBAccount, account.id)
            if current is not None and current == account:
                tx.remove(current, evidence=evidence)
