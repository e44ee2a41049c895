"""A running Jackfield with a project of OceanBase Cloud."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.oceanbase.cloud import Cloud, project
from tests.running import Running


@pytest.fixture(scope="module")
def cloud(jackfield: Running) -> Iterator[Cloud]:
    """With real engines."""
    made = project(jackfield, "with engines")
    yield made
    made.close()


@pytest.fixture(scope="package")
def without_engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """For what needs no database; shared by all files."""
    with Running(tmp_path_factory.mktemp("oceanbase"), "--engines", "none", "--pace", "instant") as running:
        yield running


@pytest.fixture
def api(without_engines: Running) -> Iterator[Cloud]:
    """A project of its own for each test, without engines."""
    made = project(without_engines)
    yield made
    made.close()
