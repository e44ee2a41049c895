"""Looking up what a call is about: it has to be the caller's, and in the region that the call names."""

from __future__ import annotations

import msgspec

from jackfield.products.operation import Call
from jackfield.products.privatelink.errors import (
    EndpointConnectionNotFound,
    EndpointNotFound,
    EndpointOperationDenied,
    EndpointProtected,
    EndpointServiceDeleted,
    EndpointServiceNotFound,
    EndpointServiceOperationDenied,
)
from jackfield.products.privatelink.resources import Connection, EndpointService, VpcEndpoint
from jackfield.products.privatelink.states import ACTIVE, PENDING, SERVICE_DELETED
from jackfield.store.interface import Reader, Tx


def own_service(tx: Reader, call: Call, region: str, id: str) -> EndpointService:
    """:raises EndpointServiceNotFound: it is unknown, somebody else's, or of another region."""
    service = tx.get(EndpointService, id)
    if service is None or service.account != call.account or service.region != region:
        raise EndpointServiceNotFound
    return service


def own_endpoint(tx: Reader, call: Call, region: str, id: str) -> VpcEndpoint:
    """:raises EndpointNotFound: it is unknown, somebody else's, or of another region."""
    endpoint = tx.get(VpcEndpoint, id)
    if endpoint is None or endpoint.account != call.account or endpoint.region != region:
        raise EndpointNotFound
    return endpoint


def connection_of(tx: Reader, endpoint: VpcEndpoint) -> Connection:
    """An endpoint's connection, which lives as long as the endpoint."""
    connection = tx.get(Connection, endpoint.id)
    if connection is None:
        raise LookupError(f"{endpoint.id} has no connection")
    return connection


def endpoint_of(tx: Reader, connection: Connection) -> VpcEndpoint:
    """A connection's endpoint, whoever's it is."""
    endpoint = tx.get(VpcEndpoint, connection.id)
    if endpoint is None:
        raise LookupError(f"the connection {connection.id} has no endpoint")
    return endpoint


def own_connection(tx: Reader, call: Call, region: str, service: str, endpoint: str) -> Connection:
    """The connection of an endpoint, of whomever, to a service of the caller's.

    :raises EndpointServiceNotFound, EndpointConnectionNotFound:
    """
    found = own_service(tx, call, region, service)
    connection = tx.get(Connection, endpoint)
    if connection is None or connection.parent != found.id:
        raise EndpointConnectionNotFound
    return connection


def active_service(tx: Reader, call: Call, region: str, id: str) -> EndpointService:
    """A service that may be changed.

    :raises EndpointServiceNotFound, EndpointServiceOperationDenied:
    """
    service = own_service(tx, call, region, id)
    if service.status != ACTIVE:
        raise EndpointServiceOperationDenied
    return service


def active_endpoint(tx: Reader, call: Call, region: str, id: str) -> VpcEndpoint:
    """An endpoint that may be changed.

    :raises EndpointNotFound, EndpointOperationDenied:
    """
    endpoint = own_endpoint(tx, call, region, id)
    if endpoint.status != ACTIVE:
        raise EndpointOperationDenied
    return endpoint


def check_protection(call: Call, endpoint: VpcEndpoint) -> None:
    """:raises EndpointProtected: somebody else of the account made it, under protection."""
    if endpoint.protected and endpoint.creator != call.principal.arn:
        raise EndpointProtected


def check_service_lives(tx: Reader, endpoint: VpcEndpoint) -> None:
    """:raises EndpointServiceDeleted: the endpoint leads nowhere any more."""
    if connection_of(tx, endpoint).status == SERVICE_DELETED:
        raise EndpointServiceDeleted


def change(tx: Tx, call: Call, resource: EndpointService | VpcEndpoint) -> None:
    """Writes a change of what is Active: it is Pending until the change is in effect."""
    tx.put(msgspec.structs.replace(resource, status=PENDING, settle_at=call.now + call.pace))
    tx.schedule(resource)
