"""SwitchInstanceHA: other server processes take over from those that serve."""

from __future__ import annotations

import secrets
from typing import Annotated

import msgspec

from jackfield.products.errors import InvalidParameterValue, MissingParameterValue
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.tair.errors import InstanceStatusNotSupport, InvalidInstanceIdNotFound
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.resources import Instance, Shard
from jackfield.products.tair.shard_names import named_shards
from jackfield.products.tair.states import HA_SWITCHING, NORMAL
from jackfield.store.interface import Tx

ALL = "all"
IMMEDIATELY, IN_WINDOW = 0, 1


class SwitchInstanceHARequest(InstanceIdRequest):
    node_id: Annotated[
        str,
        Param("The shards of a cluster that switch, separated by commas, or all; mandatory for a cluster.", "56****19"),
    ] = ""
    switch_type: Annotated[
        str,
        Param(
            "Whether to wait until no write can be lost. Here none ever is.",
            "ReliabilityPriority",
            enum=("ReliabilityPriority", "AvailablePriority"),
        ),
    ] = "ReliabilityPriority"
    switch_mode: Annotated[
        int, Param("When: 0, now; 1, within the maintenance window.", "0", range=(IMMEDIATELY, IN_WINDOW))
    ] = IMMEDIATELY
    source_node_id: Annotated[str, Param("The node that serves a shard now.", "52717408")] = ""
    target_shard_name: Annotated[str, Param("The name of the shard.", "r-2zegk3jyxxxwixfo6c-db-1")] = ""


class SwitchInstanceHAReply(Reply):
    task_id: str


@operation(
    TAIR,
    name="SwitchInstanceHA",
    title="Switches between the master and the replica of an instance or of some of its shards",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InstanceStatusNotSupport),
)
def switch_instance_ha(tx: Tx, call: Call, request: SwitchInstanceHARequest) -> SwitchInstanceHAReply:
    """Puts another server process in the place of each that serves a shard; no acknowledged write is lost.

    There is no second server that runs beside the first: the new one takes over its data when it has ended. The
    instance is HASwitching until the new ones have answered through every endpoint. Clients of a cluster's ordinary
    address wait; other connections to these shards are cut, as the vendor's are. What waits for the maintenance window
    leaves the instance Normal until then; a later call of this operation takes its place.
    """
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    chosen = _chosen(instance, request)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    nodes = tuple(shard.node_id for shard in chosen)
    if request.switch_mode == IN_WINDOW:
        changed = msgspec.structs.replace(instance, planned_switch=nodes)
    else:
        changed = msgspec.structs.replace(
            instance,
            status=HA_SWITCHING,
            switching=nodes,
            planned_switch=(),
            ending=(),
            settle_at=call.now + call.pace,
        )
    tx.put(changed)
    tx.schedule(changed)
    return SwitchInstanceHAReply(task_id=str(secrets.randbelow(9 * 10**8) + 10**8))


def _chosen(instance: Instance, request: SwitchInstanceHARequest) -> tuple[Shard, ...]:
    """The shards that all of the call's parameters are about."""
    named = {
        "NodeId": "" if request.node_id == ALL else request.node_id,
        "SourceNodeId": request.source_node_id,
        "TargetShardName": request.target_shard_name,
    }
    if instance.architecture == "cluster" and not request.node_id and not any(named.values()):
        raise MissingParameterValue(name="NodeId")
    chosen = instance.shards
    for parameter, text in named.items():
        if text:
            wanted = named_shards(instance, text, parameter)
            chosen = tuple(shard for shard in chosen if shard in wanted)
    if not chosen:
        raise InvalidParameterValue(name="NodeId")
    return chosen
