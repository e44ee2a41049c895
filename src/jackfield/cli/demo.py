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

_CLIENTS = ("alibabacloud_r_kvstore20150101", "alibabacloud_rds20140815", "httpx", "psycopg", "pymysql", "redis")
"""Modules of the extra ``demo``."""


def run(options: argparse.Namespace) -> int:
    """Exit status 1 when a piece of evidence is missing, or a process is left behind."""
    _check()
    data = options.data or Path(tempfile.mkdtemp(prefix="jackfield-demo-"))
    folder = Folder(data)
    me = [sys.executable, "-m", "jackfield"]
    begun = time.monotonic()
    up = [*me, "up", "--detach", "--data", str(folder.root), "--listen", "127.0.0.1:0"]
    status = 1
    try:
        subprocess.run(up, check=True)
        started = time.monotonic() - begun
        story = [
            sys.executable,
            "-m",
            "jackfield.demo.story",
            "--data",
            str(folder.root),
            "--started",
            f"{started:.3f}",
        ]
        status = subprocess.run([*me, "exec", "--data", str(folder.root), "--", *story]).returncode
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


def _check() -> None:
    """:raises Failure: something that the demo needs is not there; nothing was started."""
    try:
        find()
    except EngineMissing as error:
        raise Failure(f"{error.what} {error.remedy}") from None
    missing = [
        module
        for module in (
            "alibabacloud_r_kvstore20150101",
            "alibabacloud_rds20140815",
            "httpx",
            "psycopg",
            "pymysql",
            "redis",
        )
        if find_spec(module) is None
    ]
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
