"""ModifyInstanceSpec: an instance gets another class."""

from __future__ import annotations

import secrets
from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.tair.classes import UnknownClass, classify, classify_tair
from jackfield.products.tair.errors import (
    InstanceClassNotMatch,
    InstanceStatusNotSupport,
    InvalidInstanceIdNotFound,
    InvalidShardInfoFormat,
)
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.states import NORMAL
from jackfield.products.tair.upkeep import begin_change
from jackfield.store.interface import Tx


class ModifyInstanceSpecRequest(InstanceIdRequest):
    instance_class: Annotated[str, Param("The class it is to have.", "redis.master.large.default")] = ""
    region_id: Annotated[str, Param("The region of the instance.", "cn-hangzhou")] = ""
    shard_count: Annotated[int, Param("The shards it has; AddShardingNode changes them.", "4")] = 0
    client_token: Annotated[str, Param("Makes a repeated call answer like the first.", "ETnLKlblzczshOTUbOCz****")] = ""


class ModifyInstanceSpecReply(Reply):
    order_id: str


@operation(
    TAIR,
    title="Changes the class of an instance",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InstanceStatusNotSupport, InstanceClassNotMatch, InvalidShardInfoFormat),
    token="ClientToken",
)
def modify_instance_spec(tx: Tx, call: Call, request: ModifyInstanceSpecRequest) -> ModifyInstanceSpecReply:
    """Gives the servers the memory of another class, while they run: the instance is Changing until all have it.

    Architecture and number of shards stay; a class of others is refused.
    """
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if request.region_id not in ("", instance.region):
        raise InvalidInstanceIdNotFound
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    shards = len(instance.shards)
    if request.shard_count not in (0, shards):
        raise InvalidShardInfoFormat
    try:
        chosen = (
            classify(request.instance_class, shards if shards > 1 else 0)
            if instance.instance_type == "Redis"
            else classify_tair(request.instance_class, instance.instance_type, shards, instance.storage)
        )
    except UnknownClass:
        raise InstanceClassNotMatch from None
    if (chosen.architecture, chosen.shards) != (instance.architecture, shards):
        raise InstanceClassNotMatch
    changed = msgspec.structs.replace(instance, instance_class=chosen.name, capacity=chosen.capacity)
    tx.put(changed)
    begin_change(tx, call, changed, "servers")
    return ModifyInstanceSpecReply(order_id=str(secrets.randbelow(10**12) + 10**12))
