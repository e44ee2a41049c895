"""Which process serves a node's folder, and the proof that it is the only one.

The server inherits a locked descriptor (flock) of the folder's lock file, and so do its children and whatever makes
its first files. So whoever gets the lock knows that nothing at all works in that folder. Which process it is stands in
a record that is written before the process becomes the server (:mod:`jackfield.engines.gate`).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from jackfield.engines.engine import EngineFailed
from jackfield.processes import ProcessId, alive, identify, send

PAUSE = 0.01
"""Seconds between two looks at something that tells nobody when it changes."""


class Kept(Protocol):
    """A node whose folder has a lock and a record."""

    @property
    def folder(self) -> Path: ...

    @property
    def lock_file(self) -> Path:
        """Locked (flock) by the server process for as long as it lives, by inheritance."""

    @property
    def record_file(self) -> Path:
        """Which process serves the folder: a :class:`~jackfield.processes.ProcessId` as JSON."""


def replace(path: Path, text: str) -> None:
    """Makes ``text`` the content of a file of mode 600; a reader sees the old one or the new one."""
    draft = path.with_name(path.name + ".new")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(fd, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def record(node: Kept, process_id: ProcessId) -> None:
    """Remembers on disk which process serves the folder."""
    replace(node.record_file, msgspec.json.encode(process_id).decode())


def recorded(node: Kept) -> ProcessId | None:
    """The recorded process, if it is alive."""
    process_id = _read(node)
    return process_id if process_id is not None and alive(process_id) else None


def _read(node: Kept) -> ProcessId | None:
    try:
        return msgspec.json.decode(node.record_file.read_bytes(), type=ProcessId)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return None


@contextlib.contextmanager
def try_lock(node: Kept) -> Iterator[int | None]:
    """The right to start a server on the folder, or to delete it; None while a server or another starter has it.

    Gives the descriptor that the server is to inherit.
    """
    fd = os.open(node.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield fd if _locked(fd, node) else None
    finally:
        os.close(fd)


def _locked(fd: int, node: Kept) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The folder may have been deleted, and made anew, since the file was opened: it must be that of today's.
        return os.path.samestat(os.fstat(fd), os.stat(node.lock_file))
    except (BlockingIOError, FileNotFoundError):
        return False


@contextlib.contextmanager
def lock(node: Kept, timeout: float) -> Iterator[int]:
    """:func:`try_lock`, waited for.

    :raises EngineFailed: it is still held by somebody after ``timeout`` seconds.
    """
    deadline = time.monotonic() + timeout
    while True:
        with try_lock(node) as fd:
            if fd is not None:
                yield fd
                return
        if time.monotonic() > deadline:
            raise EngineFailed(f"the folder {node.folder} is in use by another process")
        time.sleep(PAUSE)


def end_orphans(node: Kept, programs: Collection[str]) -> int:
    """Kills what a server that died has left: processes of that program that still hold its lock.

    A PostgreSQL backend in the middle of a query notices only at its end that its postmaster is gone, and no new one
    starts before. Does nothing where there is no /proc.

    :param programs: file names of the server's program.
    :returns: how many were killed.
    """
    dead = _read(node)
    if sys.platform != "linux" or dead is None or alive(dead):
        return 0
    found = _holders(node, programs)
    # A starter that got the lock meanwhile has removed the record before it ran anything: then they are its own.
    if _read(node) != dead:
        return 0
    return sum(send(orphan, signal.SIGKILL) for orphan in found)


def _holders(node: Kept, programs: Collection[str]) -> list[ProcessId]:
    try:
        lock_file = os.stat(node.lock_file)
    except FileNotFoundError:
        return []
    found = []
    for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):
        process_id = identify(pid)
        with contextlib.suppress(OSError):
            # " (deleted)" stands behind the name of a program that was replaced by a newer one.
            program = os.path.basename(os.readlink(f"/proc/{pid}/exe")).removesuffix(" (deleted)")
            if process_id is None or program not in programs:
                continue
            if any(_is(f"/proc/{pid}/fd/{name}", lock_file) for name in os.listdir(f"/proc/{pid}/fd")):
                found.append(process_id)
    return found


def _is(path: str, file: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.stat(path), file)
    except OSError:
        return False
