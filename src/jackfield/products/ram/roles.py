"""Roles and who may assume them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.identity.people import Role
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.ram.documents import DOCUMENT_ERRORS, check_trust
from jackfield.products.ram.errors import (
    InvalidParameter,
    RoleAlreadyExists,
    RoleHasPolicy,
    RoleNotExist,
    TooManyRoles,
)
from jackfield.products.ram.own import (
    NAME_ERRORS,
    ROLES,
    check_length,
    check_name,
    given_tags,
    has_tags,
    new_number,
    next_marker,
    own_role,
    start_of,
    store_new,
)
from jackfield.products.ram.product import RAM
from jackfield.products.ram.shapes import ListedRole, NewRole, RoleView, listed_role, new_role, role_view
from jackfield.store.interface import ClaimTaken, Reader, Tx

MOST = 100
"""Roles of an account."""

LONGEST_SESSION = (3600, 43200)
"""Seconds that MaxSessionDuration may be, both included (comments of the SDK's models)."""

NAME = Param("The role's name.", "ECSAdmin")
TAG = Param("Tags as a JSON list of objects with Key and Value.", '[{"Key":"team","Value":"dev"}]')


class CreateRoleRequest(Request):
    role_name: Annotated[
        str, Param("The name: 1 to 64 letters, digits, periods, hyphens and underscores.", "ECSAdmin")
    ] = ""
    description: Annotated[str, Param("A description of at most 1,024 characters.", "administers ECS")] = ""
    assume_role_policy_document: Annotated[
        str, Param("The trust policy: who may assume the role.", '{"Version":"1","Statement":[…]}')
    ] = ""
    max_session_duration: Annotated[
        int, Param("The longest session, in seconds.", "3600", range=LONGEST_SESSION, invalid=InvalidParameter)
    ] = 3600
    allow_console_login: Annotated[bool, Param("Whether the role may be used in a console.", "false")] = False
    tag: Annotated[str, TAG] = ""


class RoleNameRequest(Request):
    role_name: Annotated[str, NAME] = ""


class CreateRoleReply(Reply):
    role: NewRole


class RoleReply(Reply):
    role: RoleView


@operation(
    RAM, title="Creates a role", access="create", resource="role/*",
    errors=(*NAME_ERRORS, *DOCUMENT_ERRORS[2:], InvalidParameter, TooManyRoles, RoleAlreadyExists),
)  # fmt: skip
def create_role(tx: Tx, call: Call, request: CreateRoleRequest) -> CreateRoleReply:
    """Who assumes the role may do what the role's policies say; there are none yet."""
    check_name(request.role_name, "RoleName", ROLES)
    check_length(request.description, "Description", 1024)
    check_trust(request.assume_role_policy_document, "AssumeRolePolicyDocument")
    tags = given_tags(request.tag)
    if tx.count(Role, account=call.account, region="") >= MOST:
        raise TooManyRoles
    role = Role(
        id=new_number(tx, Role),
        account=call.account,
        parent=call.account,
        created=call.now,
        updated=call.now,
        name=request.role_name,
        comments=request.description,
        trust=request.assume_role_policy_document,
        longest=request.max_session_duration,
        console=request.allow_console_login,
        tags=tags,
    )
    try:
        store_new(tx, role)
    except ClaimTaken:
        raise RoleAlreadyExists from None
    return CreateRoleReply(role=new_role(role))


class GetRoleView(RoleView):
    is_service_linked_role: bool
    role_principal_name: str


class GetRoleReply(Reply):
    role: GetRoleView


@operation(RAM, title="Queries a role", access="get", resource="role/{RoleName}", errors=(*NAME_ERRORS, RoleNotExist))
def get_role(tx: Reader, call: Call, request: RoleNameRequest) -> GetRoleReply:
    """No role is linked to a service here, nor is one being deleted for long."""
    role = own_role(tx, call, request.role_name)
    return GetRoleReply(
        role=GetRoleView(
            **msgspec.structs.asdict(role_view(role)),
            is_service_linked_role=False,
            role_principal_name=f"{role.name.lower()}@role.{role.account}.onaliyunservice.com",
        )
    )


class UpdateRoleRequest(Request):
    role_name: Annotated[str, NAME] = ""
    new_assume_role_policy_document: Annotated[
        str, Param("Another trust policy.", '{"Version":"1","Statement":[…]}')
    ] = ""
    new_description: Annotated[str | UnsetType, Param("Another description.", "administers ECS")] = UNSET
    new_max_session_duration: Annotated[
        int | UnsetType,
        Param("Another longest session, in seconds.", "3600", range=LONGEST_SESSION, invalid=InvalidParameter),
    ] = UNSET
    new_allow_console_login: Annotated[
        bool | UnsetType, Param("Whether the role may be used in a console.", "false")
    ] = UNSET


@operation(
    RAM, title="Changes a role", access="update", resource="role/{RoleName}",
    errors=(*NAME_ERRORS, *DOCUMENT_ERRORS[2:], InvalidParameter, RoleNotExist),
)  # fmt: skip
def update_role(tx: Tx, call: Call, request: UpdateRoleRequest) -> RoleReply:
    """What is left out stays. Sessions that began before go on as they began."""
    role = msgspec.structs.replace(own_role(tx, call, request.role_name), updated=call.now)
    if request.new_assume_role_policy_document:
        check_trust(request.new_assume_role_policy_document, "NewAssumeRolePolicyDocument")
        role = msgspec.structs.replace(role, trust=request.new_assume_role_policy_document)
    if request.new_description is not UNSET:
        check_length(request.new_description, "NewDescription", 1024)
        role = msgspec.structs.replace(role, comments=request.new_description)
    if request.new_max_session_duration is not UNSET:
        role = msgspec.structs.replace(role, longest=request.new_max_session_duration)
    if request.new_allow_console_login is not UNSET:
        role = msgspec.structs.replace(role, console=request.new_allow_console_login)
    tx.put(role)
    return RoleReply(role=role_view(role))


@operation(
    RAM, title="Deletes a role", access="delete", resource="role/{RoleName}",
    errors=(*NAME_ERRORS, RoleNotExist, RoleHasPolicy),
)  # fmt: skip
def delete_role(tx: Tx, call: Call, request: RoleNameRequest) -> Reply:
    """The role must have no policies. Its sessions end with it: their keys sign nothing any more."""
    role = own_role(tx, call, request.role_name)
    if role.policies:
        raise RoleHasPolicy
    tx.remove(role)
    return Reply()


class ListRolesRequest(Request):
    marker: Annotated[str, Param("Where the page starts: the marker of the one before.", "ZnJvbSAxMDA=")] = ""
    max_items: Annotated[
        int, Param("The roles of a page.", "100", range=(1, 1000), invalid=InvalidParameter)
    ] = 100  # fmt: skip
    tag: Annotated[str, TAG] = ""


class Roles(Shape):
    role: tuple[ListedRole, ...]


class ListRolesReply(Reply, kw_only=True):
    is_truncated: bool
    marker: str | UnsetType = UNSET
    roles: Roles


@operation(RAM, title="Lists roles", access="get", resource="role/*", errors=(InvalidParameter,))
def list_roles(tx: Reader, call: Call, request: ListRolesRequest) -> ListRolesReply:
    """Oldest first, without their trust policies."""
    start = start_of(request.marker)
    wanted = given_tags(request.tag)
    if wanted:
        all_found = [role for role in tx.each(Role, account=call.account) if has_tags(role.tags, wanted)]
        total, found = len(all_found), all_found[start : start + request.max_items]
    else:
        total = tx.count(Role, account=call.account, region="")
        found = tx.page(Role, account=call.account, region="", offset=start, limit=request.max_items)
    marker = next_marker(start, len(found), total)
    return ListRolesReply(
        is_truncated=marker is not None,
        marker=UNSET if marker is None else marker,
        roles=Roles(role=tuple(listed_role(role) for role in found)),
    )
