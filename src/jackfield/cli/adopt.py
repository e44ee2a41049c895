"""``jackfield adopt``."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from jackfield.cli.client import ask
from jackfield.cli.failure import Failure
from jackfield.cli.folder import folder_of, ready_of
from jackfield.supervisor.ready import Ready

_PATIENCE = 60.0
"""Seconds that the look at the database may take, each of its host's addresses in turn, and then the instance until it
serves."""

_LOOK_SECONDS = 0.1
_ON_THE_WAY = ("Creating",)


def run(options: argparse.Namespace) -> int:
    """Adopts a database and waits until the new instance serves."""
    ready = ready_of(folder_of(options.data))
    made = ask(ready, "instances", _request(options), patience=_PATIENCE)
    instance = _wait(ready, made["id"])
    if options.json:
        print(json.dumps({**made, "status": instance["status"]}, indent=2))
        return 0
    print(f"{made['id']}  {instance['status']}  {made['adopted']}")
    print(f"{made['connection_string']}:{made['port']}")
    return 0


def _request(options: argparse.Namespace) -> dict[str, Any]:
    """The body of the administration's call: what was given."""
    given = {
        "product": options.product,
        "engine": options.engine,
        "host": options.host if not options.socket else "",
        "port": options.port if not options.socket else 0,
        "socket": options.socket,
        "user": options.user,
        "password": _password() if options.password_stdin else "",
        "account_id": options.account,
        "engine_version": options.engine_version,
        "region_id": options.region,
        "zone_id": options.zone,
        "vswitch_id": options.vswitch,
        "private_ip_address": options.private_address,
        "endpoint_port": options.endpoint_port,
        "connection_string_prefix": options.prefix,
        "description": options.description,
        "security_ips": options.whitelist,
    }
    return {name: value for name, value in given.items() if value}


def _password() -> str:
    """The first line of the standard input: what stands on a command line is seen by everybody on the machine.

    :raises Failure: there is none.
    """
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Failure("--password-stdin: the standard input holds no password")
    return password


def _wait(ready: Ready, id: str) -> dict[str, Any]:
    """:raises Failure: it is gone, or does not serve in time."""
    end = time.monotonic() + _PATIENCE
    while True:
        found: list[dict[str, Any]] = [one for one in ask(ready, "instances")["instances"] if one["id"] == id]
        if not found:
            raise Failure(f"{id} was deleted before it served")
        if found[0]["status"] not in _ON_THE_WAY:
            return found[0]
        if time.monotonic() > end:
            away = found[0].get(
                "away", "its endpoint does not lead to the database yet; see the log of the API process"
            )
            raise Failure(f"{id} was made and is still {found[0]['status']}: {away}")
        time.sleep(_LOOK_SECONDS)
