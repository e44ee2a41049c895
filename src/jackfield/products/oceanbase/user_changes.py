"""Users of tenants: described, locked, unlocked, given roles in databases."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.grants import Grant, Privilege, granted, without
from jackfield.products.json_text import JsonText
from jackfield.products.oceanbase import database_views
from jackfield.products.oceanbase.content_errors import (
    AdminHasAll,
    DatabaseNotFound,
    DatabaseNotOnline,
    ModifyTypeUnknown,
    RolesMalformed,
    RoleUnknown,
    UserStatusUnknown,
)
from jackfield.products.oceanbase.errors import (
    InstanceNotFound,
    ProjectMismatch,
    TenantNotFound,
    TenantNotOnline,
    UserNotFound,
    UserNotOnline,
)
from jackfield.products.oceanbase.product import OCEANBASE
from jackfield.products.oceanbase.resources import Tenant, User
from jackfield.products.oceanbase.roles import check_no_admin, grants, named_roles, online_database, parse_role
from jackfield.products.oceanbase.shapes import Accepted, Done, RestShape, TenantRequest
from jackfield.products.oceanbase.states import LOCKED, ONLINE, PENDING_DELETE, PENDING_UPDATE
from jackfield.products.oceanbase.tenants import online_tenant, own_tenant
from jackfield.products.oceanbase.users import USERS, own_user
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.store.interface import Reader, Tx

USER = USERS + "/{userName}"


class UserRequest(TenantRequest):
    user_name: Annotated[str, Param("The user.", "pay_test")]


class ModifyTenantUserDescriptionRequest(UserRequest):
    description: Annotated[str, Param("The new text; empty, if left out.", "the shop's user")] = ""


@operation(
    OCEANBASE,
    rest=("PUT", USER + "/description"),
    title="Changes the description of a user",
    access="update",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, TenantNotFound, UserNotFound, UserNotOnline),
)
def modify_tenant_user_description(tx: Tx, call: Call, request: ModifyTenantUserDescriptionRequest) -> Done:
    """Changes the text; the server is not asked, so it may be stopped."""
    user = own_user(tx, own_tenant(tx, call, request), request.user_name)
    if user.status == PENDING_DELETE:
        raise UserNotOnline
    tx.put(msgspec.structs.replace(user, description=request.description))
    if user.status not in (ONLINE, LOCKED):
        tx.schedule(user)  # who works on it finds another record than it read
    return Done()


class ModifyTenantUserStatusRequest(UserRequest):
    user_status: Annotated[str, Param("ONLINE or LOCKED.", "LOCKED")] = ""
    status: Annotated[str, Param("The same, as older pages spell it.", "LOCKED")] = ""


@operation(
    OCEANBASE,
    rest=("PUT", USER + "/status"),
    title="Locks or unlocks a user",
    access="update",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        TenantNotFound,
        TenantNotOnline,
        UserStatusUnknown,
        UserNotFound,
        UserNotOnline,
    ),
    source="OceanBase Cloud documents, 3236278",
)
def modify_tenant_user_status(tx: Tx, call: Call, request: ModifyTenantUserStatusRequest) -> Accepted:
    """Has the server refuse the user's logins, or admit them again; sessions that are open stay, as the server does it.

    The user is PENDING_UPDATE until then. To lock one that is locked changes nothing.
    """
    tenant = online_tenant(tx, call, request)
    wanted = (request.user_status or request.status).upper()
    if wanted not in (ONLINE, LOCKED):
        raise UserStatusUnknown
    user = settled_user(tx, tenant, request.user_name)
    if user.status != wanted:
        _change(tx, msgspec.structs.replace(user, locked=wanted == LOCKED))
    return Accepted()


class ModifyTenantUserRoleRequest(UserRequest):
    modify_type: Annotated[
        str, Param("UPDATE gives the roles named, DELETE takes them away; left out, they are all.", "UPDATE")
    ] = ""
    database: Annotated[str, Param("The database.", "sms_pre")] = ""
    role: Annotated[str, Param("readwrite, readonly, ddl or dml.", "dml")] = ""
    user_role: Annotated[JsonText, Param("Several roles at once.", '[{"database":"sms_pre","role":"readwrite"}]')] = (
        JsonText("")
    )


class UserRoleView(database_views.RoleView):
    user_name: str
    privilege_type: str


class UserRoles(RestShape):
    data_list: tuple[UserRoleView, ...]


class ModifyTenantUserRoleReply(Reply, rename="camel"):
    data: UserRoles


@operation(
    OCEANBASE,
    rest=("POST", USER + "/authorization"),
    title="Modifies the roles of a user",
    access="update",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        TenantNotFound,
        TenantNotOnline,
        UserNotFound,
        UserNotOnline,
        AdminHasAll,
        ModifyTypeUnknown,
        RolesMalformed,
        RoleUnknown,
        DatabaseNotFound,
        DatabaseNotOnline,
    ),
    source="OceanBase Cloud documents, 2489990",
)
def modify_tenant_user_role(tx: Tx, call: Call, request: ModifyTenantUserRoleRequest) -> ModifyTenantUserRoleReply:
    """Changes what the server lets the user do in databases; it is PENDING_UPDATE until the server enforces it."""
    tenant = online_tenant(tx, call, request)
    user = settled_user(tx, tenant, request.user_name)
    check_no_admin(user)
    kind = request.modify_type.upper()
    if kind not in ("", "UPDATE", "DELETE"):
        raise ModifyTypeUnknown
    if kind == "DELETE":
        after = _fewer(tx, tenant, user, request)
    elif request.database:
        database = online_database(tx, tenant, request.database)
        after = granted(user.grants, database.name, parse_role(request.role))
    else:
        after = _more(user, grants(tx, tenant, named_roles(request.user_role, "database")), all=not kind)
    changed = _change(tx, msgspec.structs.replace(user, grants=after))
    return ModifyTenantUserRoleReply(data=UserRoles(data_list=tuple(_view(changed, one) for one in changed.grants)))


def grant_user(tx: Tx, user: User, database: str, kind: Privilege) -> None:
    """Records that a user is to get a role.

    :raises AdminHasAll: it has every one.
    """
    check_no_admin(user)
    _change(tx, msgspec.structs.replace(user, grants=granted(user.grants, database, kind)))


def settled_user(tx: Reader, tenant: Tenant, name: str) -> User:
    """:raises UserNotOnline: it is being made, changed or deleted. :raises UserNotFound: as it says."""
    user = own_user(tx, tenant, name)
    if user.status not in (ONLINE, LOCKED):
        raise UserNotOnline
    return user


def _fewer(tx: Reader, tenant: Tenant, user: User, request: ModifyTenantUserRoleRequest) -> tuple[Grant, ...]:
    named = [request.database] if request.database else [one for one, _ in named_roles(request.user_role, "database")]
    if not named:
        raise RolesMalformed
    after = user.grants
    for name in named:
        after = without(after, online_database(tx, tenant, name).name)
    return after


def _more(user: User, wanted: tuple[Grant, ...], *, all: bool) -> tuple[Grant, ...]:
    """:param all: what is wanted is all that the user is to have."""
    after = () if all else user.grants
    for grant in wanted:
        after = granted(after, grant.database, grant.privilege)
    return after


def _change(tx: Tx, user: User) -> User:
    changed = msgspec.structs.replace(user, status=PENDING_UPDATE)
    tx.put(changed)
    tx.schedule(changed)
    return changed


def _view(user: User, grant: Grant) -> UserRoleView:
    (shown,) = database_views.roles(msgspec.structs.replace(user, grants=(grant,)))
    return UserRoleView(user_name=user.name, privilege_type="DEFAULT", **msgspec.structs.asdict(shown))
