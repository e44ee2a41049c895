"""An instance is restarted, stopped and started; its server process really ends, its data, names and claims stay."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.rds.errors import IncorrectDBInstanceState, InvalidDBInstanceNameNotFound
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.life_errors import (
    DestroyedInstanceNotFound,
    InvalidNodeId,
    InvalidStatusFormat,
    NotInRecycleBin,
)
from jackfield.products.rds.nodes import place_of
from jackfield.products.rds.product import RDS
from jackfield.products.rds.replica_errors import HasReadOnlyInstanceStop, ReadOnlyInstanceStop
from jackfield.products.rds.replicas import replicas_of
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.states import REBOOTING, RUNNING, STARTING, STOPPED, STOPPING
from jackfield.products.rds.task_numbers import task_number
from jackfield.store.interface import Tx


class RestartDBInstanceRequest(DBInstanceIdRequest):
    node_id: Annotated[str, Param("A node of the instance; one server plays them all.", "2614****")] = ""
    client_token: Annotated[str, Param("Makes a repeated call answer like the first.", "ETnLKlblzczshOTUbOCz****")] = ""


@operation(
    RDS,
    name="RestartDBInstance",
    title="Restarts an instance",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, IncorrectDBInstanceState, InvalidNodeId),
    token="ClientToken",
)
def restart_db_instance(tx: Tx, call: Call, request: RestartDBInstanceRequest) -> Reply:
    """Ends the server process and starts another in its place; sessions are cut, data are kept.

    The instance is Rebooting until the new server answered through every endpoint.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    if request.node_id and place_of(instance, request.node_id) is None:
        raise InvalidNodeId
    begin(tx, call, msgspec.structs.replace(instance, ending=()), REBOOTING)
    return Reply()


class StopDBInstanceRequest(DBInstanceIdRequest):
    region_id: Annotated[str, Param("The region of the instance.", "cn-hangzhou")]


@operation(
    RDS,
    name="StopDBInstance",
    title="Stops an instance",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, ReadOnlyInstanceStop, HasReadOnlyInstanceStop, InvalidStatusFormat),
)
def stop_db_instance(tx: Tx, call: Call, request: StopDBInstanceRequest) -> Reply:
    """Closes every address of the instance, cuts its sessions and ends its server process.

    It is Stopping until all of that was seen, then Stopped. Connection strings, addresses and data are kept, and nobody
    else can get them; the names lead nowhere.
    """
    instance = _own(tx, call, request.db_instance_id, request.region_id)
    if instance.read_only:
        raise ReadOnlyInstanceStop
    if replicas_of(tx, instance.id):
        raise HasReadOnlyInstanceStop
    if instance.status != RUNNING:
        raise InvalidStatusFormat
    for endpoint in tx.children(Endpoint, instance.id):
        tx.put(msgspec.structs.replace(endpoint, status="Closing"))
    begin(tx, call, instance, STOPPING)
    return Reply()


class StartDBInstanceRequest(DBInstanceIdRequest):
    region_id: Annotated[str, Param("The region of the instance.", "cn-hangzhou")] = ""


class StartDBInstanceReply(Reply):
    """MigrationId is of dedicated clusters; it is left out."""

    task_id: int


@operation(
    RDS,
    name="StartDBInstance",
    title="Starts a stopped instance",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, InvalidStatusFormat),
)
def start_db_instance(tx: Tx, call: Call, request: StartDBInstanceRequest) -> StartDBInstanceReply:
    """Starts the server on its data; it is Starting until every address was dialled and the server answered, then
    Running. Names, addresses and ports are those from before.
    """
    instance = _own(tx, call, request.db_instance_id, request.region_id)
    if instance.status != STOPPED:
        raise InvalidStatusFormat
    for endpoint in tx.children(Endpoint, instance.id):
        tx.put(msgspec.structs.replace(endpoint, status="Creating"))
    started = begin(tx, call, instance, STARTING)
    return StartDBInstanceReply(task_id=task_number(started))


class DestroyDBInstanceRequest(DBInstanceIdRequest):
    client_token: Annotated[str, Param("Makes a repeated call answer like the first.", "ETnLKlblzczshOTUbOCz****")] = ""


@operation(
    RDS,
    name="DestroyDBInstance",
    title="Destroys an instance in the recycle bin",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(DestroyedInstanceNotFound, NotInRecycleBin),
    token="ClientToken",
)
def destroy_db_instance(tx: Tx, call: Call, request: DestroyDBInstanceRequest) -> Reply:
    """Refuses every instance: an expired one waits in the recycle bin, and here none expires. See DeleteDBInstance."""
    own_instance(tx, call, request.db_instance_id, DestroyedInstanceNotFound)
    raise NotInRecycleBin


def begin(tx: Tx, call: Call, instance: DBInstance, status: str) -> DBInstance:
    """Records what is to be done; the reconciler does it."""
    changed = msgspec.structs.replace(instance, status=status, settle_at=call.now + call.pace)
    tx.put(changed)
    tx.schedule(changed)
    return changed


def _own(tx: Tx, call: Call, instance_id: str, region: str) -> DBInstance:
    instance = own_instance(tx, call, instance_id, InvalidDBInstanceNameNotFound)
    if region and region != instance.region:
        raise InvalidDBInstanceNameNotFound
    return instance
