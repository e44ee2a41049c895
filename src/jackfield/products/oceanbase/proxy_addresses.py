"""Addresses of tenants that lie in no VPC of the caller's: the public one, and private ones of the cloud's network."""

from __future__ import annotations

from typing import Annotated, cast

from jackfield.endpoints.resources import Endpoint
from jackfield.products.oceanbase import views
from jackfield.products.oceanbase.address_errors import AddressExists, AddressNeedsVpc, TooManyAddresses
from jackfield.products.oceanbase.addresses import ADDRESS
from jackfield.products.oceanbase.connection_views import ConnectionView, connection
from jackfield.products.oceanbase.errors import (
    AddressNotFound,
    AddressTypeNotBuilt,
    InstanceNotFound,
    ProjectMismatch,
    TenantNotFound,
    TenantNotOnline,
)
from jackfield.products.oceanbase.instances import PATH, own_instance
from jackfield.products.oceanbase.opening import open_address
from jackfield.products.oceanbase.product import OCEANBASE
from jackfield.products.oceanbase.resources import ProxyAddress, ServiceType, Tenant
from jackfield.products.oceanbase.shapes import (
    CreatedAddress,
    CreatedAddressReply,
    InstanceRequest,
    Page,
    PageNumber,
    PageSize,
    TenantRequest,
    page_of,
)
from jackfield.products.oceanbase.tenants import TENANT, online_tenant, own_tenant
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.store.interface import Reader, Tx

MOST = 10
"""Of the types that a tenant may have several of."""

_TYPES = ("OBPROXY_INTRANET", "OBPROXY_INTERNET", "OBPROXY_READONLY", "OBPROXY_READWRITE")


class CreateTenantAddressRequest(TenantRequest):
    vip_service_type: Annotated[
        str, Param("OBPROXY_INTERNET, OBPROXY_INTRANET, OBPROXY_READONLY or OBPROXY_READWRITE.", "OBPROXY_INTERNET")
    ]


@operation(
    OCEANBASE,
    rest=("POST", ADDRESS),
    title="Creates an address of a tenant",
    access="create",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        TenantNotFound,
        TenantNotOnline,
        AddressTypeNotBuilt,
        AddressNeedsVpc,
        AddressExists,
        TooManyAddresses,
    ),
    source="OceanBase Cloud documents, 2813986",
)
def create_tenant_address(tx: Tx, call: Call, request: CreateTenantAddressRequest) -> CreatedAddressReply:
    """Opens an address with a name of its own, the public one or a private one.

    It is PENDING_CREATE until the tenant's server was reached through it, then ONLINE. The tenant's security IP groups
    say who is admitted. All are addresses of this machine. Sessions at a read-only one cannot write, whoever logs in;
    there are no replicas, so what they read is never old. ``vpcConnectionInfoId`` and ``proxySetting`` are of
    peered VPCs and of proxies, which there are none of.
    """
    tenant = online_tenant(tx, call, request)
    if request.vip_service_type not in _TYPES:
        raise AddressTypeNotBuilt
    kind = cast(ServiceType, request.vip_service_type)
    if kind != "OBPROXY_INTERNET" and tenant.cloud_provider == "ALIYUN":
        raise AddressNeedsVpc
    others = [one for one in tx.children(ProxyAddress, tenant.id) if one.service_type == kind]
    if others and kind in ("OBPROXY_INTERNET", "OBPROXY_INTRANET"):
        raise AddressExists
    if len(others) >= MOST:
        raise TooManyAddresses(most=MOST)
    made = open_address(tx, call, tenant, kind)
    tx.schedule(tenant)
    return CreatedAddressReply(data=CreatedAddress(address_id=made.id))


class DescribeTenantPublicAddressReply(Reply, rename="camel"):
    data: ConnectionView


@operation(
    OCEANBASE,
    rest=("GET", TENANT + "/publicaddress"),
    title="Queries the public address of a tenant",
    access="get",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, TenantNotFound, AddressNotFound),
)
def describe_tenant_public_address(tx: Reader, call: Call, request: TenantRequest) -> DescribeTenantPublicAddressReply:
    """Tells of the public address; a tenant that has none is refused."""
    tenant = own_tenant(tx, call, request)
    for address in tx.children(ProxyAddress, tenant.id):
        if address.service_type == "OBPROXY_INTERNET":
            return DescribeTenantPublicAddressReply(data=connection(address, tx.children(Endpoint, tenant.id)))
    raise AddressNotFound


class DescribeInstanceAddressInfoRequest(InstanceRequest):
    page_number: PageNumber = 1
    page_size: PageSize = 20
    tenant_ids: Annotated[str, Param("Only these tenants, separated by commas.", "t33h8y08k****,t4pnum****")] = ""


class DescribeInstanceAddressInfoReply(Reply, rename="camel"):
    data: Page[views.TenantView]


@operation(
    OCEANBASE,
    rest=("GET", PATH + "/{instanceId}/address/info"),
    title="Queries the addresses of all tenants of an instance",
    access="list",
    resource="instances/{instanceId}",
    errors=(InstanceNotFound, ProjectMismatch),
    source="OceanBase Cloud documents, 3383921",
)
def describe_instance_address_info(
    tx: Reader, call: Call, request: DescribeInstanceAddressInfoRequest
) -> DescribeInstanceAddressInfoReply:
    """Lists the tenants, oldest first, each with its addresses."""
    instance = own_instance(tx, call, request.instance_id)
    wanted = {one.strip().strip('"') for one in request.tenant_ids.strip("[]").split(",")} - {""}
    found = [one for one in tx.children(Tenant, instance.id) if not wanted or one.id in wanted]
    return DescribeInstanceAddressInfoReply(
        data=page_of(found, request.page_number, request.page_size, lambda one: views.tenant(tx, one))
    )
