"""SwitchDBInstanceVpc and MigrateConnectionToOtherZone: the private endpoint goes to another vSwitch."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.moving import move_endpoint
from jackfield.endpoints.resources import Endpoint, endpoint_id
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.rds.connections import change_network
from jackfield.products.rds.errors import (
    InvalidDBInstanceNameNotFound,
    InvalidPrivateIpAddressAlreadyUsed,
    InvalidPrivateIpAddressFormat,
    InvalidPrivateIpAddressMismatch,
    InvalidVswitchId,
    OperationDeniedDBInstanceStatus,
    VswitchIpExhausted,
)
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.network_errors import (
    ConnectionNotFound,
    DBInstanceStatusNotActive,
    InvalidConnectionParam,
    InvalidConnVPCId,
    InvalidInstanceKindNotSupport,
    MigrateAlreadyExistsFault,
    MigratedInstanceNotFound,
    ZoneIdNotSupported,
)
from jackfield.products.rds.placing import move_private, own_vpc, place_in, private_address, usable_vswitch
from jackfield.products.rds.product import RDS
from jackfield.products.rds.states import RUNNING
from jackfield.products.vpc.defaults import usable
from jackfield.products.vpc.resources import VSwitch
from jackfield.store.interface import ClaimTaken, Tx


class SwitchDBInstanceVpcRequest(DBInstanceIdRequest):
    vpc_id: Annotated[str, Param("The VPC to go to, in the same region.", "vpc-uf6f7l4fg90****")] = msgspec.field(
        name="VPCId"
    )
    vswitch_id: Annotated[str, Param("A vSwitch of it, in the zone of the instance.", "vsw-uf6adz52c2p****")]
    private_ip_address: Annotated[str, Param("An address of the vSwitch.", "10.23.1.9")] = ""


@operation(
    RDS,
    name="SwitchDBInstanceVpc",
    title="Changes the VPC and the vSwitch of an instance",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        OperationDeniedDBInstanceStatus,
        InvalidInstanceKindNotSupport,
        InvalidConnVPCId,
        InvalidVswitchId,
        MigrateAlreadyExistsFault,
        VswitchIpExhausted,
        InvalidPrivateIpAddressFormat,
        InvalidPrivateIpAddressMismatch,
        InvalidPrivateIpAddressAlreadyUsed,
    ),
)
def switch_db_instance_vpc(tx: Tx, call: Call, request: SwitchDBInstanceVpcRequest) -> Reply:
    """Moves the private endpoint, and that of read/write splitting with it; connection strings and ports stay.

    The instance is DBInstanceNetTypeChanging. The former address serves until the database answered at the new one;
    then it is dark for clients in the former VPC, whose sessions are cut.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    if instance.status != RUNNING:
        raise OperationDeniedDBInstanceStatus
    endpoint = tx.get(Endpoint, endpoint_id(instance.id, "private"))
    if endpoint is None:
        raise InvalidInstanceKindNotSupport
    own_vpc(tx, instance, request.vpc_id, InvalidConnVPCId)
    vswitch = usable_vswitch(
        tx,
        instance,
        request.vswitch_id,
        vpc_id=request.vpc_id,
        zone_id=instance.zone_id,
        unknown=InvalidVswitchId,
    )
    place = place_in(vswitch, private_address(request.private_ip_address))
    if place.vswitch_id == endpoint.vswitch_id and place.wanted in ("", endpoint.vpc_address):
        raise MigrateAlreadyExistsFault
    try:
        move_private(tx, endpoint, place)
    except ClaimTaken:
        raise InvalidPrivateIpAddressAlreadyUsed from None
    except PoolExhausted:
        raise (InvalidPrivateIpAddressMismatch if place.wanted else VswitchIpExhausted) from None
    change_network(tx, call, instance)
    return Reply()


class MigrateConnectionToOtherZoneRequest(DBInstanceIdRequest):
    connection_string: Annotated[
        str, Param("The private endpoint, or the first label of it.", "rm-bp1oypo6ky19y****.mysql.rds.aliyuncs.com")
    ]
    zone_id: Annotated[str, Param("The zone to go to.", "cn-hangzhou-i")]


class MigrateConnectionToOtherZoneReply(Reply):
    """Both are empty: nothing went wrong."""

    code: str
    message: str


@operation(
    RDS,
    title="Changes the zone of an endpoint of an instance",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        MigratedInstanceNotFound,
        DBInstanceStatusNotActive,
        ConnectionNotFound,
        InvalidConnectionParam,
        ZoneIdNotSupported,
    ),
)
def migrate_connection_to_other_zone(
    tx: Tx, call: Call, request: MigrateConnectionToOtherZoneRequest
) -> MigrateConnectionToOtherZoneReply:
    """Moves the private endpoint to a vSwitch of the same VPC in another zone; the instance stays in its own.

    The oldest vSwitch there with a free address is taken. As with SwitchDBInstanceVpc, the former address serves until
    the new one was dialled.
    """
    instance = own_instance(tx, call, request.db_instance_id, MigratedInstanceNotFound)
    if instance.status != RUNNING:
        raise DBInstanceStatusNotActive
    wanted = request.connection_string
    named = (one for one in tx.children(Endpoint, instance.id) if wanted in (one.name, one.name.partition(".")[0]))
    endpoint = next((one for one in named if one.serves), None)
    if endpoint is None:
        raise ConnectionNotFound
    if endpoint.net != "private":
        raise InvalidConnectionParam
    now = tx.get(VSwitch, endpoint.vswitch_id)
    if now is not None and now.zone_id == request.zone_id:
        raise ZoneIdNotSupported
    for vswitch in tx.children(VSwitch, endpoint.vpc_id):
        if vswitch.zone_id == request.zone_id and usable(vswitch):
            try:
                move_endpoint(tx, endpoint, place=place_in(vswitch))
            except PoolExhausted:
                continue
            change_network(tx, call, instance)
            return MigrateConnectionToOtherZoneReply(code="", message="")
    raise ZoneIdNotSupported
