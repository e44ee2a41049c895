"""What the relay costs where much is open, and how fast it lets go."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import proxies
from bench.children import Broken, own_memory, raise_file_limit
from bench.effort import Effort
from bench.redis_load import connections, seconds_until_closed
from bench.redis_servers import Node
from bench.report import Report, Row, Samples, most

_NAME = "relay"
_SPARE = 300
"""Files that a process has open beside its connections."""


def memory(effort: Effort, report: Report, samples: Samples, folder: Path, node: Node, program: str | None) -> None:
    """Memory of new processes before and after many clients came and asked one PING."""
    most_clients = (raise_file_limit() - _SPARE) // 2
    count = min(effort.idle, most_clients)
    for number in range(_few(effort)):
        with proxies.relay(folder / f"idle-{number}", "plain") as relay:
            port = relay.open("bench", [proxies.over_unix(node)])
            samples.add("relay", "idle", _per_connection(relay.pid, port, count))
        if program is not None:
            with proxies.haproxy(folder / f"idle-haproxy-{number}", program, node, most_clients) as rival:
                samples.add("haproxy", "idle", _per_connection(rival.pid, rival.port, count))
    what = f"memory of one of {count:,} idle connections"
    report.rows += [
        Row(_NAME, f"{what}, relay", samples.of("relay", "idle"), "KB", most(1.0)),
        Row(_NAME, f"{what}, HAProxy", samples.of("haproxy", "idle"), "KB"),
    ]


def _per_connection(pid: int, port: int, count: int) -> float:
    with connections([("127.0.0.1", port)] * 10):
        pass  # what is loaded with the first client is not to be counted
    before = own_memory(pid)
    with connections([("127.0.0.1", port)] * count):
        return (own_memory(pid) - before) / count


def listeners(effort: Effort, report: Report, samples: Samples, folder: Path, node: Node) -> None:
    """Many addresses of one relay: each its own listener, all on one port."""
    if sys.platform != "linux":
        report.lacks("many listeners: only Linux has all of 127.0.0.0/8 without being told")
        return
    count = min(effort.listeners, raise_file_limit() - _SPARE)
    backends = [proxies.over_unix(node)]
    # Outside 127.64.0.0/10, where Jackfield's data folders take their addresses.
    places = [f"127.{200 + number // 62500}.{number // 250 % 250}.{number % 250 + 1}" for number in range(count)]
    owners = [places[begin : begin + 100] for begin in range(0, count, 100)]
    for number in range(_few(effort)):
        with proxies.relay(folder / f"listeners-{number}", "plain") as relay:
            before = own_memory(relay.pid)
            begun = time.perf_counter()
            for owner, addresses in enumerate(owners):
                name = f"bench-{owner}"
                relay.serve(name, [proxies.route(name, address, _PORT, backends) for address in addresses])
            samples.add("relay", "opening", (time.perf_counter() - begun) * 1000 / len(owners))
            samples.add("relay", "listener", (own_memory(relay.pid) - before) / count)
            if relay.client.hello().listeners != count:
                raise Broken(f"{relay.client.hello().listeners} of {count} addresses listen")
            with connections([(address, _PORT) for address in random.sample(places, 20)]):
                pass
    report.rows += [
        Row(_NAME, f"memory of one of {count:,} listeners in one process", samples.of("relay", "listener"), "KB"),
        Row(_NAME, "opening 100 of them, on disk and acknowledged", samples.of("relay", "opening"), "ms"),
    ]


_PORT = 26379


def release(effort: Effort, report: Report, samples: Samples, folder: Path, node: Node, program: str | None) -> None:
    """From the request to release an endpoint to the moment at which the last of its clients sees its end."""
    count = min(effort.released, (raise_file_limit() - _SPARE) // 2)
    with proxies.relay(folder / "release", "plain") as relay:
        for number in range(effort.rounds):
            owner = f"bench-{number}"
            port = relay.open(owner, [proxies.over_unix(node)])
            with connections([("127.0.0.1", port)] * count) as socks, _meanwhile(relay, owner) as cut:
                samples.add("relay", "release", seconds_until_closed(socks, cut.start) * 1000)
    if program is not None:
        with proxies.haproxy(folder / "release-haproxy", program, node, count + 100) as rival:
            for _ in range(effort.rounds):
                with connections([("127.0.0.1", rival.port)] * count) as socks:
                    samples.add("haproxy", "release", seconds_until_closed(socks, rival.release) * 1000)
                rival.serve_again()
    what = f"release with {count:,} live connections, to the last end"
    report.rows += [
        Row(
            _NAME,
            f"{what}, relay",
            samples.of("relay", "release"),
            "ms",
            most(100),
        ),
        Row(_NAME, f"{what}, HAProxy", samples.of("haproxy", "release"), "ms"),
        Row(_NAME, f"{what}, relay / HAProxy", samples.ratios("relay", "haproxy", "release")),
    ]


@contextmanager
def _meanwhile(relay: proxies.Relay, owner: str) -> Iterator[threading.Thread]:
    """A thread that releases the owner when it is started: the acknowledgement comes after the last end."""
    cut = threading.Thread(target=relay.serve, args=(owner, ()))
    yield cut
    cut.join()


def _few(effort: Effort) -> int:
    """Memory does not waver; three times are enough."""
    return min(3, effort.rounds)
