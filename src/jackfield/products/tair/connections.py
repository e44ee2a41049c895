"""The connection family: direct endpoints are allocated and released, all endpoints are read."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.making import Place, make_endpoint
from jackfield.endpoints.resources import Endpoint, endpoint_id
from jackfield.products.operation import Call, ChangeNote, Param, Reply, operation
from jackfield.products.tair import views
from jackfield.products.tair.errors import (
    ConnectionStringAlreadyExists,
    DirectConnectionAlreadyExists,
    InstanceStatusNotSupport,
    InvalidConnectionStringFormat,
    InvalidConnType,
    InvalidDbInstanceIdNotFound,
    InvalidInstanceIdNotFound,
    InvalidPort,
    NetTypeNotExists,
    QuotaNotEnough,
)
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.names import check_direct_port, check_prefix, connection_string
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.resources import Instance
from jackfield.products.tair.states import NETWORK_MODIFYING, NORMAL
from jackfield.products.vpc.resources import VSwitch
from jackfield.store.interface import ClaimTaken, Reader, Tx


class AllocateDirectConnectionRequest(InstanceIdRequest):
    connection_string: Annotated[
        str, Param("The first label of the endpoint; <InstanceId>-direct if left out.", "redisdirect123")
    ] = ""
    port: Annotated[str, Param("The port at which every shard is reached, 1024 to 65535.", "6379")] = "6379"


@operation(
    TAIR,
    title="Applies for a private endpoint of a cluster instance, for direct connections to its shards",
    access="create",
    resource="instance/{InstanceId}",
    errors=(
        InvalidDbInstanceIdNotFound,
        InstanceStatusNotSupport,
        InvalidConnType,
        DirectConnectionAlreadyExists,
        InvalidConnectionStringFormat,
        ConnectionStringAlreadyExists,
        InvalidPort,
        QuotaNotEnough,
    ),
)
def allocate_direct_connection(tx: Tx, call: Call, request: AllocateDirectConnectionRequest) -> Reply:
    """Gives every shard of a classic cluster an address that clients dial past the proxy.

    The instance is NetworkModifying until each shard was reached at its address and announces it. Clients speak the
    Redis Cluster protocol there; the ordinary address goes on serving.
    """
    instance = own_instance(tx, call, request.instance_id, InvalidDbInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    if instance.architecture != "cluster" or not instance.vpc_id:
        raise InvalidConnType
    if tx.get(Endpoint, endpoint_id(instance.id, "direct")):
        raise DirectConnectionAlreadyExists
    prefix = check_prefix(request.connection_string or f"{instance.id}-direct")
    name, port = connection_string(prefix, instance.region), check_direct_port(request.port)
    vswitch = tx.get(VSwitch, instance.vswitch_id)
    place = Place(vpc_id=instance.vpc_id, vswitch_id=vswitch.id, cidr=vswitch.cidr) if vswitch else None
    addresses = tuple(shard.address for shard in instance.shards if shard.address)
    try:
        endpoint = make_endpoint(
            tx, instance, product="tair", net="direct", name=name, port=port, place=place, addresses=addresses
        )
    except ClaimTaken:
        raise ConnectionStringAlreadyExists from None
    except PoolExhausted:
        raise QuotaNotEnough from None
    modify_network(tx, call, msgspec.structs.replace(instance, announce_port=endpoint.port))
    return Reply()


@operation(
    TAIR,
    title="Releases the private endpoint of a cluster instance",
    access="delete",
    resource="instance/{InstanceId}",
    errors=(NetTypeNotExists, InstanceStatusNotSupport, InvalidDbInstanceIdNotFound),
    changes=(ChangeNote("2023-07-20", "API description update; the error codes have changed"),),
    source="Tair documents, ReleaseDirectConnection, 2024-02-20 and 2025-03-27",
)
def release_direct_connection(tx: Tx, call: Call, request: InstanceIdRequest) -> Reply:
    """Takes the direct endpoint of a cluster instance away.

    In direct connection mode clients bypass the proxy nodes and talk to the shards. The instance is NetworkModifying
    while the endpoint's connections are closed; when it is Normal again, none of them is open and every shard's direct
    address refuses. The ordinary address is not touched.
    """
    instance = own_instance(tx, call, request.instance_id, InvalidDbInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    endpoint = tx.get(Endpoint, endpoint_id(instance.id, "direct"))
    if endpoint is None:
        raise NetTypeNotExists
    if instance.settings.proxy_off:
        raise InstanceStatusNotSupport  # clients of the other addresses are sent there
    tx.put(msgspec.structs.replace(endpoint, status="Releasing"))
    modify_network(tx, call, instance)
    return Reply()


class DescribeDBInstanceNetInfoRequest(InstanceIdRequest):
    net_type: Annotated[str, Param("Only endpoints of this network: 0 Internet, 1 classic, 2 VPC.", "2")] = ""


class DescribeDBInstanceNetInfoReply(Reply):
    instance_network_type: str
    net_info_items: views.NetInfoList


@operation(
    TAIR,
    name="DescribeDBInstanceNetInfo",
    title="Queries the endpoints of an instance",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_db_instance_net_info(
    tx: Reader, call: Call, request: DescribeDBInstanceNetInfoRequest
) -> DescribeDBInstanceNetInfoReply:
    """Lists what can be dialled: endpoints still being made are left out, those being released stay until gone."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    named = (one for one in tx.children(Endpoint, instance.id) if one.status != "Creating" and one.name)
    shown = (views.net_info(endpoint, call.now) for endpoint in named)
    return DescribeDBInstanceNetInfoReply(
        instance_network_type=views.network_type(instance),
        net_info_items=views.NetInfoList(
            instance_net_info=tuple(
                info for info in shown if not request.net_type or info.db_instance_net_type == request.net_type
            )
        ),
    )


def modify_network(tx: Tx, call: Call, instance: Instance) -> None:
    """Records that endpoints of the instance changed; the reconciler does the rest."""
    changed = msgspec.structs.replace(instance, status=NETWORK_MODIFYING, settle_at=call.now + call.pace)
    tx.put(changed)
    tx.schedule(changed)
