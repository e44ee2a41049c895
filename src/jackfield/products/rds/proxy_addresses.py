"""The addresses of a database proxy's endpoints: private and public ones."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.moving import move_endpoint
from jackfield.endpoints.resources import Endpoint
from jackfield.products.errors import ApiError
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.rds.errors import (
    IncorrectDBInstanceState,
    InvalidConnectionStringFormat,
    InvalidDBInstanceNameNotFound,
    InvalidPortMalformed,
    NewConnectionStringDuplicate,
    VswitchIpExhausted,
)
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.names import KINDS, PUBLIC_PORTS, check_port
from jackfield.products.rds.node_endpoints import check_prefix
from jackfield.products.rds.product import RDS
from jackfield.products.rds.proxies import domain
from jackfield.products.rds.proxy_endpoints import own_proxy_endpoint
from jackfield.products.rds.router_errors import (
    ProxyAddressExists,
    ProxyAddressNotFound,
    ProxyDefaultAddress,
    ProxyEndpointNotFound,
    ProxyNothingToChange,
    ProxySameAddress,
    ProxyStringNotFound,
    ProxyVSwitch,
    RelatedProxyNotFound,
)
from jackfield.products.rds.routers import (
    Router,
    addresses_of,
    change_instance,
    close_address,
    open_address,
    router_place,
)
from jackfield.products.rds.states import RUNNING
from jackfield.store.interface import ClaimTaken, Reader, Tx

_NETS = {"Public": "router_public", "VPC": "router"}


class ProxyAddressRequest(DBInstanceIdRequest):
    db_proxy_endpoint_id: Annotated[str, Param("The endpoint.", "ta9um4xxxxx")]


class CreateDBProxyEndpointAddressRequest(ProxyAddressRequest):
    connection_string_prefix: Annotated[str, Param("The first label, 5 to 40 characters.", "test1234")]
    db_proxy_connect_string_net_type: Annotated[str, Param("The net type.", "Public", enum=("Public", "VPC"))]
    db_proxy_new_connect_string_port: Annotated[
        str, Param("The port, 1000 to 5999; the engine's usual one if left out.", "3306")
    ] = ""
    vpc_id: Annotated[str, Param("Of a private one: the instance's VPC.", "vpc-bpxxxxxx")] = msgspec.field(
        default="", name="VPCId"
    )
    vswitch_id: Annotated[str, Param("Of a private one: a vSwitch of it.", "vsw-bpxxxxxx")] = ""


@operation(
    RDS,
    name="CreateDBProxyEndpointAddress",
    title="Gives an endpoint of a database proxy another address",
    access="create",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        RelatedProxyNotFound,
        ProxyEndpointNotFound,
        IncorrectDBInstanceState,
        ProxyAddressExists,
        InvalidConnectionStringFormat,
        InvalidPortMalformed,
        ProxyVSwitch,
        NewConnectionStringDuplicate,
        VswitchIpExhausted,
    ),
)
def create_db_proxy_endpoint_address(tx: Tx, call: Call, request: CreateDBProxyEndpointAddressRequest) -> Reply:
    """An endpoint has at most one address of a net type."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    router = own_proxy_endpoint(tx, instance, request.db_proxy_endpoint_id, RelatedProxyNotFound)
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    if _address(tx, router, request.db_proxy_connect_string_net_type) is not None:
        raise ProxyAddressExists
    name = domain(check_prefix(request.connection_string_prefix))
    port = check_port(request.db_proxy_new_connect_string_port or str(KINDS[instance.engine].port), *PUBLIC_PORTS)
    place = None
    if request.db_proxy_connect_string_net_type == "VPC":
        place = router_place(tx, instance, request.vswitch_id)
        if place is None or request.vpc_id not in ("", instance.vpc_id):
            raise ProxyVSwitch
    try:
        open_address(tx, call, instance, router, name=name, port=port, place=place)
    except ClaimTaken:
        raise NewConnectionStringDuplicate from None
    except PoolExhausted:
        raise VswitchIpExhausted from None
    return Reply()


class ModifyDBProxyEndpointAddressRequest(ProxyAddressRequest):
    db_proxy_connect_string_net_type: Annotated[
        str, Param("Which address; the private one if left out.", "Public", enum=("Public", "VPC"))
    ] = "VPC"
    db_proxy_new_connect_string: Annotated[str, Param("The first label of its new name.", "test123456")] = ""
    db_proxy_new_connect_string_port: Annotated[str, Param("Its new port.", "3307")] = ""


@operation(
    RDS,
    name="ModifyDBProxyEndpointAddress",
    title="Changes the name or the port of an address of a database proxy",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        RelatedProxyNotFound,
        ProxyEndpointNotFound,
        IncorrectDBInstanceState,
        ProxyNothingToChange,
        ProxyStringNotFound,
        InvalidConnectionStringFormat,
        InvalidPortMalformed,
        ProxySameAddress,
        NewConnectionStringDuplicate,
    ),
)
def modify_db_proxy_endpoint_address(tx: Tx, call: Call, request: ModifyDBProxyEndpointAddressRequest) -> Reply:
    """As ModifyDBInstanceConnectionString, of one address of a proxy."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    router = own_proxy_endpoint(tx, instance, request.db_proxy_endpoint_id, RelatedProxyNotFound)
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    if not request.db_proxy_new_connect_string and not request.db_proxy_new_connect_string_port:
        raise ProxyNothingToChange
    endpoint = _existing(tx, router, request.db_proxy_connect_string_net_type, ProxyStringNotFound)
    name, port = endpoint.name, endpoint.port
    if request.db_proxy_new_connect_string:
        name = domain(check_prefix(request.db_proxy_new_connect_string.partition(".")[0]))
    if request.db_proxy_new_connect_string_port:
        port = check_port(request.db_proxy_new_connect_string_port, *PUBLIC_PORTS)
    if (name, port) == (endpoint.name, endpoint.port):
        raise ProxySameAddress
    try:
        move_endpoint(tx, endpoint, name=name, port=port)
    except ClaimTaken:
        raise NewConnectionStringDuplicate from None
    change_instance(tx, call, instance)
    return Reply()


class DeleteDBProxyEndpointAddressRequest(ProxyAddressRequest):
    db_proxy_connect_string_net_type: Annotated[
        str, Param("Which address.", "Public", enum=("Public", "VPC", "Classic"))
    ]


@operation(
    RDS,
    name="DeleteDBProxyEndpointAddress",
    title="Takes an address of a database proxy away",
    access="delete",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        RelatedProxyNotFound,
        ProxyEndpointNotFound,
        IncorrectDBInstanceState,
        ProxyAddressNotFound,
        ProxyDefaultAddress,
    ),
)
def delete_db_proxy_endpoint_address(tx: Tx, call: Call, request: DeleteDBProxyEndpointAddressRequest) -> Reply:
    """The private address that came with the endpoint stays as long as the endpoint."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    router = own_proxy_endpoint(tx, instance, request.db_proxy_endpoint_id, RelatedProxyNotFound)
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    endpoint = _existing(tx, router, request.db_proxy_connect_string_net_type, ProxyAddressNotFound)
    if endpoint.net == "router":
        raise ProxyDefaultAddress
    close_address(tx, call, instance, endpoint)
    return Reply()


def _address(tx: Reader, router: Router, net_type: str) -> Endpoint | None:
    return next((one for one in addresses_of(tx, router) if one.net == _NETS.get(net_type)), None)


def _existing(tx: Reader, router: Router, net_type: str, unknown: type[ApiError]) -> Endpoint:
    found = _address(tx, router, net_type)
    if found is None:
        raise unknown
    return found
