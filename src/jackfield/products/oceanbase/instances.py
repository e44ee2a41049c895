"""Instances (clusters): made, listed, read, deleted."""

from __future__ import annotations

import re
import secrets
from typing import Annotated, cast

import msgspec

from jackfield.identity.projects import Project, create_project, latest_project
from jackfield.identity.resources import Account
from jackfield.products.oceanbase import views
from jackfield.products.oceanbase.ending import check_endable, end_tenant
from jackfield.products.oceanbase.errors import (
    AddressNotOnline,
    EngineMissing,
    InstanceNotFound,
    InstanceNotOnline,
    ProjectMismatch,
    ZonesMalformed,
)
from jackfield.products.oceanbase.names import new_instance_id
from jackfield.products.oceanbase.product import OCEANBASE
from jackfield.products.oceanbase.resources import CloudProvider, Instance, Tenant
from jackfield.products.oceanbase.shapes import (
    Done,
    InstanceRequest,
    Page,
    PageNumber,
    PageSize,
    RestRequest,
    RestShape,
    page_of,
)
from jackfield.products.oceanbase.states import ONLINE, PENDING_CREATE, PENDING_DELETE, PENDING_START, PENDING_STOP
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.store.interface import Reader, Tx

ENGINE = "seekdb"
PATH = "/api/v2/instances"
_ZONE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}").fullmatch
_REGION = re.compile(r"[a-z0-9][a-z0-9-]{0,30}[a-z0-9]").fullmatch


class CreateInstanceRequest(RestRequest):
    cloud_provider: Annotated[str, Param("The cloud.", "QCLOUD", enum=("ALIYUN", "QCLOUD", "HUAWEI", "AWS", "GCP"))]
    disk_size: Annotated[int, Param("Storage in GB.", "200", range=(1, 10**6))]
    instance_class: Annotated[str, Param("CPU and memory of a node.", "4C16GB")]
    ob_version: Annotated[str, Param("The version of OceanBase.", "4.2.1")]
    region: Annotated[str, Param("A region of the cloud.", "ap-beijing")]
    zones: Annotated[str, Param("Zones, separated by commas.", "ap-beijing-4,ap-beijing-5,ap-beijing-6")]
    instance_name: Annotated[str, Param("A name for people.", "orders")] = ""
    charge_type: Annotated[str, Param("The billing method.", "POSTPAY")] = "POSTPAY"
    replica_mode: Annotated[str, Param("The replicas.", "3F")] = "3F"
    instance_type: Annotated[str, Param("The kind of instance.", "CLUSTER")] = "CLUSTER"
    sale_channel: Annotated[str, Param("Where it was bought.", "OBCLOUD")] = ""
    dry_run: Annotated[bool, Param("Only checks.", "false")] = False


class CreatedInstance(RestShape):
    order_id: str
    instance_id: str
    dry_run: bool
    dry_run_result: bool


class CreateInstanceReply(Reply, rename="camel"):
    data: CreatedInstance


@operation(
    OCEANBASE,
    rest=("POST", PATH),
    title="Creates an instance",
    access="create",
    resource="instances/*",
    errors=(EngineMissing, ZonesMalformed),
)
def create_instance(tx: Tx, call: Call, request: CreateInstanceRequest) -> CreateInstanceReply:
    """Creates an instance in the project of the call, else in the one that was passed last, else in a first one.

    It is PENDING_CREATE, then ONLINE. Servers are started for its tenants.
    """
    if call.missing(ENGINE):
        raise EngineMissing
    if not _REGION(request.region):
        raise ZonesMalformed(name="region")
    zones = tuple(dict.fromkeys(zone.strip() for zone in request.zones.split(",")))
    if len(zones) > 9 or not all(_ZONE(zone) for zone in zones):
        raise ZonesMalformed(name="zones")
    if request.dry_run:
        return CreateInstanceReply(data=CreatedInstance(order_id="", instance_id="", dry_run=True, dry_run_result=True))
    instance = Instance(
        id=new_instance_id(),
        account=call.account,
        region=request.region,
        parent=call.project or _project(tx, call).id,
        status=PENDING_CREATE,
        created=call.now,
        name=request.instance_name,
        cloud_provider=cast(CloudProvider, request.cloud_provider),
        instance_class=request.instance_class,
        disk_size=request.disk_size,
        version=request.ob_version,
        zones=zones,
        charge_type=request.charge_type,
        replica_mode=request.replica_mode,
        instance_type=request.instance_type,
        sale_channel=request.sale_channel,
        settle_at=call.now + call.pace,
    )
    tx.put(instance)
    tx.schedule(instance)
    order = str(secrets.randbelow(10**12) + 10**12)
    return CreateInstanceReply(
        data=CreatedInstance(order_id=order, instance_id=instance.id, dry_run=False, dry_run_result=False)
    )


class DescribeInstancesRequest(RestRequest):
    page_number: PageNumber = 1
    page_size: PageSize = 10
    instance_name: Annotated[str, Param("Only instances with this name.", "orders")] = ""
    instance_id: Annotated[str, Param("Only this instance.", "ob317v4uif****")] = ""


class DescribeInstancesReply(Reply, rename="camel"):
    data: Page[views.InstanceView]


@operation(
    OCEANBASE,
    rest=("GET", PATH),
    title="Queries instances",
    access="list",
    resource="instances/*",
)
def describe_instances(tx: Reader, call: Call, request: DescribeInstancesRequest) -> DescribeInstancesReply:
    """Lists the instances of the project of the call, else of all projects that the key is good for, oldest first."""
    found = tx.children(Instance, call.project) if call.project else tx.each(Instance, account=call.account)
    matching = [
        instance
        for instance in found
        if instance.account == call.account
        and request.instance_name in ("", instance.name)
        and request.instance_id in ("", instance.id)
    ]
    return DescribeInstancesReply(
        data=page_of(matching, request.page_number, request.page_size, lambda one: views.instance(tx, one))
    )


class DescribeInstanceReply(Reply, rename="camel"):
    data: views.InstanceView


@operation(
    OCEANBASE,
    rest=("GET", PATH + "/{instanceId}"),
    title="Queries the details of an instance",
    access="get",
    resource="instances/{instanceId}",
    errors=(InstanceNotFound, ProjectMismatch),
)
def describe_instance(tx: Reader, call: Call, request: InstanceRequest) -> DescribeInstanceReply:
    """Tells what the instance is like; one that is being deleted is there until nothing of it runs."""
    return DescribeInstanceReply(data=views.instance(tx, own_instance(tx, call, request.instance_id)))


@operation(
    OCEANBASE,
    rest=("DELETE", PATH),
    title="Deletes an instance",
    access="delete",
    resource="instances/{instanceId}",
    errors=(InstanceNotFound, ProjectMismatch, InstanceNotOnline, AddressNotOnline),
)
def delete_instance(tx: Tx, call: Call, request: InstanceRequest) -> Done:
    """Deletes an instance, its tenants and their data; one that is stopped as well.

    Tenants that are being deleted already do not stand in the way: Terraform deletes both without a pause.
    """
    instance = own_instance(tx, call, request.instance_id)
    if instance.status in (PENDING_DELETE, PENDING_STOP, PENDING_START):
        raise InstanceNotOnline
    for tenant in tx.children(Tenant, instance.id):
        if tenant.status != PENDING_DELETE:
            check_endable(tx, tenant)
            end_tenant(tx, call, tenant)
    deleted = msgspec.structs.replace(instance, status=PENDING_DELETE, settle_at=call.now + call.pace)
    tx.put(deleted)
    tx.schedule(deleted)
    return Done()


def own_instance(tx: Reader, call: Call, instance_id: str) -> Instance:
    """The instance, if the key is good for it and the call was not confined to another project.

    :raises InstanceNotFound, ProjectMismatch: as they say.
    """
    instance = tx.get(Instance, instance_id)
    if instance is None or instance.account != call.account:
        raise InstanceNotFound
    if call.project not in ("", instance.parent):
        raise (InstanceNotFound if call.principal.project else ProjectMismatch)
    return instance


def online_instance(tx: Reader, call: Call, instance_id: str) -> Instance:
    """:raises InstanceNotOnline: it is being made or deleted. :raises InstanceNotFound, ProjectMismatch: as above."""
    instance = own_instance(tx, call, instance_id)
    if instance.status != ONLINE:
        raise InstanceNotOnline
    return instance


def _project(tx: Tx, call: Call) -> Project:
    found = latest_project(tx, call.account)
    if found is not None:
        return found
    account = tx.get(Account, call.account)
    assert account is not None, "whoever calls has an account"
    return create_project(tx, account, "default")
