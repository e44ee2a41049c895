"""PrivateLink services for reading only."""

from __future__ import annotations

from typing import Annotated

from jackfield.products.oceanbase.address_errors import TooManyAddresses
from jackfield.products.oceanbase.errors import (
    InstanceNotFound,
    NotForAlibabaCloud,
    ProjectMismatch,
    TenantNotFound,
    TenantNotOnline,
    ZonesMalformed,
)
from jackfield.products.oceanbase.privatelink import PRIVATELINK, UserAccount, linkable, open_service
from jackfield.products.oceanbase.product import OCEANBASE
from jackfield.products.oceanbase.resources import PrivateAddress
from jackfield.products.oceanbase.shapes import CreatedAddress, CreatedAddressReply, TenantRequest
from jackfield.products.oceanbase.states import ONLINE
from jackfield.products.operation import Call, Param, operation
from jackfield.store.interface import Tx

MOST = 10
"""A limit of ours."""


class CreateReadonlyPrivatelinkRequest(TenantRequest):
    user_account: UserAccount
    zone_id_list: Annotated[
        tuple[str, ...], Param("Zones of the tenant to be connected; all, if left out.", '["ap-beijing-4"]')
    ] = ()


@operation(
    OCEANBASE,
    rest=("POST", PRIVATELINK + "/readonly"),
    title="Creates a read-only PrivateLink address of a tenant",
    access="create",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        NotForAlibabaCloud,
        TenantNotFound,
        TenantNotOnline,
        ZonesMalformed,
        TooManyAddresses,
    ),
    source="OceanBase Cloud documents, 3701149",
)
def create_readonly_privatelink(tx: Tx, call: Call, request: CreateReadonlyPrivatelinkRequest) -> CreatedAddressReply:
    """Gives the tenant a further PrivateLink service, at whose connections nobody can write; a tenant may have several.

    All calls of PrivateLink take its addressId, and without one mean the primary service. The documents' parameters
    about replicas and the balancing between them are ignored: a tenant is one server here.
    """
    tenant = linkable(tx, call, request)
    if tenant.status != ONLINE:
        raise TenantNotOnline
    zones = tuple(dict.fromkeys(request.zone_id_list))
    if not set(zones) <= set(tenant.zones):
        raise ZonesMalformed(name="zoneIdList")
    if sum(one.read_only for one in tx.children(PrivateAddress, tenant.id)) >= MOST:
        raise TooManyAddresses(most=MOST)
    address = open_service(tx, call, tenant, request.user_account, read_only=True, zones=zones)
    tx.schedule(tenant)
    return CreatedAddressReply(data=CreatedAddress(address_id=address.id))
