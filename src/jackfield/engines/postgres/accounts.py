"""Accounts and databases of a PostgreSQL server. Passwords leave us as SCRAM verifiers, so none is in a statement.

A privileged account is never a superuser: that one could run programs and read files of the machine (COPY … PROGRAM).
Before version 16 whoever may create roles may join any role but a superuser's, ``pg_execute_server_program`` among
them, which comes to the same; so there it may create databases but no roles.
"""

from __future__ import annotations

from collections.abc import Callable

from jackfield.engines.engine import NoSuchAccount
from jackfield.engines.server_node import INTERNAL, Account, Characters
from jackfield.engines.wire.errors import ServerError
from jackfield.engines.wire.postgres import Client
from jackfield.engines.wire.scram import verifier

_NO_SUCH_LOCALE = ("42809", "22023")
"""Unknown to the machine, or of another encoding."""

_SAFE_CREATEROLE = 160000
_ROLES = ("pg_monitor", "pg_signal_backend", "pg_read_all_data", "pg_write_all_data")


def put_account(client: Client, account: Account) -> None:
    """Creates or changes; one transaction."""
    role = identifier(account.name)
    rights = ["LOGIN", "NOSUPERUSER", "NOREPLICATION", "NOBYPASSRLS"]
    rights.append("CREATEDB" if account.super else "NOCREATEDB")
    rights.append("CREATEROLE" if account.super and _number(client) >= _SAFE_CREATEROLE else "NOCREATEROLE")
    verb = "ALTER" if exists(client, account.name) else "CREATE"
    statements = [f"{verb} ROLE {role} {' '.join(rights)} PASSWORD {literal(verifier(account.password))}"]
    if account.super:
        present = client.query(f"SELECT rolname FROM pg_roles WHERE rolname IN ({', '.join(map(literal, _ROLES))})")
        statements += [f"GRANT {group} TO {role}" for (group,) in sorted(present)]
    else:
        statements += [f"REVOKE {group} FROM {role}" for group in _groups(client, account.name) if group in _ROLES]
    client.query("; ".join(statements))


def put_password(client: Client, name: str, password: str) -> None:
    """
    :raises NoSuchAccount: there is none of that name.
    """
    if not exists(client, name):
        raise NoSuchAccount(f"there is no account {name}")
    client.query(f"ALTER ROLE {identifier(name)} PASSWORD {literal(verifier(password))}")


def drop_account(connect: Callable[[str], Client], name: str) -> None:
    """Ends its sessions and deletes it. What it owns goes to the internal user, what it was granted is taken away.

    :param connect: gives a connection of the internal user to a database.
    """
    role = identifier(name)
    with connect("postgres") as client:
        if not exists(client, name):
            return
        # First nobody comes in any more, then those who are in leave.
        client.query(f"ALTER ROLE {role} NOLOGIN")
        client.query(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = {literal(name)}")
        databases = client.query("SELECT datname FROM pg_database WHERE datallowconn")
        for (database,) in databases:
            with connect(str(database)) as inside:
                inside.query(f"REASSIGN OWNED BY {role} TO {INTERNAL}; DROP OWNED BY {role}")
        client.query(f"DROP ROLE {role}")


def put_database(client: Client, name: str, owner: str, characters: Characters) -> Characters:
    """Creates it, or gives it to its owner; returns what it has."""
    database = identifier(name)
    if not client.query(f"SELECT 1 FROM pg_database WHERE datname = {literal(name)}"):
        # template1 may have been changed, and has one encoding.
        create = f"CREATE DATABASE {database} TEMPLATE template0"
        create += f" ENCODING {literal(characters.charset)}" if characters.charset else ""
        try:
            client.query(create + _locale(characters.collate, characters.ctype))
        except ServerError as error:
            if error.code not in _NO_SUCH_LOCALE or not characters.collate:
                raise
            client.query(create + _locale("C", "C"))
    if owner:
        client.query(f"ALTER DATABASE {database} OWNER TO {identifier(owner)}")
    ((charset, collate, ctype),) = client.query(
        f"SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = {literal(name)}"
    )
    return Characters(charset=str(charset), collate=str(collate), ctype=str(ctype))


def _locale(collate: str, ctype: str) -> str:
    return f" LC_COLLATE {literal(collate)} LC_CTYPE {literal(ctype)}" if collate else ""


def databases(client: Client) -> dict[str, Characters]:
    """Those that somebody made."""
    rows = client.query(
        "SELECT datname, pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database"
        " WHERE NOT datistemplate AND datallowconn AND datname <> 'postgres'"
    )
    return {
        str(name): Characters(charset=str(charset), collate=str(collate), ctype=str(ctype))
        for name, charset, collate, ctype in rows
    }


def drop_database(client: Client, name: str) -> None:
    """Ends the sessions in it and deletes it."""
    if _number(client) >= 130000:
        client.query(f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE)")
        return
    client.query(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {literal(name)}")
    client.query(f"DROP DATABASE IF EXISTS {identifier(name)}")


def exists(client: Client, name: str) -> bool:
    """Whether there is such a role."""
    return bool(client.query(f"SELECT 1 FROM pg_roles WHERE rolname = {literal(name)}"))


def _groups(client: Client, name: str) -> list[str]:
    """Roles that a role is a member of."""
    rows = client.query(
        "SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
        f" JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = {literal(name)} ORDER BY 1"
    )
    return [str(group) for (group,) in rows]


def identifier(name: str) -> str:
    """As an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """As a string of SQL."""
    return "'" + text.replace("'", "''") + "'"


def _number(client: Client) -> int:
    return int(str(client.query("SHOW server_version_num")[0][0]))
