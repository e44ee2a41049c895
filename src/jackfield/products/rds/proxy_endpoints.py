"""The endpoints of a database proxy: where each sends what, and what they are called."""

from __future__ import annotations

import json
from typing import Annotated, cast

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.resources import Endpoint
from jackfield.products.errors import ApiError
from jackfield.products.operation import Call, Param, Reply, Shape, operation
from jackfield.products.rds.errors import (
    IncorrectDBInstanceState,
    InvalidConnectionStringDuplicate,
    InvalidDBInstanceNameNotFound,
    VswitchIpExhausted,
)
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.names import KINDS
from jackfield.products.rds.product import RDS
from jackfield.products.rds.proxies import (
    NET_TYPES,
    ProxyNodes,
    domain,
    first_of,
    new_endpoint,
    nodes_of,
)
from jackfield.products.rds.replicas import replicas_of
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.router_errors import (
    NoReadInstance,
    ProxyEndpointNotFound,
    ProxyEndpointOperation,
    ProxyNotFound,
    ProxyParameters,
    ProxyVpcInstance,
    RelatedProxyNotFound,
    WeightInvalid,
)
from jackfield.products.rds.routers import (
    Distribution,
    ReadWriteMode,
    Router,
    WrongWeights,
    addresses_of,
    availability,
    change_instance,
    close_address,
    in_service,
    open_address,
    parse_weights,
    router_place,
    routers_of,
    shares,
)
from jackfield.products.rds.states import RUNNING
from jackfield.store.interface import ClaimTaken, Reader, Tx

MAX_DELAY = 3600
_NETWORK = {"router": "2", "router_public": "0"}


class ConnectItem(Shape):
    text: str = msgspec.field(name="DbProxyEndpointConnectString")
    net_type: str = msgspec.field(name="DbProxyEndpointNetType")
    port: str = msgspec.field(name="DbProxyEndpointPort")


class ConnectItems(Shape):
    items: tuple[ConnectItem, ...] = msgspec.field(default=(), name="EndpointConnectItems")


class DescribeDBProxyEndpointRequest(DBInstanceIdRequest):
    db_proxy_endpoint_id: Annotated[str, Param("The endpoint; the first if left out.", "keaxncrjluwu0gue****")] = ""
    db_proxy_connect_string: Annotated[
        str, Param("The endpoint with this address.", "testproxy****.rwlb.rds.aliyuncs.com")
    ] = ""


class DescribeDBProxyEndpointReply(Reply, kw_only=True):
    """What is about an address is the private one's; a public one stands in EndpointConnectItems."""

    db_proxy_endpoint_id: str
    db_proxy_connect_string: str | UnsetType = UNSET
    db_proxy_connect_string_port: str | UnsetType = UNSET
    db_proxy_connect_string_net_type: str | UnsetType = UNSET
    endpoint_connect_items: ConnectItems
    read_only_instance_weight: str
    read_only_instance_max_delay_time: str
    read_only_instance_distribution_type: str
    aliases: str = msgspec.field(name="DbProxyEndpointAliases")
    mode: str = msgspec.field(name="DbProxyEndpointReadWriteMode")
    vpc: str = msgspec.field(name="DbProxyEndpointVpcId")
    vswitch: str = msgspec.field(name="DbProxyEndpointVswitchId")
    zone: str = msgspec.field(name="DbProxyEndpointZoneId")
    db_proxy_engine_type: str
    db_proxy_features: str
    causal_consist_read_timeout: str
    db_proxy_endpoint_min_slave_count: str
    db_proxy_nodes: ProxyNodes


@operation(
    RDS,
    name="DescribeDBProxyEndpoint",
    title="Queries an endpoint of a database proxy",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, ProxyNotFound, ProxyEndpointNotFound),
)
def describe_db_proxy_endpoint(
    tx: Reader, call: Call, request: DescribeDBProxyEndpointRequest
) -> DescribeDBProxyEndpointReply:
    """One endpoint: its addresses, and how it spreads reads (ReadOnlyInstanceWeight is JSON)."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    router = own_proxy_endpoint(tx, instance, request.db_proxy_endpoint_id, ProxyNotFound)
    wanted = request.db_proxy_connect_string
    if wanted:
        every = routers_of(tx, instance.id, "proxy")
        router = next((one for one in every if wanted in {each.name for each in addresses_of(tx, one)}), router)
        if wanted not in {each.name for each in addresses_of(tx, router)}:
            raise ProxyEndpointNotFound
    shown = [one for one in addresses_of(tx, router) if one.status != "Creating"]
    first = next((one for one in shown if one.net == "router"), None)
    return DescribeDBProxyEndpointReply(
        db_proxy_endpoint_id=router.id,
        db_proxy_connect_string=first.name if first else UNSET,
        db_proxy_connect_string_port=str(first.port) if first else UNSET,
        db_proxy_connect_string_net_type=NET_TYPES[first.net] if first else UNSET,
        endpoint_connect_items=ConnectItems(items=tuple(_item(one) for one in shown)),
        read_only_instance_weight=_weights_text(tx, instance, router),
        read_only_instance_max_delay_time=str(router.max_delay),
        read_only_instance_distribution_type=router.distribution,
        aliases=router.text,
        mode=router.mode,
        vpc=first.vpc_id if first else "",
        vswitch=first.vswitch_id if first else "",
        zone=instance.zone_id,
        db_proxy_engine_type="normal",
        db_proxy_features=router.features or "ReadWriteSpliting:1",
        causal_consist_read_timeout="10",
        db_proxy_endpoint_min_slave_count="0",
        db_proxy_nodes=nodes_of(router.proxy),
    )


class ModifyDBProxyEndpointRequest(DBInstanceIdRequest):
    db_proxy_endpoint_id: Annotated[str, Param("The endpoint; not when one is made.", "gos787jog2wk0y****")] = ""
    db_endpoint_operator: Annotated[str, Param("What to do.", "Modify", enum=("Modify", "Create", "Delete"))] = (
        msgspec.field(default="Modify", name="DbEndpointOperator")
    )
    db_endpoint_aliases: Annotated[str, Param("What people call it.", "test-proxy")] = msgspec.field(
        default="", name="DbEndpointAliases"
    )
    db_endpoint_read_write_mode: Annotated[
        str,
        Param(
            "ReadWrite tells reads from writes, ReadOnly spreads connections over read-only instances.",
            "ReadWrite",
            enum=("ReadWrite", "ReadOnly"),
        ),
    ] = msgspec.field(default="", name="DbEndpointReadWriteMode")
    config_db_proxy_features: Annotated[str, Param("Features; only shown.", "ReadWriteSpliting:1")] = msgspec.field(
        default="", name="ConfigDBProxyFeatures"
    )
    read_only_instance_distribution_type: Annotated[
        str, Param("Whose weights hold: the system's or the caller's.", "Standard", enum=("Standard", "Custom"))
    ] = ""
    read_only_instance_max_delay_time: Annotated[
        str, Param("Seconds that a read-only instance may be behind and still be read from: 0 to 3600.", "30")
    ] = ""
    read_only_instance_weight: Annotated[
        str, Param("With Custom: instances and weights.", '{"rm-uf6wjk5xxxx":"500","rr-tfhfgk5xxx":"200"}')
    ] = ""
    vpc_id: Annotated[str, Param("Of a new endpoint: the instance's VPC.", "vpc-2zeusejj******")] = ""
    vswitch_id: Annotated[str, Param("Of a new endpoint: a vSwitch of it.", "vsw-uf6adz52c2p****")] = ""


@operation(
    RDS,
    name="ModifyDBProxyEndpoint",
    title="Changes, makes or deletes an endpoint of a database proxy",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        RelatedProxyNotFound,
        ProxyEndpointNotFound,
        IncorrectDBInstanceState,
        ProxyEndpointOperation,
        NoReadInstance,
        ProxyParameters,
        WeightInvalid,
        ProxyVpcInstance,
        InvalidConnectionStringDuplicate,
        VswitchIpExhausted,
    ),
)
def modify_db_proxy_endpoint(tx: Tx, call: Call, request: ModifyDBProxyEndpointRequest) -> Reply:
    """Weights and delays hold for the next statements; another mode ends the sessions that are open."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    if request.db_endpoint_operator == "Create":
        if not routers_of(tx, instance.id, "proxy"):
            raise RelatedProxyNotFound
        router = new_endpoint(instance, call)
    else:
        router = own_proxy_endpoint(tx, instance, request.db_proxy_endpoint_id, RelatedProxyNotFound)
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    if request.db_endpoint_operator == "Delete":
        if router.proxy is not None:
            raise ProxyEndpointOperation
        for endpoint in addresses_of(tx, router):
            close_address(tx, call, instance, endpoint)
        return Reply()
    router = _changed(tx, instance, router, request)
    tx.put(router)
    if request.db_endpoint_operator == "Create":
        _open(tx, call, instance, router, request)
    else:
        change_instance(tx, call, instance)
    return Reply()


def _open(tx: Tx, call: Call, instance: DBInstance, router: Router, request: ModifyDBProxyEndpointRequest) -> None:
    place = router_place(tx, instance, request.vswitch_id)
    if place is None or request.vpc_id not in ("", instance.vpc_id):
        raise ProxyVpcInstance
    try:
        open_address(
            tx, call, instance, router,
            name=domain(f"{router.id}-rw4rm"), port=KINDS[instance.engine].port, place=place,
        )  # fmt: skip
    except ClaimTaken:
        raise InvalidConnectionStringDuplicate from None
    except PoolExhausted:
        raise VswitchIpExhausted from None


def _changed(tx: Reader, instance: DBInstance, router: Router, request: ModifyDBProxyEndpointRequest) -> Router:
    mode = cast(ReadWriteMode, request.db_endpoint_read_write_mode or router.mode)
    if mode == "ReadOnly" and not in_service(tx, instance.id):
        raise NoReadInstance
    distribution = cast(Distribution, request.read_only_instance_distribution_type or router.distribution)
    weights = router.weights if distribution == "Custom" else ()
    if distribution == "Custom" and request.read_only_instance_weight:
        try:
            weights = parse_weights(request.read_only_instance_weight, instance, replicas_of(tx, instance.id))
        except WrongWeights:
            raise WeightInvalid from None
    if distribution == "Custom" and not weights:
        raise WeightInvalid
    delay = request.read_only_instance_max_delay_time or str(router.max_delay)
    if not delay.isascii() or not delay.isdigit() or int(delay) > MAX_DELAY:
        raise ProxyParameters
    return msgspec.structs.replace(
        router,
        mode=mode,
        distribution=distribution,
        weights=weights,
        max_delay=int(delay),
        text=request.db_endpoint_aliases or router.text,
        features=request.config_db_proxy_features or router.features,
    )


def own_proxy_endpoint(tx: Reader, instance: DBInstance, id: str, no_proxy: type[ApiError]) -> Router:
    """The endpoint with an id, or the first one.

    :raises ProxyEndpointNotFound: the proxy has none of that id. ``no_proxy`` is raised when there is no proxy.
    """
    known = routers_of(tx, instance.id, "proxy")
    if not known:
        raise no_proxy
    if not id:
        return first_of(known)
    for router in known:
        if router.id == id:
            return router
    raise ProxyEndpointNotFound


def _item(endpoint: Endpoint) -> ConnectItem:
    return ConnectItem(text=endpoint.name, net_type=_NETWORK[endpoint.net], port=str(endpoint.port))


def _weights_text(tx: Reader, instance: DBInstance, router: Router) -> str:
    members = [instance, *replicas_of(tx, instance.id)]
    found = shares(router, instance, members[1:])
    return json.dumps(
        [
            {
                "Availability": availability(router.max_delay, one),
                "DBInstanceId": one.id,
                "DBInstanceType": "ReadOnly" if one.read_only else "Master",
                "Weight": found[one.id],
            }
            for one in members
        ],
        separators=(",", ":"),
    )
