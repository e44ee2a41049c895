"""The server of an RDS instance is ended and started as its state asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.processes import ProcessId
from jackfield.products.rds.contents import DBDatabase
from jackfield.products.rds.resources import DBAccount, DBInstance
from jackfield.products.rds.states import DATABASE_RUNNING, HA_SWITCHING, REBOOTING, STOPPED, STOPPING, UNAVAILABLE
from jackfield.reconcile.endpoints import EndpointWork
from jackfield.reconcile.loop import wait_until
from jackfield.reconcile.rds_servers import server_of
from jackfield.reconcile.stopping import close_and_stop
from jackfield.reconcile.world import World
from jackfield.store.interface import Tx

ANEW = (REBOOTING, HA_SWITCHING)
"""States that end the server and start another."""


class Life:
    """Each step may be repeated. :param endpoints: those of the same reconciler: they know what is served."""

    def __init__(self, world: World, endpoints: EndpointWork) -> None:
        self._world = world
        self._endpoints = endpoints

    def renew(self, instance: DBInstance) -> dict[str, Any]:
        """Ends the server process that ran when this was asked for, once, and starts another.

        :return: which one ended.
        """
        if not self._world.real:
            return {"engines": "none"}
        server = server_of(self._world, instance)
        running = server.start()
        ending = instance.ending or self._note(instance, running)
        if running in ending:
            self._world.deaths.add(instance.id, server.restart())
        return {"ended": [process.pid for process in ending]}

    def stop(self, instance: DBInstance, endpoints: Sequence[Endpoint]) -> None:
        """Closes every address, ends the server, says Stopped.

        :raises Later: a relay is away, an address still accepts, the server does not end, or the pace is not over.
        """
        server = server_of(self._world, instance) if self._world.real else None
        evidence = close_and_stop(self._endpoints, endpoints, server)
        wait_until(instance.settle_at)
        with self._world.store.write() as tx:
            current = tx.get(DBInstance, instance.id)
            if current is not None and current.status == STOPPING:
                tx.put(msgspec.structs.replace(current, status=STOPPED), evidence=evidence)

    def _note(self, instance: DBInstance, running: ProcessId) -> tuple[ProcessId, ...]:
        """Remembers which process is to end, so that none that was started since ends again after a crash."""
        with self._world.store.write() as tx:
            current = tx.get(DBInstance, instance.id)
            if current is not None and current.status in ANEW:
                tx.put(msgspec.structs.replace(current, ending=(running,)))
        return (running,)


def renewed(instance: DBInstance) -> DBInstance:
    """An instance as it is once its transition is over, but for the status."""
    primary = instance.next_primary if instance.status == HA_SWITCHING else instance.primary
    return msgspec.structs.replace(instance, ending=(), primary=primary, next_primary=primary)


def wake(tx: Tx, instance: DBInstance) -> None:
    """Schedules what an instance's stop left undone in its server."""
    for account in tx.children(DBAccount, instance.id):
        if account.status == UNAVAILABLE:
            tx.schedule(account)
    for database in tx.children(DBDatabase, instance.id):
        if database.status != DATABASE_RUNNING:
            tx.schedule(database)
