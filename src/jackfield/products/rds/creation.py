"""CreateDBInstance."""

from __future__ import annotations

import re
import secrets
from typing import Annotated, cast

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.endpoints import whitelist
from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.making import make_endpoint
from jackfield.endpoints.resources import NAMES, Endpoint
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.rds.errors import (
    DuplicateTagKey,
    EngineMissing,
    InvalidAmount,
    InvalidDBInstanceClassMalformed,
    InvalidEngineMalformed,
    InvalidEngineOfSeveral,
    InvalidEngineVersionMalformed,
    InvalidPortMalformed,
    InvalidPrivateIpAddressAlreadyUsed,
    InvalidPrivateIpAddressFormat,
    InvalidPrivateIpAddressMismatch,
    InvalidRegionIdNotFound,
    InvalidTagKeyMalformed,
    InvalidUsedTime,
    InvalidVpcId,
    InvalidVswitchId,
    InvalidZoneNotSupported,
    NewConnectionStringDuplicate,
    TooManyTags,
    VswitchIpExhausted,
)
from jackfield.products.rds.names import KINDS, check_port, connection_string
from jackfield.products.rds.network_errors import ClassicWhenCloudStorage
from jackfield.products.rds.placing import place_in, private_address
from jackfield.products.rds.product import RDS
from jackfield.products.rds.resources import DBInstance, Engine
from jackfield.products.rds.states import CREATING
from jackfield.products.rds.whitelist_errors import InvalidSecurityIpListFormat
from jackfield.products.regions import REGIONS, new_id
from jackfield.products.tags import TagShape, stored
from jackfield.products.vpc.defaults import default_vswitch, usable
from jackfield.products.vpc.resources import Vpc, VSwitch
from jackfield.store.interface import ClaimTaken, Tx

_CLASS = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_USED_TIME = re.compile(r"0*[1-9][0-9]{0,8}")
ENGINE_NAMES: dict[Engine, str] = {"MySQL": "mysql", "PostgreSQL": "postgres"}
"""What :attr:`Call.missing` calls them."""

CATEGORIES = (
    *("Basic", "HighAvailability", "cluster", "AlwaysOn", "Finance"),
    *("serverless_basic", "serverless_standard", "serverless_ha"),
)
AUTO = "Auto"
"""As the zone of a secondary: the instance's own."""

MAX_TAGS = 20


class CreateDBInstanceRequest(Request):
    region_id: Annotated[str, Param("The region. Call DescribeRegions for the list.", "cn-hangzhou")]
    engine: Annotated[str, Param("The engine.", "MySQL", enum=("MySQL", "PostgreSQL"), invalid=InvalidEngineMalformed)]
    engine_version: Annotated[str, Param("The version: 5.5 to 8.0 of MySQL, 10.0 to 18.0 of PostgreSQL.", "8.0")]
    db_instance_class: Annotated[str, Param("The class.", "mysql.n2.medium.1")]
    db_instance_storage: Annotated[int, Param("Storage in GB.", "100", range=(5, 64000))]
    db_instance_net_type: Annotated[str, Param("The network connection.", "Intranet", enum=("Intranet",))]
    security_ip_list: Annotated[
        str, Param("Addresses and CIDR blocks that may connect, separated by commas.", "10.10.10.0/24")
    ] = msgspec.field(name="SecurityIPList")
    pay_type: Annotated[str, Param("The billing method.", "Postpaid", enum=("Postpaid", "Prepaid", "Serverless"))]
    zone_id: Annotated[str, Param("The primary zone.", "cn-hangzhou-h")] = ""
    zone_id_slave1: Annotated[str, Param("The zone of the secondary, or Auto; only shown.", "cn-hangzhou-i")] = ""
    zone_id_slave2: Annotated[str, Param("The zone of the second secondary; only shown.", "cn-hangzhou-j")] = ""
    instance_network_type: Annotated[
        str, Param("The network; Classic is for MySQL on local_ssd only.", "VPC", enum=("VPC", "Classic"))
    ] = "VPC"
    vpc_id: Annotated[str, Param("The VPC; the region's default VPC if left out.", "vpc-bp1****")] = msgspec.field(
        default="", name="VPCId"
    )
    vswitch_id: Annotated[
        str, Param("The vSwitch, in the VPC and zone given; those of secondaries after a comma.", "vsw-bp1****")
    ] = ""
    private_ip_address: Annotated[str, Param("An address of the vSwitch.", "172.16.0.10")] = ""
    port: Annotated[str, Param("The port of the private address: 1000 to 65534, of PostgreSQL to 5999.", "3306")] = ""
    db_instance_description: Annotated[str, Param("2 to 255 characters.", "Test database")] = ""
    db_instance_storage_type: Annotated[
        str,
        Param(
            "The storage type.",
            "cloud_essd",
            enum=("local_ssd", "general_essd", "cloud_essd", "cloud_essd2", "cloud_essd3", "cloud_ssd"),
        ),
    ] = "cloud_essd"
    category: Annotated[str, Param("The edition.", "HighAvailability", enum=CATEGORIES)] = "Basic"
    amount: Annotated[
        int, Param("How many instances, 1 to 20; several only of MySQL.", "1", range=(1, 20), invalid=InvalidAmount)
    ] = 1
    auto_upgrade_minor_version: Annotated[
        str, Param("Whether minor versions are upgraded; only shown.", "Auto", enum=("Auto", "Manual"))
    ] = "Auto"
    period: Annotated[str, Param("The unit of UsedTime, for Prepaid.", "Month", enum=("Year", "Month"))] = ""
    used_time: Annotated[str, Param("How many of them.", "1")] = ""
    resource_group_id: Annotated[str, Param("The resource group.", "rg-acfmy****")] = ""
    deletion_protection: Annotated[bool, Param("Refuses deletion.", "false")] = False
    client_token: Annotated[str, Param("Makes a repeated call answer like the first.", "ETnLKlblzczshOTUbOCz****")] = ""
    dry_run: Annotated[bool, Param("Only checks.", "false")] = False
    tag: Annotated[tuple[TagShape, ...], Param("Tags of the instance.")] = ()


class CreateDBInstanceReply(Reply):
    """Of several instances only TaskId and Message are told (CreateDBInstance documents)."""

    db_instance_id: str | UnsetType = UNSET
    connection_string: str | UnsetType = UNSET
    port: str | UnsetType = UNSET
    order_id: str | UnsetType = UNSET
    task_id: str | UnsetType = UNSET
    message: str | UnsetType = UNSET


@operation(
    RDS,
    name="CreateDBInstance",
    title="Creates an instance",
    access="create",
    resource="dbinstance/*",
    errors=(
        EngineMissing,
        InvalidRegionIdNotFound,
        InvalidAmount,
        InvalidEngineMalformed,
        InvalidEngineOfSeveral,
        InvalidEngineVersionMalformed,
        InvalidDBInstanceClassMalformed,
        InvalidUsedTime,
        InvalidTagKeyMalformed,
        DuplicateTagKey,
        TooManyTags,
        InvalidZoneNotSupported,
        InvalidSecurityIpListFormat,
        InvalidPortMalformed,
        InvalidVpcId,
        InvalidVswitchId,
        InvalidPrivateIpAddressFormat,
        InvalidPrivateIpAddressMismatch,
        InvalidPrivateIpAddressAlreadyUsed,
        NewConnectionStringDuplicate,
        VswitchIpExhausted,
        ClassicWhenCloudStorage,
    ),
    token="ClientToken",
)
def create_db_instance(tx: Tx, call: Call, request: CreateDBInstanceRequest) -> CreateDBInstanceReply:
    """Creates an instance on a real server of its engine.

    It is Creating until the server runs and its internal address has been dialled; then Running. It has no account at
    first: CreateAccount makes one in the server. Of several instances either all are created or none.
    """
    if request.region_id not in REGIONS:
        raise InvalidRegionIdNotFound
    engine = cast(Engine, request.engine)
    if call.missing(ENGINE_NAMES[engine]):
        raise EngineMissing
    if request.amount > 1 and engine != "MySQL":
        raise InvalidEngineOfSeveral
    if request.engine_version not in KINDS[engine].versions:
        raise InvalidEngineVersionMalformed
    if not _CLASS.fullmatch(request.db_instance_class):
        raise InvalidDBInstanceClassMalformed
    if request.used_time and not _USED_TIME.fullmatch(request.used_time):
        raise InvalidUsedTime
    if request.instance_network_type == "Classic" and (
        engine != "MySQL" or request.db_instance_storage_type != "local_ssd"
    ):
        raise ClassicWhenCloudStorage
    _check_tags(request.tag)
    order = str(secrets.randbelow(10**12) + 10**14)
    made = [_create(tx, call, request, engine) for _ in range(request.amount)]
    if len(made) > 1:
        return CreateDBInstanceReply(task_id=str(secrets.randbelow(10**9)), message="")
    return CreateDBInstanceReply(
        db_instance_id=made[0].parent, connection_string=made[0].name, port=str(made[0].port), order_id=order
    )


def _create(tx: Tx, call: Call, request: CreateDBInstanceRequest, engine: Engine) -> Endpoint:
    """One instance; its private endpoint."""
    kind, zones = KINDS[engine], _zones(request)
    classic = request.instance_network_type == "Classic"
    vswitch = None if classic else _vswitch(tx, call, request, zones)
    zone_id = vswitch.zone_id if vswitch else zones[0]
    instance = DBInstance(
        id=new_id(kind.prefix, request.region_id, 14),
        account=call.account,
        region=request.region_id,
        status=CREATING,
        created=call.now,
        description=request.db_instance_description,
        engine=engine,
        engine_version=request.engine_version,
        instance_class=request.db_instance_class,
        storage=request.db_instance_storage,
        storage_type=request.db_instance_storage_type,
        category=request.category,
        pay_type=request.pay_type,
        zone_id=zone_id,
        slave_zones=tuple(zone_id if zone == AUTO else zone for zone in zones[1:]),
        vpc_id=vswitch.parent if vswitch else "",
        vswitch_id=vswitch.id if vswitch else "",
        port=check_port(request.port or str(kind.port), *kind.ports),
        whitelist=_whitelist(request.security_ip_list),
        resource_group_id=request.resource_group_id,
        deletion_protection=request.deletion_protection,
        minor_upgrades=request.auto_upgrade_minor_version,
        tags=stored(request.tag),
        settle_at=call.now + call.pace,
    )
    tx.put(instance)
    place = place_in(vswitch, private_address(request.private_ip_address)) if vswitch else None
    name = connection_string(instance.id, engine, instance.region)
    try:
        endpoint = make_endpoint(
            tx,
            instance,
            product="rds",
            net="private" if place else "classic",
            name=name,
            port=instance.port,
            place=place,
        )
    except ClaimTaken as taken:
        raise (NewConnectionStringDuplicate if taken.space == NAMES else InvalidPrivateIpAddressAlreadyUsed) from None
    except PoolExhausted:
        raise (InvalidPrivateIpAddressMismatch if place and place.wanted else VswitchIpExhausted) from None
    tx.schedule(instance)
    return endpoint


def _zones(request: CreateDBInstanceRequest) -> list[str]:
    """The zone of the instance, then those of its secondaries, which are only shown."""
    known = REGIONS[request.region_id].zones
    secondaries = [zone for zone in (request.zone_id_slave1, request.zone_id_slave2) if zone]
    found = [request.zone_id or known[0], *secondaries]
    if any(zone not in known and not (place and zone == AUTO) for place, zone in enumerate(found)):
        raise InvalidZoneNotSupported
    return found


def _vswitch(tx: Tx, call: Call, request: CreateDBInstanceRequest, zones: list[str]) -> VSwitch:
    """Where the instance lies: the default vSwitch of the zone where the call names none, else the first it names.

    The vSwitches named after it are the secondaries', each in the zone of its own.
    """
    if not request.vpc_id and not request.vswitch_id:
        return default_vswitch(tx, call.account, request.region_id, zones[0])
    vpc = tx.get(Vpc, request.vpc_id)
    if vpc is None or vpc.account != call.account or vpc.region != request.region_id:
        raise InvalidVpcId
    ids = request.vswitch_id.split(",")
    if len(ids) > len(zones):
        raise InvalidVswitchId
    found = []
    for id, zone in zip(ids, (request.zone_id, *zones[1:]), strict=False):
        vswitch = tx.get(VSwitch, id)
        if vswitch is None or vswitch.parent != vpc.id or not usable(vswitch):
            raise InvalidVswitchId
        if zone not in ("", AUTO, vswitch.zone_id):
            raise InvalidVswitchId
        found.append(vswitch)
    return found[0]


def _check_tags(tags: tuple[TagShape, ...]) -> None:
    keys = [tag.key for tag in tags]
    if not all(keys):
        raise InvalidTagKeyMalformed
    if len(set(keys)) < len(keys):
        raise DuplicateTagKey
    if len(keys) > MAX_TAGS:
        raise TooManyTags


def _whitelist(text: str) -> tuple[whitelist.Group, ...]:
    try:
        return (whitelist.Group(name="default", ips=whitelist.parse(text)),)
    except (whitelist.MalformedEntry, whitelist.DuplicateEntry):
        raise InvalidSecurityIpListFormat from None
