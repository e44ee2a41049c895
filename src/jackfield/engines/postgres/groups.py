"""What accounts may do in a database, by groups: for each database there are roles that nobody can log in as, and an
account has a privilege by being a member of one of them.

So granting and revoking change a membership and nothing else. What a managed account makes later in the database is
open to the groups as well (default privileges, which PostgreSQL keeps for each maker).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from jackfield.engines.engine import NoSuchAccount
from jackfield.engines.postgres.accounts import exists, identifier, literal
from jackfield.engines.server_node import INTERNAL
from jackfield.engines.wire.postgres import Client

_READ = {"TABLES": "SELECT", "SEQUENCES": "SELECT", "SCHEMAS": "USAGE"}
_CHANGE = {"TABLES": "SELECT, INSERT, UPDATE, DELETE", "SEQUENCES": "USAGE, SELECT, UPDATE", "SCHEMAS": "USAGE"}
_DEFINE = {"SCHEMAS": "USAGE, CREATE"}
_ALL = {"TABLES": "ALL", "SEQUENCES": "ALL", "SCHEMAS": "ALL"}
_RIGHTS = {"ReadOnly": _READ, "DMLOnly": _CHANGE, "DDLOnly": _DEFINE, "ReadWrite": _ALL}
_DEFINERS = ("DDLOnly", "ReadWrite")


def prepare(client: Client, database: str, makers: Sequence[str]) -> None:
    """Makes the groups of a database, and lets them do what they may; one transaction.

    :param client: inside that database. :param makers: accounts whose later tables the groups are to reach as well.
    """
    statements = []
    for privilege in _RIGHTS:
        if not exists(client, _name(database, privilege)):
            statements.append(f"CREATE ROLE {_role(database, privilege)} NOLOGIN")
    rows = client.query("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'")
    schemas = ", ".join(identifier(str(name)) for (name,) in rows)
    present = [maker for maker in makers if exists(client, maker)]
    # Before version 15 everybody may make tables in it.
    statements.append("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for privilege, rights in _RIGHTS.items():
        role = _role(database, privilege)
        more = ", CREATE, TEMPORARY" if privilege in _DEFINERS else ""
        statements.append(f"GRANT CONNECT{more} ON DATABASE {identifier(database)} TO {role}")
        for kind, words in rights.items():
            every = schemas if kind == "SCHEMAS" else f"ALL {kind} IN SCHEMA {schemas}"
            statements.append(f"GRANT {words} ON {'SCHEMA ' if kind == 'SCHEMAS' else ''}{every} TO {role}")
            statements += [
                f"ALTER DEFAULT PRIVILEGES FOR ROLE {identifier(maker)} GRANT {words} ON {kind} TO {role}"
                for maker in (*present, INTERNAL)
            ]
    client.query("; ".join(statements))


def grant(client: Client, database: str, account: str, privilege: str) -> None:
    """Makes this the privilege of an account in a prepared database; empty: none.

    DBOwner makes it the owner, who besides may do what ReadWrite may. An owner that is to be one no longer is replaced
    by the internal user.

    :raises NoSuchAccount: there is none of that name.
    """
    if not exists(client, account):
        raise NoSuchAccount(f"there is no account {account}")
    wanted = "ReadWrite" if privilege == "DBOwner" else privilege
    who = identifier(account)
    statements = [
        f"{'GRANT' if kind == wanted else 'REVOKE'} {_role(database, kind)} {'TO' if kind == wanted else 'FROM'} {who}"
        for kind in _RIGHTS
    ]
    owns = client.query(
        f"SELECT 1 FROM pg_database WHERE datname = {literal(database)} AND datdba = {literal(account)}::regrole"
    )
    if privilege == "DBOwner":
        statements.append(f"ALTER DATABASE {identifier(database)} OWNER TO {who}")
    elif owns:
        statements.append(f"ALTER DATABASE {identifier(database)} OWNER TO {INTERNAL}")
    client.query("; ".join(statements))


def drop(client: Client, database: str) -> None:
    """Deletes the groups of a database that is gone."""
    client.query("; ".join(f"DROP ROLE IF EXISTS {_role(database, privilege)}" for privilege in _RIGHTS))


def _role(database: str, privilege: str) -> str:
    return identifier(_name(database, privilege))


def _name(database: str, privilege: str) -> str:
    """Short enough for PostgreSQL, whatever the database's name."""
    return f"jackfield_{hashlib.sha256(database.encode()).hexdigest()[:16]}_{privilege.lower()}"
