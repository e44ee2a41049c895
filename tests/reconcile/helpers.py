"""What the tests of the reconcile loop share."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

from jackfield.reconcile.loop import ReconcileLoop
from jackfield.store.resource import Resource, Work
from jackfield.store.sqlite import SqliteStore
from tests.store.kinds import Note

Run = Callable[..., ReconcileLoop]
LONG = 20.0
"""Seconds after which something that should happen at once is taken not to happen."""
FAR = 4e9


class Steps:
    """A reconciler whose step is a function of the test; it notes what it was asked and that no two overlap."""

    def __init__(self, step: Callable[[str], float | None], kind: type[Resource] = Note) -> None:
        self.kind = kind.kind
        self._step = step
        self._lock = threading.Lock()
        self._inside: set[str] = set()
        self.asked: Counter[str] = Counter()
        self.overlapped = False

    def step(self, id: str) -> float | None:
        with self._lock:
            self.overlapped |= id in self._inside
            self._inside.add(id)
            self.asked[id] += 1
        try:
            return self._step(id)
        finally:
            with self._lock:
                self._inside.discard(id)


def put(store: SqliteStore, *resources: Resource) -> None:
    with store.write() as tx:
        for resource in resources:
            tx.put(resource)
            tx.schedule(resource)


def left(store: SqliteStore) -> list[Work]:
    """The work that nobody has leased, due at any time."""
    return store.due(FAR, 1000)


def awaited(event: threading.Event) -> None:
    assert event.wait(LONG)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)
