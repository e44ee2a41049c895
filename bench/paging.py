"""Pages of a long list against a page of a short one: through the operation and the store, in this process."""

from __future__ import annotations

import statistics
import time
from contextlib import closing
from pathlib import Path
from typing import cast

from bench.effort import Effort
from bench.report import Report, Row, Samples, most
from bench.seed import caller, listed_store
from bench.system import REGION
from jackfield.products.tair.instances import DescribeInstancesRequest, describe_instances
from jackfield.store.interface import Tx
from jackfield.store.secrets import KeyRing
from jackfield.store.sqlite import SqliteStore

_ACCOUNT = "1000000000000001"
_SIZE = 100
_TIMES = 10
"""Pages that are read for one value."""


def measure(effort: Effort, report: Report, folder: Path, section: str) -> None:
    samples = Samples(report, "paging")
    pages = effort.listed // _SIZE
    with (
        closing(listed_store(folder / "short" / "store.db", _ACCOUNT, _SIZE)) as short,
        closing(listed_store(folder / "long" / "store.db", _ACCOUNT, effort.listed)) as long,
    ):
        contestants = {"only": (short, 1), "first": (long, 1), "middle": (long, pages // 2), "last": (long, pages)}
        for store, number in contestants.values():
            _milliseconds(store, number)
        for turn in range(effort.rounds):
            order = list(contestants)
            for name in order[turn % len(order) :] + order[: turn % len(order)]:
                samples.add(name, "milliseconds", _milliseconds(*contestants[name]))
    report.rows += [
        Row(
            section,
            f"{name} page of {_SIZE} among {effort.listed:,} / the page among {_SIZE}",
            samples.ratios(name, "only", "milliseconds"),
            bound=most(1.3),
        )
        for name in ("first", "middle", "last")
    ]


def _milliseconds(store: SqliteStore, number: int) -> float:
    """The median of a few, total included."""
    request = DescribeInstancesRequest(region_id=REGION, page_number=number, page_size=_SIZE)
    keyring = KeyRing.open(store.path.parent)
    times = []
    for _ in range(_TIMES):
        begun = time.perf_counter()
        with store.read() as view:
            reply = describe_instances(cast(Tx, view), caller(_ACCOUNT, view.now, keyring), request)
        times.append((time.perf_counter() - begun) * 1000)
        assert len(reply.instances.kvstore_instance) == _SIZE
    return statistics.median(times)
