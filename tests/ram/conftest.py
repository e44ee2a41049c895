"""Fixtures of the tests of RAM and STS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ram.people import People
from tests.running import Running


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Jackfield without databases and without waiting."""
    with Running(tmp_path_factory.mktemp("states"), "--engines", "none", "--pace", "instant") as running:
        yield running


@pytest.fixture(scope="module")
def people(states: Running) -> People:
    """Its first account."""
    return People(states)
