from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.support import World


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("world"))
    yield made
    made.store.close()


@pytest.fixture(scope="session")
def port(world: World) -> Iterator[int]:
    """One gateway for all tests that leave it as it was."""
    with world.served() as port:
        yield port


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[World]:
    """A data folder of one test's own."""
    made = World(tmp_path)
    yield made
    made.store.close()
