"""SwitchDBInstanceHA and DescribeDBInstanceHAConfig."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, Shape, operation
from jackfield.products.rds.errors import IncorrectDBInstanceState, InvalidDBInstanceNameNotFound
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.life_errors import InvalidNodeId, NoSecondary
from jackfield.products.rds.lifecycle import begin
from jackfield.products.rds.nodes import nodes, place_of
from jackfield.products.rds.product import RDS
from jackfield.products.rds.states import HA_SWITCHING, RUNNING
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader, Tx


class SwitchDBInstanceHARequest(DBInstanceIdRequest):
    node_id: Annotated[str, Param("The secondary that becomes the primary.", "349054")]
    force: Annotated[str, Param("Whether to switch although data may be lost; none is.", "No", enum=("Yes", "No"))] = (
        "No"
    )
    effective_time: Annotated[str, Param("When: now.", "Immediate", enum=("Immediate",))] = "Immediate"


@operation(
    RDS,
    name="SwitchDBInstanceHA",
    title="Makes a secondary the primary",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, IncorrectDBInstanceState, NoSecondary, InvalidNodeId),
)
def switch_db_instance_ha(tx: Tx, call: Call, request: SwitchDBInstanceHARequest) -> Reply:
    """Ends the server that plays the primary and starts the one that plays the secondary on the same data.

    Sessions are cut, no acknowledged write is lost, names and addresses stay. Once the new primary answered through
    every endpoint the instance is Running and the two have exchanged their roles.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    if len(nodes(instance)) < 2:
        raise NoSecondary
    place = place_of(instance, request.node_id)
    if place is None or place == instance.primary:
        raise InvalidNodeId
    begin(tx, call, msgspec.structs.replace(instance, ending=(), next_primary=place), HA_SWITCHING)
    return Reply()


class NodeInfo(Shape):
    node_id: str
    node_type: str
    region_id: str
    zone_id: str
    sync_status: str
    log_sync_time: str
    data_sync_time: str


class HostInstanceInfos(Shape):
    node_info: tuple[NodeInfo, ...]


class DescribeDBInstanceHAConfigReply(Reply):
    db_instance_id: str
    ha_mode: str = msgspec.field(name="HAMode")
    sync_mode: str
    host_instance_infos: HostInstanceInfos


@operation(
    RDS,
    name="DescribeDBInstanceHAConfig",
    title="Queries the nodes of an instance and how they are kept alike",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound,),
)
def describe_db_instance_ha_config(
    tx: Reader, call: Call, request: DBInstanceIdRequest
) -> DescribeDBInstanceHAConfigReply:
    """Lists the primary and the secondaries. They work on the same data, so they are alike at every moment."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    now = iso_second(call.now)
    return DescribeDBInstanceHAConfigReply(
        db_instance_id=instance.id,
        ha_mode="RPO",
        sync_mode="Sync",
        host_instance_infos=HostInstanceInfos(
            node_info=tuple(
                NodeInfo(
                    node_id=node.number,
                    node_type="Master" if node.primary else "Slave",
                    region_id=instance.region,
                    zone_id=node.zone_id,
                    sync_status="Synchronized",
                    log_sync_time=now,
                    data_sync_time=now,
                )
                for node in nodes(instance)
            )
        ),
    )
