"""LockDBInstanceWrite and UnlockDBInstanceWrite."""

from __future__ import annotations

import secrets
from typing import Annotated

from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.tair.errors import InstanceStatusNotSupport, InvalidDbInstanceIdNotFound
from jackfield.products.tair.instances import own_instance
from jackfield.products.tair.maintenance import change_settings
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.resources import Instance
from jackfield.products.tair.states import NORMAL
from jackfield.products.tair.upkeep import begin_change
from jackfield.store.interface import Tx


class UnlockDBInstanceWriteRequest(Request):
    db_instance_id: Annotated[str, Param("The ID of the instance.", "r-bp1zxszhcgatnx****")]


class LockDBInstanceWriteRequest(UnlockDBInstanceWriteRequest):
    lock_reason: Annotated[str, Param("Why nobody may write.", "a test")]


class UnlockDBInstanceWriteReply(Reply):
    db_instance_name: str
    task_id: int


class LockDBInstanceWriteReply(UnlockDBInstanceWriteReply):
    lock_reason: str


@operation(
    TAIR,
    name="LockDBInstanceWrite",
    title="Forbids writing to an instance",
    access="update",
    resource="instance/{DBInstanceId}",
    errors=(InvalidDbInstanceIdNotFound, InstanceStatusNotSupport),
)
def lock_db_instance_write(tx: Tx, call: Call, request: LockDBInstanceWriteRequest) -> LockDBInstanceWriteReply:
    """Has every server refuse what writes, to every user, in sessions that are open as well.

    The instance is Changing until all of them do. Reading goes on.
    """
    instance = _set(tx, call, request.db_instance_id, locked=True, reason=request.lock_reason)
    return LockDBInstanceWriteReply(
        db_instance_name=instance.id, task_id=secrets.randbelow(10**9), lock_reason=request.lock_reason
    )


@operation(
    TAIR,
    name="UnlockDBInstanceWrite",
    title="Permits writing to an instance again",
    access="update",
    resource="instance/{DBInstanceId}",
    errors=(InvalidDbInstanceIdNotFound, InstanceStatusNotSupport),
)
def unlock_db_instance_write(tx: Tx, call: Call, request: UnlockDBInstanceWriteRequest) -> UnlockDBInstanceWriteReply:
    """Ends what LockDBInstanceWrite began; accounts that may only read stay such."""
    instance = _set(tx, call, request.db_instance_id, locked=False, reason="")
    return UnlockDBInstanceWriteReply(db_instance_name=instance.id, task_id=secrets.randbelow(10**9))


def _set(tx: Tx, call: Call, instance_id: str, *, locked: bool, reason: str) -> Instance:
    instance = own_instance(tx, call, instance_id, InvalidDbInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    changed = change_settings(tx, instance, write_locked=locked, lock_reason=reason)
    begin_change(tx, call, changed, "servers")
    return changed
