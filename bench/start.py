"""From ``jackfield up`` in a new folder to the first answered signed call; no database runs."""

from __future__ import annotations

import time
from pathlib import Path

from bench import handler
from bench.children import processor_seconds, resident, tells_processor_seconds
from bench.effort import Effort
from bench.http_load import ask
from bench.report import Report, Row, Samples, most
from bench.signing import Call, Key, sign
from bench.system import TAIR, System

_NAME = "start"
_CALL = Call(TAIR, "DescribeRegions", {})


def measure(effort: Effort, report: Report, folder: Path) -> None:
    samples = Samples(report, _NAME)
    for number in range(effort.rounds):
        _start_jackfield(samples, folder / f"start-{number}")
        _start_handler(samples, folder)
    report.rows += [
        Row(_NAME, "up to the first answered signed call", samples.of("jackfield", "seconds"), "s", most(1.0)),
        Row(_NAME, "processor time until then, of its four processes", samples.of("jackfield", "processor"), "s"),
        Row(_NAME, "resident memory of the API process", samples.of("jackfield", "resident"), "MB", most(60)),
        Row(
            _NAME, "the same start / start of the bare handler alone", samples.ratios("jackfield", "handler", "seconds")
        ),
        Row(_NAME, "the same memory / memory of the bare handler", samples.ratios("jackfield", "handler", "resident")),
    ]
    report.show(_NAME, ("Four processes start: supervisor, two relays, API.",))


def _start_jackfield(samples: Samples, root: Path) -> None:
    begun = time.perf_counter()
    with System(root, "--engines", "none") as system:
        system.answer(_CALL)
        samples.add("jackfield", "seconds", time.perf_counter() - begun)
        samples.add("jackfield", "resident", resident(system.ready.pid))
        if tells_processor_seconds():
            samples.add("jackfield", "processor", sum(processor_seconds(pid) for pid in system.pids))


def _start_handler(samples: Samples, folder: Path) -> None:
    key = Key("bench", "secret")
    begun = time.perf_counter()
    with handler.running(folder, key, {_CALL.action: "{}"}) as (child, address):
        ask(address, sign("acs3", key, address, _CALL))
        samples.add("handler", "seconds", time.perf_counter() - begun)
        samples.add("handler", "resident", resident(child.pid))
