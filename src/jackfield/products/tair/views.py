"""Instances and endpoints as Tair's replies show them.

JSON types are kept as the vendor has them, although they differ between operations: ``HasRenewChangeOrder`` is a
boolean in DescribeInstances and a string in DescribeInstanceAttribute, ``ReadOnlyCount`` the other way round,
``Port`` a number there and a string in DescribeDBInstanceNetInfo. ``ReplacateId`` is spelt as the vendor spells it.
"""

from __future__ import annotations

import msgspec

from jackfield.endpoints.expiry import expired_time
from jackfield.endpoints.resources import Endpoint, endpoint_id
from jackfield.products.operation import Shape
from jackfield.products.tags import TagShape, shown
from jackfield.products.tair.resources import Instance
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader

_YEARS_100 = 100 * 365.25 * 86400


class TagList(Shape):
    tag: tuple[TagShape, ...]


class InstanceSummary(Shape):
    """An entry of DescribeInstances."""

    instance_id: str
    instance_name: str
    instance_status: str
    instance_class: str
    instance_type: str
    architecture_type: str
    engine_version: str
    region_id: str
    zone_id: str
    secondary_zone_id: str
    vpc_id: str
    vswitch_id: str
    network_type: str
    private_ip: str
    connection_domain: str
    connection_mode: str
    port: int
    capacity: int
    bandwidth: int
    connections: int
    qps: int
    shard_count: int
    node_type: str
    charge_type: str
    package_type: str
    edition_type: str
    create_time: str
    end_time: str
    destroy_time: str
    config: str
    user_name: str
    is_rds: bool = msgspec.field(name="IsRds")
    has_renew_change_order: bool
    resource_group_id: str
    tags: TagList
    read_only_count: str | msgspec.UnsetType = msgspec.UNSET


class InstanceList(Shape):
    kvstore_instance: tuple[InstanceSummary, ...]


class InstanceAttribute(Shape):
    """The entry of DescribeInstanceAttribute."""

    instance_id: str
    instance_name: str
    instance_status: str
    instance_class: str
    real_instance_class: str
    instance_type: str
    architecture_type: str
    engine: str
    engine_version: str
    region_id: str
    zone_id: str
    secondary_zone_id: str
    zone_type: str
    vpc_id: str
    vswitch_id: str
    vpc_cloud_instance_id: str
    vpc_auth_mode: str
    network_type: str
    private_ip: str
    connection_domain: str
    port: int
    capacity: int
    bandwidth: int
    connections: int
    qps: int
    shard_count: int
    replica_count: int
    read_only_count: int
    slave_read_only_count: int
    node_type: str
    charge_type: str
    package_type: str
    create_time: str
    end_time: str
    config: str
    security_ip_list: str = msgspec.field(name="SecurityIPList")
    maintain_start_time: str
    maintain_end_time: str
    availability_value: str
    replication_mode: str
    audit_log_retention: str
    storage: str
    storage_type: str
    is_rds: bool = msgspec.field(name="IsRds")
    is_support_tde: bool
    is_order_completed: bool
    instance_release_protection: bool
    has_renew_change_order: str
    resource_group_id: str
    tags: TagList


class InstanceAttributeList(Shape):
    db_instance_attribute: tuple[InstanceAttribute, ...]


class NetInfo(Shape):
    """An entry of DescribeDBInstanceNetInfo. :param db_instance_net_type: "0" Internet, "1" classic, "2" VPC."""

    connection_string: str
    port: str
    ip_address: str = msgspec.field(name="IPAddress")
    ip_type: str = msgspec.field(name="IPType")
    db_instance_net_type: str
    direct_connection: int
    vpc_id: str = msgspec.field(name="VPCId")
    vswitch_id: str
    vpc_instance_id: str = msgspec.field(name="VPCInstanceId")
    expired_time: str
    upgradeable: str


class NetInfoList(Shape):
    instance_net_info: tuple[NetInfo, ...]


def summary(tx: Reader, instance: Instance) -> InstanceSummary:
    endpoint = ordinary(tx, instance)
    return InstanceSummary(
        instance_id=instance.id,
        instance_name=instance.name,
        instance_status=instance.status,
        instance_class=instance.instance_class,
        instance_type=instance.instance_type,
        architecture_type=instance.architecture,
        engine_version=instance.engine_version,
        region_id=instance.region,
        zone_id=instance.zone_id,
        secondary_zone_id=instance.secondary_zone_id,
        vpc_id=instance.vpc_id,
        vswitch_id=instance.vswitch_id,
        network_type=network_type(instance),
        private_ip=endpoint.vpc_address if endpoint else "",
        connection_domain=endpoint.name if endpoint else "",
        connection_mode="Standard",
        port=endpoint.port if endpoint else instance.port,
        capacity=instance.capacity,
        bandwidth=bandwidth(instance),
        connections=connections(instance),
        qps=qps(instance),
        shard_count=len(instance.shards),
        node_type=instance.node_type,
        charge_type=instance.charge_type,
        package_type="standard",
        edition_type=edition(instance),
        create_time=iso_second(instance.created),
        end_time=iso_second(end_time(instance)),
        destroy_time=iso_second(end_time(instance)),
        config=instance.settings.shown_config,
        user_name=instance.id,
        is_rds=True,
        has_renew_change_order=False,
        resource_group_id=instance.resource_group_id,
        tags=tag_list(instance),
    )


def attribute_list(tx: Reader, instance: Instance) -> InstanceAttributeList:
    endpoint = ordinary(tx, instance)
    default = next((group.ips for group in instance.whitelist if group.name == "default"), ())
    return InstanceAttributeList(
        db_instance_attribute=(
            InstanceAttribute(
                instance_id=instance.id,
                instance_name=instance.name,
                instance_status=instance.status,
                instance_class=instance.instance_class,
                real_instance_class=instance.instance_class,
                instance_type=instance.instance_type,
                architecture_type=instance.architecture,
                engine="Redis",
                engine_version=instance.engine_version,
                region_id=instance.region,
                zone_id=instance.zone_id,
                secondary_zone_id=instance.secondary_zone_id,
                zone_type="doublezone" if instance.secondary_zone_id else "singlezone",
                vpc_id=instance.vpc_id,
                vswitch_id=instance.vswitch_id,
                vpc_cloud_instance_id=instance.id,
                vpc_auth_mode="Close" if instance.settings.password_free else "Open",
                network_type=network_type(instance),
                private_ip=endpoint.vpc_address if endpoint else "",
                connection_domain=endpoint.name if endpoint else "",
                port=endpoint.port if endpoint else instance.port,
                capacity=instance.capacity,
                bandwidth=bandwidth(instance),
                connections=connections(instance),
                qps=qps(instance),
                shard_count=len(instance.shards),
                replica_count=0,
                read_only_count=0,
                slave_read_only_count=0,
                node_type=instance.node_type,
                charge_type=instance.charge_type,
                package_type="standard",
                create_time=iso_second(instance.created),
                end_time=iso_second(end_time(instance)),
                config=instance.settings.shown_config,
                security_ip_list=",".join(default),
                maintain_start_time=instance.settings.maintain_start,
                maintain_end_time=instance.settings.maintain_end,
                availability_value="100.0%",
                replication_mode="master-slave",
                audit_log_retention=str(instance.settings.audit_days),
                storage=str(instance.storage or ""),
                storage_type=instance.storage_type or "LOCAL_SSD",
                is_rds=True,
                is_support_tde=False,
                is_order_completed=True,
                instance_release_protection=instance.release_protection,
                has_renew_change_order="false",
                resource_group_id=instance.resource_group_id,
                tags=tag_list(instance),
            ),
        )
    )


_NET_TYPES = {"public": ("Public", "0"), "classic": ("Inner", "1")}
"""IPType and DBInstanceNetType of endpoints in no VPC."""


def net_info(endpoint: Endpoint, now: float) -> NetInfo:
    """An address in no VPC is one that every client of this machine can dial, so it is reported as it is.

    ExpiredTime counts the seconds that are left.
    """
    ip_type, net_type = _NET_TYPES.get(endpoint.net, ("Private", "2"))
    return NetInfo(
        connection_string=endpoint.name,
        port=str(endpoint.port),
        ip_address=endpoint.addresses[0] if not endpoint.vpc_id and endpoint.addresses else endpoint.vpc_address,
        ip_type=ip_type,
        db_instance_net_type=net_type,
        direct_connection=int(endpoint.net == "direct"),
        vpc_id=endpoint.vpc_id,
        vswitch_id=endpoint.vswitch_id,
        vpc_instance_id=endpoint.parent if endpoint.vpc_id else "",
        expired_time=expired_time(endpoint, now),
        upgradeable="0",
    )


def network_type(instance: Instance) -> str:
    return "VPC" if instance.vpc_id else "CLASSIC"


def ordinary(tx: Reader, instance: Instance) -> Endpoint | None:
    """The instance's ordinary endpoint: that in its VPC; without one that of the classic network."""
    private = tx.get(Endpoint, endpoint_id(instance.id, "private"))
    return private or tx.get(Endpoint, endpoint_id(instance.id, "classic"))


def private_address(tx: Reader, instance: Instance) -> str:
    endpoint = ordinary(tx, instance)
    return endpoint.vpc_address if endpoint else ""


def edition(instance: Instance) -> str:
    return "Community" if instance.instance_type == "Redis" else "Enterprise"


def bandwidth(instance: Instance) -> int:
    """Mbit/s over all shards, what was bought included."""
    return instance.settings.bandwidth or class_bandwidth(instance)


def class_bandwidth(instance: Instance) -> int:
    """Mbit/s: 96 a shard for clusters (the documents' example of a cluster), 80 for a standard instance."""
    return 96 * len(instance.shards) if instance.architecture == "cluster" else 80


def connections(instance: Instance) -> int:
    """10,000 a shard, as the user guide has it for direct connections."""
    return 10_000 * len(instance.shards)


def qps(instance: Instance) -> int:
    return 100_000 * len(instance.shards)


def end_time(instance: Instance) -> float:
    """When a PrePaid instance would end; a PostPaid one has a far date there."""
    return instance.created + _YEARS_100


def tag_list(instance: Instance) -> TagList:
    return TagList(tag=shown(instance.tags))
