"""CreateInstance."""

from __future__ import annotations

import ipaddress
import secrets
from typing import Annotated, Protocol

import msgspec

from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.making import Place, make_endpoint
from jackfield.endpoints.resources import NAMES, Endpoint, Net
from jackfield.products.errors import InvalidParameterValue
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.regions import REGIONS, Region, new_id
from jackfield.products.tags import TagShape, stored
from jackfield.products.tair import views
from jackfield.products.tair.classes import (
    MAX_SHARD_COUNT,
    MAX_SHARDS,
    InstanceClass,
    UnknownClass,
    class_of_capacity,
    classify,
)
from jackfield.products.tair.errors import (
    ConnectionStringAlreadyExists,
    EngineMissing,
    InstanceClassNotMatch,
    InvalidCapacityNotFound,
    InvalidConnectionStringFormat,
    InvalidEngineVersionMalformed,
    InvalidInstanceNameMalformed,
    InvalidIpNotInSubnet,
    InvalidPasswordMalformed,
    InvalidPort,
    InvalidRegionFormat,
    InvalidShardInfoFormat,
    InvalidTokenMalformed,
    InvalidVpcIdNotFound,
    InvalidVSwitchId,
    MissingPeriod,
    QuotaNotEnough,
    VSwitchZoneNotSupported,
    ZoneIdNotFound,
)
from jackfield.products.tair.maintenance import is_window
from jackfield.products.tair.names import check_port, check_prefix, connection_string, is_instance_name
from jackfield.products.tair.passwords import digest, is_strong
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.resources import NODE_TYPES, Instance, Shard
from jackfield.products.tair.settings import InstanceSettings
from jackfield.products.tair.states import CREATING
from jackfield.products.times import iso_second
from jackfield.products.vpc.defaults import default_vswitch, usable
from jackfield.products.vpc.resources import Vpc, VSwitch
from jackfield.store.interface import ClaimTaken, Tx

ENGINE = "redis"
ENGINE_VERSIONS = ("2.8", "4.0", "5.0", "6.0", "7.0")


class CreateInstanceRequest(Request):
    region_id: Annotated[str, Param("The region. Call DescribeRegions for the list.", "cn-hangzhou")]
    instance_class: Annotated[
        str,
        Param(
            "The class. redis.logic.sharding.<size>.<n>db.<r>rodb.<p>proxy.default is a cluster of n shards, "
            "redis.master.* a standard instance.",
            "redis.master.small.default",
        ),
    ] = ""
    capacity: Annotated[
        int, Param("Memory in MB, where no class is given.", "16384", invalid=InvalidCapacityNotFound)
    ] = 0
    shard_count: Annotated[
        int,
        Param(
            "Number of shards; more than one makes the instance a cluster.",
            "4",
            range=(1, MAX_SHARD_COUNT),
            invalid=InvalidShardInfoFormat,
        ),
    ] = 0
    instance_name: Annotated[str, Param("2 to 128 characters, no leading digit.", "apitest")] = ""
    password: Annotated[
        str, Param("8 to 32 characters of three of: upper case, lower case, digits, !@#$%^&*()_+-=.", "Pass!123456")
    ] = ""
    engine_version: Annotated[
        str, Param("The major version.", "5.0", enum=ENGINE_VERSIONS, invalid=InvalidEngineVersionMalformed)
    ] = "5.0"
    instance_type: Annotated[str, Param("The engine.", "Redis", enum=("Redis",))] = "Redis"
    zone_id: Annotated[str, Param("The primary zone.", "cn-hangzhou-h")] = ""
    secondary_zone_id: Annotated[str, Param("The secondary zone.", "cn-hangzhou-i")] = ""
    network_type: Annotated[str, Param("The network: VPC or CLASSIC.", "VPC")] = "VPC"
    vpc_id: Annotated[str, Param("The VPC; the region's default VPC if left out.", "vpc-bp1nme44gek34slfc****")] = ""
    vswitch_id: Annotated[str, Param("The vSwitch, in the VPC and zone given.", "vsw-bp1e7clcw529l773d****")] = ""
    private_ip_address: Annotated[str, Param("An address of the vSwitch.", "172.16.0.10")] = ""
    port: Annotated[str, Param("The port of the ordinary address, 1024 to 65535.", "6379")] = "6379"
    connection_string_prefix: Annotated[
        str, Param("The first label of the ordinary address.", "r-bp1zxszhcgatnx****")
    ] = ""
    charge_type: Annotated[str, Param("The billing method.", "PostPaid", enum=("PrePaid", "PostPaid"))] = "PostPaid"
    period: Annotated[str, Param("Months, for PrePaid.", "12")] = ""
    node_type: Annotated[str, Param("The node type.", "STAND_ALONE", enum=NODE_TYPES)] = "double"
    resource_group_id: Annotated[str, Param("The resource group.", "rg-resourcegroupid1")] = ""
    token: Annotated[
        str,
        Param(
            "Makes a repeated call answer like the first; up to 64 characters.",
            "ETnLKlblzczshOTUbOCz****",
            invalid=InvalidTokenMalformed,
        ),
    ] = ""
    maintain_start_time: Annotated[str, Param("When the maintenance window begins, HH:mmZ in UTC.", "03:00Z")] = ""
    maintain_end_time: Annotated[str, Param("When it ends; an hour later at the earliest.", "07:00Z")] = ""
    dry_run: Annotated[bool, Param("Only checks.", "false")] = False
    tag: Annotated[tuple[TagShape, ...], Param("Tags of the instance.")] = ()


class Wish(Protocol):
    """What requests for an instance have in common."""

    @property
    def region_id(self) -> str: ...
    @property
    def instance_name(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def charge_type(self) -> str: ...
    @property
    def zone_id(self) -> str: ...
    @property
    def secondary_zone_id(self) -> str: ...
    @property
    def vpc_id(self) -> str: ...
    @property
    def vswitch_id(self) -> str: ...
    @property
    def private_ip_address(self) -> str: ...
    @property
    def connection_string_prefix(self) -> str: ...
    @property
    def resource_group_id(self) -> str: ...
    @property
    def maintain_start_time(self) -> str: ...
    @property
    def maintain_end_time(self) -> str: ...
    @property
    def tag(self) -> tuple[TagShape, ...]: ...


class CreateInstanceReply(Reply):
    instance_id: str
    instance_name: str
    instance_status: str
    connection_domain: str
    port: int
    private_ip_addr: str
    region_id: str
    zone_id: str
    vpc_id: str
    vswitch_id: str
    network_type: str
    node_type: str
    capacity: int
    bandwidth: int
    connections: int
    qps: int
    charge_type: str
    config: str
    user_name: str
    end_time: str
    order_id: int


@operation(
    TAIR,
    title="Creates a Tair (Redis OSS-compatible) instance",
    access="create",
    resource="instance/*",
    errors=(
        InvalidRegionFormat,
        ZoneIdNotFound,
        InstanceClassNotMatch,
        InvalidShardInfoFormat,
        InvalidCapacityNotFound,
        InvalidEngineVersionMalformed,
        InvalidInstanceNameMalformed,
        InvalidPasswordMalformed,
        InvalidConnectionStringFormat,
        ConnectionStringAlreadyExists,
        InvalidPort,
        InvalidVpcIdNotFound,
        InvalidVSwitchId,
        VSwitchZoneNotSupported,
        InvalidIpNotInSubnet,
        QuotaNotEnough,
        MissingPeriod,
        InvalidTokenMalformed,
        EngineMissing,
    ),
    token="Token",
)
def create_instance(tx: Tx, call: Call, request: CreateInstanceRequest) -> CreateInstanceReply:
    """Creates an instance: a standard one, or a classic cluster of as many shards as the class or ShardCount says.

    It is Creating until its Redis servers run and its ordinary address has been dialled; then Normal. Its whitelist
    is 127.0.0.1, which admits nobody.
    """
    region = known_region(call, request.region_id)
    chosen = _class(request)
    if request.network_type not in ("VPC", "CLASSIC"):
        raise InvalidParameterValue(name="NetworkType")
    instance, endpoint = make_instance(
        tx,
        call,
        request,
        chosen,
        zone=request.zone_id or region.zones[0],
        period=bool(request.period),
        port=check_port(request.port),
        engine_version=request.engine_version,
        node_type=request.node_type,
        classic=request.network_type == "CLASSIC",
    )
    return CreateInstanceReply(
        instance_id=instance.id,
        instance_name=instance.name,
        instance_status=instance.status,
        connection_domain=endpoint.name,
        port=endpoint.port,
        private_ip_addr=endpoint.vpc_address,
        region_id=instance.region,
        zone_id=instance.zone_id,
        vpc_id=instance.vpc_id,
        vswitch_id=instance.vswitch_id,
        network_type=views.network_type(instance),
        node_type=instance.node_type,
        capacity=instance.capacity,
        bandwidth=views.bandwidth(instance),
        connections=views.connections(instance),
        qps=views.qps(instance),
        charge_type=instance.charge_type,
        config=instance.settings.shown_config,
        user_name=instance.id,
        end_time=iso_second(views.end_time(instance)),
        order_id=secrets.randbelow(10**12) + 10**12,
    )


def known_region(call: Call, region_id: str) -> Region:
    """:raises InvalidRegionFormat: there is none of that id. :raises EngineMissing: no server can run here."""
    region = REGIONS.get(region_id)
    if region is None:
        raise InvalidRegionFormat
    if call.missing(ENGINE):
        raise EngineMissing
    return region


def make_instance(
    tx: Tx,
    call: Call,
    wish: Wish,
    chosen: InstanceClass,
    *,
    zone: str,
    period: bool,
    port: int,
    engine_version: str,
    node_type: str,
    classic: bool = False,
    instance_type: str = "Redis",
    storage: int = 0,
    storage_type: str = "",
) -> tuple[Instance, Endpoint]:
    """Checks what all ways of creating an instance have in common, and records it with its ordinary endpoint.

    :param zone: whose default vSwitch it gets where the call names none.
    :param period: whether the call says for how long it is paid.
    :param port: of the ordinary endpoint. :param classic: it lies in no VPC.
    """
    _check_texts(wish, period)
    settings = _settings(wish)
    zones = REGIONS[wish.region_id].zones
    if zone not in zones or (wish.secondary_zone_id and wish.secondary_zone_id not in zones):
        raise ZoneIdNotFound
    vswitch = None if classic else _vswitch(tx, call, wish, zone)
    instance_id = new_id("r", wish.region_id, 14)
    prefix = wish.connection_string_prefix
    if prefix:
        check_prefix(prefix)
    instance = Instance(
        id=instance_id,
        account=call.account,
        region=wish.region_id,
        status=CREATING,
        created=call.now,
        name=wish.instance_name,
        instance_class=chosen.name,
        instance_type=instance_type,
        storage=storage,
        storage_type=storage_type,
        architecture=chosen.architecture,
        shards=tuple(Shard(index=index, node_id=secrets.token_hex(20)) for index in range(chosen.shards)),
        engine_version=engine_version,
        zone_id=vswitch.zone_id if vswitch else zone,
        secondary_zone_id=wish.secondary_zone_id,
        vpc_id=vswitch.parent if vswitch else "",
        vswitch_id=vswitch.id if vswitch else "",
        capacity=chosen.capacity,
        port=port,
        charge_type=wish.charge_type,
        node_type=node_type,
        resource_group_id=wish.resource_group_id,
        password_sha256=digest(wish.password) if wish.password else "",
        tags=stored(wish.tag),
        settings=settings,
        settle_at=call.now + call.pace,
    )
    tx.put(instance)
    name = connection_string(prefix or instance_id, instance.region)
    if instance_type == "tair_scm" and not prefix:
        name = name.replace(".redis.", ".tairpena.")
    endpoint = _ordinary_endpoint(tx, instance, name, vswitch, wish.private_ip_address)
    tx.schedule(instance)
    return instance, endpoint


def _class(request: CreateInstanceRequest) -> InstanceClass:
    if request.instance_class:
        try:
            chosen = classify(request.instance_class, request.shard_count)
        except UnknownClass:
            raise InstanceClassNotMatch from None
    elif request.capacity:
        try:
            chosen = class_of_capacity(request.capacity, request.shard_count)
        except UnknownClass:
            raise InvalidCapacityNotFound from None
    else:
        raise InstanceClassNotMatch
    if not 1 <= chosen.shards <= MAX_SHARDS:
        raise InvalidShardInfoFormat
    return chosen


def _settings(wish: Wish) -> InstanceSettings:
    usual = InstanceSettings()
    start, end = wish.maintain_start_time or usual.maintain_start, wish.maintain_end_time or usual.maintain_end
    if not is_window(start, end):
        raise InvalidParameterValue(name="MaintainStartTime")
    return msgspec.structs.replace(usual, maintain_start=start, maintain_end=end)


def _check_texts(wish: Wish, period: bool) -> None:
    if wish.instance_name and not is_instance_name(wish.instance_name):
        raise InvalidInstanceNameMalformed
    if wish.password and not is_strong(wish.password):
        raise InvalidPasswordMalformed
    if wish.charge_type == "PrePaid" and not period:
        raise MissingPeriod


def _vswitch(tx: Tx, call: Call, wish: Wish, zone: str) -> VSwitch:
    """Where an instance in a VPC lies; the default vSwitch of the zone where the call names none."""
    if not wish.vpc_id and not wish.vswitch_id:
        return default_vswitch(tx, call.account, wish.region_id, zone)
    vpc = tx.get(Vpc, wish.vpc_id)
    if vpc is None or vpc.account != call.account or vpc.region != wish.region_id:
        raise InvalidVpcIdNotFound
    vswitch = tx.get(VSwitch, wish.vswitch_id)
    if vswitch is None or vswitch.parent != vpc.id or not usable(vswitch):
        raise InvalidVSwitchId
    if wish.zone_id and vswitch.zone_id != wish.zone_id:
        raise VSwitchZoneNotSupported
    return vswitch


def _ordinary_endpoint(tx: Tx, instance: Instance, name: str, vswitch: VSwitch | None, wanted: str) -> Endpoint:
    if wanted and vswitch:
        try:
            ipaddress.IPv4Address(wanted)
        except ValueError:
            raise InvalidIpNotInSubnet from None
    place = Place(vpc_id=vswitch.parent, vswitch_id=vswitch.id, cidr=vswitch.cidr, wanted=wanted) if vswitch else None
    net: Net = "private" if vswitch else "classic"
    try:
        return make_endpoint(tx, instance, product="tair", net=net, name=name, port=instance.port, place=place)
    except ClaimTaken as taken:
        raise (ConnectionStringAlreadyExists if taken.space == NAMES else InvalidIpNotInSubnet) from None
    except PoolExhausted:
        raise (InvalidIpNotInSubnet if wanted else QuotaNotEnough) from None
