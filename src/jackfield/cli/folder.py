"""Finding the data folder of a command, and the Jackfield that runs on it."""

from __future__ import annotations

from pathlib import Path

from jackfield.cli.failure import Failure
from jackfield.supervisor.folder import Folder, FolderRefused, default_folder
from jackfield.supervisor.ready import Ready, read_ready


def folder_of(data: Path | None, *, create: bool = False) -> Folder:
    """:raises Failure: the folder cannot be used, or does not exist and is not to be made."""
    folder = Folder(data or default_folder())
    try:
        if create:
            return folder.create()
    except FolderRefused as error:
        raise Failure(str(error)) from None
    if not folder.exists:
        raise Failure(f"there is no Jackfield in {folder.root}; start one with 'jackfield up --data {folder.root}'")
    return folder


def ready_of(folder: Folder) -> Ready:
    """:raises Failure: nothing is ready on the folder."""
    ready = read_ready(folder.ready)
    if ready is None:
        raise Failure(f"nothing runs on {folder.root}; start it with 'jackfield up --data {folder.root}'")
    return ready
