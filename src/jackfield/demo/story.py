"""``python -m jackfield.demo.story``: what the demo runs where the endpoints' names resolve."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from jackfield.cli.table import print_table
from jackfield.demo.oceanbase import OceanBaseStory
from jackfield.demo.rds import RdsStory
from jackfield.demo.stage import NotSeen, Stage
from jackfield.demo.tair import TairStory
from jackfield.folder import Folder
from jackfield.supervisor.ready import read_ready
from jackfield.supervisor.shutdown import processes_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 1 when a piece of evidence is missing."""
    parser = argparse.ArgumentParser(prog="python -m jackfield.demo.story")
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--started", required=True, type=float, help="seconds that the start took")
    options = parser.parse_args(arguments)
    folder = Folder(options.data)
    ready = read_ready(folder.ready)
    if ready is None:
        print("nothing runs there", file=sys.stderr)
        return 1
    stage = Stage()
    stage.title(f"Jackfield at {ready.api}")
    stage.show("the API answers and its relays listen", True, f"{options.started:.2f} s from nothing")
    try:
        TairStory(stage, ready).tell()
        RdsStory(stage, ready).tell()
        OceanBaseStory(stage, ready).tell()
    except NotSeen as error:
        stage.show(str(error), False)
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
    return name, str(pid), f"{int(facts.get('VmRSS', '0 kB').split()[0]) / 1024:.1f}"


if __name__ == "__main__":
    sys.exit(main())
