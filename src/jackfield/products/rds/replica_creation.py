"""CreateReadOnlyDBInstance."""

from __future__ import annotations

import re
import secrets
from typing import Annotated

import msgspec

from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.making import make_endpoint
from jackfield.endpoints.resources import NAMES, Endpoint, Net
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.rds.creation import ENGINE_NAMES
from jackfield.products.rds.errors import (
    EngineMissing,
    InvalidDBInstanceClassMalformed,
    InvalidDBInstanceIdNotFound,
    InvalidPortMalformed,
    InvalidPrivateIpAddressFormat,
    InvalidPrivateIpAddressMismatch,
    InvalidRegionIdNotFound,
    InvalidVswitchId,
    VswitchIpExhausted,
)
from jackfield.products.rds.instances import own_instance
from jackfield.products.rds.names import KINDS, check_port, connection_string
from jackfield.products.rds.network_errors import ClassicWhenCloudStorage
from jackfield.products.rds.placing import place_in, private_address, usable_vswitch
from jackfield.products.rds.product import RDS
from jackfield.products.rds.replica_errors import (
    AnalyticNotSupported,
    IncorrectCharacterType,
    InvalidReadEngineVersionPattern,
    InvalidReadStorageTypePattern,
    InvalidReadZone,
    PeriodInvalid,
    PrimaryDBInstanceStatus,
    PrimaryNotSupported,
    PrivateIpInUse,
    ReadEngineVersionMalformed,
    ReadInstanceNameDuplicate,
    ReadStorageTooSmall,
    TooManyReadInstances,
)
from jackfield.products.rds.replicas import MAX_REPLICAS, PREFIXES, replicas_of
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.states import CREATING, RUNNING
from jackfield.products.regions import REGIONS, new_id
from jackfield.products.vpc.defaults import default_vswitch, usable
from jackfield.products.vpc.resources import VSwitch
from jackfield.store.interface import ClaimTaken, Tx

_CLASS = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_USED_TIMES = {"Year": range(1, 6), "Month": range(1, 10)}
LOCAL = "local_ssd"
"""The storage type of local disks; all others are cloud disks."""


class CreateReadOnlyDBInstanceRequest(Request):
    region_id: Annotated[str, Param("The region of the primary.", "cn-hangzhou")]
    db_instance_id: Annotated[str, Param("The primary instance.", "rm-uf6wjk5****")]
    zone_id: Annotated[str, Param("The zone; several, separated by colons, are only shown.", "cn-hangzhou-b")]
    engine_version: Annotated[str, Param("The version; the primary's.", "8.0")]
    db_instance_class: Annotated[str, Param("The class.", "rds.mys2.small")]
    db_instance_storage: Annotated[int, Param("Storage in GB, at least the primary's.", "20", range=(5, 64000))]
    pay_type: Annotated[str, Param("The billing method.", "Postpaid", enum=("Postpaid", "Prepaid"))]
    db_instance_storage_type: Annotated[
        str,
        Param(
            "The storage type; the primary's if left out. Local and cloud disks do not mix.",
            "cloud_essd",
            enum=("local_ssd", "cloud_ssd", "cloud_essd", "cloud_essd2", "cloud_essd3", "general_essd"),
        ),
    ] = ""
    category: Annotated[
        str, Param("The edition.", "HighAvailability", enum=("Basic", "HighAvailability", "AlwaysOn"))
    ] = "HighAvailability"
    db_instance_description: Annotated[str, Param("2 to 256 characters.", "Test read-only instance")] = ""
    instance_network_type: Annotated[
        str,
        Param(
            "VPC, or Classic: of MySQL on local disks.",
            "VPC",
            enum=("VPC", "Classic"),
        ),
    ] = "VPC"
    vpc_id: Annotated[str, Param("The VPC; the primary's if left out.", "vpc-uf6f7l4fg90****")] = msgspec.field(
        default="", name="VPCId"
    )
    vswitch_id: Annotated[
        str, Param("The vSwitch; the primary's, or another of its VPC in the zone, if left out.", "vsw-uf6adz52c2p****")
    ] = ""
    private_ip_address: Annotated[str, Param("An address of the vSwitch.", "172.16.0.10")] = ""
    port: Annotated[str, Param("The port; 1000 to 65534, of PostgreSQL to 5999.", "3306")] = ""
    deletion_protection: Annotated[bool, Param("Refuses deletion.", "false")] = False
    is_analytic_read_only_ins: Annotated[bool, Param("A DuckDB instance; refused.", "false")] = False
    period: Annotated[str, Param("The unit of UsedTime, for Prepaid.", "Month", enum=("Year", "Month"))] = ""
    used_time: Annotated[str, Param("How many of them: 1 to 5 years, 1 to 9 months.", "1")] = ""
    resource_group_id: Annotated[str, Param("The resource group; the primary's if left out.", "rg-acfmy****")] = ""
    client_token: Annotated[str, Param("Makes a repeated call answer like the first.", "ETnLKlblzczshOTUbOC****")] = ""


class CreateReadOnlyDBInstanceReply(Reply):
    db_instance_id: str
    connection_string: str
    port: str
    order_id: str


@operation(
    RDS,
    name="CreateReadOnlyDBInstance",
    title="Creates a read-only instance",
    access="create",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidRegionIdNotFound,
        InvalidDBInstanceIdNotFound,
        IncorrectCharacterType,
        PrimaryDBInstanceStatus,
        EngineMissing,
        PrimaryNotSupported,
        AnalyticNotSupported,
        TooManyReadInstances,
        ReadEngineVersionMalformed,
        InvalidReadEngineVersionPattern,
        InvalidDBInstanceClassMalformed,
        InvalidReadStorageTypePattern,
        ReadStorageTooSmall,
        ClassicWhenCloudStorage,
        PeriodInvalid,
        InvalidReadZone,
        InvalidVswitchId,
        InvalidPortMalformed,
        InvalidPrivateIpAddressFormat,
        InvalidPrivateIpAddressMismatch,
        PrivateIpInUse,
        VswitchIpExhausted,
        ReadInstanceNameDuplicate,
    ),
    token="ClientToken",
)
def create_read_only_db_instance(
    tx: Tx, call: Call, request: CreateReadOnlyDBInstanceRequest
) -> CreateReadOnlyDBInstanceReply:
    """Creates an instance whose server follows that of the primary.

    It is Creating until it holds what the primary held at a moment after the copy was made, and its private address
    has been dialled; then Running. It has the primary's databases and accounts, takes no writes, and begins with a
    copy of the primary's whitelist. The primary stays Running.
    """
    if request.region_id not in REGIONS:
        raise InvalidRegionIdNotFound
    primary = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceIdNotFound)
    if primary.region != request.region_id:
        raise InvalidDBInstanceIdNotFound
    if primary.read_only:
        raise IncorrectCharacterType
    if primary.status != RUNNING:
        raise PrimaryDBInstanceStatus
    _check_engine(call, request, primary)
    if len(replicas_of(tx, primary.id)) >= MAX_REPLICAS:
        raise TooManyReadInstances
    _check_shape(request, primary)
    endpoint = _create(tx, call, request, primary)
    return CreateReadOnlyDBInstanceReply(
        db_instance_id=endpoint.parent,
        connection_string=endpoint.name,
        port=str(endpoint.port),
        order_id=str(secrets.randbelow(10**12) + 10**14),
    )


def _check_engine(call: Call, request: CreateReadOnlyDBInstanceRequest, primary: DBInstance) -> None:
    if primary.adopted:
        raise PrimaryNotSupported
    if call.missing(ENGINE_NAMES[primary.engine]):
        raise EngineMissing
    if call.missing(f"{ENGINE_NAMES[primary.engine]} replicas") or primary.served_by not in ("", "mariadb"):
        raise PrimaryNotSupported
    if request.is_analytic_read_only_ins:
        raise AnalyticNotSupported
    if request.engine_version not in KINDS[primary.engine].versions:
        raise ReadEngineVersionMalformed
    if request.engine_version != primary.engine_version:
        raise InvalidReadEngineVersionPattern


def _check_shape(request: CreateReadOnlyDBInstanceRequest, primary: DBInstance) -> None:
    if not _CLASS.fullmatch(request.db_instance_class):
        raise InvalidDBInstanceClassMalformed
    storage = request.db_instance_storage_type or primary.storage_type
    if (storage == LOCAL) != (primary.storage_type == LOCAL):
        raise InvalidReadStorageTypePattern
    if request.db_instance_storage < primary.storage:
        raise ReadStorageTooSmall
    if request.instance_network_type == "Classic" and (primary.engine != "MySQL" or storage != LOCAL):
        raise ClassicWhenCloudStorage
    if request.pay_type == "Prepaid":
        times = _USED_TIMES.get(request.period, range(0))
        if request.used_time not in map(str, times):
            raise PeriodInvalid


def _create(tx: Tx, call: Call, request: CreateReadOnlyDBInstanceRequest, primary: DBInstance) -> Endpoint:
    """The instance; its ordinary endpoint."""
    kind = KINDS[primary.engine]
    zones = request.zone_id.split(":")
    if any(zone not in REGIONS[primary.region].zones for zone in zones):
        raise InvalidReadZone
    vswitch = None if request.instance_network_type == "Classic" else _vswitch(tx, request, primary, zones[0])
    instance = DBInstance(
        id=new_id(PREFIXES[primary.engine], primary.region, 14),
        account=primary.account,
        region=primary.region,
        parent=primary.id,
        status=CREATING,
        created=call.now,
        description=request.db_instance_description,
        engine=primary.engine,
        engine_version=primary.engine_version,
        instance_class=request.db_instance_class,
        storage=request.db_instance_storage,
        storage_type=request.db_instance_storage_type or primary.storage_type,
        category=request.category,
        pay_type=request.pay_type,
        zone_id=zones[0],
        slave_zones=tuple(zones[1:]),
        vpc_id=vswitch.parent if vswitch else "",
        vswitch_id=vswitch.id if vswitch else "",
        port=check_port(request.port or str(kind.port), *kind.ports),
        whitelist=primary.whitelist,
        isolated=primary.isolated,
        resource_group_id=request.resource_group_id or primary.resource_group_id,
        deletion_protection=request.deletion_protection,
        minor_upgrades=primary.minor_upgrades,
        settle_at=call.now + call.pace,
    )
    tx.put(instance)
    place = place_in(vswitch, private_address(request.private_ip_address)) if vswitch else None
    net: Net = "private" if place else "classic"
    name = connection_string(instance.id, primary.engine, instance.region)
    try:
        endpoint = make_endpoint(tx, instance, product="rds", net=net, name=name, port=instance.port, place=place)
    except ClaimTaken as taken:
        raise (ReadInstanceNameDuplicate if taken.space == NAMES else PrivateIpInUse) from None
    except PoolExhausted:
        raise (InvalidPrivateIpAddressMismatch if place and place.wanted else VswitchIpExhausted) from None
    tx.schedule(instance)
    return endpoint


def _vswitch(tx: Tx, request: CreateReadOnlyDBInstanceRequest, primary: DBInstance, zone: str) -> VSwitch:
    """Where it lies. That of a primary on cloud disks lies in the primary's VPC (the documents).

    What the call leaves out is the primary's, or, of a primary in the classic network, the region's default.
    """
    vpc_id = request.vpc_id or primary.vpc_id
    if vpc_id != primary.vpc_id and primary.storage_type != LOCAL:
        raise InvalidVswitchId
    if request.vswitch_id:
        return usable_vswitch(tx, primary, request.vswitch_id, vpc_id=vpc_id, zone_id=zone, unknown=InvalidVswitchId)
    if not vpc_id:
        return default_vswitch(tx, primary.account, primary.region, zone)
    known = sorted(tx.children(VSwitch, vpc_id), key=lambda one: one.id != primary.vswitch_id)
    for vswitch in known:
        if vswitch.account == primary.account and vswitch.zone_id == zone and usable(vswitch):
            return vswitch
    raise InvalidVswitchId
