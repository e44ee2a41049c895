"""DescribeReadDBInstanceDelay and CalculateDBInstanceWeight."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, Shape, operation
from jackfield.products.rds.errors import DeletedInstanceNotFound, InvalidDBInstanceNameNotFound
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.product import RDS
from jackfield.products.rds.replica_errors import WeightInstanceType
from jackfield.products.rds.replicas import replicas_of
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.whitelist_errors import ReadinsNotFound
from jackfield.store.interface import Reader

WEIGHT = 100
"""Of each instance. At the vendor it grows with the memory, which is the same here, whatever the class."""


class ReadNames(Shape):
    read_db_instance_name: tuple[str, ...]


class ReadDelayTimes(Shape):
    read_delay_time: tuple[str, ...]


class ReplayDelay(Shape):
    read_db_instance_name: str
    replay_latency: str


class ReplayDelays(Shape):
    readonly_instance_delay: tuple[ReplayDelay, ...]


class ReadDelay(Shape):
    db_instance_id: str
    read_db_instance_names: ReadNames
    read_delay_times: ReadDelayTimes
    readonly_instance_delay: ReplayDelays


class ReadDelays(Shape):
    items: tuple[ReadDelay, ...]


class DescribeReadDBInstanceDelayRequest(DBInstanceIdRequest):
    read_instance_id: Annotated[str, Param("A read-only instance of it.", "rr-bp1n6y1****")]
    region_id: Annotated[str, Param("The region.", "cn-hangzhou")] = ""


class DescribeReadDBInstanceDelayReply(Reply):
    db_instance_id: str
    read_db_instance_id: str = msgspec.field(name="ReadDBInstanceId")
    delay_time: int
    items: ReadDelays


@operation(
    RDS,
    name="DescribeReadDBInstanceDelay",
    title="Queries by how much a read-only instance is behind",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, ReadinsNotFound),
)
def describe_read_db_instance_delay(
    tx: Reader, call: Call, request: DescribeReadDBInstanceDelayRequest
) -> DescribeReadDBInstanceDelayReply:
    """By how many seconds a read-only instance was behind its primary when it was looked at, seconds ago at most."""
    primary = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    found = next((one for one in replicas_of(tx, primary.id) if one.id == request.read_instance_id), None)
    if found is None:
        raise ReadinsNotFound
    seconds = str(found.delay)
    return DescribeReadDBInstanceDelayReply(
        db_instance_id=primary.id,
        read_db_instance_id=found.id,
        delay_time=found.delay,
        items=ReadDelays(
            items=(
                ReadDelay(
                    db_instance_id=primary.id,
                    read_db_instance_names=ReadNames(read_db_instance_name=(found.id,)),
                    read_delay_times=ReadDelayTimes(read_delay_time=(seconds,)),
                    readonly_instance_delay=ReplayDelays(
                        readonly_instance_delay=(ReplayDelay(read_db_instance_name=found.id, replay_latency=seconds),)
                    ),
                ),
            )
        ),
    )


class InstanceWeight(Shape):
    db_instance_id: str
    db_instance_type: str
    weight: str
    delay: str = msgspec.field(name="ReadonlyInstanceSQLDelayedTime")


class InstanceWeights(Shape):
    db_instance_weight: tuple[InstanceWeight, ...]


class CalculateDBInstanceWeightReply(Reply):
    items: InstanceWeights


@operation(
    RDS,
    name="CalculateDBInstanceWeight",
    title="Queries the read weights that the system would give",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(DeletedInstanceNotFound, WeightInstanceType),
)
def calculate_db_instance_weight(
    tx: Reader, call: Call, request: DBInstanceIdRequest
) -> CalculateDBInstanceWeightReply:
    """The primary, then its read-only instances, each with the same weight."""
    primary = own_instance(tx, call, request.db_instance_id, DeletedInstanceNotFound)
    if primary.read_only:
        raise WeightInstanceType
    members = (primary, *replicas_of(tx, primary.id))
    return CalculateDBInstanceWeightReply(
        items=InstanceWeights(db_instance_weight=tuple(_weight(member) for member in members))
    )


def _weight(member: DBInstance) -> InstanceWeight:
    return InstanceWeight(
        db_instance_id=member.id,
        db_instance_type="Readonly" if member.read_only else "Master",
        weight=str(WEIGHT),
        delay=str(member.delay),
    )
