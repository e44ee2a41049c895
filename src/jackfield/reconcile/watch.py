"""Notices at once that a database server died, so that its instance is looked at."""

from __future__ import annotations

import logging
import os
import select
import threading
from collections.abc import Callable

from jackfield.processes import ProcessId, alive

log = logging.getLogger(__name__)

HEALTH_SECONDS = 5.0
"""How often a server that runs is asked whether it answers; its death is noticed at once."""

_FALLBACK_SECONDS = 0.25


class DeathWatch:
    """Waits for processes that are nobody's children here.

    Linux tells the end of any process through a descriptor (pidfd); elsewhere they are looked at four times a second.

    :param died: called on the watching thread with the name under which the process was given.
    """

    def __init__(self, died: Callable[[str], None]) -> None:
        self._died = died
        self._lock = threading.Lock()
        self._watched: dict[ProcessId, tuple[str, int]] = {}
        self._poll = select.poll()
        self._wake_read, self._wake_write = os.pipe()
        self._poll.register(self._wake_read, select.POLLIN)
        self._thread = threading.Thread(target=self._run, name="death-watch", daemon=True)
        self._running = True

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._running = False
        os.write(self._wake_write, b"x")
        self._thread.join(2)

    def add(self, name: str, process: ProcessId) -> None:
        """Watches a process; a process that is watched already is left alone."""
        with self._lock:
            if process in self._watched:
                return
            try:
                handle = os.pidfd_open(process.pid) if hasattr(os, "pidfd_open") else -1
            except OSError:
                handle = -1
            self._watched[process] = (name, handle)
            if handle >= 0:
                self._poll.register(handle, select.POLLIN)
        os.write(self._wake_write, b"x")

    def _run(self) -> None:
        while self._running:
            with self._lock:
                blind = any(handle < 0 for _, handle in self._watched.values())
            ready = self._poll.poll(_FALLBACK_SECONDS * 1000 if blind else None)
            if any(descriptor == self._wake_read for descriptor, _ in ready):
                os.read(self._wake_read, 4096)
            for name in self._collect():
                log.info("a server of %s died", name)
                try:
                    self._died(name)
                except Exception:
                    log.exception("its instance could not be scheduled")

    def _collect(self) -> list[str]:
        """Takes out the processes that are gone."""
        with self._lock:
            gone = [process for process in self._watched if not alive(process)]
            names = []
            for process in gone:
                name, handle = self._watched.pop(process)
                if handle >= 0:
                    self._poll.unregister(handle)
                    os.close(handle)
                names.append(name)
        return list(dict.fromkeys(names))
