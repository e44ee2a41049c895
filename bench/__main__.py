"""``python -m bench [start] [api] [policies] [relay] [router] [--rounds N] [--quick] [--json PATH]``.

Exit status 0 whether budgets are met or missed; 1 when a section broke, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import importlib
import json
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import FrameType

from bench import machine
from bench.children import raise_file_limit
from bench.effort import FULL, QUICK, Effort
from bench.report import Report

SECTIONS = ("start", "api", "policies", "relay", "router")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    effort = QUICK if options.quick else FULL
    if options.rounds:
        effort = replace(effort, rounds=options.rounds)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    raise_file_limit()
    report = Report()
    begun = time.monotonic()
    before = machine.describe()
    print(machine.line(before))
    if effort.rounds < 7:
        print(f"{effort.rounds} rounds: too few for a judgement, good enough to see that everything works")
    try:
        for section in options.section or SECTIONS:
            _run(section, effort, report)
    except KeyboardInterrupt:
        print("\ninterrupted; everything that was started has been stopped", file=sys.stderr)
        return 130
    report.close()
    seconds = time.monotonic() - begun
    print(f"{seconds:.0f} s; load average {before['load']:.1f} before, {machine.load():.1f} after")
    if options.json:
        told = {
            "machine": before,
            "effort": asdict(effort),
            "seconds": seconds,
            "rows": [row.plain() for row in report.rows],
            "samples": report.samples,
            "missing": report.missing,
            "broken": report.broken,
        }
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(told, indent=1) + "\n")
    return 1 if report.broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Jackfield side by side with others, as ratios."
    )
    parser.add_argument(
        "section", nargs="*", type=_section, help=f"what to measure: {', '.join(SECTIONS)}; all of them if left out"
    )
    parser.add_argument("--rounds", type=_count, help="how often; seven or more for a judgement")
    parser.add_argument("--quick", action="store_true", help="three rounds of little work")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write every value of every round there")
    return parser


def _section(text: str) -> str:
    if text not in SECTIONS:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(SECTIONS)}")
    return text


def _count(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _run(section: str, effort: Effort, report: Report) -> None:
    """Measures one section; when it breaks, the others still run."""
    print(f"\nmeasuring: {section} …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="jackfield-bench-") as folder:
        try:
            importlib.import_module(f"bench.{section}").measure(effort, report, Path(folder))
        except Exception as error:
            traceback.print_exc()
            report.broken.append(f"{section}: {error}")


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Once: what is being stopped then must not be disturbed by an impatient second Ctrl-C."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
