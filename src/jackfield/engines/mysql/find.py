"""Which MariaDB or MySQL server this machine has."""

from __future__ import annotations

import functools
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from jackfield.engines.engine import EngineMissing
from jackfield.engines.version import told

ENVIRONMENT = "JACKFIELD_MYSQL_SERVER"
"""``seekdb`` in it means seekdb, whatever the machine has."""
OLDEST = {"mariadb": (10, 4), "mysql": (5, 7)}
TOO_NEW = {"mariadb": (99,), "mysql": (9,)}
"""MySQL 9 has no native passwords, the one kind that every client can give without TLS."""

_NAMES = ("mariadbd", "mysqld")
_FOLDERS = (
    "/usr/sbin",
    "/usr/libexec",
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/local/mysql/bin",
    "/opt/homebrew/opt/mariadb/bin",
    "/opt/homebrew/opt/mysql/bin",
    "/opt/homebrew/bin",
    "/usr/local/opt/mariadb/bin",
    "/usr/local/opt/mysql/bin",
)
_REMEDY = (
    "Install one (`apt install mariadb-server-core`, `brew install mariadb`), or seekdb, which speaks the same "
    f"protocol (`pip install pylibseekdb`), or name one in {ENVIRONMENT}."
)
Source = Literal["environment", "machine"]


class MySqlBinary(msgspec.Struct, frozen=True):
    """A server program.

    :param path: absolute.
    :param version: as it prints it, such as ``10.11.19``.
    :param kind: whose it is.
    :param source: how it was found.
    """

    path: str
    version: str
    kind: Literal["mariadb", "mysql"]
    source: Source

    @property
    def number(self) -> tuple[int, ...]:
        """The version for comparisons."""
        return tuple(int(part) for part in self.version.split("."))

    @property
    def share(self) -> Path:
        """The folder with the SQL that makes MariaDB's system tables.

        :raises EngineMissing: it is not there.
        """
        root = Path(self.path).resolve().parent.parent
        for folder in (root / "share" / "mysql", root / "share" / "mariadb", root / "share", Path("/usr/share/mysql")):
            if (folder / "mysql_system_tables.sql").is_file():
                return folder
        raise EngineMissing("mysql", f"The files mysql_system_tables.sql … of {self.path} are missing.", _REMEDY)


def find() -> MySqlBinary:
    """The server to use: the one that ``JACKFIELD_MYSQL_SERVER`` names, else ``mariadbd`` or ``mysqld`` on PATH or in
    the usual folders. Looked for once a process.

    :raises EngineMissing: there is none, or none of a version that can be used.
    """
    return _find(os.environ.get(ENVIRONMENT, ""), os.environ.get("PATH", os.defpath))


@functools.cache
def _find(override: str, path: str) -> MySqlBinary:
    candidates: Iterator[tuple[str, Source]] = iter([(override, "environment")]) if override else _candidates(path)
    unfit = []
    for candidate, source in candidates:
        found = _examine(candidate, source)
        if found is None:
            continue
        if OLDEST[found.kind] <= found.number < TOO_NEW[found.kind]:
            return found
        unfit.append(f"{found.path} {found.version}")
    if unfit:
        what = f"Neither MariaDB from 10.4 on nor MySQL 5.7 to 8, but {', '.join(unfit)} was found on this machine."
    elif override:
        what = f"{ENVIRONMENT}={override} is no MySQL server that runs here."
    else:
        what = "No mariadbd or mysqld was found on this machine."
    raise EngineMissing("mysql", what, _REMEDY)


def _candidates(path: str) -> Iterator[tuple[str, Source]]:
    for name in _NAMES:
        for folders in (path, os.pathsep.join(_FOLDERS)):
            found = shutil.which(name, path=folders)
            if found:
                yield found, "machine"


def _examine(path: str, source: Source) -> MySqlBinary | None:
    """None when it is not there or does not run on this machine."""
    answer = told(path, "--no-defaults", "--version")
    if answer is None:
        return None
    version = re.search(r"\bVer (\d+\.\d+\.\d+)", answer.stdout)
    if answer.returncode or version is None:
        return None
    kind: Literal["mariadb", "mysql"] = "mariadb" if "MariaDB" in answer.stdout else "mysql"
    return MySqlBinary(os.path.abspath(shutil.which(path) or path), version[1], kind, source)
