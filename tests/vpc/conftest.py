"""Fixtures of the tests of networks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.running import Running
from tests.vpc.networks import Networks


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Jackfield without databases and without waiting."""
    with Running(tmp_path_factory.mktemp("states"), "--engines", "none", "--pace", "instant") as running:
        yield running


@pytest.fixture(scope="module")
def networks(states: Running) -> Networks:
    """Its first account."""
    return Networks(states)
