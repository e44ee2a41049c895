"""The processes that outlive supervisor and API: relays, and the two that hold the VPCs.

Each leads a session of its own, holds a lock for as long as it lives, and says on its control socket who it is: that
is how the next supervisor of the folder knows it again.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from jackfield.folder import Folder
from jackfield.processes import ProcessId, identify
from jackfield.relay.client import RelayClient, RelayDown, RelayError
from jackfield.unix_sockets import connect
from jackfield.vantage.caller import call
from jackfield.vantage.server import Refused

RELAYS = ("plain", "resp")
VPC_ROLES = ("keeper", "holder")

_PATIENCE = 2.0


class Companion(msgspec.Struct, frozen=True):
    """One of them.

    :param name: for people and log files. :param argv: its program and arguments, without the lock's.
    :param lock: the file that it locks. :param socket: where it answers.
    :param ask: its pid and data folder, from its own mouth; raises one of :data:`SILENT` where nobody answers.
    :param stop: asks it to end. :param carries: whether it is a relay.
    """

    name: str
    argv: tuple[str, ...]
    lock: Path
    socket: Path
    ask: Callable[[], tuple[int, str]]
    stop: Callable[[], object]
    carries: bool


SILENT = (RelayDown, RelayError, OSError, Refused)
"""What an unanswered or refused question raises."""


def companions(folder: Folder) -> tuple[Companion, ...]:
    """All of a data folder, in the order of their start. VPCs exist on Linux only."""
    vpcs = tuple(_vpc_process(folder, role) for role in VPC_ROLES) if sys.platform == "linux" else ()
    return (*vpcs, *(_relay(folder, role) for role in RELAYS))


def running(companion: Companion, folder: Folder) -> ProcessId | None:
    """The process that answers as this companion, if it is the folder's."""
    try:
        pid, data = companion.ask()
    except SILENT:
        return None
    return identify(pid) if Path(data).resolve() == folder.root.resolve() else None


def _relay(folder: Folder, role: str) -> Companion:
    path = folder.relay_socket(role)

    def ask() -> tuple[int, str]:
        with RelayClient(path, timeout=_PATIENCE) as client:
            greeting = client.hello()
        return greeting.pid, greeting.data if greeting.role == role else ""

    def stop() -> None:
        with RelayClient(path, timeout=_PATIENCE) as client:
            client.stop()

    argv = ["--data", str(folder.root), "--role", role, "--socket", str(path)]
    argv += ["--holder", str(folder.vpc_socket("holder"))]
    return Companion(
        f"relay-{role}",
        (sys.executable, "-m", "jackfield.relay", *argv),
        folder.relay_lock(role),
        path,
        ask,
        stop,
        True,
    )


def _vpc_process(folder: Folder, role: str) -> Companion:
    path = folder.vpc_socket(role)

    def say(op: str) -> Any:
        with contextlib.closing(connect(str(path), _PATIENCE)) as sock:
            return call(sock, {"id": 1, "op": op})[0]

    def ask() -> tuple[int, str]:
        told = say("hello")
        return told["pid"], told["data"]

    argv = ["--data", str(folder.root), "--socket", str(path)]
    if role == "holder":
        argv += ["--keeper", str(folder.vpc_socket("keeper"))]
    program = (sys.executable, "-m", f"jackfield.vantage.{role}", *argv)
    return Companion(f"vpc-{role}", program, folder.vpc_lock(role), path, ask, lambda: say("stop"), False)
