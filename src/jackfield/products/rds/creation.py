"""CreateDBInstance."""

from __future__ import annotations

import re
import secrets
from typing import Annotated, cast

import msgspec

from jackfield.endpoints import whitelist
from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.making import Place, make_endpoint
from jackfield.endpoints.resources import NAMES
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.rds.errors import (
    EngineMissing,
    InvalidConnectionStringDuplicate,
    InvalidDBInstanceClassMalformed,
    InvalidEngineMalformed,
    InvalidEngineVersionMalformed,
    InvalidPortMalformed,
    InvalidPrivateIpAddressAlreadyUsed,
    InvalidRegionIdNotFound,
    InvalidSecurityIpListFormat,
    InvalidVpcId,
    InvalidVswitchId,
    InvalidZoneNotSupported,
    VswitchIpExhausted,
)
from jackfield.products.rds.names import KINDS, check_port, connection_string
from jackfield.products.rds.product import RDS
from jackfield.products.rds.resources import DBInstance, Engine, Tag
from jackfield.products.rds.states import CREATING
from jackfield.products.rds.views import TagShape
from jackfield.products.regions import REGIONS, new_id
from jackfield.products.vpc.defaults import default_vswitch, usable
from jackfield.products.vpc.resources import Vpc, VSwitch
from jackfield.store.interface import ClaimTaken, Tx

_CLASS = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
ENGINE_NAMES: dict[Engine, str] = {"MySQL": "mysql", "PostgreSQL": "postgres"}
"""What :attr:`Call.missing` calls them."""


class CreateDBInstanceRequest(Request):
    region_id: Annotated[str, Param("The region. Call DescribeRegions for the list.", "cn-hangzhou")]
    engine: Annotated[str, Param("The engine.", "MySQL", enum=("MySQL", "PostgreSQL"), invalid=InvalidEngineMalformed)]
    engine_version: Annotated[str, Param("The version: 5.5 to 8.0 of MySQL, 10.0 to 18.0 of PostgreSQL.", "8.0")]
    db_instance_class: Annotated[str, Param("The class.", "mysql.n2.medium.1")]
    db_instance_storage: Annotated[int, Param("Storage in GB.", "100", range=(5, 64000))]
    db_instance_net_type: Annotated[str, Param("The network connection.", "Intranet", enum=("Internet", "Intranet"))]
    security_ip_list: Annotated[
        str, Param("Addresses and CIDR blocks that may connect, separated by commas.", "10.10.10.0/24")
    ] = msgspec.field(name="SecurityIPList")
    pay_type: Annotated[str, Param("The billing method.", "Postpaid", enum=("Postpaid", "Prepaid", "Serverless"))]
    zone_id: Annotated[str, Param("The primary zone.", "cn-hangzhou-h")] = ""
    instance_network_type: Annotated[str, Param("The network type.", "VPC", enum=("VPC", "Classic"))] = "VPC"
    vpc_id: Annotated[str, Param("The VPC; the region's default VPC if left out.", "vpc-bp1****")] = msgspec.field(
        default="", name="VPCId"
    )
    vswitch_id: Annotated[str, Param("The vSwitch, in the VPC and zone given.", "vsw-bp1****")] = ""
    private_ip_address: Annotated[str, Param("An address of the vSwitch.", "172.16.0.10")] = ""
    port: Annotated[str, Param("The port of the private address, 1000 to 65534.", "3306")] = ""
    db_instance_description: Annotated[str, Param("2 to 255 characters.", "Test database")] = ""
    db_instance_storage_type: Annotated[str, Param("The storage type.", "cloud_essd")] = "cloud_essd"
    category: Annotated[str, Param("The edition.", "HighAvailability")] = "Basic"
    period: Annotated[str, Param("Month or Year, for Prepaid.", "Month")] = ""
    used_time: Annotated[str, Param("How many of them.", "1")] = ""
    resource_group_id: Annotated[str, Param("The resource group.", "rg-acfmy****")] = ""
    deletion_protection: Annotated[bool, Param("Refuses deletion.", "false")] = False
    client_token: Annotated[str, Param("Makes a repeated call answer like the first.", "ETnLKlblzczshOTUbOCz****")] = ""
    dry_run: Annotated[bool, Param("Only checks.", "false")] = False
    tag: Annotated[tuple[TagShape, ...], Param("Tags of the instance.")] = ()


class CreateDBInstanceReply(Reply):
    db_instance_id: str
    connection_string: str
    port: str
    order_id: str


@operation(
    RDS,
    name="CreateDBInstance",
    title="Creates an instance",
    access="create",
    resource="dbinstance/*",
    errors=(
        EngineMissing,
        InvalidRegionIdNotFound,
        InvalidEngineMalformed,
        InvalidEngineVersionMalformed,
        InvalidDBInstanceClassMalformed,
        InvalidZoneNotSupported,
        InvalidSecurityIpListFormat,
        InvalidPortMalformed,
        InvalidVpcId,
        InvalidVswitchId,
        InvalidPrivateIpAddressAlreadyUsed,
        InvalidConnectionStringDuplicate,
        VswitchIpExhausted,
    ),
    token="ClientToken",
)
def create_db_instance(tx: Tx, call: Call, request: CreateDBInstanceRequest) -> CreateDBInstanceReply:
    """Creates an instance on a real server of its engine.

    It is Creating until the server runs and its private address has been dialled; then Running. It has no account at
    first: CreateAccount makes one in the server.
    """
    region = REGIONS.get(request.region_id)
    if region is None:
        raise InvalidRegionIdNotFound
    engine = cast(Engine, request.engine)
    if call.missing(ENGINE_NAMES[engine]):
        raise EngineMissing
    kind = KINDS[engine]
    if request.engine_version not in kind.versions:
        raise InvalidEngineVersionMalformed
    if not _CLASS.fullmatch(request.db_instance_class):
        raise InvalidDBInstanceClassMalformed
    vswitch = _vswitch(tx, call, request, request.zone_id or region.zones[0])
    instance = DBInstance(
        id=new_id(kind.prefix, region.id, 14),
        account=call.account,
        region=region.id,
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
        zone_id=vswitch.zone_id,
        vpc_id=vswitch.parent,
        vswitch_id=vswitch.id,
        port=check_port(request.port or str(kind.port), 1000, 65534),
        whitelist=_whitelist(request.security_ip_list),
        resource_group_id=request.resource_group_id,
        deletion_protection=request.deletion_protection,
        tags=tuple(Tag(tag.key, tag.value) for tag in request.tag),
        settle_at=call.now + call.pace,
    )
    tx.put(instance)
    place = Place(
        vpc_id=vswitch.parent, vswitch_id=vswitch.id, cidr=vswitch.cidr, wanted=request.private_ip_address
    )  # fmt: skip
    try:
        endpoint = make_endpoint(
            tx,
            instance,
            product="rds",
            net="private",
            name=connection_string(instance.id, engine, region.id),
            port=instance.port,
            place=place,
        )
    except ClaimTaken as taken:
        raise (
            InvalidConnectionStringDuplicate if taken.space == NAMES else InvalidPrivateIpAddressAlreadyUsed
        ) from None
    except PoolExhausted:
        raise (InvalidPrivateIpAddressAlreadyUsed if place.wanted else VswitchIpExhausted) from None
    tx.schedule(instance)
    return CreateDBInstanceReply(
        db_instance_id=instance.id,
        connection_string=endpoint.name,
        port=str(endpoint.port),
        order_id=str(secrets.randbelow(10**12) + 10**14),
    )


def _vswitch(tx: Tx, call: Call, request: CreateDBInstanceRequest, zone: str) -> VSwitch:
    """Where the instance lies; the default vSwitch of the zone where the call names none."""
    if zone not in REGIONS[request.region_id].zones:
        raise InvalidZoneNotSupported
    if not request.vpc_id and not request.vswitch_id:
        return default_vswitch(tx, call.account, request.region_id, zone)
    vpc = tx.get(Vpc, request.vpc_id)
    if vpc is None or vpc.account != call.account or vpc.region != request.region_id:
        raise InvalidVpcId
    vswitch = tx.get(VSwitch, request.vswitch_id)
    if vswitch is None or vswitch.parent != vpc.id or not usable(vswitch):
        raise InvalidVswitchId
    if request.zone_id and vswitch.zone_id != request.zone_id:
        raise InvalidVswitchId
    return vswitch


def _whitelist(text: str) -> tuple[whitelist.Group, ...]:
    try:
        return (whitelist.Group(name="default", ips=whitelist.parse(text)),)
    except (whitelist.MalformedEntry, whitelist.DuplicateEntry):
        raise InvalidSecurityIpListFormat from None
