"""What the store keeps of OceanBase Cloud."""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.endpoints.whitelist import Group
from jackfield.products.grants import Grant
from jackfield.products.oceanbase.states import ADDRESS_LIFE, DATABASE_LIFE, LIFE, USER_LIFE
from jackfield.store.interface import Reader
from jackfield.store.resource import Resource, States

CloudProvider = Literal["ALIYUN", "QCLOUD", "HUAWEI", "AWS", "GCP"]
"""The constants of the vendor's Terraform provider."""

PORT = 3306


class Instance(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """A cluster: what tenants are made in. Its parent is the project; ``region`` is one of its cloud provider's.

    :param nodes: over all zones; 0: one in each. :param disk_size: GB.
    :param settle_at: when the current transition may end at the earliest (the pace).
    """

    kind: ClassVar[str] = "oceanbase_instance"
    states: ClassVar[States] = LIFE

    name: str
    cloud_provider: CloudProvider
    instance_class: str
    disk_size: int
    version: str
    zones: tuple[str, ...]
    charge_type: str
    replica_mode: str
    instance_type: str
    sale_channel: str = ""
    nodes: int = 0
    settle_at: float = 0.0


class Tenant(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """A tenant of an instance (the ``parent``): one database server.

    :param cpu: of one unit. :param memory: GB of one unit.
    :param next_name: the name that it is being given; empty: none.
    """

    kind: ClassVar[str] = "oceanbase_tenant"
    states: ClassVar[States] = LIFE

    name: str
    cloud_provider: CloudProvider
    version: str
    whitelist: tuple[Group, ...]
    zones: tuple[str, ...]
    primary_zone: str
    charset: str = "utf8mb4"
    time_zone: str = ""
    description: str = ""
    cpu: int = 0
    memory: int = 0
    unit_num: int = 0
    next_name: str = ""
    settle_at: float = 0.0


class User(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """A user of a tenant (the ``parent``), who logs in as ``name@tenant``.

    :param type: as the caller spelt it. :param secret: the password, sealed; empty once the server has it.
    :param grants: what a user that is no ADMIN may do in databases of the store. :param locked: may not log in.
    """

    kind: ClassVar[str] = "oceanbase_user"
    states: ClassVar[States] = USER_LIFE

    name: str
    login: str
    type: str
    admin: bool
    description: str = ""
    secret: str = ""
    grants: tuple[Grant, ...] = ()
    locked: bool = False


class Database(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """A database in the server of a tenant (the ``parent``), made by CreateDatabase.

    :param encoding, collation: as asked for while it is PENDING_CREATE; then what the server has.
    """

    kind: ClassVar[str] = "oceanbase_database"
    states: ClassVar[States] = DATABASE_LIFE

    name: str
    encoding: str
    collation: str = ""
    description: str = ""
    settle_at: float = 0.0


class Move(msgspec.Struct, frozen=True):
    """:param endpoint: id of the connection's endpoint. :param former: the address that it leaves."""

    endpoint: str
    former: str
    coming: str


class PrivateAddress(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """The PrivateLink service of a tenant (the ``parent``), which the API calls an address.

    Its own listener is the endpoint :func:`service_endpoint`; each connection is one of :func:`link_endpoint`.

    :param service_id: the service's name in its cloud. :param users: cloud accounts that may connect to it.
    :param read_only: one besides the primary one, for reads. :param moves: connections that are given another address
        of this machine.
    """

    kind: ClassVar[str] = "oceanbase_address"
    states: ClassVar[States] = ADDRESS_LIFE

    service_id: str
    users: tuple[str, ...]
    zones: tuple[str, ...]
    read_only: bool = False
    moves: tuple[Move, ...] = ()
    settle_at: float = 0.0


class VpcAddress(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """An address of a tenant (the ``parent``) in its owner's VPC at Alibaba Cloud.

    Its listener is the endpoint :func:`service_endpoint`, which has the address, the name and the claims.

    :param tenant_endpoint: the other id that the query shows. :param zones: those that the address is connected to.
    """

    kind: ClassVar[str] = "oceanbase_vpc_address"
    states: ClassVar[States] = ADDRESS_LIFE

    tenant_endpoint: str
    vpc_id: str
    vswitch_id: str
    zones: tuple[str, ...]
    settle_at: float = 0.0


ServiceType = Literal["OBPROXY_INTRANET", "OBPROXY_INTERNET", "OBPROXY_READONLY", "OBPROXY_READWRITE"]
"""What an address is for, as the vendor calls it."""


class ProxyAddress(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """An address of a tenant (the ``parent``) that lies in no VPC of the caller's: public, or of the cloud's network.

    Its listener is the endpoint :func:`service_endpoint`, which has the name.

    :param tenant_endpoint: the other id that the query shows.
    """

    kind: ClassVar[str] = "oceanbase_proxy_address"
    states: ClassVar[States] = ADDRESS_LIFE

    service_type: ServiceType
    tenant_endpoint: str
    zones: tuple[str, ...]
    settle_at: float = 0.0


Address: TypeAlias = PrivateAddress | VpcAddress | ProxyAddress
"""What the API calls an address; a tenant's cloud says which kind it has."""


def addresses_of(view: Reader, tenant: str) -> list[Address]:
    """All addresses of a tenant, oldest first."""
    found: list[Address] = [
        *view.children(PrivateAddress, tenant),
        *view.children(VpcAddress, tenant),
        *view.children(ProxyAddress, tenant),
    ]
    return sorted(found, key=lambda one: one.created)


def service_type(address: Address) -> ServiceType:
    """What it is for."""
    if isinstance(address, ProxyAddress):
        return address.service_type
    return "OBPROXY_READONLY" if isinstance(address, PrivateAddress) and address.read_only else "OBPROXY_INTRANET"


def proxy_cluster(tenant: str) -> str:
    """Id of what the vendor calls the proxy cluster before a tenant; here the relay is before all."""
    return f"proxy-{tenant.removeprefix('t')}"


def user_id(tenant: str, name: str) -> str:
    return f"{tenant}/{name}"


def database_id(tenant: str, name: str) -> str:
    return f"{tenant}/{name}"


def service_endpoint(address: Address) -> str:
    """Id of the endpoint that is the address's own listener."""
    return f"{address.parent}/{address.id}"


def link_endpoint(address: PrivateAddress, endpoint_id: str) -> str:
    """Id of the endpoint through which a cloud's own endpoint reaches the service."""
    return f"{address.parent}/{address.id}/{endpoint_id}"


def address_of(endpoint: Endpoint) -> str:
    """Id of the address that an endpoint belongs to."""
    return endpoint.id.split("/")[1]


def cloud_endpoint(endpoint: Endpoint) -> str:
    """The cloud's own id of a link's endpoint; empty for an address's own listener."""
    parts = endpoint.id.split("/", 2)
    return parts[2] if len(parts) == 3 else ""


def links_of(endpoints: list[Endpoint], address: PrivateAddress) -> list[Endpoint]:
    """The connections of a service, oldest first."""
    return [one for one in endpoints if address_of(one) == address.id and cloud_endpoint(one)]
