"""Fixtures of the SDK tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.running import Running
from tests.sdk.clients import Account, owner


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Jackfield without databases and without waiting, for tests of what the API says."""
    with Running(tmp_path_factory.mktemp("states"), "--engines", "none", "--pace", "instant") as running:
        yield running


@pytest.fixture(scope="module")
def me(states: Running) -> Account:
    """The first account of it."""
    return owner(states)
