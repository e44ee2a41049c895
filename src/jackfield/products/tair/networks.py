"""SwitchNetwork, ModifyInstanceNetExpireTime and MigrateToOtherZone: an instance gets another place."""

from __future__ import annotations

import secrets
from typing import Annotated

import msgspec

from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.expiry import expiring
from jackfield.endpoints.making import Place, make_endpoint
from jackfield.endpoints.moving import move_endpoint
from jackfield.endpoints.resources import NAMES, Endpoint, endpoint_id
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.regions import REGIONS
from jackfield.products.tair import views
from jackfield.products.tair.connections import modify_network
from jackfield.products.tair.errors import InstanceStatusNotSupport, InvalidInstanceIdNotFound, NetTypeNotExists
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.names import connection_string
from jackfield.products.tair.network_errors import (
    ClassicExpiredDaysError,
    ClusterNotSupport,
    DBInstanceNotFound,
    InsufficientResourceCapacity,
    InvalidIzNoNotSupported,
    InvalidVSwitchIdMismatch,
    IzNotSupportVpcError,
    MigrationStatusNotSupport,
    MissingSwitchId,
    NetworkTypeNotSupport,
    ResourceAlreadyExists,
    VpcAndVSwitchNotChange,
    VpcFreePasswordNoSupport,
    VpcServiceError,
    VpcVerifyError,
)
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.resources import Instance, Move
from jackfield.products.tair.states import MIGRATING, NORMAL
from jackfield.products.times import iso_second
from jackfield.products.vpc.defaults import usable
from jackfield.products.vpc.resources import Vpc, VSwitch
from jackfield.store.interface import ClaimTaken, Tx

EXPIRY_DAYS = ("14", "30", "60", "120")


class SwitchNetworkRequest(InstanceIdRequest):
    target_network_type: Annotated[str, Param("The network to go to.", "VPC", enum=("VPC",))] = "VPC"
    vpc_id: Annotated[str, Param("The VPC, in the instance's region.", "vpc-bp1nme44gek34slfc****")] = ""
    vswitch_id: Annotated[str, Param("A vSwitch of it in the instance's zone.", "vsw-bp1e7clcw529l773d****")] = ""
    retain_classic: Annotated[
        str, Param("Whether the classic address goes on serving.", "True", enum=("True", "False"))
    ] = "False"
    classic_expired_days: Annotated[
        str, Param("For how many days it does.", "30", enum=EXPIRY_DAYS, invalid=ClassicExpiredDaysError)
    ] = ""


class SwitchNetworkReply(Reply):
    task_id: str


@operation(
    TAIR,
    title="Moves an instance into a VPC, or to another VPC or vSwitch",
    access="update",
    resource="instance/{InstanceId}",
    errors=(
        InvalidInstanceIdNotFound,
        InstanceStatusNotSupport,
        VpcFreePasswordNoSupport,
        VpcVerifyError,
        VpcServiceError,
        IzNotSupportVpcError,
        VpcAndVSwitchNotChange,
        ClassicExpiredDaysError,
        ResourceAlreadyExists,
        InsufficientResourceCapacity,
    ),
)
def switch_network(tx: Tx, call: Call, request: SwitchNetworkRequest) -> SwitchNetworkReply:
    """The ordinary endpoint gets an address of the vSwitch; the connection string leads there, the old address stops.

    From the classic network the old address may be kept for a time instead. Then the connection string stays with it,
    and the VPC's address gets ``<InstanceId>-vpc``. The instance is NetworkModifying until the new address was dialled
    and the old one, if it goes, refuses.
    """
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    if instance.settings.password_free:
        raise VpcFreePasswordNoSupport
    vpc = tx.get(Vpc, request.vpc_id)
    if vpc is None or vpc.account != call.account or vpc.region != instance.region:
        raise VpcVerifyError
    vswitch = tx.get(VSwitch, request.vswitch_id)
    if vswitch is None or vswitch.parent != vpc.id or not usable(vswitch):
        raise VpcServiceError
    if vswitch.zone_id != instance.zone_id:
        raise IzNotSupportVpcError
    if vswitch.id == instance.vswitch_id:
        raise VpcAndVSwitchNotChange
    retained = request.retain_classic == "True" and not instance.vpc_id
    if retained and not request.classic_expired_days:
        raise ClassicExpiredDaysError
    former = views.ordinary(tx, instance)
    if former is None or tx.get(Endpoint, endpoint_id(instance.id, "direct")):
        raise ResourceAlreadyExists
    place = Place(vpc_id=vpc.id, vswitch_id=vswitch.id, cidr=vswitch.cidr)
    try:
        if instance.vpc_id:
            move_endpoint(tx, former, place=place)
        else:
            days = int(request.classic_expired_days) if retained else 0
            _leave_classic(tx, instance, former, place, call.now + days * call.day_seconds, retained=retained)
    except PoolExhausted:
        raise InsufficientResourceCapacity from None
    except ClaimTaken:
        raise ResourceAlreadyExists from None
    move = Move(
        zone_id=instance.zone_id,
        secondary_zone_id=instance.secondary_zone_id,
        vpc_id=vpc.id,
        vswitch_id=vswitch.id,
    )
    modify_network(tx, call, msgspec.structs.replace(instance, move=move))
    return SwitchNetworkReply(task_id=str(secrets.randbelow(9 * 10**8) + 10**8))


def _leave_classic(
    tx: Tx, instance: Instance, classic: Endpoint, place: Place, until: float, *, retained: bool
) -> None:
    """Makes the endpoint in the VPC.

    :param until: when the classic one ends, if it is ``retained``; else it does as soon as the other one, which gets
        its name, serves.
    """
    name = connection_string(f"{instance.id}-vpc", instance.region) if retained else classic.name
    if not retained:
        tx.unclaim(NAMES, name, classic)
    coming = make_endpoint(tx, instance, product="tair", net="private", name=name, port=classic.port, place=place)
    expiring(tx, classic, at=until, heir="" if retained else coming.id)


class ModifyInstanceNetExpireTimeRequest(InstanceIdRequest):
    connection_string: Annotated[str, Param("The classic endpoint.", "r-bp1zxszhcgatnx****.redis.rds.aliyuncs.com")]
    classic_expired_days: Annotated[int, Param("Days from now on: 14, 30, 60 or 120.", "14")]


class NetExpiry(Shape):
    """ExpiredTime is a time here, not a number of seconds."""

    connection_string: str
    db_instance_net_type: str
    expired_time: str
    ip_address: str = msgspec.field(name="IPAddress")
    port: str


class NetExpiries(Shape):
    net_info_item: tuple[NetExpiry, ...]


class ModifyInstanceNetExpireTimeReply(Reply):
    instance_id: str
    net_info_items: NetExpiries


@operation(
    TAIR,
    title="Modifies for how long the classic endpoint of an instance is kept",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InstanceStatusNotSupport, ClassicExpiredDaysError, NetTypeNotExists),
)
def modify_instance_net_expire_time(
    tx: Tx, call: Call, request: ModifyInstanceNetExpireTimeRequest
) -> ModifyInstanceNetExpireTimeReply:
    """Sets when a classic endpoint that was kept by SwitchNetwork ends. When it does, its clients are cut."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    if str(request.classic_expired_days) not in EXPIRY_DAYS:
        raise ClassicExpiredDaysError
    endpoint = tx.get(Endpoint, endpoint_id(instance.id, "classic"))
    if endpoint is None or not endpoint.expires or endpoint.name != request.connection_string:
        raise NetTypeNotExists
    kept = expiring(tx, endpoint, at=call.now + request.classic_expired_days * call.day_seconds)
    tx.schedule(instance)
    return ModifyInstanceNetExpireTimeReply(
        instance_id=instance.id,
        net_info_items=NetExpiries(
            net_info_item=(
                NetExpiry(
                    connection_string=kept.name,
                    db_instance_net_type="Classic",
                    expired_time=iso_second(kept.expires),
                    ip_address=kept.addresses[0] if kept.addresses else "",
                    port=str(kept.port),
                ),
            )
        ),
    )


class MigrateToOtherZoneRequest(Request):
    db_instance_id: Annotated[str, Param("The ID of the instance.", "r-bp1zxszhcgatnx****")]
    zone_id: Annotated[str, Param("The primary zone to go to.", "cn-hangzhou-g")]
    secondary_zone_id: Annotated[str, Param("The secondary zone; none if left out.", "cn-hangzhou-h")] = ""
    vswitch_id: Annotated[str, Param("A vSwitch of the VPC in that zone.", "vsw-bp1e7clcw529l773d****")] = ""
    effective_time: Annotated[str, Param("When: now.", "Immediately", enum=("Immediately",))] = "Immediately"


@operation(
    TAIR,
    title="Moves an instance to another zone of its region",
    access="update",
    resource="instance/{DBInstanceId}",
    errors=(
        DBInstanceNotFound,
        MigrationStatusNotSupport,
        NetworkTypeNotSupport,
        MissingSwitchId,
        InvalidIzNoNotSupported,
        InvalidVSwitchIdMismatch,
        ClusterNotSupport,
    ),
)
def migrate_to_other_zone(tx: Tx, call: Call, request: MigrateToOtherZoneRequest) -> Reply:
    """The ordinary endpoint gets an address of the vSwitch; its connection string leads there, the old address stops.

    The instance is Migrating until the new address was dialled and the old one refuses: connections to it are cut.
    Public addresses and data stay. A direct endpoint has to be released first.
    """
    instance = own_instance(tx, call, request.db_instance_id, DBInstanceNotFound)
    if instance.status != NORMAL:
        raise MigrationStatusNotSupport
    if not instance.vpc_id:
        raise NetworkTypeNotSupport
    if not request.vswitch_id:
        raise MissingSwitchId
    zones = REGIONS[instance.region].zones
    if request.zone_id not in zones or request.secondary_zone_id not in ("", *zones):
        raise InvalidIzNoNotSupported
    vswitch = tx.get(VSwitch, request.vswitch_id)
    if vswitch is None or vswitch.parent != instance.vpc_id or vswitch.zone_id != request.zone_id:
        raise InvalidVSwitchIdMismatch
    stays = vswitch.id == instance.vswitch_id
    if stays and request.secondary_zone_id == instance.secondary_zone_id:
        raise InvalidIzNoNotSupported
    if not stays:
        _take_place(tx, instance, vswitch)
    move = Move(
        zone_id=vswitch.zone_id,
        secondary_zone_id=request.secondary_zone_id,
        vpc_id=vswitch.parent,
        vswitch_id=vswitch.id,
    )
    moving = msgspec.structs.replace(instance, status=MIGRATING, move=move, settle_at=call.now + call.pace)
    tx.put(moving)
    tx.schedule(moving)
    return Reply()


def _take_place(tx: Tx, instance: Instance, vswitch: VSwitch) -> None:
    """Has the connection string lead to an address of the vSwitch."""
    former = views.ordinary(tx, instance)
    if former is None or tx.get(Endpoint, endpoint_id(instance.id, "direct")):
        raise ClusterNotSupport
    if not usable(vswitch):
        raise InvalidVSwitchIdMismatch
    place = Place(vpc_id=vswitch.parent, vswitch_id=vswitch.id, cidr=vswitch.cidr)
    try:
        move_endpoint(tx, former, place=place)
    except PoolExhausted:
        raise InvalidVSwitchIdMismatch from None
