"""Database proxies: switched on, changed, switched off and read. The relay is every proxy's every instance."""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Sequence
from typing import Annotated

import msgspec

from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.resources import Endpoint
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
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.router_errors import (
    NotHaveProxy,
    ProxyExists,
    ProxyInstanceNotFound,
    ProxyInstanceType,
    ProxyNotFound,
    ProxyParameters,
    ProxyVpc,
    ProxyVSwitchNotFound,
)
from jackfield.products.rds.routers import (
    Proxy,
    Router,
    addresses_of,
    change_instance,
    close_address,
    open_address,
    router_place,
    routers_of,
)
from jackfield.products.rds.states import RUNNING
from jackfield.store.interface import ClaimTaken, Reader, Tx

MAX_COUNT = 16
TYPES = {"common": "3", "exclusive": "2"}
"""DBProxyInstanceType as it is asked for and as it is told."""

MINOR_VERSION = "1.13.12"
_PERSISTENT = ("Enabled", "Disabled")
_NETWORK = {"router": "2", "router_public": "0"}
NET_TYPES = {"router": "InnerString", "router_public": "OuterString"}
_LETTERS = string.ascii_lowercase + string.digits
_COUNT = Param("How many proxy instances, 1 to 16; only shown.", "1")
_NODES = Param("The nodes, as JSON; only shown.", '[{"cpuCores":"1","nodeCounts":"2","zoneId":"cn-hangzhou-c"}]')


class ModifyDBProxyRequest(DBInstanceIdRequest):
    config_db_proxy_service: Annotated[str, Param("What to do.", "Startup", enum=("Startup", "Shutdown", "Modify"))] = (
        msgspec.field(name="ConfigDBProxyService")
    )
    db_proxy_instance_num: Annotated[str, _COUNT] = ""
    db_proxy_instance_type: Annotated[
        str, Param("The type; only shown.", "common", enum=("common", "exclusive"), invalid=ProxyParameters)
    ] = ""
    db_proxy_nodes: Annotated[str, _NODES] = ""
    instance_network_type: Annotated[str, Param("The network of its address.", "VPC", enum=("VPC",))] = "VPC"
    vpc_id: Annotated[str, Param("The instance's VPC.", "vpc-xxxxxxxxxxxx")] = msgspec.field(default="", name="VPCId")
    vswitch_id: Annotated[str, Param("A vSwitch of it; the instance's if left out.", "vsw-xxxxxxxxxxxx")] = ""
    persistent_connection_status: Annotated[
        str, Param("Whether sessions are kept; only shown.", "Enabled", enum=_PERSISTENT)
    ] = ""
    resource_group_id: Annotated[str, Param("The resource group; only shown.", "rg-acfmy*****")] = ""


@operation(
    RDS,
    name="ModifyDBProxy",
    title="Switches the database proxy of an instance on or off",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        ProxyInstanceNotFound,
        ProxyInstanceType,
        IncorrectDBInstanceState,
        ProxyExists,
        ProxyNotFound,
        ProxyParameters,
        ProxyVpc,
        ProxyVSwitchNotFound,
        InvalidConnectionStringDuplicate,
        VswitchIpExhausted,
    ),
)
def modify_db_proxy(tx: Tx, call: Call, request: ModifyDBProxyRequest) -> Reply:
    """Startup gives the instance a proxy with one endpoint, which tells reads from writes; Shutdown takes all of its
    endpoints away.

    The proxy is Creating, or Deleting, and the instance DBInstanceNetTypeChanging, until the relay has done it.
    """
    instance = own_instance(tx, call, request.db_instance_id, ProxyInstanceNotFound)
    if instance.read_only:
        raise ProxyInstanceType
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    known = routers_of(tx, instance.id, "proxy")
    if request.config_db_proxy_service == "Startup":
        if known:
            raise ProxyExists
        _start(tx, call, instance, request)
        return Reply()
    if not known:
        raise ProxyNotFound
    if request.config_db_proxy_service == "Shutdown":
        for router in known:
            for endpoint in addresses_of(tx, router):
                close_address(tx, call, instance, endpoint)
        return Reply()
    first = first_of(known)
    tx.put(msgspec.structs.replace(first, proxy=_proxy(request, first.proxy or Proxy())))
    return Reply()


def _start(tx: Tx, call: Call, instance: DBInstance, request: ModifyDBProxyRequest) -> None:
    if request.vpc_id not in ("", instance.vpc_id):
        raise ProxyVpc
    proxy = _proxy(request, Proxy())
    router = new_endpoint(instance, call, proxy=proxy)
    tx.put(router)
    place = router_place(tx, instance, request.vswitch_id)
    if place is None:
        raise ProxyVSwitchNotFound
    try:
        open_address(
            tx, call, instance, router,
            name=domain(f"{router.id}-rw4rm"), port=KINDS[instance.engine].port, place=place,
        )  # fmt: skip
    except ClaimTaken:
        raise InvalidConnectionStringDuplicate from None
    except PoolExhausted:
        raise VswitchIpExhausted from None


def new_endpoint(instance: DBInstance, call: Call, *, proxy: Proxy | None = None) -> Router:
    """An endpoint of a proxy, with an id that nobody has."""
    return Router(
        id=secrets.choice(string.ascii_lowercase) + "".join(secrets.choice(_LETTERS) for _ in range(15)),
        account=instance.account,
        region=instance.region,
        parent=instance.id,
        created=call.now,
        purpose="proxy",
        proxy=proxy,
    )


def _proxy(request: ModifyDBProxyRequest, before: Proxy) -> Proxy:
    return msgspec.structs.replace(
        before,
        count=proxy_count(request.db_proxy_instance_num or str(before.count)),
        type=request.db_proxy_instance_type or before.type,
        persistent=request.persistent_connection_status or before.persistent,
        resource_group_id=request.resource_group_id or before.resource_group_id,
        nodes=request.db_proxy_nodes or before.nodes,
    )


def proxy_count(text: str) -> int:
    """:raises ProxyParameters: no number from 1 to 16."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_COUNT:
        raise ProxyParameters
    return int(text)


def domain(prefix: str) -> str:
    """The connection string of a proxy's address."""
    return f"{prefix}.rwlb.rds.aliyuncs.com"


def first_of(routers: Sequence[Router]) -> Router:
    """The endpoint that came with the proxy."""
    return next((one for one in routers if one.proxy is not None), routers[0])


class ModifyDBProxyInstanceRequest(DBInstanceIdRequest):
    db_proxy_instance_num: Annotated[str, _COUNT]
    db_proxy_instance_type: Annotated[
        str, Param("The type; only shown.", "common", enum=("common", "exclusive"), invalid=ProxyParameters)
    ]
    db_proxy_nodes: Annotated[str, _NODES] = ""


@operation(
    RDS,
    name="ModifyDBProxyInstance",
    title="Changes the specification of a database proxy",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, NotHaveProxy, IncorrectDBInstanceState, ProxyParameters),
)
def modify_db_proxy_instance(tx: Tx, call: Call, request: ModifyDBProxyInstanceRequest) -> Reply:
    """What is asked for is shown; the relay serves as well as it can. Addresses and sessions stay."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    known = routers_of(tx, instance.id, "proxy")
    if not known:
        raise NotHaveProxy
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    first = first_of(known)
    before = first.proxy or Proxy()
    after = msgspec.structs.replace(
        before,
        count=proxy_count(request.db_proxy_instance_num),
        type=request.db_proxy_instance_type,
        nodes=request.db_proxy_nodes or before.nodes,
    )
    tx.put(msgspec.structs.replace(first, proxy=after))
    change_instance(tx, call, instance)
    return Reply()


class ConnectString(Shape):
    db_proxy_connect_string: str
    db_proxy_connect_string_net_type: str
    db_proxy_connect_string_net_work_type: str
    db_proxy_connect_string_port: str
    db_proxy_endpoint_id: str
    db_proxy_endpoint_name: str
    db_proxy_vpc_id: str = msgspec.field(name="DBProxyVpcId")
    db_proxy_vpc_instance_id: str = msgspec.field(name="DBProxyVpcInstanceId")
    db_proxy_vswitch_id: str = msgspec.field(name="DBProxyVswitchId")


class ConnectStrings(Shape):
    items: tuple[ConnectString, ...] = msgspec.field(default=(), name="DBProxyConnectStringItems")


class EndpointItem(Shape):
    aliases: str = msgspec.field(name="DbProxyEndpointAliases")
    endpoint_name: str = msgspec.field(name="DbProxyEndpointName")
    endpoint_type: str = msgspec.field(name="DbProxyEndpointType")
    mode: str = msgspec.field(name="DbProxyReadWriteMode")


class EndpointItems(Shape):
    items: tuple[EndpointItem, ...] = msgspec.field(default=(), name="DbProxyEndpointItems")


class Zones(Shape):
    zones: tuple[str, ...] = msgspec.field(default=(), name="DBProxyAVZones")


class MinorVersions(Shape):
    versions: tuple[str, ...] = msgspec.field(default=(), name="DBProxyInstanceMinorVersions")


class ProxyNode(Shape):
    cores: str = msgspec.field(name="cpuCores")
    node: str = msgspec.field(name="nodeId")
    zone: str = msgspec.field(name="zoneId")


class ProxyNodes(Shape):
    nodes: tuple[ProxyNode, ...] = msgspec.field(default=(), name="DBProxyNodes")


class DescribeDBProxyReply(Reply):
    db_proxy_service_status: str
    db_proxy_instance_status: str
    db_proxy_instance_type: str
    db_proxy_instance_num: int
    db_proxy_instance_name: str
    db_proxy_instance_size: str
    db_proxy_instance_current_minor_version: str
    db_proxy_instance_latest_minor_version: str
    db_proxy_persistent_connection_status: str
    db_proxy_engine_type: str
    db_proxy_kind_code: str
    resource_group_id: str
    db_proxy_connect_string_items: ConnectStrings
    db_proxy_endpoint_items: EndpointItems = msgspec.field(name="DbProxyEndpointItems")
    db_proxy_av_zones: Zones = msgspec.field(name="DBProxyAVZones")
    db_proxy_instance_minor_versions: MinorVersions
    db_proxy_nodes: ProxyNodes


@operation(
    RDS,
    name="DescribeDBProxy",
    title="Queries the database proxy of an instance",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound,),
)
def describe_db_proxy(tx: Reader, call: Call, request: DBInstanceIdRequest) -> DescribeDBProxyReply:
    """The proxy with its endpoints; of an instance without one, that its service is Shutdown.

    Clients poll DBProxyInstanceStatus: Creating until the first address was dialled, Deleting until none listens.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    routers = routers_of(tx, instance.id, "proxy")
    proxy = (first_of(routers).proxy or Proxy()) if routers else None
    found = [(router, endpoint) for router in routers for endpoint in addresses_of(tx, router)]
    return DescribeDBProxyReply(
        db_proxy_service_status="Startup" if proxy else "Shutdown",
        db_proxy_instance_status=_status(routers, [endpoint for _, endpoint in found]),
        db_proxy_instance_type=TYPES[proxy.type] if proxy else "",
        db_proxy_instance_num=proxy.count if proxy else 0,
        db_proxy_instance_name=first_of(routers).id if routers else "",
        db_proxy_instance_size="2/4" if proxy else "",
        db_proxy_instance_current_minor_version=MINOR_VERSION if proxy else "",
        db_proxy_instance_latest_minor_version=MINOR_VERSION if proxy else "",
        db_proxy_persistent_connection_status=proxy.persistent if proxy else "",
        db_proxy_engine_type="normal",
        db_proxy_kind_code="18",
        resource_group_id=proxy.resource_group_id if proxy else "",
        db_proxy_connect_string_items=ConnectStrings(
            items=tuple(
                ConnectString(
                    db_proxy_connect_string=endpoint.name,
                    db_proxy_connect_string_net_type=NET_TYPES[endpoint.net],
                    db_proxy_connect_string_net_work_type=_NETWORK[endpoint.net],
                    db_proxy_connect_string_port=str(endpoint.port),
                    db_proxy_endpoint_id=router.id,
                    db_proxy_endpoint_name=router.id,
                    db_proxy_vpc_id=endpoint.vpc_id,
                    db_proxy_vpc_instance_id=instance.id if endpoint.vpc_id else "",
                    db_proxy_vswitch_id=endpoint.vswitch_id,
                )
                for router, endpoint in found
                if endpoint.status != "Creating"
            )
        ),
        db_proxy_endpoint_items=EndpointItems(
            items=tuple(
                EndpointItem(
                    aliases=router.text,
                    endpoint_name=router.id,
                    endpoint_type=endpoint_type(router),
                    mode=router.mode,
                )
                for router in routers
            )
        ),
        db_proxy_av_zones=Zones(zones=(instance.zone_id,) if proxy else ()),
        db_proxy_instance_minor_versions=MinorVersions(versions=(MINOR_VERSION,) if proxy else ()),
        db_proxy_nodes=nodes_of(proxy),
    )


def endpoint_type(router: Router) -> str:
    """The first endpoint splits; others are custom ones."""
    return "RWSplit" if router.proxy is not None else "Custom"


def nodes_of(proxy: Proxy | None) -> ProxyNodes:
    """The nodes that were asked for."""
    try:
        asked = json.loads(proxy.nodes) if proxy and proxy.nodes else []
    except ValueError:
        asked = []
    found = [one for one in asked if isinstance(one, dict)] if isinstance(asked, list) else []
    return ProxyNodes(
        nodes=tuple(
            ProxyNode(cores=str(one.get("cpuCores", "1")), node=f"pn-{index + 1:02}", zone=str(one.get("zoneId", "")))
            for index, one in enumerate(found)
        )
    )


def _status(routers: Sequence[Router], endpoints: Sequence[Endpoint]) -> str:
    if not routers:
        return ""
    if all(one.status == "Releasing" for one in endpoints):
        return "Deleting"
    return "Running" if first_of(routers).settled else "Creating"
