"""The server of an OceanBase tenant: seekdb, one process a tenant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jackfield.engines.seekdb import SeekDbEngine, SeekDbNode
from jackfield.engines.wire.stream import Stream
from jackfield.products.oceanbase.resources import Tenant
from jackfield.reconcile.servers import Server, log_in_mysql
from jackfield.reconcile.world import World

ENGINE = SeekDbEngine()
_PATIENCE = 5.0


class TenantServer(Server[SeekDbNode]):
    """With what only this engine's accounts are asked."""

    def rename_account(self, name: str, other: str) -> None:
        """Gives an account another name. :raises NoSuchAccount: there is neither."""
        ENGINE.rename_account(self._node, name, other)

    def set_locked(self, name: str, locked: bool) -> bool:
        """Locks an account, or unlocks it; what the server says of it then. :raises NoSuchAccount: there is none."""
        return ENGINE.set_locked(self._node, name, locked)


def server_of(world: World, tenant: Tenant) -> TenantServer:
    """The tenant's server. Its internal password is derived from the folder's key, so it is stored nowhere."""
    node = SeekDbNode(
        id=tenant.id,
        folder=world.folder.engine_folder(tenant.id, 0),
        socket=world.folder.engine_socket(tenant.id, 0),
        password=world.keyring.derive(f"oceanbase {tenant.id}"),
    )
    return TenantServer(ENGINE, node, log_in_mysql)


def log_in(world: World, tenant: Tenant, user: str, password: str) -> Mapping[str, Any]:
    """Logs in to the tenant's server itself, for a tenant need not have an address.

    :raises ServerError, Unreachable: it is refused, or the server does not answer.
    """
    return log_in_mysql(Stream(world.folder.engine_socket(tenant.id, 0), _PATIENCE), user, password)
