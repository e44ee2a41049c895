"""From the classic network into a VPC, and from an internal connection to a public one and back."""

from __future__ import annotations

import itertools
import re
import secrets
from typing import Annotated

import msgspec

from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.expiry import expiring
from jackfield.endpoints.making import Place, make_endpoint
from jackfield.endpoints.resources import NAMES, Endpoint, Net, endpoint_id
from jackfield.products.errors import InvalidParameterValue, MissingParameterValue
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.rds.connections import change_network
from jackfield.products.rds.errors import (
    InvalidConnectionStringDuplicate,
    InvalidConnectionStringMalformed,
    InvalidDBInstanceNameNotFound,
    InvalidPortMalformed,
    InvalidPrivateIpAddressAlreadyUsed,
    InvalidPrivateIpAddressFormat,
    InvalidPrivateIpAddressMismatch,
    InvalidVpcId,
    InvalidVswitchId,
    OperationDeniedDBInstanceStatus,
    VswitchIpExhausted,
)
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.names import KINDS, check_port, connection_string
from jackfield.products.rds.network_errors import (
    ClassicConnectionNotFound,
    IncorrectDBInstanceNetType,
    NetTypeChangeTimesExceeded,
    NetTypeEngineNotSupported,
    NetTypeExists,
    NetworkTypeDeniedStatus,
    OperationDeniedDBInstanceNetType,
)
from jackfield.products.rds.placing import own_vpc, place_in, private_address, usable_vswitch
from jackfield.products.rds.product import RDS
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.states import RUNNING
from jackfield.products.vpc.defaults import default_vswitch
from jackfield.store.interface import ClaimTaken, Tx

RETAINED_DAYS = (1, 120)
DEFAULT_DAYS = "7"
SWITCHED_PORTS = (3001, 3999)
"""What SwitchDBInstanceNetType gives (its documents)."""
MAX_SWITCHES = 20
SWITCHES_SECONDS = 86400.0
_SWITCHED_PREFIX = re.compile(r"[a-z][a-z0-9]{7,62}")


class ModifyDBInstanceNetworkTypeRequest(DBInstanceIdRequest):
    instance_network_type: Annotated[str, Param("The network to go to.", "VPC", enum=("VPC",))]
    vpc_id: Annotated[str, Param("The VPC; the region's default VPC if left out.", "vpc-uf6f7****")] = msgspec.field(
        default="", name="VPCId"
    )
    vswitch_id: Annotated[
        str, Param("A vSwitch in the zone of the instance; mandatory with VPCId.", "vsw-uf6adz52c****")
    ] = ""
    private_ip_address: Annotated[str, Param("An address of the vSwitch.", "172.10.40.25")] = ""
    retain_classic: Annotated[
        str, Param("Whether the classic endpoint serves on for some days.", "True", enum=("True", "False"))
    ] = "False"
    classic_expired_days: Annotated[str, Param("For how many days, 1 to 120; 7 if left out.", "7")] = DEFAULT_DAYS


class ModifyDBInstanceNetworkTypeReply(Reply):
    """:param connection_string: of the endpoint in the VPC."""

    task_id: str
    connection_string: str


@operation(
    RDS,
    name="ModifyDBInstanceNetworkType",
    title="Changes the network of an instance from the classic network to a VPC",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        NetTypeExists,
        OperationDeniedDBInstanceNetType,
        NetworkTypeDeniedStatus,
        InvalidVpcId,
        InvalidVswitchId,
        VswitchIpExhausted,
        InvalidPrivateIpAddressFormat,
        InvalidPrivateIpAddressMismatch,
        InvalidPrivateIpAddressAlreadyUsed,
    ),
)
def modify_db_instance_network_type(
    tx: Tx, call: Call, request: ModifyDBInstanceNetworkTypeRequest
) -> ModifyDBInstanceNetworkTypeReply:
    """Gives an instance of the classic network an endpoint in a VPC.

    The instance is DBInstanceNetTypeChanging until it was dialled there. With RetainClassic both endpoints serve from
    then on, the classic one under its own name until its days are over (ExpiredTime counts the seconds), the new one
    under a name of its own. Without it the name is the new endpoint's, and the classic one ends, with its sessions, as
    soon as the new one serves.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    if instance.vpc_id:
        raise NetTypeExists
    days = _days(request.classic_expired_days)
    if instance.status != RUNNING:
        raise NetworkTypeDeniedStatus
    classic = tx.get(Endpoint, endpoint_id(instance.id, "classic"))
    if classic is None:
        raise OperationDeniedDBInstanceNetType
    place = _place(tx, call, instance, request)
    retained = request.retain_classic == "True"
    if retained:
        name = _free_name(tx, instance)
    else:
        name = classic.name
        tx.unclaim(NAMES, name, classic)
    try:
        made = make_endpoint(tx, instance, product="rds", net="private", name=name, port=classic.port, place=place)
    except ClaimTaken:
        raise InvalidPrivateIpAddressAlreadyUsed from None
    except PoolExhausted:
        raise (InvalidPrivateIpAddressMismatch if place.wanted else VswitchIpExhausted) from None
    if retained:
        expiring(tx, classic, at=call.now + days * call.day_seconds)
    else:
        expiring(tx, classic, at=call.now, heir=made.id)
    change_network(tx, call, instance)
    return ModifyDBInstanceNetworkTypeReply(task_id=str(secrets.randbelow(10**9)), connection_string=name)


class ModifyDBInstanceNetworkExpireTimeRequest(DBInstanceIdRequest):
    connection_string: Annotated[str, Param("The retained classic endpoint.", "rm-uf6wjk5xxxxx.mysql.rds.aliyuncs.com")]
    classic_expired_days: Annotated[int, Param("For how many days from now it serves.", "7", range=RETAINED_DAYS)]


@operation(
    RDS,
    name="ModifyDBInstanceNetworkExpireTime",
    title="Changes how long a retained classic endpoint serves",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, ClassicConnectionNotFound, OperationDeniedDBInstanceStatus),
)
def modify_db_instance_network_expire_time(
    tx: Tx, call: Call, request: ModifyDBInstanceNetworkExpireTimeRequest
) -> Reply:
    """The days count from now on; what was left before does not add to them."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    classic = tx.get(Endpoint, endpoint_id(instance.id, "classic"))
    if classic is None or not classic.serves or not classic.expires or classic.name != request.connection_string:
        raise ClassicConnectionNotFound
    if instance.status != RUNNING:
        raise OperationDeniedDBInstanceStatus
    expiring(tx, classic, at=call.now + request.classic_expired_days * call.day_seconds)
    tx.schedule(instance)
    return Reply()


class SwitchDBInstanceNetTypeRequest(DBInstanceIdRequest):
    connection_string_prefix: Annotated[
        str, Param("The first label of the new name: 8 to 63 lower-case letters and digits.", "new123456")
    ]
    port: Annotated[str, Param("Its port, 3001 to 3999; 3306 if left out.", "3306")] = ""
    connection_string_type: Annotated[
        str,
        Param(
            "Which endpoint: no instance has one of read/write splitting.",
            "Normal",
            enum=("Normal", "ReadWriteSplitting"),
        ),
    ] = "Normal"
    client_token: Annotated[str, Param("Makes a repeated call answer like the first.", "ETnLKlblzczshOTUbOCz****")] = ""


class SwitchDBInstanceNetTypeReply(Reply):
    new_connection_string: str
    old_connection_string: str


@operation(
    RDS,
    name="SwitchDBInstanceNetType",
    title="Exchanges the internal endpoint of an instance for a public one, or the other way round",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        OperationDeniedDBInstanceStatus,
        NetTypeEngineNotSupported,
        IncorrectDBInstanceNetType,
        NetTypeChangeTimesExceeded,
        InvalidConnectionStringMalformed,
        InvalidConnectionStringDuplicate,
        InvalidPortMalformed,
    ),
    token="ClientToken",
)
def switch_db_instance_net_type(
    tx: Tx, call: Call, request: SwitchDBInstanceNetTypeRequest
) -> SwitchDBInstanceNetTypeReply:
    """Gives a MySQL instance of the classic network the other kind of endpoint instead of the one that it has.

    The instance is DBInstanceNetTypeChanging. The old endpoint serves until the new one was dialled; then its name
    leads nowhere and its sessions are cut. An instance has to have exactly one endpoint, and may do so 20 times in 24
    hours.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    if instance.status != RUNNING:
        raise OperationDeniedDBInstanceStatus
    if instance.engine != "MySQL":
        raise NetTypeEngineNotSupported
    endpoints = tx.children(Endpoint, instance.id)
    if instance.vpc_id or len(endpoints) != 1 or request.connection_string_type == "ReadWriteSplitting":
        raise IncorrectDBInstanceNetType
    if not _SWITCHED_PREFIX.fullmatch(request.connection_string_prefix):
        raise InvalidConnectionStringMalformed
    port = check_port(request.port or str(KINDS[instance.engine].port), *SWITCHED_PORTS)
    recent = tuple(at for at in instance.net_switches if at > call.now - SWITCHES_SECONDS)
    if len(recent) >= MAX_SWITCHES:
        raise NetTypeChangeTimesExceeded
    old, name = endpoints[0], connection_string(request.connection_string_prefix, instance.engine, instance.region)
    net: Net = "classic" if old.net == "public" else "public"
    try:
        made = make_endpoint(tx, instance, product="rds", net=net, name=name, port=port, place=None)
    except ClaimTaken:
        raise InvalidConnectionStringDuplicate from None
    expiring(tx, old, at=call.now, heir=made.id)
    change_network(tx, call, msgspec.structs.replace(instance, net_switches=(*recent, call.now)))
    return SwitchDBInstanceNetTypeReply(new_connection_string=name, old_connection_string=old.name)


def _place(tx: Tx, call: Call, instance: DBInstance, request: ModifyDBInstanceNetworkTypeRequest) -> Place:
    """Where the new endpoint lies: in the default VPC where the call names none."""
    if not request.vswitch_id:
        if request.vpc_id:
            raise MissingParameterValue(name="VSwitchId")
        vswitch = default_vswitch(tx, call.account, instance.region, instance.zone_id)
    else:
        if request.vpc_id:
            own_vpc(tx, instance, request.vpc_id, InvalidVpcId)
        vswitch = usable_vswitch(
            tx,
            instance,
            request.vswitch_id,
            vpc_id=request.vpc_id,
            zone_id=instance.zone_id,
            unknown=InvalidVswitchId,
        )
    return place_in(vswitch, private_address(request.private_ip_address))


def _free_name(tx: Tx, instance: DBInstance) -> str:
    """A connection string that is nobody's. What the vendor calls the new endpoint of hybrid mode is not documented."""
    for number in itertools.count(1):
        suffix = "-vpc" if number == 1 else f"-vpc{number}"
        name = connection_string(f"{instance.id}{suffix}", instance.engine, instance.region)
        if tx.holder(NAMES, name) is None:
            return name
    raise AssertionError("numbers do not end")


def _days(text: str) -> int:
    low, high = RETAINED_DAYS
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and low <= int(text) <= high):
        raise InvalidParameterValue(name="ClassicExpiredDays")
    return int(text)
