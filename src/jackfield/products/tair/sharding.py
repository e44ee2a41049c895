"""AddShardingNode and DeleteShardingNode: a cluster gets more shards, or fewer, while clients go on."""

from __future__ import annotations

import secrets
from typing import Annotated

import msgspec

from jackfield.products.errors import MissingParameterValue
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.tair.errors import (
    InstanceStatusNotSupport,
    InvalidInstanceIdNotFound,
    InvalidShardInfoFormat,
    InvalidVSwitchId,
)
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.resources import Instance, Resharding, Shard, ranges_of
from jackfield.products.tair.shard_names import named_shards, shard_name
from jackfield.products.tair.sharding_errors import IncorrectCharacterType
from jackfield.products.tair.states import CHANGING, NORMAL
from jackfield.products.vpc.defaults import usable
from jackfield.products.vpc.resources import VSwitch
from jackfield.slots import spread
from jackfield.store.interface import Tx

MAX_ADDED = 64
"""In one call (AddShardingNode, ShardCount)."""

FEWEST, MOST = 2, 256
"""Shards that a cluster has (the same place)."""


class AddShardingNodeRequest(InstanceIdRequest):
    shard_count: Annotated[
        int,
        Param("How many shards to add, up to 64 at once.", "2", range=(1, 4096), invalid=InvalidShardInfoFormat),
    ] = 1
    vswitch_id: Annotated[
        str, Param("A vSwitch of the instance's VPC for the new shards.", "vsw-bp1e7clcw529l773d****")
    ] = ""


class AddShardingNodeReply(Reply):
    node_ids: tuple[str, ...]
    order_id: int


@operation(
    TAIR,
    title="Adds data shards to a cluster instance",
    access="create",
    resource="instance/{InstanceId}",
    errors=(
        InvalidInstanceIdNotFound,
        InstanceStatusNotSupport,
        IncorrectCharacterType,
        InvalidShardInfoFormat,
        InvalidVSwitchId,
    ),
)
def add_sharding_node(tx: Tx, call: Call, request: AddShardingNodeRequest) -> AddShardingNodeReply:
    """Adds shards, each with the memory that the others have.

    The instance is Changing until every shard has an equal part of the slots, with their keys. Clients go on
    meanwhile, at the ordinary address without notice; cluster clients at the direct addresses follow MOVED and ASK.
    """
    instance = _cluster(tx, call, request.instance_id)
    if request.shard_count > MAX_ADDED or len(instance.shards) + request.shard_count > MOST:
        raise InvalidShardInfoFormat
    if request.vswitch_id:
        vswitch = tx.get(VSwitch, request.vswitch_id)
        if vswitch is None or vswitch.parent != instance.vpc_id or not usable(vswitch):
            raise InvalidVSwitchId
    first = instance.shards[-1].index + 1
    coming = tuple(
        Shard(index=index, node_id=secrets.token_hex(20)) for index in range(first, first + request.shard_count)
    )
    members = [shard.node_id for shard in (*instance.shards, *coming)]
    _begin(tx, call, instance, Resharding(coming=coming, slots=spread(ranges_of(instance), members)))
    return AddShardingNodeReply(node_ids=tuple(shard_name(instance, shard) for shard in coming), order_id=int(_order()))


class DeleteShardingNodeRequest(InstanceIdRequest):
    node_id: Annotated[
        str,
        Param(
            "The shards to remove, separated by commas; wins over ShardCount.",
            "r-bp1zxszhcgatnx****-db-0,r-bp1zxszhcgatnx****-db-1",
        ),
    ] = ""
    shard_count: Annotated[
        int,
        Param("How many shards to remove, from the last on.", "1", range=(1, 4096), invalid=InvalidShardInfoFormat),
    ] = 0


class DeleteShardingNodeReply(Reply):
    """OrderId is a text here."""

    order_id: str


@operation(
    TAIR,
    title="Removes data shards from a cluster instance",
    access="delete",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InstanceStatusNotSupport, IncorrectCharacterType, InvalidShardInfoFormat),
)
def delete_sharding_node(tx: Tx, call: Call, request: DeleteShardingNodeRequest) -> DeleteShardingNodeReply:
    """Removes shards; what is in them moves to the others first. Two have to stay.

    The instance is Changing until the shards are gone: their slots are others', their direct addresses refuse, their
    servers have ended.
    """
    instance = _cluster(tx, call, request.instance_id)
    if request.node_id:
        leaving = named_shards(instance, request.node_id, "NodeId")
    elif request.shard_count:
        leaving = instance.shards[-request.shard_count :]
    else:
        raise MissingParameterValue(name="NodeId")
    if len(instance.shards) - len(leaving) < FEWEST:
        raise InvalidShardInfoFormat
    members = [shard.node_id for shard in instance.shards if shard not in leaving]
    slots = spread(ranges_of(instance), members)
    _begin(tx, call, instance, Resharding(leaving=tuple(shard.node_id for shard in leaving), slots=slots))
    return DeleteShardingNodeReply(order_id=_order())


def _cluster(tx: Tx, call: Call, instance_id: str) -> Instance:
    instance = own_instance(tx, call, instance_id, InvalidInstanceIdNotFound)
    if instance.architecture != "cluster":
        raise IncorrectCharacterType
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    return instance


def _begin(tx: Tx, call: Call, instance: Instance, resharding: Resharding) -> None:
    """Records which shards come and go, and who has which slots now and in the end; the reconciler does it."""
    ranges = ranges_of(instance)
    changed = msgspec.structs.replace(
        instance,
        status=CHANGING,
        change="shards",
        shards=tuple(msgspec.structs.replace(one, slots=ranges[one.node_id]) for one in instance.shards),
        resharding=resharding,
        settle_at=call.now + call.pace,
    )
    tx.put(changed)
    tx.schedule(changed)


def _order() -> str:
    return str(secrets.randbelow(9 * 10**12) + 10**12)
