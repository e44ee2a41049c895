"""RDS accounts: what the store says of them is made so in the database server."""

from __future__ import annotations

from typing import Any

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.engines.engine import NoSuchAccount
from jackfield.products.rds.ordinary import ordinary_endpoint
from jackfield.products.rds.resources import DBAccount, DBInstance
from jackfield.products.rds.routes import routes
from jackfield.products.rds.states import AVAILABLE, STOPPED, UNAVAILABLE
from jackfield.reconcile.dialling import NotProven
from jackfield.reconcile.loop import Later, wait_until
from jackfield.reconcile.rds_databases import Grants
from jackfield.reconcile.rds_servers import server_of
from jackfield.reconcile.world import World
from jackfield.store.interface import Tx


class AccountReconciler:
    """Unavailable accounts are made, changed or deleted in the server; Available is said once one logged in.

    The proof goes the way of a client: through the listener of the ordinary endpoint, with the account's own password.
    One that is to get other privileges, but was dropped with SQL, is forgotten: nobody has its password any more.
    """

    kind = DBAccount.kind

    def __init__(self, world: World, grants: Grants) -> None:
        self._world = world
        self._grants = grants

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
            return None
        try:
            self._settle(account, self._make(account, instance, endpoint))
        except NoSuchAccount as error:
            self._remove(account, {"gone": str(error)})
        return None

    def _make(self, account: DBAccount, instance: DBInstance, endpoint: Endpoint | None) -> dict[str, Any]:
        if not self._world.real:
            return {"engines": "none"}
        server = server_of(self._world, instance)
        if account.wish == "grant" and not account.secret:
            return {"granted": self._grants.put(account, instance)}
        password = self._world.keyring.unseal(account.secret, context=account.id)
        if account.wish == "create":
            server.create_account(account.name, password, super=account.type == "Super")
        else:
            server.reset_password(account.name, password, super=account.type == "Super")
        granted = self._grants.put(account, instance)
        if endpoint is None or endpoint.status != "Serving":
            raise Later(0.1, "the private endpoint does not serve")
        settings = self._world.settings
        found = routes(instance, endpoint, server.target, drain=settings.drain, local_clients=settings.local_clients)
        try:
            said = server.prove_login(self._world.dialler, found[0], account.name, password)
        except NotProven as error:
            raise Later(0.1, str(error)) from error
        return {"logged_in": f"{found[0].address}:{found[0].port}", "granted": granted, **said}

    def _settle(self, account: DBAccount, evidence: dict[str, Any]) -> None:
        wait_until(account.settle_at)
        with self._world.store.write() as tx:
            if _unchanged(tx, account):
                tx.put(msgspec.structs.replace(account, status=AVAILABLE, secret=""), evidence=evidence)

    def _delete(self, account: DBAccount, instance: DBInstance) -> None:
        evidence: dict[str, Any] = {"engines": "none"}
        if self._world.real:
            server_of(self._world, instance).drop_account(account.name)
            evidence = {"dropped": account.name}
        self._remove(account, evidence)

    def _remove(self, account: DBAccount, evidence: dict[str, Any]) -> None:
        wait_until(account.settle_at)
        with self._world.store.write() as tx:
            if _unchanged(tx, account):
                tx.remove(account, evidence=evidence)


def _unchanged(tx: Tx, account: DBAccount) -> bool:
    """Whether the record is still the one that was worked on; false when it is gone.

    :raises Later: something else is wanted by now.
    """
    current = tx.get(DBAccount, account.id)
    if current is not None and current != account:
        raise Later(0.0, f"{account.id} is not what it was")
    return current is not None
