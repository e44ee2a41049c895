"""Finding the data folder of a command, and the Jackfield that runs on it."""

from __future__ import annotations

from pathlib import Path

from jackfield.cli.failure import Failure
from jackfield.folder import Folder, FolderRefused, default_folder
from jackfield.supervisor.ready import Ready, read_ready


def folder_of(data: Path | None, *, create: bool = False) -> Folder:
    """:raises Failure: the folder cannot be used, or does not exist and is not to be made."""
    try:
        folder = Folder(data or default_folder())
        if create:
            return folder.create()
        exists = folder.exists
    except (FolderRefused, RuntimeError) as error:  # the latter for ~somebody who is unknown
        raise Failure(f"{data}: {error}" if isinstance(error, RuntimeError) else str(error)) from None
    except OSError as error:
        raise Failure(f"{error.filename or data} cannot be used: {error.strerror}") from None
    if not exists:
        raise Failure(f"there is no Jackfield in {folder.root}; start one with 'jackfield up --data {folder.root}'")
    return folder


def ready_of(folder: Folder) -> Ready:
    """:raises Failure: nothing is ready on the folder."""
    ready = read_ready(folder.ready)
    if ready is None:
        raise Failure(f"nothing runs on {folder.root}; start it with 'jackfield up --data {folder.root}'")
    return ready
