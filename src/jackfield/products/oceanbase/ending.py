"""The end of a tenant, which its own deletion and that of its instance begin alike, and of an address."""

from __future__ import annotations

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.products.oceanbase.errors import AddressNotOnline
from jackfield.products.oceanbase.resources import Address, Tenant, address_of, addresses_of
from jackfield.products.oceanbase.states import ONLINE, PENDING_CREATE, PENDING_DELETE
from jackfield.products.operation import Call
from jackfield.store.interface import Reader, Tx

_ENDABLE = ("Creating", "Serving", "Closed", "Releasing")
"""States from which an endpoint may be released."""


def check_endable(tx: Reader, tenant: Tenant) -> None:
    """:raises AddressNotOnline: one of its addresses is being moved."""
    for address in addresses_of(tx, tenant.id):
        if address.status != PENDING_DELETE:
            check_address_endable(tx, address)


def check_address_endable(tx: Reader, address: Address) -> None:
    """:raises AddressNotOnline: it is being deleted or moved, or is being closed with its tenant."""
    endpoints = [one for one in tx.children(Endpoint, address.parent) if address_of(one) == address.id]
    if address.status not in (PENDING_CREATE, ONLINE) or any(one.status not in _ENDABLE for one in endpoints):
        raise AddressNotOnline


def end_tenant(tx: Tx, call: Call, tenant: Tenant) -> None:
    """Records that the tenant and its addresses are to go; its users and databases go with the server."""
    for address in addresses_of(tx, tenant.id):
        if address.status != PENDING_DELETE:
            end_address(tx, call, address)
    ended = msgspec.structs.replace(tenant, status=PENDING_DELETE, settle_at=call.now + call.pace)
    tx.put(ended)
    tx.schedule(ended)


def end_address(tx: Tx, call: Call, address: Address) -> None:
    """Records that an address and all its connections are to go; the tenant is to be scheduled besides."""
    for endpoint in tx.children(Endpoint, address.parent):
        if address_of(endpoint) == address.id and endpoint.status != "Releasing":
            tx.put(msgspec.structs.replace(endpoint, status="Releasing"))
    tx.put(msgspec.structs.replace(address, status=PENDING_DELETE, settle_at=call.now + call.pace))
