"""Fixtures of the command line tests."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def empty(tmp_path: Path) -> str:
    """A folder where no Jackfield ever was."""
    return str(tmp_path / "nothing here")
