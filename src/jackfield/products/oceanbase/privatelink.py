"""The PrivateLink service of a tenant: enabled, shown to its users' cloud accounts, queried, deleted."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.products.oceanbase.connection_views import ConnectionView, connection
from jackfield.products.oceanbase.ending import check_address_endable, end_address
from jackfield.products.oceanbase.errors import (
    AddressNotFound,
    AddressNotOnline,
    EndpointNotFound,
    EndpointNotOnline,
    InstanceNotFound,
    NotForAlibabaCloud,
    ProjectMismatch,
    ServiceExists,
    TenantNotFound,
    TenantNotOnline,
    UserAccountExists,
)
from jackfield.products.oceanbase.instances import own_instance
from jackfield.products.oceanbase.names import new_address_id, new_service_id
from jackfield.products.oceanbase.product import OCEANBASE
from jackfield.products.oceanbase.resources import (
    PORT,
    PrivateAddress,
    Tenant,
    link_endpoint,
    service_endpoint,
)
from jackfield.products.oceanbase.shapes import Agreed, CreatedAddress, CreatedAddressReply, Done, TenantRequest
from jackfield.products.oceanbase.states import ONLINE, PENDING_CREATE
from jackfield.products.oceanbase.tenants import TENANT, own_tenant
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.store.interface import Reader, Tx

PRIVATELINK = TENANT + "/privatelink"

AddressId = Annotated[str, Param("The private address; the primary one, if left out.", "obe-4tw51gp7****")]
UserAccount = Annotated[str, Param("The account at the cloud that may connect.", "1000****")]


class CreatePrivateLinkServiceRequest(TenantRequest):
    user_account: UserAccount


@operation(
    OCEANBASE,
    rest=("POST", PRIVATELINK + "/service"),
    title="Enables the PrivateLink service of a tenant",
    access="create",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, NotForAlibabaCloud, TenantNotFound, TenantNotOnline, ServiceExists),
    source="OceanBase Cloud documents, 2332010",
)
def create_private_link_service(tx: Tx, call: Call, request: CreatePrivateLinkServiceRequest) -> CreatedAddressReply:
    """Gives the tenant its primary private address.

    It is PENDING_CREATE until the service listens and the tenant's server was reached through it, then ONLINE. Nobody
    gets in by the service itself; clients come by connections with it.
    """
    tenant = linkable(tx, call, request)
    if tenant.status != ONLINE:
        raise TenantNotOnline
    if any(not one.read_only for one in tx.children(PrivateAddress, tenant.id)):
        raise ServiceExists
    address = open_service(tx, call, tenant, request.user_account)
    tx.schedule(tenant)
    return CreatedAddressReply(data=CreatedAddress(address_id=address.id))


class AddPrivateLinkServiceUserRequest(TenantRequest):
    user_account: UserAccount
    address_id: AddressId = ""


@operation(
    OCEANBASE,
    rest=("POST", PRIVATELINK + "/user"),
    title="Adds a user to the allowlist of the PrivateLink service",
    access="update",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        NotForAlibabaCloud,
        TenantNotFound,
        AddressNotFound,
        AddressNotOnline,
        UserAccountExists,
    ),
    source="OceanBase Cloud documents, 2332012",
)
def add_private_link_service_user(tx: Tx, call: Call, request: AddPrivateLinkServiceUserRequest) -> Done:
    """Admits one more cloud account. No call of this API tells whose an endpoint is: the list is kept and shown."""
    address = online_address(tx, linkable(tx, call, request), request.address_id)
    if request.user_account in address.users:
        raise UserAccountExists
    tx.put(msgspec.structs.replace(address, users=(*address.users, request.user_account)))
    return Done()


class DescribeTenantPrivateLinkRequest(TenantRequest):
    address_id: AddressId = ""


class DescribeTenantPrivateLinkReply(Reply, rename="camel"):
    data: tuple[ConnectionView, ...]


@operation(
    OCEANBASE,
    rest=("GET", PRIVATELINK),
    title="Queries the PrivateLink information of a tenant",
    access="get",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, NotForAlibabaCloud, TenantNotFound, AddressNotFound),
    source="OceanBase Cloud documents, 2332008",
)
def describe_tenant_private_link(
    tx: Reader, call: Call, request: DescribeTenantPrivateLinkRequest
) -> DescribeTenantPrivateLinkReply:
    """Tells of the private address named, else of the primary one; of none, where there is none.

    Terraform needs exactly one entry for an addressId.
    """
    tenant = linkable(tx, call, request)
    addresses = [one for one in tx.children(PrivateAddress, tenant.id) if not one.read_only]
    if request.address_id:
        addresses = [own_address(tx, tenant, request.address_id)]
    endpoints = tx.children(Endpoint, tenant.id)
    return DescribeTenantPrivateLinkReply(data=tuple(connection(one, endpoints) for one in addresses[:1]))


class DeletePrivatelinkEndpointRequest(TenantRequest):
    address_id: AddressId = ""
    endpoint_id: Annotated[str, Param("Only this connection of the private address.", "vpce-****")] = ""


@operation(
    OCEANBASE,
    rest=("DELETE", PRIVATELINK),
    title="Deletes a PrivateLink address",
    access="delete",
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
    source="OceanBase Cloud documents, 2332009; endpointId from the interface file of the Terraform provider",
)
def delete_privatelink_endpoint(tx: Tx, call: Call, request: DeletePrivatelinkEndpointRequest) -> Agreed:
    """Deletes a private address with all its connections, or a single connection of it.

    Clients are cut off: by the time it is not found any more each connection is closed, the address refuses and the
    name is gone. The tenant and its data are not touched.
    """
    tenant = linkable(tx, call, request)
    address = own_address(tx, tenant, request.address_id)
    if request.endpoint_id:
        if address.status != ONLINE:
            raise AddressNotOnline
        endpoint = tx.get(Endpoint, link_endpoint(address, request.endpoint_id))
        if endpoint is None:
            raise EndpointNotFound
        if endpoint.status not in ("Creating", "Serving", "Closed"):
            raise EndpointNotOnline
        tx.put(msgspec.structs.replace(endpoint, status="Releasing"))
    else:
        check_address_endable(tx, address)
        end_address(tx, call, address)
    tx.schedule(tenant)
    return Agreed()


def open_service(
    tx: Tx, call: Call, tenant: Tenant, user_account: str, *, read_only: bool = False, zones: tuple[str, ...] = ()
) -> PrivateAddress:
    """Records a service that is to be made, with its listener; the tenant is to be scheduled besides.

    :param zones: all of the tenant's, if empty.
    """
    address = PrivateAddress(
        id=new_address_id(),
        account=tenant.account,
        region=tenant.region,
        parent=tenant.id,
        status=PENDING_CREATE,
        created=call.now,
        service_id=new_service_id(tenant.cloud_provider),
        users=(user_account,),
        zones=zones or tenant.zones,
        read_only=read_only,
        settle_at=call.now + call.pace,
    )
    tx.put(address)
    tx.put(
        Endpoint(
            id=service_endpoint(address),
            account=tenant.account,
            region=tenant.region,
            parent=tenant.id,
            status="Creating",
            created=call.now,
            product="oceanbase",
            net="private",
            name="",
            port=PORT,
        )
    )
    return address


def linkable(tx: Reader, call: Call, request: TenantRequest) -> Tenant:
    """The tenant of an instance that is none of Alibaba Cloud's: the documents of these operations exclude those.

    :raises NotForAlibabaCloud, InstanceNotFound, ProjectMismatch, TenantNotFound: as they say.
    """
    if own_instance(tx, call, request.instance_id).cloud_provider == "ALIYUN":
        raise NotForAlibabaCloud
    return own_tenant(tx, call, request)


def own_address(tx: Reader, tenant: Tenant, address_id: str) -> PrivateAddress:
    """:param address_id: empty for the primary one. :raises AddressNotFound: the tenant has none such."""
    for address in tx.children(PrivateAddress, tenant.id):
        if address_id == address.id or not (address_id or address.read_only):
            return address
    raise AddressNotFound


def online_address(tx: Reader, tenant: Tenant, address_id: str) -> PrivateAddress:
    """:raises AddressNotOnline: it is being made or deleted. :raises AddressNotFound: as above."""
    address = own_address(tx, tenant, address_id)
    if address.status != ONLINE:
        raise AddressNotOnline
    return address
