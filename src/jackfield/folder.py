"""The data folder: where everything of one Jackfield lies, readable by its owner alone."""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import IO

import msgspec

from jackfield.processes import ProcessId, alive

_LONGEST_SOCKET = 100
"""Unix socket paths end at 104 (macOS) or 108 (Linux) bytes."""


class FolderRefused(Exception):
    """The folder cannot be used; the text says why."""


def default_folder() -> Path:
    """``$JACKFIELD_DATA``, else a folder of the user's own; never one that needs root."""
    chosen = os.environ.get("JACKFIELD_DATA")
    if chosen:
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "jackfield"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "jackfield"


class Folder:
    """Names of the files in a data folder.

    :raises FolderRefused: it belongs to somebody else, or is no folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser().absolute()
        self.store = self.root / "store.db"
        self.relay = self.root / "relay"
        self.engines = self.root / "engines"
        self.vpcs = self.root / "vpcs"
        self.certificates = self.root / "certificates"
        self.logs = self.root / "logs"
        self.hosts = self.root / "hosts"
        self.ready = self.root / "ready.json"
        self.lock = self.root / "lock"
        self.api = self.root / "api.json"
        self.api_lock = self.root / "api.lock"
        self.port = self.root / "port"

    def create(self) -> Folder:
        """Makes what is missing; everything is 0700."""
        for path in (self.root, self.relay, self.engines, self.vpcs, self.logs, self.run):
            try:
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
            except (FileExistsError, NotADirectoryError, PermissionError) as error:
                raise FolderRefused(f"{path} cannot be used as a data folder: {error.strerror}") from None
            status = path.stat()
            if status.st_uid != os.getuid():
                raise FolderRefused(f"{path} belongs to another user")
            if status.st_mode & 0o077:
                path.chmod(0o700)
        return self

    @property
    def exists(self) -> bool:
        return self.store.exists() or self.lock.exists()

    @property
    def run(self) -> Path:
        """Where sockets lie: in the folder, or in a short one of the user's own where the path would be too long."""
        near = self.root / "run"
        if len(os.fsencode(near)) + len("/r-bp1aaaaaaaaaaaaaa-255.sock") <= _LONGEST_SOCKET:
            return near
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        base = Path("/tmp") if len(tempfile.gettempdir()) > 40 else Path(tempfile.gettempdir())
        return base / f"jackfield-{os.getuid()}-{digest}"

    def relay_lock(self, role: str) -> Path:
        """Locked by the relay of that role for as long as it lives."""
        return self.relay / f"{role}.lock"

    def relay_socket(self, role: str) -> Path:
        return self.run / f"relay-{role}.sock"

    def vpc_lock(self, role: str) -> Path:
        """Locked for as long as it lives by the process of that role: ``holder`` or ``keeper``."""
        return self.vpcs / f"{role}.lock"

    def vpc_socket(self, role: str) -> Path:
        return self.run / f"vpc-{role}.sock"

    def engine_socket(self, instance: str, index: int) -> Path:
        return self.run / f"{instance}-{index}.sock"

    def engine_folder(self, instance: str, index: int) -> Path:
        return self.engines / instance / str(index)


class Lock:
    """An advisory lock that ends with its holder, however it ends. The file names the holder's pid."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def take(self) -> bool:
        """``False`` when another process holds it."""
        file = open(self._path, "a+", encoding="ascii")  # noqa: SIM115
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file
        return True

    def fileno(self) -> int:
        """The locked descriptor; a child that inherits it holds the lock, too, whatever becomes of us."""
        assert self._file is not None, "take the lock first"
        return self._file.fileno()

    def release(self) -> None:
        """Ends our part in it: a child that inherited it goes on holding it."""
        if self._file:
            self._file.close()
            self._file = None

    def holder(self) -> int | None:
        """Pid of the process that holds the lock; ``None`` when nobody does."""
        if not self._path.exists() or self._file:
            return None
        with open(self._path, "r+", encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                text = file.read().strip()
                return int(text) if text.isdigit() else -1
            fcntl.flock(file, fcntl.LOCK_UN)
        return None


def write_private(path: Path, content: bytes) -> None:
    """Replaces a file at once; only its owner may read it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, content)
    finally:
        os.close(descriptor)
    os.replace(temporary, path)


def read_process(path: Path) -> ProcessId | None:
    """The process that a file names, if it is still alive."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=ProcessId)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return found if alive(found) else None
