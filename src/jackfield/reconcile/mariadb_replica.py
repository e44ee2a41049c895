"""A read-only instance of MySQL: replication between two MariaDB servers."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from jackfield.engines.mysql import MySqlEngine, MySqlNode, replication
from jackfield.engines.server import LOOK_TIMEOUT
from jackfield.engines.server_node import INTERNAL
from jackfield.engines.wire.mysql import Client
from jackfield.products.rds.resources import DBInstance
from jackfield.reconcile.loop import Later
from jackfield.reconcile.rds_replicas import Progress
from jackfield.reconcile.rds_servers import mysql_node
from jackfield.reconcile.replication_link import PORT, ReplicationLinks
from jackfield.reconcile.world import World


class MariaDbReplica:
    """See :class:`jackfield.reconcile.rds_replicas.Replication`."""

    def __init__(self, world: World, links: ReplicationLinks, replica: DBInstance, primary: DBInstance) -> None:
        self._links = links
        self._instance = replica
        self._replica = mysql_node(world, replica)
        self._primary = mysql_node(world, primary)
        self._password = world.keyring.derive(f"rds replication {primary.id}")

    def admit(self) -> None:
        with _asked(self._primary) as client:
            ready = replication.logs(client)
            if ready:
                replication.admit(client, self._password)
        if not ready:
            MySqlEngine().stop(self._primary)  # its reconciler starts it again, with a log
            raise Later(0.2, "the primary was started by an earlier release and is started again")

    def follow(self) -> None:
        """The first time it is filled, which takes as long as that takes. A copy that was broken off begins anew."""
        address, certificate = self._links.open(self._instance, MySqlEngine().target(self._primary))
        way = replication.Way(address, PORT, self._password, certificate)
        if self._marker.exists():
            MySqlEngine().stop(self._replica)
            if self._replica.data.exists():  # what lies there is half-made: see ServerNode.draft_data
                shutil.rmtree(self._replica.draft_data, ignore_errors=True)
                self._replica.data.rename(self._replica.draft_data)
            self._marker.unlink()
            raise Later(0.0, "the copy was broken off")
        with _asked(self._replica) as client:
            told = replication.status(client)
            if told and told["Master_Host"] != address:
                replication.lead(client, way)
            elif told and "No" in (told["Slave_IO_Running"], told["Slave_SQL_Running"]):
                client.query("START SLAVE")
        if not told:
            self._marker.touch(mode=0o600)
            replication.copy(self._primary, self._replica, way)
            self._marker.unlink()

    def position(self) -> str:
        with _asked(self._primary) as client:
            return replication.position(client)

    def progress(self, wanted: str) -> Progress:
        with _asked(self._replica) as client:
            told = replication.status(client)
            applied = replication.applied(client)
        following = told.get("Slave_IO_Running") == told.get("Slave_SQL_Running") == "Yes"
        return Progress(applied, replication.covers(applied, wanted), following)

    def delay(self) -> int | None:
        with _asked(self._replica) as client:
            seconds = replication.status(client).get("Seconds_Behind_Master")
        return None if seconds is None else int(seconds)

    def part(self) -> bool:
        self._links.close(self._instance)
        return True

    @property
    def _marker(self) -> Path:
        """There while the replica is being filled."""
        return self._replica.folder / "copying"


def discard_logs(world: World, primary: DBInstance, replicas: Sequence[DBInstance]) -> None:
    """Deletes what a primary keeps for replicas and none of them still needs.

    :raises EngineError: a server does not answer.
    """
    needed = []
    for one in replicas:
        with _asked(mysql_node(world, one)) as reader:
            needed.append(replication.status(reader).get("Relay_Master_Log_File"))
    known = [file for file in needed if file]
    if len(known) == len(needed):  # one that does not say what it reads may need anything
        with _asked(mysql_node(world, primary)) as client:
            replication.discard(client, known)


def _asked(node: MySqlNode) -> Client:
    return Client(node.socket, INTERNAL, node.password, LOOK_TIMEOUT)
