"""CreateInstance, DeleteInstance and the reads of instances."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
from typing import Annotated

import msgspec

from jackfield.endpoints.addresses import PoolExhausted, take_vswitch_address
from jackfield.endpoints.resources import NAMES, Endpoint, endpoint_id
from jackfield.products.errors import ApiError
from jackfield.products.operation import Call, ChangeNote, Param, Reply, Request, operation
from jackfield.products.regions import REGIONS, new_id
from jackfield.products.tair import views
from jackfield.products.tair.classes import MAX_SHARDS, InstanceClass, UnknownClass, class_of_capacity, classify
from jackfield.products.tair.errors import (
    ConnectionStringAlreadyExists,
    EngineMissing,
    InstanceClassNotMatch,
    InstanceReleaseProtection,
    InstanceStatusNotSupport,
    InvalidCapacityNotFound,
    InvalidConnectionStringFormat,
    InvalidEngineVersionMalformed,
    InvalidInstanceIdNotFound,
    InvalidInstanceIdsMalformed,
    InvalidInstanceNameMalformed,
    InvalidIpNotInSubnet,
    InvalidPasswordMalformed,
    InvalidPort,
    InvalidRegionFormat,
    InvalidShardInfoFormat,
    InvalidVpcIdNotFound,
    InvalidVSwitchId,
    MissingPeriod,
    QuotaNotEnough,
    VSwitchZoneNotSupported,
    ZoneIdNotFound,
)
from jackfield.products.tair.names import check_port, check_prefix, connection_string
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.resources import Instance, Shard, Tag
from jackfield.products.tair.states import CHANGING, CREATING, NORMAL
from jackfield.products.times import iso_second
from jackfield.products.vpc.defaults import default_vswitch, usable
from jackfield.products.vpc.resources import Vpc, VSwitch
from jackfield.store.interface import ClaimTaken, Reader, Tx

ENGINE = "redis"
ENGINE_VERSIONS = ("2.8", "4.0", "5.0", "6.0", "7.0")
_PASSWORD = re.compile(r"[A-Za-z0-9!@#$%^&*()_+\-=]{8,32}")
_NAME = re.compile(r"[^\s@/=\"<>{}\[\]\d][^\s@/=\"<>{}\[\]]{1,127}")
MAX_IDS = 30


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
            "Number of shards; makes the instance a cluster.",
            "4",
            range=(0, MAX_SHARDS),
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
    instance_type: Annotated[str, Param("The engine.", "Redis", enum=("Redis", "Tair"))] = "Redis"
    zone_id: Annotated[str, Param("The primary zone.", "cn-hangzhou-h")] = ""
    secondary_zone_id: Annotated[str, Param("The secondary zone.", "cn-hangzhou-i")] = ""
    network_type: Annotated[str, Param("The network.", "VPC", enum=("VPC",))] = "VPC"
    vpc_id: Annotated[str, Param("The VPC; the region's default VPC if left out.", "vpc-bp1nme44gek34slfc****")] = ""
    vswitch_id: Annotated[str, Param("The vSwitch, in the VPC and zone given.", "vsw-bp1e7clcw529l773d****")] = ""
    private_ip_address: Annotated[str, Param("An address of the vSwitch.", "172.16.0.10")] = ""
    port: Annotated[str, Param("The port of the ordinary address, 1024 to 65535.", "6379")] = "6379"
    connection_string_prefix: Annotated[
        str, Param("The first label of the ordinary address.", "r-bp1zxszhcgatnx****")
    ] = ""
    charge_type: Annotated[str, Param("The billing method.", "PostPaid", enum=("PrePaid", "PostPaid"))] = "PostPaid"
    period: Annotated[str, Param("Months, for PrePaid.", "12")] = ""
    node_type: Annotated[
        str, Param("The node type.", "STAND_ALONE", enum=("MASTER_SLAVE", "STAND_ALONE", "double", "single"))
    ] = "double"
    resource_group_id: Annotated[str, Param("The resource group.", "rg-resourcegroupid1")] = ""
    token: Annotated[
        str, Param("Makes a repeated call answer like the first; up to 64 characters.", "ETnLKlblzczshOTUbOCz****")
    ] = ""
    dry_run: Annotated[bool, Param("Only checks.", "false")] = False
    tag: Annotated[tuple[views.TagShape, ...], Param("Tags of the instance.")] = ()


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
        EngineMissing,
    ),
    token="Token",
)
def create_instance(tx: Tx, call: Call, request: CreateInstanceRequest) -> CreateInstanceReply:
    """Creates an instance: a standard one, or a classic cluster of as many shards as the class or ShardCount says.

    It is Creating until its Redis servers run and its ordinary address has been dialled; then Normal. Its whitelist
    is 127.0.0.1, which admits nobody.
    """
    region = REGIONS.get(request.region_id)
    if region is None:
        raise InvalidRegionFormat
    if ENGINE in call.missing_engines:
        raise EngineMissing
    chosen = _class(request)
    _check_texts(request)
    vswitch = _vswitch(tx, call, request, request.zone_id or region.zones[0])
    instance_id = new_id("r", region.id, 14)
    prefix = request.connection_string_prefix
    if prefix:
        check_prefix(prefix)
    instance = Instance(
        id=instance_id,
        account=call.account,
        region=region.id,
        status=CREATING,
        created=call.now,
        name=request.instance_name,
        instance_class=chosen.name,
        architecture=chosen.architecture,
        shards=tuple(Shard(index=index, node_id=secrets.token_hex(20)) for index in range(chosen.shards)),
        engine_version=request.engine_version,
        zone_id=vswitch.zone_id,
        secondary_zone_id=request.secondary_zone_id,
        vpc_id=vswitch.parent,
        vswitch_id=vswitch.id,
        capacity=chosen.capacity,
        port=check_port(request.port),
        charge_type=request.charge_type,
        node_type=request.node_type,
        resource_group_id=request.resource_group_id,
        password_sha256=hashlib.sha256(request.password.encode()).hexdigest() if request.password else "",
        tags=tuple(Tag(tag.key, tag.value) for tag in request.tag),
        settle_at=call.now + call.pace,
    )
    tx.put(instance)
    endpoint = _ordinary_endpoint(tx, call, instance, prefix or instance_id, vswitch, request.private_ip_address)
    tx.schedule(instance)
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
        network_type="VPC",
        node_type=instance.node_type,
        capacity=instance.capacity,
        bandwidth=views.bandwidth(instance),
        connections=views.connections(instance),
        qps=views.qps(instance),
        charge_type=instance.charge_type,
        config=views.CONFIG,
        user_name=instance.id,
        end_time=iso_second(views.end_time(instance)),
        order_id=secrets.randbelow(10**12) + 10**12,
    )


class InstanceIdRequest(Request):
    instance_id: Annotated[str, Param("The ID of the instance.", "r-bp1zxszhcgatnx****")]


class DeleteInstanceRequest(InstanceIdRequest):
    global_instance_id: Annotated[str, Param("The distributed instance it belongs to.", "gr-bp14rkqrhac****")] = ""


@operation(
    TAIR,
    title="Releases an instance",
    access="delete",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InstanceStatusNotSupport, InstanceReleaseProtection),
)
def delete_instance(tx: Tx, call: Call, request: DeleteInstanceRequest) -> Reply:
    """Deletes an instance, its endpoints and its data.

    It shows as Changing while its endpoints are closed and its servers stopped, then as Released for a moment, then
    it is not found any more.
    """
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    for endpoint in tx.children(Endpoint, instance.id):
        tx.put(msgspec.structs.replace(endpoint, status="Releasing"))
    deleted = msgspec.structs.replace(instance, status=CHANGING, settle_at=call.now + call.pace)
    tx.put(deleted)
    tx.schedule(deleted)
    return Reply()


class DescribeInstanceAttributeReply(Reply):
    instances: views.InstanceAttributeList


@operation(
    TAIR,
    title="Queries the details of an instance",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_instance_attribute(tx: Reader, call: Call, request: InstanceIdRequest) -> DescribeInstanceAttributeReply:
    """One instance. Clients poll InstanceStatus here until it is Normal."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    return DescribeInstanceAttributeReply(instances=views.attribute_list(tx, instance))


class DescribeInstancesRequest(Request):
    region_id: Annotated[str, Param("The region; all regions if left out.", "cn-hangzhou")] = ""
    instance_ids: Annotated[str, Param("Up to 30 ids, separated by commas.", "r-bp1zxszhcgatnx****")] = ""
    instance_status: Annotated[str, Param("Only instances in this state.", "Normal")] = ""
    instance_class: Annotated[str, Param("Only instances of this class.", "redis.master.small.default")] = ""
    instance_type: Annotated[str, Param("Only instances of this engine.", "Redis")] = ""
    architecture_type: Annotated[
        str, Param("Only this architecture.", "standard", enum=("cluster", "standard", "rwsplit"))
    ] = ""
    engine_version: Annotated[str, Param("Only this engine version.", "4.0")] = ""
    charge_type: Annotated[str, Param("Only this billing method.", "PostPaid", enum=("PrePaid", "PostPaid"))] = ""
    network_type: Annotated[str, Param("Only this network.", "VPC", enum=("CLASSIC", "VPC"))] = ""
    zone_id: Annotated[str, Param("Only this zone.", "cn-hangzhou-h")] = ""
    vpc_id: Annotated[str, Param("Only this VPC.", "vpc-bp1nme44gek34slfc****")] = ""
    vswitch_id: Annotated[str, Param("Only this vSwitch.", "vsw-bp1e7clcw529l773d****")] = ""
    private_ip: Annotated[str, Param("Only the instance with this address.", "172.16.49.10")] = ""
    resource_group_id: Annotated[str, Param("Only this resource group.", "rg-acfmyiu4ekp****")] = ""
    search_key: Annotated[str, Param("Part of the name or id.", "apitest")] = ""
    tag: Annotated[tuple[views.TagShape, ...], Param("Only instances with all of these tags.")] = ()
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1
    page_size: Annotated[int, Param("Entries a page, up to 1000.", "30", range=(1, 1000))] = 30


class DescribeInstancesReply(Reply):
    instances: views.InstanceList
    page_number: int
    page_size: int
    total_count: int


@operation(
    TAIR,
    title="Queries instances",
    access="list",
    resource="instance/*",
    errors=(InvalidInstanceIdsMalformed,),
    changes=(ChangeNote("2024-07-30", "API description update"),),
)
def describe_instances(tx: Reader, call: Call, request: DescribeInstancesRequest) -> DescribeInstancesReply:
    """Lists the caller's instances, oldest first, a page at a time. Ids that are unknown are left out."""
    offset = (request.page_number - 1) * request.page_size
    if _filters(request):
        found = [instance for instance in _candidates(tx, call, request) if _matches(tx, instance, request)]
        total, page = len(found), found[offset : offset + request.page_size]
    else:
        total = tx.count(Instance, account=call.account, region=request.region_id)
        page = tx.page(Instance, account=call.account, region=request.region_id, offset=offset, limit=request.page_size)
    return DescribeInstancesReply(
        instances=views.InstanceList(kvstore_instance=tuple(views.summary(tx, instance) for instance in page)),
        page_number=request.page_number,
        page_size=request.page_size,
        total_count=total,
    )


def own_instance(tx: Reader, call: Call, instance_id: str, unknown: type[ApiError]) -> Instance:
    """The caller's instance; ``unknown`` is raised when there is none, or it is another account's."""
    instance = tx.get(Instance, instance_id)
    if instance is None or instance.account != call.account:
        raise unknown
    return instance


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


def _check_texts(request: CreateInstanceRequest) -> None:
    if request.instance_name and not _NAME.fullmatch(request.instance_name):
        raise InvalidInstanceNameMalformed
    if request.password:
        classes = sum(
            bool(re.search(pattern, request.password)) for pattern in ("[A-Z]", "[a-z]", "[0-9]", "[^A-Za-z0-9]")
        )
        if not _PASSWORD.fullmatch(request.password) or classes < 3:
            raise InvalidPasswordMalformed
    if request.charge_type == "PrePaid" and not request.period:
        raise MissingPeriod


def _vswitch(tx: Tx, call: Call, request: CreateInstanceRequest, zone: str) -> VSwitch:
    """Where the instance lies; the default vSwitch of the zone where the call names none."""
    if zone not in REGIONS[request.region_id].zones:
        raise ZoneIdNotFound
    if not request.vpc_id and not request.vswitch_id:
        return default_vswitch(tx, call.account, request.region_id, zone)
    vpc = tx.get(Vpc, request.vpc_id)
    if vpc is None or vpc.account != call.account or vpc.region != request.region_id:
        raise InvalidVpcIdNotFound
    vswitch = tx.get(VSwitch, request.vswitch_id)
    if vswitch is None or vswitch.parent != vpc.id or not usable(vswitch):
        raise InvalidVSwitchId
    if request.zone_id and vswitch.zone_id != request.zone_id:
        raise VSwitchZoneNotSupported
    return vswitch


def _ordinary_endpoint(tx: Tx, call: Call, instance: Instance, prefix: str, vswitch: VSwitch, wanted: str) -> Endpoint:
    if wanted:
        try:
            ipaddress.IPv4Address(wanted)
        except ValueError:
            raise InvalidIpNotInSubnet from None
    endpoint = Endpoint(
        id=endpoint_id(instance.id, "private"),
        account=call.account,
        region=instance.region,
        parent=instance.id,
        status="Creating",
        created=call.now,
        product="tair",
        net="private",
        name=connection_string(prefix, instance.region),
        port=instance.port,
        vpc_id=vswitch.parent,
        vswitch_id=vswitch.id,
    )
    try:
        address = take_vswitch_address(tx, endpoint, vswitch_id=vswitch.id, cidr=vswitch.cidr, wanted=wanted)
    except ClaimTaken:
        raise InvalidIpNotInSubnet from None
    except PoolExhausted:
        raise (InvalidIpNotInSubnet if wanted else QuotaNotEnough) from None
    endpoint = msgspec.structs.replace(endpoint, vpc_address=address)
    try:
        tx.claim(NAMES, endpoint.name, endpoint)
    except ClaimTaken:
        raise ConnectionStringAlreadyExists from None
    tx.put(endpoint)
    return endpoint


def _filters(request: DescribeInstancesRequest) -> bool:
    """Whether the request asks for anything but a page of a region."""
    plain = ("region_id", "page_number", "page_size")
    return any(getattr(request, field) for field in request.__struct_fields__ if field not in plain)


def _candidates(tx: Reader, call: Call, request: DescribeInstancesRequest) -> list[Instance]:
    if not request.instance_ids:
        return list(tx.each(Instance, account=call.account, region=request.region_id))
    ids = request.instance_ids.split(",")
    if len(ids) > MAX_IDS or not all(ids):
        raise InvalidInstanceIdsMalformed
    found = (tx.get(Instance, id) for id in dict.fromkeys(ids))
    return [
        instance
        for instance in found
        if instance is not None
        and instance.account == call.account
        and (not request.region_id or instance.region == request.region_id)
    ]


def _matches(tx: Reader, instance: Instance, request: DescribeInstancesRequest) -> bool:
    exact = (
        (request.instance_status, instance.status),
        (request.instance_class, instance.instance_class),
        (request.instance_type, "Redis"),
        (request.architecture_type, instance.architecture),
        (request.engine_version, instance.engine_version),
        (request.charge_type, instance.charge_type),
        (request.network_type, "VPC"),
        (request.zone_id, instance.zone_id),
        (request.vpc_id, instance.vpc_id),
        (request.vswitch_id, instance.vswitch_id),
        (request.resource_group_id, instance.resource_group_id),
    )
    if any(wanted and wanted != actual for wanted, actual in exact):
        return False
    if request.search_key and request.search_key not in instance.name and request.search_key not in instance.id:
        return False
    if any(Tag(tag.key, tag.value) not in instance.tags for tag in request.tag):
        return False
    return not request.private_ip or views.private_address(tx, instance) == request.private_ip
