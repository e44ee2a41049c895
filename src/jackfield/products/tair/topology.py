"""What an instance is made of, and whether a client could reach it."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import msgspec

from jackfield.endpoints.whitelist import union
from jackfield.products.adopted import AWAY
from jackfield.products.errors import InvalidParameterValue
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.tair import views
from jackfield.products.tair.errors import InvalidDbInstanceIdNotFound, InvalidInstanceIdNotFound
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.resources import Instance
from jackfield.products.tair.shard_names import shard_name, shard_number
from jackfield.products.tair.states import CHANGING, CREATING, REBOOTING, RELEASED
from jackfield.relay.whitelist import Whitelist
from jackfield.store.interface import Reader

PAGE_SIZES = (30, 50, 100)


class ProxyNode(Shape):
    """Figures are texts here."""

    node_id: str
    node_type: str
    bandwidth: str
    capacity: str
    connection: str


class ShardNode(ProxyNode):
    sub_instance_type: str


class ProxyNodes(Shape):
    node_info: tuple[ProxyNode, ...]


class ShardNodes(Shape):
    node_info: tuple[ShardNode, ...]


class DescribeLogicInstanceTopologyReply(Reply):
    instance_id: str
    redis_proxy_list: ProxyNodes
    redis_shard_list: ShardNodes


@operation(
    TAIR,
    title="Queries the logical topology of an instance",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_logic_instance_topology(
    tx: Reader, call: Call, request: InstanceIdRequest
) -> DescribeLogicInstanceTopologyReply:
    """Lists the servers of an instance, and the proxy of a cluster: here one router serves all its clients."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    proxies = (
        ProxyNode(
            node_id=f"{instance.id}-proxy-0#{proxy_number(instance)}",
            node_type="proxy",
            bandwidth=str(views.bandwidth(instance)),
            capacity=str(instance.capacity),
            connection=str(views.connections(instance)),
        ),
    )
    return DescribeLogicInstanceTopologyReply(
        instance_id=instance.id,
        redis_proxy_list=ProxyNodes(node_info=proxies if instance.architecture == "cluster" else ()),
        redis_shard_list=ShardNodes(
            node_info=tuple(
                ShardNode(
                    node_id=f"{shard_name(instance, shard)}#{shard_number(shard.node_id)}",
                    node_type="db",
                    bandwidth=str(_share(instance, views.bandwidth(instance))),
                    capacity=str(_share(instance, instance.capacity)),
                    connection=str(_share(instance, views.connections(instance))),
                    sub_instance_type="master",
                )
                for shard in instance.shards
            )
        ),
    )


class DescribeClusterMemberInfoRequest(InstanceIdRequest):
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 1000))] = 1
    page_size: Annotated[int, Param("Entries a page: 30, 50 or 100.", "30", range=(30, 100))] = 30


class ClusterMember(Shape):
    id: int
    name: str
    class_code: str
    capacity: int
    band_width: int
    current_band_width: int
    connections: int
    replica_size: int
    service: str
    service_version: str
    biz_type: str
    user_id: str


class DescribeClusterMemberInfoReply(Reply):
    cluster_children: tuple[ClusterMember, ...]


@operation(
    TAIR,
    title="Queries the data nodes of a cluster instance",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_cluster_member_info(
    tx: Reader, call: Call, request: DescribeClusterMemberInfoRequest
) -> DescribeClusterMemberInfoReply:
    """Lists the shards of a cluster, a page at a time; a standard instance has none."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if request.page_size not in PAGE_SIZES:
        raise InvalidParameterValue(name="PageSize")
    offset = (request.page_number - 1) * request.page_size
    shards = instance.shards if instance.architecture == "cluster" else ()
    bandwidth = _share(instance, views.bandwidth(instance))
    return DescribeClusterMemberInfoReply(
        cluster_children=tuple(
            ClusterMember(
                id=shard_number(shard.node_id),
                name=shard_name(instance, shard),
                class_code=instance.instance_class,
                capacity=_share(instance, instance.capacity),
                band_width=bandwidth,
                current_band_width=bandwidth,
                connections=_share(instance, views.connections(instance)),
                replica_size=0,
                service="redis",
                service_version=instance.engine_version,
                biz_type="ALIYUN",
                user_id=instance.account,
            )
            for shard in shards[offset : offset + request.page_size]
        )
    )


class DescribeDbInstanceConnectivityRequest(Request):
    db_instance_id: Annotated[str, Param("The ID of the instance.", "r-bp1r36hdqlrgt1****")]
    src_ip: Annotated[str, Param("The address that a client has.", "124.207.240.10")]


class DescribeDbInstanceConnectivityReply(Reply):
    """Success or Failed; code and message are left out where nothing is wrong."""

    conn_check_result: str
    conn_check_error_code: str | msgspec.UnsetType = msgspec.UNSET
    conn_check_error_message: str | msgspec.UnsetType = msgspec.UNSET


@operation(
    TAIR,
    title="Checks whether a client's address can connect to an instance",
    access="get",
    resource="instance/{DBInstanceId}",
    errors=(InvalidDbInstanceIdNotFound,),
)
def describe_db_instance_connectivity(
    tx: Reader, call: Call, request: DescribeDbInstanceConnectivityRequest
) -> DescribeDbInstanceConnectivityReply:
    """Judges an address as the relay does: by the union of all whitelist groups, and whether the instance serves."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDbInstanceIdNotFound)
    try:
        address = str(ipaddress.ip_address(request.src_ip))
    except ValueError:
        raise InvalidParameterValue(name="SrcIp") from None
    endpoint = views.ordinary(tx, instance)
    if endpoint is None or endpoint.status != "Serving" or not _serves(instance):
        return DescribeDbInstanceConnectivityReply(
            conn_check_result="Failed",
            conn_check_error_code="CONNECTION_ABNORMAL",
            conn_check_error_message=_why_not(instance),
        )
    rules = Whitelist(union(instance.whitelist), admit_local=call.local_clients == "allow")
    if not rules.admits(address):
        return DescribeDbInstanceConnectivityReply(
            conn_check_result="Failed",
            conn_check_error_code="SRC_IP_NOT_IN_USER_WHITELIST",
            conn_check_error_message=f"Src ip:{request.src_ip} not in user whitelist",
        )
    return DescribeDbInstanceConnectivityReply(conn_check_result="Success")


def _serves(instance: Instance) -> bool:
    leaving = instance.status == CHANGING and not instance.change
    away = instance.adopted is not None and instance.adopted.away
    return not (leaving or away) and instance.status not in (CREATING, REBOOTING, RELEASED)


def _why_not(instance: Instance) -> str:
    if instance.adopted and instance.adopted.away:
        return AWAY
    return f"The instance is {instance.status}"


def proxy_number(instance: Instance) -> int:
    """The vendor's numbers of nodes are opaque; ours come from the ids that nodes have in their cluster."""
    return shard_number(instance.shards[0].node_id[8:])


def _share(instance: Instance, whole: int) -> int:
    """Of one server."""
    return whole // len(instance.shards)
