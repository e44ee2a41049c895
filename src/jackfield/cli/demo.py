"""``jackfield demo``: starts everything in a folder of its own, tells the story, ends everything."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from jackfield.cli.failure import Failure
from jackfield.engines.engine import EngineMissing
from jackfield.engines.redis import find
from jackfield.folder import Folder
from jackfield.supervisor.shutdown import processes_of
from jackfield.vantage.probe import probe

_CLIENTS = (
    "alibabacloud_ecs20140526",
    "alibabacloud_nlb20220430",
    "alibabacloud_privatelink20200415",
    "alibabacloud_r_kvstore20150101",
    "alibabacloud_rds20140815",
    "alibabacloud_vpc20160428",
    "httpx",
    "psycopg",
    "pymysql",
    "redis",
)
"""Modules of the extra ``demo``."""


def run(options: argparse.Namespace) -> int:
    """Exit status 1 when a piece of evidence is missing, or a process is left behind."""
    _check()
    data = options.data or Path(tempfile.mkdtemp(prefix="jackfield-demo-"))
    folder = Folder(data)
    me = [sys.executable, "-m", "jackfield"]
    begun = time.time()
    up = [*me, "up", "--detach", "--data", str(folder.root), "--listen", "127.0.0.1:0"]
    status = 1
    try:
        subprocess.run(up, check=True)
        with tempfile.TemporaryDirectory(prefix="jackfield-notes-") as notes:
            status = _tell(folder, me, Path(notes, "evidence.json"), begun)
    except subprocess.CalledProcessError:
        print("jackfield: it did not start", file=sys.stderr)
    except KeyboardInterrupt:
        status = 130
    if options.keep and status != 130:
        print(
            f"\nIt goes on in {folder.root}: jackfield ps --data {folder.root}, and jackfield down --data {folder.root}"
        )
        return status
    return _end(folder, me, options.data is None) or status


def _tell(folder: Folder, me: list[str], notes: Path, begun: float) -> int:
    """Both parts; 1 when a piece of evidence is missing in either."""
    story = [sys.executable, "-m", "jackfield.demo.story", "--data", str(folder.root), "--notes", str(notes)]
    story += ["--begun", f"{begun:.3f}", "--part"]
    host = subprocess.run([*me, "exec", "--data", str(folder.root), "--", *story, "host"]).returncode
    # Outside of exec: its clients enter VPCs, which nobody can from within another namespace.
    vpc = subprocess.run([*story, "vpc"]).returncode
    return host or vpc


def _check() -> None:
    """:raises Failure: something that the demo needs is not there; nothing was started."""
    try:
        find()
    except EngineMissing as error:
        raise Failure(f"{error.what} {error.remedy}") from None
    missing = [module for module in _CLIENTS if find_spec(module) is None]
    if missing:
        raise Failure(f"the demo's clients are not installed ({', '.join(missing)}): pip install 'jackfield[demo]'")
    inside = probe()
    if not inside.available:
        raise Failure(
            f"the demo dials endpoints by name, and this system does not let it: {inside.why} {inside.remedy}"
        )


def _end(folder: Folder, me: list[str], temporary: bool) -> int:
    """Ends everything; 1 when something is left."""
    subprocess.run([*me, "down", "--data", str(folder.root)], stderr=subprocess.DEVNULL, check=False)
    left = processes_of(folder)
    if left:
        print(f"jackfield: left behind: {', '.join(str(process.pid) for process in left)}", file=sys.stderr)
        return 1
    if temporary:
        shutil.rmtree(folder.root, ignore_errors=True)
        shutil.rmtree(folder.run, ignore_errors=True)
    print("nothing is left running")
    return 0
