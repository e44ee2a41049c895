"""ModifyVSwitchAttribute and DeleteVSwitch."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.resources import vswitch_space
from jackfield.endpoints.uses import users
from jackfield.products.errors import ApiError
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.vpc.checks import check_texts
from jackfield.products.vpc.defaults import forget_default
from jackfield.products.vpc.errors import (
    IncorrectStatusVSwitch,
    IncorrectVSwitchStatus,
    InvalidVSwitchDescriptionMalformed,
    InvalidVSwitchNameMalformed,
    VirtualSwitchNotFound,
    VpcIpv6Disabled,
    VSwitchIsUsed,
    VSwitchNotExist,
)
from jackfield.products.vpc.product import VPC
from jackfield.products.vpc.resources import AVAILABLE, PENDING, VSwitch
from jackfield.store.interface import Reader, Tx


class ModifyVSwitchAttributeRequest(Request):
    vswitch_id: Annotated[str, Param("The vSwitch.", "vsw-25b7pv15t****")]
    region_id: Annotated[str, Param("The region.", "cn-hangzhou")] = ""
    vswitch_name: Annotated[str | None, Param("1 to 128 characters; empty takes the name away.", "vSwitch")] = None
    description: Annotated[
        str | None, Param("Up to 256 characters; empty takes the description away.", "My vSwitch.")
    ] = None
    enable_ipv6: Annotated[bool, Param("Asks for an IPv6 block; refused, VPCs have none.", "false")] = msgspec.field(
        default=False, name="EnableIPv6"
    )
    ipv6_cidr_block: Annotated[
        int, Param("The last 8 bits of an IPv6 block; refused, VPCs have none.", "12", range=(0, 255))
    ] = -1


@operation(
    VPC,
    name="ModifyVSwitchAttribute",
    title="Modifies the name and description of a vSwitch",
    access="update",
    resource="vswitch/{VSwitchId}",
    errors=(
        VirtualSwitchNotFound,
        IncorrectStatusVSwitch,
        InvalidVSwitchNameMalformed,
        InvalidVSwitchDescriptionMalformed,
        VpcIpv6Disabled,
    ),
)
def modify_vswitch_attribute(tx: Tx, call: Call, request: ModifyVSwitchAttributeRequest) -> Reply:
    """Changes what is given, at once."""
    vswitch = _own_vswitch(tx, call, request.vswitch_id, request.region_id, VirtualSwitchNotFound)
    if vswitch.status != AVAILABLE:
        raise IncorrectStatusVSwitch
    check_texts(
        request.vswitch_name or "",
        request.description or "",
        InvalidVSwitchNameMalformed,
        InvalidVSwitchDescriptionMalformed,
    )
    if request.enable_ipv6 or request.ipv6_cidr_block >= 0:
        raise VpcIpv6Disabled
    tx.put(
        msgspec.structs.replace(
            vswitch,
            name=vswitch.name if request.vswitch_name is None else request.vswitch_name,
            description=vswitch.description if request.description is None else request.description,
        )
    )
    return Reply()


class DeleteVSwitchRequest(Request):
    vswitch_id: Annotated[str, Param("The vSwitch.", "vsw-bp1m7v25emi1h5mtc****")]
    region_id: Annotated[str, Param("The region.", "cn-hangzhou")] = ""
    dry_run: Annotated[bool, Param("Only checks.", "false")] = False


@operation(
    VPC,
    name="DeleteVSwitch",
    title="Deletes a vSwitch",
    access="delete",
    resource="vswitch/{VSwitchId}",
    errors=(VSwitchNotExist, IncorrectVSwitchStatus, VSwitchIsUsed),
)
def delete_vswitch(tx: Tx, call: Call, request: DeleteVSwitchRequest) -> Reply:
    """Deletes a vSwitch of which nobody has an address. It is Pending until it is gone."""
    vswitch = _own_vswitch(tx, call, request.vswitch_id, request.region_id, VSwitchNotExist)
    if vswitch.status != AVAILABLE:
        raise IncorrectVSwitchStatus
    if tx.count_claims(vswitch_space(vswitch.id)) or users(tx, vswitch.id):
        raise VSwitchIsUsed
    forget_default(tx, vswitch)
    going = msgspec.structs.replace(vswitch, status=PENDING, deleting=True, settle_at=call.now + call.pace)
    tx.put(going)
    tx.schedule(going)
    return Reply()


def _own_vswitch(tx: Reader, call: Call, id: str, region: str, error: type[ApiError]) -> VSwitch:
    vswitch = tx.get(VSwitch, id)
    if vswitch is None or vswitch.account != call.account or (region and vswitch.region != region):
        raise error
    return vswitch
