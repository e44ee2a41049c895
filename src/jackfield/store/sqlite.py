"""The embedded store: one SQLite file in WAL mode, shared by threads and by processes."""

from __future__ import annotations

import logging
import os
import stat
import threading
import time
import uuid
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from jackfield.store import once, work
from jackfield.store.checkpoint import LAST_RESORT_PAGES, Checkpointer
from jackfield.store.errors import NestedTransaction, NotTheOwner, StoreBusy, StoreClosed
from jackfield.store.files import private_folder
from jackfield.store.reader import SqliteReader
from jackfield.store.resource import Work
from jackfield.store.schema import prepare
from jackfield.store.session import BUSY_TIMEOUT, Session, connect
from jackfield.store.writer import SqliteTx

Durability = Literal["normal", "strict"]

log = logging.getLogger(__name__)


def open_store(
    path: Path,
    *,
    durability: Durability = "normal",
    clock: Callable[[], float] = time.time,
    owner_of_work: bool = False,
) -> SqliteStore:
    """Opens the store in a file, which is made (0600, its folder 0700) if it is not there.

    :param path: the database file; SQLite keeps two more beside it, ``-wal`` and ``-shm``.
    :param durability: ``normal`` survives the death of any process, ``strict`` also a power cut (an fsync a commit).
    :param clock: seconds since the epoch.
    :param owner_of_work: this process runs the reconcilers. Leases that an earlier owner left behind end now; the
        caller's lock on the data folder sees to it that there is one owner at a time.
    :raises StoreTooNew: a newer release wrote the file. :raises NotAStore: it is something else.
    """
    return SqliteStore(path, durability=durability, clock=clock, owner_of_work=owner_of_work)


class SqliteStore:
    """See :class:`jackfield.store.interface.Store`, and :func:`open_store` for the parameters."""

    def __init__(self, path: Path, *, durability: Durability, clock: Callable[[], float], owner_of_work: bool) -> None:
        private_folder(path.parent)
        prepare(path, connect)
        if stat.S_IMODE(path.stat().st_mode) != 0o600:
            os.chmod(path, 0o600)  # by name: closing a handle of the file would drop SQLite's locks on it
        self.path = path
        self.clock = clock
        self._durability: Durability = durability
        self._owner = f"{os.getpid()}-{uuid.uuid4().hex}" if owner_of_work else ""
        self._leases = 0
        self._threads = threading.local()
        self._closers: set[weakref.finalize[Any, Any]] = set()
        self._closers_lock = threading.Lock()
        self._closed = False
        # Threads of one process queue here, in turn and awake at once; SQLite's own wait is a polling one.
        self._write_lock = threading.Lock()
        self._wakes: list[Callable[[], None]] = []
        self._checkpointer: Checkpointer | None = None
        if owner_of_work:
            with self.write() as tx:
                tx.run(work.void)
            self._checkpointer = Checkpointer(path, connect)

    def read(self) -> SqliteReader:
        return SqliteReader(self)

    def write(self, *, request: str = "") -> SqliteTx:
        return SqliteTx(self, request)

    def due(self, now: float, limit: int) -> list[Work]:
        if not self._owner:
            raise NotTheOwner("open the store with owner_of_work=True to work on what is due")
        with self.read() as view:
            if not view.run(work.some_due, now):
                return []
        with self.write() as tx:
            self._leases += 1
            return tx.run(work.lease, now, limit, f"{self._owner}-{self._leases}")

    def next_due(self) -> float | None:
        with self.read() as view:
            return view.run(work.next_due)

    def done(self, work_: Work, again: float | None) -> None:
        with self.write() as tx:
            tx.run(work.done, work_, again)

    def failed(self, work_: Work, again: float, error: str) -> None:
        with self.write() as tx:
            tx.run(work.failed, work_, again, error)

    def on_work(self, wake: Callable[[], None]) -> None:
        self._wakes.append(wake)

    def sweep(self, now: float) -> None:
        with self.write() as tx:
            tx.run(once.sweep, now)

    def close(self) -> None:
        """Closes every thread's connection; the other threads must have ended their transactions."""
        if self._checkpointer is not None:
            self._checkpointer.stop()
        with self._closers_lock:
            self._closed = True
            closers = list(self._closers)
            self._closers.clear()
        for close in closers:
            close()

    def enter(self, doing: Literal["read", "write"]) -> Session:
        """This thread's session, for a transaction to begin on.

        :raises NestedTransaction: the thread is in a transaction. :raises StoreClosed: the store is closed.
        """
        if self._closed:
            raise StoreClosed(f"{self.path} is closed")
        session: Session | None = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = self._open_session()
        if session.doing:
            raise NestedTransaction(f"this thread is in a {session.doing} transaction; it cannot begin to {doing}")
        return session

    def _open_session(self) -> Session:
        pages = LAST_RESORT_PAGES if self._owner else 1000
        session = Session(connect(self.path, durability=self._durability, autocheckpoint=pages))
        with self._closers_lock:
            # The session dies with its thread; its connection is closed then, or by close().
            closer = weakref.finalize(session, session.connection.close)
            closer.atexit = False  # daemon threads may be using it while the interpreter ends
            self._closers = {each for each in self._closers if each.alive}
            self._closers.add(closer)
        return session

    def lock_writes(self) -> None:
        """Waits for this thread's turn among the writers of this process."""
        if not self._write_lock.acquire(timeout=BUSY_TIMEOUT):
            raise StoreBusy(f"another thread kept the store locked for {BUSY_TIMEOUT} s")

    def unlock_writes(self) -> None:
        """Lets the next writer in."""
        self._write_lock.release()

    def wake(self) -> None:
        """Tells those who asked that work was scheduled; the commit stands whatever they do."""
        for wake in self._wakes:
            try:
                wake()
            except Exception:
                log.exception("waking a reconcile loop failed")
