"""Files that only their owner reads, and that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def private_folder(folder: Path) -> None:
    """Makes a folder with mode 0700, unless it is there; the mode of one that is there is its maker's affair."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def create_whole(path: Path, fill: Callable[[Path], None]) -> bool:
    """Creates a file (mode 0600) that nobody ever sees half written, even if this process is killed.

    ``fill`` gets an empty file of another name in the same folder, which is then linked to its own name; a link,
    unlike a rename, never replaces what somebody else created meanwhile.

    :return: ``False`` when somebody else was faster; theirs stands.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    try:
        fill(Path(name))
        try:
            os.link(name, path)
        except FileExistsError:
            return False
    finally:
        os.unlink(name)
    sync_folder(path.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Brings new names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
