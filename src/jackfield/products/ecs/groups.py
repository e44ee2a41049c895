"""CreateSecurityGroup, DeleteSecurityGroup and changes of a group other than of its rules."""

from __future__ import annotations

import re
from typing import Annotated, Literal, cast

import msgspec

from jackfield.endpoints.uses import use, users
from jackfield.products.ecs.authorising import GroupId, RegionId, Token
from jackfield.products.ecs.errors import (
    DuplicateTagKey,
    GroupAuthorised,
    GroupInUse,
    IncorrectVpcStatus,
    InnerAccessPolicyFixed,
    InnerAccessPolicyMalformed,
    InvalidDescriptionMalformed,
    InvalidGroupType,
    InvalidRegionIdNotFound,
    InvalidSecurityGroupIdNotFound,
    InvalidSecurityGroupNameMalformed,
    InvalidSecurityGroupNotFound,
    InvalidTagKey,
    InvalidTagValue,
    InvalidVpcIdNotFound,
    TooManyTags,
    VpcIdMissing,
)
from jackfield.products.ecs.own import own_group
from jackfield.products.ecs.product import ECS
from jackfield.products.ecs.resources import SecurityGroup, references_space
from jackfield.products.ecs.tagging import checked_tags
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.regions import REGIONS, new_id
from jackfield.products.tags import TagShape
from jackfield.products.vpc.defaults import usable
from jackfield.products.vpc.resources import Vpc
from jackfield.store.interface import Tx

_NAME = re.compile(r"[^\W\d_][\w:.-]{1,127}")

Name = Annotated[str, Param("2 to 128 letters, digits and :_.-; starts with a letter.", "testSecurityGroupName")]
Description = Annotated[str, Param("2 to 256 characters.", "testDescription")]


class CreateSecurityGroupRequest(Request):
    region_id: RegionId
    vpc_id: Annotated[str, Param("The VPC; there is no classic network, so it is needed.", "vpc-bp1opxu1zkhn****")] = ""
    security_group_name: Name = ""
    description: Description = ""
    security_group_type: Annotated[
        str, Param("Basic or advanced.", "enterprise", enum=("normal", "enterprise"), invalid=InvalidGroupType)
    ] = "normal"
    resource_group_id: Annotated[str, Param("The resource group.", "rg-bp67acfmxazb4p****")] = ""
    tag: Annotated[tuple[TagShape, ...], Param("Tags of the group, up to 20.")] = ()
    client_token: Token = ""


class CreateSecurityGroupReply(Reply):
    security_group_id: str


@operation(
    ECS,
    title="Creates a security group",
    access="create",
    resource="securitygroup/*",
    errors=(
        InvalidRegionIdNotFound,
        VpcIdMissing,
        InvalidVpcIdNotFound,
        IncorrectVpcStatus,
        InvalidGroupType,
        InvalidSecurityGroupNameMalformed,
        InvalidDescriptionMalformed,
        TooManyTags,
        DuplicateTagKey,
        InvalidTagKey,
        InvalidTagValue,
    ),
    token="ClientToken",
    source="ECS documents, CreateSecurityGroup",
)
def create_security_group(tx: Tx, call: Call, request: CreateSecurityGroupRequest) -> CreateSecurityGroupReply:
    """Creates a group without rules: it lets nobody in. Its VPC cannot be deleted before it."""
    if request.region_id not in REGIONS:
        raise InvalidRegionIdNotFound
    if not request.vpc_id:
        raise VpcIdMissing
    _check_texts(request.security_group_name, request.description)
    tags = checked_tags(request.tag)
    vpc = tx.get(Vpc, request.vpc_id)
    if vpc is None or vpc.account != call.account or vpc.region != request.region_id:
        raise InvalidVpcIdNotFound
    if not usable(vpc):
        raise IncorrectVpcStatus
    group = SecurityGroup(
        id=new_id("sg", request.region_id, 17),
        account=call.account,
        region=request.region_id,
        parent=vpc.id,
        created=call.now,
        name=request.security_group_name,
        description=request.description,
        type=cast(Literal["normal", "enterprise"], request.security_group_type),
        inner_access="Drop" if request.security_group_type == "enterprise" else "Accept",
        resource_group_id=request.resource_group_id,
        tags=tags,
    )
    tx.put(group)
    use(tx, vpc.id, group)
    return CreateSecurityGroupReply(security_group_id=group.id)


class ModifySecurityGroupAttributeRequest(Request):
    region_id: RegionId
    security_group_id: GroupId
    security_group_name: Name = ""
    description: Description = ""


@operation(
    ECS,
    title="Modifies the name and description of a security group",
    access="update",
    resource="securitygroup/{SecurityGroupId}",
    errors=(InvalidSecurityGroupIdNotFound, InvalidSecurityGroupNameMalformed, InvalidDescriptionMalformed),
    source="ECS documents, ModifySecurityGroupAttribute",
)
def modify_security_group_attribute(tx: Tx, call: Call, request: ModifySecurityGroupAttributeRequest) -> Reply:
    """Changes what is given; an empty text changes nothing."""
    group = own_group(tx, call, request.security_group_id, request.region_id, InvalidSecurityGroupIdNotFound)
    _check_texts(request.security_group_name, request.description)
    tx.put(
        msgspec.structs.replace(
            group,
            name=request.security_group_name or group.name,
            description=request.description or group.description,
        )
    )
    return Reply()


class ModifySecurityGroupPolicyRequest(Request):
    region_id: RegionId
    security_group_id: GroupId
    inner_access_policy: Annotated[str, Param("Accept or Drop, in any case.", "Drop")]
    client_token: Token = ""


@operation(
    ECS,
    title="Modifies whether members of a security group reach each other",
    access="update",
    resource="securitygroup/{SecurityGroupId}",
    errors=(InvalidSecurityGroupIdNotFound, InnerAccessPolicyMalformed, InnerAccessPolicyFixed),
    token="ClientToken",
    source="ECS documents, ModifySecurityGroupPolicy",
)
def modify_security_group_policy(tx: Tx, call: Call, request: ModifySecurityGroupPolicyRequest) -> Reply:
    """Keeps and shows the policy. It has no effect here: members of a group are not known."""
    group = own_group(tx, call, request.security_group_id, request.region_id, InvalidSecurityGroupIdNotFound)
    policy = request.inner_access_policy.capitalize()
    if policy not in ("Accept", "Drop"):
        raise InnerAccessPolicyMalformed
    if group.type == "enterprise":
        raise InnerAccessPolicyFixed
    tx.put(msgspec.structs.replace(group, inner_access=cast(Literal["Accept", "Drop"], policy)))
    return Reply()


class DeleteSecurityGroupRequest(Request):
    region_id: RegionId
    security_group_id: GroupId


@operation(
    ECS,
    title="Deletes a security group",
    access="delete",
    resource="securitygroup/{SecurityGroupId}",
    errors=(InvalidSecurityGroupNotFound, GroupInUse, GroupAuthorised),
    source="ECS documents, DeleteSecurityGroup",
)
def delete_security_group(tx: Tx, call: Call, request: DeleteSecurityGroupRequest) -> Reply:
    """Deletes a group with its rules, unless something is attached to it or another group has a rule about it."""
    group = own_group(tx, call, request.security_group_id, request.region_id, InvalidSecurityGroupNotFound)
    if users(tx, group.id):
        raise GroupInUse
    if tx.count_claims(references_space(group.id)):
        raise GroupAuthorised
    tx.remove(group)
    return Reply()


def _check_texts(name: str, description: str) -> None:
    if name and not _NAME.fullmatch(name):
        raise InvalidSecurityGroupNameMalformed
    if description and (not 2 <= len(description) <= 256 or description.startswith(("http://", "https://"))):
        raise InvalidDescriptionMalformed
