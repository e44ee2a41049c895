"""Users of tenants: made, listed, changed and deleted in the tenant's own server."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.errors import ApiError
from jackfield.products.json_text import JsonText
from jackfield.products.oceanbase import views
from jackfield.products.oceanbase.content_errors import (
    AdminHasAll,
    DatabaseNotFound,
    DatabaseNotOnline,
    RolesMalformed,
    RoleUnknown,
)
from jackfield.products.oceanbase.database_views import RoleView
from jackfield.products.oceanbase.errors import (
    EncryptionNotBuilt,
    InstanceNotFound,
    NameMalformed,
    PasswordMalformed,
    ProjectMismatch,
    TenantNotFound,
    TenantNotOnline,
    UserNameTaken,
    UserNotFound,
    UserNotOnline,
    UserTypeUnknown,
)
from jackfield.products.oceanbase.names import check_password, check_user_name
from jackfield.products.oceanbase.product import OCEANBASE
from jackfield.products.oceanbase.resources import Tenant, User, user_id
from jackfield.products.oceanbase.roles import grants, named_roles
from jackfield.products.oceanbase.shapes import Done, Page, PageNumber, PageSize, TenantRequest, page_of
from jackfield.products.oceanbase.states import ONLINE, PENDING_CREATE, PENDING_DELETE, PENDING_UPDATE
from jackfield.products.oceanbase.tenants import TENANT, online_tenant, own_tenant
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.store.interface import Reader, Tx

USERS = TENANT + "/tenantUsers"
_TYPES = {"NORMAL": False, "ADMIN": True}


class CreateTenantUserRequest(TenantRequest):
    user_name: Annotated[str, Param("2 to 30 letters, digits and underscores.", "pay_test")]
    password: Annotated[
        str,
        Param("10 to 32 characters of three of: upper case, lower case, digits, !@#$%^&*()_+-=.", "!Cloud4Oceanbase"),
    ]
    user_type: Annotated[str, Param("NORMAL, or ADMIN for a privileged user; in any case.", "NORMAL")] = "NORMAL"
    roles: Annotated[
        JsonText,
        Param("Roles in databases, a JSON list; of an ADMIN none.", '[{"database":"sms_pre","role":"readonly"}]'),
    ] = JsonText("")
    encryption_type: Annotated[str, Param("How the password is encrypted; it must not be.", "RSA")] = ""
    description: Annotated[str, Param("A text for people.", "the shop's user")] = ""


class CreatedUser(views.UserView):
    roles: tuple[RoleView, ...] = ()


class CreateTenantUserReply(Reply, rename="camel"):
    data: CreatedUser


@operation(
    OCEANBASE,
    rest=("POST", USERS),
    title="Creates a user of a tenant",
    access="create",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        TenantNotFound,
        TenantNotOnline,
        NameMalformed,
        PasswordMalformed,
        UserTypeUnknown,
        UserNameTaken,
        RolesMalformed,
        RoleUnknown,
        AdminHasAll,
        DatabaseNotFound,
        DatabaseNotOnline,
        EncryptionNotBuilt,
    ),
)
def create_tenant_user(tx: Tx, call: Call, request: CreateTenantUserRequest) -> CreateTenantUserReply:
    """Creates a user in the tenant's server. It is ONLINE once it logged in, as ``user@tenant``.

    An ADMIN may create databases and grant privileges on them; a NORMAL user has what it is granted.
    """
    tenant = online_tenant(tx, call, request)
    name = check_user_name(request.user_name)
    admin = _TYPES.get(request.user_type.upper())
    if admin is None:
        raise UserTypeUnknown
    check_password(request.password)
    wanted = grants(tx, tenant, named_roles(request.roles, "database"))
    if wanted and admin:
        raise AdminHasAll
    if request.encryption_type:
        raise EncryptionNotBuilt
    if tx.get(User, user_id(tenant.id, name)):
        raise UserNameTaken
    created = User(
        id=user_id(tenant.id, name),
        account=tenant.account,
        region=tenant.region,
        parent=tenant.id,
        status=PENDING_CREATE,
        created=call.now,
        name=name,
        login=f"{name}@{tenant.name}",
        type=request.user_type,
        admin=admin,
        description=request.description,
        secret=call.seal(request.password, user_id(tenant.id, name)),
        grants=wanted,
    )
    tx.put(created)
    tx.schedule(created)
    shown = views.user(created)
    return CreateTenantUserReply(
        data=CreatedUser(
            user_name=shown.user_name,
            user_type=shown.user_type,
            user_status=shown.user_status,
            description=shown.description,
            databases=shown.databases,
            roles=shown.databases,
        )
    )


class DescribeTenantUsersRequest(TenantRequest):
    page_number: PageNumber = 1
    page_size: PageSize = 10
    user_name: Annotated[str, Param("Only this user.", "pay_test")] = ""


class DescribeTenantUsersReply(Reply, rename="camel"):
    data: Page[views.UserView]


@operation(
    OCEANBASE,
    rest=("GET", USERS),
    title="Queries the users of a tenant",
    access="list",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, TenantNotFound),
)
def describe_tenant_users(tx: Reader, call: Call, request: DescribeTenantUsersRequest) -> DescribeTenantUsersReply:
    """Lists the users, oldest first; never their passwords."""
    tenant = own_tenant(tx, call, request)
    found = [one for one in tx.children(User, tenant.id) if request.user_name in ("", one.name)]
    return DescribeTenantUsersReply(data=page_of(found, request.page_number, request.page_size, views.user))


class ModifyTenantUserPasswordRequest(TenantRequest):
    user_name: Annotated[str, Param("The user.", "pay_test")]
    user_password: Annotated[str, Param("The new password; rules as for a new user.", "!Cloud5Oceanbase")]
    encryption_type: Annotated[str, Param("How the password is encrypted; it must not be.", "RSA")] = ""


@operation(
    OCEANBASE,
    rest=("PUT", USERS + "/{userName}/password"),
    title="Changes the password of a user",
    access="update",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        TenantNotFound,
        TenantNotOnline,
        UserNotFound,
        UserNotOnline,
        PasswordMalformed,
        EncryptionNotBuilt,
    ),
)
def modify_tenant_user_password(tx: Tx, call: Call, request: ModifyTenantUserPasswordRequest) -> Done:
    """Changes the password in the server; the user is PENDING_UPDATE until it logged in with the new one."""
    user = own_user(tx, online_tenant(tx, call, request), request.user_name)
    if user.status != ONLINE:
        raise UserNotOnline
    check_password(request.user_password)
    if request.encryption_type:
        raise EncryptionNotBuilt
    changed = msgspec.structs.replace(user, status=PENDING_UPDATE, secret=call.seal(request.user_password, user.id))
    tx.put(changed)
    tx.schedule(changed)
    return Done()


class DeleteTenantUsersRequest(TenantRequest):
    users: Annotated[JsonText, Param("The names, a JSON list of texts.", '["pay_test"]', missing=UserNotFound)]


@operation(
    OCEANBASE,
    rest=("DELETE", USERS),
    title="Deletes users of a tenant",
    access="delete",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, TenantNotFound, TenantNotOnline, UserNotFound, UserNotOnline),
)
def delete_tenant_users(tx: Tx, call: Call, request: DeleteTenantUsersRequest) -> Done:
    """Deletes users from the server and ends their sessions; all of those named, or none."""
    tenant = online_tenant(tx, call, request)
    for name in dict.fromkeys(names_in(request.users, UserNotFound)):
        user = own_user(tx, tenant, name)
        if user.status == PENDING_DELETE:
            raise UserNotOnline
        deleted = msgspec.structs.replace(user, status=PENDING_DELETE, secret="")
        tx.put(deleted)
        tx.schedule(deleted)
    return Done()


def own_user(tx: Reader, tenant: Tenant, name: str) -> User:
    """:raises UserNotFound: the tenant has none such that was made by this API."""
    found = tx.get(User, user_id(tenant.id, name))
    if found is None:
        raise UserNotFound
    return found


def names_in(text: str, none: type[ApiError]) -> list[str]:
    """The documents call it a text and Terraform sends a JSON list in it; one bare name is taken for itself.

    :param none: raised where it names nothing that could be.
    """
    names: list[str] = _json_list(text, none) if text.lstrip().startswith("[") else [text]
    if not names or not all(isinstance(name, str) for name in names):
        raise none
    return names


def _json_list(text: str, malformed: type[ApiError]) -> list[str]:
    try:
        return msgspec.json.decode(text, type=list)
    except (msgspec.DecodeError, RecursionError):
        raise malformed from None
