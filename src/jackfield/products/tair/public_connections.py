"""Public endpoints are allocated and released."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.making import make_endpoint
from jackfield.endpoints.resources import Endpoint, endpoint_id
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.tair.connections import modify_network
from jackfield.products.tair.errors import (
    AtLeastOneNetTypeExists,
    ConnectionStringAlreadyExists,
    InstanceStatusNotSupport,
    InvalidConnectionStringFormat,
    InvalidInstanceIdNotFound,
    InvalidPort,
    MissingConnectionStringPrefix,
    MissingCurrentConnectionString,
    NetTypeExists,
)
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.names import check_port, check_prefix, connection_string
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.states import NORMAL
from jackfield.store.interface import ClaimTaken, Tx


class AllocateInstancePublicConnectionRequest(InstanceIdRequest):
    connection_string_prefix: Annotated[
        str,
        Param(
            "The first label of the endpoint, 8 to 40.", "r-bp1zxszhcgatnx****", missing=MissingConnectionStringPrefix
        ),
    ]
    port: Annotated[str, Param("The port, 1024 to 65535.", "6379")]


@operation(
    TAIR,
    title="Applies for a public endpoint of an instance",
    access="create",
    resource="instance/{InstanceId}",
    errors=(
        MissingConnectionStringPrefix,
        InvalidInstanceIdNotFound,
        InstanceStatusNotSupport,
        NetTypeExists,
        InvalidConnectionStringFormat,
        ConnectionStringAlreadyExists,
        InvalidPort,
    ),
)
def allocate_instance_public_connection(tx: Tx, call: Call, request: AllocateInstancePublicConnectionRequest) -> Reply:
    """Gives an instance a public endpoint, through the router if it is a cluster.

    The instance is NetworkModifying until it was dialled there. The whitelist judges its clients like all others.
    """
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    if tx.get(Endpoint, endpoint_id(instance.id, "public")):
        raise NetTypeExists
    name = connection_string(check_prefix(request.connection_string_prefix), instance.region)
    port = check_port(request.port)
    try:
        make_endpoint(tx, instance, product="tair", net="public", name=name, port=port, place=None)
    except ClaimTaken:
        raise ConnectionStringAlreadyExists from None
    modify_network(tx, call, instance)
    return Reply()


class ReleaseInstancePublicConnectionRequest(InstanceIdRequest):
    current_connection_string: Annotated[
        str,
        Param(
            "The public endpoint of the instance.",
            "r-bp1zxszhcgatnx****.redis.rds.aliyuncs.com",
            missing=MissingCurrentConnectionString,
        ),
    ]


@operation(
    TAIR,
    title="Releases the public endpoint of an instance",
    access="delete",
    resource="instance/{InstanceId}",
    errors=(
        MissingCurrentConnectionString,
        InvalidInstanceIdNotFound,
        InstanceStatusNotSupport,
        AtLeastOneNetTypeExists,
    ),
)
def release_instance_public_connection(tx: Tx, call: Call, request: ReleaseInstancePublicConnectionRequest) -> Reply:
    """Takes the public endpoint of an instance away.

    By the time the instance reads Normal again every connection of the endpoint is closed and its address refuses. The
    other addresses are not touched.
    """
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    endpoint = tx.get(Endpoint, endpoint_id(instance.id, "public"))
    if endpoint is None or endpoint.name != request.current_connection_string:
        raise AtLeastOneNetTypeExists
    tx.put(msgspec.structs.replace(endpoint, status="Releasing"))
    modify_network(tx, call, instance)
    return Reply()
