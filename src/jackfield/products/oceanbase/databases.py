"""Databases of tenants: made, listed, described and deleted in the tenant's own server; who may do what in them."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from jackfield.products.json_text import JsonText
from jackfield.products.oceanbase import database_views as views
from jackfield.products.oceanbase.content_errors import (
    AdminHasAll,
    DatabaseNameTaken,
    DatabaseNotFound,
    DatabaseNotOnline,
    EncodingNotSupported,
    RolesMalformed,
    RoleUnknown,
    TooManyDatabases,
)
from jackfield.products.oceanbase.errors import (
    InstanceNotFound,
    NameMalformed,
    ProjectMismatch,
    TenantNotFound,
    TenantNotOnline,
    UserNotFound,
    UserNotOnline,
)
from jackfield.products.oceanbase.product import OCEANBASE
from jackfield.products.oceanbase.resources import Database, database_id
from jackfield.products.oceanbase.roles import named_roles, online_database, own_database
from jackfield.products.oceanbase.shapes import Accepted, Done, Page, PageNumber, PageSize, TenantRequest, page_of
from jackfield.products.oceanbase.states import PENDING_CREATE, PENDING_DELETE
from jackfield.products.oceanbase.tenants import TENANT, online_tenant, own_tenant
from jackfield.products.oceanbase.user_changes import grant_user, settled_user
from jackfield.products.oceanbase.users import names_in
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.store.interface import Reader, Tx

DATABASES = TENANT + "/databases"
MOST = 500
"""A limit of ours."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}[A-Za-z0-9]")
_OWN = frozenset(("test", "sys", "oceanbase", "information_schema", "mysql", "performance_schema", "jackfield"))
"""The documents of the sibling product name all but the last."""
_COLLATIONS = {
    "utf8mb4": ("utf8mb4_general_ci", "utf8mb4_bin", "utf8mb4_unicode_ci"),
    "binary": ("binary",),
}
"""Those of the documents that the server has."""

DatabaseName = Annotated[str, Param("The database.", "sms_pre")]


class CreateDatabaseRequest(TenantRequest):
    database_name: Annotated[str, Param("2 to 64 letters, digits and underscores, and not reserved.", "sms_pre")]
    encoding: Annotated[str, Param("utf8mb4 or binary.", "utf8mb4")] = "utf8mb4"
    collation: Annotated[str, Param("One of the encoding's; the server's own, if left out.", "utf8mb4_bin")] = ""
    description: Annotated[str, Param("A text for people.", "messages of the shop")] = ""


@operation(
    OCEANBASE,
    rest=("POST", DATABASES),
    title="Creates a database in a tenant",
    access="create",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        TenantNotFound,
        TenantNotOnline,
        NameMalformed,
        EncodingNotSupported,
        DatabaseNameTaken,
        TooManyDatabases,
    ),
)
def create_database(tx: Tx, call: Call, request: CreateDatabaseRequest) -> Done:
    """Creates a database in the tenant's server. It is PENDING_CREATE until the server has it, then ONLINE.

    An ADMIN may use it at once; who else may is said with ModifyDatabaseUserRole and ModifyTenantUserRole.
    """
    tenant = online_tenant(tx, call, request)
    name = request.database_name
    if not _NAME.fullmatch(name) or name.lower() in _OWN:
        rule = "2 to 64 letters, digits and underscores, a letter first, no underscore last, and not reserved"
        raise NameMalformed(name="databaseName", rule=rule)
    encoding, collation = request.encoding.lower(), request.collation.lower()
    if encoding not in _COLLATIONS or collation not in ("", *_COLLATIONS[encoding]):
        raise EncodingNotSupported
    known = tx.children(Database, tenant.id)
    if any(one.name.lower() == name.lower() for one in known):
        raise DatabaseNameTaken
    if len(known) >= MOST:
        raise TooManyDatabases(most=MOST)
    created = Database(
        id=database_id(tenant.id, name),
        account=tenant.account,
        region=tenant.region,
        parent=tenant.id,
        status=PENDING_CREATE,
        created=call.now,
        name=name,
        encoding=encoding,
        collation=collation,
        description=request.description,
        settle_at=call.now + call.pace,
    )
    tx.put(created)
    tx.schedule(created)
    return Done()


class DescribeDatabasesRequest(TenantRequest):
    page_number: PageNumber = 1
    page_size: PageSize = 10
    database_name: Annotated[str, Param("Only this database.", "sms_pre")] = ""


class DescribeDatabasesReply(Reply, rename="camel"):
    data: Page[views.DatabaseView]


@operation(
    OCEANBASE,
    rest=("GET", DATABASES),
    title="Queries the databases of a tenant",
    access="list",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, TenantNotFound),
)
def describe_databases(tx: Reader, call: Call, request: DescribeDatabasesRequest) -> DescribeDatabasesReply:
    """Lists the databases made by CreateDatabase, oldest first, with the users that have a role in each.

    Those that users made with SQL are not listed.
    """
    tenant = own_tenant(tx, call, request)
    found = [one for one in tx.children(Database, tenant.id) if request.database_name in ("", one.name)]
    return DescribeDatabasesReply(
        data=page_of(found, request.page_number, request.page_size, lambda one: views.database(tx, one))
    )


class DeleteDatabaseRequest(TenantRequest):
    database_names: Annotated[JsonText, Param("The names, a JSON list of texts.", '["sms_pre"]')] = JsonText("")
    database_name: Annotated[str, Param("A single name, as older callers send it.", "sms_pre")] = ""


@operation(
    OCEANBASE,
    rest=("DELETE", DATABASES),
    title="Deletes databases of a tenant",
    access="delete",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, TenantNotFound, TenantNotOnline, DatabaseNotFound, DatabaseNotOnline),
)
def delete_database(tx: Tx, call: Call, request: DeleteDatabaseRequest) -> Done:
    """Deletes databases from the server, whoever uses them, all of those named or none; roles in them go with them."""
    tenant = online_tenant(tx, call, request)
    for name in dict.fromkeys(names_in(request.database_names or request.database_name, DatabaseNotFound)):
        found = own_database(tx, tenant, name)
        if found.status == PENDING_DELETE:
            raise DatabaseNotOnline
        deleted = msgspec.structs.replace(found, status=PENDING_DELETE, settle_at=call.now + call.pace)
        tx.put(deleted)
        tx.schedule(deleted)
    return Done()


class ModifyDatabaseDescriptionRequest(TenantRequest):
    database_name: DatabaseName
    description: Annotated[str, Param("The new text; empty, if left out.", "messages of the shop")] = ""


class DatabaseReply(Reply, rename="camel"):
    data: views.DatabaseView


@operation(
    OCEANBASE,
    rest=("PUT", DATABASES + "/{databaseName}/description"),
    title="Changes the description of a database",
    access="update",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(InstanceNotFound, ProjectMismatch, TenantNotFound, DatabaseNotFound, DatabaseNotOnline),
)
def modify_database_description(tx: Tx, call: Call, request: ModifyDatabaseDescriptionRequest) -> DatabaseReply:
    """Changes the text; the server is not asked, so it may be stopped."""
    found = own_database(tx, own_tenant(tx, call, request), request.database_name)
    if found.status == PENDING_DELETE:
        raise DatabaseNotOnline
    changed = msgspec.structs.replace(found, description=request.description)
    tx.put(changed)
    return DatabaseReply(data=views.database(tx, changed))


class ModifyDatabaseUserRoleRequest(TenantRequest):
    database_id: Annotated[str, Param("The database; databases have no other id than their name.", "sms_pre")]
    user_roles: Annotated[
        JsonText, Param("A list of users and roles.", '[{"userName":"pay_test","roles":["readwrite"]}]')
    ] = JsonText("")
    users: Annotated[
        JsonText, Param("The same, as the interface file has it.", '[{"UserName":"pay_test","Role":"readonly"}]')
    ] = JsonText("")


@operation(
    OCEANBASE,
    rest=("POST", DATABASES + "/{databaseId}/authorization"),
    title="Modifies the roles of users in a database",
    access="update",
    resource="instances/{instanceId}/tenants/{tenantId}",
    errors=(
        InstanceNotFound,
        ProjectMismatch,
        TenantNotFound,
        TenantNotOnline,
        DatabaseNotFound,
        DatabaseNotOnline,
        RolesMalformed,
        RoleUnknown,
        UserNotFound,
        UserNotOnline,
        AdminHasAll,
    ),
    source="OceanBase Cloud documents, 3236022",
)
def modify_database_user_role(tx: Tx, call: Call, request: ModifyDatabaseUserRoleRequest) -> Accepted:
    """Gives each user named a role in the database, in place of the one it had; other users keep theirs.

    Each is PENDING_UPDATE until the server enforces it.
    """
    tenant = online_tenant(tx, call, request)
    database = online_database(tx, tenant, request.database_id)
    wanted = named_roles(request.user_roles or request.users, "userName")
    if not wanted:
        raise RolesMalformed
    for name, privilege in wanted:
        grant_user(tx, settled_user(tx, tenant, name), database.name, privilege)
    return Accepted()
