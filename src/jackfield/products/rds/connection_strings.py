"""ModifyDBInstanceConnectionString: an endpoint gets another name, another port, or both."""

from __future__ import annotations

from typing import Annotated

from jackfield.endpoints.moving import move_endpoint
from jackfield.endpoints.resources import Endpoint
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.rds.connections import change_network
from jackfield.products.rds.errors import (
    CurrentConnectionStringNotFound,
    InvalidConnectionStringDuplicate,
    InvalidConnectionStringMalformed,
    InvalidDBInstanceIdNotFound,
    InvalidPortFormat,
    ModifyDeniedDBInstanceStatus,
)
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.names import (
    KINDS,
    PUBLIC_PORTS,
    check_changed_port,
    check_changed_prefix,
    connection_string,
)
from jackfield.products.rds.product import RDS
from jackfield.products.rds.states import RUNNING
from jackfield.store.interface import ClaimTaken, Tx


class ModifyDBInstanceConnectionStringRequest(DBInstanceIdRequest):
    current_connection_string: Annotated[
        str, Param("The endpoint that is changed.", "rm-uf6wjk5xxxx.mysql.rds.aliyuncs.com")
    ]
    connection_string_prefix: Annotated[str, Param("The first label of its new name, 8 to 63.", "rm-xxxx")]
    port: Annotated[str, Param("Its new port: 1000 to 5999, a private one of MySQL to 65534.", "3306")]


@operation(
    RDS,
    name="ModifyDBInstanceConnectionString",
    title="Changes the name or the port of an endpoint of an instance",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceIdNotFound,
        CurrentConnectionStringNotFound,
        ModifyDeniedDBInstanceStatus,
        InvalidConnectionStringMalformed,
        InvalidPortFormat,
        InvalidConnectionStringDuplicate,
    ),
)
def modify_db_instance_connection_string(tx: Tx, call: Call, request: ModifyDBInstanceConnectionStringRequest) -> Reply:
    """Moves the private or the public endpoint; either part may stay as it is, not both.

    Endpoints of read/write splitting and of proxies are changed by operations of their own. The instance is
    DBInstanceNetTypeChanging. The old name and port serve until the new ones were dialled; then the old name leads
    nowhere and, for another port, sessions of the old one are cut.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceIdNotFound)
    current = request.current_connection_string
    named = (one for one in tx.children(Endpoint, instance.id) if (one.name, one.router) == (current, ""))
    endpoint = next((one for one in named if one.status != "Releasing"), None)
    if endpoint is None:
        raise CurrentConnectionStringNotFound
    if instance.status != RUNNING:
        raise ModifyDeniedDBInstanceStatus
    name = connection_string(request.connection_string_prefix, instance.engine, instance.region)
    if name != endpoint.name:  # a public one may have been allocated with a shorter prefix
        check_changed_prefix(request.connection_string_prefix)
    ports = PUBLIC_PORTS if endpoint.net == "public" else KINDS[instance.engine].ports
    port = check_changed_port(request.port, *ports)
    if (name, port) == (endpoint.name, endpoint.port):
        raise InvalidConnectionStringDuplicate
    try:
        move_endpoint(tx, endpoint, name=name, port=port)
    except ClaimTaken:
        raise InvalidConnectionStringDuplicate from None
    change_network(tx, call, instance)
    return Reply()
