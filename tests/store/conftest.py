"""Every backend of the store, for the suite that all of them have to pass."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jackfield.store.interface import Store
from jackfield.store.sqlite import open_store

ROOT = str(Path(__file__).parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from tests.store.kinds import Clock  # noqa: E402


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite"])
def backend(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Callable[[], Store]]:
    """Opens the same store once more with each call, as the owner of its work."""
    opened: list[Store] = []

    def open_again() -> Store:
        assert request.param == "sqlite"
        store = open_store(tmp_path / "data" / "store.db", clock=clock, owner_of_work=True)
        opened.append(store)
        return store

    yield open_again
    for store in opened:
        store.close()


@pytest.fixture
def store(backend: Callable[[], Store]) -> Store:
    return backend()
