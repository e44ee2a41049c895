"""Somebody of this machine who uses the command: whoever runs the tests, and, if that is root, nobody as well."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

import jackfield

NOBODY = 65534


class User:
    """Runs ``jackfield`` in a home folder of its own.

    :param folder: readable for everybody. :param name: ``self`` or ``nobody``.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir(mode=0o700)
        self.data = self.home / "data"
        self._more: dict[str, Any] = {}
        self.python = sys.executable
        self.uid = os.geteuid()
        self._path = {"PATH": os.environ["PATH"]}
        if name == "nobody":
            os.chown(self.home, NOBODY, NOBODY)
            self._more = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            self.python, self.uid = _python_for_all(self._more), NOBODY
            # Copies: the originals may lie where nobody can not read.
            self._path["PYTHONPATH"] = str(_copy_of_everything_needed(folder / "library"))

    def popen(self, *arguments: str, **more: Any) -> subprocess.Popen[str]:
        return self.start("-m", "jackfield", *arguments, **more)

    def start(self, *arguments: str, **more: Any) -> subprocess.Popen[str]:
        """Starts Python."""
        return subprocess.Popen(
            [self.python, *arguments],
            cwd=self.home,
            env={**self._path, "HOME": str(self.home), "TMPDIR": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"},
            text=True,
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **self._more, **more},
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end."""
        with self.popen(*arguments) as process:
            out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def _python_for_all(more: dict[str, Any]) -> str:
    """A Python that nobody may execute, and that can load what was compiled for ours."""
    wanted = f"{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/python{wanted}", f"/usr/local/bin/python{wanted}"):
        try:
            told = subprocess.run([python, "--version"], cwd="/", capture_output=True, text=True, check=False, **more)
        except OSError:
            continue
        if told.stdout.startswith(f"Python {wanted}."):
            return python
    pytest.skip(f"there is no Python {wanted} that nobody may execute")


def _copy_of_everything_needed(library: Path) -> Path:
    shutil.copytree(Path(jackfield.__file__).parent, library / "jackfield", ignore=shutil.ignore_patterns("*.pyc"))
    for needed in _needed("jackfield", set()):
        for file in needed.files or []:
            source = Path(str(needed.locate_file(file)))
            target = library / file
            if ".." not in file.parts and source.suffix != ".pyc" and source.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
    return library


def _needed(name: str, seen: set[str]) -> list[Distribution]:
    """What a distribution needs to run, and what that needs."""
    found = []
    for text in distribution(name).requires or []:
        requirement = Requirement(text)
        if requirement.name in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(requirement.name)
        found += [distribution(requirement.name), *_needed(requirement.name, seen)]
    return found
