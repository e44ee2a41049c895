"""Instances, tenants and users as replies show them; JSON types are those of the vendor's interface file."""

from __future__ import annotations

import time

from jackfield.endpoints.resources import Endpoint
from jackfield.products.oceanbase.connection_views import ConnectionView, connection
from jackfield.products.oceanbase.database_views import RoleView, roles
from jackfield.products.oceanbase.resources import Instance, ProxyAddress, Tenant, User, addresses_of
from jackfield.products.oceanbase.shapes import RestShape
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader


class CpuView(RestShape):
    total_cpu: float
    used_cpu: float
    unit_cpu: float


class MemoryView(RestShape):
    total_memory: float
    used_memory: float
    unit_memory: float


class DiskView(RestShape):
    total_disk_size: float
    used_disk_size: float


class ResourceView(RestShape):
    cpu: CpuView
    memory: MemoryView
    disk: DiskView


class InstanceView(RestShape):
    instance_id: str
    instance_name: str
    instance_class: str
    instance_type: str
    instance_role: str
    status: str
    cloud_provider: str
    region: str
    available_zones: tuple[str, ...]
    vpc_id: str
    project_id: str
    version: str
    disk_size: int
    node_num: int
    pay_type: str
    replica_mode: str
    deploy_mode: str
    deploy_type: str
    sale_channel: str
    management_mode: str
    create_time: str
    resource: ResourceView
    tag_list: tuple[str, ...] = ()


class ZoneView(RestShape):
    name: str
    replica_type: str
    region: str
    role: str


class TenantView(RestShape):
    tenant_id: str
    tenant_name: str
    tenant_mode: str
    tenant_compatibility_mode: str
    management_mode: str
    status: str
    gmt_create: str
    create_time: str
    primary_region: str
    primary_zone: str
    cpu: int
    mem: int
    unit_cpu: int
    unit_mem: int
    unit_num: int
    vpc_id: str
    deploy_type: str
    description: str
    charset: str
    time_zone: str
    enable_proxy_public_link: bool
    enable_binlog_service: bool
    readonly_connection_addable: bool
    tenant_connections: tuple[ConnectionView, ...]
    tenant_zones: tuple[ZoneView, ...]
    tenant_resource: ResourceView
    tag_list: tuple[str, ...] = ()


class UserView(RestShape):
    user_name: str
    user_type: str
    user_status: str
    description: str
    databases: tuple[RoleView, ...] = ()


def instance(tx: Reader, one: Instance) -> InstanceView:
    """:param one: as the store has it."""
    tenants = tx.children(Tenant, one.id)
    cpu = sum(tenant.cpu * tenant.unit_num for tenant in tenants)
    memory = sum(tenant.memory * tenant.unit_num for tenant in tenants)
    return InstanceView(
        instance_id=one.id,
        instance_name=one.name,
        instance_class=one.instance_class,
        instance_type=one.instance_type,
        instance_role="PRIMARY",
        status=one.status,
        cloud_provider=one.cloud_provider,
        region=one.region,
        available_zones=one.zones,
        vpc_id="",
        project_id=one.parent,
        version=one.version,
        disk_size=one.disk_size,
        node_num=one.nodes or len(one.zones),
        pay_type=one.charge_type,
        replica_mode=one.replica_mode,
        deploy_mode="-".join("1" for _ in one.zones),
        deploy_type="multiple" if len(one.zones) > 1 else "single",
        sale_channel=one.sale_channel,
        management_mode="DBaaS",
        create_time=iso_second(one.created),
        resource=_resource(cpu, memory, 0, 0, one.disk_size),
    )


def tenant(tx: Reader, one: Tenant) -> TenantView:
    """:param one: as the store has it."""
    zones = tuple(
        ZoneView(
            name=zone,
            replica_type="FULL",
            region=one.region,
            role="PRIMARY" if one.primary_zone in ("RANDOM", zone) else "STANDBY",
        )
        for zone in one.zones
    )
    endpoints = tx.children(Endpoint, one.id)
    return TenantView(
        tenant_id=one.id,
        tenant_name=one.name,
        tenant_mode="MySQL",
        tenant_compatibility_mode="MySQL",
        management_mode="DBaaS",
        status=one.status,
        gmt_create=time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(one.created)),
        create_time=iso_second(one.created),
        primary_region=one.region,
        primary_zone=one.primary_zone,
        cpu=one.cpu * one.unit_num,
        mem=one.memory * one.unit_num,
        unit_cpu=one.cpu,
        unit_mem=one.memory,
        unit_num=one.unit_num,
        vpc_id="",
        deploy_type="multiple" if len(one.zones) > 1 else "single",
        description=one.description,
        charset=one.charset,
        time_zone=one.time_zone,
        enable_proxy_public_link=any(
            address.service_type == "OBPROXY_INTERNET" for address in tx.children(ProxyAddress, one.id)
        ),
        enable_binlog_service=False,
        readonly_connection_addable=True,
        tenant_connections=tuple(connection(address, endpoints) for address in addresses_of(tx, one.id)),
        tenant_zones=zones,
        tenant_resource=_resource(one.cpu * one.unit_num, one.memory * one.unit_num, one.cpu, one.memory, 0),
    )


def user(one: User) -> UserView:
    """Never with the password."""
    return UserView(
        user_name=one.name,
        user_type=one.type,
        user_status=one.status,
        description=one.description,
        databases=roles(one),
    )


def _resource(cpu: int, memory: int, unit_cpu: int, unit_memory: int, disk: int) -> ResourceView:
    return ResourceView(
        cpu=CpuView(total_cpu=float(cpu), used_cpu=0.0, unit_cpu=float(unit_cpu)),
        memory=MemoryView(total_memory=float(memory), used_memory=0.0, unit_memory=float(unit_memory)),
        disk=DiskView(total_disk_size=float(disk), used_disk_size=0.0),
    )
