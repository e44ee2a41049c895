"""``jackfield ps``."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from jackfield.cli.client import ask
from jackfield.cli.folder import folder_of, ready_of
from jackfield.cli.table import print_table


def run(options: argparse.Namespace) -> int:
    """Instances and endpoints, or every connection."""
    ready = ready_of(folder_of(options.data))
    if options.connections:
        reply = ask(ready, "connections")
        _print_connections(reply["connections"]) if not options.json else print(json.dumps(reply, indent=2))
        return 0
    reply = {**ask(ready, "instances"), "health": ask(ready, "health")}
    if options.json:
        print(json.dumps(reply, indent=2))
        return 0
    health = reply["health"]
    print(f"{ready.api}  {health['status']}{'' if health['status'] == 'ok' else ': ' + '; '.join(health['why'])}")
    if not reply["instances"]:
        print("no instances")
        return 0
    print()
    print_table(("INSTANCE", "STATUS", "KIND", "ASKED FOR", "RUNS", "PIDS", "MEMORY"), _instances(reply["instances"]))
    print()
    print_table(("ENDPOINT", "NET", "STATUS", "PORT", "ADDRESSES", "CONNECTIONS"), _endpoints(reply["instances"]))
    return 0


def _instances(instances: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [
        (
            one["id"],
            one["status"],
            one["kind"],
            one["asked_for"],
            ", ".join(sorted({server["version"] or "?" for server in one["servers"]})) or "nothing",
            " ".join(str(server["pid"]) if server["running"] else "dead" for server in one["servers"]) or "-",
            f"{sum(server['memory'] for server in one['servers']) / 2**20:.1f} MB",
        )
        for one in instances
    ]


def _endpoints(instances: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [
        (
            endpoint["name"] or endpoint["id"],
            endpoint["net"],
            endpoint["status"],
            str(endpoint["port"]),
            " ".join(endpoint["addresses"]) or "-",
            str(endpoint["connections"]),
        )
        for one in instances
        for endpoint in one["endpoints"]
    ]


def _print_connections(connections: list[dict[str, Any]]) -> None:
    now = time.time()
    rows = [
        (one["owner"], one["client"], f"{now - one['since']:.0f} s", str(one["received"]), str(one["sent"]))
        for one in connections
    ]
    print_table(("ENDPOINT", "CLIENT", "AGE", "BYTES IN", "BYTES OUT"), rows) if rows else print("no connections")
