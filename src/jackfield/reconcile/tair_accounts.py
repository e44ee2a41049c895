"""Tair accounts: what the store says of them is made so in every server of their instance.

The instance's reconciler works on them, one step at a time, because it alone writes its servers' configuration.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from jackfield.engines.redis import RedisNode
from jackfield.products.tair.resources import Account, Instance
from jackfield.products.tair.states import AVAILABLE, UNAVAILABLE
from jackfield.reconcile.world import World

LogIn = Callable[[str, str], Mapping[str, Any]]
"""Logs in (user, password) to every server, the way a client of the ordinary address does; raises ``Later``."""


class AccountWork:
    """Unavailable accounts are made, changed or deleted; Available is said once one with a new password logged in."""

    def __init__(self, world: World) -> None:
        self._world = world

    def work(
        self, instance: Instance, nodes: Callable[[Sequence[Account]], Sequence[RedisNode]], log_in: LogIn
    ) -> float | None:
        """Does what is due.

        :param nodes: the instance's servers with these accounts.
        :return: seconds until more is due; ``None`` when nothing is.
        :raises Later: a new password does not log in yet.
        """
        with self._world.store.read() as view:
            accounts = view.children(Account, instance.id)
        now = time.time()
        pending = [one for one in accounts if one.status == UNAVAILABLE]
        due = [one for one in pending if one.settle_at <= now]
        if due:
            evidence: dict[str, Any] = {"engines": "none"}
            if self._world.real:
                servers = nodes(accounts)
                for node in servers:
                    self._world.redis.set_users(node)
                evidence = {"set_in": [node.id for node in servers]}
            for account in due:
                self._settle(account, {**evidence, **self._logged_in(account, log_in)})
        waiting = [one.settle_at - now for one in pending if one not in due]
        return max(0.0, min(waiting)) if waiting else None

    def _logged_in(self, account: Account, log_in: LogIn) -> Mapping[str, Any]:
        if not self._world.real or account.wish == "delete" or not account.secret:
            return {}
        password = self._world.keyring.unseal(account.secret, context=account.id)
        return {"logged_in": log_in(account.name, password)}

    def _settle(self, account: Account, evidence: Mapping[str, Any]) -> None:
        """Says that it is done, unless the account was changed meanwhile."""
        with self._world.store.write() as tx:
            current = tx.get(Account, account.id)
            if current is None or current != account:
                return
            if account.wish == "delete":
                tx.remove(current, evidence=evidence)
            else:
                tx.put(msgspec.structs.replace(current, status=AVAILABLE, secret=""), evidence=evidence)
