"""ModifyVpcAttribute and DeleteVpc."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import msgspec

from jackfield.endpoints.resources import vpc_space
from jackfield.endpoints.uses import users
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.vpc.checks import check_texts
from jackfield.products.vpc.defaults import forget_default
from jackfield.products.vpc.errors import (
    CidrBlockTooSmall,
    IncorrectVpcStatus,
    InvalidCidrBlockMalformed,
    InvalidVpcDescriptionMalformed,
    InvalidVpcIdNotFound,
    InvalidVpcNameMalformed,
    Ipv6NotSupported,
    VpcHasSecurityGroups,
    VpcHasVSwitches,
    VpcIsUsed,
)
from jackfield.products.vpc.product import VPC
from jackfield.products.vpc.resources import PENDING, Vpc, VSwitch
from jackfield.products.vpc.vpcs import available_vpc, vpc_block
from jackfield.store.interface import Reader, Tx

_SECURITY_GROUP = "security-group"


class ModifyVpcAttributeRequest(Request):
    vpc_id: Annotated[str, Param("The VPC.", "vpc-m5e7cv7e9mz69sszb****")]
    region_id: Annotated[str, Param("The region.", "cn-hangzhou")] = ""
    vpc_name: Annotated[str | None, Param("1 to 128 characters; empty takes the name away.", "Vpc-1")] = None
    description: Annotated[
        str | None, Param("Up to 256 characters; empty takes the description away.", "This is my vpc.")
    ] = None
    cidr_block: Annotated[str, Param("A new block, which holds all vSwitches of the VPC.", "172.17.0.0/24")] = ""
    enable_ipv6: Annotated[bool, Param("Asks for an IPv6 block; refused, there are none.", "false")] = msgspec.field(
        default=False, name="EnableIPv6"
    )
    ipv6_cidr_block: Annotated[str, Param("An IPv6 block; refused.", "2408:XXXX:0:6a::/56")] = ""


@operation(
    VPC,
    title="Modifies the name, description and block of a VPC",
    access="update",
    resource="vpc/{VpcId}",
    errors=(
        InvalidVpcIdNotFound,
        IncorrectVpcStatus,
        InvalidVpcNameMalformed,
        InvalidVpcDescriptionMalformed,
        InvalidCidrBlockMalformed,
        CidrBlockTooSmall,
        Ipv6NotSupported,
    ),
)
def modify_vpc_attribute(tx: Tx, call: Call, request: ModifyVpcAttributeRequest) -> Reply:
    """Changes what is given, at once."""
    vpc = _in_region(available_vpc(tx, call, request.vpc_id), request.region_id)
    check_texts(
        request.vpc_name or "", request.description or "", InvalidVpcNameMalformed, InvalidVpcDescriptionMalformed
    )
    if request.enable_ipv6 or request.ipv6_cidr_block:
        raise Ipv6NotSupported
    tx.put(
        msgspec.structs.replace(
            vpc,
            name=vpc.name if request.vpc_name is None else request.vpc_name,
            description=vpc.description if request.description is None else request.description,
            cidr=_new_block(tx, vpc, request.cidr_block) if request.cidr_block else vpc.cidr,
        )
    )
    return Reply()


class DeleteVpcRequest(Request):
    vpc_id: Annotated[str, Param("The VPC.", "vpc-bp1m7v25emi1h5mtc****")]
    region_id: Annotated[str, Param("The region.", "cn-hangzhou")] = ""
    client_token: Annotated[str, Param("Makes a repeated call answer like the first.", "123e4567-e89b-12d3")] = ""
    dry_run: Annotated[bool, Param("Only checks.", "false")] = False


@operation(
    VPC,
    title="Deletes a VPC",
    access="delete",
    resource="vpc/{VpcId}",
    errors=(InvalidVpcIdNotFound, IncorrectVpcStatus, VpcHasVSwitches, VpcHasSecurityGroups, VpcIsUsed),
    token="ClientToken",
)
def delete_vpc(tx: Tx, call: Call, request: DeleteVpcRequest) -> Reply:
    """Deletes an empty VPC. It is Pending until it is gone; nothing can be created in it meanwhile.

    A default VPC goes as well; the next call that needs one makes another.
    """
    vpc = _in_region(available_vpc(tx, call, request.vpc_id), request.region_id)
    if tx.children(VSwitch, vpc.id):
        raise VpcHasVSwitches
    kinds = {kind for kind, _ in users(tx, vpc.id)}
    if _SECURITY_GROUP in kinds:
        raise VpcHasSecurityGroups
    if kinds or tx.count_claims(vpc_space(vpc.id)):
        raise VpcIsUsed
    forget_default(tx, vpc)
    going = msgspec.structs.replace(vpc, status=PENDING, deleting=True, settle_at=call.now + call.pace)
    tx.put(going)
    tx.schedule(going)
    return Reply()


def _in_region(vpc: Vpc, region: str) -> Vpc:
    if region and vpc.region != region:
        raise InvalidVpcIdNotFound
    return vpc


def _new_block(tx: Reader, vpc: Vpc, text: str) -> str:
    block = vpc_block(text, InvalidCidrBlockMalformed)
    network = ipaddress.IPv4Network(block)
    if not all(ipaddress.IPv4Network(vswitch.cidr).subnet_of(network) for vswitch in tx.children(VSwitch, vpc.id)):
        raise CidrBlockTooSmall
    return block
