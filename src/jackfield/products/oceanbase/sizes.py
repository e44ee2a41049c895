"""Sizes of instances, and the zone that a tenant's clients go to: what is asked for is shown.

A tenant's server has this machine's size and its one node, whatever these calls say. Names of parameters are those of
the calls of the same name for OceanBase on Alibaba Cloud; our reference of this API has none.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.oceanbase.errors import (
    InstanceNotFound,
    InstanceNotOnline,
    ProjectMismatch,
    TenantNotFound,
    TenantNotOnline,
    ZonesMalformed,
)
from jackfield.products.oceanbase.instances import online_instance
from jackfield.products.oceanbase.lifecycle import INSTANCE, RenamedInstance, begin
from jackfield.products.oceanbase.product import OCEANBASE
from jackfield.products.oceanbase.resources import Instance
from jackfield.products.oceanbase.shapes import InstanceRequest, TenantRequest
from jackfield.products.oceanbase.states import PENDING_UPDATE
from jackfield.products.oceanbase.tenant_changes import ModifyTenantNameReply, RenamedTenant
from jackfield.products.oceanbase.tenants import TENANT, online_tenant, primary_zone_of
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.store.interface import Tx


class ChangedInstance(Reply, rename="camel"):
    data: RenamedInstance


class ModifyInstanceNodeNumRequest(InstanceRequest):
    node_num: Annotated[int, Param("Nodes over all zones, as many in each.", "6", range=(1, 900))]


@operation(
    OCEANBASE,
    rest=("PUT", INSTANCE + "/nodeNum"),
    title="Modifies the number of nodes of an instance",
    access="update",
    resource="instances/{instanceId}",
    errors=(InstanceNotFound, ProjectMismatch, InstanceNotOnline, ZonesMalformed),
)
def modify_instance_node_num(tx: Tx, call: Call, request: ModifyInstanceNodeNumRequest) -> ChangedInstance:
    """Changes the number that is shown. The instance is PENDING_UPDATE, then ONLINE; its tenants are not touched."""
    instance = online_instance(tx, call, request.instance_id)
    if request.node_num % len(instance.zones):
        raise ZonesMalformed(name="nodeNum")
    return _changed(tx, call, msgspec.structs.replace(instance, nodes=request.node_num))


class ModifyInstanceSpecRequest(InstanceRequest):
    instance_class: Annotated[str, Param("CPU and memory of a node; as before, if left out.", "8C32GB")] = ""
    disk_size: Annotated[int, Param("Storage in GB; as before, if left out.", "400", range=(1, 10**6))] = 0


@operation(
    OCEANBASE,
    rest=("PUT", INSTANCE + "/spec"),
    title="Modifies the specification of an instance",
    access="update",
    resource="instances/{instanceId}",
    errors=(InstanceNotFound, ProjectMismatch, InstanceNotOnline),
)
def modify_instance_spec(tx: Tx, call: Call, request: ModifyInstanceSpecRequest) -> ChangedInstance:
    """Changes class and storage that are shown. The instance is PENDING_UPDATE, then ONLINE."""
    instance = online_instance(tx, call, request.instance_id)
    changed = msgspec.structs.replace(
        instance,
        instance_class=request.instance_class or instance.instance_class,
        disk_size=request.disk_size or instance.disk_size,
    )
    return _changed(tx, call, changed)


class ModifyTenantPrimaryZoneRequest(TenantRequest):
    primary_zone: Annotated[str, Param("One of the instance's zones, several, or RANDOM.", "ap-beijing-4")]


@operation(
    OCEANBASE,
    rest=("PUT", TENANT + "/primaryZone"),
    title="Modifies the primary zone of a tenant",
    access="update",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, TenantNotFound, TenantNotOnline, ZonesMalformed),
)
def modify_tenant_primary_zone(tx: Tx, call: Call, request: ModifyTenantPrimaryZoneRequest) -> ModifyTenantNameReply:
    """Says which zone's replica leads. The tenant is PENDING_UPDATE, then ONLINE; sessions and addresses stay."""
    tenant = online_tenant(tx, call, request)
    zone = primary_zone_of(tenant.zones, request.primary_zone)
    begin(tx, call, msgspec.structs.replace(tenant, primary_zone=zone), PENDING_UPDATE)
    return ModifyTenantNameReply(data=RenamedTenant(tenant_id=tenant.id))


def _changed(tx: Tx, call: Call, instance: Instance) -> ChangedInstance:
    begin(tx, call, instance, PENDING_UPDATE)
    return ChangedInstance(data=RenamedInstance(instance_id=instance.id))
