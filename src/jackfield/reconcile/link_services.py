"""PrivateLink services: what becomes of their states. They have no listeners; those are their endpoints'."""

from __future__ import annotations

import msgspec

from jackfield.products.privatelink.resources import Connection, EndpointService, ServiceResource
from jackfield.products.privatelink.states import ACTIVE, CREATING, DELETING, DISCONNECTED, PENDING, SERVICE_DELETED
from jackfield.reconcile.loop import wait_until
from jackfield.store.interface import Store, Tx


class LinkServiceReconciler:
    """Creating and Pending become Active; a service that is Deleting goes, and its endpoints are told."""

    kind = EndpointService.kind

    def __init__(self, store: Store) -> None:
        self._store = store

    def step(self, id: str) -> float | None:
        """:raises Later: the pace is not over."""
        with self._store.write() as tx:
            service = tx.get(EndpointService, id)
            if service is None or service.status == ACTIVE:
                return None
            wait_until(service.settle_at)
            if service.status in (CREATING, PENDING):
                behind = [f"{one.resource_id}/{one.zone_id}" for one in tx.children(ServiceResource, id)]
                tx.put(msgspec.structs.replace(service, status=ACTIVE), evidence={"resources": behind})
            elif service.status == DELETING:
                _end(tx, service)
        return None


def _end(tx: Tx, service: EndpointService) -> None:
    """Removes the record. Connections are Disconnected, or on their way out with their endpoint."""
    for connection in tx.children(Connection, service.id):
        if connection.status == DISCONNECTED:
            gone = msgspec.structs.replace(connection, status=SERVICE_DELETED, modified=tx.now)
            tx.put(gone, evidence={"service": "deleted"})
    tx.remove(service, evidence={"resources": []})
