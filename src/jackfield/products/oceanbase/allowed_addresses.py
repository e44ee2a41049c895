"""Security IP groups: the addresses that a tenant's connections admit. The relay judges them."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from jackfield.endpoints import whitelist
from jackfield.products.oceanbase.errors import (
    InstanceNotFound,
    NameMalformed,
    ProjectMismatch,
    SecurityIpGroupNotFound,
    SecurityIpGroupTaken,
    SecurityIpsMalformed,
    TenantNotFound,
    TenantNotOnline,
)
from jackfield.products.oceanbase.product import OCEANBASE
from jackfield.products.oceanbase.resources import Tenant
from jackfield.products.oceanbase.shapes import Page, PageNumber, PageSize, RestShape, TenantRequest, page_of
from jackfield.products.oceanbase.tenants import TENANT, online_tenant, own_tenant
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.store.interface import Reader, Tx

GROUPS = TENANT + "/securityIpGroups"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,31}")

GroupName = Annotated[str, Param("The group, 2 to 32 letters, digits and underscores.", "default")]


class GroupView(RestShape):
    tenant_id: str
    security_ip_group_type: str
    security_ip_group_name: str
    security_ips: str


class DescribeTenantSecurityIpGroupsRequest(TenantRequest):
    page_number: PageNumber = 1
    page_size: PageSize = 1000  # Terraform looks for its group on the first page


class DescribeTenantSecurityIpGroupsReply(Reply, rename="camel"):
    data: Page[GroupView]


@operation(
    OCEANBASE,
    rest=("GET", GROUPS),
    title="Queries the security IP groups of a tenant",
    access="list",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, TenantNotFound),
)
def describe_tenant_security_ip_groups(
    tx: Reader, call: Call, request: DescribeTenantSecurityIpGroupsRequest
) -> DescribeTenantSecurityIpGroupsReply:
    """Lists the groups; a client is admitted when any of them holds its address."""
    tenant = own_tenant(tx, call, request)
    return DescribeTenantSecurityIpGroupsReply(
        data=page_of(tenant.whitelist, request.page_number, request.page_size, lambda group: _view(tenant, group))
    )


class SecurityIpGroupRequest(TenantRequest):
    security_ip_group_name: GroupName
    security_ips: Annotated[str, Param("Addresses and CIDR blocks, separated by commas.", "10.0.0.0/8,192.168.1.7")]


class SecurityIpGroupReply(Reply, rename="camel"):
    data: GroupView


@operation(
    OCEANBASE,
    rest=("POST", GROUPS),
    title="Creates a security IP group of a tenant",
    access="create",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        TenantNotFound,
        TenantNotOnline,
        NameMalformed,
        SecurityIpsMalformed,
        SecurityIpGroupTaken,
    ),
)
def create_tenant_security_ip_group(tx: Tx, call: Call, request: SecurityIpGroupRequest) -> SecurityIpGroupReply:
    """Admits more addresses, under a name of their own."""
    tenant = online_tenant(tx, call, request)
    name = request.security_ip_group_name
    if not _NAME.fullmatch(name):
        rule = "2 to 32 letters, digits and underscores, a letter first"
        raise NameMalformed(name="securityIpGroupName", rule=rule)
    if _group(tenant, name):
        raise SecurityIpGroupTaken
    return _cover(tx, tenant, request)


@operation(
    OCEANBASE,
    rest=("PUT", GROUPS),
    title="Modifies a security IP group of a tenant",
    access="update",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        TenantNotFound,
        TenantNotOnline,
        SecurityIpsMalformed,
        SecurityIpGroupNotFound,
    ),
)
def modify_tenant_security_ip_group(tx: Tx, call: Call, request: SecurityIpGroupRequest) -> SecurityIpGroupReply:
    """Replaces a group's addresses. Connections are judged when they are opened; those that are open stay."""
    tenant = online_tenant(tx, call, request)
    if not _group(tenant, request.security_ip_group_name):
        raise SecurityIpGroupNotFound
    return _cover(tx, tenant, request)


class DeleteTenantSecurityIpGroupRequest(TenantRequest):
    security_ip_group_name: GroupName


@operation(
    OCEANBASE,
    rest=("DELETE", GROUPS),
    title="Deletes a security IP group of a tenant",
    access="delete",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, TenantNotFound, TenantNotOnline, SecurityIpGroupNotFound),
)
def delete_tenant_security_ip_group(
    tx: Tx, call: Call, request: DeleteTenantSecurityIpGroupRequest
) -> SecurityIpGroupReply:
    """Takes a group away; a tenant without groups admits nobody."""
    tenant = online_tenant(tx, call, request)
    group = _group(tenant, request.security_ip_group_name)
    if group is None:
        raise SecurityIpGroupNotFound
    _change(tx, tenant, tuple(one for one in tenant.whitelist if one.name != group.name))
    return SecurityIpGroupReply(data=_view(tenant, group))


def _cover(tx: Tx, tenant: Tenant, request: SecurityIpGroupRequest) -> SecurityIpGroupReply:
    name = request.security_ip_group_name
    try:
        ips = whitelist.parse(request.security_ips)
        groups = whitelist.modify(tenant.whitelist, name=name, ips=ips, mode="Cover", attribute="")
    except (whitelist.MalformedEntry, whitelist.DuplicateEntry, whitelist.TooManyEntries):
        raise SecurityIpsMalformed from None
    _change(tx, tenant, groups)
    return SecurityIpGroupReply(data=_view(tenant, whitelist.Group(name=name, ips=ips)))


def _change(tx: Tx, tenant: Tenant, groups: tuple[whitelist.Group, ...]) -> None:
    changed = msgspec.structs.replace(tenant, whitelist=groups)
    tx.put(changed)
    tx.schedule(changed)


def _group(tenant: Tenant, name: str) -> whitelist.Group | None:
    return next((group for group in tenant.whitelist if group.name == name), None)


def _view(tenant: Tenant, group: whitelist.Group) -> GroupView:
    return GroupView(
        tenant_id=tenant.id,
        security_ip_group_type="normal",
        security_ip_group_name=group.name,
        security_ips=",".join(group.ips),
    )
