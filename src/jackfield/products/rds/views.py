"""Instances, endpoints and accounts as RDS's replies show them.

JSON types are kept as the vendor has them: ``Port`` is a string, ``DBInstanceMemory`` a number. ``MutriORsignle`` is
spelt as the vendor spells it. Terraform fails on a reply without ``ServerlessConfig``, ``SlaveZones`` or ``Extra``.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.endpoints.expiry import expired_time
from jackfield.endpoints.resources import Endpoint, Net
from jackfield.products.operation import Shape
from jackfield.products.rds.admission import mode_of
from jackfield.products.rds.database_views import DatabasePrivileges, privileges
from jackfield.products.rds.node_views import ClusterNodes, cluster_nodes
from jackfield.products.rds.nodes import nodes
from jackfield.products.rds.ordinary import network_type, ordinary_endpoint
from jackfield.products.rds.replicas import replicas_of
from jackfield.products.rds.resources import DBAccount, DBInstance
from jackfield.products.times import iso_second
from jackfield.products.vpc.resources import Vpc
from jackfield.store.interface import Reader

_YEARS_100 = 100 * 365.25 * 86400


class ReadOnlyId(Shape):
    db_instance_id: str


class ReadOnlyIds(Shape):
    read_only_db_instance_id: tuple[ReadOnlyId, ...] = ()


class _Instance(Shape, kw_only=True):
    """What both reads of instances show."""

    db_instance_id: str
    db_instance_description: str
    db_instance_status: str
    db_instance_class: str
    db_instance_type: str
    db_instance_net_type: str
    db_instance_storage_type: str
    db_instance_memory: int
    db_instance_cpu: str = msgspec.field(name="DBInstanceCPU")
    engine: str
    engine_version: str
    category: str | UnsetType
    connection_mode: str
    connection_string: str
    instance_network_type: str
    pay_type: str
    region_id: str
    zone_id: str
    vpc_id: str
    vswitch_id: str
    vpc_cloud_instance_id: str
    expire_time: str
    lock_mode: str
    lock_reason: str
    deletion_protection: bool
    resource_group_id: str
    tips: str
    tips_level: int
    master_instance_id: str | UnsetType
    read_only_db_instance_ids: ReadOnlyIds = msgspec.field(default_factory=ReadOnlyIds)


class InstanceSummary(_Instance, kw_only=True):
    """An entry of DescribeDBInstances."""

    create_time: str
    vpc_name: str
    mutri_or_signle: bool = msgspec.field(name="MutriORsignle")


class InstanceList(Shape):
    db_instance: tuple[InstanceSummary, ...]


class SlaveZone(Shape):
    zone_id: str


class SlaveZones(Shape):
    slave_zone: tuple[SlaveZone, ...] = ()


class DBInstanceIds(Shape):
    db_instance_id: tuple[str, ...] = ()


class Extra(Shape):
    db_instance_ids: DBInstanceIds = msgspec.field(default_factory=DBInstanceIds, name="DBInstanceIds")


class ServerlessConfig(Shape):
    """Empty for instances that are not serverless, but there."""


class InstanceAttribute(_Instance, kw_only=True):
    """The entry of DescribeDBInstanceAttribute."""

    port: str
    creation_time: str
    db_instance_class_type: str
    db_instance_storage: int
    db_max_quantity: int
    account_max_quantity: int
    max_connections: int
    max_iops: int = msgspec.field(name="MaxIOPS")
    max_iombps: int = msgspec.field(name="MaxIOMBPS")
    availability_value: str
    maintain_time: str
    current_kernel_version: str
    latest_kernel_version: str
    auto_upgrade_minor_version: str
    security_ip_list: str = msgspec.field(name="SecurityIPList")
    security_ip_mode: str = msgspec.field(name="SecurityIPMode")
    ip_type: str = msgspec.field(name="IPType")
    console_version: str
    instruction_set_arch: str
    super_permission_mode: str
    proxy_type: int
    kind_code: str = msgspec.field(name="kindCode")
    slave_zones: SlaveZones
    master_zone: str
    db_cluster_nodes: ClusterNodes | UnsetType
    readonly_delay: str | UnsetType = msgspec.field(name="ReadonlyInstanceSQLDelayedTime")
    extra: Extra = msgspec.field(default_factory=Extra)
    serverless_config: ServerlessConfig = msgspec.field(default_factory=ServerlessConfig)


class InstanceAttributeList(Shape):
    db_instance_attribute: tuple[InstanceAttribute, ...]


class SecurityGroup(Shape):
    security_ip_group_name: str = msgspec.field(name="SecurityIPGroupName")
    security_ips: str = msgspec.field(name="SecurityIPs")


class SecurityGroups(Shape):
    security_ip_group: tuple[SecurityGroup, ...] = msgspec.field(default=(), name="securityIPGroup")


class Weight(Shape):
    db_instance_id: str
    db_instance_type: str
    weight: str
    availability: str


class Weights(Shape):
    db_instance_weight: tuple[Weight, ...] = ()


class NetInfo(Shape, kw_only=True):
    """An entry of DescribeDBInstanceNetInfo. A public one has VPCId and VSwitchId empty (a real answer, Terraform)."""

    connection_string: str
    connection_string_type: str
    port: str
    ip_address: str = msgspec.field(name="IPAddress")
    ip_type: str = msgspec.field(name="IPType")
    vpc_id: str = msgspec.field(name="VPCId")
    vswitch_id: str
    expired_time: str
    upgradeable: str
    security_ip_groups: SecurityGroups = msgspec.field(default_factory=SecurityGroups, name="SecurityIPGroups")
    db_instance_weights: Weights = msgspec.field(default_factory=Weights)
    max_delay_time: str | UnsetType = UNSET
    distribution_type: str | UnsetType = UNSET


class NetInfoList(Shape):
    db_instance_net_info: tuple[NetInfo, ...]


class ChannelNetInfo(Shape, kw_only=True):
    """An entry of DescribeDBInstanceNetInfoForChannel, whose ``expiredTime`` is spelt as the vendor spells it."""

    availability: str
    connection_string: str
    connection_string_type: str
    port: str
    ip_address: str = msgspec.field(name="IPAddress")
    ip_type: str = msgspec.field(name="IPType")
    vpc_id: str = msgspec.field(name="VPCId")
    vswitch_id: str
    expired_time: str = msgspec.field(name="expiredTime")
    upgradeable: str
    security_ip_groups: SecurityGroups = msgspec.field(default_factory=SecurityGroups, name="SecurityIPGroups")
    db_instance_weights: Weights = msgspec.field(default_factory=Weights)
    max_delay_time: str | UnsetType = UNSET
    distribution_type: str | UnsetType = UNSET


class ChannelNetInfoList(Shape):
    db_instance_net_info: tuple[ChannelNetInfo, ...]


class AccountView(Shape):
    """An entry of DescribeAccounts. CreateDB and its like are ``t`` or ``f`` (PostgreSQL's catalogue)."""

    account_name: str
    account_status: str
    account_type: str
    account_description: str
    db_instance_id: str
    priv_exceeded: str
    create_db: str
    create_role: str
    replication: str
    bypass_rls: str = msgspec.field(name="BypassRLS")
    valid_until: str
    database_privileges: DatabasePrivileges


class AccountList(Shape):
    db_instance_account: tuple[AccountView, ...]


def summary(tx: Reader, instance: DBInstance, *, category: bool) -> InstanceSummary:
    """:param category: whether the edition is shown."""
    fields = _fields(tx, instance)
    if not category:
        fields["category"] = UNSET
    vpc = tx.get(Vpc, instance.vpc_id)
    return InstanceSummary(
        **fields, create_time=iso_second(instance.created), vpc_name=vpc.name if vpc else "", mutri_or_signle=False
    )


def attribute_list(tx: Reader, instance: DBInstance) -> InstanceAttributeList:
    ordinary = ordinary_endpoint(tx, instance.id)
    default = next((group.ips for group in instance.whitelist if group.name == "default"), ())
    return InstanceAttributeList(
        db_instance_attribute=(
            InstanceAttribute(
                **_fields(tx, instance),
                port=str(ordinary.port if ordinary else instance.port),
                creation_time=iso_second(instance.created),
                db_instance_class_type="x",
                db_instance_storage=instance.storage,
                db_max_quantity=999,
                account_max_quantity=200,
                max_connections=2000,
                max_iops=4800,
                max_iombps=100,
                availability_value="100.0%",
                maintain_time="18:00Z-22:00Z",
                current_kernel_version="rds_20240101",
                latest_kernel_version="rds_20240101",
                auto_upgrade_minor_version=instance.minor_upgrades,
                security_ip_list=",".join(default),
                security_ip_mode=mode_of(instance),
                ip_type="IPv4",
                console_version="2",
                instruction_set_arch="x86",
                super_permission_mode="",
                proxy_type=0,
                kind_code="18",
                master_zone=nodes(instance)[0].zone_id,
                db_cluster_nodes=cluster_nodes(instance),
                slave_zones=SlaveZones(slave_zone=tuple(SlaveZone(zone_id=zone) for zone in instance.slave_zones)),
                readonly_delay=str(instance.delay) if instance.read_only else UNSET,
            ),
        )
    )


_IP_TYPES: dict[Net, str] = {"public": "Public", "router_public": "Public", "classic": "Inner"}


def net_info(endpoint: Endpoint, now: float) -> NetInfo:
    """A public or classic address is one that every client of this machine can dial, so it is reported as it is.

    :param now: of the call, seconds since the epoch.
    """
    address = endpoint.vpc_address or next(iter(endpoint.addresses), "")
    return NetInfo(
        connection_string=endpoint.name,
        connection_string_type="Normal",
        port=str(endpoint.port),
        ip_address=address,
        ip_type=_IP_TYPES.get(endpoint.net, "Private"),
        vpc_id=endpoint.vpc_id,
        vswitch_id=endpoint.vswitch_id,
        expired_time=expired_time(endpoint, now),
        upgradeable="Disabled",
    )


def channel_net_info(endpoint: Endpoint, now: float) -> ChannelNetInfo:
    """:param now: as :func:`net_info`."""
    same = net_info(endpoint, now)
    return ChannelNetInfo(
        availability="Available" if endpoint.serves else "Unavailable",
        connection_string=same.connection_string,
        connection_string_type=same.connection_string_type,
        port=same.port,
        ip_address=same.ip_address,
        ip_type=same.ip_type,
        vpc_id=same.vpc_id,
        vswitch_id=same.vswitch_id,
        expired_time=same.expired_time,
        upgradeable=same.upgradeable,
    )


def account(found: DBAccount) -> AccountView:
    may = "t" if found.type == "Super" else "f"
    return AccountView(
        account_name=found.name,
        account_status=found.status,
        account_type=found.type,
        account_description=found.description,
        db_instance_id=found.parent,
        priv_exceeded="0",
        create_db=may,
        create_role=may,
        replication=may,
        bypass_rls="f",
        valid_until="infinity",
        database_privileges=privileges(found.grants),
    )


def _fields(tx: Reader, instance: DBInstance) -> dict[str, Any]:
    endpoint = ordinary_endpoint(tx, instance.id)
    replicas = tuple(ReadOnlyId(db_instance_id=one.id) for one in replicas_of(tx, instance.id))
    return {
        "db_instance_id": instance.id,
        "db_instance_description": instance.description,
        "db_instance_status": instance.status,
        "db_instance_class": instance.instance_class,
        "db_instance_type": instance_type(instance),
        "db_instance_net_type": "Internet" if endpoint and endpoint.net == "public" else "Intranet",
        "db_instance_storage_type": instance.storage_type,
        "db_instance_memory": 4096,
        "db_instance_cpu": "2",
        "engine": instance.engine,
        "engine_version": instance.engine_version,
        "category": instance.category,
        "connection_mode": "Standard",
        "connection_string": endpoint.name if endpoint else "",
        "instance_network_type": network_type(instance),
        "pay_type": instance.pay_type,
        "region_id": instance.region,
        "zone_id": instance.zone_id,
        "vpc_id": instance.vpc_id,
        "vswitch_id": instance.vswitch_id,
        "vpc_cloud_instance_id": instance.id,
        "expire_time": iso_second(instance.created + _YEARS_100) if instance.pay_type == "Prepaid" else "",
        "lock_mode": "Unlock",
        "lock_reason": "",
        "deletion_protection": instance.deletion_protection,
        "resource_group_id": instance.resource_group_id,
        "tips": "",
        "tips_level": 0,
        "master_instance_id": instance.parent or UNSET,
        "read_only_db_instance_ids": ReadOnlyIds(read_only_db_instance_id=replicas),
    }


def instance_type(instance: DBInstance) -> str:
    """``DBInstanceType``."""
    return "Readonly" if instance.read_only else "Primary"
