"""The server of an RDS instance: PostgreSQL, or MySQL in whichever form the machine has it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from jackfield.products.rds.resources import DBInstance
from jackfield.reconcile.world import World

if TYPE_CHECKING:
    from jackfield.engines.mysql import MySqlNode
    from jackfield.engines.postgres import PostgresNode
    from jackfield.reconcile.servers import Server


def server_of(world: World, instance: DBInstance) -> Server[PostgresNode] | Server[MySqlNode] | Server[Any]:
    """The instance's server, whoever runs it.

    The internal password of one of ours is derived from the folder's key, so it is stored nowhere.

    Engines hold no state; they are imported with the first instance that needs them, to keep the start quick.
    """
    if instance.adopted:
        from jackfield.reconcile.adopted_servers import AdoptedServer

        return AdoptedServer(instance.id, instance.adopted, world.keyring)
    if instance.engine == "PostgreSQL":
        from jackfield.engines.postgres import PostgresEngine
        from jackfield.reconcile.servers import Server, log_in_postgres

        return Server(PostgresEngine(), postgres_node(world, instance), log_in_postgres)
    from jackfield.engines.mysql import MySqlEngine
    from jackfield.reconcile.servers import Server, log_in_mysql

    return Server(MySqlEngine(), mysql_node(world, instance), log_in_mysql)


def postgres_node(world: World, instance: DBInstance) -> PostgresNode:
    """The server of an instance of PostgreSQL. A replica is a copy, so its internal password is its primary's."""
    from jackfield.engines.postgres import PostgresNode, Upstream
    from jackfield.engines.postgres.replication import slot_name

    upstream = None
    if instance.read_only:
        upstream = Upstream(
            folder=world.folder.engine_folder(instance.parent, 0),
            slot=slot_name(instance.id),
            password=world.keyring.derive(f"rds replication {instance.parent}"),
        )
    return PostgresNode(
        id=instance.id,
        folder=world.folder.engine_folder(instance.id, 0),
        socket=world.folder.engine_socket(instance.id, 0),
        password=world.keyring.derive(f"rds {instance.parent or instance.id}"),
        upstream=upstream,
    )


def mysql_node(world: World, instance: DBInstance) -> MySqlNode:
    """The server of an instance of MySQL. A replica has its primary's accounts, the internal one among them."""
    from jackfield.engines.mysql import MySqlNode

    return MySqlNode(
        id=instance.id,
        folder=world.folder.engine_folder(instance.id, 0),
        socket=world.folder.engine_socket(instance.id, 0),
        password=world.keyring.derive(f"rds {instance.parent or instance.id}"),
        strict=world.settings.durability == "strict",
        # Apart from the primary's, which is 1, and those of the others.
        follower=zlib.crc32(instance.id.encode()) % (2**32 - 2) + 2 if instance.read_only else 0,
    )


def mysql_kind(world: World, instance: DBInstance) -> str:
    """What serves an instance of MySQL: see :meth:`jackfield.engines.mysql.MySqlEngine.kind`."""
    from jackfield.engines.mysql import MySqlEngine

    return MySqlEngine().kind(mysql_node(world, instance))
