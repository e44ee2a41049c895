"""Signed calls: against a handler that only verifies the same signature, and against moto."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from bench import handler, moto, paging
from bench.children import processor_seconds, tells_processor_seconds
from bench.effort import Effort
from bench.http_load import Load, load, signed_load
from bench.report import Bound, Report, Row, Samples, least, most
from bench.seed import fill
from bench.signing import Address, Call, Scheme
from bench.system import TAIR, System
from bench.workers import client_process

_NAME = "api"
CONNECTIONS = 32

Turn = Callable[[], None]


def measure(effort: Effort, report: Report, folder: Path) -> None:
    samples = Samples(report, _NAME)
    with ExitStack() as stack:
        system = stack.enter_context(System(folder / "api", "--engines", "none", "--pace", "instant"))
        clients = stack.enter_context(client_process())
        ids = fill(system, effort.instances)
        read, write = _read(ids[0]), _write(ids[0], 0)
        answers = {call.action: system.answer(call).decode() for call in (read, write)}
        child, bare = stack.enter_context(handler.running(folder, system.key, answers))
        turns: dict[str, Turn] = {}
        contest = _Contest(effort, samples, clients, system, ids)
        for scheme in ("v1", "acs3"):
            turns[f"{scheme} handler"] = contest.reads("handler", child.pid, bare, scheme)
            turns[f"{scheme} jackfield"] = contest.reads("jackfield", system.ready.pid, system.address, scheme)
        turns["write handler"] = contest.writes("handler", child.pid, bare)
        turns["write jackfield"] = contest.writes("jackfield", system.ready.pid, system.address)
        if moto.installed():
            rival = stack.enter_context(moto.running(folder))
            moto.fill(rival, effort.moto_instances)
            turns["moto"] = contest.moto(rival)
        else:
            report.lacks("moto's server: the package moto is not installed")
        _warm_up(turns, samples)
        for number in range(effort.rounds):
            order = list(turns)
            for name in order[number % len(order) :] + order[: number % len(order)]:
                turns[name]()
    _judge(effort, report, samples)
    paging.measure(effort, report, folder, _NAME)
    report.show(_NAME, _notes(effort, "moto" in turns))


class _Contest:
    """Makes what is done in a round: each turn adds the values of one contestant."""

    def __init__(
        self, effort: Effort, samples: Samples, clients: ProcessPoolExecutor, system: System, ids: list[str]
    ) -> None:
        self._effort, self._samples, self._clients, self._system, self._ids = effort, samples, clients, system, ids
        self._serial = count()

    def reads(self, who: str, pid: int, address: Address, scheme: Scheme) -> Turn:
        def turn() -> None:
            calls = [_read(random.choice(self._ids)) for _ in range(self._effort.reads)]
            self._signed(who, f"read {scheme}", pid, address, scheme, calls)

        return turn

    def writes(self, who: str, pid: int, address: Address) -> Turn:
        def turn() -> None:
            calls = [_write(random.choice(self._ids), next(self._serial)) for _ in range(self._effort.writes)]
            self._signed(who, "write", pid, address, "acs3", calls)
            self._system.wait_idle()  # what the writes set off is not to weigh on the next one's turn

        return turn

    def moto(self, address: Address) -> Turn:
        """One connection: more of them make moto no faster."""

        def turn() -> None:
            names = [f"db-{random.randrange(self._effort.moto_instances)}" for _ in range(self._effort.moto_calls)]
            self._note("moto", "read", self._plain(address, [moto.describe(name) for name in names]))
            new = [f"new-{next(self._serial)}" for _ in range(self._effort.moto_calls)]
            self._note("moto", "write", self._plain(address, [moto.create(name) for name in new]))

        return turn

    def _signed(self, who: str, what: str, pid: int, address: Address, scheme: Scheme, calls: list[Call]) -> None:
        before = processor_seconds(pid) if tells_processor_seconds() else 0.0
        result = self._clients.submit(signed_load, address, scheme, self._system.key, calls, CONNECTIONS).result()
        self._note(who, what, result)
        if tells_processor_seconds():
            self._samples.add(who, f"{what} processor", (processor_seconds(pid) - before) / len(calls))

    def _plain(self, address: Address, requests: list[bytes]) -> Load:
        return self._clients.submit(load, address, requests, 1).result()

    def _note(self, who: str, what: str, result: Load) -> None:
        for measure, value in result._asdict().items():
            self._samples.add(who, f"{what} {measure}", value)


def _read(id: str) -> Call:
    return Call(TAIR, "DescribeInstanceAttribute", {"InstanceId": id})


def _write(id: str, number: int) -> Call:
    ip = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return Call(TAIR, "ModifySecurityIps", {"InstanceId": id, "SecurityIps": ip})


def _warm_up(turns: Mapping[str, Turn], samples: Samples) -> None:
    """A round whose values are thrown away."""
    for turn in turns.values():
        turn()
    samples.values.clear()


def _judge(effort: Effort, report: Report, samples: Samples) -> None:
    for scheme in ("acs3", "v1"):
        what = f"signed read of one among {effort.instances:,}, {scheme}"
        report.rows += _against_handler(samples, what, f"read {scheme}", 0.45, most(15))
    report.rows += _against_handler(samples, "signed durable write, acs3", "write", 0.25, None)
    if samples.of("moto", "read rate"):
        reads = f"the read, acs3 / moto's among {effort.moto_instances:,}"
        report.rows.append(_against_moto(samples, reads, "read acs3 rate", "read rate"))
        report.rows.append(_against_moto(samples, "the write / moto's create", "write rate", "write rate"))


def _against_handler(samples: Samples, what: str, measure: str, limit: float, slowest: Bound | None) -> Iterator[Row]:
    rates = samples.ratios("jackfield", "handler", f"{measure} rate")
    yield Row(_NAME, f"{what} / bare handler", rates, bound=least(limit))
    # The other way round, so that more is better here as well.
    spent = samples.ratios("handler", "jackfield", f"{measure} processor")
    yield Row(_NAME, f"{what}: by processor time", spent)
    p99 = samples.of("jackfield", f"{measure} p99")
    yield Row(_NAME, f"{what}: p99 at {CONNECTIONS} connections", p99, "ms", slowest)
    yield Row(_NAME, f"{what}: p99 / handler's", samples.ratios("jackfield", "handler", f"{measure} p99"))


def _against_moto(samples: Samples, what: str, measure: str, other: str) -> Row:
    pairs = zip(samples.of("jackfield", measure), samples.of("moto", other), strict=True)
    return Row(_NAME, what, [ours / theirs for ours, theirs in pairs])


def _notes(effort: Effort, with_moto: bool) -> tuple[str, ...]:
    notes = (
        "Handler and client are processes of their own; each request is signed before the clock runs.",
        "A write also wakes the reconciler, whose work in the same process is part of the figure.",
        "By processor time: what the handler's process computes for an answer / what the API process does.",
    )
    if not with_moto:
        return notes
    return (
        *notes,
        f"moto verifies no signature, keeps everything in memory, and holds {effort.moto_instances:,} instances "
        f"(its look-up is linear; filling {effort.instances:,} would take minutes).",
    )
