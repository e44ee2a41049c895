"""DeleteDBInstance and the reads of instances."""

from __future__ import annotations

import json
from typing import Annotated

import msgspec

from jackfield.endpoints.resources import Endpoint, endpoint_id
from jackfield.products.errors import ApiError
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.rds import views
from jackfield.products.rds.errors import (
    DeletionProtection,
    IncorrectDBInstanceState,
    InvalidDBInstanceIdNotFound,
    InvalidDBInstanceNameNotFound,
)
from jackfield.products.rds.product import RDS
from jackfield.products.rds.resources import DBInstance, Tag
from jackfield.products.rds.states import DELETING, RUNNING
from jackfield.store.interface import Reader, Tx


class DBInstanceIdRequest(Request):
    db_instance_id: Annotated[str, Param("The instance ID.", "rm-uf6wjk5xxxxxxx")]


class DeleteDBInstanceRequest(DBInstanceIdRequest):
    released_keep_policy: Annotated[
        str, Param("Which backups stay: there are none here.", "None", enum=("None", "Lastest", "All"))
    ] = "None"


class DeleteDBInstanceReply(Reply):
    region_id: str


@operation(
    RDS,
    name="DeleteDBInstance",
    title="Releases an instance",
    access="delete",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, IncorrectDBInstanceState, DeletionProtection),
)
def delete_db_instance(tx: Tx, call: Call, request: DeleteDBInstanceRequest) -> DeleteDBInstanceReply:
    """Deletes an instance, its endpoints, accounts and data. It is Deleting until nothing of it listens or runs."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    if instance.deletion_protection:
        raise DeletionProtection
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    for endpoint in tx.children(Endpoint, instance.id):
        tx.put(msgspec.structs.replace(endpoint, status="Releasing"))
    deleted = msgspec.structs.replace(instance, status=DELETING, settle_at=call.now + call.pace)
    tx.put(deleted)
    tx.schedule(deleted)
    return DeleteDBInstanceReply(region_id=instance.region)


class DescribeDBInstanceAttributeRequest(DBInstanceIdRequest):
    expired: Annotated[str, Param("Whether the instance has expired.", "False", enum=("True", "False"))] = "False"


class DescribeDBInstanceAttributeReply(Reply):
    items: views.InstanceAttributeList


@operation(
    RDS,
    name="DescribeDBInstanceAttribute",
    title="Queries the details of an instance",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceIdNotFound,),
)
def describe_db_instance_attribute(
    tx: Reader, call: Call, request: DescribeDBInstanceAttributeRequest
) -> DescribeDBInstanceAttributeReply:
    """One instance. Clients poll DBInstanceStatus here until it is Running."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceIdNotFound)
    return DescribeDBInstanceAttributeReply(items=views.attribute_list(tx, instance))


class DescribeDBInstancesRequest(Request):
    region_id: Annotated[str, Param("The region.", "cn-hangzhou")]
    db_instance_id: Annotated[str, Param("Up to 30 ids, separated by commas.", "rm-uf6wjk5xxxxxxx")] = ""
    db_instance_status: Annotated[str, Param("Only instances in this state.", "Running")] = ""
    db_instance_class: Annotated[str, Param("Only this class.", "rds.mys2.small")] = ""
    db_instance_type: Annotated[
        str, Param("Only this type.", "Primary", enum=("Primary", "Readonly", "Guard", "Temp"))
    ] = ""
    engine: Annotated[str, Param("Only this engine.", "MySQL")] = ""
    engine_version: Annotated[str, Param("Only this version.", "5.7")] = ""
    category: Annotated[str, Param("Only this edition.", "Basic")] = ""
    instance_network_type: Annotated[str, Param("Only this network.", "VPC", enum=("VPC", "Classic"))] = ""
    connection_mode: Annotated[str, Param("Only this mode.", "Standard", enum=("Standard", "Safe"))] = ""
    connection_string: Annotated[
        str, Param("Only the instance with this address.", "rm-uf6.mysql.rds.aliyuncs.com")
    ] = ""
    pay_type: Annotated[str, Param("Only this billing method.", "Postpaid", enum=("Postpaid", "Prepaid"))] = ""
    zone_id: Annotated[str, Param("Only this zone.", "cn-hangzhou-h")] = ""
    vpc_id: Annotated[str, Param("Only this VPC.", "vpc-uf6f7l4fg90xxxxxxxxxx")] = ""
    vswitch_id: Annotated[str, Param("Only this vSwitch.", "vsw-uf6adz52c2pxxxxxxxxxx")] = ""
    resource_group_id: Annotated[str, Param("Only this resource group.", "rg-acfmyxxxxx")] = ""
    search_key: Annotated[str, Param("Part of the id or description.", "rm-uf6w")] = ""
    tags: Annotated[str, Param("Only instances with these tags, a JSON object.", '{"key1":"value1"}')] = ""
    expired: Annotated[str, Param("Whether they have expired.", "False", enum=("True", "False"))] = ""
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1
    page_size: Annotated[int, Param("Entries a page, 1 to 100.", "30", range=(1, 100))] = 30


class DescribeDBInstancesReply(Reply):
    items: views.InstanceList
    page_number: int
    page_record_count: int
    total_record_count: int


@operation(RDS, name="DescribeDBInstances", title="Queries instances", access="list", resource="dbinstance/*")
def describe_db_instances(tx: Reader, call: Call, request: DescribeDBInstancesRequest) -> DescribeDBInstancesReply:
    """Lists the caller's instances in a region, oldest first, a page at a time. Ids that are unknown are left out."""
    offset = (request.page_number - 1) * request.page_size
    plain = ("region_id", "page_number", "page_size")
    if any(getattr(request, field) for field in request.__struct_fields__ if field not in plain):
        found = [instance for instance in _candidates(tx, call, request) if _matches(tx, instance, request)]
        total, page = len(found), found[offset : offset + request.page_size]
    else:
        total = tx.count(DBInstance, account=call.account, region=request.region_id)
        page = tx.page(
            DBInstance, account=call.account, region=request.region_id, offset=offset, limit=request.page_size
        )
    return DescribeDBInstancesReply(
        items=views.InstanceList(db_instance=tuple(views.summary(tx, instance) for instance in page)),
        page_number=request.page_number,
        page_record_count=len(page),
        total_record_count=total,
    )


def own_instance(tx: Reader, call: Call, instance_id: str, unknown: type[ApiError]) -> DBInstance:
    """The caller's instance; ``unknown`` is raised when there is none, or it is another account's."""
    instance = tx.get(DBInstance, instance_id)
    if instance is None or instance.account != call.account:
        raise unknown
    return instance


def _candidates(tx: Reader, call: Call, request: DescribeDBInstancesRequest) -> list[DBInstance]:
    if not request.db_instance_id:
        return list(tx.each(DBInstance, account=call.account, region=request.region_id))
    found = (tx.get(DBInstance, id) for id in dict.fromkeys(request.db_instance_id.split(",")))
    return [
        instance
        for instance in found
        if instance is not None and instance.account == call.account and instance.region == request.region_id
    ]


def _matches(tx: Reader, instance: DBInstance, request: DescribeDBInstancesRequest) -> bool:
    exact = (
        (request.db_instance_status, instance.status),
        (request.db_instance_class, instance.instance_class),
        (request.db_instance_type, "Primary"),
        (request.engine, instance.engine),
        (request.engine_version, instance.engine_version),
        (request.category, instance.category),
        (request.instance_network_type, "VPC"),
        (request.connection_mode, "Standard"),
        (request.pay_type, instance.pay_type),
        (request.zone_id, instance.zone_id),
        (request.vpc_id, instance.vpc_id),
        (request.vswitch_id, instance.vswitch_id),
        (request.resource_group_id, instance.resource_group_id),
        (request.expired, "False"),
    )
    if any(wanted and wanted != actual for wanted, actual in exact):
        return False
    if request.search_key and request.search_key not in instance.id and request.search_key not in instance.description:
        return False
    if not _wanted_tags(request.tags) <= set(instance.tags):
        return False
    if not request.connection_string:
        return True
    endpoint = tx.get(Endpoint, endpoint_id(instance.id, "private"))
    return endpoint is not None and endpoint.name == request.connection_string


def _wanted_tags(text: str) -> set[Tag]:
    try:
        given = json.loads(text or "{}")
    except ValueError:
        return set()
    return {Tag(str(key), str(value)) for key, value in given.items()} if isinstance(given, dict) else set()
