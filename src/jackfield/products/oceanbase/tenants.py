"""Tenants: made, listed, read, deleted."""

from __future__ import annotations

import secrets
from typing import Annotated

from jackfield.endpoints import whitelist
from jackfield.products.oceanbase import views
from jackfield.products.oceanbase.ending import check_endable, end_tenant
from jackfield.products.oceanbase.errors import (
    AddressNotOnline,
    EngineMissing,
    InstanceNotFound,
    InstanceNotOnline,
    ModeNotSupported,
    NameMalformed,
    ProjectMismatch,
    SecurityIpsMalformed,
    TenantNameTaken,
    TenantNotFound,
    TenantNotOnline,
    ZonesMalformed,
)
from jackfield.products.oceanbase.instances import ENGINE, PATH, online_instance, own_instance
from jackfield.products.oceanbase.names import check_tenant_name, new_tenant_id
from jackfield.products.oceanbase.opening import open_address
from jackfield.products.oceanbase.product import OCEANBASE
from jackfield.products.oceanbase.resources import Tenant
from jackfield.products.oceanbase.shapes import (
    Empty,
    InstanceRequest,
    Page,
    PageNumber,
    PageSize,
    RestShape,
    TenantRequest,
    page_of,
)
from jackfield.products.oceanbase.states import ONLINE, PENDING_CREATE, PENDING_DELETE, PENDING_START, PENDING_STOP
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.store.interface import Reader, Tx

TENANTS = PATH + "/{instanceId}/tenants"
TENANT = TENANTS + "/{tenantId}"


class CreateTenantRequest(InstanceRequest):
    tenant_name: Annotated[str, Param("2 to 32 letters, digits and underscores.", "my_tenant")]
    tenant_mode: Annotated[str, Param("The compatibility mode; MySQL is what runs here.", "MySQL")] = ""
    tenant_compatibility_mode_enum: Annotated[str, Param("The same, as newer callers send it.", "MySQL")] = ""
    primary_zone: Annotated[str, Param("One of the instance's zones, or RANDOM.", "RANDOM")] = ""
    charset: Annotated[str, Param("The character set.", "utf8mb4")] = "utf8mb4"
    description: Annotated[str, Param("A text for people.", "orders of the shop")] = ""
    time_zone: Annotated[str, Param("The time zone.", "Asia/Shanghai")] = ""
    cpu: Annotated[int, Param("CPUs of a unit.", "2", range=(0, 1024))] = 0
    memory: Annotated[int, Param("GB of a unit.", "4", range=(0, 65536))] = 0
    unit_num: Annotated[int, Param("Units in a zone.", "1", range=(0, 1000))] = 0
    whitelist: Annotated[
        str, Param("Addresses and CIDR blocks that may connect; nobody may, if left out.", "10.0.0.0/8")
    ] = ""
    enable_public_link: Annotated[bool, Param("A public address besides.", "false")] = False


class CreatedTenant(RestShape):
    tenant_id: str
    extra: Empty


class CreateTenantReply(Reply, rename="camel"):
    data: CreatedTenant


@operation(
    OCEANBASE,
    rest=("POST", TENANTS),
    title="Creates a tenant",
    access="create",
    resource="instances/{instanceId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        InstanceNotOnline,
        EngineMissing,
        NameMalformed,
        TenantNameTaken,
        ModeNotSupported,
        SecurityIpsMalformed,
        ZonesMalformed,
    ),
)
def create_tenant(tx: Tx, call: Call, request: CreateTenantRequest) -> CreateTenantReply:
    """Creates a tenant: a real database server of its own. It is PENDING_CREATE until the server answers, then ONLINE.

    Nobody reaches it before it has an address; nobody can log in before it has a user.
    """
    instance = online_instance(tx, call, request.instance_id)
    if call.missing(ENGINE):
        raise EngineMissing
    name = check_tenant_name(request.tenant_name)
    if any(mode.upper() not in ("", "MYSQL") for mode in (request.tenant_mode, request.tenant_compatibility_mode_enum)):
        raise ModeNotSupported
    check_name_free(tx, instance.id, name)
    tenant = Tenant(
        id=new_tenant_id(),
        account=instance.account,
        region=instance.region,
        parent=instance.id,
        status=PENDING_CREATE,
        created=call.now,
        name=name,
        cloud_provider=instance.cloud_provider,
        version=instance.version,
        whitelist=_whitelist(request.whitelist),
        zones=instance.zones,
        primary_zone=primary_zone_of(instance.zones, request.primary_zone),
        charset=request.charset,
        time_zone=request.time_zone,
        description=request.description,
        cpu=request.cpu,
        memory=request.memory,
        unit_num=request.unit_num or 1,
        settle_at=call.now + call.pace,
    )
    tx.put(tenant)
    if request.enable_public_link:
        open_address(tx, call, tenant, "OBPROXY_INTERNET")
    tx.schedule(tenant)
    return CreateTenantReply(data=CreatedTenant(tenant_id=tenant.id, extra=Empty()))


class QueryTenantsRequest(InstanceRequest):
    page_number: PageNumber = 1
    page_size: PageSize = 10
    tenant_name: Annotated[str, Param("Only tenants with this in their names.", "my_tenant")] = ""


class QueryTenantsReply(Reply, rename="camel"):
    data: Page[views.TenantView]


@operation(
    OCEANBASE,
    rest=("GET", TENANTS),
    title="Queries the tenants of an instance",
    access="list",
    resource="instances/{instanceId}",
    errors=(InstanceNotFound, ProjectMismatch),
)
def query_tenants(tx: Reader, call: Call, request: QueryTenantsRequest) -> QueryTenantsReply:
    """Lists the tenants, oldest first."""
    instance = own_instance(tx, call, request.instance_id)
    found = [one for one in tx.children(Tenant, instance.id) if request.tenant_name in one.name]
    return QueryTenantsReply(
        data=page_of(found, request.page_number, request.page_size, lambda one: views.tenant(tx, one))
    )


class DescribeTenantReply(Reply, rename="camel"):
    data: views.TenantView


@operation(
    OCEANBASE,
    rest=("GET", TENANT),
    title="Queries the details of a tenant",
    access="get",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, TenantNotFound),
)
def describe_tenant(tx: Reader, call: Call, request: TenantRequest) -> DescribeTenantReply:
    """Tells what the tenant is like, its addresses included."""
    return DescribeTenantReply(data=views.tenant(tx, own_tenant(tx, call, request)))


class DeletedTenant(RestShape):
    tenant_id: str
    job_key: str


class DeleteTenantReply(Reply, rename="camel"):
    data: DeletedTenant


@operation(
    OCEANBASE,
    rest=("DELETE", TENANT),
    title="Deletes a tenant",
    access="delete",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, TenantNotFound, TenantNotOnline, AddressNotOnline),
)
def delete_tenant(tx: Tx, call: Call, request: TenantRequest) -> DeleteTenantReply:
    """Deletes a tenant, its addresses, its users and its data; one that is stopped as well."""
    tenant = own_tenant(tx, call, request)
    if tenant.status in (PENDING_DELETE, PENDING_STOP, PENDING_START):
        raise TenantNotOnline
    check_endable(tx, tenant)
    end_tenant(tx, call, tenant)
    return DeleteTenantReply(data=DeletedTenant(tenant_id=tenant.id, job_key=secrets.token_hex(8)))


def check_name_free(tx: Reader, instance: str, name: str) -> None:
    """:raises TenantNameTaken: another tenant of the instance has it, or is being given it."""
    if any(name in (one.name, one.next_name) for one in tx.children(Tenant, instance)):
        raise TenantNameTaken


def own_tenant(tx: Reader, call: Call, request: TenantRequest) -> Tenant:
    """:raises TenantNotFound, InstanceNotFound, ProjectMismatch: as they say."""
    instance = own_instance(tx, call, request.instance_id)
    tenant = tx.get(Tenant, request.tenant_id)
    if tenant is None or tenant.parent != instance.id:
        raise TenantNotFound
    return tenant


def online_tenant(tx: Reader, call: Call, request: TenantRequest) -> Tenant:
    """:raises TenantNotOnline: it is being made or deleted. :raises TenantNotFound and the others: as above."""
    tenant = own_tenant(tx, call, request)
    if tenant.status != ONLINE:
        raise TenantNotOnline
    return tenant


def _whitelist(text: str) -> tuple[whitelist.Group, ...]:
    if not text:
        return whitelist.DEFAULT_GROUPS
    try:
        return (whitelist.Group(name="default", ips=whitelist.parse(text)),)
    except (whitelist.MalformedEntry, whitelist.DuplicateEntry):
        raise SecurityIpsMalformed from None


def primary_zone_of(zones: tuple[str, ...], wanted: str) -> str:
    """:raises ZonesMalformed: a zone is none of these."""
    if wanted.upper() in ("", "RANDOM"):
        return "RANDOM"
    if any(zone not in zones for zone in wanted.replace(";", ",").split(",")):
        raise ZonesMalformed(name="primaryZone")
    return wanted
