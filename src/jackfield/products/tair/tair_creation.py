"""CreateTairInstance: instances of the Enterprise edition. The server behind one is this machine's Redis."""

from __future__ import annotations

import secrets
from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.tags import TagShape
from jackfield.products.tair import views
from jackfield.products.tair.classes import UnknownClass, classify_tair
from jackfield.products.tair.creation import known_region, make_instance
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
from jackfield.products.tair.product import TAIR
from jackfield.store.interface import Tx

MAX_SHARD_COUNT = 64
"""Of the parameter ShardCount (its schema)."""

MAX_STORAGE = 64 * 1024
"""GB."""

VERSIONS = {"tair_rdb": ("5.0", "6.0", "7.0"), "tair_scm": ("1.0",), "tair_essd": ("1.0", "2.0")}
"""By instance type; 2.0 is the one on local disks. The first is taken where the call names none."""


class CreateTairInstanceRequest(Request):
    region_id: Annotated[str, Param("The region. Call DescribeRegions for the list.", "cn-hangzhou")]
    instance_class: Annotated[str, Param("The class, of a shard in a cluster.", "tair.rdb.2g")]
    instance_type: Annotated[
        str,
        Param(
            "Where data are: in memory, in persistent memory, on disk.",
            "tair_rdb",
            enum=("tair_scm", "tair_essd", "tair_rdb"),
        ),
    ]
    vpc_id: Annotated[str, Param("The VPC.", "vpc-bp1nme44gek34slfc****")]
    vswitch_id: Annotated[str, Param("The vSwitch, in the VPC and zone given.", "vsw-bp1e7clcw529l773d****")]
    zone_id: Annotated[str, Param("The primary zone; the vSwitch's if left out.", "cn-hangzhou-h")] = ""
    secondary_zone_id: Annotated[str, Param("The secondary zone.", "cn-hangzhou-g")] = ""
    instance_name: Annotated[str, Param("2 to 128 characters, no leading digit.", "apitest")] = ""
    password: Annotated[
        str, Param("8 to 32 characters of three of: upper case, lower case, digits, !@#$%^&*()_+-=.", "Pass!123456")
    ] = ""
    engine_version: Annotated[
        str,
        Param(
            "5.0, 6.0 or 7.0 of tair_rdb, 1.0 of tair_scm, 1.0 or 2.0 of tair_essd.",
            "1.0",
            invalid=InvalidEngineVersionMalformed,
        ),
    ] = ""
    shard_count: Annotated[
        int,
        Param(
            "Number of shards; more than one makes the instance a cluster.",
            "2",
            range=(1, MAX_SHARD_COUNT),
            invalid=InvalidShardInfoFormat,
        ),
    ] = 1
    shard_type: Annotated[
        str,
        Param("Whether a shard has a replica.", "MASTER_SLAVE", enum=("STAND_ALONE", "MASTER_SLAVE")),
    ] = "MASTER_SLAVE"
    storage: Annotated[
        int, Param("GB on disk, of tair_essd.", "60", range=(1, MAX_STORAGE), invalid=InvalidCapacityNotFound)
    ] = 0
    storage_type: Annotated[
        str,
        Param("The kind of disk, of tair_essd.", "essd_pl1", enum=("essd_pl0", "essd_pl1", "essd_pl2", "essd_pl3")),
    ] = ""
    private_ip_address: Annotated[str, Param("An address of the vSwitch.", "172.16.88.10")] = ""
    port: Annotated[
        int, Param("The port of the ordinary address.", "6379", range=(1024, 65535), invalid=InvalidPort)
    ] = 6379
    connection_string_prefix: Annotated[
        str, Param("The first label of the ordinary address.", "r-bp1zxszhcgatnx****")
    ] = ""
    charge_type: Annotated[str, Param("The billing method.", "PrePaid", enum=("PrePaid", "PostPaid"))] = "PrePaid"
    period: Annotated[int, Param("Months, for PrePaid.", "1")] = 0
    resource_group_id: Annotated[str, Param("The resource group.", "rg-acfmyiu4ekp****")] = ""
    client_token: Annotated[
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


class CreateTairInstanceReply(Reply):
    instance_id: str
    instance_name: str
    instance_status: str
    connection_domain: str
    port: int
    region_id: str
    zone_id: str
    bandwidth: int
    connections: int
    qps: int = msgspec.field(name="QPS")
    charge_type: str
    config: str
    order_id: int
    task_id: str


@operation(
    TAIR,
    title="Creates a Tair (Enterprise Edition) instance",
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
    token="ClientToken",
)
def create_tair_instance(tx: Tx, call: Call, request: CreateTairInstanceRequest) -> CreateTairInstanceReply:
    """Creates an instance: a standard one, or a cluster of as many shards as ShardCount says.

    It is Creating until its servers run and its ordinary address has been dialled; then Normal. Its whitelist is
    127.0.0.1, which admits nobody. A call that names no billing method is about a PrePaid instance and needs a period.
    """
    region = known_region(call, request.region_id)
    kind = request.instance_type
    versions = VERSIONS[kind]
    version = request.engine_version or versions[0]
    if version not in versions:
        raise InvalidEngineVersionMalformed
    on_disk = kind == "tair_essd"
    if on_disk and request.shard_count > 1:
        raise InvalidShardInfoFormat
    if on_disk and version == "1.0" and not request.storage:
        raise InvalidCapacityNotFound
    storage = request.storage if on_disk else 0
    try:
        chosen = classify_tair(request.instance_class, kind, request.shard_count, storage)
    except UnknownClass:
        raise InstanceClassNotMatch from None
    if request.shard_type == "STAND_ALONE" and (chosen.shards > 1 or request.secondary_zone_id):
        raise InstanceClassNotMatch
    instance, endpoint = make_instance(
        tx,
        call,
        request,
        chosen,
        zone=request.zone_id or region.zones[0],
        period=bool(request.period),
        port=request.port,
        engine_version=version,
        node_type=request.shard_type,
        instance_type=kind,
        storage=storage,
        storage_type=request.storage_type if on_disk else "",
    )
    return CreateTairInstanceReply(
        instance_id=instance.id,
        instance_name=instance.name,
        instance_status=instance.status,
        connection_domain=endpoint.name,
        port=endpoint.port,
        region_id=region.id,
        zone_id=instance.zone_id,
        bandwidth=views.bandwidth(instance),
        connections=views.connections(instance),
        qps=views.qps(instance),
        charge_type=instance.charge_type,
        config=instance.settings.shown_config,
        order_id=secrets.randbelow(10**12) + 10**12,
        task_id=str(secrets.randbelow(9 * 10**8) + 10**8),
    )
