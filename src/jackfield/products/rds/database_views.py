"""Databases and privileges as RDS's replies show them."""

from __future__ import annotations

import msgspec

from jackfield.products.operation import Shape
from jackfield.products.rds.contents import DBDatabase, Grant, Privilege
from jackfield.products.rds.resources import DBAccount, DBInstance
from jackfield.store.interface import Reader

_CHANGE = "SELECT,INSERT,UPDATE,DELETE"
_DEFINE = "CREATE,DROP,INDEX,ALTER"
DETAILS: dict[Privilege, str] = {
    "ReadWrite": f"{_CHANGE},{_DEFINE}",
    "ReadOnly": "SELECT",
    "DMLOnly": _CHANGE,
    "DDLOnly": _DEFINE,
    "DBOwner": "ALL",
}
"""In words of SQL."""


class DatabasePrivilege(Shape):
    """Of an account, in a database."""

    db_name: str
    account_privilege: str
    account_privilege_detail: str


class DatabasePrivileges(Shape):
    database_privilege: tuple[DatabasePrivilege, ...] = ()


class AccountPrivilegeInfo(Shape):
    """Of a database, for an account."""

    account: str
    account_privilege: str
    account_privilege_detail: str


class AccountPrivileges(Shape):
    account_privilege_info: tuple[AccountPrivilegeInfo, ...]


class Database(Shape, kw_only=True):
    """An entry of DescribeDatabases, which tells the page in each. Collate and the like are PostgreSQL's words."""

    db_instance_id: str
    db_name: str
    db_status: str
    db_description: str
    engine: str
    character_set_name: str
    collate: str
    ctype: str
    conn_limit: str
    tablespace: str
    accounts: AccountPrivileges
    page_number: int
    page_size: int
    total_count: int


class DatabaseList(Shape):
    database: tuple[Database, ...]


class Page(msgspec.Struct, frozen=True):
    """Which entries are shown."""

    number: int
    size: int
    total: int


def database(tx: Reader, instance: DBInstance, found: DBDatabase, page: Page) -> Database:
    of = [
        (account.name, grant.privilege)
        for account in tx.children(DBAccount, instance.id)
        for grant in account.grants
        if grant.database == found.name
    ]
    postgres = instance.engine == "PostgreSQL"
    return Database(
        db_instance_id=instance.id,
        db_name=found.name,
        db_status=found.status,
        db_description=found.description,
        engine=instance.engine,
        character_set_name=found.character_set,
        collate=found.collate,
        ctype=found.ctype,
        conn_limit="-1" if postgres else "",
        tablespace="pg_default" if postgres else "",
        accounts=AccountPrivileges(
            account_privilege_info=tuple(
                AccountPrivilegeInfo(account=name, account_privilege=kind, account_privilege_detail=DETAILS[kind])
                for name, kind in of
            )
        ),
        page_number=page.number,
        page_size=page.size,
        total_count=page.total,
    )


def privileges(grants: tuple[Grant, ...]) -> DatabasePrivileges:
    return DatabasePrivileges(
        database_privilege=tuple(
            DatabasePrivilege(
                db_name=grant.database,
                account_privilege=grant.privilege,
                account_privilege_detail=DETAILS[grant.privilege],
            )
            for grant in grants
        )
    )
