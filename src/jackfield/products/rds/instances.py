"""DeleteDBInstance and DescribeDBInstanceAttribute."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.products.errors import ApiError
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.rds import views
from jackfield.products.rds.errors import (
    DeletedInstanceNotFound,
    DeletionProtection,
    IncorrectDBInstanceState,
    InvalidDBInstanceIdNotFound,
    InvalidReleasedKeepPolicy,
)
from jackfield.products.rds.product import RDS
from jackfield.products.rds.replica_errors import ReadDBInstanceStatus
from jackfield.products.rds.replicas import replicas_of
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.states import DELETING, RUNNING, STOPPED
from jackfield.store.interface import Reader, Tx


class DBInstanceIdRequest(Request):
    db_instance_id: Annotated[str, Param("The instance ID.", "rm-uf6wjk5xxxxxxx")]


class DeleteDBInstanceRequest(DBInstanceIdRequest):
    released_keep_policy: Annotated[
        str,
        Param(
            "Which backups stay: there are none here.",
            "None",
            enum=("None", "Lastest", "All"),
            invalid=InvalidReleasedKeepPolicy,
        ),
    ] = "None"


class DeleteDBInstanceReply(Reply):
    region_id: str


@operation(
    RDS,
    name="DeleteDBInstance",
    title="Releases an instance",
    access="delete",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        DeletedInstanceNotFound,
        IncorrectDBInstanceState,
        DeletionProtection,
        ReadDBInstanceStatus,
        InvalidReleasedKeepPolicy,
    ),
)
def delete_db_instance(tx: Tx, call: Call, request: DeleteDBInstanceRequest) -> DeleteDBInstanceReply:
    """Deletes an instance, its endpoints, accounts and data. It is Deleting until nothing of it listens or runs.

    A primary is deleted after its read-only instances.
    """
    instance = own_instance(tx, call, request.db_instance_id, DeletedInstanceNotFound)
    if instance.deletion_protection:
        raise DeletionProtection
    if instance.status not in (RUNNING, STOPPED):
        raise IncorrectDBInstanceState
    if replicas_of(tx, instance.id):
        raise ReadDBInstanceStatus
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


def own_instance(tx: Reader, call: Call, instance_id: str, unknown: type[ApiError]) -> DBInstance:
    """The caller's instance; ``unknown`` is raised when there is none, or it is another account's."""
    instance = tx.get(DBInstance, instance_id)
    if instance is None or instance.account != call.account:
        raise unknown
    return instance
