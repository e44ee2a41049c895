"""``python -m jackfield.demo.story``: what the demo runs once everything is started."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from jackfield.cli.table import print_table
from jackfield.demo.links import LinkStory
from jackfield.demo.oceanbase import OceanBaseStory
from jackfield.demo.rds import RdsStory
from jackfield.demo.stage import NotSeen, Stage
from jackfield.demo.tair import TairStory
from jackfield.folder import Folder
from jackfield.supervisor.companions import VPC_ROLES
from jackfield.supervisor.ready import Ready, read_ready
from jackfield.supervisor.shutdown import processes_of
from jackfield.vantage.probe import probe

PARTS = ("host", "vpc")
"""Told one after the other: the first where the names of this machine resolve, the second from inside VPCs."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 1 when a piece of evidence is missing."""
    parser = argparse.ArgumentParser(prog="python -m jackfield.demo.story")
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--notes", required=True, type=Path, help="where the evidence of all parts is kept")
    parser.add_argument("--begun", required=True, type=float, help="when the start began, seconds since the epoch")
    parser.add_argument("--part", required=True, choices=PARTS)
    options = parser.parse_args(arguments)
    folder = Folder(options.data)
    ready = read_ready(folder.ready)
    if ready is None:
        print("nothing runs there", file=sys.stderr)
        return 1
    stage = Stage(options.notes, options.begun)
    try:
        if options.part == "host":
            return _tell_host(stage, ready, time.time() - options.begun)
        return _tell_vpc(stage, ready, folder)
    except NotSeen as error:
        stage.show(str(error), False)
        return 1 if options.part == "host" else _close(stage, folder)


def _tell_host(stage: Stage, ready: Ready, started: float) -> int:
    stage.title(f"Jackfield at {ready.api}")
    stage.show("the API answers and its relays listen", True, f"{started:.2f} s from nothing")
    TairStory(stage, ready).tell()
    RdsStory(stage, ready).tell()
    OceanBaseStory(stage, ready).tell()
    return 0


def _tell_vpc(stage: Stage, ready: Ready, folder: Folder) -> int:
    found = probe(network=True)
    if found.available:
        LinkStory(stage, ready, str(folder.root)).tell()
    else:
        stage.title(f"PrivateLink: not shown, since this system has no VPCs to stand in: {found.why} {found.remedy}")
    return _close(stage, folder)


def _close(stage: Stage, folder: Folder) -> int:
    held = stage.close()
    stage.title("What ran")
    print()
    print_table(("PROCESS", "PID", "MEMORY MB"), _processes(folder))
    return 0 if held else 1


def _processes(folder: Folder) -> list[tuple[str, str, str]]:
    """Every process of the folder and its children, with resident memory; Linux only."""
    pids = [process.pid for process in processes_of(folder)]
    rows = []
    for pid in pids:
        try:
            rows.append(_row(pid))
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            continue
        pids += [int(child) for child in children if int(child) not in pids]
    return rows


def _row(pid: int) -> tuple[str, str, str]:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    facts = dict(line.split(":\t", 1) for line in status if ":\t" in line)
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    name = facts["Name"]
    if "jackfield.supervisor.api" in words:
        name = "API"
    elif "jackfield.relay" in words:
        name = f"relay {words[words.index('--role') + 1]}"
    else:
        name = next((f"VPC {role}" for role in VPC_ROLES if f"jackfield.vantage.{role}" in words), name)
    return name, str(pid), f"{int(facts.get('VmRSS', '0 kB').split()[0]) / 1024:.1f}"


if __name__ == "__main__":
    sys.exit(main())
