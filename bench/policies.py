"""What it costs to be judged: signed reads of a RAM user with many policies against those of the account's root."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.effort import Effort
from bench.http_load import signed_load
from bench.report import Report, Row, Samples, least
from bench.seed import fill
from bench.signing import Call, Key
from bench.system import REGION, TAIR, System
from bench.workers import client_process

_NAME = "policies"
_RAM = "2015-05-01"
_CONNECTIONS = 32
_EACH = 10
"""Policies that a user and each of its groups have; the vendor allows no more."""

_GROUPS = 4


def measure(effort: Effort, report: Report, folder: Path) -> None:
    samples = Samples(report, _NAME)
    with ExitStack() as stack:
        system = stack.enter_context(System(folder / "policies", "--engines", "none", "--pace", "instant"))
        clients = stack.enter_context(client_process())
        ids = fill(system, effort.instances)
        keys = {"root": system.key, "user": _user(system)}
        for number in range(effort.rounds + 1):
            for name in list(keys)[:: 1 if number % 2 else -1]:
                rate = _rate(clients, system, keys[name], effort.reads, ids)
                if number:  # the first round warms up
                    samples.add(name, "read rate", rate)
    what = f"signed read with {_EACH * (_GROUPS + 1)} policies, one among {effort.instances:,} / the root's"
    report.rows.append(Row(_NAME, what, samples.ratios("user", "root", "read rate"), bound=least(0.8)))
    report.show(_NAME, ("Each policy has three statements about the product, one of them under a condition.",))


def _rate(clients: ProcessPoolExecutor, system: System, key: Key, reads: int, ids: list[str]) -> float:
    calls = [Call(TAIR, "DescribeInstanceAttribute", {"InstanceId": random.choice(ids)}) for _ in range(reads)]
    return clients.submit(signed_load, system.address, "acs3", key, calls, _CONNECTIONS).result().rate


def _user(system: System) -> Key:
    """A RAM user who has policies, and is in groups that have some."""
    system.call(_RAM, "CreateUser", UserName="bench")
    made = system.call(_RAM, "CreateAccessKey", UserName="bench")["AccessKey"]
    documents = _documents()
    _attach(system, "User", "bench", documents)
    for number in range(_GROUPS):
        name = f"group{number}"
        system.call(_RAM, "CreateGroup", GroupName=name)
        _attach(system, "Group", name, documents)
        system.call(_RAM, "AddUserToGroup", UserName="bench", GroupName=name)
    return Key(made["AccessKeyId"], made["AccessKeySecret"])


def _attach(system: System, kind: str, name: str, documents: Iterator[str]) -> None:
    for number in range(_EACH):
        policy = {"PolicyName": f"{name}-{number}"}
        system.call(_RAM, "CreatePolicy", **policy, PolicyDocument=next(documents))
        system.call(_RAM, f"AttachPolicyTo{kind}", **policy, PolicyType="Custom", **{f"{kind}Name": name})


def _documents() -> Iterator[str]:
    """The last one allows the reads, the others come close."""
    last = _EACH * (_GROUPS + 1) - 1
    for number in range(last + 1):
        blocks = {"IpAddress": {"acs:SourceIp": "127.0.0.0/8" if number == last else f"10.{number}.0.0/16"}}
        yield json.dumps(
            {
                "Version": "1",
                "Statement": [
                    _statement("Allow", ["kvstore:*", "rds:*"], f"acs:kvstore:{REGION}:*:instance/r-none{number}*"),
                    _statement("Deny", "kvstore:Delete*", f"acs:kvstore:*:*:instance/r-{number}*"),
                    {**_statement("Allow", "kvstore:Describe*", "*"), "Condition": blocks},
                ],
            }
        )


def _statement(effect: str, action: Any, resource: str) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource}
