"""Connections with a tenant's PrivateLink service: made and confirmed."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import msgspec

from jackfield.endpoints.addresses import pool
from jackfield.endpoints.resources import ADDRESSES, NAMES, Endpoint
from jackfield.products.oceanbase.errors import (
    AddressNotFound,
    AddressNotOnline,
    EndpointAddressMalformed,
    EndpointAddressTaken,
    EndpointConnected,
    EndpointIdMalformed,
    EndpointNotFound,
    EndpointNotOnline,
    InstanceNotFound,
    NotForAlibabaCloud,
    ProjectMismatch,
    TenantNotFound,
    TenantNotOnline,
)
from jackfield.products.oceanbase.names import check_endpoint_address, check_endpoint_id, link_domain
from jackfield.products.oceanbase.privatelink import PRIVATELINK, AddressId, linkable, online_address
from jackfield.products.oceanbase.product import OCEANBASE
from jackfield.products.oceanbase.resources import PORT, link_endpoint, service_endpoint
from jackfield.products.oceanbase.shapes import Agreed, Done, TenantRequest
from jackfield.products.oceanbase.states import ONLINE
from jackfield.products.operation import Call, Param, operation
from jackfield.store.interface import ClaimTaken, Tx

LOOPBACK = ipaddress.IPv4Network("127.0.0.0/8")

EndpointId = Annotated[str, Param("The endpoint, as its cloud calls it.", "vpce-****")]


class ConnectPrivateLinkServiceRequest(TenantRequest):
    endpoint_id: EndpointId
    address_id: AddressId = ""
    user_endpoint_address: Annotated[str, Param("The address of the endpoint.", "127.64.10.20")] = ""


@operation(
    OCEANBASE,
    rest=("POST", PRIVATELINK + "/connection"),
    title="Connects to the private endpoint of the PrivateLink service",
    access="update",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        NotForAlibabaCloud,
        TenantNotFound,
        TenantNotOnline,
        AddressNotFound,
        AddressNotOnline,
        EndpointIdMalformed,
        EndpointConnected,
        EndpointAddressMalformed,
        EndpointAddressTaken,
    ),
    source="OceanBase Cloud documents, 2332011",
)
def connect_private_link_service(tx: Tx, call: Call, request: ConnectPrivateLinkServiceRequest) -> Done:
    """Opens a way for clients to the tenant's server: an address of this machine and a name of its own.

    The query tells both once a dial through the address reached the server. A ``userEndpointAddress`` of this machine
    (127.0.0.0/8, or of the pool) is where it listens; any other, of a cloud's network, is shown and the name leads to
    an address of this machine.
    """
    tenant = linkable(tx, call, request)
    if tenant.status != ONLINE:
        raise TenantNotOnline
    address = online_address(tx, tenant, request.address_id)
    endpoint_id = check_endpoint_id(request.endpoint_id)
    wanted = request.user_endpoint_address and check_endpoint_address(request.user_endpoint_address)
    listener = tx.get(Endpoint, service_endpoint(address))
    endpoint = Endpoint(
        id=link_endpoint(address, endpoint_id),
        account=tenant.account,
        region=tenant.region,
        parent=tenant.id,
        status="Creating",
        created=call.now,
        product="oceanbase",
        net="private",
        name=link_domain(tenant.id, tenant.cloud_provider, tenant.region),
        port=listener.port if listener else PORT,
    )
    try:
        tx.claim(f"oceanbase-endpoint:{tenant.account}", f"{tenant.cloud_provider}/{endpoint_id}", endpoint)
    except ClaimTaken:
        raise EndpointConnected from None
    if tx.get(Endpoint, endpoint.id):
        raise EndpointConnected  # the claim was its own
    if wanted:
        endpoint = _at(tx, endpoint, wanted)
    tx.claim(NAMES, endpoint.name, endpoint)
    tx.put(endpoint)
    tx.put(msgspec.structs.replace(address, settle_at=call.now + call.pace))
    tx.schedule(tenant)
    return Done()


class ConfirmPrivatelinkConnectionRequest(TenantRequest):
    endpoint_id: EndpointId
    address_id: AddressId = ""


@operation(
    OCEANBASE,
    rest=("POST", PRIVATELINK + "/confirmation"),
    title="Confirms the connection of a PrivateLink endpoint",
    access="update",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        NotForAlibabaCloud,
        TenantNotFound,
        AddressNotFound,
        AddressNotOnline,
        EndpointNotFound,
        EndpointNotOnline,
    ),
    source="OceanBase Cloud documents, 2813993",
)
def confirm_privatelink_connection(tx: Tx, call: Call, request: ConfirmPrivatelinkConnectionRequest) -> Agreed:
    """Says that the connection stands; refused while it does not. The change feed keeps the confirmation."""
    address = online_address(tx, linkable(tx, call, request), request.address_id)
    endpoint = tx.get(Endpoint, link_endpoint(address, request.endpoint_id))
    if endpoint is None:
        raise EndpointNotFound
    if endpoint.status != "Serving":
        raise EndpointNotOnline
    tx.note(endpoint, {"confirmed": request.endpoint_id})
    return Agreed()


def _at(tx: Tx, endpoint: Endpoint, wanted: ipaddress.IPv4Address) -> Endpoint:
    here = wanted in LOOPBACK or wanted in pool(tx)
    space = ADDRESSES if here else f"oceanbase-address:{endpoint.account}"
    try:
        tx.claim(space, str(wanted), endpoint)
    except ClaimTaken:
        raise EndpointAddressTaken from None
    if here:
        return msgspec.structs.replace(endpoint, addresses=(str(wanted),))
    return msgspec.structs.replace(endpoint, vpc_address=str(wanted))
