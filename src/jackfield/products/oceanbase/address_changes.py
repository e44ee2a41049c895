"""Addresses of tenants get another port, another name, or another address of this machine.

The old door serves until the database answered at the new one; then it closes, and its clients are cut.
"""

from __future__ import annotations

import ipaddress
from typing import Annotated

import msgspec

from jackfield.endpoints.addresses import pool
from jackfield.endpoints.moving import move_endpoint
from jackfield.endpoints.resources import ADDRESSES, Endpoint
from jackfield.products.oceanbase.address_errors import (
    AddressTypeMismatch,
    DomainOfConnections,
    DomainTaken,
    ProxyClusterNotFound,
)
from jackfield.products.oceanbase.addresses import own_address
from jackfield.products.oceanbase.errors import (
    AddressNotFound,
    AddressNotOnline,
    EndpointAddressMalformed,
    EndpointAddressTaken,
    EndpointNotFound,
    EndpointNotOnline,
    InstanceNotFound,
    NameMalformed,
    NotForAlibabaCloud,
    ProjectMismatch,
    TenantNotFound,
    TenantNotOnline,
)
from jackfield.products.oceanbase.names import check_domain_prefix, check_endpoint_address
from jackfield.products.oceanbase.privatelink import PRIVATELINK, AddressId, linkable, online_address
from jackfield.products.oceanbase.product import OCEANBASE
from jackfield.products.oceanbase.resources import (
    Address,
    Move,
    PrivateAddress,
    Tenant,
    address_of,
    link_endpoint,
    proxy_cluster,
    service_type,
)
from jackfield.products.oceanbase.shapes import CreatedAddress, CreatedAddressReply, Done, TenantRequest
from jackfield.products.oceanbase.states import ONLINE, PENDING_UPDATE
from jackfield.products.oceanbase.tenants import TENANT, online_tenant
from jackfield.products.operation import Call, Param, operation
from jackfield.store.interface import ClaimTaken, Tx

LOOPBACK = ipaddress.IPv4Network("127.0.0.0/8")


class _AddressChange(TenantRequest):
    address_id: Annotated[
        str, Param("The address.", "rs-private-intranet-vpc-bp1d2q3mhg9i23ofi****-OBPROXY-INTRANET-t33h8y08k****-****")
    ]
    proxy_cluster_id: Annotated[str, Param("The proxy cluster of the address.", "proxy-6tvgz6z2****")]
    service_type: Annotated[str, Param("The type of the address.", "OBPROXY_INTRANET")]


class ModifyTenantAddressPortRequest(_AddressChange):
    port: Annotated[int, Param("The new port, 1024 to 65535.", "3307", range=(1024, 65535))]


@operation(
    OCEANBASE,
    rest=("PUT", TENANT + "/addressPort"),
    title="Modifies the port of an address",
    access="update",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        TenantNotFound,
        TenantNotOnline,
        AddressNotFound,
        AddressNotOnline,
        ProxyClusterNotFound,
        AddressTypeMismatch,
    ),
    source="OceanBase Cloud documents, 2813991",
)
def modify_tenant_address_port(tx: Tx, call: Call, request: ModifyTenantAddressPortRequest) -> CreatedAddressReply:
    """Has the address serve at another port, one of PrivateLink with all its connections.

    It is PENDING_UPDATE, and serves at the old port, until the database answered at the new one; then the old port
    refuses and connections there end.
    """
    tenant = online_tenant(tx, call, request)
    address, endpoints = _movable(tx, tenant, request)
    moving = [one for one in endpoints if one.port != request.port]
    for endpoint in moving:
        move_endpoint(tx, endpoint, port=request.port)
    if moving:
        _begin(tx, call, tenant, address)
    return CreatedAddressReply(data=CreatedAddress(address_id=address.id))


class ModifyTenantDomainPrefixRequest(_AddressChange):
    domain_prefix: Annotated[str, Param("The first label of the new name.", "testprefix")]


@operation(
    OCEANBASE,
    rest=("PUT", TENANT + "/domainPrefix"),
    title="Modifies the domain prefix of an address",
    access="update",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        TenantNotFound,
        TenantNotOnline,
        AddressNotFound,
        AddressNotOnline,
        ProxyClusterNotFound,
        AddressTypeMismatch,
        DomainOfConnections,
        NameMalformed,
        DomainTaken,
    ),
    source="OceanBase Cloud documents, 2813992",
)
def modify_tenant_domain_prefix(tx: Tx, call: Call, request: ModifyTenantDomainPrefixRequest) -> CreatedAddressReply:
    """Gives the address another name. It is PENDING_UPDATE until the new name leads to the database; then the old one
    leads nowhere. Connections stay.
    """
    tenant = online_tenant(tx, call, request)
    address, endpoints = _movable(tx, tenant, request)
    if isinstance(address, PrivateAddress):
        raise DomainOfConnections
    prefix = check_domain_prefix(request.domain_prefix)
    for endpoint in endpoints:
        name = f"{prefix}.{endpoint.name.partition('.')[2]}"
        if name != endpoint.name:
            try:
                move_endpoint(tx, endpoint, name=name)
            except ClaimTaken:
                raise DomainTaken from None
            _begin(tx, call, tenant, address)
    return CreatedAddressReply(data=CreatedAddress(address_id=address.id))


class UpdatePrivatelinkInformationRequest(TenantRequest):
    endpoint_id: Annotated[str, Param("The endpoint, as its cloud calls it.", "vpce-****")]
    user_endpoint_address: Annotated[str, Param("The address that the endpoint has now.", "127.64.10.21")]
    address_id: AddressId = ""


@operation(
    OCEANBASE,
    rest=("POST", PRIVATELINK + "/information"),
    title="Updates the information of a PrivateLink connection",
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
        EndpointNotFound,
        EndpointNotOnline,
        EndpointAddressMalformed,
        EndpointAddressTaken,
    ),
    source="the interface file of the vendor's Terraform provider",
)
def update_privatelink_information(tx: Tx, call: Call, request: UpdatePrivatelinkInformationRequest) -> Done:
    """Says which address the connected endpoint has.

    One of a cloud's network is shown from now on. One of this machine (127.0.0.0/8, or of the pool) is where the
    connection is served: the old address serves until the database answered at the new one, then it refuses.
    """
    tenant = linkable(tx, call, request)
    if tenant.status != ONLINE:
        raise TenantNotOnline
    address = online_address(tx, tenant, request.address_id)
    endpoint = tx.get(Endpoint, link_endpoint(address, request.endpoint_id))
    if endpoint is None:
        raise EndpointNotFound
    if endpoint.status != "Serving":
        raise EndpointNotOnline
    wanted = check_endpoint_address(request.user_endpoint_address)
    here = wanted in LOOPBACK or wanted in pool(tx)
    shown = f"oceanbase-address:{endpoint.account}"
    try:
        tx.claim(ADDRESSES if here else shown, str(wanted), endpoint)
    except ClaimTaken:
        raise EndpointAddressTaken from None
    kept = "" if here else str(wanted)
    if endpoint.vpc_address not in ("", kept):
        tx.unclaim(shown, endpoint.vpc_address, endpoint)
    tx.put(msgspec.structs.replace(endpoint, vpc_address=kept))
    former = next(iter(endpoint.addresses), "")  # none where no engines run
    if here and former != str(wanted):
        moved = Move(endpoint.id, former, str(wanted))
        _begin(tx, call, tenant, msgspec.structs.replace(address, moves=(moved,)))
    return Done()


def _movable(tx: Tx, tenant: Tenant, request: _AddressChange) -> tuple[Address, list[Endpoint]]:
    """The address, and all its endpoints.

    :raises AddressNotOnline: it, or a connection of it, is on its way.
    :raises AddressNotFound, ProxyClusterNotFound, AddressTypeMismatch: as they say.
    """
    address = own_address(tx, tenant, request.address_id)
    if request.proxy_cluster_id != proxy_cluster(tenant.id):
        raise ProxyClusterNotFound
    if request.service_type != service_type(address):
        raise AddressTypeMismatch
    endpoints = [one for one in tx.children(Endpoint, tenant.id) if address_of(one) == address.id]
    if address.status != ONLINE or any(one.status != "Serving" for one in endpoints):
        raise AddressNotOnline
    return address, endpoints


def _begin(tx: Tx, call: Call, tenant: Tenant, address: Address) -> None:
    """Records that an address is on its way to its new door."""
    tx.put(msgspec.structs.replace(address, status=PENDING_UPDATE, settle_at=call.now + call.pace))
    tx.schedule(tenant)
