"""Streaming replication between two PostgreSQL servers of this machine.

A replica begins as a base backup of the server it follows, comes to it through its Unix socket as a role that may do
nothing but replicate, and has a slot there, so that nothing it still needs is thrown away while it is down.
"""

from __future__ import annotations

import re
from pathlib import Path

from jackfield.engines import tenure
from jackfield.engines.engine import EngineMissing
from jackfield.engines.launch import AsRoot, Launch, initialise
from jackfield.engines.postgres.accounts import identifier, literal
from jackfield.engines.postgres.find import PostgresBinaries
from jackfield.engines.postgres.node import PostgresNode, Upstream
from jackfield.engines.server_node import REPLICATION as ROLE
from jackfield.engines.wire.errors import ServerError
from jackfield.engines.wire.postgres import Client
from jackfield.engines.wire.scram import verifier

COPY_PATIENCE = 1800.0
"""Seconds that a base backup may take."""

_EXISTS, _IN_USE = "42710", "55006"


def slot_name(replica: str) -> str:
    """The slot of a replica: its id, in the letters that a slot's name may have."""
    return re.sub(r"[^a-z0-9]", "_", replica.lower())[:63]


def settings(node: PostgresNode) -> dict[str, str]:
    """What a replica's configuration has besides."""
    if node.upstream is None:
        return {}
    # With another word in it, a backslash or quote would have to be escaped: paths of ours have none but maybe blanks.
    source = (
        f"host={_quoted(node.upstream_link)} port=5432 user={ROLE} passfile={_quoted(node.passfile)}"
        f" application_name={node.upstream.slot}"
    )
    return {"primary_conninfo": source, "primary_slot_name": node.upstream.slot, "hot_standby": "on"}


def lead(node: PostgresNode, upstream: Upstream) -> None:
    """Makes the way to the followed server, for a replica's start."""
    node.upstream_link.unlink(missing_ok=True)
    node.upstream_link.symlink_to(upstream.folder)
    tenure.replace(node.passfile, f"*:*:*:{ROLE}:{_escaped(upstream.password)}\n")


def copy(node: PostgresNode, upstream: Upstream, binaries: PostgresBinaries, how: AsRoot, lock: int) -> None:
    """A replica's first files: a base backup, made beside its place and moved there when it is whole.

    :raises EngineMissing: the server's binaries come without ``pg_basebackup``.
    :raises EngineFailed: the followed server does not answer, or has no such slot.
    """
    program = copier(binaries)
    source = f"host={_quoted(node.upstream_link)} port=5432 user={ROLE} passfile={_quoted(node.passfile)}"
    argv = [str(program), "-D", str(node.draft_data), "-d", source, "-S", upstream.slot, "-X", "stream"]
    argv += ["-c", "fast", "--no-password"]
    initialise(Launch(argv, how), node, lock, patience=COPY_PATIENCE)
    (node.draft_data / "standby.signal").touch(mode=0o600)
    node.draft_data.rename(node.data)


def copier(binaries: PostgresBinaries) -> Path:
    """The program that makes base backups.

    :raises EngineMissing: it is not beside the server.
    """
    program = Path(binaries.folder) / "pg_basebackup"
    if not program.exists():
        remedy = "Install the client programs of the same version (`apt install postgresql-client`)."
        raise EngineMissing("postgres", f"There is no {program}, so no replica can be made.", remedy)
    return program


def admit(client: Client, slot: str, password: str) -> None:
    """Makes role and slot in a server that is to be followed.

    Whoever was put in charge of the role (version 16 and later do so with whoever created one of that name) is not
    any more.
    """
    rights = f"LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {literal(verifier(password))}"
    if not client.query(f"SELECT 1 FROM pg_roles WHERE rolname = {literal(ROLE)}"):
        client.query(f"CREATE ROLE {ROLE} {rights}")
    members = client.query(
        "SELECT m.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member"
        f" JOIN pg_roles r ON r.oid = a.roleid WHERE r.rolname = {literal(ROLE)}"
    )
    for (member,) in members:
        client.query(f"REVOKE {ROLE} FROM {identifier(str(member))} CASCADE")
    client.query(f"ALTER ROLE {ROLE} {rights}")
    try:
        client.query(f"SELECT pg_create_physical_replication_slot({literal(slot)}, true)")
    except ServerError as error:
        if error.code != _EXISTS:
            raise


def dismiss(client: Client, slot: str) -> bool:
    """Takes a slot away, with whoever uses it.

    :returns: whether it is gone; else it is about to be free.
    """
    found = client.query(f"SELECT active_pid FROM pg_replication_slots WHERE slot_name = {literal(slot)}")
    if not found:
        return True
    ((user,),) = found
    if user is not None:
        client.query(f"SELECT pg_terminate_backend({user})")
    try:
        client.query(f"SELECT pg_drop_replication_slot({literal(slot)})")
    except ServerError as error:
        if error.code != _IN_USE:
            raise
        return False
    return True


def position(client: Client) -> str:
    """How far a server has written, as it tells its replicas."""
    return str(client.query("SELECT pg_current_wal_flush_lsn()")[0][0])


def progress(client: Client, wanted: str) -> tuple[str, bool, bool]:
    """What a replica says: how far it has replayed, whether that is as far as ``wanted``, and whether it follows."""
    ((replayed, reached, state),) = client.query(
        f"SELECT pg_last_wal_replay_lsn(), pg_last_wal_replay_lsn() >= {literal(wanted)}::pg_lsn,"
        " (SELECT status FROM pg_stat_wal_receiver)"
    )
    return str(replayed or ""), reached == "t", state == "streaming"


def delay(client: Client) -> int | None:
    """By how many seconds a replica's newest commit is older than now while it has more to replay, 0 else; ``None``
    while it does not follow.
    """
    found = client.query(
        "SELECT CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0"
        " ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::int END"
        " FROM pg_stat_wal_receiver WHERE status = 'streaming'"
    )
    return max(0, int(found[0][0] or 0)) if found else None


def _quoted(path: Path) -> str:
    """As a value of a connection string."""
    return "'" + str(path).replace("\\", "\\\\").replace("'", "\\'") + "'"


def _escaped(text: str) -> str:
    """As a field of a password file."""
    return text.replace("\\", "\\\\").replace(":", "\\:")
