"""Tenants are renamed and resized."""

from __future__ import annotations

import secrets
from typing import Annotated

import msgspec

from jackfield.products.oceanbase.errors import (
    InstanceNotFound,
    NameMalformed,
    ProjectMismatch,
    TenantNameTaken,
    TenantNotFound,
    TenantNotOnline,
)
from jackfield.products.oceanbase.lifecycle import begin
from jackfield.products.oceanbase.names import check_tenant_name
from jackfield.products.oceanbase.product import OCEANBASE
from jackfield.products.oceanbase.shapes import RestShape, TenantRequest
from jackfield.products.oceanbase.states import PENDING_UPDATE
from jackfield.products.oceanbase.tenants import TENANT, DeletedTenant, check_name_free, online_tenant
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.store.interface import Tx


class ModifyTenantNameRequest(TenantRequest):
    tenant_name: Annotated[str, Param("2 to 32 letters, digits and underscores.", "pay_tenant_new")]


class RenamedTenant(RestShape):
    tenant_id: str


class ModifyTenantNameReply(Reply, rename="camel"):
    data: RenamedTenant


@operation(
    OCEANBASE,
    rest=("PUT", TENANT + "/tenantName"),
    title="Renames a tenant",
    access="update",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, TenantNotFound, TenantNotOnline, NameMalformed, TenantNameTaken),
    source="OceanBase Cloud documents, 1021632",
)
def modify_tenant_name(tx: Tx, call: Call, request: ModifyTenantNameRequest) -> ModifyTenantNameReply:
    """Renames a tenant, and with it the ``user@tenant`` that its users log in as: their passwords and roles stay.

    It is PENDING_UPDATE, under its old name, until the server knows all users by their new ones; sessions stay.
    """
    tenant = online_tenant(tx, call, request)
    name = check_tenant_name(request.tenant_name)
    check_name_free(tx, tenant.parent, name)
    begin(tx, call, msgspec.structs.replace(tenant, next_name=name), PENDING_UPDATE)
    return ModifyTenantNameReply(data=RenamedTenant(tenant_id=tenant.id))


class UpdateTenantRequest(TenantRequest):
    cpu: Annotated[int, Param("CPUs of a unit; as before, if left out.", "2", range=(1, 1024))] = 0
    memory: Annotated[int, Param("GB of a unit; as before, if left out.", "10", range=(1, 65536))] = 0
    unit_num: Annotated[int, Param("Units in a zone; as before, if left out.", "2", range=(1, 1000))] = 0


class UpdateTenantReply(Reply, rename="camel"):
    data: DeletedTenant


@operation(
    OCEANBASE,
    rest=("PUT", TENANT),
    title="Modifies the size of a tenant",
    access="update",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, TenantNotFound, TenantNotOnline),
    source="OceanBase Cloud documents, 1021633",
)
def update_tenant(tx: Tx, call: Call, request: UpdateTenantRequest) -> UpdateTenantReply:
    """Changes the sizes that are shown; the server has this machine's. It is PENDING_UPDATE, then ONLINE."""
    tenant = online_tenant(tx, call, request)
    changed = msgspec.structs.replace(
        tenant,
        cpu=request.cpu or tenant.cpu,
        memory=request.memory or tenant.memory,
        unit_num=request.unit_num or tenant.unit_num,
    )
    begin(tx, call, changed, PENDING_UPDATE)
    return UpdateTenantReply(data=DeletedTenant(tenant_id=tenant.id, job_key=secrets.token_hex(8)))
