"""Copying SQLite's log back into its database file, away from the threads that answer calls.

SQLite does that by itself, in the commit that makes the log a thousand pages long: that one caller then waits for
two fsyncs (3.7 ms at the 99th percentile of a write that takes 75 µs, measured). Here a thread of its own does it; a
passive checkpoint holds up neither readers nor writers.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

LOG_BYTES = 4 * 1024 * 1024
"""From this length of the log on it is worth a checkpoint."""
PAUSE_SECONDS = 0.25
LAST_RESORT_PAGES = 20_000
"""A commit that finds the log this long (80 MB) checkpoints after all: the thread does not keep up, or is gone."""


class Checkpointer:
    """Looks after one store's log until it is stopped.

    :param connect: opens a connection to the store's file.
    """

    def __init__(self, path: Path, connect: Callable[[Path], sqlite3.Connection]) -> None:
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._connect = connect
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpoint", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread; closing the last connection then checkpoints what is left."""
        self._stopped.set()
        self._thread.join(10)

    def _run(self) -> None:
        connection = self._connect(self._path)
        try:
            while not self._stopped.wait(PAUSE_SECONDS):
                try:
                    if self._log.stat().st_size >= LOG_BYTES:
                        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                except (OSError, sqlite3.Error) as error:
                    log.warning("a checkpoint of %s failed and is tried again: %s", self._path, error)
        finally:
            connection.close()
