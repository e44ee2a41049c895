"""Which seekdb server this machine has."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from jackfield.engines.engine import EngineMissing
from jackfield.engines.version import told

ENVIRONMENT = "JACKFIELD_SEEKDB_SERVER"

_REMEDY = (
    "Install it from PyPI (`pip install pylibseekdb`: Linux x86-64 and aarch64, CPython 3.11 or later), or name a "
    f"seekdb program in {ENVIRONMENT}."
)
Source = Literal["environment", "machine", "wheel"]


class SeekDbBinary(msgspec.Struct, frozen=True):
    """A server program.

    :param path: absolute.
    :param version: as it prints it, such as ``1.4.0.0``.
    :param source: how it was found.
    """

    path: str
    version: str
    source: Source


def find() -> SeekDbBinary:
    """The server to use: the one that ``JACKFIELD_SEEKDB_SERVER`` names, else the one in the ``pylibseekdb`` wheel,
    else ``seekdb`` on PATH. Looked for once a process.

    :raises EngineMissing: there is none.
    """
    return _find(os.environ.get(ENVIRONMENT, ""), os.environ.get("PATH", os.defpath))


@functools.cache
def _find(override: str, path: str) -> SeekDbBinary:
    candidates: Iterator[tuple[str, Source]] = iter([(override, "environment")]) if override else _candidates(path)
    for candidate, source in candidates:
        found = _examine(candidate, source)
        if found is not None:
            return found
    what = f"{ENVIRONMENT}={override} is no seekdb server that runs here." if override else "There is no seekdb server."
    raise EngineMissing("seekdb", what, _REMEDY)


def _candidates(path: str) -> Iterator[tuple[str, Source]]:
    # Only located, not imported: importing it loads its client library.
    wheel = importlib.util.find_spec("pylibseekdb")
    for folder in (wheel.submodule_search_locations or ()) if wheel else ():
        yield str(Path(folder) / "seekdb"), "wheel"
    on_path = shutil.which("seekdb", path=path)
    if on_path:
        yield on_path, "machine"


def _examine(path: str, source: Source) -> SeekDbBinary | None:
    """None when it is not there or does not run on this machine."""
    answer = told(path, "--version")
    if answer is None:
        return None
    version = re.search(r"\(OceanBase seekdb (\d+(?:\.\d+)+)\)", answer.stdout + answer.stderr)
    if version is None:
        return None
    return SeekDbBinary(os.path.abspath(path), version[1], source)
