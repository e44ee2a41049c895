"""The server of an RDS instance: PostgreSQL, or MySQL in whichever form the machine has it."""

from __future__ import annotations

from typing import TypeAlias

from jackfield.engines.mysql import MySqlEngine, MySqlNode
from jackfield.engines.postgres import PostgresEngine, PostgresNode
from jackfield.products.rds.resources import DBInstance
from jackfield.reconcile.servers import Server, log_in_mysql, log_in_postgres
from jackfield.reconcile.world import World

DBServer: TypeAlias = Server[PostgresNode] | Server[MySqlNode]

_POSTGRES = PostgresEngine()
_MYSQL = MySqlEngine()


def server_of(world: World, instance: DBInstance) -> DBServer:
    """The instance's server. Its internal password is derived from the folder's key, so it is stored nowhere."""
    folder = world.folder.engine_folder(instance.id, 0)
    socket = world.folder.engine_socket(instance.id, 0)
    password = world.keyring.derive(f"rds {instance.id}")
    if instance.engine == "PostgreSQL":
        return Server(
            _POSTGRES, PostgresNode(id=instance.id, folder=folder, socket=socket, password=password), log_in_postgres
        )
    return Server(
        _MYSQL,
        MySqlNode(
            id=instance.id,
            folder=folder,
            socket=socket,
            password=password,
            strict=world.settings.durability == "strict",
        ),
        log_in_mysql,
    )
