"""The bandwidth of an instance: bought, shown; connections are not slowed down here."""

from __future__ import annotations

import secrets
from typing import Annotated

from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.tair import views
from jackfield.products.tair.errors import InstanceStatusNotSupport, InvalidInstanceIdNotFound
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.maintenance import change_settings
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.setting_errors import InvalidSettingFormat
from jackfield.products.tair.states import NORMAL
from jackfield.store.interface import Reader, Tx

MAX_SHARD_BANDWIDTH = 192
"""Mbit/s of a shard with everything that can be bought (user guide: twice the default at most)."""


class DescribeIntranetAttributeRequest(InstanceIdRequest):
    resource_group_id: Annotated[str, Param("Only an instance of this resource group.", "rg-acfmyiu4ekp****")] = ""


class DescribeIntranetAttributeReply(Reply):
    """``ExpireTime`` is "0" where no bandwidth was borrowed; the fields about orders are left out, there are none."""

    intranet_bandwidth: int
    intranet_band_width_burst: int
    expire_time: str


@operation(
    TAIR,
    title="Queries the bandwidth of an instance in its network",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_intranet_attribute(
    tx: Reader, call: Call, request: DescribeIntranetAttributeRequest
) -> DescribeIntranetAttributeReply:
    """Over all shards, what was bought included."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if request.resource_group_id not in ("", instance.resource_group_id):
        raise InvalidInstanceIdNotFound
    return DescribeIntranetAttributeReply(
        intranet_bandwidth=views.bandwidth(instance), intranet_band_width_burst=0, expire_time="0"
    )


class ModifyIntranetAttributeRequest(InstanceIdRequest):
    band_width: Annotated[int, Param("Mbit/s that are added to one shard; 0 takes them away.", "10")] = 0
    node_id: Annotated[str, Param("The shard; all if left out.", "r-bp1zxszhcgatnx****-db-0")] = ""


@operation(
    TAIR,
    title="Raises the bandwidth of an instance for a time",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InstanceStatusNotSupport, InvalidSettingFormat),
)
def modify_intranet_attribute(tx: Tx, call: Call, request: ModifyIntranetAttributeRequest) -> Reply:
    """Notes the bandwidth, over all shards. It is shown, and slows nobody down."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    shards = len(instance.shards)
    names = {f"{instance.id}-db-{shard.index}" for shard in instance.shards}
    if request.node_id and request.node_id not in names:
        raise InvalidSettingFormat
    usual = views.class_bandwidth(instance)
    if not 0 <= request.band_width <= MAX_SHARD_BANDWIDTH - usual // shards:
        raise InvalidSettingFormat
    more = request.band_width * (1 if request.node_id else shards)
    change_settings(tx, instance, bandwidth=usual + more if more else 0)
    return Reply()


class ModifyInstanceBandwidthRequest(InstanceIdRequest):
    target_intranet_bandwidth: Annotated[str, Param("Mbit/s over all shards, a multiple of their number.", "120")]


class ModifyInstanceBandwidthReply(Reply):
    order_id: str


@operation(
    TAIR,
    title="Sets the bandwidth of an instance",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InstanceStatusNotSupport, InvalidSettingFormat),
)
def modify_instance_bandwidth(
    tx: Tx, call: Call, request: ModifyInstanceBandwidthRequest
) -> ModifyInstanceBandwidthReply:
    """Notes the bandwidth; at least what the class has, at most 192 Mbit/s a shard. It slows nobody down."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    text, shards = request.target_intranet_bandwidth, len(instance.shards)
    if not (text.isascii() and text.isdigit() and len(text) <= 6) or int(text) % shards:
        raise InvalidSettingFormat
    if not views.class_bandwidth(instance) <= int(text) <= MAX_SHARD_BANDWIDTH * shards:
        raise InvalidSettingFormat
    change_settings(tx, instance, bandwidth=int(text))
    return ModifyInstanceBandwidthReply(order_id=str(secrets.randbelow(10**12) + 10**12))
