from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jackfield.reconcile.loop import ReconcileLoop, Reconciler
from jackfield.store.sqlite import SqliteStore, open_store

ROOT = str(Path(__file__).parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = open_store(tmp_path / "store.db", owner_of_work=True)
    yield store
    store.close()


@pytest.fixture
def run(store: SqliteStore) -> Iterator[Callable[..., ReconcileLoop]]:
    """Starts a loop with these reconcilers; it is stopped at the end of the test."""
    loops: list[ReconcileLoop] = []

    def start(*reconcilers: Reconciler, workers: int = 8) -> ReconcileLoop:
        loop = ReconcileLoop(store, {each.kind: each for each in reconcilers}, workers)
        loops.append(loop)
        loop.start()
        return loop

    yield start
    assert [loop.stop(20) for loop in loops] == [True] * len(loops)
