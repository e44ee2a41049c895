"""Accounts and databases of servers that speak MySQL's SQL. Passwords leave us as hashes, so none is in a statement.

Accounts are ``'name'@'%'``: a relayed client comes through the Unix socket, so the server takes it for one from
``localhost``, which ``%`` includes as long as there is no anonymous user (none is made).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Literal

from jackfield.engines.engine import NoSuchAccount
from jackfield.engines.server_node import Account, Characters
from jackfield.engines.wire.errors import ServerError
from jackfield.engines.wire.mysql import Client, native_hash

Dialect = Literal["mariadb", "mysql", "seekdb"]
Privilege = Literal["ReadWrite", "ReadOnly", "DDLOnly", "DMLOnly"]
"""As RDS calls them (GrantAccountPrivilege, AccountPrivilege)."""

_GONE = "1094"
_UNKNOWN_COLLATION = ("1253", "1273")
# The last is OceanBase's own.
_NOTHING_GRANTED = ("1141", "1147", "5133")

# What the vendor's privileged account has, short of FILE, SUPER and SHUTDOWN.
_SUPER = (
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES,"
    " LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, CREATE ROUTINE,"
    " ALTER ROUTINE, CREATE USER, TRIGGER"
)
_SUPER_MORE = {"mariadb": ", EVENT, CREATE TEMPORARY TABLES", "mysql": ", EVENT, CREATE TEMPORARY TABLES", "seekdb": ""}
_OWN_DATABASES = frozenset(
    (
        *("mysql", "sys", "information_schema", "performance_schema", "test"),
        *("oceanbase", "__recyclebin", "__public", "lbacsys", "oraauditor", "sys_external_tbs", "ocs"),
    )
)
"""The servers', in small letters; the last ones are OceanBase's."""
_READ = "SELECT, SHOW VIEW"
_CHANGE = "SELECT, INSERT, UPDATE, DELETE, EXECUTE, SHOW VIEW"
_DEFINE = "CREATE, DROP, INDEX, ALTER, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE"
_PRIVILEGES: dict[Privilege, str] = {
    "ReadWrite": "ALL PRIVILEGES",
    "ReadOnly": _READ,
    "DMLOnly": _CHANGE,
    "DDLOnly": _DEFINE,
}


def put_account(client: Client, dialect: Dialect, account: Account) -> None:
    """Creates or changes."""
    who = user(account.name)
    hashed = native_hash(account.password)
    client.query(f"CREATE USER IF NOT EXISTS {who} IDENTIFIED {_by(dialect, hashed)}")
    _change(client, dialect, who, hashed)
    if account.super:
        client.query(f"GRANT {_SUPER}{_SUPER_MORE[dialect]} ON *.* TO {who} WITH GRANT OPTION")
    elif is_super(client, account.name):
        with _unless(_NOTHING_GRANTED):
            client.query(f"REVOKE ALL PRIVILEGES ON *.* FROM {who}")
        with _unless(_NOTHING_GRANTED):
            client.query(f"REVOKE GRANT OPTION ON *.* FROM {who}")


def put_password(client: Client, dialect: Dialect, name: str, password: str) -> None:
    """
    :raises NoSuchAccount: there is none of that name.
    """
    if not exists(client, name):
        raise NoSuchAccount(f"there is no account {name}")
    _change(client, dialect, user(name), native_hash(password))


def drop_account(client: Client, name: str) -> None:
    """Deletes it, then ends its sessions: nobody can come in between."""
    client.query(f"DROP USER IF EXISTS {user(name)}")
    sessions = client.query(f"SELECT id FROM information_schema.processlist WHERE user = {text(name)}")
    for (session,) in sessions:
        with _unless((_GONE,)):
            client.query(f"KILL {session}")


def put_database(client: Client, name: str, owner: str, characters: Characters) -> Characters:
    """Creates it, and lets its owner do everything in it; returns what it has."""
    words = f" CHARACTER SET {text(characters.charset)}" if characters.charset else ""
    create = f"CREATE DATABASE IF NOT EXISTS {identifier(name)}{words}"
    try:
        client.query(f"{create} COLLATE {text(characters.collate)}" if characters.collate else create)
    except ServerError as error:
        if error.code not in _UNKNOWN_COLLATION:
            raise
        client.query(create)
    if owner:
        grant(client, owner, name, "ReadWrite")
    ((charset, collate),) = client.query(
        "SELECT default_character_set_name, default_collation_name FROM information_schema.schemata"
        f" WHERE schema_name = {text(name)}"
    )
    return Characters(charset=str(charset), collate=str(collate))


def databases(client: Client) -> dict[str, Characters]:
    """Those that somebody made."""
    rows = client.query(
        "SELECT schema_name, default_character_set_name, default_collation_name FROM information_schema.schemata"
    )
    return {
        str(name): Characters(charset=str(charset), collate=str(collate))
        for name, charset, collate in rows
        if str(name).lower() not in _OWN_DATABASES
    }


def drop_database(client: Client, name: str) -> None:
    """Deletes it; sessions in it stay, as MySQL does it."""
    client.query(f"DROP DATABASE IF EXISTS {identifier(name)}")


def grant(client: Client, account: str, database: str, privilege: Privilege) -> None:
    """Makes this the privilege of an account in a database."""
    revoke(client, account, database)
    client.query(f"GRANT {_PRIVILEGES[privilege]} ON {_pattern(database)}.* TO {user(account)}")


def revoke(client: Client, account: str, database: str) -> None:
    """Takes away what an account may do in a database; does nothing when that is nothing."""
    with _unless(_NOTHING_GRANTED):
        client.query(f"REVOKE ALL PRIVILEGES ON {_pattern(database)}.* FROM {user(account)}")


def exists(client: Client, name: str) -> bool:
    """Whether there is such an account, with ``%`` as its host."""
    return bool(client.query(f"SELECT 1 FROM mysql.user WHERE user = {text(name)} AND host = '%'"))


def is_super(client: Client, name: str) -> bool:
    """Whether an account has any privilege on the whole server."""
    grantee = text(user(name))
    rows = client.query(f"SELECT privilege_type FROM information_schema.user_privileges WHERE grantee = {grantee}")
    return any(kind != "USAGE" for (kind,) in rows)


def user(name: str) -> str:
    """As the user of an SQL statement."""
    return f"{text(name)}@'%'"


def text(value: str) -> str:
    """As a string of SQL."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def identifier(name: str) -> str:
    """As an identifier of SQL."""
    return "`" + name.replace("`", "``") + "`"


def _by(dialect: Dialect, hashed: str) -> str:
    if dialect == "mysql":
        return f"WITH mysql_native_password AS {text(hashed)}"
    return f"BY PASSWORD {text(hashed)}"


def _change(client: Client, dialect: Dialect, who: str, hashed: str) -> None:
    if dialect == "seekdb":
        # ALTER USER and SET PASSWORD would take the hash for a password in clear (measured with 1.4.0).
        client.query(f"GRANT USAGE ON *.* TO {who} IDENTIFIED BY PASSWORD {text(hashed)}")
    else:
        client.query(f"ALTER USER {who} IDENTIFIED {_by(dialect, hashed)}")


def _pattern(database: str) -> str:
    """In GRANT an underscore stands for any letter unless told otherwise."""
    return identifier(database.replace("_", "\\_"))


@contextlib.contextmanager
def _unless(codes: tuple[str, ...]) -> Iterator[None]:
    try:
        yield
    except ServerError as error:
        if error.code not in codes:
            raise
