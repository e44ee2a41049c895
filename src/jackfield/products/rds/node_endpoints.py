"""Custom endpoints: one address before several read-only instances, among which connections are spread by weight."""

from __future__ import annotations

import ipaddress
import json
import re
import secrets
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.resources import NAMES, Endpoint
from jackfield.products.errors import ApiError
from jackfield.products.operation import Call, Param, Reply, Shape, operation
from jackfield.products.rds.errors import (
    DeletedInstanceNotFound,
    EndpointNotFound,
    IncorrectDBInstanceState,
    InvalidConnectionStringDuplicate,
    InvalidConnectionStringFormat,
    InvalidPortMalformed,
    InvalidPrivateIpAddressAlreadyUsed,
    InvalidPrivateIpAddressFormat,
    InvalidPrivateIpAddressMismatch,
    InvalidVswitchId,
    VswitchIpExhausted,
)
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.names import check_port, connection_string
from jackfield.products.rds.product import RDS
from jackfield.products.rds.replicas import replicas_of
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.router_errors import (
    NodesBlank,
    NodesEmpty,
    NodesEndpointType,
    NodesInstance,
    NodesInstanceUnknown,
    NodesJson,
    NodesPrimary,
    NodesTwice,
    NodesUnknown,
    NodesVpc,
    WeightFormat,
)
from jackfield.products.rds.routers import (
    Router,
    Weight,
    addresses_of,
    change_instance,
    close_address,
    open_address,
    router_place,
)
from jackfield.products.rds.states import RUNNING
from jackfield.store.interface import ClaimTaken, Reader, Tx

PORTS = (3000, 5999)
MAX_WEIGHT = 100
_PREFIX = re.compile(r"[a-z][a-z0-9-]{3,38}[a-z0-9]")
_NODES = Param(
    "Read-only instances, their weights 0 to 100. NodeId is the instance's ID, DBInstanceId the primary's or its.",
    '[{"NodeId": "rr-****", "DBInstanceId": "rm-****", "Weight": 50}]',
)


class EndpointData(Shape):
    """``DBInstanceName`` holds the instance's ID."""

    db_instance_name: str = msgspec.field(name="DBInstanceName")
    db_instance_endpoint_id: str = msgspec.field(name="DBInstanceEndpointId")


class MadeEndpointData(EndpointData):
    connection_string: str


class EndpointReply(Reply):
    data: EndpointData


class MadeEndpointReply(Reply):
    data: MadeEndpointData


class CreateDBInstanceEndpointRequest(DBInstanceIdRequest):
    connection_string_prefix: Annotated[str, Param("The first label of its private address.", "rm-****-ro")]
    db_instance_endpoint_type: Annotated[
        str, Param("The type.", "Readonly", enum=("Readonly",), invalid=NodesEndpointType)
    ]
    node_items: Annotated[str, _NODES]
    port: Annotated[str, Param("The port, 3000 to 5999.", "3306")]
    vswitch_id: Annotated[str, Param("A vSwitch of the instance's VPC.", "vsw-bp1kqp****")]
    vpc_id: Annotated[str, Param("The instance's VPC.", "vpc-xxxmmxjqqi****")]
    private_ip_address: Annotated[str, Param("An address of the vSwitch.", "172.16.0.10")] = ""
    db_instance_endpoint_description: Annotated[str, Param("What people call it.", "for readonly business")] = ""
    client_token: Annotated[
        str, Param("Makes a repeated call answer like the first.", "6000170000591aed949d0f****")
    ] = ""


@operation(
    RDS,
    name="CreateDBInstanceEndpoint",
    title="Creates a custom endpoint of an instance",
    access="create",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        NodesInstanceUnknown,
        IncorrectDBInstanceState,
        NodesEndpointType,
        NodesJson,
        NodesBlank,
        NodesTwice,
        NodesPrimary,
        NodesInstance,
        NodesUnknown,
        WeightFormat,
        InvalidConnectionStringFormat,
        InvalidPortMalformed,
        NodesVpc,
        InvalidVswitchId,
        InvalidPrivateIpAddressFormat,
        InvalidPrivateIpAddressMismatch,
        InvalidPrivateIpAddressAlreadyUsed,
        VswitchIpExhausted,
        InvalidConnectionStringDuplicate,
    ),
    token="ClientToken",
)
def create_db_instance_endpoint(tx: Tx, call: Call, request: CreateDBInstanceEndpointRequest) -> MadeEndpointReply:
    """Makes an endpoint whose connections are spread over read-only instances; one that does not answer gets none.

    The instance is DBInstanceNetTypeChanging until its private address was dialled.
    """
    instance = own_instance(tx, call, request.db_instance_id, NodesInstanceUnknown)
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    weights = _nodes(tx, instance, request.node_items)
    if not weights:
        raise NodesBlank
    name = _name(request.connection_string_prefix, instance)
    port = check_port(request.port, *PORTS)
    if request.vpc_id != instance.vpc_id:
        raise NodesVpc
    place = router_place(tx, instance, request.vswitch_id)
    if place is None:
        raise InvalidVswitchId
    place = msgspec.structs.replace(place, wanted=_address(request.private_ip_address))
    router = Router(
        id=f"ep-{secrets.token_hex(8)}",
        account=instance.account,
        region=instance.region,
        parent=instance.id,
        created=call.now,
        purpose="nodes",
        mode="ReadOnly",
        weights=weights,
        text=request.db_instance_endpoint_description,
    )
    tx.put(router)
    try:
        open_address(tx, call, instance, router, name=name, port=port, place=place)
    except ClaimTaken as taken:
        raise (
            InvalidConnectionStringDuplicate if taken.space == NAMES else InvalidPrivateIpAddressAlreadyUsed
        ) from None
    except PoolExhausted:
        raise (InvalidPrivateIpAddressMismatch if place.wanted else VswitchIpExhausted) from None
    return MadeEndpointReply(
        data=MadeEndpointData(db_instance_name=instance.id, db_instance_endpoint_id=router.id, connection_string=name)
    )


class NodeEndpointRequest(DBInstanceIdRequest):
    db_instance_endpoint_id: Annotated[str, Param("The endpoint.", "ep-****")] = msgspec.field(
        name="DBInstanceEndpointId"
    )
    client_token: Annotated[
        str, Param("Makes a repeated call answer like the first.", "6000170000591aed949d0f****")
    ] = ""


class ModifyDBInstanceEndpointRequest(NodeEndpointRequest):
    node_items: Annotated[str, _NODES] = ""
    db_instance_endpoint_description: Annotated[str, Param("What people call it.", "for readonly business")] = ""


@operation(
    RDS,
    name="ModifyDBInstanceEndpoint",
    title="Changes the nodes or the description of a custom endpoint",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        DeletedInstanceNotFound,
        EndpointNotFound,
        IncorrectDBInstanceState,
        NodesJson,
        NodesEmpty,
        NodesTwice,
        NodesPrimary,
        NodesInstance,
        NodesUnknown,
        WeightFormat,
    ),
    token="ClientToken",
)
def modify_db_instance_endpoint(tx: Tx, call: Call, request: ModifyDBInstanceEndpointRequest) -> EndpointReply:
    """New connections go to the new nodes; those that are open stay where they are."""
    instance = own_instance(tx, call, request.db_instance_id, DeletedInstanceNotFound)
    router = own_nodes(tx, instance, request.db_instance_endpoint_id)
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    if request.node_items:
        weights = _nodes(tx, instance, request.node_items)
        if not weights:
            raise NodesEmpty
        router = msgspec.structs.replace(router, weights=weights)
    if request.db_instance_endpoint_description:
        router = msgspec.structs.replace(router, text=request.db_instance_endpoint_description)
    tx.put(router)
    change_instance(tx, call, instance)
    return reply(instance, router)


@operation(
    RDS,
    name="DeleteDBInstanceEndpoint",
    title="Deletes a custom endpoint of an instance",
    access="delete",
    resource="dbinstance/{DBInstanceId}",
    errors=(DeletedInstanceNotFound, EndpointNotFound, IncorrectDBInstanceState),
    token="ClientToken",
)
def delete_db_instance_endpoint(tx: Tx, call: Call, request: NodeEndpointRequest) -> EndpointReply:
    """Takes the endpoint away with all its addresses: by the time the instance is Running its sessions are cut."""
    instance = own_instance(tx, call, request.db_instance_id, DeletedInstanceNotFound)
    router = own_nodes(tx, instance, request.db_instance_endpoint_id)
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    for endpoint in addresses_of(tx, router):
        close_address(tx, call, instance, endpoint)
    return reply(instance, router)


def own_nodes(tx: Reader, instance: DBInstance, id: str) -> Router:
    """:raises EndpointNotFound: the instance has no such custom endpoint."""
    router = tx.get(Router, id)
    if router is None or router.parent != instance.id or router.purpose != "nodes":
        raise EndpointNotFound
    return router


def reply(instance: DBInstance, router: Router) -> EndpointReply:
    return EndpointReply(data=EndpointData(db_instance_name=instance.id, db_instance_endpoint_id=router.id))


def named(tx: Reader, router: Router, name: str, unknown: type[ApiError]) -> Endpoint:
    """The address of a router with a connection string; ``unknown`` is raised when there is none."""
    for endpoint in addresses_of(tx, router):
        if endpoint.name == name:
            return endpoint
    raise unknown


def _name(prefix: str, instance: DBInstance) -> str:
    return connection_string(check_prefix(prefix), instance.engine, instance.region)


def check_prefix(prefix: str) -> str:
    """:raises InvalidConnectionStringFormat: not 5 to 40 lower-case letters, digits and hyphens, a letter first."""
    if not _PREFIX.fullmatch(prefix):
        raise InvalidConnectionStringFormat
    return prefix


def _address(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text)) if text else ""
    except ValueError:
        raise InvalidPrivateIpAddressFormat from None


def _nodes(tx: Reader, instance: DBInstance, text: str) -> tuple[Weight, ...]:
    try:
        items = json.loads(text)
    except ValueError:
        raise NodesJson from None
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise NodesJson
    replicas = {one.id for one in replicas_of(tx, instance.id)}
    found = tuple(_node(instance, replicas, item) for item in items)
    if len({weight.instance for weight in found}) < len(found):
        raise NodesTwice
    return found


def _node(instance: DBInstance, replicas: set[str], item: Mapping[str, Any]) -> Weight:
    node, of = item.get("NodeId"), item.get("DBInstanceId")
    if of not in (instance.id, node):
        raise NodesInstance
    if node == instance.id:
        raise NodesPrimary
    if node not in replicas:
        raise NodesUnknown
    share = str(item.get("Weight", MAX_WEIGHT))
    if not share.isascii() or not share.isdigit() or int(share) > MAX_WEIGHT:
        raise WeightFormat
    return Weight(instance=str(node), share=int(share))
