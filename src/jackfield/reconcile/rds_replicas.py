"""Read-only instances: their servers are made to follow their primaries' and are seen to have caught up."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol

import msgspec

from jackfield.engines.engine import EngineError
from jackfield.products.rds.replicas import primary_of, replicas_of
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.states import CREATING, DELETING
from jackfield.reconcile.loop import Later
from jackfield.reconcile.rds_servers import mysql_kind, server_of
from jackfield.reconcile.replication_link import ReplicationLinks
from jackfield.reconcile.world import World
from jackfield.store.interface import Reader

_TIDY_SECONDS = 60.0
_COPIES = 3
"""How many replicas are copied at the same time: fewer than there are workers for everything."""


class Target(NamedTuple):
    """A server of a primary and its read-only instances. :param target: as :class:`jackfield.relay.route.Backend`'s."""

    instance: DBInstance
    target: str


def targets(world: World, view: Reader, primary: DBInstance) -> list[Target]:
    """The primary's server, then those of its read-only instances in whatever state, oldest first."""
    return [Target(one, server_of(world, one).target) for one in (primary, *replicas_of(view, primary.id))]


class Progress(NamedTuple):
    """How far a replica is. :param position: what it has applied. :param reached: that is all that was asked for.

    :param following: it is connected to the server it follows.
    """

    position: str
    reached: bool
    following: bool


class Replication(Protocol):
    """What one engine does about one replica. Each call may be repeated.

    :raises EngineError: a server does not answer, or refuses.
    """

    def admit(self) -> None:
        """Makes the primary's server ready to be followed by this replica's."""

    def follow(self) -> None:
        """Has the replica's server, which runs, follow.

        :raises Later: it has to be looked at again first.
        """

    def position(self) -> str:
        """How far the primary's server has written."""

    def progress(self, wanted: str) -> Progress:
        """How far the replica's server is."""

    def delay(self) -> int | None:
        """By how many seconds the replica's server is behind; ``None`` while it does not follow."""

    def part(self) -> bool:
        """Takes away what the primary's server keeps for the replica; whether it is gone."""


class Replicas:
    """The steps of read-only instances that others have not. They do nothing for other instances."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._links = ReplicationLinks(world)
        self._turns = threading.Semaphore(_COPIES)
        self._admitted: set[str] = set()
        self._wanted: dict[str, str] = {}
        self._tidied: dict[str, float] = {}
        self._followed: dict[str, tuple[float, int]] = {}

    @contextmanager
    def turn(self, instance: DBInstance) -> Iterator[None]:
        """For the steps in which a new replica may be copied: a copy takes its time, and other work is to go on.

        :raises Later: as many as may be are being copied.
        """
        if not instance.read_only or instance.status != CREATING:
            yield
            return
        if not self._turns.acquire(blocking=False):
            raise Later(0.2, "others are being copied")
        try:
            yield
        finally:
            self._turns.release()

    def admit(self, instance: DBInstance) -> None:
        """Prepares the primary for a replica whose server was not started yet.

        :raises Later: the primary's server does not answer.
        """
        if instance.read_only and instance.status == CREATING and instance.id not in self._admitted:
            with _later("the primary"):
                self._of(instance).admit()
            self._admitted.add(instance.id)

    def follow(self, instance: DBInstance) -> None:
        """Has a replica's server, which runs, follow.

        :raises Later: it has to be looked at again first.
        """
        if instance.read_only:
            with _later("the replica"):
                self._of(instance).follow()

    def caught_up(self, instance: DBInstance) -> dict[str, Any]:
        """Waits until a new replica has all that its primary had when this was first asked; what was seen.

        :raises Later: it has not.
        """
        if not instance.read_only or instance.status != CREATING or not self._world.real:
            return {}
        replication = self._of(instance)
        with _later("replication"):
            wanted = self._wanted.setdefault(instance.id, replication.position())
            progress = replication.progress(wanted)
        if not progress.reached or not progress.following:
            raise Later(0.05, f"replayed {progress.position or 'nothing'} of {wanted}")
        self._wanted.pop(instance.id)
        return {"replication": {"primary": instance.parent, "primary_at": wanted, "replayed": progress.position}}

    def look(self, instance: DBInstance) -> None:
        """Notes by how much a replica is behind, and what serves an instance of MySQL; has a primary of MySQL throw
        away what no replica of it needs. A server that somebody else runs is left alone.
        """
        if not self._world.real or instance.adopted:
            return
        found: dict[str, Any] = {}
        if instance.read_only:
            found["delay"] = self._delay(instance)
        if instance.engine == "MySQL":
            found["served_by"] = instance.served_by or mysql_kind(self._world, instance)
            if found["served_by"] == "mariadb" and not instance.read_only:
                self._tidy(instance)
        if all(getattr(instance, name) == value for name, value in found.items()):
            return
        with self._world.store.write() as tx:
            current = tx.get(DBInstance, instance.id)
            if current is not None:
                tx.put(msgspec.structs.replace(current, **found))

    def _delay(self, instance: DBInstance) -> int:
        """One that does not follow falls behind as time goes by."""
        with _later("the replica"):
            said = self._of(instance).delay()
        now = time.monotonic()
        if said is not None:
            self._followed[instance.id] = (now, said)
            return said
        seen, delay = self._followed.setdefault(instance.id, (now, instance.delay))
        return delay + int(now - seen)

    def _tidy(self, primary: DBInstance) -> None:
        from jackfield.reconcile.mariadb_replica import discard_logs

        now = time.monotonic()
        if now < self._tidied.get(primary.id, 0.0) + _TIDY_SECONDS:
            return
        with self._world.store.read() as view:
            replicas = [one for one in replicas_of(view, primary.id) if one.status != DELETING]
        if any(one.status == CREATING for one in replicas):
            return
        self._tidied[primary.id] = now
        with _later("a log"):
            discard_logs(self._world, primary, replicas)

    def part(self, instance: DBInstance) -> dict[str, Any]:
        """Ends what the primary keeps for a replica whose server is gone; what was seen.

        :raises Later: the primary's server does not answer, or is not done.
        """
        if not instance.read_only or not self._world.real:
            return {}
        self._wanted.pop(instance.id, None)
        with _later("the primary"):
            if not self._of(instance).part():
                raise Later(0.1, "the primary still serves the replica")
        return {"parted_from": instance.parent}

    def _of(self, instance: DBInstance) -> Replication:
        with self._world.store.read() as view:
            primary = primary_of(view, instance)
        if instance.engine == "PostgreSQL":
            from jackfield.reconcile.postgres_replica import PostgresReplica

            return PostgresReplica(self._world, instance, primary)
        from jackfield.reconcile.mariadb_replica import MariaDbReplica

        return MariaDbReplica(self._world, self._links, instance, primary)


@contextmanager
def _later(who: str) -> Iterator[None]:
    try:
        yield
    except EngineError as error:
        raise Later(0.2, f"{who}: {error}") from error
