"""ModifyDBInstanceConnectionString: an endpoint gets another name, another port, or both."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.moving import move_endpoint
from jackfield.endpoints.resources import Endpoint
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.tair.connections import modify_network
from jackfield.products.tair.errors import (
    ConnectionStringAlreadyExists,
    InstanceStatusNotSupport,
    InvalidConnectionStringFormat,
    InvalidConnectionStringOrPortDuplicate,
    InvalidInstanceIdNotFound,
    InvalidIpTypeFormat,
    InvalidPort,
    NetTypeNotExists,
)
from jackfield.products.tair.instances import own_instance
from jackfield.products.tair.names import check_direct_port, check_port, check_prefix, connection_string
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.states import NORMAL
from jackfield.store.interface import ClaimTaken, Tx


class ModifyDBInstanceConnectionStringRequest(Request):
    db_instance_id: Annotated[str, Param("The ID of the instance.", "r-bp1zxszhcgatnx****")]
    current_connection_string: Annotated[
        str, Param("The endpoint that is changed.", "r-bp1zxszhcgatnx****.redis.rds.aliyuncs.com")
    ]
    new_connection_string: Annotated[
        str, Param("The first label of its new name, 8 to 40; left out, the name stays.", "standardredis123")
    ] = ""
    port: Annotated[str, Param("Its new port, 1024 to 65535; left out, the port stays.", "6379")] = ""
    ip_type: Annotated[
        str,
        Param("The network of the endpoint.", "Public", enum=("Private", "Public"), invalid=InvalidIpTypeFormat),
    ] = msgspec.field(default="", name="IPType")


@operation(
    TAIR,
    name="ModifyDBInstanceConnectionString",
    title="Changes the name or the port of an endpoint of an instance",
    access="update",
    resource="instance/{DBInstanceId}",
    errors=(
        InvalidInstanceIdNotFound,
        InstanceStatusNotSupport,
        NetTypeNotExists,
        InvalidIpTypeFormat,
        InvalidConnectionStringFormat,
        InvalidPort,
        InvalidConnectionStringOrPortDuplicate,
        ConnectionStringAlreadyExists,
    ),
)
def modify_db_instance_connection_string(tx: Tx, call: Call, request: ModifyDBInstanceConnectionStringRequest) -> Reply:
    """Moves an endpoint of any network, the direct one included.

    The instance is NetworkModifying. The old name and port serve until the new ones were dialled; then the old name
    leads nowhere and, for another port, connections to the old one are closed. The shards of a cluster announce the
    new port of their direct endpoint before that.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    current = request.current_connection_string
    endpoint = next((one for one in tx.children(Endpoint, instance.id) if one.name == current), None)
    if endpoint is None:
        raise NetTypeNotExists
    if request.ip_type and (request.ip_type == "Public") != (endpoint.net == "public"):
        raise InvalidIpTypeFormat
    name, port = endpoint.name, endpoint.port
    if request.new_connection_string:
        name = connection_string(check_prefix(request.new_connection_string), instance.region)
    if request.port:
        port = check_direct_port(request.port) if endpoint.net == "direct" else check_port(request.port)
    if (name, port) == (endpoint.name, endpoint.port):
        raise InvalidConnectionStringOrPortDuplicate
    try:
        move_endpoint(tx, endpoint, name=name, port=port)
    except ClaimTaken:
        raise ConnectionStringAlreadyExists from None
    announced = port if endpoint.net == "direct" else instance.announce_port
    modify_network(tx, call, msgspec.structs.replace(instance, announce_port=announced))
    return Reply()
