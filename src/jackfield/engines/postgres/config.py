"""The configuration of a PostgreSQL server, made from its node alone: the same node gives the same bytes."""

from __future__ import annotations

from jackfield.engines.postgres import replication
from jackfield.engines.postgres.node import PostgresNode
from jackfield.engines.server_node import REPLICATION

ACCESS = (
    "# By its Unix socket only, everybody with a password; replicas as one role that may do nothing else.\n"
    "local all all scram-sha-256\n"
    f"local replication {REPLICATION} scram-sha-256\n"
)
"""``pg_hba.conf``."""

_OURS = {
    "listen_addresses": "",
    # Relative to the data, so that the path may have any length.
    "unix_socket_directories": "..",
    "unix_socket_permissions": "0700",
    "port": "5432",
    "ssl": "off",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    # A replica's values may not be smaller than those of the server it follows.
    "max_wal_senders": "24",
    "max_replication_slots": "24",
    # How soon a replica tries again to reach the server it follows.
    "wal_retrieve_retry_interval": "250ms",
    # Files in the data instead of /dev/shm, which is small in containers and keeps what a killed server had there.
    "dynamic_shared_memory_type": "mmap",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_destination": "stderr",
    # Statements may hold passwords, and failing ones are logged by default.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "update_process_title": "off",
}


def render(node: PostgresNode) -> str:
    """The text of ``postgresql.conf``."""
    lines = _OURS | dict(sorted(node.settings.items())) | replication.settings(node)
    return "".join(f"{name} = {quoted(value)}\n" for name, value in lines.items())


def quoted(value: str) -> str:
    """As guc-file.l reads strings."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
