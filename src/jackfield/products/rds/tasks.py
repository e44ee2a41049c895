"""DescribeTasks."""

from __future__ import annotations

from typing import Annotated

from jackfield.products.operation import Call, Param, Reply, Shape, operation
from jackfield.products.rds.errors import InvalidDBInstanceIdNotFound
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.product import RDS
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.states import (
    CREATING,
    DELETING,
    HA_SWITCHING,
    NET_CHANGING,
    REBOOTING,
    RUNNING,
    SSL_MODIFYING,
    STARTING,
    STOPPED,
    STOPPING,
    TRANSING,
)
from jackfield.products.rds.task_numbers import task_number
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader

_ACTIONS = {
    CREATING: "CreateDBInstance",
    DELETING: "DeleteDBInstance",
    HA_SWITCHING: "SwitchDBInstanceHA",
    NET_CHANGING: "ModifyDBInstanceNetType",
    REBOOTING: "RestartDBInstance",
    SSL_MODIFYING: "ModifyDBInstanceSSL",
    STARTING: "StartDBInstance",
    STOPPING: "StopDBInstance",
    TRANSING: "MigrateToOtherZone",
}


class DescribeTasksRequest(DBInstanceIdRequest):
    start_time: Annotated[str, Param("Tasks that began after this time.", "2011-06-11T15:00Z")] = ""
    end_time: Annotated[str, Param("Tasks that began before this time.", "2011-06-11T16:00Z")] = ""
    status: Annotated[str, Param("Only tasks in this state.", "Processing")] = ""
    task_action: Annotated[str, Param("Only tasks of this operation.", "DeleteDBInstance")] = ""
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1
    page_size: Annotated[int, Param("Entries a page, up to 100.", "30", range=(1, 100))] = 30


class Task(Shape):
    task_id: str
    task_action: str
    status: str
    begin_time: str
    finish_time: str
    expected_finish_time: str
    progress: str
    progress_info: str
    current_step_name: str
    step_progress_info: str
    steps_info: str
    remain: int
    db_name: str
    task_error_code: str
    task_error_message: str


class Tasks(Shape):
    task_progress_info: tuple[Task, ...]


class DescribeTasksReply(Reply):
    items: Tasks
    page_number: int
    page_record_count: int
    total_record_count: int


@operation(
    RDS,
    title="Queries the tasks of an instance",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceIdNotFound,),
)
def describe_tasks(tx: Reader, call: Call, request: DescribeTasksRequest) -> DescribeTasksReply:
    """Shows the transition that the instance is in, if it is in one. Tasks that are over are not kept: Terraform takes
    a finished one for a failed deletion. Once the instance is gone this fails, which is what Terraform waits for.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceIdNotFound)
    found = [
        task
        for task in _tasks(instance, call)
        if request.status in ("", task.status)
        and request.task_action in ("", task.task_action)
        and _minute(request.start_time) <= _minute(task.begin_time) <= _minute(request.end_time or "9")
    ]
    offset = (request.page_number - 1) * request.page_size
    page = found[offset : offset + request.page_size]
    return DescribeTasksReply(
        items=Tasks(task_progress_info=tuple(page)),
        page_number=request.page_number,
        page_record_count=len(page),
        total_record_count=len(found),
    )


def _tasks(instance: DBInstance, call: Call) -> list[Task]:
    if instance.status in (RUNNING, STOPPED):
        return []
    return [
        Task(
            task_id=str(task_number(instance)),
            task_action=_ACTIONS[instance.status],
            status="Processing",
            begin_time=iso_second(min(call.now, instance.settle_at - call.pace)),
            finish_time="",
            expected_finish_time=iso_second(max(call.now, instance.settle_at)),
            progress="",
            progress_info="",
            current_step_name=instance.status,
            step_progress_info="",
            steps_info="",
            remain=max(0, round(instance.settle_at - call.now)),
            db_name="",
            task_error_code="",
            task_error_message="",
        )
    ]


def _minute(text: str) -> str:
    """Times are compared by the minute, in which requests give them."""
    return text[:16]
