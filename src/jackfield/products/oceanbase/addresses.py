"""Addresses of tenants: made in a user's VPC at Alibaba Cloud; queried and deleted, those of PrivateLink as well."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.addresses import PoolExhausted, take_vswitch_address
from jackfield.endpoints.resources import NAMES, Endpoint, vpc_space
from jackfield.products.oceanbase.connection_views import ConnectionView, connection
from jackfield.products.oceanbase.ending import check_address_endable, end_address
from jackfield.products.oceanbase.errors import (
    AddressNotFound,
    AddressNotOnline,
    AddressTypeNotBuilt,
    InstanceNotFound,
    NetworkNotAvailable,
    OnlyForAlibabaCloud,
    ProjectMismatch,
    TenantNotFound,
    TenantNotOnline,
    VpcAddressExists,
    VpcElsewhere,
    VpcNotFound,
    VSwitchFull,
    VSwitchNotFound,
    ZonesMalformed,
)
from jackfield.products.oceanbase.instances import own_instance
from jackfield.products.oceanbase.names import new_address_id, new_vpc_address_id, vpc_domain
from jackfield.products.oceanbase.product import OCEANBASE
from jackfield.products.oceanbase.resources import PORT, Address, Tenant, VpcAddress, addresses_of, service_endpoint
from jackfield.products.oceanbase.shapes import Agreed, CreatedAddress, CreatedAddressReply, TenantRequest
from jackfield.products.oceanbase.states import PENDING_CREATE
from jackfield.products.oceanbase.tenants import TENANT, online_tenant, own_tenant
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.vpc.defaults import usable
from jackfield.products.vpc.resources import Vpc, VSwitch
from jackfield.store.interface import Reader, Tx

ADDRESS = TENANT + "/address"
INTRANET = "OBPROXY_INTRANET"


class CreateTenantSingleTunnelSLBAddressRequest(TenantRequest):
    user_vpc_id: Annotated[str, Param("The VPC, in the region of the instance.", "vpc-bp1d2q3mhg9i23ofi****")]
    user_vswitch_id: Annotated[
        str, Param("The vSwitch, out of which the address is taken.", "vsw-bp11k1aypnzu1l3whi****")
    ]
    vip_service_type: Annotated[str, Param("The type of the address; OBPROXY_INTRANET is what is built.", INTRANET)]
    user_vpc_owner_id: Annotated[str, Param("The account that owns the VPC: the caller's.", "1000****")] = ""
    zone_id_list: Annotated[
        tuple[str, ...], Param("Zones of the tenant to be connected; all, if left out.", '["cn-hangzhou-h"]')
    ] = ()


@operation(
    OCEANBASE,
    name="CreateTenantSingleTunnelSLBAddress",
    rest=("POST", TENANT + "/tenantSingleTunnelSLBAddress"),
    title="Creates an address of a tenant in a VPC",
    access="create",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        OnlyForAlibabaCloud,
        TenantNotFound,
        TenantNotOnline,
        AddressTypeNotBuilt,
        ZonesMalformed,
        VpcNotFound,
        VpcElsewhere,
        VSwitchNotFound,
        NetworkNotAvailable,
        VpcAddressExists,
        VSwitchFull,
    ),
    source="OceanBase Cloud documents, 2813987",
)
def create_tenant_single_tunnel_slb_address(
    tx: Tx, call: Call, request: CreateTenantSingleTunnelSLBAddressRequest
) -> CreatedAddressReply:
    """Gives the tenant an address in the caller's VPC, one a VPC, with a name of its own.

    It is PENDING_CREATE until the tenant's server was reached through it, then ONLINE. The tenant's security IP groups
    say who is admitted. The documents' parameters about replicas and the balancing between them are ignored: a tenant
    is one server here.
    """
    if own_instance(tx, call, request.instance_id).cloud_provider != "ALIYUN":
        raise OnlyForAlibabaCloud
    tenant = online_tenant(tx, call, request)
    if request.vip_service_type != INTRANET:
        raise AddressTypeNotBuilt
    zones = tuple(dict.fromkeys(request.zone_id_list)) or tenant.zones
    if not set(zones) <= set(tenant.zones):
        raise ZonesMalformed(name="zoneIdList")
    vswitch = _vswitch(tx, tenant, request)
    if any(one.vpc_id == vswitch.parent for one in tx.children(VpcAddress, tenant.id)):
        raise VpcAddressExists
    address = VpcAddress(
        id=new_vpc_address_id(vswitch.parent, tenant.id),
        account=tenant.account,
        region=tenant.region,
        parent=tenant.id,
        status=PENDING_CREATE,
        created=call.now,
        tenant_endpoint=new_address_id(),
        vpc_id=vswitch.parent,
        vswitch_id=vswitch.id,
        zones=zones,
        settle_at=call.now + call.pace,
    )
    tx.put(address)
    _listen(tx, address, vswitch)
    tx.schedule(tenant)
    return CreatedAddressReply(data=CreatedAddress(address_id=address.id))


class TenantAddressRequest(TenantRequest):
    address_id: Annotated[
        str, Param("The address.", "rs-private-intranet-vpc-bp1d2q3mhg9i23ofi****-OBPROXY-INTRANET-t33h8y08k****-****")
    ]


class DescribeTenantAddressReply(Reply, rename="camel"):
    data: ConnectionView


@operation(
    OCEANBASE,
    rest=("GET", ADDRESS),
    title="Queries an address of a tenant",
    access="get",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, TenantNotFound, AddressNotFound),
    source="OceanBase Cloud documents, 2813989",
)
def describe_tenant_address(tx: Reader, call: Call, request: TenantAddressRequest) -> DescribeTenantAddressReply:
    """Tells of one address; where to dial it is told once the tenant's server answered there."""
    tenant = own_tenant(tx, call, request)
    address = own_address(tx, tenant, request.address_id)
    return DescribeTenantAddressReply(data=connection(address, tx.children(Endpoint, tenant.id)))


@operation(
    OCEANBASE,
    rest=("DELETE", ADDRESS),
    title="Deletes an address of a tenant",
    access="delete",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, TenantNotFound, AddressNotFound, AddressNotOnline),
    source="OceanBase Cloud documents, 2813988",
)
def delete_tenant_address(tx: Tx, call: Call, request: TenantAddressRequest) -> Agreed:
    """Deletes an address, of PrivateLink with all its connections. The tenant and its data are not touched.

    Clients are cut off: by the time it is not found any more each connection is closed, the address refuses and the
    name is gone.
    """
    tenant = own_tenant(tx, call, request)
    address = own_address(tx, tenant, request.address_id)
    check_address_endable(tx, address)
    end_address(tx, call, address)
    tx.schedule(tenant)
    return Agreed()


def _vswitch(tx: Reader, tenant: Tenant, request: CreateTenantSingleTunnelSLBAddressRequest) -> VSwitch:
    """The vSwitch that the address is to lie in, which may be used."""
    vpc = tx.get(Vpc, request.user_vpc_id)
    if vpc is None or vpc.account != tenant.account or request.user_vpc_owner_id not in ("", vpc.account):
        raise VpcNotFound
    if vpc.region != tenant.region:
        raise VpcElsewhere
    vswitch = tx.get(VSwitch, request.user_vswitch_id)
    if vswitch is None or vswitch.parent != vpc.id:
        raise VSwitchNotFound
    if not (usable(vpc) and usable(vswitch)):
        raise NetworkNotAvailable
    return vswitch


def _listen(tx: Tx, address: VpcAddress, vswitch: VSwitch) -> None:
    """Records the address's listener, with its name and its place in the VPC."""
    listener = Endpoint(
        id=service_endpoint(address),
        account=address.account,
        region=address.region,
        parent=address.parent,
        status="Creating",
        created=address.created,
        product="oceanbase",
        net="private",
        name=vpc_domain(),
        port=PORT,
        vpc_id=address.vpc_id,
        vswitch_id=address.vswitch_id,
    )
    tx.claim(NAMES, listener.name, listener)
    try:
        taken = take_vswitch_address(tx, listener, vswitch_id=vswitch.id, cidr=vswitch.cidr)
    except PoolExhausted:
        raise VSwitchFull from None
    tx.claim(vpc_space(address.vpc_id), listener.id, listener)
    tx.put(msgspec.structs.replace(listener, vpc_address=taken))


def own_address(tx: Reader, tenant: Tenant, address_id: str) -> Address:
    """:raises AddressNotFound: the tenant has none such."""
    for address in addresses_of(tx, tenant.id):
        if address.id == address_id:
            return address
    raise AddressNotFound
