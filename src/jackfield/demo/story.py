"""``python -m jackfield.demo.story``: what the demo runs where the endpoints' names resolve."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from jackfield.demo.stage import NotSeen, Stage
from jackfield.demo.tair import TairStory
from jackfield.supervisor.folder import Folder
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
    except NotSeen as error:
        stage.show(str(error), False)
    memory = [(process.pid, _resident(process.pid)) for process in processes_of(folder)]
    stage.say("memory: " + ", ".join(f"{name} {megabytes:.0f} MB" for name, megabytes in _named(memory)))
    return 0 if stage.close() else 1


def _resident(pid: int) -> tuple[str, float]:
    """Name and resident memory (MB) of a process; Linux only."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return "?", 0.0
    kilobytes = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)
    words = [word.decode(errors="replace") for word in command]
    if "jackfield.supervisor.api" in words:
        return "API", kilobytes / 1024
    if "jackfield.relay" in words:
        return f"relay {words[words.index('--role') + 1]}", kilobytes / 1024
    return "redis-server", kilobytes / 1024


def _named(memory: list[tuple[int, tuple[str, float]]]) -> list[tuple[str, float]]:
    """One entry a kind of process, the sum of its kind."""
    sums: dict[str, list[float]] = {}
    for _, (name, megabytes) in memory:
        sums.setdefault(name, []).append(megabytes)
    return [(f"{len(each)} × {name}" if len(each) > 1 else name, sum(each)) for name, each in sums.items()]


if __name__ == "__main__":
    sys.exit(main())
