"""The connection family: public endpoints are allocated and released, all endpoints are read."""

from __future__ import annotations

from typing import Annotated, cast

import msgspec

from jackfield.endpoints.making import make_endpoint
from jackfield.endpoints.resources import Endpoint, endpoint_id
from jackfield.products.errors import ApiError
from jackfield.products.operation import Call, ChangeNote, Param, Reply, operation
from jackfield.products.rds import views
from jackfield.products.rds.admission import mode_of
from jackfield.products.rds.errors import (
    EndpointNotFound,
    InvalidConnectionStringDuplicate,
    InvalidConnectionStringFormat,
    InvalidDBInstanceNameNotFound,
    InvalidPortMalformed,
    InvalidRwSplitNetTypeNotFound,
    NetInfoInstanceNotFound,
    OperationDeniedDBInstanceStatus,
    OtherEndpointExist,
    PublicEndpointNotFound,
)
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.names import PUBLIC_PORTS, check_port, check_public_prefix, connection_string
from jackfield.products.rds.network_errors import AtLeastOneNetTypeExists
from jackfield.products.rds.ordinary import network_type, ordinary_endpoint
from jackfield.products.rds.product import RDS
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.splitting_views import NetType, channel_net_info_of, net_info_of, shown
from jackfield.products.rds.states import NET_CHANGING, RUNNING
from jackfield.store.interface import ClaimTaken, Reader, Tx

NETWORKS = {"VPC": "0", "Classic": "1"}
"""InstanceNetworkType as ReleaseInstanceConnection's documents number it."""


_CHANNEL_TYPES: dict[str, NetType] = {"": "", "0": "Normal", "1": "ReadWriteSplitting"}


class AllocateInstancePublicConnectionRequest(DBInstanceIdRequest):
    connection_string_prefix: Annotated[str, Param("The first label of the endpoint, 5 to 40 characters.", "test1234")]
    port: Annotated[str, Param("The port, 1000 to 5999.", "3306")]


class AllocateInstancePublicConnectionReply(Reply):
    """``DbInstanceName`` holds the instance's id; the spelling is the vendor's."""

    connection_string: str
    db_instance_name: str = msgspec.field(name="DbInstanceName")


@operation(
    RDS,
    title="Applies for a public endpoint of an instance",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        OperationDeniedDBInstanceStatus,
        InvalidConnectionStringFormat,
        InvalidConnectionStringDuplicate,
        InvalidPortMalformed,
        OtherEndpointExist,
    ),
)
def allocate_instance_public_connection(
    tx: Tx, call: Call, request: AllocateInstancePublicConnectionRequest
) -> AllocateInstancePublicConnectionReply:
    """Gives an instance a public endpoint. The instance is DBInstanceNetTypeChanging until it was dialled there."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    if instance.status != RUNNING:
        raise OperationDeniedDBInstanceStatus
    prefix = check_public_prefix(request.connection_string_prefix)
    port = check_port(request.port, *PUBLIC_PORTS)
    if tx.get(Endpoint, endpoint_id(instance.id, "public")):
        raise OtherEndpointExist
    name = connection_string(prefix, instance.engine, instance.region)
    try:
        make_endpoint(tx, instance, product="rds", net="public", name=name, port=port, place=None)
    except ClaimTaken:
        raise InvalidConnectionStringDuplicate from None
    change_network(tx, call, instance)
    return AllocateInstancePublicConnectionReply(connection_string=name, db_instance_name=instance.id)


class ReleaseInstanceConnectionRequest(DBInstanceIdRequest):
    current_connection_string: Annotated[
        str, Param("The public endpoint of the instance.", "rm-uf6wjk5xxxx.mysql.rds.aliyuncs.com")
    ]
    instance_network_type: Annotated[str, Param("The network type of the instance: 0 VPC, 1 classic network.", "0")]


@operation(
    RDS,
    title="Releases the public endpoint of an instance",
    access="delete",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        EndpointNotFound,
        InvalidDBInstanceNameNotFound,
        OperationDeniedDBInstanceStatus,
        AtLeastOneNetTypeExists,
    ),
    changes=(
        ChangeNote("2025-03-25", "The error codes have changed"),
        ChangeNote("2023-09-08", "The error codes have changed"),
        ChangeNote("2022-06-23", "API description update"),
    ),
    source="RDS documents, ReleaseInstanceConnection, 2025-03-31",
)
def release_instance_connection(tx: Tx, call: Call, request: ReleaseInstanceConnectionRequest) -> Reply:
    """Takes the public endpoint of an instance away.

    The connection string and the instance's network type must both match; anything else is Endpoint.NotFound. By the
    time the instance reads Running again every session of the endpoint is cut and its address refuses. The private
    address is not touched.
    """
    return _release(
        tx,
        call,
        request.db_instance_id,
        request.current_connection_string,
        EndpointNotFound,
        request.instance_network_type,
    )


class ReleaseInstancePublicConnectionRequest(DBInstanceIdRequest):
    current_connection_string: Annotated[
        str, Param("The public endpoint of the instance.", "rm-uf6wjk5xxxx.mysql.rds.aliyuncs.com")
    ]


@operation(
    RDS,
    title="Releases the public endpoint of an instance",
    access="delete",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        PublicEndpointNotFound,
        InvalidDBInstanceNameNotFound,
        OperationDeniedDBInstanceStatus,
        AtLeastOneNetTypeExists,
    ),
)
def release_instance_public_connection(tx: Tx, call: Call, request: ReleaseInstancePublicConnectionRequest) -> Reply:
    """As ReleaseInstanceConnection, without the network type; an unknown endpoint is refused with status 400."""
    return _release(tx, call, request.db_instance_id, request.current_connection_string, PublicEndpointNotFound)


class DescribeDBInstanceNetInfoRequest(DBInstanceIdRequest):
    db_instance_net_rw_split_type: Annotated[
        str, Param("Only endpoints of this type.", "Normal", enum=("Normal", "ReadWriteSplitting"))
    ] = msgspec.field(default="", name="DBInstanceNetRWSplitType")


class DescribeDBInstanceNetInfoReply(Reply):
    instance_network_type: str
    security_ip_mode: str = msgspec.field(name="SecurityIPMode")
    db_instance_net_infos: views.NetInfoList


@operation(
    RDS,
    name="DescribeDBInstanceNetInfo",
    title="Queries the endpoints of an instance",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(NetInfoInstanceNotFound,),
)
def describe_db_instance_net_info(
    tx: Reader, call: Call, request: DescribeDBInstanceNetInfoRequest
) -> DescribeDBInstanceNetInfoReply:
    """Lists what can be dialled: endpoints still being made are left out, those being released stay until gone."""
    instance = own_instance(tx, call, request.db_instance_id, NetInfoInstanceNotFound)
    listed = shown(tx, instance, cast(NetType, request.db_instance_net_rw_split_type))
    return DescribeDBInstanceNetInfoReply(
        instance_network_type=network_type(instance),
        security_ip_mode=mode_of(instance),
        db_instance_net_infos=views.NetInfoList(
            db_instance_net_info=tuple(net_info_of(tx, instance, endpoint, call.now) for endpoint in listed)
        ),
    )


class DescribeDBInstanceNetInfoForChannelRequest(DBInstanceIdRequest):
    db_instance_net_rw_split_type: Annotated[
        str, Param("0 ordinary endpoints, 1 that of read/write splitting.", "0", enum=("0", "1"))
    ] = msgspec.field(default="", name="DBInstanceNetRWSplitType")


class DescribeDBInstanceNetInfoForChannelReply(Reply):
    instance_network_type: str
    db_instance_net_infos: views.ChannelNetInfoList


@operation(
    RDS,
    name="DescribeDBInstanceNetInfoForChannel",
    title="Queries the endpoints of an instance, for channels",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, InvalidRwSplitNetTypeNotFound),
)
def describe_db_instance_net_info_for_channel(
    tx: Reader, call: Call, request: DescribeDBInstanceNetInfoForChannelRequest
) -> DescribeDBInstanceNetInfoForChannelReply:
    """As DescribeDBInstanceNetInfo, and whether each endpoint can be dialled."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    listed = shown(tx, instance, _CHANNEL_TYPES[request.db_instance_net_rw_split_type])
    if request.db_instance_net_rw_split_type == "1" and not listed:
        raise InvalidRwSplitNetTypeNotFound
    return DescribeDBInstanceNetInfoForChannelReply(
        instance_network_type=network_type(instance),
        db_instance_net_infos=views.ChannelNetInfoList(
            db_instance_net_info=tuple(channel_net_info_of(tx, instance, endpoint, call.now) for endpoint in listed)
        ),
    )


def change_network(tx: Tx, call: Call, instance: DBInstance) -> None:
    """Records that endpoints of the instance changed; the reconciler does the rest."""
    changed = msgspec.structs.replace(instance, status=NET_CHANGING, settle_at=call.now + call.pace)
    tx.put(changed)
    tx.schedule(changed)


def _release(
    tx: Tx, call: Call, instance_id: str, name: str, unknown_endpoint: type[ApiError], network: str = ""
) -> Reply:
    """:param network: what the caller says that the instance's is, as :data:`NETWORKS` has it; empty: nothing."""
    instance = own_instance(tx, call, instance_id, InvalidDBInstanceNameNotFound)
    endpoint = tx.get(Endpoint, endpoint_id(instance.id, "public"))
    if endpoint is None or endpoint.name != name or network not in ("", NETWORKS[network_type(instance)]):
        raise unknown_endpoint
    if instance.status != RUNNING:
        raise OperationDeniedDBInstanceStatus
    if ordinary_endpoint(tx, instance.id) == endpoint:
        raise AtLeastOneNetTypeExists
    tx.put(msgspec.structs.replace(endpoint, status="Releasing"))
    change_network(tx, call, instance)
    return Reply()
