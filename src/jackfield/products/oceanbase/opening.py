"""The beginning of an address, which a call for it and the creation of its tenant share."""

from __future__ import annotations

from jackfield.endpoints.resources import NAMES, Endpoint
from jackfield.products.oceanbase.names import new_address_id, new_proxy_address_id, proxy_domain
from jackfield.products.oceanbase.resources import PORT, ProxyAddress, ServiceType, Tenant, service_endpoint
from jackfield.products.oceanbase.states import PENDING_CREATE
from jackfield.products.operation import Call
from jackfield.store.interface import Tx


def open_address(tx: Tx, call: Call, tenant: Tenant, kind: ServiceType) -> ProxyAddress:
    """Records an address that is to be made, with its listener and its name; the tenant is to be scheduled besides."""
    address = ProxyAddress(
        id=new_proxy_address_id(kind, tenant.id),
        account=tenant.account,
        region=tenant.region,
        parent=tenant.id,
        status=PENDING_CREATE,
        created=call.now,
        service_type=kind,
        tenant_endpoint=new_address_id(),
        zones=tenant.zones,
        settle_at=call.now + call.pace,
    )
    listener = Endpoint(
        id=service_endpoint(address),
        account=tenant.account,
        region=tenant.region,
        parent=tenant.id,
        status="Creating",
        created=call.now,
        product="oceanbase",
        net="public" if kind == "OBPROXY_INTERNET" else "private",
        name=proxy_domain(kind, tenant.cloud_provider, tenant.region),
        port=PORT,
    )
    tx.put(address)
    tx.claim(NAMES, listener.name, listener)
    tx.put(listener)
    return address
