"""Jackfield with real databases, run by whoever runs the tests and, if that is root, by nobody as well."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.users import User
from tests.vpcs.inside import RunningAs


@pytest.fixture(params=["self", "nobody"], scope="module")
def user(request: pytest.FixtureRequest) -> Iterator[User]:
    """Somebody whom the system lets have namespaces."""
    if sys.platform != "linux":
        pytest.skip("VPCs exist on Linux only")
    if request.param == "nobody" and os.geteuid():
        pytest.skip("only root can become nobody")
    with tempfile.TemporaryDirectory(prefix="jf-") as folder:
        os.chmod(folder, 0o755)
        found = User(request.param, Path(folder))
        script = "from jackfield.vantage.probe import probe; print(*probe(network=True))"
        told, _ = found.start("-c", script).communicate(timeout=30)
        if told.strip() != "True":
            pytest.skip(f"no namespaces here: {told}")
        yield found


@pytest.fixture(scope="module")
def running(user: User) -> Iterator[RunningAs]:
    with RunningAs(user, "--repeat-seconds", "0") as running:
        yield running
