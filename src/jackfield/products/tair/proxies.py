"""RebootProxy and SwitchInstanceProxy."""

from __future__ import annotations

from typing import Annotated

from jackfield.endpoints.resources import Endpoint, endpoint_id
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.tair.connections import modify_network
from jackfield.products.tair.errors import (
    InstanceStatusNotSupport,
    InvalidConnType,
    InvalidInstanceIdNotFound,
    NetTypeNotExists,
)
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.maintenance import change_settings
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.setting_errors import InvalidSettingFormat
from jackfield.products.tair.states import NORMAL
from jackfield.products.tair.topology import proxy_number
from jackfield.products.tair.upkeep import begin_change
from jackfield.store.interface import Tx


class RebootProxyRequest(InstanceIdRequest):
    proxy_list: Annotated[str, Param("Ids of proxies, separated by commas; all if left out.", "90310144")] = ""
    proxy_node_list: Annotated[str, Param("Ids of their hosts, likewise.", "36912280")] = ""
    reboot_mode: Annotated[
        str,
        Param(
            "reboot, or rebuild: in another place.",
            "reboot",
            enum=("reboot", "rebuild"),
            invalid=InvalidSettingFormat,
        ),
    ] = "reboot"


@operation(
    TAIR,
    title="Restarts the proxies of a cluster instance",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InstanceStatusNotSupport, InvalidConnType, InvalidSettingFormat),
)
def reboot_proxy(tx: Tx, call: Call, request: RebootProxyRequest) -> Reply:
    """Cuts every client of the addresses that go through the proxy; they may dial again at once.

    Clients of the direct endpoint notice nothing. The instance is Changing until it is done. Here one router serves
    all clients of an instance, so one proxy is all proxies.
    """
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    if instance.architecture != "cluster" or instance.settings.proxy_off:
        raise InvalidConnType
    known = str(proxy_number(instance))
    if any(listed and set(listed.split(",")) != {known} for listed in (request.proxy_list, request.proxy_node_list)):
        raise InvalidSettingFormat
    begin_change(tx, call, instance, "proxy")
    return Reply()


@operation(
    TAIR,
    title="Turns the proxy of a cluster instance off, or on again",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InstanceStatusNotSupport, InvalidConnType, NetTypeNotExists),
)
def switch_instance_proxy(tx: Tx, call: Call, request: InstanceIdRequest) -> Reply:
    """Without the proxy the ordinary addresses speak the Redis Cluster protocol: they lead to a shard, which sends
    clients on to the addresses of the direct endpoint. That one has to be there, and cannot be released meanwhile.

    The instance is NetworkModifying until the addresses were dialled; their clients are cut.
    """
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    if instance.architecture != "cluster":
        raise InvalidConnType
    off = not instance.settings.proxy_off
    if off and tx.get(Endpoint, endpoint_id(instance.id, "direct")) is None:
        raise NetTypeNotExists
    modify_network(tx, call, change_settings(tx, instance, proxy_off=off))
    return Reply()
