"""MigrateToOtherZone: an instance goes to another zone of its VPC."""

from __future__ import annotations

import calendar
import re
import secrets
import time
from typing import Annotated

import msgspec

from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.resources import Endpoint, endpoint_id
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.rds.creation import CATEGORIES
from jackfield.products.rds.errors import InvalidDBInstanceNameNotFound
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.migration_errors import (
    ClassicNetworkTypeNotSupport,
    IncorrectEffectiveTime,
    InvalidMigrateModifyClassOrStorage,
    InvalidMigrationVpc,
    InvalidMigrationVSwitch,
    InvalidZoneIdNotEqual,
    InvalidZoneIdSlave1Missing,
    MigrationState,
    MigrationVSwitchExhausted,
    SSLInstanceNotSupported,
)
from jackfield.products.rds.network_errors import ZoneIdNotSupported
from jackfield.products.rds.placing import move_private, place_in, usable_vswitch
from jackfield.products.rds.product import RDS
from jackfield.products.rds.replica_errors import ReadOnlyInstanceMigration
from jackfield.products.rds.replicas import replicas_of
from jackfield.products.rds.resources import DBInstance, Migration
from jackfield.products.rds.states import RUNNING, TRANSING
from jackfield.products.regions import REGIONS
from jackfield.store.interface import Tx

_CLASS = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
MAINTAIN_SECONDS = (18 * 3600, 22 * 3600)
"""Begin and end of the maintenance window within a day, as DescribeDBInstanceAttribute shows it."""


class MigrateToOtherZoneRequest(DBInstanceIdRequest):
    zone_id: Annotated[str, Param("The zone to go to.", "cn-hangzhou-b")]
    vpc_id: Annotated[str, Param("The VPC of the instance: it stays.", "vpc-xxxxxxx")] = msgspec.field(
        default="", name="VPCId"
    )
    vswitch_id: Annotated[
        str, Param("A vSwitch of the VPC in the zone; those of secondaries after a comma.", "vsw-uf6adz52c2pxxxxxxx")
    ] = ""
    zone_id_slave1: Annotated[
        str, Param("The zone of the secondary; mandatory but for the Basic edition.", "cn-hangzhou-c")
    ] = ""
    zone_id_slave2: Annotated[str, Param("The zone of the second secondary; only shown.", "cn-hangzhou-d")] = ""
    effective_time: Annotated[
        str,
        Param(
            "When to switch over: now, in the maintenance window, or at SwitchTime.",
            "Immediate",
            enum=("Immediate", "MaintainTime", "ScheduleTime"),
            invalid=IncorrectEffectiveTime,
        ),
    ] = "Immediate"
    switch_time: Annotated[str, Param("When, for ScheduleTime (UTC).", "2021-12-14T15:15:15Z")] = ""
    is_modify_spec: Annotated[
        str, Param("Whether class or storage change as well.", "true", enum=("true", "false"))
    ] = "false"
    db_instance_class: Annotated[str, Param("The new class, with IsModifySpec.", "mysql.x4.xlarge.2")] = ""
    db_instance_storage: Annotated[int, Param("The new storage in GB, with IsModifySpec; not less.", "500")] = 0
    db_instance_storage_type: Annotated[
        str,
        Param(
            "The new storage type, with IsModifySpec.",
            "cloud_essd",
            enum=("cloud_essd", "cloud_essd2", "cloud_essd3", "cloud_ssd"),
        ),
    ] = ""
    category: Annotated[
        str, Param("The new edition.", "HighAvailability", enum=tuple(one for one in CATEGORIES if "_" not in one))
    ] = ""


class MigrateToOtherZoneReply(Reply):
    db_instance_id: str
    order_id: int


@operation(
    RDS,
    title="Migrates an instance to another zone",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        ReadOnlyInstanceMigration,
        MigrationState,
        ClassicNetworkTypeNotSupport,
        SSLInstanceNotSupported,
        ZoneIdNotSupported,
        InvalidZoneIdNotEqual,
        InvalidZoneIdSlave1Missing,
        InvalidMigrationVpc,
        InvalidMigrationVSwitch,
        MigrationVSwitchExhausted,
        IncorrectEffectiveTime,
        InvalidMigrateModifyClassOrStorage,
    ),
)
def migrate_to_other_zone(tx: Tx, call: Call, request: MigrateToOtherZoneRequest) -> MigrateToOtherZoneReply:
    """Moves the private endpoint, and that of read/write splitting with it, to a vSwitch of the zone; their connection
    strings stay, their addresses change.

    The instance is TRANSING. It serves as before until the time to switch over has come and the database answered at
    the new address; then sessions of the former one are cut.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    if instance.read_only or replicas_of(tx, instance.id):
        raise ReadOnlyInstanceMigration
    if instance.status != RUNNING:
        raise MigrationState
    endpoint = tx.get(Endpoint, endpoint_id(instance.id, "private"))
    if endpoint is None:
        raise ClassicNetworkTypeNotSupport
    if instance.tls is not None:
        raise SSLInstanceNotSupported
    wish = _wish(instance, request)
    vswitch = usable_vswitch(
        tx,
        instance,
        request.vswitch_id.split(",")[0],
        vpc_id=endpoint.vpc_id,
        zone_id=request.zone_id,
        unknown=InvalidMigrationVSwitch,
    )
    switch_at = switch_over_at(call.now, request.effective_time, request.switch_time)
    try:
        move_private(tx, endpoint, place_in(vswitch))
    except PoolExhausted:
        raise MigrationVSwitchExhausted from None
    migrating = msgspec.structs.replace(
        instance, status=TRANSING, migration=wish, settle_at=max(switch_at, call.now + call.pace)
    )
    tx.put(migrating)
    tx.schedule(migrating)
    return MigrateToOtherZoneReply(db_instance_id=instance.id, order_id=secrets.randbelow(10**12) + 10**14)


def _wish(instance: DBInstance, request: MigrateToOtherZoneRequest) -> Migration:
    """What the instance is to be afterwards."""
    zones = [zone for zone in (request.zone_id_slave1, request.zone_id_slave2) if zone]
    if any(zone not in REGIONS[instance.region].zones for zone in (request.zone_id, *zones)):
        raise ZoneIdNotSupported
    if request.zone_id == instance.zone_id:
        raise InvalidZoneIdNotEqual
    if request.vpc_id not in ("", instance.vpc_id):
        raise InvalidMigrationVpc
    category = request.category or instance.category
    if category not in ("Basic", "serverless_basic") and not request.zone_id_slave1:
        raise InvalidZoneIdSlave1Missing
    modified = request.is_modify_spec == "true"
    if modified:
        fine = not request.db_instance_class or _CLASS.fullmatch(request.db_instance_class)
        grows = not request.db_instance_storage or instance.storage <= request.db_instance_storage <= 64000
        if not fine or not grows or not (request.db_instance_class or request.db_instance_storage):
            raise InvalidMigrateModifyClassOrStorage
    return Migration(
        zone_id=request.zone_id,
        slave_zones=tuple(zones),
        category=category,
        instance_class=(modified and request.db_instance_class) or instance.instance_class,
        storage=(modified and request.db_instance_storage) or instance.storage,
        storage_type=(modified and request.db_instance_storage_type) or instance.storage_type,
    )


def switch_over_at(now: float, effective_time: str, switch_time: str = "") -> float:
    """When an instance switches over, seconds since the epoch.

    :param now: the same. :param effective_time: ``Immediate``, ``MaintainTime`` (now, within the maintenance window,
        else when it begins) or ``ScheduleTime`` (``switch_time``).
    :raises IncorrectEffectiveTime: that is no time to come.
    """
    if effective_time == "ScheduleTime":
        try:
            wanted = float(calendar.timegm(time.strptime(switch_time, "%Y-%m-%dT%H:%M:%SZ")))
        except ValueError:
            raise IncorrectEffectiveTime from None
        if wanted < now:
            raise IncorrectEffectiveTime
        return wanted
    begin, end = MAINTAIN_SECONDS
    passed = now % 86400
    if effective_time == "MaintainTime" and not begin <= passed < end:
        return now + (begin - passed) % 86400
    return now
