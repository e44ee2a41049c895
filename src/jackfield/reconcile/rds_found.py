"""Databases that clients make and drop with SQL: the records follow the server."""

from __future__ import annotations

import msgspec

from jackfield.engines.engine import EngineFailed
from jackfield.engines.server_node import Characters
from jackfield.engines.wire.errors import Unreachable
from jackfield.products.rds.contents import DBDatabase, database_id
from jackfield.products.rds.database_names import is_database_name
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.states import DATABASE_CREATING, DATABASE_RUNNING
from jackfield.reconcile.rds_servers import server_of
from jackfield.reconcile.world import World
from jackfield.store.interface import Tx


def look_for_databases(world: World, instance: DBInstance) -> None:
    """Compares the records of an instance that serves with what its server has.

    Names that CreateDatabase would not take are left alone, as are records that a reconciler works on. A server that
    does not answer is looked at the next time.
    """
    if not world.real or instance.adopted or instance.read_only:
        return
    with world.store.read() as view:  # before the server is asked: what is made meanwhile is not taken for dropped
        known = {one.name: one for one in view.children(DBDatabase, instance.id)}
    try:
        found = server_of(world, instance).databases()
    except (EngineFailed, Unreachable):
        return
    new = {name: has for name, has in found.items() if name not in known and is_database_name(instance.engine, name)}
    gone = [one for one in known.values() if one.status == DATABASE_RUNNING and one.name not in found]
    if not new and not gone:
        return
    with world.store.write() as tx:
        if tx.get(DBInstance, instance.id) is None:
            return
        for name, has in new.items():
            _add(tx, instance, name, has)
        for one in gone:
            if tx.get(DBDatabase, one.id) == one:
                tx.remove(one, evidence={"gone": one.name})


def _add(tx: Tx, instance: DBInstance, name: str, has: Characters) -> None:
    id = database_id(instance.id, name)
    if tx.get(DBDatabase, id) is not None:
        return
    made = DBDatabase(
        id=id,
        account=instance.account,
        region=instance.region,
        parent=instance.id,
        status=DATABASE_CREATING,
        created=tx.now,
        name=name,
        character_set=has.charset,
        collate=has.collate,
        ctype=has.ctype,
    )
    tx.put(made)
    tx.put(
        msgspec.structs.replace(made, status=DATABASE_RUNNING),
        evidence={"found": name, **msgspec.structs.asdict(has)},
    )
