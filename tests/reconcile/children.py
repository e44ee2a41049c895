"""Reconcile loops for child processes; ``python -m tests.reconcile.children NAME PATH``."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from jackfield.reconcile.loop import ReconcileLoop
from jackfield.store.sqlite import open_store
from tests.store.kinds import Note


class Stuck:
    """Tells of its first step and never ends it."""

    kind = Note.kind

    def step(self, id: str) -> float | None:
        os.write(1, f"{id}\n".encode())  # not print: whoever ends inside it dies with the lock of the standard output
        threading.Event().wait()
        return None


def start(path: Path) -> ReconcileLoop:
    """Starts a loop that gets stuck."""
    loop = ReconcileLoop(open_store(path, owner_of_work=True), {Note.kind: Stuck()})
    loop.start()
    return loop


if __name__ == "__main__":
    start(Path(sys.argv[1]))
    sys.stdin.readline()
