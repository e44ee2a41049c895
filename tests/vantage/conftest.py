from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import jackfield.standing
import jackfield.unix_sockets
import jackfield.vantage
from tests.vantage.holding import Holding

NOBODY = 65534


def _python_for_all() -> str | None:
    """A Python that nobody may execute; ours may lie in a home folder."""
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            told = subprocess.run(
                [python, "-c", "import sys; print(sys.version_info >= (3, 11))"],
                user=NOBODY,
                group=NOBODY,
                extra_groups=[],
                cwd="/",
                capture_output=True,
                check=False,
            )
        except OSError:
            continue
        if told.stdout == b"True\n":
            return python
    return None


class Caller:
    """Runs Python scripts that import the package, as a certain user."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.python = sys.executable
        self.uid = os.geteuid()
        if name == "nobody":
            python = _python_for_all()
            if python is None:
                pytest.skip("there is no Python 3.11 that nobody may execute")
            self.python, self.uid = python, NOBODY
        # A copy: the sources may lie where nobody can not read.
        package = folder / "library" / "jackfield"
        shutil.copytree(Path(jackfield.vantage.__file__).parent, package / "vantage")
        for module in (jackfield.standing, jackfield.unix_sockets):
            shutil.copy(str(module.__file__), package)
        (package / "__init__.py").touch()
        self.home = folder / "home"
        self.home.mkdir(mode=0o700)
        if name == "nobody":
            os.chown(self.home, NOBODY, NOBODY)

    @property
    def is_root(self) -> bool:
        return self.uid == 0

    def popen(self, script: str, *arguments: str) -> subprocess.Popen[str]:
        return self.start("-W", "error", "-c", textwrap.dedent(script), *arguments)

    def start(self, *arguments: str, pass_fds: Sequence[int] = ()) -> subprocess.Popen[str]:
        """Starts Python."""
        return subprocess.Popen(
            [self.python, *arguments],
            pass_fds=pass_fds,
            user=self.uid if self.name == "nobody" else None,
            group=self.uid if self.name == "nobody" else None,
            extra_groups=[] if self.name == "nobody" else None,
            cwd=self.home,
            env={
                "PATH": "/usr/local/bin:/usr/bin:/bin",
                "PYTHONPATH": str(self.folder / "library"),
                "PYTHONDONTWRITEBYTECODE": "1",
                "TMPDIR": str(self.home),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, script: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs a script to its end."""
        with self.popen(script, *arguments) as process:
            out, err = process.communicate(stdin)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def execute(self, hosts: str, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """``exec``: runs a command with the given hosts file."""
        return self.run(RUN, str(self.hosts_file(hosts)), *command, stdin=stdin)

    def hosts_file(self, text: str) -> Path:
        path = self.home / "hosts"
        path.write_text(text)
        return path


RUN = """
    import sys
    from pathlib import Path
    from jackfield.vantage.execute import run
    run(sys.argv[2:], Path(sys.argv[1]))
"""


@pytest.fixture(params=["self", "nobody"])
def caller(request: pytest.FixtureRequest) -> Iterator[Caller]:
    """Who we are, and, when we are root, somebody without any rights."""
    if sys.platform != "linux":
        pytest.skip("namespaces exist on Linux only")
    if request.param == "nobody" and os.geteuid() != 0:
        pytest.skip("only root can become nobody")
    with tempfile.TemporaryDirectory(prefix="jf-") as folder:
        os.chmod(folder, 0o755)
        yield Caller(request.param, Path(folder))


@pytest.fixture
def inside(caller: Caller) -> Caller:
    """A caller who may make namespaces on this system."""
    told = caller.run("from jackfield.vantage.probe import probe; print(*probe(network=True))").stdout.strip()
    if told != "True":
        pytest.skip(told)
    return caller


@pytest.fixture
def holding(inside: Caller) -> Iterator[Holding]:
    """A keeper and a holder of that caller."""
    with Holding(inside.start, inside.home) as running:
        yield running
