"""Instances, tenants, users and private addresses as replies show them.

The documents show a private address flat, the interface file of the vendor's Terraform provider with a list of links
inside: both are sent. JSON types are those of the interface file.
"""

from __future__ import annotations

import time

from jackfield.endpoints.resources import Endpoint
from jackfield.products.oceanbase.database_views import RoleView, roles
from jackfield.products.oceanbase.resources import (
    Address,
    Instance,
    PrivateAddress,
    Tenant,
    User,
    VpcAddress,
    addresses_of,
    cloud_endpoint,
    links_of,
    service_endpoint,
)
from jackfield.products.oceanbase.shapes import RestShape
from jackfield.products.oceanbase.states import (
    ONLINE,
    PENDING_CREATE,
    PENDING_DELETE,
    PENDING_START,
    PENDING_STOP,
    PENDING_UPDATE,
    STOPPED,
)
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader

SERVICE_ACCOUNT = "jackfield"
"""The cloud account on OceanBase's side of a PrivateLink service."""

_LINK_STATES = {
    "Creating": PENDING_CREATE,
    "Serving": ONLINE,
    "Changing": PENDING_UPDATE,
    "Leaving": PENDING_UPDATE,
    "Closing": PENDING_STOP,
    "Closed": STOPPED,
    "Releasing": PENDING_DELETE,
}
_WITH_ITS_TENANT = {"Closing": PENDING_STOP, "Closed": STOPPED, "Creating": PENDING_START}
"""What is shown of an ONLINE address whose listener is in these states: it stops and starts with its tenant."""


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


class LinkView(RestShape):
    """One connection of a private address."""

    private_link_status: str
    private_link_service_id: str
    private_link_endpoint_id: str
    private_link_service_account: str
    private_link_user_account: str
    private_link_domain: str
    intranet_address: str
    intranet_port: int
    intranet_domain: str


class ConnectionView(RestShape):
    """A private address: a PrivateLink service, or an address in a VPC, which has the VPC's fields.

    What is told at the top of a service's connection is that of the oldest one; empty while there is none that serves.
    """

    tenant_id: str
    tenant_endpoint_id: str
    address_id: str
    address_status: str
    address_type: str
    network_type: str
    service_type: str
    role: str
    user_name_format: str
    connection_zones: tuple[str, ...]
    intranet_address: str
    intranet_port: int
    intranet_domain: str
    intranet_address_status: str
    private_link_domain: str = ""
    private_link_endpoint_id: str = ""
    private_link_service_account: str = ""
    private_link_service_id: str = ""
    private_link_user_account: str = ""
    private_link_list: tuple[LinkView, ...] = ()
    vpc_id: str = ""
    vswitch_id: str = ""
    user_vpc_owner_id: str = ""
    max_connection_num: int = 0


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
        node_num=len(one.zones),
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
        enable_proxy_public_link=False,
        enable_binlog_service=False,
        readonly_connection_addable=False,
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


def connection(address: Address, endpoints: list[Endpoint]) -> ConnectionView:
    """:param endpoints: all of the tenant."""
    return _vpc(address, endpoints) if isinstance(address, VpcAddress) else _service(address, endpoints)


def _listener(address: Address, endpoints: list[Endpoint]) -> tuple[Endpoint | None, str]:
    """The address's own listener, as long as it is told where to dial, and the status that is shown.

    It is told once the database answered there, until the address is deleted; also while it is stopped, since it comes
    back.
    """
    own = service_endpoint(address)
    listener = next((one for one in endpoints if one.id == own), None)
    if listener is None or address.status in (PENDING_CREATE, PENDING_DELETE):
        return None, address.status
    with_tenant = _WITH_ITS_TENANT.get(listener.status, ONLINE) if address.status == ONLINE else address.status
    return listener, with_tenant


def _vpc(address: VpcAddress, endpoints: list[Endpoint]) -> ConnectionView:
    listener, status = _listener(address, endpoints)
    return ConnectionView(
        tenant_id=address.parent,
        tenant_endpoint_id=address.tenant_endpoint,
        address_id=address.id,
        address_status=status,
        address_type="MASTER",
        network_type="INTRANET",
        service_type="OBPROXY_INTRANET",
        role="READWRITE",
        user_name_format="USER_AND_TENANT",
        connection_zones=address.zones,
        intranet_address=listener.vpc_address if listener else "",
        intranet_port=listener.port if listener else 0,
        intranet_domain=listener.name if listener else "",
        intranet_address_status=status,
        vpc_id=address.vpc_id,
        vswitch_id=address.vswitch_id,
        user_vpc_owner_id=address.account,
    )


def _service(address: PrivateAddress, endpoints: list[Endpoint]) -> ConnectionView:
    _, status = _listener(address, endpoints)
    links = tuple(_link(address, endpoint) for endpoint in links_of(endpoints, address))
    first = next((link for link in links if link.intranet_domain), None)
    return ConnectionView(
        tenant_id=address.parent,
        tenant_endpoint_id=address.id,
        address_id=address.id,
        address_status=status,
        address_type="MASTER",
        network_type="INTRANET",
        service_type="OBPROXY_INTRANET",
        role="READWRITE",
        user_name_format="USER_AND_TENANT",
        connection_zones=address.zones,
        intranet_address=first.intranet_address if first else "",
        intranet_port=first.intranet_port if first else 0,
        intranet_domain=first.intranet_domain if first else "",
        intranet_address_status=first.private_link_status if first else "",
        private_link_domain=first.private_link_domain if first else "",
        private_link_endpoint_id=first.private_link_endpoint_id if first else "",
        private_link_service_account=SERVICE_ACCOUNT,
        private_link_service_id=address.service_id,
        private_link_user_account=",".join(address.users),
        private_link_list=links,
    )


def _link(address: PrivateAddress, endpoint: Endpoint) -> LinkView:
    """Where to dial is told once the connection served, not before: an address may still turn out to be taken."""
    serves = endpoint.status not in ("Creating", "Releasing")
    host = endpoint.vpc_address or next(iter(endpoint.addresses), "")
    return LinkView(
        private_link_status=_LINK_STATES[endpoint.status],
        private_link_service_id=address.service_id,
        private_link_endpoint_id=cloud_endpoint(endpoint),
        private_link_service_account=SERVICE_ACCOUNT,
        private_link_user_account=",".join(address.users),
        private_link_domain=endpoint.name if serves else "",
        intranet_address=host if serves else "",
        intranet_port=endpoint.port if serves else 0,
        intranet_domain=endpoint.name if serves else "",
    )


def _resource(cpu: int, memory: int, unit_cpu: int, unit_memory: int, disk: int) -> ResourceView:
    return ResourceView(
        cpu=CpuView(total_cpu=float(cpu), used_cpu=0.0, unit_cpu=float(unit_cpu)),
        memory=MemoryView(total_memory=float(memory), used_memory=0.0, unit_memory=float(unit_memory)),
        disk=DiskView(total_disk_size=float(disk), used_disk_size=0.0),
    )
