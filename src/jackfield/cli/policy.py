"""``jackfield policy``."""

from __future__ import annotations

import argparse
import json
from typing import Any

from jackfield.cli.client import ask
from jackfield.cli.failure import Failure
from jackfield.cli.folder import folder_of, ready_of
from jackfield.supervisor.ready import Ready


def run(options: argparse.Namespace) -> int:
    """``simulate`` or ``decode``."""
    ready = ready_of(folder_of(options.data))
    return _simulate(ready, options) if options.what == "simulate" else _decode(ready, options)


def _simulate(ready: Ready, options: argparse.Namespace) -> int:
    """0: it would be allowed; 1: it would not."""
    asked = {
        "principal": options.principal, "action": options.action, "resource": options.resource,
        "account_id": options.account, "conditions": dict(_condition(one) for one in options.condition),
    }  # fmt: skip
    found = ask(ready, "policy/simulate", asked)
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        _print(found)
    return 0 if found["decision"] == "Allow" else 1


def _print(found: dict[str, Any]) -> None:
    print(f"{found['decision']}: {found['reason']}")
    print(f"  {found['principal']}  {found['action']}  {found['resource']}")
    if found["others"]:
        print("statements about the action that do not apply:")
    for one in found["others"]:
        policy = one["policy"]
        print(f"  {one['effect']}, statement {one['statement']} of {policy['name']} ({policy['via']}): {one['why']}")


def _condition(text: str) -> tuple[str, str]:
    """:raises Failure: it is no ``key=value``."""
    key, equals, value = text.partition("=")
    if not equals or ":" not in key:
        raise Failure(f"--condition {text}: KEY=VALUE is needed, for example acs:SourceIp=10.0.0.1")
    return key, value


def _decode(ready: Ready, options: argparse.Namespace) -> int:
    for name, value in ask(ready, "policy/decode", {"message": options.message}).items():
        print(f"{name}: {value}")
    return 0
