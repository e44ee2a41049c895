"""The addresses of custom endpoints, and what is read of both."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.moving import move_endpoint
from jackfield.endpoints.resources import Endpoint
from jackfield.products.operation import Call, Param, Reply, Shape, operation
from jackfield.products.rds.errors import (
    DeletedInstanceNotFound,
    EndpointNotFound,
    IncorrectDBInstanceState,
    InvalidConnectionStringDuplicate,
    InvalidConnectionStringFormat,
    InvalidDBInstanceNameNotFound,
    InvalidPortMalformed,
)
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.names import PUBLIC_PORTS, check_port, connection_string
from jackfield.products.rds.node_endpoints import (
    PORTS,
    EndpointReply,
    MadeEndpointData,
    MadeEndpointReply,
    NodeEndpointRequest,
    check_prefix,
    named,
    own_nodes,
    reply,
)
from jackfield.products.rds.product import RDS
from jackfield.products.rds.router_errors import (
    NodesAddressExists,
    NodesPrivateStays,
    NodesStringNotFound,
    SplittingNameDuplicate,
)
from jackfield.products.rds.routers import (
    Router,
    addresses_of,
    change_instance,
    close_address,
    open_address,
    routers_of,
)
from jackfield.products.rds.states import RUNNING
from jackfield.store.interface import ClaimTaken, Reader, Tx


class CreateDBInstanceEndpointAddressRequest(NodeEndpointRequest, kw_only=True):
    connection_string_prefix: Annotated[str, Param("The first label of the address.", "rm-*****")]
    ip_type: Annotated[str, Param("The net type.", "Public", enum=("Public",))]
    port: Annotated[str, Param("The port, 1000 to 5999.", "3306")]


@operation(
    RDS,
    name="CreateDBInstanceEndpointAddress",
    title="Gives a custom endpoint a public address",
    access="create",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        DeletedInstanceNotFound,
        EndpointNotFound,
        IncorrectDBInstanceState,
        NodesAddressExists,
        InvalidConnectionStringFormat,
        InvalidPortMalformed,
        InvalidConnectionStringDuplicate,
    ),
    token="ClientToken",
)
def create_db_instance_endpoint_address(
    tx: Tx, call: Call, request: CreateDBInstanceEndpointAddressRequest
) -> MadeEndpointReply:
    """An endpoint has one private and at most one public address."""
    instance = own_instance(tx, call, request.db_instance_id, DeletedInstanceNotFound)
    router = own_nodes(tx, instance, request.db_instance_endpoint_id)
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    if any(one.net == "router_public" for one in addresses_of(tx, router)):
        raise NodesAddressExists
    name = connection_string(check_prefix(request.connection_string_prefix), instance.engine, instance.region)
    port = check_port(request.port, *PUBLIC_PORTS)
    try:
        open_address(tx, call, instance, router, name=name, port=port, place=None)
    except ClaimTaken:
        raise InvalidConnectionStringDuplicate from None
    return MadeEndpointReply(
        data=MadeEndpointData(db_instance_name=instance.id, db_instance_endpoint_id=router.id, connection_string=name)
    )


class NodeAddressRequest(NodeEndpointRequest, kw_only=True):
    connection_string: Annotated[str, Param("The address.", "rm-uf6wjk5****.mysql.rds.aliyuncs.com")]


class ModifyDBInstanceEndpointAddressRequest(NodeAddressRequest, kw_only=True):
    connection_string_prefix: Annotated[str, Param("The first label of its new name.", "rm-bp181qoj4s34m33****")] = ""
    port: Annotated[str, Param("Its new port.", "3306")] = ""


@operation(
    RDS,
    name="ModifyDBInstanceEndpointAddress",
    title="Changes the name or the port of an address of a custom endpoint",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        DeletedInstanceNotFound,
        EndpointNotFound,
        NodesStringNotFound,
        IncorrectDBInstanceState,
        InvalidConnectionStringFormat,
        InvalidPortMalformed,
        SplittingNameDuplicate,
    ),
    token="ClientToken",
)
def modify_db_instance_endpoint_address(
    tx: Tx, call: Call, request: ModifyDBInstanceEndpointAddressRequest
) -> EndpointReply:
    """As ModifyDBInstanceConnectionString, of one address of a custom endpoint."""
    instance = own_instance(tx, call, request.db_instance_id, DeletedInstanceNotFound)
    router = own_nodes(tx, instance, request.db_instance_endpoint_id)
    endpoint = named(tx, router, request.connection_string, NodesStringNotFound)
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    name, port = endpoint.name, endpoint.port
    if request.connection_string_prefix:
        name = connection_string(check_prefix(request.connection_string_prefix), instance.engine, instance.region)
    if request.port:
        port = check_port(request.port, *(PUBLIC_PORTS if endpoint.net == "router_public" else PORTS))
    if (name, port) != (endpoint.name, endpoint.port):
        try:
            move_endpoint(tx, endpoint, name=name, port=port)
        except ClaimTaken:
            raise SplittingNameDuplicate from None
        change_instance(tx, call, instance)
    return reply(instance, router)


@operation(
    RDS,
    name="DeleteDBInstanceEndpointAddress",
    title="Deletes the public address of a custom endpoint",
    access="delete",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        DeletedInstanceNotFound,
        EndpointNotFound,
        NodesStringNotFound,
        NodesPrivateStays,
        IncorrectDBInstanceState,
    ),
    token="ClientToken",
)
def delete_db_instance_endpoint_address(tx: Tx, call: Call, request: NodeAddressRequest) -> EndpointReply:
    """The private address goes with the endpoint only."""
    instance = own_instance(tx, call, request.db_instance_id, DeletedInstanceNotFound)
    router = own_nodes(tx, instance, request.db_instance_endpoint_id)
    endpoint = named(tx, router, request.connection_string, NodesStringNotFound)
    if endpoint.net != "router_public":
        raise NodesPrivateStays
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    close_address(tx, call, instance, endpoint)
    return reply(instance, router)


class Address(Shape):
    vpc_id: str = msgspec.field(name="VpcId")
    vswitch_id: str
    ip_type: str
    port: str
    connection_string: str
    ip_address: str


class Addresses(Shape):
    address_item: tuple[Address, ...]


class NodeItem(Shape):
    node_id: str
    db_instance_id: str
    weight: int


class NodeItems(Shape):
    node_item: tuple[NodeItem, ...]


class EndpointView(Shape):
    endpoint_id: str
    endpoint_type: str
    endpoint_description: str
    node_items: NodeItems
    address_items: Addresses


class EndpointViews(Shape):
    db_instance_endpoint: tuple[EndpointView, ...] = msgspec.field(name="DBInstanceEndpoint")


class DescribedEndpoints(Shape):
    db_instance_name: str = msgspec.field(name="DBInstanceName")
    ip_version: str
    db_instance_endpoints: EndpointViews = msgspec.field(name="DBInstanceEndpoints")


class DescribeDBInstanceEndpointsRequest(DBInstanceIdRequest):
    db_instance_endpoint_id: Annotated[str, Param("Only this endpoint.", "ep-****-ro")] = msgspec.field(
        default="", name="DBInstanceEndpointId"
    )


class DescribeDBInstanceEndpointsReply(Reply):
    data: DescribedEndpoints


@operation(
    RDS,
    name="DescribeDBInstanceEndpoints",
    title="Queries the custom endpoints of an instance",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound,),
)
def describe_db_instance_endpoints(
    tx: Reader, call: Call, request: DescribeDBInstanceEndpointsRequest
) -> DescribeDBInstanceEndpointsReply:
    """The endpoints, oldest first, with their nodes and the addresses that can be dialled."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    wanted = request.db_instance_endpoint_id
    found = [one for one in routers_of(tx, instance.id, "nodes") if wanted in ("", one.id)]
    return DescribeDBInstanceEndpointsReply(
        data=DescribedEndpoints(
            db_instance_name=instance.id,
            ip_version="ipv4",
            db_instance_endpoints=EndpointViews(db_instance_endpoint=tuple(_view(tx, one) for one in found)),
        )
    )


def _view(tx: Reader, router: Router) -> EndpointView:
    nodes = tuple(
        NodeItem(node_id=one.instance, db_instance_id=one.instance, weight=one.share) for one in router.weights
    )
    addresses = tuple(_address(one) for one in addresses_of(tx, router) if one.status != "Creating")
    return EndpointView(
        endpoint_id=router.id,
        endpoint_type="Readonly",
        endpoint_description=router.text,
        node_items=NodeItems(node_item=nodes),
        address_items=Addresses(address_item=addresses),
    )


def _address(endpoint: Endpoint) -> Address:
    public = endpoint.net == "router_public"
    return Address(
        vpc_id=endpoint.vpc_id,
        vswitch_id=endpoint.vswitch_id,
        ip_type="Public" if public else "Private",
        port=str(endpoint.port),
        connection_string=endpoint.name,
        ip_address=endpoint.addresses[0] if public and endpoint.addresses else endpoint.vpc_address,
    )
