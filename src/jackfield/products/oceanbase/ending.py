"""The end of a tenant, which its own deletion and that of its instance begin alike."""

from __future__ import annotations

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.products.oceanbase.resources import Address, Tenant, address_of, addresses_of
from jackfield.products.oceanbase.states import PENDING_DELETE
from jackfield.products.operation import Call
from jackfield.store.interface import Tx


def end_tenant(tx: Tx, call: Call, tenant: Tenant) -> None:
    """Records that the tenant and its addresses are to go; its users go with the server."""
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
