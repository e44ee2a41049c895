"""DescribeDBInstanceConnectivity."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.endpoints.resources import Endpoint
from jackfield.products.adopted import AWAY
from jackfield.products.errors import InvalidParameterValue
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.rds.admission import admitted
from jackfield.products.rds.errors import InvalidDBInstanceNameNotFound
from jackfield.products.rds.instances import own_instance
from jackfield.products.rds.product import RDS
from jackfield.products.rds.states import NET_CHANGING, RUNNING, SSL_MODIFYING, TRANSING
from jackfield.relay.whitelist import Whitelist
from jackfield.store.interface import Reader

_ANSWERING = (RUNNING, NET_CHANGING, SSL_MODIFYING, TRANSING)
"""States in which the server runs; what its endpoints do is told by theirs."""


class DescribeDBInstanceConnectivityRequest(Request):
    db_instance_name: Annotated[str, Param("The instance ID.", "rm-t4ns09hgoy99i5gez")] = msgspec.field(
        name="DbInstanceName"
    )
    source_ip_address: Annotated[str, Param("The address that a client has.", "172.16.10.10")]


class DescribeDBInstanceConnectivityReply(Reply):
    """Success or Failed; code and message are left out where nothing is wrong."""

    db_instance_name: str = msgspec.field(name="DbInstanceName")
    conn_check_result: str
    conn_check_error_code: str | UnsetType = UNSET
    conn_check_error_message: str | UnsetType = UNSET


@operation(
    RDS,
    name="DescribeDBInstanceConnectivity",
    title="Checks whether a client's address can connect to an instance",
    access="get",
    resource="dbinstance/{DbInstanceName}",
    errors=(InvalidDBInstanceNameNotFound,),
)
def describe_db_instance_connectivity(
    tx: Reader, call: Call, request: DescribeDBInstanceConnectivityRequest
) -> DescribeDBInstanceConnectivityReply:
    """Judges an address as the relay does, by the union of the whitelist groups, and whether an endpoint serves. In
    enhanced whitelist mode one endpoint that admits it is enough.

    CONNECTION_ABNORMAL: no endpoint leads to a running server. SRC_IP_NOT_IN_USER_WHITELIST: no group admits the
    address; where the server was started with ``--local-clients allow`` addresses of this machine are admitted.
    """
    instance = own_instance(tx, call, request.db_instance_name, InvalidDBInstanceNameNotFound)
    try:
        address = str(ipaddress.ip_address(request.source_ip_address))
    except ValueError:
        raise InvalidParameterValue(name="SourceIpAddress") from None
    serving = [endpoint for endpoint in tx.children(Endpoint, instance.id) if endpoint.serves]
    away = instance.adopted is not None and instance.adopted.away
    if instance.status not in _ANSWERING or not serving or away:
        return DescribeDBInstanceConnectivityReply(
            db_instance_name=instance.id,
            conn_check_result="Failed",
            conn_check_error_code="CONNECTION_ABNORMAL",
            conn_check_error_message=AWAY if away else f"The instance is {instance.status}",
        )
    local = call.local_clients == "allow"
    nets = {endpoint.net for endpoint in serving}
    if not any(Whitelist(admitted(instance, net), admit_local=local).admits(address) for net in nets):
        return DescribeDBInstanceConnectivityReply(
            db_instance_name=instance.id,
            conn_check_result="Failed",
            conn_check_error_code="SRC_IP_NOT_IN_USER_WHITELIST",
            conn_check_error_message=f"Src ip:{request.source_ip_address} not in user whitelist",
        )
    return DescribeDBInstanceConnectivityReply(db_instance_name=instance.id, conn_check_result="Success")
