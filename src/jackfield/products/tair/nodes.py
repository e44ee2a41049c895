"""The servers of an instance: their roles and zones, and the addresses that lead straight to them."""

from __future__ import annotations

from typing import Annotated

from jackfield.endpoints.resources import Endpoint, endpoint_id
from jackfield.products.errors import InvalidParameterValue
from jackfield.products.operation import Call, Param, Reply, Shape, operation
from jackfield.products.tair import views
from jackfield.products.tair.errors import InvalidInstanceIdNotFound
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.maintenance import minor_version
from jackfield.products.tair.product import TAIR
from jackfield.store.interface import Reader

_PAGE_SIZES = (5, 10, 20, 50)


class DescribeRoleZoneInfoRequest(InstanceIdRequest):
    query_type: Annotated[int, Param("0: servers, 1: proxies.", "0", range=(0, 1))] = 0
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1
    page_size: Annotated[int, Param("Entries a page: 5, 10, 20 or 50.", "10", range=(5, 50))] = 10


class RoleZone(Shape):
    """:param ins_type: 0 a proxy, 3 a server, as in the vendor's example."""

    ins_name: str
    ins_type: int
    node_id: str
    node_type: str
    role: str
    zone_id: str
    custins_id: str
    current_band_width: int
    default_band_width: int
    is_open_band_width_service: bool
    current_minor_version: str
    is_latest_version: int


class RoleZones(Shape):
    node_info: tuple[RoleZone, ...]


class DescribeRoleZoneInfoReply(Reply):
    node: RoleZones
    page_number: int
    page_size: int
    total_count: int


@operation(
    TAIR,
    title="Queries the role and the zone of each server of an instance",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_role_zone_info(tx: Reader, call: Call, request: DescribeRoleZoneInfoRequest) -> DescribeRoleZoneInfoReply:
    """Lists the servers, or the proxy of a cluster: here one router serves all its clients."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if request.page_size not in _PAGE_SIZES:
        raise InvalidParameterValue(name="PageSize")
    shards = len(instance.shards)
    if request.query_type == 1:
        named = (
            [("proxy", 0, "proxy", instance.id, f"{instance.id}-proxy-0")] if instance.architecture == "cluster" else []
        )
        share = 1
    else:
        named = [
            ("normal", 3, "master", f"{instance.id}-db-{shard.index}" if shards > 1 else instance.id, shard.node_id)
            for shard in instance.shards
        ]
        share = shards
    bandwidth, usual = views.bandwidth(instance) // share, views.class_bandwidth(instance) // share
    every = [
        RoleZone(
            ins_name=name,
            ins_type=kind,
            node_id=str(int(id[:7], 16)) if kind else id,
            node_type=type_,
            role=role,
            zone_id=instance.zone_id,
            custins_id=str(int(instance.shards[0].node_id[:7], 16)),
            current_band_width=bandwidth,
            default_band_width=usual,
            is_open_band_width_service=bandwidth != usual,
            current_minor_version=minor_version(instance),
            is_latest_version=1,
        )
        for type_, kind, role, name, id in named
    ]
    offset = (request.page_number - 1) * request.page_size
    return DescribeRoleZoneInfoReply(
        node=RoleZones(node_info=tuple(every[offset : offset + request.page_size])),
        page_number=request.page_number,
        page_size=request.page_size,
        total_count=len(every),
    )


class Vip(Shape):
    node_id: str
    vip: str
    port: str
    net_type: str


class Vips(Shape):
    vip_info: tuple[Vip, ...]


class DescribeDBNodeDirectVipInfoReply(Reply):
    instance_id: str
    direct_vip_info: Vips


@operation(
    TAIR,
    name="DescribeDBNodeDirectVipInfo",
    title="Queries the addresses that lead straight to the servers of a cluster instance",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_db_node_direct_vip_info(
    tx: Reader, call: Call, request: InstanceIdRequest
) -> DescribeDBNodeDirectVipInfoReply:
    """The address of each shard at the direct endpoint, as the shards tell their clients; none without it."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    direct = tx.get(Endpoint, endpoint_id(instance.id, "direct"))
    shards = instance.shards if direct is not None and direct.serves else ()
    port = str(direct.port) if direct is not None else ""
    return DescribeDBNodeDirectVipInfoReply(
        instance_id=instance.id,
        direct_vip_info=Vips(
            vip_info=tuple(
                Vip(node_id=f"{instance.id}-db-{shard.index}", vip=shard.address, port=port, net_type="vpc")
                for shard in shards
            )
        ),
    )
