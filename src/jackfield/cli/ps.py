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
    reply = {**ask(ready, "instances"), **ask(ready, "vpcs"), "health": ask(ready, "health")}
    if options.json:
        print(json.dumps(reply, indent=2))
        return 0
    health = reply["health"]
    print(f"{ready.api}  {health['status']}{'' if health['status'] == 'ok' else ': ' + '; '.join(health['why'])}")
    if "forbidden" in health["vpcs"]:
        print(f"VPCs cannot be entered: {health['vpcs']['forbidden']}")
    instances, vpcs = reply["instances"], reply["vpcs"]
    if not instances:
        print("no instances")
    tables = (
        (("INSTANCE", "STATUS", "KIND", "ASKED FOR", "RUNS", "PIDS", "MEMORY"), _instances(instances)),
        (("ENDPOINT", "NET", "STATUS", "PORT", "ADDRESSES", "IN ITS VPC", "CONNECTIONS"), _endpoints(instances, vpcs)),
        (("VPC", "STATUS", "BLOCK", "ACCOUNT", "ENDPOINTS"), _vpcs(vpcs)),
    )
    for head, rows in tables:
        if rows:
            print()
            print_table(head, rows)
    return 0


def _instances(instances: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [
        (
            one["id"],
            one["status"],
            f"adopted {one['adopted']}" if "adopted" in one else one["kind"],
            one["asked_for"],
            ", ".join(sorted({server["version"] or "?" for server in one["servers"]})) or "nothing",
            " ".join(_process(one, server) for server in one["servers"]) or "-",
            "-" if "adopted" in one else f"{sum(server['memory'] for server in one['servers']) / 2**20:.1f} MB",
        )
        for one in instances
    ]


def _process(instance: dict[str, Any], server: dict[str, Any]) -> str:
    """Its pid; that of an adopted database is its owner's business."""
    if "adopted" in instance:
        return "-" if server["answers"] else "away"
    return str(server["pid"]) if server["running"] else "dead"


def _endpoints(instances: list[dict[str, Any]], vpcs: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Those of instances, then those of load balancers and PrivateLink."""
    found = {endpoint["id"]: endpoint for one in (*instances, *vpcs) for endpoint in one["endpoints"]}
    return [
        (
            endpoint["name"] or endpoint["id"],
            endpoint["net"],
            endpoint["status"],
            " ".join(map(str, endpoint["ports"])) or "-",
            " ".join(endpoint["addresses"]) or "-",
            f"{endpoint['vpc_address']} in {endpoint['vpc_id']}" if endpoint["vpc_address"] else "-",
            str(endpoint["connections"]),
        )
        for endpoint in found.values()
    ]


def _vpcs(vpcs: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [(one["id"], one["status"], one["cidr"], one["account"], str(len(one["endpoints"]))) for one in vpcs]


def _print_connections(connections: list[dict[str, Any]]) -> None:
    now = time.time()
    rows = [
        (one["owner"], one["client"], f"{now - one['since']:.0f} s", str(one["received"]), str(one["sent"]))
        for one in connections
    ]
    print_table(("ENDPOINT", "CLIENT", "AGE", "BYTES IN", "BYTES OUT"), rows) if rows else print("no connections")
