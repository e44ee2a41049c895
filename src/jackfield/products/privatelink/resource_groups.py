"""ChangeResourceGroup: in which resource group an endpoint or a service is shown."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.products.privatelink.resources import EndpointService, VpcEndpoint
from jackfield.products.privatelink.tag_errors import InvalidResourceGroup, ResourceNotFound
from jackfield.store.interface import Tx

_KINDS: dict[str, type[EndpointService] | type[VpcEndpoint]] = {
    "VpcEndpoint": VpcEndpoint,
    "VpcEndpointService": EndpointService,
}
_GROUP = re.compile(r"rg-[A-Za-z0-9]{1,60}")


class ChangeResourceGroupRequest(Request):
    resource_id: Annotated[str, Param("The endpoint or service.", "ep-hp3i05294c2d2d****")]
    resource_group_id: Annotated[str, Param("The group that it goes to.", "rg-acfmy*****")]
    resource_type: Annotated[str, Param("What it is.", "VpcEndpoint", enum=tuple(_KINDS))] = "VpcEndpoint"


@operation(
    PRIVATELINK,
    title="Changes the resource group of an endpoint or a service",
    access="update",
    resource="*",
    errors=(InvalidResourceGroup, ResourceNotFound),
)
def change_resource_group(tx: Tx, call: Call, request: ChangeResourceGroupRequest) -> Reply:
    """Moves a resource of the caller's, of whatever region, to another group. Groups come and go by being named."""
    if not _GROUP.fullmatch(request.resource_group_id):
        raise InvalidResourceGroup
    one = tx.get(_KINDS[request.resource_type], request.resource_id)
    if one is None or one.account != call.account:
        raise ResourceNotFound
    tx.put(msgspec.structs.replace(one, resource_group_id=request.resource_group_id))
    return Reply()
