"""Instances are renamed, stopped and started: their tenants' servers really end, data, names and claims stay."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.products.oceanbase.errors import (
    AddressNotOnline,
    InstanceNotFound,
    InstanceNotOnline,
    ProjectMismatch,
    TenantNotOnline,
)
from jackfield.products.oceanbase.instances import PATH, online_instance, own_instance
from jackfield.products.oceanbase.product import OCEANBASE
from jackfield.products.oceanbase.resources import Instance, Tenant
from jackfield.products.oceanbase.shapes import Accepted, InstanceRequest, RestShape
from jackfield.products.oceanbase.states import ONLINE, PENDING_DELETE, PENDING_START, PENDING_STOP, STOPPED
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.store.interface import Tx

INSTANCE = PATH + "/{instanceId}"


class ModifyInstanceNameRequest(InstanceRequest):
    instance_name: Annotated[str, Param("The new name, for people.", "orders")]


class RenamedInstance(RestShape):
    instance_id: str


class ModifyInstanceNameReply(Reply, rename="camel"):
    data: RenamedInstance


@operation(
    OCEANBASE,
    rest=("PUT", INSTANCE + "/instanceName"),
    title="Renames an instance",
    access="update",
    resource="instances/{instanceId}",
    errors=(InstanceNotFound, ProjectMismatch, InstanceNotOnline),
)
def modify_instance_name(tx: Tx, call: Call, request: ModifyInstanceNameRequest) -> ModifyInstanceNameReply:
    """Changes the name, in whatever state the instance is, unless it is being deleted."""
    instance = own_instance(tx, call, request.instance_id)
    if instance.status == PENDING_DELETE:
        raise InstanceNotOnline
    tx.put(msgspec.structs.replace(instance, name=request.instance_name))
    return ModifyInstanceNameReply(data=RenamedInstance(instance_id=instance.id))


@operation(
    OCEANBASE,
    rest=("PUT", INSTANCE + "/stopCluster"),
    title="Stops an instance",
    access="update",
    resource="instances/{instanceId}",
    errors=(InstanceNotFound, ProjectMismatch, InstanceNotOnline, TenantNotOnline, AddressNotOnline),
    source="OceanBase Cloud documents, 1372569",
)
def stop_cluster(tx: Tx, call: Call, request: InstanceRequest) -> Accepted:
    """Closes every address of the tenants, cuts their sessions and ends their servers.

    The instance and its tenants are PENDING_STOP until all of that was seen, then STOPPED. Names, addresses and data
    are kept. Refused while a tenant or an address is on its way; one that is being deleted goes on its way.
    """
    instance = online_instance(tx, call, request.instance_id)
    tenants = [one for one in tx.children(Tenant, instance.id) if one.status != PENDING_DELETE]
    if any(one.status != ONLINE for one in tenants):
        raise TenantNotOnline
    for tenant in tenants:
        for endpoint in tx.children(Endpoint, tenant.id):
            if endpoint.status == "Serving":
                tx.put(msgspec.structs.replace(endpoint, status="Closing"))
            elif endpoint.status != "Releasing":
                raise AddressNotOnline
        begin(tx, call, tenant, PENDING_STOP)
    begin(tx, call, instance, PENDING_STOP)
    return Accepted()


@operation(
    OCEANBASE,
    rest=("PUT", INSTANCE + "/startCluster"),
    title="Starts a stopped instance",
    access="update",
    resource="instances/{instanceId}",
    errors=(InstanceNotFound, ProjectMismatch, InstanceNotOnline),
)
def start_cluster(tx: Tx, call: Call, request: InstanceRequest) -> Accepted:
    """Starts the tenants' servers on their data; names, addresses and ports are those from before.

    A tenant is PENDING_START until its server was reached through every address, then ONLINE; so is the instance.
    """
    instance = own_instance(tx, call, request.instance_id)
    if instance.status != STOPPED:
        raise InstanceNotOnline
    for tenant in tx.children(Tenant, instance.id):
        if tenant.status == STOPPED:
            for endpoint in tx.children(Endpoint, tenant.id):
                if endpoint.status == "Closed":
                    tx.put(msgspec.structs.replace(endpoint, status="Creating"))
            begin(tx, call, tenant, PENDING_START)
    begin(tx, call, instance, PENDING_START)
    return Accepted()


def begin(tx: Tx, call: Call, one: Instance | Tenant, status: str) -> None:
    """Records what is to be done; the reconcilers do it."""
    changed = msgspec.structs.replace(one, status=status, settle_at=call.now + call.pace)
    tx.put(changed)
    tx.schedule(changed)
