"""A read-only instance of PostgreSQL: streaming replication."""

from __future__ import annotations

from jackfield.engines import tenure
from jackfield.engines.postgres import PostgresNode, replication
from jackfield.engines.postgres.config import ACCESS
from jackfield.engines.server import LOOK_TIMEOUT
from jackfield.engines.server_node import INTERNAL
from jackfield.engines.wire.postgres import Client
from jackfield.products.rds.resources import DBInstance
from jackfield.reconcile.rds_replicas import Progress
from jackfield.reconcile.rds_servers import postgres_node
from jackfield.reconcile.world import World


class PostgresReplica:
    """See :class:`jackfield.reconcile.rds_replicas.Replication`."""

    def __init__(self, world: World, replica: DBInstance, primary: DBInstance) -> None:
        self._replica = postgres_node(world, replica)
        self._primary = postgres_node(world, primary)
        assert self._replica.upstream is not None
        self._upstream = self._replica.upstream

    def admit(self) -> None:
        with _asked(self._primary) as client:
            access = self._primary.data / "pg_hba.conf"
            if access.read_text() != ACCESS:  # the server was started by an earlier release
                tenure.replace(access, ACCESS)
                client.query("SELECT pg_reload_conf()")
            replication.admit(client, self._upstream.slot, self._upstream.password)

    def follow(self) -> None:
        """Its configuration says whom it follows."""

    def position(self) -> str:
        with _asked(self._primary) as client:
            return replication.position(client)

    def progress(self, wanted: str) -> Progress:
        with _asked(self._replica) as client:
            return Progress(*replication.progress(client, wanted))

    def delay(self) -> int | None:
        with _asked(self._replica) as client:
            return replication.delay(client)

    def part(self) -> bool:
        with _asked(self._primary) as client:
            return replication.dismiss(client, self._upstream.slot)


def _asked(node: PostgresNode) -> Client:
    return Client(node.socket, INTERNAL, node.password, timeout=LOOK_TIMEOUT)
