"""The logins with which the relay lets clients of a VPC in that give no password."""

from __future__ import annotations

from pathlib import Path

from jackfield.products.tair.resources import Instance
from jackfield.reconcile.world import World
from jackfield.store.files import create_whole, private_folder


class Logins:
    """One file an instance, which lies where only the data folder's owner reads. What is in it never changes."""

    def __init__(self, world: World) -> None:
        self._world = world

    def password(self, instance: Instance) -> str:
        """What the servers accept besides the instance's own password; empty where that is not wanted."""
        return self._world.keyring.derive(f"redis login {instance.id}") if instance.settings.password_free else ""

    def file(self, instance: Instance) -> str:
        """The path of the file with the password; empty where there is none."""
        password = self.password(instance)
        if not password:
            return ""
        path = self._path(instance)
        if not path.exists():
            private_folder(path.parent)
            create_whole(path, lambda empty: _write(empty, password))
        return str(path)

    def forget(self, instance: Instance) -> None:
        self._path(instance).unlink(missing_ok=True)

    def _path(self, instance: Instance) -> Path:
        return self._world.folder.relay / "logins" / instance.id


def _write(path: Path, password: str) -> None:
    path.write_bytes(password.encode())
