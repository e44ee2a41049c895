"""Databases of RDS instances, and who may do what in them: what the store says is made so in the database server."""

from __future__ import annotations

import threading
from collections import defaultdict
from contextlib import suppress
from typing import Any

import msgspec

from jackfield.engines.engine import NoSuchAccount
from jackfield.engines.server_node import Characters
from jackfield.products.rds.contents import DBDatabase, without
from jackfield.products.rds.resources import DBAccount, DBInstance
from jackfield.products.rds.states import (
    AVAILABLE,
    DATABASE_CREATING,
    DATABASE_DELETING,
    DATABASE_RUNNING,
    STOPPED,
)
from jackfield.reconcile.instances import Rest
from jackfield.reconcile.loop import Later, wait_until
from jackfield.reconcile.rds_servers import server_of
from jackfield.reconcile.world import World

RDS_CONTENTS = (Rest(DBAccount, frozenset((AVAILABLE,))), Rest(DBDatabase, frozenset((DATABASE_RUNNING,))))


class Grants:
    """Gives accounts their privileges in the server, one account of an instance at a time: PostgreSQL refuses two that
    change the same rights at once.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._locks: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)

    def alone(self, instance: DBInstance) -> threading.RLock:
        """Held by who changes what accounts of an instance may do."""
        return self._locks[instance.id]

    def put(self, account: DBAccount, instance: DBInstance, *, made: str = "") -> dict[str, str]:
        """Makes the server's privileges of an account those of its record.

        :param made: a database that is there already, although its record does not say so yet.
        :return: them, for the change feed.
        :raises Later: a database is still being created. :raises NoSuchAccount: somebody dropped the account with SQL.
        """
        with self.alone(instance):
            with self._world.store.read() as view:
                found = {one.name: one.status for one in view.children(DBDatabase, instance.id)}
            wanted: dict[str, str] = {grant.database: grant.privilege for grant in account.grants}
            databases = [name for name, status in found.items() if status == DATABASE_RUNNING or name == made]
            waiting = [name for name in wanted if found.get(name) == DATABASE_CREATING and name != made]
            if waiting:
                raise Later(0.1, f"{', '.join(waiting)} is being created")
            if account.type == "Super":
                # MySQL's privileged accounts may do everything everywhere; PostgreSQL's have to be let in.
                wanted = dict.fromkeys(databases, "ReadWrite") if instance.engine == "PostgreSQL" else {}
                databases = list(wanted)
            wanted = {name: privilege for name, privilege in wanted.items() if name in databases}
            if databases:
                server_of(self._world, instance).set_grants(account.name, wanted, databases)
        return wanted


class DatabaseReconciler:
    """Creating: the server has it, Running. Deleting: the server has it no more, the record and all grants go."""

    kind = DBDatabase.kind

    def __init__(self, world: World, grants: Grants) -> None:
        self._world = world
        self._grants = grants

    def step(self, id: str) -> float | None:
        with self._world.store.read() as view:
            database = view.get(DBDatabase, id)
            instance = view.get(DBInstance, database.parent) if database else None
        if database is None or instance is None or instance.status == STOPPED:
            return None  # the start of a stopped instance schedules what was left
        if database.status == DATABASE_CREATING:
            self._create(database, instance)
        elif database.status == DATABASE_DELETING:
            self._delete(database, instance)
        return None

    def _create(self, database: DBDatabase, instance: DBInstance) -> None:
        """Makes it and lets privileged accounts in; an account made meanwhile waits, and finds it Running."""
        evidence: dict[str, Any] = {"engines": "none"}
        has = Characters(charset=database.character_set, collate=database.collate, ctype=database.ctype)
        if self._world.real:
            has = server_of(self._world, instance).create_database(database.name, has)
            evidence = {"database": database.name, **msgspec.structs.asdict(has)}
        wait_until(database.settle_at)
        with self._grants.alone(instance):
            if self._world.real:
                self._let_in(database, instance)
            with self._world.store.write() as tx:
                current = tx.get(DBDatabase, database.id)
                if current is not None and current.status == DATABASE_CREATING:
                    running = msgspec.structs.replace(
                        current, status=DATABASE_RUNNING, collate=has.collate, ctype=has.ctype
                    )
                    tx.put(running, evidence=evidence)

    def _let_in(self, database: DBDatabase, instance: DBInstance) -> None:
        with self._world.store.read() as view:
            privileged = [one for one in view.children(DBAccount, instance.id) if one.type == "Super"]
        for account in privileged:
            with suppress(NoSuchAccount):
                self._grants.put(account, instance, made=database.name)

    def _delete(self, database: DBDatabase, instance: DBInstance) -> None:
        """Privileges go first: MySQL keeps those in databases that are gone, for one that comes under the same name."""
        evidence: dict[str, Any] = {"engines": "none"}
        with self._world.store.read() as view:
            accounts = [
                one
                for one in view.children(DBAccount, instance.id)
                if any(grant.database == database.name for grant in one.grants)
            ]
        if self._world.real:
            server = server_of(self._world, instance)
            for account in accounts:
                with suppress(NoSuchAccount):
                    server.set_grants(account.name, {}, [database.name])
            server.drop_database(database.name)
            evidence = {"dropped": database.name}
        wait_until(database.settle_at)
        with self._world.store.write() as tx:
            for account in tx.children(DBAccount, instance.id):
                left = without(account.grants, database.name)
                if left != account.grants:
                    tx.put(msgspec.structs.replace(account, grants=left))
            current = tx.get(DBDatabase, database.id)
            if current is not None and current.status == DATABASE_DELETING:
                tx.remove(current, evidence=evidence)
